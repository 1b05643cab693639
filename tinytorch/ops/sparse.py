"""What programs ask of tensors that may be sparse: of a dense one PyTorch's answer; sparse ones are in `coordinates`.

That room is imported when the first sparse tensor is made, and so by what makes one.
"""

from tinytorch.ops.matmul import mm
from tinytorch.tensor import Tensor


def refusal(name, layout):
    """A method that a dense tensor refuses in PyTorch's words."""

    def refuse(self):
        raise RuntimeError(f"{name} expected sparse {layout} layout but got Strided")

    refuse.__name__, refuse.__doc__ = name, f"A RuntimeError, as the tensor is no sparse {layout}."
    return refuse


for name in ("coalesce", "is_coalesced", "indices"):
    setattr(Tensor, name, refusal(name, "coordinate tensor"))
for name in ("crow_indices", "col_indices"):
    setattr(Tensor, name, refusal(name, "row compressed tensor"))
for name in ("ccol_indices", "row_indices"):
    setattr(Tensor, name, refusal(name, "column compressed tensor"))
Tensor.values = refusal("values", "tensor")


def part(name):
    """A method that only sparse tensors have."""

    def refuse(self, *settings):
        raise NotImplementedError(f"Could not run 'aten::{name}' with arguments from the 'CPU' backend.")

    refuse.__name__, refuse.__doc__ = name, "A NotImplementedError for a dense tensor."
    return refuse


for name in ("sparse_resize_", "sparse_resize_and_clear_", "_indices", "_values", "_nnz"):
    setattr(Tensor, name, part(name))


def absence(name):
    """A function that would make or need a tensor of another sparse layout."""
    layout = f"torch.{name.removeprefix('to_').removesuffix('_tensor')}"
    found = "compressed sparse" if "compressed" in name else layout

    def refuse(*args, **settings):
        raise NotImplementedError(f"{name}: tinytorch has no {found} tensors")

    refuse.__name__, refuse.__doc__ = name, f"A NotImplementedError, as there are no {found} tensors."
    return refuse


sparse_bsr_tensor, sparse_bsc_tensor, sparse_compressed_tensor = map(
    absence, ("sparse_bsr_tensor", "sparse_bsc_tensor", "sparse_compressed_tensor")
)
for name in ("to_sparse_bsr", "to_sparse_bsc"):
    setattr(Tensor, name, absence(name))


def to_sparse(self, sparse_dim=None, *, layout=None, blocksize=None, dense_dim=None):
    """The elements that are not 0, by their places in the first `sparse_dim` dimensions (all of them by default).

    A NotImplementedError for layouts other than `torch.sparse_coo`.
    """
    from tinytorch.ops.coordinates.making import to_sparse as convert

    return convert(self, sparse_dim, layout=layout, blocksize=blocksize, dense_dim=dense_dim)


def to_sparse_csr(self, dense_dim=None):
    """The elements of a matrix that are not 0, row by row."""
    from tinytorch.ops.coordinates.compressed import to_sparse_csr as convert

    return convert(self, dense_dim)


def to_sparse_csc(self, dense_dim=None):
    """The elements of a matrix that are not 0, column by column."""
    from tinytorch.ops.coordinates.compressed import to_sparse_csc as convert

    return convert(self, dense_dim)


def to_sparse_coo(self):
    """The elements that are not 0, by their places."""
    return to_sparse(self)


def to_dense(self, dtype=None, *, masked_grad=None):
    """The tensor itself, as it is dense, or of another dtype."""
    return self if dtype is None else self.to(dtype)


def sparse_mask(self, mask):
    """The elements at the places of a sparse tensor."""
    from tinytorch.ops.coordinates.making import sparse_mask as masked

    return masked(self, mask)


def sparse_dim(self):
    """How many dimensions are sparse: 0."""
    return 0


def dense_dim(self):
    """How many dimensions are dense: all."""
    return self.array.ndim


def smm(input, mat):
    """The product of a sparse and a dense matrix, as a sparse one."""
    from tinytorch.ops.coordinates.products import smm as multiply

    return multiply(input, mat)


def sspaddmm(input, mat1, mat2, *, beta=1, alpha=1, out=None):
    """beta * input + alpha * mat1 @ mat2, where the input and `mat1` are sparse, and so is the result."""
    from tinytorch.ops.coordinates.products import sspaddmm as add

    return add(input, mat1, mat2, beta=beta, alpha=alpha)


saddmm, spmm, dsmm = sspaddmm, mm, mm
Tensor.to_sparse, Tensor.to_sparse_coo, Tensor.sparse_mask = to_sparse, to_sparse_coo, sparse_mask
Tensor.to_sparse_csr, Tensor.to_sparse_csc = to_sparse_csr, to_sparse_csc
Tensor.to_dense, Tensor.sparse_dim, Tensor.dense_dim = to_dense, sparse_dim, dense_dim
Tensor.smm, Tensor.sspaddmm = smm, sspaddmm
