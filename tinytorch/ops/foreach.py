"""Operations on lists of tensors, such as `torch._foreach_add`: what the operation of that name does, to each.

Operands are a list as long as the first, of tensors or of numbers, or one number or tensor without dimensions for all.
Those with an underscore at the end work in-place and give the list back; the others give a tuple.
"""

from tinytorch.ops.arithmetic import pow as power
from tinytorch.ops.compare import maximum, minimum
from tinytorch.ops.create import full
from tinytorch.ops.reduce import linalg_vector_norm
from tinytorch.tensor import Tensor

UNARY = (
    "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "erf", "erfc", "exp", "expm1", "floor", "frac", "lgamma",
    "log", "log10", "log1p", "log2", "neg", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt",
    "tan", "tanh", "trunc",
)  # fmt: skip


def of_each(name):
    """The function of a list that gives what a method makes of each tensor, and the one that works in-place."""

    def call(self):
        return tuple([getattr(each, name)() for each in listed(call, self)])

    def call_in_place(self):
        for each in listed(call_in_place, self):
            getattr(each, f"{name}_")()
        return self

    words = f"What `{name}` makes of each tensor"
    return dressed(call, f"_foreach_{name}", words), dressed(call_in_place, f"_foreach_{name}_", f"{words}, in-place")


def of_pairs(name, function, in_place):
    """The function of a list and of an operand for each, and the one that works in-place."""

    def call(self, other=None, *, scalar=None, scalars=None, **settings):
        others = operands(call, self, given(other, scalar, scalars))
        return tuple([function(each, theirs, **settings) for each, theirs in zip(self, others, strict=True)])

    def call_in_place(self, other=None, *, scalar=None, scalars=None, **settings):
        others = operands(call_in_place, self, given(other, scalar, scalars))
        for each, theirs in zip(self, others, strict=True):
            getattr(each, in_place)(theirs, **settings)
        return self

    words = f"What `{name}` makes of each tensor and its operand"
    return dressed(call, f"_foreach_{name}", words), dressed(call_in_place, f"_foreach_{name}_", f"{words}, in-place")


def dressed(call, name, words):
    """A function under its name, with its documentation."""
    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{words}."
    call.__module__ = "torch"
    return call


def given(*candidates):
    """The one of several ways to name an operand that was taken."""
    return next((each for each in candidates if each is not None), None)


def listed(call, tensors):
    """A list of tensors; a RuntimeError for none."""
    if not isinstance(tensors, (list, tuple)):
        kind = type(tensors).__name__
        raise TypeError(f"{call.__name__}(): argument 'self' (position 1) must be tuple of Tensors, not {kind}")
    if not tensors:
        raise RuntimeError("Tensor list must have at least one tensor.")
    for place, each in enumerate(tensors):
        if not isinstance(each, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(each).__name__}")
    return tensors


def operands(call, tensors, other):
    """An operand for each of the tensors."""
    count = len(listed(call, tensors))
    if isinstance(other, Tensor) and call.__name__.strip("_").removeprefix("foreach_") in FOR_ALL:
        if other.array.ndim:
            raise RuntimeError(
                f"scalar tensor expected to be 0 dim but it has {other.array.ndim} dimensions and {other.array.size} "
                "elements."
            )
        return [other] * count
    if isinstance(other, (int, float, complex)):
        return [other] * count
    if not isinstance(other, (list, tuple)):
        kinds = ", ".join([type(each).__name__ for each in (tensors, other)])
        raise TypeError(f"{call.__name__}() received an invalid combination of arguments - got ({kinds})")
    return companions(tensors, other)


FOR_ALL = ("add", "mul", "div")  # those that take one tensor without dimensions for all


def companions(tensors, others):
    """A list of operands, as long as that of the tensors."""
    for place, each in enumerate(others):
        if not isinstance(each, (Tensor, int, float, complex)):
            raise TypeError(f"expected Tensor as element {place} in argument 1, but got {type(each).__name__}")
    if len(others) != len(tensors):
        if others and not isinstance(others[0], Tensor):
            raise RuntimeError("Tensor list must have same number of elements as scalar list.")
        raise RuntimeError(f"Tensor lists must have the same number of tensors, got {len(tensors)} and {len(others)}")
    return others


def as_operand(other):
    """A number as a tensor without dimensions."""
    return other if isinstance(other, Tensor) else full((), other)


PAIRS = {  # name -> the function of two, and the method that works in-place
    "add": (Tensor.add, "add_"),
    "sub": (Tensor.sub, "sub_"),
    "mul": (Tensor.mul, "mul_"),
    "div": (Tensor.div, "div_"),
    "maximum": (lambda each, other: maximum(each, as_operand(other)), "clamp_min_"),
    "minimum": (lambda each, other: minimum(each, as_operand(other)), "clamp_max_"),
    "clamp_min": (Tensor.clamp_min, "clamp_min_"),
    "clamp_max": (Tensor.clamp_max, "clamp_max_"),
}
for each in UNARY:
    globals()[f"_foreach_{each}"], globals()[f"_foreach_{each}_"] = of_each(each)
