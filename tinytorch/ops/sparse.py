"""What programs ask of sparse tensors: of a dense one, which every tensor is, PyTorch's answer; there are no others."""

from tinytorch.ops.matmul import addmm, mm
from tinytorch.tensor import Tensor


def refusal(name, layout):
    """A method that a dense tensor refuses in PyTorch's words."""

    def refuse(self):
        raise RuntimeError(f"{name} expected sparse {layout} layout but got Strided")

    refuse.__name__, refuse.__doc__ = name, f"A RuntimeError, as there are no tensors of a sparse {layout} layout."
    return refuse


for name in ("coalesce", "is_coalesced", "indices"):
    setattr(Tensor, name, refusal(name, "coordinate tensor"))
for name in ("crow_indices", "col_indices"):
    setattr(Tensor, name, refusal(name, "row compressed tensor"))
for name in ("ccol_indices", "row_indices"):
    setattr(Tensor, name, refusal(name, "column compressed tensor"))
Tensor.values = refusal("values", "tensor")


def absence(name):
    """A function that would make or need a sparse tensor."""

    def refuse(*args, **settings):
        raise NotImplementedError(f"{name}: tinytorch has no sparse tensors")

    refuse.__name__, refuse.__doc__ = name, "A NotImplementedError, as there are no sparse tensors."
    return refuse


sparse_coo_tensor, sparse_csr_tensor, sparse_csc_tensor, sparse_bsr_tensor, sparse_bsc_tensor = map(
    absence,
    ("sparse_coo_tensor", "sparse_csr_tensor", "sparse_csc_tensor", "sparse_bsr_tensor", "sparse_bsc_tensor"),
)
sparse_compressed_tensor, hspmm = absence("sparse_compressed_tensor"), absence("hspmm")
for name in (
    "to_sparse", "to_sparse_coo", "to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc", "sparse_mask",
    "sparse_resize_", "sparse_resize_and_clear_", "_indices", "_values", "_nnz",
):  # fmt: skip
    setattr(Tensor, name, absence(name))


def to_dense(self, dtype=None, *, masked_grad=None):
    """The tensor itself, as it is dense, or of another dtype."""
    return self if dtype is None else self.to(dtype)


def sparse_dim(self):
    """How many dimensions are sparse: 0."""
    return 0


def dense_dim(self):
    """How many dimensions are dense: all."""
    return self.array.ndim


def smm(input, mat):
    """A product with a sparse matrix; a RuntimeError for a dense one."""
    raise RuntimeError("tensor.sspaddmm(...) can only be called on sparse tensors")


def sspaddmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    """A sparse matrix with a product added; a RuntimeError for a dense one."""
    smm(input, mat1)


saddmm, spmm, dsmm = sspaddmm, mm, mm
Tensor.to_dense, Tensor.sparse_dim, Tensor.dense_dim = to_dense, sparse_dim, dense_dim
Tensor.smm, Tensor.sspaddmm = smm, sspaddmm


def sparse_sum(input, dim=None, dtype=None):
    """A sum of the values of a sparse tensor; a RuntimeError for a dense one."""
    input.coalesce()


def sparse_mm(mat1, mat2, reduce=None):
    """The product of two matrices."""
    if reduce is not None:
        raise NotImplementedError("sparse.mm(reduce=...): tinytorch has no sparse tensors")
    return mm(mat1, mat2)


def sparse_addmm(mat, mat1, mat2, *, beta=1, alpha=1):
    """beta * mat + alpha * (mat1 @ mat2)."""
    return addmm(mat, mat1, mat2, beta=beta, alpha=alpha)


sampled_addmm, spdiags, spsolve, softmax, log_softmax = map(
    absence, ("sparse.sampled_addmm", "sparse.spdiags", "sparse.spsolve", "sparse.softmax", "sparse.log_softmax")
)
