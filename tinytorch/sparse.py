"""torch.sparse: of dense tensors what PyTorch gives for them; tinytorch has no sparse ones."""

from tinytorch import absent
from tinytorch.ops.sparse import log_softmax, sampled_addmm, softmax, spdiags, spsolve
from tinytorch.ops.sparse import sparse_addmm as addmm
from tinytorch.ops.sparse import sparse_mm as mm
from tinytorch.ops.sparse import sparse_sum as sum

absent.stand_ins(
    __name__,
    "sparse tensors",
    "FloatTensor DoubleTensor HalfTensor BFloat16Tensor ByteTensor CharTensor ShortTensor IntTensor LongTensor "
    "SparseSemiStructuredTensor to_sparse_semi_structured check_sparse_tensor_invariants as_sparse_gradcheck",
)
__all__ = ["addmm", "log_softmax", "mm", "sampled_addmm", "softmax", "spdiags", "spsolve", "sum"]
