"""Convolutions over any number of dimensions, forwards and transposed, as windows in columns times a matrix.

Three sums make each other's derivatives: of windows times weights (a convolution), of weights added where the windows
were (a transposed one), and of windows times gradients (the gradient of the weights).
"""

import math

from tinytorch.operation import Rule, operation
from tinytorch.ops.columns import add_windows, counts_of, images_first, images_last, windows
from tinytorch.ops.convolution_settings import Settings, refuse_convolution
from tinytorch.ops.image_layout import laid_out
from tinytorch.ops.refusals import BOOL, refuse

SHORT = 128  # windows of one image from which on a product of its own for each image is quicker than one for all


def convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups):
    """The products of windows of the input with the weights, added up; with `transposed` the transposed linear map.

    (n, c, *sizes) and (out, c / groups, *kernel) -> (n, out, *counts), and transposed with weights (c, out / groups,
    *kernel). Each group of channels has weights of its own; the bias has the shape (out,).
    """
    settings = Settings(stride, padding, dilation, output_padding, transposed, groups)
    return convolve(input, weight, bias, settings.for_weight(weight))


@operation(
    Rule(method=False, title="Convolution", check=refuse_convolution, product=("input", "weight")),
    input=lambda grad, input_shape, weight, settings: input_derivative(grad, input_shape, weight, settings),
    weight=lambda grad, input, weight_shape, settings: weight_derivative(grad, input, weight_shape, settings),
    bias=lambda grad: grad.sum([dim for dim in range(grad.ndim) if dim != 1]),
)
def convolve(xp, input, weight, bias, settings):
    """A convolution, or a transposed one, with settings for each dimension."""
    if settings.transposed:
        result = transposed_sums(xp, input, weight, settings.sizes(input.shape, weight.shape), settings)
    else:
        result = forward_sums(xp, input, weight, settings)
    if bias is not None:
        bias = bias.reshape(-1, *[1] * (weight.ndim - 2))
        result = xp.add(result, bias, out=result if xp.shows_values else None)  # `vmap` may map the bias alone
    return laid_out(xp, result, weight, *[input] * (weight.ndim > 3))  # PyTorch makes a single row contiguous first


