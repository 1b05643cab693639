"""Views: the same memory under another shape, order or selection."""

import functools

from tinytorch import dtypes, errors, forward, graph
from tinytorch.apply import refuse_in_place
from tinytorch.array_derivatives import by_body, in_any_order
from tinytorch.deprecations import warn_once
from tinytorch.layout import normal_dim
from tinytorch.modes import levels, mode
from tinytorch.operation import Rule, memory_view, operation
from tinytorch.tensor import Tensor, count_write


@memory_view(Rule(method=False, title="View", operands=("input",)))
def view_dtype(xp, input, kind):
    """The same bytes read as elements of another dtype; the last dimension grows or shrinks with their size."""
    old, new = input.itemsize, kind.itemsize
    names = dtypes.of_numpy[input.dtype].title, kind.title
    if old != new and not input.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 to view {names[0]} as {names[1]} (different element sizes)")
    if old == new:
        return input.view(kind.numpy)
    if input.strides[-1] != old:
        raise RuntimeError(
            f"self.stride(-1) must be 1 to view {names[0]} as {names[1]} (different element sizes), but got "
            f"{input.strides[-1] // old}"
        )
    if input.shape[-1] * old % new:
        raise RuntimeError(
            f"self.size(-1) must be divisible by {new // old} to view {names[0]} as {names[1]} (different element "
            "sizes), "
            f"but got {input.shape[-1]}"
        )
    for dim, step in enumerate(input.strides[:-1]):
        if step % new:
            raise RuntimeError(
                f"self.stride({dim}) must be divisible by {new // old} to view {names[0]} as {names[1]} (different "
                "element "
                f"sizes), but got {step // old}"
            )
    return input.view(kind.numpy)


def reshaped(grad, shape):
    """The gradient of what was seen in another shape."""
    return grad.reshape(shape)


reshaped.on_arrays = in_any_order(lambda xp: reshaped)


@memory_view(Rule(varying="size", special={dtypes.dtype: lambda input, dtype: view_dtype(input, dtype)}, linear=True),
    input=lambda grad, input_shape: reshaped(grad, input_shape),
)  # fmt: skip
def view(xp, input, size):
    """The same memory under another shape; one size may be -1. A RuntimeError where only a copy could do it."""
    if input.flags.c_contiguous:  # then nothing can be copied, and the method is three times as fast
        try:
            return input.reshape(size)
        except ValueError:
            errors.check_view(input, size)
            raise
    return shown_as(xp, input, size)


def shown_as(xp, input, size):
    """The same memory under another shape."""
    try:
        return xp.reshape(input, size, copy=False)
    except ValueError:
        errors.check_view(input, size)
        raise


@memory_view(Rule(varying="size", linear=True), input=lambda grad, input_shape: grad.sum_to_size(input_shape))
def expand(xp, input, size):
    """The input repeated along dimensions of size 1 and along new ones in front, without copying; -1 keeps a size."""
    shape, strides = list(size), [0] * len(size)
    lead = len(size) - input.ndim
    for dim in range(len(size) - 1, -1, -1) if input.ndim else ():
        if dim >= lead:
            present, step = input.shape[dim - lead], input.strides[dim - lead] // input.itemsize
        else:  # a new dimension stands as if it were of size 1 first
            present, step = 1, shape[dim + 1] * strides[dim + 1] if dim + 1 < len(size) else 1
        shape[dim] = present if size[dim] == -1 and dim >= lead else size[dim]
        strides[dim] = step if shape[dim] == present else 0
    errors.check_expand(input, size, shape)
    flat, offset = xp.storage(input)
    return xp.strided(flat, shape, strides, offset)


@by_body(any_order=True)
@memory_view(Rule(linear=True), input=lambda grad, dim0, dim1: transpose(grad, dim0, dim1))
def transpose(xp, input, dim0, dim1):
    """Two dimensions exchanged."""
    if input.ndim == 0:
        normal_dim(dim0, 0), normal_dim(dim1, 0)
        return input
    return input.swapaxes(dim0, dim1)


