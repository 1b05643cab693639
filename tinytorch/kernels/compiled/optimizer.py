"""The loop of an optimizer's step over flat arrays, in a form that LLVM turns into vector instructions."""

import numpy
from numba import njit


@njit(error_model="numpy", fastmath={"contract"})
def adam_step(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step):
    """One step of Adam: `weight` and `share` are 1 - beta1 and 1 - beta2, `keep` is beta2, `step` is negative."""
    for place in range(param.size):
        now = grad[place]
        mean = exp_avg[place]
        mean = mean + weight * (now - mean)
        square = exp_avg_sq[place] * keep
        square = square + share * now * now
        exp_avg[place] = mean
        exp_avg_sq[place] = square
        param[place] = param[place] + step * mean / (numpy.sqrt(square) / root + eps)


def adam_step_float32(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step):
    """The loop in float32."""
    adam_step(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step)


def adam_step_float64(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step):
    """The loop in float64."""
    adam_step(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step)