for each, (function, in_place) in PAIRS.items():
    globals()[f"_foreach_{each}"], globals()[f"_foreach_{each}_"] = of_pairs(each, function, in_place)


def _foreach_pow(self, exponent):
    """Each tensor to the power of its exponent, or one number to the power of each tensor."""
    if isinstance(self, (int, float, complex)):
        return tuple([power(self, each) for each in listed(_foreach_pow, exponent)])
    return tuple([power(*pair) for pair in zip(self, operands(_foreach_pow, self, exponent), strict=True)])


def _foreach_pow_(self, exponent):
    """Each tensor to the power of its exponent, in-place."""
    for each, own in zip(self, operands(_foreach_pow_, self, exponent), strict=True):
        each.pow_(own)
    return self


def _foreach_lerp(self, tensors1, weight=None, *, weights=None):
    """self + weight * (tensors1 - self) for each tensor."""
    parts = zip(self, companions(self, tensors1), operands(_foreach_lerp, self, given(weight, weights)), strict=True)
    return tuple([each.lerp(end, own) for each, end, own in parts])


def _foreach_lerp_(self, tensors1, weight=None, *, weights=None):
    """self + weight * (tensors1 - self) in the place of each tensor."""
    parts = zip(self, companions(self, tensors1), operands(_foreach_lerp_, self, given(weight, weights)), strict=True)
    for each, end, own in parts:
        each.lerp_(end, own)
    return self


def products(name):
    """The function of three lists that adds a product or a quotient of two, and the one that works in-place."""

    def parts(call, self, tensor1, tensor2, value, scalars):
        factors = given(scalars, value)
        if isinstance(factors, Tensor):
            if factors.array.shape != (len(self),):
                raise RuntimeError(
                    f"Expected length of scalars to match input of length {len(self)} but got {len(factors)} instead."
                )
            factors = factors.tolist()
        lists = companions(self, tensor1), companions(self, tensor2)
        return zip(listed(call, self), *lists, operands(call, self, factors), strict=True)

    def call(self, tensor1, tensor2, value=1, *, scalars=None):
        found = parts(call, self, tensor1, tensor2, value, scalars)
        return tuple([getattr(each, name)(one, other, value=factor) for each, one, other, factor in found])

    def call_in_place(self, tensor1, tensor2, value=1, *, scalars=None):
        for each, one, other, factor in parts(call_in_place, self, tensor1, tensor2, value, scalars):
            getattr(each, f"{name}_")(one, other, value=factor)
        return self

    words = f"What `{name}` makes of each tensor and two more"
    return dressed(call, f"_foreach_{name}", words), dressed(call_in_place, f"_foreach_{name}_", f"{words}, in-place")


_foreach_addcmul, _foreach_addcmul_ = products("addcmul")
_foreach_addcdiv, _foreach_addcdiv_ = products("addcdiv")


def _foreach_norm(self, ord=2, dtype=None):
    """The norm of each tensor's elements. A RuntimeError for the greatest of no elements."""
    for each in listed(_foreach_norm, self):
        if ord == float("inf") and not each.array.size:
            raise RuntimeError(
                "_foreach_norm cannot compute the infinity norm on an empty tensor because the operation does not "
                "have an identity"
            )
    return tuple([linalg_vector_norm(each, ord, dtype=dtype) for each in self])


def _foreach_powsum(self, ord=2, dtype=None):
    """The sum of the powers of each tensor's absolute values."""
    return tuple([each.abs().pow(ord).sum(dtype=dtype) for each in listed(_foreach_powsum, self)])


def _foreach_max(self):
    """The greatest element of each tensor. A RuntimeError for a tensor without elements."""
    if not all(each.array.size for each in listed(_foreach_max, self)):
        raise RuntimeError(
            "_foreach_max cannot compute the maximum of an empty tensor; max over zero elements is undefined."
        )
    return tuple([each.max() for each in self])


def _foreach_mm(self, mat2):
    """The product of each two matrices."""
    return tuple([one.mm(other) for one, other in zip(self, companions(self, mat2), strict=True)])


def _foreach_clone(self):
    """A copy of each tensor."""
    return tuple([each.clone() for each in listed(_foreach_clone, self)])


def _foreach_zero_(self):
    """0 in the place of all elements of each tensor."""
    for each in listed(_foreach_zero_, self):
        each.zero_()
    return self


def _foreach_copy_(self, src, non_blocking=False):
    """The values of each tensor of another list in the place of its own."""
    for each, values in zip(self, companions(self, src), strict=True):
        each.copy_(values)
    return self