@by_body(any_order=True)
@memory_view(Rule(linear=True), input=lambda grad: t(grad))
def t(xp, input):
    """A matrix transposed; a vector or a number stays as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.T


@by_body(any_order=True)
@memory_view(Rule(varying="dims", linear=True), input=lambda grad, dims: permute(grad, inverse(dims)))
def permute(xp, input, dims):
    """The dimensions in another order."""
    if len(dims) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(dims)}"
        )
    if len({normal_dim(each, input.ndim) for each in dims}) < len(dims):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return input.transpose(dims)


def inverse(dims):
    """The order that undoes an order of dimensions."""
    dims = [dim % len(dims) for dim in dims]
    return [dims.index(dim) for dim in range(len(dims))]


inverse.on_arrays = in_any_order(lambda xp: inverse)


@memory_view(Rule(more_dims=1, linear=True), input=lambda grad, dim: squeeze(grad, dim))
def unsqueeze(xp, input, dim):
    """A dimension of size 1 more, at `dim`."""
    return with_dim(xp, input, normal_dim(dim, input.ndim + 1))


def with_dim(xp, array, dim):
    """An array with a dimension of size 1 more, whose stride is the one that PyTorch gives it."""
    shape, strides = array.shape, array.strides
    step = shape[dim] * strides[dim] if dim < len(shape) else array.itemsize
    shape, strides = (*shape[:dim], 1, *shape[dim:]), (*strides[:dim], step, *strides[dim:])
    result = array.reshape(shape)
    if result.strides != strides:
        flat, offset = xp.storage(array)
        result = xp.strided(flat, shape, [stride // array.itemsize for stride in strides], offset)
    return result


@by_body(any_order=True)
@memory_view(Rule(overload=lambda input, dim: f"SqueezeBackward{0 if dim is None else 1 if type(dim) is int else 2}",
                  linear=True),
    input=lambda grad, input_shape: reshaped(grad, input_shape),
)  # fmt: skip
def squeeze(xp, input, dim=None):
    """Without its dimensions of size 1, or without `dim` if its size is 1."""
    if dim is None:
        return xp.squeeze(input)
    dims = [normal_dim(each, input.ndim) for each in ([dim] if type(dim) is int else dim)]
    return xp.squeeze(input, tuple([d for d in dims if input.ndim and input.shape[d] == 1]))


@memory_view(
    Rule(linear=True),
    input=lambda grad, input_shape, dim, index: embed(
        grad, input_shape, (slice(None),) * (dim % len(input_shape)) + (index,)
    ),
)
def select(xp, input, dim, index):
    """The part of `dim` with this index; the dimension is gone."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = normal_dim(dim, input.ndim)
    if not -input.shape[dim] <= index < input.shape[dim]:
        raise errors.select_index(index, dim, input.shape)
    return input[(slice(None),) * dim + (index, ...)]


@memory_view(Rule(title="Slice", linear=True),
    input=lambda grad, input_shape, dim, start, length: embed(
        grad, input_shape, (slice(None),) * (dim % len(input_shape)) + (stretch(start, length),)
    ),
)  # fmt: skip
def narrow(xp, input, dim, start, length):
    """`length` elements of `dim` from `start` on."""
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if hasattr(start, "dtype"):
        if start.ndim or start.dtype.kind not in "iu":
            raise RuntimeError("start must be an 0-dim integral Tensor.")
        start = start.item()
    dim = normal_dim(dim, input.ndim)
    size = input.shape[dim]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [-{size}, {size}], but got {start})")
    start += size if start < 0 else 0
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return input[(slice(None),) * dim + (slice(start, start + length),)]


def stretch(start, length):
    """The slice of `length` elements from `start` on, which may be counted from the end."""
    return slice(start, None if start < 0 and start + length == 0 else start + length)


@memory_view(Rule(linear=True), input=lambda grads, input_shape, dim: unbind_derivative(grads, input_shape, dim))
def unbind(xp, input, dim=0):
    """Each part of `dim` as a view, in a tuple."""
    if input.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    dim = normal_dim(dim, input.ndim)
    before = (slice(None),) * dim
    return tuple([input[(*before, index, ...)] for index in range(input.shape[dim])])  # few


def in_place(function, overloads=1):
    """The in-place form of a view: the tensor itself takes the other shape; its memory and its views stay.

    What it is a view of stays too, so its history goes on from its own; other views of that are renewed. A gradient
    that is retained stays that of the former shape.
    """

    def become(self, *settings, **named):
        if mode.grad and self.requires_grad:
            refuse_in_place(self)
        shown = function(self, *settings, **named)
        count_write(self)
        self.array = shown.array
        if levels:
            forward.hand_over(self, shown)
        if shown.history is not None:
            self.history = shown.history
            self.history.__class__ = in_place_node(type(graph.named(self.history)), overloads)
            self.seen = self.counter[0]
        return self

    become.__name__ = become.__qualname__ = f"{function.__name__}_"
    become.__doc__ = function.__doc__
    return become


@functools.cache
def in_place_node(node, overloads):
    """The class of nodes of an in-place view, which PyTorch numbers after the `overloads` of the view itself."""
    stem = node.__name__.rstrip("0123456789")
    return type(f"{stem}{int(node.__name__.removeprefix(stem)) + overloads}", (node,), {"__slots__": ()})


def iterate(self):
    """The parts of the first dimension, one after the other."""
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))


def length(self):
    """The size of the first dimension."""
    if self.array.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return self.array.shape[0]


def unbind_derivative(grads, shape, dim):
    """The gradients of the parts, stacked; zeros where a part had none."""
    known = next(grad for grad in grads if grad is not None)
    return stack([known.new_zeros(known.shape) if grad is None else grad for grad in grads], dim)


