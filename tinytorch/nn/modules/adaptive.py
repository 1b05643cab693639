"""The module that asks for a likely class, or for a group of rare ones, before it asks which."""

from typing import NamedTuple

from tinytorch.nn.modules.container import ModuleList, Sequential
from tinytorch.nn.modules.linear import Linear
from tinytorch.nn.modules.module import Module
from tinytorch.ops.join import concatenate
from tinytorch.ops.softmax import log_softmax
from tinytorch.tensor import Tensor


class _ASMoutput(NamedTuple):
    """The logarithms of the probabilities of the targets, and the loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """The logarithms of the probabilities of many classes of which few are likely (Grave et al., 2017).

    The classes below cutoffs[0] are in the head; those between two cutoffs are a cluster, whose probability the head
    gives, and whose layers are narrower by `div_value` from one to the next. A ValueError for cutoffs that do not rise
    between 1 and n_classes - 1.

    >>> import tinytorch as torch
    >>> model = torch.nn.AdaptiveLogSoftmaxWithLoss(16, 20, cutoffs=[5, 10])
    >>> model.log_prob(torch.zeros(2, 16)).exp().sum(1).round(decimals=3)
    tensor([1., 1.], grad_fn=<RoundBackward1>)
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs,
        div_value: float = 4.0,
        head_bias: bool = False,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        check_cutoffs(cutoffs, n_classes)
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = cutoffs[0]
        self.n_clusters = len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        place = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **place)
        self.tail = ModuleList()
        for cluster in range(self.n_clusters):
            width = int(in_features // div_value ** (cluster + 1))
            count = self.cutoffs[cluster + 1] - self.cutoffs[cluster]
            layers = Linear(in_features, width, bias=False, **place), Linear(width, count, bias=False, **place)
            self.tail.append(Sequential(*layers))

    def reset_parameters(self) -> None:
        """Draw all layers anew."""
        self.head.reset_parameters()
        for narrow, wide in self.tail:
            narrow.reset_parameters()
            wide.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        check_target(input_, target_)
        batched = target_.ndim > 0
        input, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        places, output = target.clone(), input.new_zeros(target.shape[0])
        seen = 0
        for cluster, (low, high) in enumerate(zip([0, *self.cutoffs], self.cutoffs, strict=False)):
            rows = ((target >= low) & (target < high)).nonzero().flatten()
            seen += rows.numel()
            if cluster and rows.numel():
                places[rows] = self.shortlist_size + cluster - 1
                logarithms = log_softmax(self.tail[cluster - 1](input[rows]), 1)
                own = logarithms.gather(1, (target[rows] - low).unsqueeze(1)).squeeze(1)
                output = output.index_copy(0, rows, own)
        if seen != target.shape[0]:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, "
                f"{target.max().item()}] were found. "
            )
        output = output + log_softmax(self.head(input), 1).gather(1, places.unsqueeze(1)).squeeze()
        loss = (-output).mean()
        return _ASMoutput(output if batched else output.squeeze(0), loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """The logarithms of the probabilities of all classes: (n, in_features) -> (n, n_classes)."""
        return self._get_full_log_prob(input, self.head(input))

    def _get_full_log_prob(self, input, head_output):
        head = log_softmax(head_output, 1)
        parts = [head[:, : self.shortlist_size]]
        for cluster, layers in enumerate(self.tail):
            place = self.shortlist_size + cluster
            parts.append(log_softmax(layers(input), 1) + head[:, place : place + 1])
        return concatenate(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most likely class of each row: a cluster's classes are asked only where the head prefers the cluster."""
        head_output = self.head(input)
        output = head_output.argmax(1)
        rows = output >= self.shortlist_size
        if rows.any():
            output[rows] = self._get_full_log_prob(input[rows], head_output[rows]).argmax(1)
        return output


def check_cutoffs(cutoffs, n_classes):
    """Refuse what does not cut the classes into groups."""
    if not cutoffs:
        raise ValueError("cutoffs should be a sequence of length larger than 0")
    rising = cutoffs == sorted(set(cutoffs)) and all(int(each) == each for each in cutoffs)
    if not rising or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1:
        raise ValueError(
            "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value "
            "is between 1 and n_classes-1"
        )


def check_target(input, target):
    """Refuse targets that are not one for each row."""
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.ndim == 1 and input.shape[0] != target.shape[0]:
        raise RuntimeError("Input and target should have the same size in the batch dimension.")
    if input.ndim != target.ndim + 1:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with size "
            f"{input.shape}"
        )


_ASMoutput.__module__ = "torch.nn.modules.adaptive"
