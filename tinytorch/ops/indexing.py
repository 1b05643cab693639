"""What stands between brackets, read and written."""

from tinytorch import errors
from tinytorch.operation import Rule, memory_view
from tinytorch.ops.views import embed, with_dim
from tinytorch.tensor import Tensor, wrap


def name_of(input, key):
    """PyTorch's node for a basic index: it takes the index apart, and the last part that did something gives the name."""
    name, dim, shape = "AliasBackward0", 0, input if type(input) is tuple else input.shape
    taken = len([each for each in key if each is not None and each is not Ellipsis])
    for each in key:
        if each is None:
            name = "UnsqueezeBackward0"
        elif each is Ellipsis:
            dim += len(shape) - taken
        else:
            if isinstance(each, int):
                name = "SelectBackward0"
            elif len(key) == 1 or each.indices(shape[dim]) != (0, shape[dim], 1):
                name = "SliceBackward0"
            dim += 1
    return name


@memory_view(Rule(method=False, overload=name_of), input=lambda grad, input_shape, key: embed(grad, input_shape, key))
def basic_index(xp, input, key):
    """A view of what a tuple of integers, slices, None and `...` selects."""
    if None not in key:
        return input[key if Ellipsis in key else (*key, Ellipsis)]
    taken = len([each for each in key if each is not None and each is not Ellipsis])
    dim = 0
    for each in key:  # one after the other, as PyTorch does: the strides of new dimensions depend on it
        if each is None:
            input = with_dim(xp, input, dim)
            dim += 1
        elif each is Ellipsis:
            dim += input.ndim - dim - taken
        else:
            input = input[(slice(None),) * dim + (each, Ellipsis)]
            taken -= 1
            dim += isinstance(each, slice)
    return input


def getitem(self, key):
    """What `key` selects: a view for integers, slices, None and `...`."""
    if type(key) is slice and (key.step is None or key.step > 0) and self.array.ndim:
        return basic_index(self, (key,))
    key = key if type(key) is tuple else (key,)
    check_key(self, key)
    return basic_index(self, key)


def is_whole(part):
    """Whether a part of a key selects all there is."""
    return part is Ellipsis or (isinstance(part, slice) and part == slice(None))


def check_key(self, key):
    """Refuse an index that the tensor has not, in PyTorch's words."""
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
            if isinstance(each, slice) and each.step is not None and each.step < 1:
                raise ValueError("step must be greater than zero")
            dim += 1


def setitem(self, key, value):
    """Write a tensor or a number to what `key` selects."""
    key = key if type(key) is tuple else (key,)
    check_key(self, key)
    target = self if all(is_whole(each) for each in key) else basic_index(self, key)
    if isinstance(value, Tensor) and value.array.ndim == 0 < target.array.ndim:
        target.fill_(value)
    elif isinstance(value, Tensor):
        shape = value.array.shape
        while shape[:1] == (1,) and shape != target.array.shape:
            shape = shape[1:]
        target.copy_((value if shape == value.array.shape else value.view(shape)).expand(target.array.shape))
    else:
        target.fill_(wrap(self.device.asarray(value, self.array.dtype), self.device))


Tensor.__getitem__, Tensor.__setitem__ = getitem, setitem
