"""Products of vectors and of tensors of any dimensions."""

import math

from tinytorch.delivery import deliver
from tinytorch.deprecations import warn_once
from tinytorch.layout import normal_dim
from tinytorch.operation import Rule, operation
from tinytorch.ops.matmul import check_vector_arguments, check_vectors, mm, same_vector_dtypes
from tinytorch.ops.refusals import given_to
from tinytorch.ops.shape import unsafe_view
from tinytorch.ops.views import steps
from tinytorch.ops.windows import diagonal_layout
from tinytorch.tensor import Tensor


def outer(input, vec2, *, out=None):
    """The products of all pairs of elements of two vectors: (n,) and (m,) -> (n, m)."""
    check_vector_arguments("outer", input.array, vec2.array, "self")
    product = input.reshape(input.array.shape[0], 1) * vec2
    return product if out is None else deliver("mul", out, product)


ger = outer


@operation(
    Rule(title="Vdot", exact="result dtype {3} does not match input dtype {2}", check=same_vector_dtypes),
    input=lambda grad, other: grad.conj() * other,
    other=lambda grad, input: grad * input,
)
def vdot(xp, input, other):
    """The sum of the products of two vectors, the first conjugated: (n,) and (n,) -> ()."""
    check_vectors(input, other)
    return xp.matmul(xp.conjugate(input), other)


TENSORDOT = "tensordot: Expected the output tensor to have dtype {2}, but got an output tensor with dtype {3}"


def inner(input, other, *, out=None):
    """The sums of products over the last dimension of both: (..., k) and (..., k)."""
    if input.array.ndim == 0 or other.array.ndim == 0:
        product = input * other
        return product if out is None else deliver("inner", out, product)
    if input.array.shape[-1] != other.array.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.array.shape)} and {list(other.array.shape)}"
        )
    return tensordot(input, other, ([-1], [-1]), out=out)


@operation(
    Rule(title="Trace", linear=True),
    input=lambda grad, input_shape: grad.new_zeros(input_shape).diagonal_scatter(grad.expand(min(input_shape))),
)
def trace(xp, input):
    """The sum of the diagonal of a matrix; integers add up to int64."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    if input.dtype.kind == "b":
        raise NotImplementedError("\"trace\" not implemented for 'Bool'")
    shape, strides, start = diagonal_layout(input.shape, steps(input), 0, 0, 1)
    flat, own = xp.storage(input)
    return xp.sum(xp.strided(flat, shape, strides, own + start), None, "int64" if input.dtype.kind in "iu" else None)


def kron(input, other, *, out=None):
    """The product of each element of the input with the whole other tensor, as blocks: sizes multiply."""
    ndim = max(input.array.ndim, other.array.ndim)
    one = (*[1] * (ndim - input.array.ndim), *input.array.shape)
    two = (*[1] * (ndim - other.array.ndim), *other.array.shape)
    left = input.reshape([each for size in one for each in (size, 1)])
    right = other.reshape([each for size in two for each in (1, size)])
    product = unsafe_view(left * right, tuple([a * b for a, b in zip(one, two, strict=True)]))
    return product if out is None else deliver("mul", out, product)


def tensordot(a, b, dims=2, out=None):
    """The sums of products over pairs of dimensions: the last `dims` of `a` with the first of `b`, or two lists of
    them."""
    if isinstance(dims, Tensor):
        dims = dims.tolist() if dims.array.size > 1 else dims.item()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.array.ndim, b.array.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = list(range(-dims, 0)), list(range(dims))
    else:
        dims_a, dims_b = [[each] if isinstance(each, int) else list(each) for each in dims]
    if len(dims_a) != len(dims_b):
        raise RuntimeError("both dimension lists should have same length")
    if a.array.dtype != b.array.dtype:
        raise RuntimeError("both inputs should have same dtype")
    first = [normal_dim(dim, a.array.ndim) for dim in dims_a]
    second = [normal_dim(dim, b.array.ndim) for dim in dims_b]
    for dim_a, dim_b in zip(first, second, strict=True):
        size_a, size_b = a.array.shape[dim_a], b.array.shape[dim_b]
        if size_b == 1:
            a = a.sum(dim_a, True)
        elif size_a == 1:
            b = b.sum(dim_b, True)
        elif size_a != size_b:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {size_a} in dim {dim_a} and second has size "
                f"{size_b} in dim {dim_b}"
            )
    shape_a, shape_b = a.array.shape, b.array.shape
    rest_a = [dim for dim in range(len(shape_a)) if dim not in first]
    rest_b = [dim for dim in range(len(shape_b)) if dim not in second]
    shared = math.prod([shape_a[dim] for dim in first])
    sizes = [shape_a[dim] for dim in rest_a], [shape_b[dim] for dim in rest_b]
    left = a.permute([*rest_a, *first]).reshape(math.prod(sizes[0]), shared)
    right = b.permute([*second, *rest_b]).reshape(shared, math.prod(sizes[1]))
    product = mm(left, right).reshape([*sizes[0], *sizes[1]])
    return product if out is None else deliver("tensordot", out, product, TENSORDOT)


def chain_matmul(*matrices, out=None):
    """The product of several matrices, from the left to the right."""
    warn_once("chain_matmul")
    product = matrices[0]
    for each in matrices[1:]:
        product = mm(product, each)
    product = product.view(product.shape) if len(matrices) > 1 else product
    return given_to("mm", out, product, "multi_dot(): expected out tensor to have dtype {} but got {}")


Tensor.outer = Tensor.ger = outer
Tensor.inner, Tensor.kron = inner, kron
