"""Counts: of numbers, and of elements between edges."""

import math

from tinytorch import dtypes, return_types
from tinytorch.delivery import deliver_all
from tinytorch.errors import CPP_NAMES
from tinytorch.operation import Rule, operation
from tinytorch.ops.ranges import linspace
from tinytorch.ops.refusals import not_implemented
from tinytorch.tensor import Tensor

HIST = "torch.histogram: input tensor and hist tensor should have the same dtype, but got input {} and hist {}"


def no_weights_derivative():
    """PyTorch has no derivative for the weights of counts."""
    raise RuntimeError("derivative for aten::bincount is not implemented")


@operation(Rule(operands=("input", "weights"), moves=True, linear=True), weights=lambda grad: no_weights_derivative())
def bincount(xp, input, weights=None, minlength=0):
    """How often each number from 0 on stands in a vector of integers, or the sum of the weights where it stands."""
    if input.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{dtypes.of_numpy[input.dtype].title}'")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if input.ndim != 1 or (input.size and input.dtype.kind == "i" and xp.smallest(input) < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is None:
        return xp.bincount(input, minlength=minlength) if input.size else xp.zeros(minlength, "int64")
    if weights.shape != input.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    kind = weights.dtype if weights.dtype == "float32" else "float64"
    if not input.size:
        return xp.zeros(minlength, kind)
    weights = weights.real if weights.dtype.kind == "c" else weights
    return xp.bincount(input, weights.astype("float64"), minlength).astype(kind)


@operation(Rule(exact=HIST, moves=True))
def histc(xp, input, bins=100, min=0, max=0):
    """How many elements stand in each of `bins` intervals of one width between `min` and `max`; where these are equal,
    between the smallest and the largest element. Others do not count."""
    if input.dtype.kind in "biuc":
        raise NotImplementedError(f"\"histogram_cpu\" not implemented for '{dtypes.of_numpy[input.dtype].title}'")
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = float(min), float(max)
    if low == high and input.size and xp.device != "meta":
        low, high = xp.min(input).item(), xp.max(input).item()
    if low == high:
        low, high = low - 1, high + 1
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{spelled(low)}, {spelled(high)}] is not finite")
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    flat = input.reshape(-1)
    # each step is rounded to the input's dtype, as PyTorch's are: an element may stand beside its interval by a hair
    first, last, number = [xp.asarray(each, input.dtype) for each in (low, high, bins)]
    place = xp.true_divide(xp.multiply(xp.subtract(flat, first), number), xp.subtract(last, first))
    inside = xp.logical_and(xp.greater_equal(flat, first), xp.less_equal(flat, last))
    place = xp.where(inside, place, xp.zeros((), place.dtype)).astype("int64")
    sums = xp.zeros(bins + 1, "float64")  # the last one is for those outside
    places = xp.where(inside, xp.minimum(place, bins - 1), bins)  # the last interval has its end too
    xp.ufunc_at("add", sums, places, xp.ones(flat.shape, "float64"))
    return sums[:bins].astype(input.dtype)


def spelled(value):
    """A number as C++ writes it."""
    return "nan" if math.isnan(value) else f"{value:g}"


# Histograms with their edges


def histogram(input, bins=100, *, range=None, weight=None, density=False, out=None):
    """How many elements, or how much of their weight, stands between neighbours among edges: (hist, bin_edges).

    `bins` is a vector of edges, or how many intervals of one width there are from range[0] to range[1], or from the
    smallest to the largest element. Each has its lower edge, the last one both. With `density` the hist times the
    widths adds up to 1. A RuntimeError for edges that are none.
    """
    rows = input.reshape(-1, 1)
    edges = edges_of(rows, [bins], range)
    weight = None if weight is None else weight.reshape(-1)
    check_weight(rows, weight)
    hist = between_edges(rows, edges, weight, bool(density))
    results = return_types.histogram((hist, edges[0].clone() if isinstance(bins, Tensor) else edges[0]))
    if out is None:
        return results
    return return_types.histogram_out(deliver_all("histogram", out, results, HIST, HIST.replace("hist ", "bin_edges ")))


def histogramdd(input, bins, range=None, weight=None, density=False):
    """How many rows stand in each cell of a grid: (hist, bin_edges), the latter a tuple with a vector a dimension.

    The input is (..., n), `bins` a number for all n dimensions, or a list of numbers or of vectors of edges; `range`
    has a smallest and a largest edge for each dimension, one after the other; the rest is as in `histogram`.
    """
    if input.array.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    if isinstance(bins, Tensor):
        raise TypeError("histogramdd() received an invalid combination of arguments")
    count = input.array.shape[-1]
    bins = [bins] * count if isinstance(bins, int) else list(bins)
    if len(bins) != count:
        if isinstance(bins[0], Tensor):
            raise RuntimeError(
                f"torch.histogramdd: expected {count} sequences of bin edges for a {count}-dimensional histogram but "
                f"got {len(bins)}"
            )
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    rows = input.reshape(-1, count)
    edges = edges_of(rows, bins, range)
    check_weight(input, weight)
    hist = between_edges(rows, edges, None if weight is None else weight.reshape(-1), bool(density))
    return return_types.histogramdd((hist, tuple(edges)))


