"""Tensors taken apart along a dimension: parts that are views."""

import math
import operator

from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.ops.join import cat
from tinytorch.ops.views import narrow
from tinytorch.tensor import Tensor

WHOLE = slice(None)


@memory_view(
    Rule(method=False, title="Split", linear=True),
    input=lambda grads, input_shape, sizes, dim: joined(grads, input_shape, sizes, dim),
)
def split_view(xp, input, sizes, dim):
    """Parts of these sizes along `dim`, views of the same memory; the node is that of `split`."""
    return parts(input, sizes, dim)


@memory_view(
    Rule(method=False, title="SplitWithSizes", linear=True),
    input=lambda grads, input_shape, sizes, dim: joined(grads, input_shape, sizes, dim),
)
def split_sizes_view(xp, input, sizes, dim):
    """Parts of these sizes along `dim`, views of the same memory; the node is that of `split_with_sizes`."""
    return parts(input, sizes, dim)


def parts(input, sizes, dim):
    """Views of parts of these sizes along a dimension."""
    dim = normal_dim(dim, input.ndim)
    before, start, found = (WHOLE,) * dim, 0, []
    for size in sizes:
        found.append(input[(*before, slice(start, start + size))])
        start += size
    return tuple(found)


def joined(grads, shape, sizes, dim):
    """The gradients of parts, one after the other; zeros where a part had none."""
    known = next(grad for grad in grads if grad is not None)
    dim = dim % len(shape)
    full = [
        known.new_zeros((*shape[:dim], size, *shape[dim + 1 :])) if grad is None else grad
        for grad, size in zip(grads, sizes, strict=True)
    ]
    return cat(full, dim)


@operation(
    Rule(method=False, moves=True, linear=True, title="UnsafeSplit"),
    input=lambda grads, input_shape, sizes, dim: joined(grads, input_shape, sizes, dim),
)
def unsafe_parts(xp, input, sizes, dim):
    """Parts of these sizes along `dim`, in one memory, which history does not know of; the node of `unsafe_split`."""
    return parts(input, sizes, dim)


@operation(
    Rule(method=False, moves=True, linear=True, title="UnsafeSplitWithSizes"),
    input=lambda grads, input_shape, sizes, dim: joined(grads, input_shape, sizes, dim),
)
def unsafe_sized_parts(xp, input, sizes, dim):
    """The same under the node of `unsafe_split_with_sizes`."""
    return parts(input, sizes, dim)


def split(tensor, split_size_or_sections, dim=0):
    """Parts along `dim` as a tuple of views: each of one size, the last perhaps smaller, or of the sizes in a list."""
    if isinstance(split_size_or_sections, (list, tuple)):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    dim, sizes = even_sizes(tensor, split_size_or_sections, dim)
    return split_view(tensor, sizes, dim)


def even_sizes(tensor, split_size, dim):
    """A dimension and the sizes of its parts: all `split_size` but perhaps the last."""
    size = operator.index(split_size)
    if tensor.array.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    dim = normal_dim(dim, tensor.array.ndim)
    whole = tensor.array.shape[dim]
    if size == 0 and whole:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {whole}")
    count = max(math.ceil(whole / size), 1) if size else 1
    return dim, (*[size] * (count - 1), whole - size * (count - 1))


def split_with_sizes(input, split_sizes, dim=0):
    """Parts of these sizes along `dim` as a tuple of views; the sizes add up to that of the dimension."""
    place, sizes = checked_sizes(input, split_sizes, dim)
    return split_sizes_view(input, sizes, place)


def checked_sizes(input, split_sizes, dim):
    """A dimension and the sizes of its parts, if these add up to its size."""
    sizes = [operator.index(each) for each in split_sizes]
    if input.array.ndim == 0:
        raise RuntimeError("split_with_sizes expects at least a 1-dimensional tensor")
    place = normal_dim(dim, input.array.ndim)
    whole = input.array.shape[place]
    if sum(sizes) != whole:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {whole} (input tensor's size at dimension "
            f"{dim}), but "
            f"got split_sizes={sizes}"
        )
    if any(size < 0 for size in sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes}"
        )
    return place, tuple(sizes)


def chunk(input, chunks, dim=0):
    """At most `chunks` parts of one size along `dim`, the last perhaps smaller, as a tuple of views."""
    size = chunk_size(input, chunks, dim)
    return split_with_sizes(input, [0] * chunks, dim) if size == 0 else split(input, size, dim)


