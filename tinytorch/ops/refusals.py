"""Which dtypes PyTorch refuses an operation on, and in which words."""

from tinytorch import dtypes, return_types
from tinytorch.delivery import deliver, deliver_all
from tinytorch.errors import OTHER_DTYPE
from tinytorch.storage import need_tensor as need_tensor
from tinytorch.tensor import Tensor

BOOL, INTEGER, FLOAT, COMPLEX = "bool", "integer", "float", "complex"
CATEGORIES = (BOOL, INTEGER, FLOAT, COMPLEX)


def common(operands):
    """The type that operands, tensors and numbers, promote to."""
    values = [each.array if isinstance(each, Tensor) else each for each in operands if each is not None]
    return dtypes.of_numpy[dtypes.promote(values)]


def refuse(kernel, *categories, operands=1, **words):
    """A check of a call's first `operands` arguments: their common type must be of none of the categories.

    PyTorch says that its kernel is not implemented, or what `words` says of a category: (exception, message).
    """

    def check(*args):
        dtype = common(args[:operands])
        category = CATEGORIES[dtype.category]
        if category in words:
            exception, message = words[category]
            raise exception(message.format(dtype.title))
        if category in categories:
            raise not_implemented(kernel, dtype)

    check.by_kind = True  # it looks at dtypes and at the types of numbers, and at no value
    return check


def not_implemented(kernel, dtype):
    """A dtype that PyTorch's kernel of this name does not have."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.title}'")


def given_to(name, out, result, words):
    """A result, or `out` with its values; `words` refuses one of another dtype, as `deliver` does."""
    return result if out is None else deliver(name, out, result, words)


def given_all(name, out, results, words=(OTHER_DTYPE, OTHER_DTYPE)):
    """Several results under their names, or `out` with their values, which PyTorch names otherwise; `words` for each
    refuse another dtype."""
    if out is None:
        return getattr(return_types, name)(results)
    return getattr(return_types, f"{name}_out")(deliver_all(name, out, results, *words))


def refuse_number(name, parameter, value):
    """Refuse a number where PyTorch takes tensors only."""
    if isinstance(value, bool | int | float | complex):
        raise TypeError(f"{name}(): argument '{parameter}' (position 2) must be Tensor, not {type(value).__name__}")


def refuse_alpha(dtype, alpha):
    """Refuse a factor of a higher category than the result."""
    if isinstance(alpha, bool) and dtype.category != dtypes.BOOL:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and dtype.category < dtypes.FLOAT:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, complex) and dtype.category < dtypes.COMPLEX:
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")


def refuse_sum(input, other, alpha):
    """Refuse what PyTorch does not add."""
    refuse_alpha(common((input, other)), alpha)


def refuse_difference(input, other, alpha):
    """Refuse to subtract from or of booleans."""
    kinds = [common((each,)).category for each in (input, other)]
    if kinds == [dtypes.BOOL, dtypes.BOOL]:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        )
    if dtypes.BOOL in kinds:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )
    refuse_alpha(common((input, other)), alpha)


refuse_sum.by_kind = refuse_difference.by_kind = True


def refuse_zero(xp, input, other):
    """Refuse to divide integers by zero; where no values are known, nothing can be said."""
    if input_kind(input, other) not in "iu":
        return
    zero = other == 0 if isinstance(other, int) else xp.anywhere(xp.equal(other, 0))
    if zero:
        raise RuntimeError("ZeroDivisionError")


def input_kind(input, other):
    """NumPy's letter for the kind of two operands that were cast to one dtype, one of which may be a number."""
    return getattr(input, "dtype", getattr(other, "dtype", None)).kind