def edges_of(rows, bins, limits):
    """The edges of each dimension, as vectors; a RuntimeError for what cannot be edges."""
    found = limits is None and rows.array.size and not isinstance(bins[0], Tensor)  # from the elements
    if rows.dtype.category != dtypes.FLOAT or (found and rows.dtype not in (dtypes.float32, dtypes.float64)):
        raise not_implemented("histogramdd" if found else "histogram_cpu", rows.dtype)
    count = len(bins)
    if limits is not None and len(limits) != 2 * count:
        raise RuntimeError(
            f"torch.histogramdd: for a {count}-dimensional histogram range should have {2 * count} elements, but got "
            f"{len(limits)}"
        )
    for dim, each in enumerate(bins):
        check_bins(rows, dim, each)
    return [
        each if isinstance(each, Tensor) else spaced_edges(rows, dim, each, limits) for dim, each in enumerate(bins)
    ]


def check_bins(rows, dim, bins):
    """Refuse edges of another shape or dtype, and less than one interval."""
    number = bins
    if isinstance(bins, Tensor):
        if bins.array.ndim != 1:
            raise RuntimeError(
                f"torch.histogramdd: bins tensor should have one dimension, but got {bins.array.ndim} dimensions in "
                f"the bins tensor for dimension {dim}"
            )
        if bins.dtype is not rows.dtype:
            raise RuntimeError(
                "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with "
                f"dtype {CPP_NAMES[rows.dtype.name]} and bins for dimension {dim} with dtype "
                f"{CPP_NAMES[bins.dtype.name]}"
            )
        if not bins.array.size:
            raise RuntimeError(
                "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins tensor "
                f"for dimension {dim}"
            )
        number = bins.array.size - 1
    elif not hasattr(bins, "__index__"):
        raise TypeError("histogram() received an invalid combination of arguments")
    if number <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {number} for dimension {dim}")


def spaced_edges(rows, dim, bins, limits):
    """Edges of intervals of one width, between limits or from the smallest to the largest element."""
    if limits is not None:
        low, high = float(limits[2 * dim]), float(limits[2 * dim + 1])
    elif rows.array.shape[0]:
        column = rows.detach().select(1, dim)
        low, high = column.min().item(), column.max().item()
    else:
        low, high = 0.0, 1.0
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(
            f"torch.histogramdd: dimension {dim}'s range [{spelled(low)}, {spelled(high)}] is not finite"
        )
    if low > high:
        raise RuntimeError(
            f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension {dim}"
        )
    if low == high:
        low, high = low - 0.5, high + 0.5
    return linspace(low, high, bins + 1, dtype=rows.dtype, device=rows.device)


def check_weight(input, weight):
    """Refuse weights that are not one for each row, or of another dtype."""
    if weight is None:
        return
    if weight.dtype is not input.dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same "
            f"dtype, but got input({CPP_NAMES[input.dtype.name]}), and weight({CPP_NAMES[weight.dtype.name]})"
        )
    if weight.array.shape != input.array.shape[:-1]:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor "
            f"excluding its innermost dimension, but got input with shape {list(input.array.shape)} and weight with "
            f"shape {list(weight.array.shape)}"
        )


def no_histogram_derivative(grad):
    """Counts have no derivative, though PyTorch gives them a history."""
    raise RuntimeError("derivative for aten::histogram is not implemented")


@operation(
    Rule(
        several="edges",
        wide=True,
        method=False,
        overload=lambda *_: "NotImplemented",
        operands=("input", "edges", "weight"),
    ),
    input=lambda grad: no_histogram_derivative(grad),
    weight=lambda grad: no_histogram_derivative(grad),
)
def between_edges(xp, input, edges, weight=None, density=False):
    """How many rows, or how much of their weight, stands in each cell between edges, or the density of that."""
    sizes = [each.size - 1 for each in edges]
    total = math.prod(sizes)
    places, inside = xp.zeros(len(input), "int64"), xp.ones(len(input), "bool")
    for dim, (limits, size) in enumerate(zip(edges, sizes, strict=True)):  # dimensions, of which there are few
        column = xp.ascontiguousarray(input[:, dim])
        place = xp.subtract(xp.searchsorted(limits, column, side="right"), 1)
        place = xp.where(xp.equal(column, limits[-1]), size - 1, place)  # the last interval has its end too
        within = xp.logical_and(xp.greater_equal(column, limits[0]), xp.less_equal(column, limits[-1]))
        inside = xp.logical_and(inside, within)
        places = xp.add(xp.multiply(places, size), place)
    sums = xp.zeros(total + 1, "float64")  # the last one is for those outside
    shares = xp.ones(len(input), "float64") if weight is None else weight.astype("float64")
    xp.ufunc_at("add", sums, xp.where(inside, places, total), shares)
    hist = sums[:total].astype(input.dtype).reshape(sizes)
    if not density:
        return hist
    hist = xp.true_divide(hist, xp.sum(hist.reshape(-1), None, None))
    for dim, limits in enumerate(edges):
        widths = xp.subtract(limits[1:], limits[:-1])
        hist = xp.true_divide(hist, widths.reshape([-1 if each == dim else 1 for each in range(len(edges))]))
    return hist


Tensor.histogram = histogram
