"""Weights of convolutions in another order of memory."""

from typing import TypeVar

from tinytorch.formats import memory_format as memory_format_class
from tinytorch.nn.modules.conv import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d
from tinytorch.nn.modules.module import Module

Layer = TypeVar("Layer", bound=Module)


def convert_conv2d_weight_memory_format(module: Layer, memory_format: memory_format_class) -> Layer:
    """The module, with the weights of all `Conv2d` and `ConvTranspose2d` in it in this order of memory."""
    return converted(module, memory_format, (Conv2d, ConvTranspose2d))


def convert_conv3d_weight_memory_format(module: Layer, memory_format: memory_format_class) -> Layer:
    """The module, with the weights of all `Conv3d` and `ConvTranspose3d` in it in this order of memory."""
    return converted(module, memory_format, (Conv3d, ConvTranspose3d))


def converted(module, memory_format, kinds):
    """The module, with the weights of some kinds of layer in this order of memory."""
    for each in module.modules():
        if isinstance(each, kinds):
            each.weight.data = each.weight.detach().clone(memory_format=memory_format)
    return module


for each in (convert_conv2d_weight_memory_format, convert_conv3d_weight_memory_format):
    each.__module__ = "torch.nn.utils.memory_format"
