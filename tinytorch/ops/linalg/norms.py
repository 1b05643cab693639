"""Norms of vectors and of matrices, and condition numbers."""

import math

from tinytorch.layout import normal_dim
from tinytorch.ops.linalg.checks import need_float, need_matrices, need_precision, need_square
from tinytorch.ops.linalg.inverse import linalg_inv_ex
from tinytorch.ops.linalg.outputs import EXPECTED, given, given_castable
from tinytorch.ops.linalg.spectrum import svdvals
from tinytorch.ops.reduce import linalg_vector_norm

ORDERS = (1, 2, math.inf)


def norm(input, ord=None, dim=None, keepdim=False, *, dtype=None, out=None):
    """The norm of a vector or of matrices: without `ord` that of all elements as one vector.

    One `dim`, or an input of one dimension, is a vector; two dims, or an input of two, are matrices.
    """
    dims = None if dim is None else [dim] if isinstance(dim, int) else list(dim)
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {dims}")
    if ord is not None:
        if dims is None and input.ndim not in (1, 2):
            raise RuntimeError(
                f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {input.ndim}D."
            )
        if isinstance(ord, str) or (len(dims) == 2 if dims is not None else input.ndim == 2):
            found = matrix_norm(input, ord, dims or (0, 1), keepdim, dtype=dtype)
            return given("linalg.norm", out, found, EXPECTED)
    found = linalg_vector_norm(input, 2 if ord is None else ord, dims, keepdim, dtype=dtype)
    return given("linalg.norm", out, found, EXPECTED)


def vector_norm(input, ord=2, dim=None, keepdim=False, *, dtype=None, out=None):
    """sum(abs(input) ** ord) ** (1 / ord) over `dim`, or over all dimensions, in the precision of `dtype`."""
    found = linalg_vector_norm(input, ord, dim, keepdim, dtype=dtype)
    return given("linalg_vector_norm", out, found)


def matrix_norm(input, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None):
    """The norm of matrices: "fro" of all elements, "nuc" the sum of the singular values, 2 and -2 the largest and the
    smallest of them; 1 and -1 the largest and the smallest sum of a column, inf and -inf of a row.
    """
    name = "linalg.matrix_norm"
    need_matrices(name, input)
    need_float(name, input)
    dims = [dim] if isinstance(dim, int) else list(dim)
    if len(dims) != 2:
        raise RuntimeError(f"{name}: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    if isinstance(ord, str):
        if ord not in ("fro", "nuc"):
            raise RuntimeError(f"{name}: Order {ord} not supported.")
    elif abs(ord) not in ORDERS:
        raise RuntimeError(f"{name}: Order {ord:g} not supported.")
    rows, columns = [normal_dim(each, input.ndim) for each in dims]
    if rows == columns:
        raise RuntimeError(f"{name}: dims must be different. Got ({dims[0]}, {dims[1]})")
    input = input if dtype is None else input.to(dtype)
    found = norm_over(input, ord, rows, columns, keepdim)
    return given("linalg.matrix_norm", out, found, EXPECTED)


def norm_over(input, ord, rows, columns, keepdim):
    """The norm of the matrices in two dimensions, counted from the front."""
    if ord == "fro":
        return linalg_vector_norm(input, 2, (rows, columns), keepdim)
    if ord in ("nuc", 2, -2):
        need_precision("linalg.matrix_norm", input)
        rest = [each for each in range(input.ndim) if each not in (rows, columns)]
        values = svdvals(input.permute(*rest, rows, columns))
        found = values.sum(-1) if ord == "nuc" else extreme(values, ord, -1, False)
        if not keepdim:
            return found
        order = [*rest, rows, columns]
        return found[..., None, None].permute([order.index(each) for each in range(input.ndim)])
    summed, left = (columns, rows) if abs(ord) == math.inf else (rows, columns)
    sums = linalg_vector_norm(input, 1, summed, keepdim)
    left -= summed < left and not keepdim
    return extreme(sums, ord, left, keepdim)


def extreme(sizes, ord, dim, keepdim):
    """The largest of some sizes for a positive order, 0 if there are none, and the smallest for a negative one."""
    if ord < 0:
        return sizes.amin(dim, keepdim)
    return sizes.amax(dim, keepdim) if sizes.shape[dim] else sizes.detach().sum(dim, keepdim)


def cond(input, p=None, *, out=None):
    """The norm of a matrix times that of its inverse; inf where there is none.

    Without `p`, or for 2, it is the largest singular value over the smallest, for -2 the other way round.
    """
    if input.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    found = condition(input, p)
    return given_castable("linalg.cond", out, found)


def condition(input, p):
    """The condition numbers."""
    if isinstance(p, str) and p not in ("fro", "nuc"):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if not isinstance(p, str) and p is not None and abs(p) not in ORDERS:
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if not input.array.size:
        return input.abs().new_zeros(input.shape[:-2])
    if p in (None, 2, -2):
        values = svdvals(input)
        first, last = values.narrow(-1, 0, 1), values.narrow(-1, -1, 1)
        return (last / first if p == -2 else first / last).squeeze(-1)
    need_square(f"linalg.cond(ord={p})", input)
    need_float("linalg.cond", input)
    if p == "nuc":
        values = svdvals(input)
        return values.sum(-1) * values.reciprocal().sum(-1)
    need_precision("linalg.inv", input)
    inverse, info = linalg_inv_ex(input)
    inverse = inverse.masked_fill(info[..., None, None] > 0, math.inf)
    return (matrix_norm(input, p) * matrix_norm(inverse, p)).nan_to_num(math.inf, math.inf, -math.inf)
