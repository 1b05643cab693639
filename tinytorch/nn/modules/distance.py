"""Modules that compare vectors."""

from tinytorch.nn.modules.module import Module
from tinytorch.ops import similarity
from tinytorch.tensor import Tensor


class PairwiseDistance(Module):
    """The `p`-norm of x1 - x2 + eps over the last dimension; the shapes broadcast.

    >>> import tinytorch as torch
    >>> torch.nn.PairwiseDistance(p=1, eps=0.0)(torch.tensor([[1.0, 2.0]]), torch.tensor([[4.0, 0.0]]))
    tensor([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return similarity.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """sum(x1 * x2) over max(|x1|, eps) * max(|x2|, eps) along `dim`; the shapes broadcast."""

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return similarity.cosine_similarity(x1, x2, self.dim, self.eps)
