"""Losses that are negative logarithms of a likelihood: of counts, and of numbers with a variance."""

import math

from tinytorch.ops.margin_loss import summarised


def poisson_nll_loss(input, target, log_input, full, eps, reduction):
    """exp(input) - target * input for the logarithm of a rate; input - target * log(input + eps) for the rate itself.

    `full` adds Stirling's approximation of the logarithm of target! where the target is above 1.
    """
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = (losses + stirling.masked_fill(target <= 1, 0)).to(losses.dtype)
    return summarised(losses, reduction)
