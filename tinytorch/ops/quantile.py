"""Quantiles: between which elements of a sorted row they lie, and what stands there."""

from tinytorch import dtypes
from tinytorch.batching import all_examples
from tinytorch.delivery import deliver
from tinytorch.layout import normal_dim
from tinytorch.ops.create import scalar_tensor
from tinytorch.ops.reduced import takes_axis
from tinytorch.tensor import Tensor

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@takes_axis
def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    """The element with a share `q` of the others below it, along `dim` or of all; nan if there is one.

    `q` is a number or a vector, whose results stand along a new first dimension. Where a quantile lies between two
    elements, `interpolation` gives a mean by distance ("linear"), one of both ("lower", "higher", "nearest") or their
    mean ("midpoint"). A RuntimeError for a `q` outside of [0, 1], and for other dtypes than float32 and float64.
    """
    return located(input, q, dim, keepdim, interpolation, False, out)


@takes_axis
def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    """The quantiles of the elements that are not nan, as `quantile` gives those of all."""
    return located(input, q, dim, keepdim, interpolation, True, out)


def located(input, q, dim, keepdim, interpolation, without_nan, out):
    """Quantiles, with the checks before and the dimensions after them."""
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q:g}")
        q = scalar_tensor(q, dtype=input.dtype, device=input.device)
    check(input, q, interpolation, out)
    normal_dim(0 if dim is None else dim, input.array.ndim)
    found = between(sorted_rows(input, dim, keepdim), q, interpolation, without_nan)
    found = found.squeeze_(-1) if q.array.ndim == 0 else found.unsqueeze_(0).transpose_(0, -1).squeeze_(-1)
    return found if out is None else deliver("quantile", out, found)


def sorted_rows(input, dim, keepdim):
    """The elements of `dim`, or all, in order along the last dimension; nan stands last."""
    ndim = input.array.ndim
    if dim is None or not ndim:
        rows, ones = input.flatten().sort(-1).values, range(ndim)
    else:
        place = normal_dim(dim, ndim)
        rows, ones = input.movedim(place, -1).sort(-1).values, (place,)
    for each in ones if keepdim else ():  # dimensions, of which there are few
        rows = rows.unsqueeze(each)
    return rows


def check(input, q, interpolation, out):
    """Refuse what PyTorch has no quantiles of."""
    if input.array.size == 0:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if q.array.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if q.dtype is not input.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
            f"{interpolation}"
        )
    if out is not None and out.dtype is not input.dtype:
        raise RuntimeError("quantile() out tensor must be same dtype as the input tensor")
    if q.device.type != "meta" and not all_examples((q >= 0) & (q <= 1)).all():
        raise RuntimeError("quantile() q values must be in the range [0, 1]")


def between(rows, q, interpolation, without_nan):
    """The quantiles of sorted rows: (..., n) to (..., quantiles)."""
    last = rows.array.shape[-1] - 1
    if without_nan:
        ranks = q * ((~rows.isnan()).sum(-1, True) - 1)
        ranks = ranks.masked_fill(ranks < 0, 0)
    else:
        ranks = (q * last).masked_fill(rows.isnan().any(-1, True), last)
    if interpolation in ROUNDED:
        return rows.gather(-1, ROUNDED[interpolation](ranks).to(dtypes.int64))
    low = ranks.to(dtypes.int64)
    share = ranks - low if interpolation == "linear" else ranks * 0 + 0.5
    return rows.gather(-1, low).lerp(rows.gather(-1, ranks.ceil().to(dtypes.int64)), share)


ROUNDED = {"lower": Tensor.floor, "higher": Tensor.ceil, "nearest": Tensor.round}

Tensor.quantile, Tensor.nanquantile = quantile, nanquantile
