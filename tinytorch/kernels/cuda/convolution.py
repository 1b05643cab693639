"""Convolutions of single planes on the GPU: the formulas, which are products of cuBLAS."""

from tinytorch.kernels import reference


def depthwise(shown, weight):
    """The sums of windows, each times the weights of its channel: (n, c, *kernel, *counts) -> (n, c, *counts)."""
    import cupy

    return reference.depthwise(cupy, shown, weight)


def depthwise_weight(shown, upstream):
    """The sums of windows, each times the gradient that came to it: (n, c, *kernel, *counts) -> (c, *kernel)."""
    import cupy

    return reference.depthwise_weight(cupy, shown, upstream)
