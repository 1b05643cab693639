"""How parameters start: in-place fillings of a tensor, recorded by nobody, from PyTorch's stream of random numbers."""

import math
import warnings

from tinytorch.modes import no_grad
from tinytorch.ops.compare import where
from tinytorch.ops.create import empty_like
from tinytorch.ops.linalg.qr import qr
from tinytorch.ops.random import randperm
from tinytorch.tensor import Tensor

GAINS = dict.fromkeys(("linear", "sigmoid", "conv1d", "conv2d", "conv3d"), 1)
GAINS |= dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1)
GAINS |= {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By which factor weights are larger before an activation; `param` is the slope of `leaky_relu`, 0.01 if None.

    A ValueError for an activation that has none.
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return GAINS[nonlinearity]


@no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator=None) -> Tensor:
    """Fill with numbers between `a` and `b`, all equally likely."""
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator=None) -> Tensor:
    """Fill from the normal distribution of a mean and a standard deviation."""
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator=None
) -> Tensor:
    """Fill from the normal distribution; what falls outside of `a` to `b` is drawn again until it is inside."""
    if tensor.device.type == "meta":
        return tensor
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=2,
        )
    inside = [(1 + math.erf((end - mean) / std / math.sqrt(2))) / 2 for end in (a, b)]
    if inside[1] - inside[0] > 0.3:
        return redrawn(tensor, mean, std, a, b, generator)
    return accepted(tensor, mean, std, a, b, generator)


def redrawn(tensor, mean, std, a, b, generator):
    """Normal numbers; all are drawn again for those that fall outside, until none does."""
    low, high = [tensor.new_tensor(end, device="cpu").item() for end in (a, b)]
    tensor.normal_(mean, std, generator=generator)
    while True:
        outside = (tensor < low) | (tensor > high)
        if not outside.any():
            return tensor
        tensor.copy_(where(outside, empty_like(tensor).normal_(mean, std, generator=generator), tensor))


def accepted(tensor, mean, std, a, b, generator):
    """Uniform numbers between `a` and `b`, each accepted as often as its density says; the others are drawn again."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def refused(candidates):
        density = candidates.sub(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak)
        return empty_like(tensor).uniform_(generator=generator).log_().gt(density)

    pending = refused(tensor.uniform_(a, b, generator=generator))
    candidates = empty_like(tensor)
    while pending.any():
        tensor.copy_(where(pending, candidates.uniform_(a, b, generator=generator), tensor))
        pending = pending & refused(candidates)
    return tensor


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0."""
    return constant_(tensor, 0.0)


@no_grad()
def eye_(tensor: Tensor) -> Tensor:
    """Ones on the diagonal of a matrix, 0 elsewhere; a ValueError if the tensor has not two dimensions."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    tensor.zero_()
    count = min(tensor.shape)
    tensor.as_strided((count,), (sum(tensor.stride()),), tensor.storage_offset()).fill_(1)
    return tensor


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator=None) -> Tensor:
    """Uniform between -k and k, k = gain * sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010)."""
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator=None) -> Tensor:
    """Normal with a standard deviation of gain * sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010)."""
    std = gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))
    return normal_(tensor, 0.0, std, generator)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator=None
) -> Tensor:
    """Uniform between -k and k, k = gain * sqrt(3 / fan), gain that of `leaky_relu` of slope `a` (He et al., 2015)."""
    std = kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else uniform_(tensor, -math.sqrt(3.0) * std, math.sqrt(3.0) * std, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator=None
) -> Tensor:
    """Normal with std gain / sqrt(fan), the gain that of `leaky_relu` with slope `a` (He et al., 2015)."""
    std = kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0, std, generator)


def kaiming_std(tensor, a, mode, nonlinearity):
    """gain / sqrt(fan), or None for a tensor without elements, about which PyTorch warns."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return None
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many numbers each output of a weight (out, in, ...) is made of, and how many outputs each input reaches."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    outputs, inputs, *field = tensor.shape
    return inputs * math.prod(field), outputs * math.prod(field)


@no_grad()
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator=None) -> Tensor:
    """Normal numbers, of which a share of `sparsity` in each column is 0 (Martens, 2010)."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    if tensor.device.type == "meta":
        return tensor
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor[randperm(rows)[:zeros], column] = 0
    return tensor


def orthogonal_(tensor: Tensor, gain: float = 1, generator=None) -> Tensor:
    """`gain` times a matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe et al., 2013).

    Dimensions after the first count as one. A ValueError for fewer than two.
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0 or tensor.device.type == "meta":
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    with no_grad():
        drawn = tensor.new_empty((rows, columns)).normal_(0, 1, generator=generator)
        found, triangle = qr(drawn.T if rows < columns else drawn)
        found = found * triangle.diagonal().sign()  # so that all are equally likely (Mezzadri, 2006)
        tensor.view((rows, columns)).copy_(found.T if rows < columns else found)
        return tensor.mul_(gain)


@no_grad()
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A weight (out, in, ...) of 1, 2 or 3 dimensions of space by which a convolution gives its channels back.

    A ValueError for other dimensions, and for groups that do not divide the channels.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.shape[0] % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    tensor.zero_()
    middle = tuple([size // 2 for size in tensor.shape[2:]])
    for part in tensor.chunk(groups) if tensor.device.type != "meta" else ():
        part[(slice(None), slice(None), *middle)].fill_diagonal_(1)
    return tensor


def deprecated(function):
    """The function without the underscore at the end of its name, and with a warning."""

    def call(*args, **kwargs):
        warnings.warn(
            f"`nn.init.{call.__name__}` is now deprecated in favor of `nn.init.{function.__name__}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = function.__name__[:-1]
    call.__doc__ = f"The old name of `{function.__name__}`."
    return call


uniform, normal, constant, eye, dirac = [deprecated(each) for each in (uniform_, normal_, constant_, eye_, dirac_)]
xavier_uniform, xavier_normal = deprecated(xavier_uniform_), deprecated(xavier_normal_)
kaiming_uniform, kaiming_normal = deprecated(kaiming_uniform_), deprecated(kaiming_normal_)
orthogonal, sparse = deprecated(orthogonal_), deprecated(sparse_)
_no_grad_uniform_, _no_grad_normal_, _no_grad_fill_, _no_grad_zero_ = uniform_, normal_, constant_, zeros_
