"""The module that takes the channels of several groups in turn."""

from tinytorch.nn.modules.settings import Settings
from tinytorch.ops.shuffle import channel_shuffle
from tinytorch.tensor import Tensor


class ChannelShuffle(Settings):
    """(N, C, ...) with the channels of `groups` groups taken in turn, one of each (Zhang et al., 2018).

    >>> import tinytorch as torch
    >>> torch.nn.ChannelShuffle(2)(torch.arange(4).view(1, 4, 1)).flatten()
    tensor([0, 2, 1, 3])
    """

    shown = ("groups",)

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        return channel_shuffle(input, self.groups)