def forward_sums(xp, input, weight, settings):
    """The convolution forwards: one product of a matrix of weights and one of windows, for each group."""
    count, channels = input.shape[:2]
    outputs, kernel_size, groups = weight.shape[0], weight.shape[2:], settings.groups
    counts = counts_of(input.shape[2:], kernel_size, *settings[:3])
    places, rows = math.prod(counts), channels // groups * math.prod(kernel_size)
    matrices = weight.reshape(groups, outputs // groups, rows)
    together = places < SHORT and rows > channels // groups
    shown = windows(xp, input, kernel_size, *settings[:3], counts, together)
    if single(weight.shape, settings) and not together:
        return xp.depthwise(shown, weight.reshape(outputs, *kernel_size))
    if together:
        columns = images_last(shown).reshape(groups, rows, places * count)
        product = xp.matmul(matrices, columns).reshape(outputs, *counts, count)
        return images_first(product).reshape(-1).reshape(count, outputs, *counts)  # a single image has no other strides
    columns = shown.reshape(count, groups, rows, places)  # the one copy; none where the kernel has one element
    return xp.matmul(matrices, columns).reshape(count, outputs, *counts)


def single(weight_shape, settings):
    """Whether planes have one window each, with weights of their own: a depthwise convolution of images."""
    return len(weight_shape) == 4 and weight_shape[1] == 1 and weight_shape[0] == settings.groups


def transposed_sums(xp, input, weight, sizes, settings):
    """The transposed convolution: products with the weights, added where each window lies in (n, out, *sizes)."""
    count, channels, *counts = input.shape
    kernel_size, groups = weight.shape[2:], settings.groups
    inputs, outputs, places = channels // groups, weight.shape[1], math.prod(counts)
    if turns(weight, counts, sizes, settings):
        turned = xp.flip(weight, tuple(range(2, weight.ndim))).reshape(groups, inputs, outputs, *kernel_size)
        turned = turned.swapaxes(1, 2).reshape(groups * outputs, inputs, *kernel_size)
        return forward_sums(xp, input, turned, settings._replace(padding=settings.beyond(kernel_size)))
    matrices = weight.reshape(groups, inputs, outputs * math.prod(kernel_size)).swapaxes(1, 2)
    together = places < SHORT
    if together:
        columns = xp.matmul(matrices, images_last(input).reshape(groups, inputs, places * count))
        columns = images_first(columns.reshape(groups * outputs, *kernel_size, *counts, count))
    else:
        columns = xp.matmul(matrices, input.reshape(count, groups, inputs, places))
        columns = columns.reshape(count, groups * outputs, *kernel_size, *counts)
    return add_windows(xp, columns, sizes, *settings[:3], together)


def turns(weight, counts, sizes, settings):
    """Whether a transposed convolution is done as a convolution with the kernel turned: if that copies less."""
    kernel_size = weight.shape[2:]
    if set(settings.stride) != {1} or min(settings.beyond(kernel_size)) < 0:
        return False
    if counts_of(sizes, kernel_size, *settings[:3]) != tuple(counts):
        return False
    return weight.shape[0] * math.prod(sizes) <= 2 * weight.shape[1] * settings.groups * math.prod(counts)


def input_derivative(grad, input_shape, weight, settings):
    """The gradient of the input: the other of the two convolutions of the gradient, cut to the input's shape."""
    if settings.transposed:
        return cut(convolve(grad, weight, None, settings.forwards()), input_shape)
    return convolve(grad, weight, None, settings.back_to(input_shape, grad.shape, weight.shape))


def weight_derivative(grad, input, weight_shape, settings):
    """The gradient of the weights; in the transposed map input and gradient change places."""
    first, second = (grad, input) if settings.transposed else (input, grad)
    return convolution_weight(first, second, tuple(weight_shape[2:]), settings.forwards())


def cut(input, shape):
    """The part of the input that has this shape: a large output_padding leaves room for windows that were not there."""
    for dim in range(2, input.ndim):
        if input.shape[dim] != shape[dim]:
            input = input.narrow(dim, 0, shape[dim])
    return input


@operation(
    Rule(method=False),
    input=lambda grad, input_shape, upstream, settings: convolve(
        upstream, grad, None, settings.back_to(input_shape, upstream.shape, grad.shape)
    ),
    upstream=lambda grad, input, upstream_shape, settings: cut(convolve(input, grad, None, settings), upstream_shape),
)
def convolution_weight(xp, input, upstream, kernel_size, settings):
    """The sums of windows of the input, each times the gradient that came to it: the gradient of the weights.

    (n, c, *sizes) and (n, out, *counts) -> (out, c / groups, *kernel_size).
    """
    count, channels = input.shape[:2]
    outputs, counts, groups = upstream.shape[1], upstream.shape[2:], settings.groups
    rows, places = channels // groups * math.prod(kernel_size), math.prod(counts)
    together = places < max(SHORT, outputs // groups)  # else the sums of each image take less room than its windows
    shown = windows(xp, input, kernel_size, *settings[:3], counts, together)
    if single((outputs, channels // groups, *kernel_size), settings) and not together:
        return xp.depthwise_weight(shown, upstream).reshape(outputs, 1, *kernel_size)
    if together:
        columns = images_last(shown).reshape(groups, rows, places * count)
        grads = images_last(upstream).reshape(groups, outputs // groups, places * count)
        product = xp.matmul(grads, columns.swapaxes(1, 2))
    else:
        columns = shown.reshape(count, groups, rows, places)
        grads = upstream.reshape(count, groups, outputs // groups, places)
        product = xp.sum(xp.matmul(grads, columns.swapaxes(2, 3)), 0, None, None, False)
    return product.reshape(outputs, channels // groups, *kernel_size)


def refuse_tbc(input, weight, bias, pad):
    """Refuse tensors that do not fit."""
    if input.ndim != 3:
        raise RuntimeError("Input must have 3 dims: time, batch, in_channel")
    if weight.ndim != 3:
        raise RuntimeError("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.")
    if bias.ndim != 1:
        raise RuntimeError("Bias must be 1-D")
    if input.shape[2] != weight.shape[1]:
        raise RuntimeError("Input dim 2 (input channels) is not == dim 1 in the weight tensor")
    if weight.shape[2] != bias.shape[0]:
        raise RuntimeError("Bias size must equal dim 2 in the weight tensor (output channels).")
    if input.dtype is not weight.dtype:
        raise RuntimeError(
            f"self and mat2 must have the same dtype, but got {input.dtype.title} and {weight.dtype.title}"
        )
    refuse("addmm_impl_cpu_", BOOL)(input)


@operation(
    Rule(method=False, title="ConvTbc", check=refuse_tbc),
    input=lambda grad, input_shape, weight, pad: by_time(
        input_derivative(by_image(grad), by_image_shape(input_shape), as_weights(weight), in_time(pad))
    ),
    weight=lambda grad, input, weight_shape, pad: convolution_weight(
        by_image(input), by_image(grad), (weight_shape[0],), in_time(pad)
    ).permute(2, 1, 0),
    bias=lambda grad: grad.sum((0, 1)),
)
def conv_tbc(xp, input, weight, bias, pad=0):
    """A convolution over the first dimension: (time, n, c) and (kernel, c, out) -> (times, n, out)."""
    images, weights = input.transpose(1, 2, 0), weight.transpose(2, 1, 0)
    result = forward_sums(xp, images, weights, in_time(pad)).transpose(2, 0, 1)
    return xp.add(xp.ascontiguousarray(result), bias)


def in_time(pad):
    """The settings of one dimension."""
    return Settings((1,), (pad,), (1,), (0,), False, 1)


def by_image(input):
    """(time, n, c) -> (n, c, time)."""
    return input.permute(1, 2, 0)


def by_time(input):
    """(n, c, time) -> (time, n, c)."""
    return input.permute(2, 0, 1)


def by_image_shape(shape):
    """The sizes (time, n, c) as (n, c, time)."""
    return (shape[1], shape[2], shape[0])


def as_weights(weight):
    """(kernel, c, out) -> (out, c, kernel)."""
    return weight.permute(2, 1, 0)
