"""How near rows are to each other: the cosine between them, and the distance."""

from tinytorch import dtypes
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.reduce import linalg_vector_norm, norm_derivative
from tinytorch.ops.refusals import refuse_number


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """sum(x1 * x2) over max(|x1|, eps) * max(|x2|, eps) along `dim`; the shapes broadcast."""
    refuse_number("cosine_similarity", "x2", x2)
    common = dtypes.promote_types(x1.dtype, x2.dtype)
    if common.category != dtypes.FLOAT:
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {common.title}")
    shape = joined_shape(x1.array.shape, x2.array.shape)
    first, second = [direction(each.to(common).expand(shape), dim, eps) for each in (x1, x2)]
    return (first * second).sum(dim)


def direction(input, dim, eps):
    """The input over its length along `dim`, which counts no less than `eps`; the derivative is that of the length."""
    length = input.norm(2, dim, keepdim=True)
    return input / (length + (length.detach().clamp_min(eps) - length.detach()))


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The `p`-norm of x1 - x2 + eps over the last dimension; the shapes broadcast."""
    refuse_number("pairwise_distance", "x2", x2)
    difference = x1 - x2 + eps
    if difference.dtype.category < dtypes.FLOAT:
        difference = difference.to(dtypes.get_default_dtype())
    return length(difference, p, keepdim)


@operation(
    Rule(method=False, overload=lambda *_: "NormBackward1"),
    input=lambda grad, input, p, keepdim, result: norm_derivative(grad, input, p, -1, keepdim, result),
)
def length(xp, input, p, keepdim):
    """The `p`-norm over the last dimension."""
    return linalg_vector_norm.operation.body(xp, input, p, -1, keepdim)