def chunk_size(input, chunks, dim):
    """The size of all of `chunks` parts but perhaps the last."""
    if input.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    return math.ceil(input.array.shape[normal_dim(dim, input.array.ndim)] / chunks)


# The same parts without the rules of views: whoever writes to one must not use the others


def unsafe_split(input, split_size, dim=0):
    """Parts as `split` gives them, which may be written to where nothing else uses the memory."""
    if not hasattr(split_size, "__index__"):
        raise TypeError(
            f"unsafe_split(): argument 'split_size' (position 1) must be int, not {type(split_size).__name__}"
        )
    dim, sizes = even_sizes(input, split_size, dim)
    return unsafe_parts(input, sizes, dim)


def unsafe_split_with_sizes(input, split_sizes, dim=0):
    """Parts as `split_with_sizes` gives them, which may be written to where nothing else uses the memory."""
    place, sizes = checked_sizes(input, split_sizes, dim)
    return unsafe_sized_parts(input, sizes, place)


def unsafe_chunk(input, chunks, dim=0):
    """Parts as `chunk` gives them, which may be written to where nothing else uses the memory."""
    size = chunk_size(input, chunks, dim)
    return unsafe_split_with_sizes(input, [0] * chunks, dim) if size == 0 else unsafe_split(input, size, dim)


def tensor_split(input, indices_or_sections=None, dim=0, *, indices=None, sections=None):
    """Parts along `dim` as a tuple of views: as many as a number says, as even as can be, or cut at each of the
    indices; both may be named."""
    indices_or_sections = indices if indices_or_sections is None else indices_or_sections
    indices_or_sections = sections if indices_or_sections is None else indices_or_sections
    if input.array.ndim == 0:
        raise RuntimeError(
            f"tensor_split expected at least a 1-dimensional tensor, but got a tensor with {input.array.ndim} dims"
        )
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    dim = normal_dim(dim, input.array.ndim)
    whole = input.array.shape[dim]
    if isinstance(indices_or_sections, int):
        sections = indices_or_sections
        if sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
        small, larger = divmod(whole, sections)
        ends = [small * place + min(place, larger) for place in range(1, sections)]
    else:
        ends = [operator.index(each) for each in indices_or_sections]
    starts = [0, *ends]
    return tuple([slice_of(input, dim, start, end) for start, end in zip(starts, [*ends, whole], strict=True)])


def slice_of(input, dim, start, end):
    """The view input[start:end] along a dimension."""
    start, end, _ = slice(start, end).indices(input.array.shape[dim])
    return narrow(input, dim, start, max(end - start, 0))


def split_evenly(name, dim_of):
    """`hsplit`, `vsplit` or `dsplit`: a split along one dimension, whose number of parts must divide the size."""
    least = {"hsplit": 1, "vsplit": 2, "dsplit": 3}[name]

    def function(input, indices_or_sections, *more):
        if more:  # indices one by one
            indices_or_sections = (indices_or_sections, *more)
        ndim = input.array.ndim
        if ndim < least:
            raise RuntimeError(
                f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {ndim} "
                "dimensions!"
            )
        dim = dim_of(ndim)
        whole = input.array.shape[dim]
        if isinstance(indices_or_sections, int) and (indices_or_sections == 0 or whole % indices_or_sections):
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {whole} is not "
                f"divisible by the split_size {indices_or_sections}!"
            )
        return tensor_split(input, indices_or_sections, dim)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"Parts along dimension {least - 1}, as views; {'of vectors along their only one; ' * (least == 1)}"
        + ("a number of parts must divide its size.")
    )
    return function


hsplit = split_evenly("hsplit", lambda ndim: 0 if ndim == 1 else 1)
vsplit = split_evenly("vsplit", lambda ndim: 0)
dsplit = split_evenly("dsplit", lambda ndim: 2)


def split_method(self, split_size, dim=0):
    """Parts along `dim` as a tuple of views: each of one size, the last perhaps smaller, or of the sizes in a list."""
    return split(self, split_size, dim)


split_method.__name__ = split_method.__qualname__ = "split"
Tensor.split, Tensor.split_with_sizes = split_method, split_with_sizes
Tensor.chunk, Tensor.tensor_split = chunk, tensor_split
Tensor.hsplit, Tensor.vsplit, Tensor.dsplit = hsplit, vsplit, dsplit
Tensor.unsafe_split, Tensor.unsafe_split_with_sizes, Tensor.unsafe_chunk = (
    unsafe_split, unsafe_split_with_sizes, unsafe_chunk,
)  # fmt: skip
