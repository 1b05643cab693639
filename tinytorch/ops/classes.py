"""The loss of a network that tells classes apart, as an operation."""

from tinytorch.array_derivatives import by_body
from tinytorch.operation import Rule, operation
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse


def check_classes(input, target, weight, reduction, ignore_index):
    """Refuse what are no classes for the input, as PyTorch does."""
    classes = input.shape[1] if input.ndim > 1 else input.shape[0]
    if input.ndim > 2:
        if target.ndim != input.ndim - 1:
            raise RuntimeError(
                f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {target.ndim}"
            )
        if (input.shape[0], *input.shape[2:]) != tuple(target.shape):
            found = f"size mismatch (got input: {list(input.shape)} , target: {list(target.shape)}"
            raise RuntimeError(found)
    elif target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    elif input.ndim == 2 and input.shape[0] != target.numel():
        raise RuntimeError(f"size mismatch (got input: {list(input.shape)}, target: {list(target.shape)})")
    if target.dtype.name not in ("int64", "uint8"):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.title}")
    if weight is not None and tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
            f"shape: {list(weight.shape)}"
        )
    frame = "nll_loss_out_frame" if input.ndim < 3 else "nll_loss2d_forward_out_frame"
    refuse(frame, BOOL, INTEGER, COMPLEX)(input)
    if weight is not None and weight.requires_grad:
        raise RuntimeError(
            f"The function 'nll_loss{'2d' * (input.ndim > 2)}_forward' is not differentiable with respect to argument "
            "'weight'. This input cannot have requires_grad True."
        )
    if weight is not None and weight.dtype is not input.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.title} but found {weight.dtype.title}")


@operation(
    Rule(
        method=False,
        operands=("input", "target", "weight"),
        check=check_classes,
        overload=lambda input, *_: "NllLossBackward0" if len(input.shape) < 3 else "NllLoss2DBackward0",
        linear=True,
    ),
    input=lambda grad, input_shape, target, weight, reduction, ignore_index: nll_loss_backward(
        grad, target, weight, input_shape, reduction, ignore_index
    ),
)
def nll_loss(xp, input, target, weight=None, *, reduction="mean", ignore_index=-100):
    """Minus the input at the class of each target, times the class's weight: (n, classes, ...) and (n, ...).

    The mean is that of the weights: the sum over the sum of them. An IndexError for a class that is not there.
    """
    places, factors = chosen(xp, input.shape, input.dtype, target, weight, ignore_index)
    picked = spread_out(input)[places]
    losses = xp.negative(
        picked if factors is None else xp.where(xp.equal(factors, 0), factors, xp.multiply(picked, factors))
    )
    if reduction == "none":
        return losses.reshape(target.shape)
    total = xp.sum(losses, None, None, None, False)
    return total if reduction == "sum" else xp.divide(total, size_of(xp, factors, losses))


@by_body()
@operation(
    Rule(method=False, operands=("upstream", "target", "weight"), title="NllLossBackward", linear=True),
    upstream=lambda grad, target, weight, reduction, ignore_index: nll_loss(
        grad, target, weight, reduction=reduction, ignore_index=ignore_index
    ),
)
def nll_loss_backward(xp, upstream, target, weight, shape, reduction, ignore_index):
    """Zeros of `shape`, with minus the upstream, times the class's weight, at the class of each target."""
    places, factors = chosen(xp, shape, upstream.dtype, target, weight, ignore_index)
    if reduction == "mean":
        upstream = xp.divide(upstream, size_of(xp, factors, target))
    values = xp.negative(upstream if upstream.ndim == 0 else upstream.reshape(factors_shape(shape)))
    result = xp.zeros(shape, upstream.dtype)
    spread_out(result)[places] = (
        values if factors is None else xp.where(xp.equal(factors, 0), factors, xp.multiply(values, factors))
    )
    return result


def factors_shape(shape):
    """The shape of one number for each target, with the places behind the classes as one dimension."""
    return () if len(shape) == 1 else (shape[0],) if len(shape) == 2 else (shape[0], -1)


def spread_out(array):
    """A view of an array as (classes,), (n, classes) or (n, classes, places): all places in one dimension."""
    return array if array.ndim < 3 else array.reshape(array.shape[0], array.shape[1], -1)


def size_of(xp, factors, losses):
    """What the mean divides by: how many losses there are, or the sum of their weights."""
    return losses.size if factors is None else xp.sum(factors, None, None, None, False)


def chosen(xp, shape, dtype, target, weight, ignore_index):
    """Where the targets stand, as an index, and by which factors they count; None where all count once."""
    classes = shape[1] if len(shape) > 1 else shape[0]
    target = target.reshape(factors_shape(shape)).astype("int64", copy=False)
    kept = None
    if xp.device != "meta" and target.size and (0 <= ignore_index < classes or out_of_bounds(xp, target, classes)):
        kept = xp.not_equal(target, ignore_index)
        target = xp.where(kept, target, 0)
        if out_of_bounds(xp, target, classes):
            wrong = xp.logical_or(xp.less(target, 0), xp.greater_equal(target, classes))
            raise IndexError(f"Target {xp.first_where(target, wrong)} is out of bounds.")
    factors = None if weight is None else weight[target]
    if kept is not None:
        factors = kept.astype(dtype) if factors is None else xp.where(kept, factors, xp.zeros((), dtype))
    if len(shape) == 1:
        return (target,), factors
    rows = xp.arange(shape[0])
    if len(shape) == 2:
        return (rows, target), factors
    return (rows.reshape(-1, 1), target, xp.arange(target.shape[1])), factors


def out_of_bounds(xp, target, classes):
    """Whether a class is not between 0 and the number of classes; read without a sign, those below 0 are large."""
    return xp.largest(target.view(f"uint{8 * target.itemsize}")) >= classes
