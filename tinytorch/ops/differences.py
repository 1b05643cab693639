"""Differences of neighbours, the slopes that follow from them, and areas under broken lines."""

from tinytorch import dtypes
from tinytorch.delivery import deliver
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, elementwise
from tinytorch.ops.compare import logical_xor
from tinytorch.ops.create import zeros_like
from tinytorch.ops.join import concatenate
from tinytorch.ops.refusals import given_to
from tinytorch.tensor import Tensor


def part(input, dim, start, end=None):
    """The slice start:end of a dimension."""
    size = input.array.shape[dim]
    start, end, _ = slice(start, end).indices(size)
    return input.narrow(dim, start, max(end - start, 0))


def diff(input, n=1, dim=-1, prepend=None, append=None, *, out=None):
    """The differences of neighbours along `dim`, `n` times; of booleans, whether they differ.

    `prepend` and `append` are put before and behind the input first. A RuntimeError where they do not fit.
    """
    if not input.array.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    place = normal_dim(dim, input.array.ndim)
    for each in (prepend, append):
        check_joined(input, each, place)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    given = [each for each in (prepend, input, append) if each is not None]
    found = zeros_like(input).copy_(input) if n == 0 else concatenate(given, place) if len(given) > 1 else input
    for _ in range(min(n, found.array.shape[place])):  # orders, of which there are few
        ahead, behind = part(found, place, 1), part(found, place, 0, max(found.array.shape[place] - 1, 0))
        found = logical_xor(ahead, behind) if found.dtype is dtypes.bool_ else ahead - behind
    if n == 0:
        return given_to("diff", out, found, "expected scalar_type {2} but found {3}")
    return found if out is None else deliver("diff", out, found)


def check_joined(input, other, dim):
    """Refuse what cannot stand before or behind the input."""
    if other is None:
        return
    if other.array.ndim != input.array.ndim:
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    for each, (size, wanted) in enumerate(zip(other.array.shape, input.array.shape, strict=True)):  # dimensions
        if each != dim and size != wanted:
            raise RuntimeError(
                "diff expects the shape of tensor to prepend or append to match that of input except along the "
                f"differencing dimension; input.size({each}) = {wanted}, but got tensor.size({each}) = {size}"
            )


# The area under a line through the elements


def trapezoid(y, x=None, *, dx=None, dim=-1):
    """The area under the line through the elements of `dim`, which stand at `x`, or `dx` apart (1 without both).

    A RuntimeError for booleans, and for a vector `x` that is not as long as `dim`.
    """
    if not y.array.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    place = normal_dim(dim, y.array.ndim)
    if y.array.shape[place] == 0:
        return zeros_like(y.sum(place, dtype=y.dtype))
    refuse_both("trapezoid", x, dx)
    if x is not None:
        gaps = distances("trapezoid", y, x, place)
        return div_by_number(((part(y, place, 0, -1) + part(y, place, 1)) * gaps).sum(place), 2.0)
    dx = distance_of("trapezoid", y, dx)
    return mul_by_number(y.sum(place) - (y.select(place, 0) + y.select(place, -1)) * 0.5, dx)


def trapz(y, x=None, *, dx=None, dim=-1):
    """The area under a line: `trapezoid` under NumPy's former name."""
    return trapezoid(y, x, dx=dx, dim=dim)


def cumulative_trapezoid(y, x=None, *, dx=None, dim=-1):
    """The areas under the line through the elements of `dim`, from the first element to each other one."""
    if not y.array.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    place = normal_dim(dim, y.array.ndim)
    refuse_both("cumulative_trapezoid", x, dx)
    if x is not None:
        gaps = distances("cumulative_trapezoid", y, x, place)
        return div_by_number(((part(y, place, 1) + part(y, place, 0, -1)) * gaps).cumsum(place), 2.0)
    half = distance_of("cumulative_trapezoid", y, dx) / 2.0
    return (half * (part(y, place, 0, -1) + part(y, place, 1))).cumsum(place)


def refuse_both(name, x, dx):
    """Refuse places of the elements together with one distance of all."""
    if x is not None and dx is not None:
        raise TypeError(f"{name}() received an invalid combination of arguments")


def distance_of(name, y, dx):
    """The distance of all neighbours, if it is a real number."""
    if y.dtype is dtypes.bool_:
        raise RuntimeError(f"{name}: received a bool input for `y`, but bool is not supported")
    if isinstance(dx, (bool, complex)):
        raise RuntimeError(f"{name}: Currently, we only support dx as a real number.")
    return 1 if dx is None else dx


def distances(name, y, x, dim):
    """The distances of neighbours that stand at `x`, to be multiplied with elements of `y`."""
    if dtypes.bool_ in (y.dtype, x.dtype):
        raise RuntimeError(f"{name}: received a bool input for `x` or `y`, but bool is not supported")
    if x.array.ndim == 1:
        if x.array.size != y.array.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = x.view([-1 if each == dim else 1 for each in range(y.array.ndim)])
    elif x.array.ndim < y.array.ndim:
        x = x.view((1,) * (y.array.ndim - x.array.ndim) + x.array.shape)
    return part(x, dim, 1) - part(x, dim, 0, -1)


