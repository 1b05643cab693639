"""Linear maps of the last dimension, as networks use them."""

import math

from tinytorch import dtypes, errors
from tinytorch.array_derivatives import in_any_order
from tinytorch.delivery import deliver
from tinytorch.operation import Rule, operation
from tinytorch.ops.matmul import matmul
from tinytorch.storage import need_tensor


def linear(input, weight, bias=None, *, out=None):
    """input @ weight.T + bias: (..., in) and (out, in) -> (..., out); the bias has the shape (out,).

    A RuntimeError if the sizes do not fit or the dtypes differ.
    """
    if out is not None:
        return deliver("linear", out, linear(input, weight, bias), errors.OTHER_DTYPE)
    try:
        ndim = input.array.ndim
    except AttributeError:
        need_tensor("linear", input)
        raise
    if bias is not None and weight.array.ndim == 2:
        if ndim == 2:
            return affine(bias, input, weight)
        if ndim and bias.array.ndim and input.array.flags.c_contiguous:  # as one matrix of rows
            shape = input.array.shape
            rows = input.view(math.prod(shape[:-1]), shape[-1])
            return affine(bias, rows, weight).view(*shape[:-1], weight.array.shape[0])
    if ndim == 0 or weight.array.ndim == 0:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {ndim}D and {weight.array.ndim}D"
        )
    product = matmul(input, weight.t())
    return product if bias is None else product + bias


@operation(
    Rule(method=False, title="Addmm"),
    (("bias", "input", "weight"), lambda grad, input, weight, needed: affine_derivative(grad, input, weight, needed)),
)
def affine(xp, bias, input, weight):
    """input @ weight.T + bias for a matrix of rows: (n, in) and (out, in) -> (n, out).

    One operation where `addmm` of a transposed weight would do, because the backward then takes two fifths of the time.
    """
    for name, one, other in (("self", bias, weight), ("mat1", input, weight)):
        if one.dtype != other.dtype:
            titles = [dtypes.of_numpy[each.dtype].title for each in (one, other)]
            raise RuntimeError(f"{name} and mat2 must have the same dtype, but got {titles[0]} and {titles[1]}")
    if input.shape[1] != weight.shape[1]:
        raise errors.matrices_do_not_fit(input.shape, weight.shape[::-1])
    product = input.dot(weight.T)
    if bias.shape != product.shape[1:]:
        errors.check_expand(bias, product.shape, product.shape)
    return xp.add(product, bias, out=product)


def affine_derivative(grad, input, weight, needed):
    """The gradients of bias, input and weight, where they are needed; complex factors are conjugated."""
    return (
        grad.sum(0) if needed[0] else None,
        grad.mm(weight.conj()) if needed[1] else None,
        grad.t().mm(input.conj()) if needed[2] else None,
    )


@in_any_order
def affine_derivative_of_arrays(xp):
    """The same of real arrays."""
    return lambda grad, input, weight, needed: (
        xp.sum(grad, 0) if needed[0] else None,
        grad.dot(weight) if needed[1] else None,
        grad.T.dot(input) if needed[2] else None,
    )


affine_derivative.on_arrays = affine_derivative_of_arrays


def bilinear(input1, input2, weight, bias=None):
    """input1 @ weight @ input2 + bias: (..., a), (..., b) and (out, a, b) -> (..., out); the bias is (out,)."""
    check_bilinear(input1, input2, weight)
    lead = input1.shape[:-1]
    outputs, first, second = weight.shape
    half = matmul(input1.reshape(-1, first), weight.permute(1, 0, 2).reshape(first, outputs * second))
    product = matmul(half.view(-1, outputs, second), input2.reshape(-1, second, 1)).reshape(*lead, outputs)
    return product if bias is None else product + bias


def check_bilinear(input1, input2, weight):
    """Refuse what does not fit."""
    if input1.ndim != input2.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for dim in range(input1.ndim - 1):
        if input1.shape[dim] != input2.shape[dim]:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {input1.shape[dim]} and "
                f"{input2.shape[dim]}"
            )
    for number, each in enumerate((input1, input2), start=1):
        if each.shape[-1] != weight.shape[number]:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got {each.shape[-1]} but expected "
                f"{weight.shape[number]}"
            )
