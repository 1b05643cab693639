"""A key between brackets taken apart: into its basic part, its index tensors, and what is wrong with it."""

import operator
import warnings

from tinytorch import dtypes, errors
from tinytorch.devices import CPU
from tinytorch.tensor import Tensor, wrap

WHOLE = slice(None)
newaxis = None  # the name by which programs ask for a dimension more, `x[:, newaxis]`
NO_INDEX = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
NO_INDEX_DTYPE = "tensors used as indices must be long, int, byte or bool tensors"
SEQUENCE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use "
    "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], "
    "which will result either in an error or a different result"
)
BYTES = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."


def as_parts(key):
    """A key that is no tuple as one; sequences that hold tensors, sequences or slices are taken for tuples, as yet."""
    if type(key) is list and 0 < len(key) < 32 and any(stands_for_dims(each) for each in key):
        warnings.warn(SEQUENCE, UserWarning, stacklevel=3)
        return tuple(key)
    return (key,)


def stands_for_dims(each):
    """Whether an entry makes a list a tuple of indices."""
    return isinstance(each, (Tensor, list, tuple, slice, CPU.array)) or each is None or each is Ellipsis


def take_apart(self, key):
    """The basic part of a key, its index tensors, and the dimensions of the basic view that these stand for."""
    parts = [as_index(self, each) for each in key]
    taken = count_dims(parts)
    basic, indices, dims, dim, own = [], [], [], 0, 0
    shape = list(self.array.shape)  # of the view that the parts so far make
    for each in parts:
        if each is Ellipsis:
            basic.append(each)
            dim += self.array.ndim - taken
            own += self.array.ndim - taken
        elif isinstance(each, Tensor):
            size = each.array.ndim if is_mask(each) else 1
            if own + size > self.array.ndim:
                raise errors.too_many_indices(self.array.ndim)
            check_mask(each, shape, dim)
            basic += [WHOLE] * size
            indices.append(each)
            dims.append(dim)
            dim += size
            own += size
        elif isinstance(each, bool):
            basic.append(None)
            indices.append(wrap(self.device.asarray(CPU.asarray([0] if each else [], "int64")), self.device))
            dims.append(dim)
            shape.insert(dim, 1)
            dim += 1
        else:
            basic.append(each)
            if each is None:
                shape.insert(dim, 1)
            elif dim < len(shape):
                shape[dim : dim + 1] = [len(range(shape[dim])[each])] if isinstance(each, slice) else []
            dim += not isinstance(each, int)
            own += each is not None
    if len(indices) > 1:
        indices, dims = without_masks(indices, dims)
    return tuple(basic), indices, tuple(dims)


def count_dims(parts):
    """How many dimensions the parts of a key take up, `...` apart."""
    count = 0
    for each in parts:
        if isinstance(each, Tensor) and is_mask(each):
            count += each.array.ndim
        else:
            count += each is not None and each is not Ellipsis and not isinstance(each, bool)
    return count


def as_index(self, part):
    """A part of a key as an int, a bool, a slice, None, `...`, or a tensor of indices or of truth values."""
    if isinstance(part, bool) or part is None or part is Ellipsis or type(part) is int:
        return part
    if isinstance(part, slice):
        return slice(*[each if each is None else operator.index(each) for each in (part.start, part.stop, part.step)])
    if isinstance(part, (list, tuple, range, CPU.array)):
        part = from_sequence(self, part)
    if isinstance(part, Tensor):
        return as_index_tensor(self, part)
    if isinstance(part, str):
        raise TypeError("new(): invalid data type 'str'")
    if hasattr(part, "__index__"):
        return operator.index(part)
    kind = type(part)
    raise IndexError(
        NO_INDEX.format(kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}")
    )


def from_sequence(self, part):
    """A list or an array of NumPy's as a tensor on the device of the one that is indexed."""
    if not isinstance(part, CPU.array):
        part = [each.item() if isinstance(each, Tensor) else each for each in part]
    values = CPU.xp.asarray(part)
    return wrap(self.device.asarray(values if values.size else values.astype("int64")), self.device)


def as_index_tensor(self, part):
    """A tensor between brackets: an int or a bool if it has no dimensions, else indices or truth values."""
    kind = part.array.dtype.kind
    if kind not in "iub" or part.dtype in (dtypes.int8, dtypes.int16):
        raise IndexError(NO_INDEX_DTYPE)
    if part.array.ndim == 0 and part.device.xp.shows_values:
        return bool(part.item()) if kind == "b" or part.dtype is dtypes.uint8 else part.item()
    if part.dtype is dtypes.uint8:
        warnings.warn(BYTES, UserWarning, stacklevel=4)
        part = wrap(part.device.xp.not_equal(part.array, 0), part.device)
    if part.device.real is not self.device.real:
        if part.device is not CPU:
            raise RuntimeError(
                f"indices should be either on cpu or on the same device as the indexed tensor ({self.device})"
            )
        part = wrap(self.device.asarray(part.array), self.device)
    return part


def is_mask(tensor):
    """Whether a tensor between brackets says yes or no to each element."""
    return tensor.array.dtype.kind == "b"


def check_mask(mask, shape, dim):
    """Refuse truth values whose shape is not that of the dimensions they stand for."""
    if is_mask(mask):
        for place, size in enumerate(mask.array.shape):  # dimensions, of which there are few
            if size != shape[dim + place]:
                raise IndexError(
                    f"The shape of the mask {list(mask.array.shape)} at index {place} does not match the shape of the "
                    f"indexed tensor {shape} at index {dim + place}"
                )


def without_masks(indices, dims):
    """The same indices with each mask as the indices of its true elements, a tensor for each dimension."""
    plain, places = [], []
    for each, dim in zip(indices, dims, strict=True):
        if is_mask(each):
            found = each.device.xp.nonzero(each.array)
            plain += [wrap(one, each.device) for one in found]
            places += range(dim, dim + len(found))
        else:
            plain.append(each)
            places.append(dim)
    return plain, places


def is_whole(self, key):
    """Whether a basic key selects all there is, so that no view is made; a start counted from the end never does."""
    shape, dim = self.array.shape, 0
    for each in key:
        if each is Ellipsis:
            dim += len(shape) - len(key) + 1
        elif isinstance(each, slice):
            step = each.step in (None, 1)
            if not step or each.start not in (None, 0) or not (each.stop is None or each.stop >= shape[dim]):
                return False
            dim += 1
        else:
            return False
    return True


def check_key(self, key):
    """Refuse a basic index that the tensor has not, in PyTorch's words."""
    shape = self.array.shape
    taken = [each for each in key if each is not None and each is not Ellipsis]
    if not shape and len(taken) == 1:
        raise errors.index_of_number(taken[0])
    if len(taken) > len(shape):
        raise errors.too_many_indices(len(shape))
    dim = 0
    for each in key:
        if each is Ellipsis:
            dim += len(shape) - len(taken)
        elif each is not None:
            if isinstance(each, int) and not -shape[dim] <= each < shape[dim]:
                raise errors.index_out_of_bounds(each, dim, shape[dim])
            if isinstance(each, slice) and each.step == 0:
                raise ValueError("slice step cannot be zero")
            if isinstance(each, slice) and each.step is not None and each.step < 1:
                raise ValueError("step must be greater than zero")
            dim += 1