@elementwise(
    Rule(method=False, in_place=False, linear=True, overload=lambda *_: "MulBackward1", operands=("input", "number")),
    input=lambda grad, number: grad * number,
)  # fmt: skip
def mul_by_number(xp, input, number):
    """input * number, under the name that PyTorch gives its node where C++ multiplies."""
    return xp.multiply(input, number)


@elementwise(
    Rule(
        "float", method=False, in_place=False, linear=True, overload=lambda *_: "DivBackward1",
        operands=("input", "number"),
    ),
    input=lambda grad, number: grad / number,
)  # fmt: skip
def div_by_number(xp, input, number):
    """input / number, under the name that PyTorch gives its node where C++ divides."""
    return xp.true_divide(input, number)


# Slopes


def gradient(input, *, spacing=None, dim=None, edge_order=1):
    """The slope at each element along each of `dim`, or along all dimensions: a tuple of tensors of the input's shape.

    Inside it is that of the parabola through an element and its neighbours, at the ends that of the line (`edge_order`
    1) or parabola (2) through the first elements. Elements stand `spacing` apart: one number, one for each dimension,
    or vectors with the places of the elements. A RuntimeError where these or the sizes do not fit.
    """
    if isinstance(spacing, Tensor):
        if spacing.array.ndim:
            raise TypeError("gradient() received an invalid combination of arguments")
        spacing = spacing.item()
    several = isinstance(spacing, (list, tuple))
    dims = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    check_gradient(input, len(spacing) if several else None, dims, edge_order)
    dims = range(input.array.ndim) if dims is None else [normal_dim(each, input.array.ndim) for each in dims]
    spacing = spacing if several else [1 if spacing is None else spacing] * len(dims)
    return tuple([
        (slopes_at if isinstance(each, Tensor) else slopes)(input, place, each, edge_order)
        for place, each in zip(dims, spacing, strict=True)
    ])  # fmt: skip


def check_gradient(input, count, dims, edge_order):
    """Refuse distances that are not one for each dimension, and dimensions of too few elements."""
    if input.dtype is dtypes.uint8:
        raise RuntimeError("torch.gradient does not support uint8 input.")
    if count is not None and dims is None and count != input.array.ndim:
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
            f"{input.array.ndim}', since dim argument was not given, but got a list of length {count}"
        )
    if count is not None and dims is not None and count != len(dims):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the "
            f"same length, but got a spacing argument of length {count} and a dim argument of length {len(dims)}."
        )
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    places = range(input.array.ndim) if dims is None else [normal_dim(each, input.array.ndim) for each in dims]
    for each in places:  # dimensions, of which there are few
        if list(places).count(each) > 1:
            raise RuntimeError(f"dim {each} appears multiple times in the list of dims")
        if input.array.shape[each] <= edge_order:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")


def slopes(input, dim, gap, edge_order):
    """The slopes along a dimension whose elements stand one number apart."""
    inside = (part(input, dim, 2) - part(input, dim, 0, -2)) / gap / 2
    first, second = part(input, dim, 0, 1), part(input, dim, 1, 2)
    last, before = part(input, dim, -1), part(input, dim, -2, -1)
    if edge_order == 1:
        return concatenate([(second - first) / gap, inside, (last - before) / gap], dim)
    third, earlier = part(input, dim, 2, 3), part(input, dim, -3, -2)
    start = (first * -1.5 + second * 2 - third * 0.5) / gap
    return concatenate([start, inside, (earlier * 0.5 - before * 2 + last * 1.5) / gap], dim)


def slopes_at(input, dim, places, edge_order):
    """The slopes along a dimension whose elements stand at `places`."""
    if places.array.ndim != 1:
        raise RuntimeError(
            "torch.gradient expected each element of spacing to have one dimension, but got an element with "
            f"{places.array.ndim} dimensions!"
        )
    gaps = diff(places)
    shape = [-1 if each == dim else 1 for each in range(input.array.ndim)]
    left, right = part(gaps, 0, 0, -1), part(gaps, 0, 1)
    inside = weighted(input, dim, [each.reshape(shape) for each in middle_weights(left, right)])
    if edge_order == 1:
        start = (part(input, dim, 1, 2) - part(input, dim, 0, 1)) / gaps[0]
        return concatenate([start, inside, (part(input, dim, -1) - part(input, dim, -2, -1)) / gaps[-1]], dim)
    start = weighted(part(input, dim, 0, 3), dim, end_weights(gaps[0], gaps[1]))
    end = weighted(part(input, dim, -3), dim, [-each for each in end_weights(gaps[-1], gaps[-2])[::-1]])
    return concatenate([start, inside, end], dim)


def weighted(input, dim, weights):
    """The sum of three neighbours along a dimension times their weights."""
    size = input.array.shape[dim]
    total = None
    for place, weight in enumerate(weights):  # three of them
        term = weight * part(input, dim, place, size - 2 + place)
        total = term if total is None else total + term
    return total


def middle_weights(left, right):
    """By what to multiply three elements for the slope of their parabola at the middle one; their two gaps."""
    both = left + right
    return -right / (left * both), (right - left) / (left * right), left / (right * both)


def end_weights(near, next_one):
    """By what to multiply three elements for the slope of their parabola at the first one; their two gaps."""
    both = near + next_one
    return -(near * 2 + next_one) / (near * both), both / (near * next_one), -near / (next_one * both)


Tensor.diff = diff
