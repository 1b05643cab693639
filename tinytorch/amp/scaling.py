"""What `GradScaler` computes: gradients divided by the scale, whether all are finite, and the scale that follows."""

from tinytorch import dtypes
from tinytorch.update import update


def _amp_foreach_non_finite_check_and_unscale_(self, found_inf, inv_scale):
    """Multiply gradients by `inv_scale`, in place; `found_inf` becomes 1 if any of them was inf or nan.

    A RuntimeError if one of the two is no single float32.
    """
    for name, each in (("inv_scale", inv_scale), ("found_inf", found_inf)):
        if each.numel() != 1:
            raise RuntimeError(f"{name} must be a 1-element tensor.")
        if each.dtype is not dtypes.float32:
            raise RuntimeError(f"{name} must be a float tensor.")
    unscale_gradients(list(self), [found_inf], [inv_scale])


def _amp_update_scale_(self, growth_tracker, found_inf, scale_growth_factor, scale_backoff_factor, growth_interval):
    """The scale after a step, in place, which is returned: times the backoff factor if something was not finite, times
    the growth factor after `growth_interval` steps without; the tracker counts these.

    A RuntimeError if one of the tensors is no single number of its dtype.
    """
    for name, each, dtype in (
        ("growth_tracker", growth_tracker, "int32"), ("current_scale", self, "float32"),
        ("found_inf", found_inf, "float32"),
    ):  # fmt: skip
        if each.numel() != 1:
            raise RuntimeError(f"{name} must be a 1-element tensor.")
        if each.dtype is not getattr(dtypes, dtype):
            raise RuntimeError(f"{name} must be {'an int' if dtype == 'int32' else 'a float'} tensor.")
    adjust_scale(
        [self], [growth_tracker], [found_inf],
        growth=scale_growth_factor, backoff=scale_backoff_factor, interval=growth_interval,
    )  # fmt: skip
    return self


@update("grads", "found")
def unscale_gradients(xp, grads, found, inverse):
    """Multiply gradients by a number, and note whether they are finite; a number of 1 leaves them as they are."""
    factor = inverse[0].reshape(())
    for grad in grads:
        found[0][...] = xp.where(xp.all(xp.isfinite(grad)), found[0], 1)
        xp.multiply(grad, factor.astype(grad.dtype), out=grad)


@update("scale", "tracker")
def adjust_scale(xp, scale, tracker, found, *, growth, backoff, interval):
    """The scale and the count of steps after a step; a scale that would be infinite does not grow."""
    (scale,), (tracker,), bad = scale, tracker, found[0] > 0
    count = tracker + 1
    grown = scale * growth
    full = count == interval
    better = xp.where(full & xp.isfinite(grown), grown, scale)
    scale[...] = xp.where(bad, scale * backoff, better)
    tracker[...] = xp.where(bad | full, 0, count)
