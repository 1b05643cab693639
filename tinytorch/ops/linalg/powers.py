"""Powers of matrices: of whole exponents, of e, of the elements of a vector, and products of many matrices."""

import itertools
import math

from tinytorch import dtypes
from tinytorch.errors import warn_once
from tinytorch.operation import Rule, operation
from tinytorch.ops.join import cat
from tinytorch.ops.linalg.checks import need_float, need_square, same_dtype
from tinytorch.ops.linalg.inverse import inv
from tinytorch.ops.linalg.layouts import identity
from tinytorch.ops.linalg.outputs import given, given_castable
from tinytorch.ops.matmul import matmul, mm
from tinytorch.ops.products import vdot
from tinytorch.ops.refusals import not_implemented

CHAIN = "multi_dot(): expected out tensor to have dtype {2} but got {3}"
NO_DIM = (
    "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply "
    "use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future "
    "release."
)
VECDOT = "linalg.vecdot: Expected out of dtype{0} but found {1}"


def matrix_power(input, n, *, out=None):
    """The product of n matrices; of -n inverses for a negative n, and the identity for 0."""
    need_square("linalg.matrix_power", input)
    size = abs(n)
    if n == 0:
        found = input.clone().copy_(identity(input).expand(input.shape))
    else:
        base = inv(input) if n < 0 else input
        found = base if n == -1 else power(base, size)
    if n in (0, 1) or (size > 2 and not size & (size - 1)):  # which PyTorch copies; others it multiplies into `out`
        return given_castable("matrix_power", out, found)
    return given("linalg_matrix_power", out, found)


def power(input, n):
    """The product of n > 0 matrices, from squares of squares."""
    if n == 1:
        return input.clone().contiguous()
    if n == 3:
        return matmul(matmul(input, input), input)
    square, found = input, None
    while n:
        if n % 2:
            found = square if found is None else matmul(found, square)
        n //= 2
        square = matmul(square, square) if n else square
    return found


# The exponential


@operation(
    Rule(wide=True, method=False),
    input=lambda grad, input: exponential_derivative(grad, input),
)
def linalg_matrix_exp(xp, input):
    """1 + A + A^2 / 2 + ...: the sum to the 18th power of A / 2^s, whose norm is small, then squared s times (Bader,
    Blanes and Casas, 2019, have the bounds).
    """
    if not input.size:
        return input.copy()
    size = xp.amax(xp.sum(xp.absolute(input), -2, None, None, False), -1)
    size = xp.where(xp.isfinite(size), size, xp.ones((), size.dtype))
    halvings = xp.ceil(xp.log2(xp.maximum(xp.divide(size, LARGEST[size.dtype.itemsize]), 1)))
    scaled = xp.multiply(input, xp.exp2(xp.negative(halvings))[..., None, None])
    found = taylor(xp, scaled)
    rounds = 1 if xp.device == "meta" else int(xp.largest(halvings))
    for done in range(rounds):
        squared = xp.matmul(found, found)
        found = xp.where(xp.greater(halvings, done)[..., None, None], squared, found)
    return xp.ascontiguousarray(found)


BLOCK, DEGREE = 3, 18
LARGEST = {4: 3.0, 8: 1.09}  # for how large a norm 18 powers are enough, by the bytes of a real number


def taylor(xp, matrices):
    """The sum of A^k / k! for k up to 18, as a polynomial of A^3 (Paterson and Stockmeyer, 1973)."""
    unit = xp.broadcast_to(xp.eye(matrices.shape[-1], dtype=matrices.dtype), matrices.shape)
    square = xp.matmul(matrices, matrices)
    powers = (unit, matrices, square)
    cube = xp.matmul(square, matrices)
    total = xp.multiply(unit, 1 / math.factorial(DEGREE))
    for start in range(DEGREE - BLOCK, -1, -BLOCK):
        total = xp.matmul(cube, total)
        for place, each in enumerate(powers):
            total = xp.add(total, xp.multiply(each, 1 / math.factorial(start + place)))
    return total


def exponential_derivative(grad, input):
    """The corner of the exponential of [[A^H, G], [0, A^H]] (Mathias, 1996)."""
    turned = input.mH
    size = input.shape[-1]
    above = cat([turned, grad], -1)
    below = cat([turned.new_zeros(turned.shape), turned], -1)
    return linalg_matrix_exp(cat([above, below], -2)).narrow(-2, 0, size).narrow(-1, size, size)


def matrix_exp(input):
    """The exponential of square matrices: 1 + A + A^2 / 2! + A^3 / 3! + ..."""
    need_square("linalg.matrix_exp", input)
    need_float("linalg.matrix_exp", input)
    return linalg_matrix_exp(input)


# The powers of a vector


def vander(x, *, N=None):
    """The powers 0 to N - 1 of each element along a new last dimension, of which there are as many as elements."""
    category = x.dtype.category
    if category == dtypes.BOOL or x.dtype.numpy in dtypes.HALVES:
        raise RuntimeError(
            f"linalg.vander supports floating point, complex, and integer tensors, but got {x.dtype.title}"
        )
    x = x if x.ndim else x.unsqueeze(0)
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    ones = x.new_zeros((*x.shape, 1)) + 1
    return cat([ones, x.unsqueeze(-1).expand(*x.shape, count - 1).cumprod(-1)], -1)


