"""Complex numbers: conjugates, angles, and their parts as views."""

import math

from tinytorch import dtypes
from tinytorch.operation import Rule, elementwise, memory_view
from tinytorch.ops.refusals import need_tensor
from tinytorch.tensor import Tensor


@elementwise(Rule(in_place=False, method=False, moves=True, linear=True), input=lambda grad: grad.conj())
def conj(xp, input):
    """The complex conjugate."""
    return xp.conj(input)


def conjugate(input):
    """The complex conjugate; a real tensor is given back as it is.

    It counts its versions together with the input, as PyTorch's, which is a view of it: what has kept one of them for
    backward notices a write to the other.
    """
    need_tensor("conj", input)
    if not input.is_complex():
        return input
    result = conj(input)
    result.counter = input.counter
    return result


@elementwise(
    Rule(method=False, moves=True, exact=True, title="ConjPhysical", linear=True), input=lambda grad: conjugate(grad)
)
def conj_physical(xp, input, out=None):
    """The complex conjugate."""
    return xp.conj(input, out=out) if input.dtype.kind == "c" else xp.positive(input, out=out)


def conjugate_physically(input, *, out=None):
    """The complex conjugate; a real tensor is given back as it is."""
    need_tensor("conj_physical", input)
    return conj_physical(input, out=out) if out is not None or input.is_complex() else input


@elementwise(Rule("float", in_place=False), input=lambda grad, input: angle_derivative(grad, input))
def angle(xp, input):
    """The angle of a complex number in radians; of a real one 0, pi below 0, or nan."""
    if input.dtype.kind == "c":
        return xp.angle(input)
    turned = xp.multiply(xp.less(input, 0), math.pi).astype(input.dtype)
    return xp.where(xp.isnan(input), input, turned)


def angle_derivative(grad, input):
    """How the angle turns as a complex number moves, and 0 at 0; a real number keeps its angle."""
    if not input.is_complex():
        return grad * 0
    size = input.abs()
    turn = grad * (input / size * 1j)
    return (turn / size).where(size != 0, 0)


def in_pairs(grad):
    """A gradient row by row, with strides that complex numbers can have where a dimension has the size 1, too."""
    grad = grad.contiguous()
    odd = any(stride % 2 for stride in grad.stride()[:-1])
    return grad.reshape(-1).reshape(grad.shape) if odd else grad


@memory_view(Rule(method=False, linear=True), input=lambda grad: view_as_complex(in_pairs(grad)))
def view_as_real(xp, input):
    """A complex tensor of shape (...) as a real one of shape (..., 2), in the same memory."""
    if input.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    real = input.real
    if not input.ndim:
        return input.reshape(1).view(real.dtype)
    flat, offset = xp.storage(real)
    return xp.strided(flat, (*real.shape, 2), (*[step // real.itemsize for step in real.strides], 1), offset)


PAIRS = {4: "complex64", 8: "complex128"}


@memory_view(Rule(method=False, linear=True), input=lambda grad: view_as_real(grad))
def view_as_complex(xp, input):
    """A real tensor of shape (..., 2) as a complex one of shape (...), in the same memory."""
    if input.dtype == "float16":
        raise RuntimeError("view_as_complex of half precision would be complex32, which is not among the dtypes")
    if input.dtype not in ("float32", "float64"):
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
            f"{dtypes.of_numpy[input.dtype].title}"
        )
    steps = [step // input.itemsize for step in input.strides]
    flat, offset = xp.storage(input)
    if not input.ndim:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if input.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    if not input.size:
        return xp.storage(input)[0][:0].view(PAIRS[input.itemsize]).reshape(input.shape[:-1])
    if steps[-1] != 1:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    if any(step % 2 for step in steps[:-1]):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    if offset % 2:
        raise RuntimeError("Tensor must have a storage_offset divisible by 2")
    pairs = flat[: flat.size // 2 * 2].view(PAIRS[input.itemsize])
    return xp.strided(pairs, input.shape[:-1], [step // 2 for step in steps[:-1]], offset // 2)


def real(input):
    """The real parts as a view; a real tensor is given back as it is."""
    need_tensor("real", input)
    return view_as_real(input).select(-1, 0) if input.is_complex() else input


def imag(input):
    """The imaginary parts as a view; a RuntimeError for a real tensor."""
    need_tensor("imag", input)
    if not input.is_complex():
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return view_as_real(input).select(-1, 1)


def resolve_conj(input):
    """The tensor itself: here conjugates are computed at once."""
    need_tensor("resolve_conj", input)
    return input


def resolve_neg(input):
    """The tensor itself: here negatives are computed at once."""
    need_tensor("resolve_neg", input)
    return input


Tensor.conj, Tensor.resolve_conj, Tensor.resolve_neg = conjugate, resolve_conj, resolve_neg
Tensor.conj_physical = conjugate_physically
Tensor.real = property(real, lambda self, value: real(self).copy_(value))
Tensor.imag = property(imag, lambda self, value: imag(self).copy_(value))
