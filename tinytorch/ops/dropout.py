"""Dropout: elements or channels set to zero at random while a network learns, from PyTorch's stream of numbers."""

import warnings

from tinytorch import dtypes, errors
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import empty_like, new_empty, ones, zeros
from tinytorch.tensor import Tensor

ALPHA = 1.7580993408473766  # minus the limit of selu towards minus infinity


def check_probability(p):
    """Refuse what is no probability."""
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element 0 with probability `p`, and divided by 1 - p otherwise; the input itself if not `training`.

    A ValueError if `p` is not between 0 and 1 (Hinton et al., 2012).
    """
    check_probability(p)
    return dropped(input, p, training, inplace, lambda: empty_like(input))


def feature_dropout(input, p, training, inplace=False):
    """Whole channels, (n, channels, ...), set to zero."""
    return dropped(input, p, training, inplace, lambda: new_empty(input, channels_shape(input)))


def channels_shape(input):
    """The shape of one number for each channel."""
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return (*input.shape[:2], *[1] * (input.ndim - 2))


def dropped(input, p, training, inplace, make_noise):
    """The input times noise of 0 and 1 / (1 - p)."""
    if p == 0 or not training or input.numel() == 0:
        return input
    noise = zeros((), dtype=input.dtype, device=input.device) if p == 1 else make_noise().bernoulli_(1 - p).div_(1 - p)
    return input.mul_(noise) if inplace else input * noise


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Elements at random set to the limit of `selu`, so that mean and variance stay (Klambauer et al., 2017).

    A ValueError if `p` is not between 0 and 1.
    """
    check_probability(p)
    return alpha_dropped(input, p, training, inplace, lambda: empty_like(input))


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels, (n, channels, ...)."""
    check_probability(p)
    return alpha_dropped(input, p, training, inplace, lambda: new_empty(input, channels_shape(input)))


def alpha_dropped(input, p, training, inplace, make_noise):
    """The input, or the limit of `selu` where the noise is 0, scaled and shifted to the mean and variance of before."""
    if p == 0 or not training or input.numel() == 0:
        return input
    if p == 1:
        return dropped(input, p, training, inplace, None)
    scale = 1 / ((ALPHA * ALPHA * p + 1) * (1 - p)) ** 0.5
    noise = make_noise().bernoulli_(1 - p)
    shift = noise.add(-1).mul_(ALPHA * scale).add_(ALPHA * scale * p)
    noise.mul_(scale)
    return input.mul_(noise).add_(shift) if inplace else input * noise + shift


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (n, channels, length) or (channels, length) set to zero with probability `p`."""
    return channels_dropped("dropout1d", input, p, training, inplace, (2, 3), "1 spatial dimension")


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (n, channels, height, width) set to zero with probability `p`; other input is warned of."""
    check_probability(p)
    if input.ndim not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {input.ndim}-D input to dropout2d, which is deprecated and will result in an "
            "error in a "
            "future release. To retain the behavior and silence this warning, please use dropout instead. Note that "
            "dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel "
            "dimension, and "
            "an optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=2,
        )
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
            "desired - "
            "input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future "
            "release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D "
            "channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return feature_dropout(input, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (n, channels, depth, height, width), or without n, set to zero with probability `p`."""
    check_probability(p)
    if input.ndim not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {input.ndim}-D input to dropout3d, which is deprecated and will result in an "
            "error in a future release. To retain the behavior and silence this warning, please use dropout instead. "
            "Note that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel "
            "dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=2,
        )
    return in_batch(input, p, training, inplace, input.ndim == 5)


def channels_dropped(name, input, p, training, inplace, ndims, what):
    """Whole channels set to zero, with or without a dimension for the batch in front of them."""
    check_probability(p)
    if input.ndim not in ndims:
        raise RuntimeError(
            f"{name}: Expected 2D or 3D input, but received a {input.ndim}D input. Note that {name} exists to provide "
            f"channel-wise dropout on inputs with {what}, a channel dimension, and an optional batch dimension "
            "(i.e. 2D or 3D inputs)."
        )
    return in_batch(input, p, training, inplace, input.ndim == ndims[1])


def in_batch(input, p, training, inplace, batched):
    """Whole channels set to zero, where the input may be one element of a batch."""
    if batched:
        return feature_dropout(input, p, training, inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = feature_dropout(batch, p, training, inplace)
    return result.squeeze_(0) if inplace else result.squeeze(0)


# As `torch` has them: the arguments are not named `training` and `inplace`, and a wrong probability is a RuntimeError


def in_torch(function, inplace):
    """One of the functions above with the parameters input, p and train."""
    name = function.__name__ + "_" * inplace

    def call(input, p, train):
        if p < 0.0 or p > 1.0:
            raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
        return function(input, p, train, inplace)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = function.__doc__
    call.__module__ = "torch"
    return call


FORMS = (dropout, feature_dropout, alpha_dropout, feature_alpha_dropout)
torch_dropout, torch_feature_dropout, torch_alpha_dropout, torch_feature_alpha_dropout = [
    in_torch(each, False) for each in FORMS
]
dropout_, feature_dropout_, alpha_dropout_, feature_alpha_dropout_ = [in_torch(each, True) for each in FORMS]


@operation(
    Rule(method=False, linear=True, operands=("input", "mask"), title="NativeDropout"),
    input=lambda grad, mask, scale: grad * mask * scale,
)
def masked_and_scaled(xp, input, mask, scale):
    """input * mask * scale."""
    return xp.multiply(xp.multiply(input, mask), xp.asarray(scale, input.dtype))


def native_dropout(input, p, train):
    """`dropout`, and the mask of booleans that it drew; all are kept if `train` is False."""
    if not input.numel():
        return masked_and_scaled(input, empty_like(input), 1.0), empty_like(input)
    if train is False:
        kept = ones(input.shape, dtype=dtypes.bool_, device=input.device)
        return masked_and_scaled(input, kept, 1.0), kept
    if input.dtype.category < dtypes.FLOAT:
        raise errors.result_cast(dtypes.get_default_dtype().numpy, input.dtype.numpy)
    kept = new_empty(input, input.shape, dtype=dtypes.bool_).bernoulli_(1 - p)
    return masked_and_scaled(input, kept, 0.0 if p == 1 else 1 / (1 - p)), kept