def torch_vander(x, N=None, increasing=False):
    """The powers N - 1 to 0 of each element of a vector, a row each, or 0 to N - 1 if `increasing`."""
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    dtype = x.dtype if x.dtype.category >= dtypes.FLOAT else dtypes.int64
    powers = x.new_zeros((x.shape[0], count), dtype=dtype) + 1
    if count > 1:
        powers = cat([powers.narrow(1, 0, 1), x.to(dtype).unsqueeze(1).expand(-1, count - 1)], 1).cumprod(1)
    return powers if increasing else powers.flip(1)


# Products of many matrices


def multi_dot(tensors, *, out=None):
    """The product of several matrices, in the order that takes the fewest multiplications.

    The first may be a vector, as a row, and the last, as a column; their dimensions are gone from the result.
    """
    check_chain(tensors)
    first, last = tensors[0], tensors[-1]
    shape = (*first.shape[:-1], *last.shape[1:])
    matrices = [first if first.ndim == 2 else first.unsqueeze(0), *tensors[1:-1]]
    matrices.append(last if last.ndim == 2 else last.unsqueeze(-1))
    for place, (one, other) in enumerate(itertools.pairwise(matrices)):
        if one.shape[1] != other.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {place} and {place + 1} with shapes {list(tensors[place].shape)} and "
                f"{list(tensors[place + 1].shape)} cannot be multiplied"
            )
    if len(tensors) == 2:
        found = mm(*matrices).view(shape)
    else:
        sizes = [matrices[0].shape[0], *[each.shape[1] for each in matrices]]
        found = chained(matrices, cheapest(sizes), 0, len(matrices) - 1).view(shape)
    return given("multi_dot", out, found, CHAIN)


def check_chain(tensors):
    """Refuse what cannot be multiplied one after the other."""
    count = len(tensors)
    if count < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {count}")
    for name, each in (("first", tensors[0]), ("last", tensors[-1])):
        if each.ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): the {name} tensor must be 1D or 2D but got {each.ndim}D")
    for place, each in enumerate(tensors):
        if each.dtype is not tensors[0].dtype:
            names = [one.dtype.title.lower() for one in (tensors[0], each)]
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {names[0]} and tensor {place} "
                f"{names[1]}"
            )
        if 0 < place < count - 1 and each.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {place} must be 2D but got {each.ndim}D")


def cheapest(sizes):
    """Where to split each stretch of a chain of matrices, whose sizes are given (Cormen et al., 1990, chapter 15)."""
    count = len(sizes) - 1
    cost, split = {(place, place): 0 for place in range(count)}, {}
    for length in range(1, count):  # the number of matrices is small
        for start in range(count - length):
            end = start + length
            ways = [
                (cost[start, cut] + cost[cut + 1, end] + sizes[start] * sizes[cut + 1] * sizes[end + 1], cut)
                for cut in range(start, end)
            ]
            cost[start, end], split[start, end] = min(ways)
    return split


def chained(matrices, split, start, end):
    """The product of a stretch of a chain."""
    if start == end:
        return matrices[start]
    cut = split[start, end]
    return mm(chained(matrices, split, start, cut), chained(matrices, split, cut + 1, end))


# Products of vectors


@operation(
    Rule(wide=True, method=False),
    input=lambda grad, other, dim: linalg_cross(other.conj(), grad, dim=dim),
    other=lambda grad, input, dim: linalg_cross(grad, input.conj(), dim=dim),
)
def linalg_cross(xp, input, other, *, dim=-1):
    """The products of vectors of three elements: that of the following two less that of the two in turn."""
    one, two = [xp.roll(each, -1, dim) for each in (input, other)]
    after_one, after_two = [xp.roll(each, -2, dim) for each in (input, other)]
    return xp.ascontiguousarray(xp.subtract(xp.multiply(one, after_two), xp.multiply(after_one, two)))


def cross(input, other, *, dim=-1, out=None):
    """The vectors that are perpendicular to two vectors of three elements along `dim`; the other sizes broadcast."""
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    sizes = [each.shape[dim] if -each.ndim <= dim < each.ndim else 3 for each in (input, other)]
    if sizes != [3, 3]:
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {sizes[0]} and {sizes[1]}")
    if input.dtype.category == dtypes.BOOL:
        raise not_implemented("cross", input.dtype)
    if input.dtype is not other.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.title} but found {other.dtype.title}")
    found = linalg_cross(input, other, dim=dim)
    return given("linalg_cross", out, found)


def torch_cross(input, other, dim=None, *, out=None):
    """As `linalg.cross`, along the first dimension of three elements if no `dim` is given."""
    if dim is None:
        warn_once(NO_DIM)
        dim = next((place for place, size in enumerate(input.shape) if size == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    return cross(input, other, dim=dim, out=out)


def vecdot(x, y, *, dim=-1, out=None):
    """The sums of conj(x) * y along `dim`; the shapes broadcast."""
    need_float("linalg.vecdot", x)
    same_dtype("linalg.vecdot", x, y, ("x", "y"))
    found = vdot(x, y) if x.ndim == y.ndim == 1 else (x.conj() * y).sum(dim)
    return given("linalg.vecdot", out, found, VECDOT)


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """A view of the diagonals of matrices."""
    return A.diagonal(offset, dim1, dim2)
