"""torch.sparse: what PyTorch has there for sparse tensors."""

from tinytorch import absent
from tinytorch.ops.coordinates.making import spdiags
from tinytorch.ops.coordinates.older import CLASSES, check_sparse_tensor_invariants
from tinytorch.ops.coordinates.products import sparse_addmm as addmm
from tinytorch.ops.coordinates.products import sparse_mm as mm
from tinytorch.ops.coordinates.sums import log_softmax, softmax
from tinytorch.ops.coordinates.sums import sparse_sum as sum

globals().update({name: each for name, each in CLASSES.items() if name != "BoolTensor"})
absent.stand_ins(
    __name__,
    "such function of sparse tensors",
    "SparseSemiStructuredTensor to_sparse_semi_structured as_sparse_gradcheck sampled_addmm spsolve",
)
__all__ = ["addmm", "check_sparse_tensor_invariants", "log_softmax", "mm", "softmax", "spdiags", "sum"]