@operation(Rule(several="tensors", method=False, moves=True, exact=False, more_dims=1, linear=True),
    tensors=lambda grads, dim: grads.unbind(dim),
)  # fmt: skip
def stack(xp, tensors, dim=0):
    """Tensors of one shape, one after the other along a new dimension."""
    first = tensors[0].shape
    for place, each in enumerate(tensors):
        if each.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(each.shape)} at "
                f"entry {place}"
            )
    out = xp.empty((*first[:dim], len(tensors), *first[dim:]), common_dtype(tensors))
    before = (slice(None),) * dim
    for place, each in enumerate(tensors):  # NumPy's own function would keep another order of memory
        out[(*before, place, Ellipsis)] = each
    return out


def common_dtype(arrays):
    """The dtype that arrays promote to."""
    dtype = arrays[0].dtype
    if all(each.dtype is dtype for each in arrays):
        return dtype
    return dtypes.promote(arrays)


@operation(Rule(method=False, moves=True, linear=True), input=lambda grad, key: grad[key])
def embed(xp, input, shape, key):
    """Zeros of `shape` with the input at `key`."""
    whole = xp.zeros(shape, input.dtype)
    whole[key] = input
    return whole


def steps(array):
    """The strides of an array in elements."""
    return [stride // array.itemsize for stride in array.strides]


Tensor.squeeze_, Tensor.unsqueeze_ = in_place(squeeze, 3), in_place(unsqueeze)
Tensor.t_, Tensor.transpose_ = in_place(t), in_place(transpose)
Tensor.__iter__, Tensor.__len__ = iterate, length


# The same views under other names


def movedim(input, source, destination):
    """Dimensions at other places; the others keep their order."""
    source, destination = [tuple([each] if isinstance(each, int) else each) for each in (source, destination)]
    if len(source) != len(destination):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(source)} dims) should contain the same "
            "number of "
            f"dims as destination ({list(destination)} dims)"
        )
    ndim = input.array.ndim
    given = source, destination
    source, destination = [[normal_dim(each, ndim) for each in dims] for dims in given]
    for name, dims, named in (("source", source, given[0]), ("destination", destination, given[1])):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(named)})")
    if not ndim:
        return basic(input)
    order = [None] * ndim
    for dim, place in zip(source, destination, strict=True):
        order[place] = dim
    others = iter([dim for dim in range(ndim) if dim not in source])
    return permute(input, [next(others) if dim is None else dim for dim in order])


def basic(input):
    """A view of all there is."""
    return input.view(input.array.shape)


def swapaxes(input, axis0, axis1):
    """Two dimensions exchanged: `transpose` under NumPy's name."""
    return transpose(input, axis0, axis1)


def swapdims(input, dim0, dim1):
    """Two dimensions exchanged: `transpose` under another name."""
    return transpose(input, dim0, dim1)


def adjoint(input):
    """Matrices, or a batch of them, transposed and conjugated."""
    if input.array.ndim < 2:
        raise RuntimeError(
            f"tensor.adjoint() is only supported on matrices or batches of matrices. Got {input.array.ndim}-D tensor."
        )
    return conjugated(transpose(input, -2, -1))


def conjugated(input):
    """The complex conjugate; real tensors stay as they are."""
    return input.conj() if input.array.dtype.kind == "c" else input


def reversed_dims(self):
    """The dimensions in the reverse order; PyTorch warns where there are not two of them."""
    if self.array.ndim != 2:
        warn_once("T")
    return permute(self, tuple(range(self.array.ndim - 1, -1, -1)))


def matrices(self, name):
    """The tensor, if it is a matrix or a batch of matrices."""
    if self.array.ndim < 2:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {self.array.ndim}-D tensor."
        )
    return self


def hermitian(self):
    """A matrix transposed and conjugated."""
    if self.array.ndim not in (0, 2):
        more = " For batches of matrices, consider using tensor.mH" if self.array.ndim > 2 else ""
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor.{more}"
        )
    return conjugated(transpose(self, 0, 1) if self.array.ndim else self)


def view_as(self, other):
    """The same memory in the shape of another tensor."""
    return view(self, other.array.shape)


Tensor.T = property(reversed_dims)
Tensor.mT = property(lambda self: transpose(matrices(self, "mT"), -2, -1), doc="Each matrix transposed, as a view.")
Tensor.mH = property(
    lambda self: conjugated(transpose(matrices(self, "mH"), -2, -1)), doc="Each matrix transposed and conjugated."
)
Tensor.H = property(hermitian)
Tensor.view_as, Tensor.adjoint = view_as, adjoint
Tensor.movedim = Tensor.moveaxis = movedim
moveaxis = movedim
Tensor.swapaxes, Tensor.swapdims = swapaxes, swapdims
Tensor.swapaxes_, Tensor.swapdims_ = in_place(swapaxes), in_place(swapdims)
