"""How models draw their first weights, and how they round their widths."""

from tinytorch import nn


def draw(model: nn.Module, linear=None, **kaiming) -> None:
    """Draw the convolutions as He et al. (2015) do, set norms to 1 and 0 and biases to 0.

    `linear(layer)` draws the weight of a linear layer.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, **kaiming)
        elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.ones_(module.weight)
        elif isinstance(module, nn.Linear) and linear is not None:
            linear(module)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def draw_small(layer: nn.Linear) -> None:
    """The weight of a linear layer from a normal distribution of 0.01."""
    nn.init.normal_(layer.weight, 0, 0.01)


def divisible(width: float, divisor: int, at_least: int | None = None) -> int:
    """The multiple of a divisor that is nearest to a width, and not less than 90% of it."""
    found = max(at_least or divisor, int(width + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * width else found
