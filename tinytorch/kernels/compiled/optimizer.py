"""The loops of optimizers' steps over flat arrays, in a form that LLVM turns into vector instructions."""

import numpy
from numba import njit

loop = njit(error_model="numpy", fastmath={"contract"})


@loop
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


@loop
def descent(param, grad, step, weight_decay):
    """One step of gradient descent; `step` is negative."""
    for place in range(param.size):
        now = grad[place]
        if weight_decay != 0:
            now = now + weight_decay * param[place]
        param[place] = param[place] + step * now


@loop
def momentum(param, grad, buffer, step, weight_decay, fade, share, nesterov):
    """One step with momentum: the buffer fades by `fade` and gets a `share` of the gradient; `step` is negative."""
    for place in range(param.size):
        now = grad[place]
        if weight_decay != 0:
            now = now + weight_decay * param[place]
        mean = buffer[place] * fade
        mean = mean + share * now
        buffer[place] = mean
        now = now + fade * mean if nesterov != 0 else mean
        param[place] = param[place] + step * now


def adam_step_float32(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step):
    """The loop in float32."""
    adam_step(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step)


def adam_step_float64(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step):
    """The loop in float64."""
    adam_step(param, grad, exp_avg, exp_avg_sq, weight, keep, share, root, eps, step)


def descent_float32(param, grad, step, weight_decay):
    """The loop in float32."""
    descent(param, grad, step, weight_decay)


def descent_float64(param, grad, step, weight_decay):
    """The loop in float64."""
    descent(param, grad, step, weight_decay)


def momentum_float32(param, grad, buffer, step, weight_decay, fade, share, nesterov):
    """The loop in float32."""
    momentum(param, grad, buffer, step, weight_decay, fade, share, nesterov)


def momentum_float64(param, grad, buffer, step, weight_decay, fade, share, nesterov):
    """The loop in float64."""
    momentum(param, grad, buffer, step, weight_decay, fade, share, nesterov)
