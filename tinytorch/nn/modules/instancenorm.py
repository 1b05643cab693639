"""Modules that normalise each channel of each instance by its own mean and variance."""

import warnings

from tinytorch.nn.modules.batchnorm import _LazyNormBase, _NormBase
from tinytorch.nn.normalization import instance_norm
from tinytorch.tensor import Tensor


class _InstanceNorm(_NormBase):
    """What instance normalisation shares, with or without a dimension for the batch."""

    _unbatched = 2  # how many dimensions one instance has

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device=None,
        dtype=None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _check_input_dim(self, input):
        dims = self._unbatched, self._unbatched + 1
        if input.ndim not in dims:
            raise ValueError(f"expected {dims[0]}D or {dims[1]}D input (got {input.ndim}D input)")

    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ):
        keys = [prefix + name for name in ("running_mean", "running_var") if prefix + name in state_dict]
        if keys and local_metadata.get("version") is None and not self.track_running_stats:
            names, kind = " and ".join([f'"{key}"' for key in keys]), type(self).__name__
            error_msgs.append(
                f"Unexpected running stats buffer(s) {names} for {kind} with track_running_stats=False. If state_dict "
                f"is a checkpoint saved before 0.4.0, this may be expected because {kind} does not track running stats "
                "by default since 0.4.0. Please remove these keys from state_dict. If the running stats are actually "
                f"needed, instead set track_running_stats=True in {kind} to enable them. See the documentation of "
                f"{kind} for details."
            )
            for key in keys:
                state_dict.pop(key)
        lists = strict, missing_keys, unexpected_keys, error_msgs
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *lists)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        dim = input.ndim - self._unbatched
        if input.shape[dim] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features ({self.num_features}), but got: "
                    f"{input.shape[dim]}."
                )
            warnings.warn(
                f"input's size at dim={dim} does not match num_features. You can silence this warning by not passing "
                "in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        if dim == 0:
            return self._apply_instance_norm(input.unsqueeze(0)).squeeze(0)
        return self._apply_instance_norm(input)

    def _apply_instance_norm(self, input):
        return instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )


class InstanceNorm1d(_InstanceNorm):
    """(input - mean) / sqrt(variance + eps) * weight + bias for each channel of each instance: (n, channels, length).

    Mean and variance are always the instance's own, or with `track_running_stats` in evaluation the running ones; there
    is a weight and a bias only if `affine` (Ulyanov et al., 2016).

    >>> import tinytorch as torch
    >>> torch.nn.InstanceNorm1d(1)(torch.tensor([[1.0, 3.0]]))
    tensor([[-1.0000,  1.0000]])
    """


class InstanceNorm2d(_InstanceNorm):
    """`InstanceNorm1d` of images: (n, channels, height, width), or without n."""

    _unbatched = 3


class InstanceNorm3d(_InstanceNorm):
    """`InstanceNorm1d` of volumes: (n, channels, depth, height, width), or without n."""

    _unbatched = 4


class LazyInstanceNorm1d(_LazyNormBase, _InstanceNorm):
    """An `InstanceNorm1d` whose num_features are the channels of the first input; affine and tracking by default."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNormBase, _InstanceNorm):
    """An `InstanceNorm2d` whose num_features are the channels of the first input; affine and tracking by default."""

    cls_to_become = InstanceNorm2d
    _unbatched = 3


class LazyInstanceNorm3d(_LazyNormBase, _InstanceNorm):
    """An `InstanceNorm3d` whose num_features are the channels of the first input; affine and tracking by default."""

    cls_to_become = InstanceNorm3d
    _unbatched = 4
