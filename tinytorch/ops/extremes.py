"""The largest, the smallest, the middle and the most frequent element, and where it stands."""

from tinytorch import errors
from tinytorch.dtypes import bool_, uint8
from tinytorch.errors import OTHER_DTYPE
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import maximum, minimum
from tinytorch.ops.reduced import axes, in_rows, reduced, restored, takes_axis
from tinytorch.ops.refusals import BOOL, COMPLEX, given_all, refuse
from tinytorch.ops.scan import running
from tinytorch.tensor import Tensor


def refuse_empty(name, input, dim, error=RuntimeError):
    """Refuse to choose among no elements."""
    if dim is None and input.size == 0:
        hint = " Specify the reduction dim with the 'dim' argument." if error is RuntimeError else ""
        raise error(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.{hint}")
    if dim is not None and input.ndim:
        for each in reduced(input.shape, dim):  # few: dimensions
            if input.shape[each] == 0:
                raise IndexError(f"{name}(): Expected reduction dim {each} to have non-zero size.")


MATCH = "Expected the dtype for input and out to match, but got {2} for input's dtype and {3} for out's dtype."


def shared(grad, input, result, dim=None, keepdim=False, nan=False):
    """The gradient of an extreme, in equal shares to the elements that have it, `nan` or not."""
    grad, result = [restored(each, input.shape, dim, keepdim) for each in (grad, result)]
    hit = input == result
    if nan:
        hit = hit | (input.isnan() & result.isnan())
    return grad * hit / hit.sum(None if dim == () else dim, True)


@operation(Rule(exact=MATCH, check=refuse("max_values_cpu", COMPLEX)),
    input=lambda grad, input, dim, keepdim, result: shared(grad, input, result, dim, keepdim),
)  # fmt: skip
def amax(xp, input, dim=(), keepdim=False):
    """The largest element over `dim`, or over all dimensions; nan if there is one. Equal ones share the gradient."""
    refuse_empty("amax", input, axes(input, dim))
    return in_rows(xp, xp.amax(input, axes(input, dim), keepdims=keepdim))


@operation(Rule(exact=MATCH, check=refuse("min_values_cpu", COMPLEX)),
    input=lambda grad, input, dim, keepdim, result: shared(grad, input, result, dim, keepdim),
)  # fmt: skip
def amin(xp, input, dim=(), keepdim=False):
    """The smallest element over `dim`, or over all dimensions; nan if there is one. Equal ones share the gradient."""
    refuse_empty("amin", input, axes(input, dim))
    return in_rows(xp, xp.amin(input, axes(input, dim), keepdims=keepdim))


@operation(Rule(method=False, exact=False, overload=lambda *_: "MaxBackward1", check=refuse("max_all", COMPLEX)),
    input=lambda grad, input, result: shared(grad, input, result, nan=True),
)  # fmt: skip
def max_all(xp, input):
    """The largest of all elements; nan if there is one. Equal ones share the gradient."""
    refuse_empty("max", input, None)
    return xp.amax(input)


@operation(Rule(method=False, exact=False, overload=lambda *_: "MinBackward1", check=refuse("min_all", COMPLEX)),
    input=lambda grad, input, result: shared(grad, input, result, nan=True),
)  # fmt: skip
def min_all(xp, input):
    """The smallest of all elements; nan if there is one. Equal ones share the gradient."""
    refuse_empty("min", input, None)
    return xp.amin(input)


def refuse_position(name):
    """The check of argmax and argmin."""
    words = {kind: (RuntimeError, f"{name}(): does not support {kind} input") for kind in (BOOL, COMPLEX)}
    return refuse(name, **words)


@operation(Rule(check=refuse_position("argmax")))
def argmax(xp, input, dim=None, keepdim=False):
    """Where the largest element stands along `dim`, or among all: the first of equal ones; nan is largest."""
    refuse_empty("argmax", input, dim, IndexError)
    return in_rows(xp, xp.asarray(xp.argmax(input, axes(input, dim), keepdims=keepdim)))


@operation(Rule(check=refuse_position("argmin")))
def argmin(xp, input, dim=None, keepdim=False):
    """Where the smallest element stands along `dim`, or among all: the first of equal ones; nan is smallest."""
    refuse_empty("argmin", input, dim, IndexError)
    return in_rows(xp, xp.asarray(xp.argmin(input, axes(input, dim), keepdims=keepdim)))


@operation(Rule(method=False, moves=True, operands=("input", "index"), overload=lambda *args: args[-1], linear=True),
    input=lambda grad, input_shape, index, dim, keepdim: placed(grad, index, input_shape, dim, keepdim),
)  # fmt: skip
def selected(xp, input, index, dim, keepdim=False, node="MaxBackward0"):
    """The elements of `dim` at one index each."""
    if input.ndim == 0:
        return input.copy()
    found = xp.take_along_axis(input, with_dim(index, input.shape, dim, keepdim), dim)
    return found.reshape(index.shape)


@operation(Rule(method=False, moves=True, operands=("input", "index"), linear=True),
    input=lambda grad, index, axis, keepdim: selected(grad, index, axis, keepdim),
)  # fmt: skip
def placed(xp, input, index, shape, axis, keepdim=False):
    """Zeros of `shape` with the input at one index of the dimension `axis` each."""
    if not shape:
        return input.copy()
    result, places = xp.zeros(shape, input.dtype), with_dim(index, shape, axis, keepdim)
    xp.put_along_axis(result, places, input.reshape(places.shape), axis)
    return result


def with_dim(index, shape, dim, keepdim):
    """An index with its reduced dimension back, of size 1."""
    dim = dim % len(shape)
    return index if keepdim else index.reshape((*shape[:dim], 1, *shape[dim + 1 :]))


def named(name, input, dim, keepdim, index, out):
    """The elements at an index of `dim`, with the index, under PyTorch's names."""
    values = selected(input, index, dim, keepdim, NODES.get(name, f"{name.capitalize()}Backward0"))
    return given_all(name, out, (values, index), WORDS.get(name, (OTHER_DTYPE, OTHER_DTYPE)))


WORDS = {"mode": [f"expected scalar type '{{2}}' but got '{{3}}' for {each} output" for each in ("values", "indices")]}
NODES = {"median": "MedianBackward1", "nanmedian": "NanmedianBackward1"}


def check_dim(name, input, dim):
    """Refuse complex numbers, and a dimension that the tensor has not or that is empty."""
    if name in ("max", "min"):
        refuse(name, complex=(RuntimeError, f"{name}(): does not support complex input"))(input)
    else:
        refuse(f"{name}_out" if name == "median" else f"{name}_cpu", COMPLEX, *((BOOL,) if name == "median" else ()))(
            input
        )
    shape = input.array.shape
    if shape and shape[normal_dim(dim, len(shape))] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {dim % len(shape)} to have non-zero size.")


def chooser(name, everything, elementwise, position):
    """PyTorch's `max` or `min`: of all elements, along a dimension, or of two tensors element by element."""

    def choose(input, dim=None, keepdim=False, *, out=None, other=None, axis=None, keepdims=None):
        dim = axis if dim is None else dim
        if not isinstance(input, Tensor):
            raise errors.invalid_combination(name, (input, *[each for each in (dim, other) if each is not None]))
        if isinstance(dim, Tensor) or other is not None:
            return elementwise(input, dim if other is None else other, out=out)
        if dim is None:
            return everything(input, out=out)
        if not hasattr(dim, "__index__"):
            raise errors.invalid_combination(name, (input, dim))
        check_dim(name, input, dim)
        keepdim = keepdim if keepdims is None else keepdims
        numbers = input.to(uint8) if input.dtype is bool_ else input
        return named(name, input, dim, keepdim, position(numbers, dim, keepdim), out)

    choose.__name__ = choose.__qualname__ = name
    choose.__module__ = "torch"
    choose.__doc__ = (
        f"The {name}imum of all elements; along `dim` with its index, as (values, indices); of two tensors, by element."
    )
    return choose


max = chooser("max", max_all, maximum, argmax)
min = chooser("min", min_all, minimum, argmin)


@operation(Rule(method=False, title="Aminmax", check=refuse("aminmax_cpu", COMPLEX)),
    input=lambda grads, input, dim, keepdim: aminmax_derivative(grads, input, dim, keepdim),
)  # fmt: skip
def extremes(xp, input, *, dim=None, keepdim=False):
    """The smallest and the largest element, of all or along `dim`."""
    if dim is None and input.size == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    if dim is not None and input.ndim and input.shape[dim] == 0:
        raise IndexError(f"aminmax: Expected reduction dim {dim % input.ndim} to have non-zero size.")
    axis = axes(input, dim)
    return tuple([in_rows(xp, xp.asarray(each(input, axis, keepdims=keepdim))) for each in (xp.amin, xp.amax)])


def aminmax_derivative(grads, input, dim, keepdim):
    """The gradients of both extremes, in equal shares to the elements that have them."""
    total = None
    for grad, function in zip(grads, (amin, amax), strict=True):
        if grad is not None:
            result = function(input, () if dim is None else dim, keepdim)
            share = shared(grad, input, result, dim, keepdim)
            total = share if total is None else total + share
    return total


def aminmax(input, *, dim=None, keepdim=False, out=None):
    """The smallest and the largest element, of all or along `dim`, as (min, max)."""
    return given_all("aminmax", out, extremes(input, dim=dim, keepdim=keepdim))


@operation(Rule(method=False, operands=("input",)))
def middle(xp, input, dim, keepdim=False, without_nan=False):
    """Where the middle element of `dim` stands, the lower of two; nan is the middle if there is one, or is left out."""
    if input.ndim == 0:
        normal_dim(dim, 0)
        return xp.zeros((), "int64")
    order = xp.argsort(input, dim, kind="stable")  # nan stands last
    nans = xp.sum(xp.isnan(input), dim, "int64", None, True)
    numbers = xp.subtract(input.shape[dim], nans)
    place = xp.maximum(xp.floor_divide(xp.subtract(numbers, 1), 2), 0)
    if not without_nan:
        place = xp.where(xp.greater(nans, 0), xp.minimum(numbers, input.shape[dim] - 1), place)
    index = xp.take_along_axis(order, place, dim)
    return index if keepdim else xp.squeeze(index, dim)


@operation(Rule(method=False, overload=lambda input, without_nan: f"{'Nanm' if without_nan else 'M'}edianBackward0"),
    input=lambda grad, input, result: shared(grad, input, result, nan=True),
)  # fmt: skip
def middle_of_all(xp, input, without_nan=False):
    """The middle one of all elements, the lower of two."""
    if input.size == 0:
        return xp.full((), "nan", input.dtype)
    values = xp.sort(input.reshape(-1))
    nans = xp.sum(xp.isnan(values), None, "int64")
    place = xp.maximum(xp.floor_divide(xp.subtract(values.size - 1, nans), 2), 0)
    if not without_nan:
        place = xp.where(xp.greater(nans, 0), values.size - 1, place)
    return xp.take(values, place)


def median_of(name, without_nan):
    """PyTorch's `median` or `nanmedian`."""

    @takes_axis
    def find(input, dim=None, keepdim=False, *, out=None):
        if dim is None:
            if out is not None:
                raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')
            refuse("median_cpu", BOOL, COMPLEX)(input)
            return middle_of_all(input, without_nan)
        check_dim("median", input, dim)
        return named(name, input, dim, keepdim, middle(input, dim, keepdim, without_nan), out)

    find.__name__ = find.__qualname__ = name
    find.__module__ = "torch"
    nan = "left out" if without_nan else "the median if there is one"
    find.__doc__ = f"""The middle one of all elements, the lower of two; along `dim` with its index. nan is {nan}."""
    return find


median, nanmedian = median_of("median", False), median_of("nanmedian", True)


@operation(Rule(method=False, operands=("input",)))
def most_frequent(xp, input, dim, keepdim=False):
    """Where the most frequent element of `dim` stands last, the smallest of equally frequent ones."""
    if input.ndim == 0:
        normal_dim(dim, 0)
        return xp.zeros((), "int64")
    order = xp.argsort(input, dim, kind="stable").swapaxes(dim, -1)
    values = xp.take_along_axis(input.swapaxes(dim, -1), order, -1)
    places = xp.arange(values.shape[-1])
    starts = xp.zeros(values.shape, "int64")
    starts[..., 1:] = xp.multiply(xp.not_equal(values[..., 1:], values[..., :-1]), places[1:])
    length = xp.subtract(places, running(xp, xp.maximum, starts, -1))
    place = xp.argmax(length, -1, keepdims=True)
    index = xp.take_along_axis(order, place, -1).swapaxes(dim, -1)
    return index if keepdim else xp.squeeze(index, dim)


@takes_axis
def mode(input, dim=-1, keepdim=False, *, out=None):
    """The most frequent element along `dim`, the smallest of equally frequent ones, with its last index."""
    if input.array.ndim:
        check_dim("mode", input, dim)
    return named("mode", input, dim, keepdim, most_frequent(input, dim, keepdim), out)


Tensor.max, Tensor.min, Tensor.aminmax = max, min, aminmax
Tensor.median, Tensor.nanmedian, Tensor.mode = median, nanmedian, mode
