"""Where something is: the places of what is not 0, of numbers of elements, and of values among others."""

import functools
import operator

from tinytorch import dtypes
from tinytorch.delivery import deliver
from tinytorch.errors import OTHER_DTYPE
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import where
from tinytorch.ops.join import stack_of
from tinytorch.ops.refusals import BOOL, COMPLEX, common, given_to, refuse
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor


@operation(Rule(method=False, operands=("input",)))
def nonzero_rows(xp, input):
    """The places of the elements that are not 0, a row each: (n, dimensions)."""
    if not input.ndim:
        return xp.empty((xp.count_nonzero(input).item(), 0), "int64")
    found = xp.nonzero(input)
    return xp.stack(found, 0).T


def nonzero(input, *, out=None, as_tuple=False):
    """The places of the elements that are not 0: (n, dimensions), or with `as_tuple` a vector for each dimension."""
    if as_tuple:
        rows = nonzero_rows(input if input.array.ndim else input.unsqueeze(0))
        return rows.unbind(1)
    rows = nonzero_rows(input)
    return given_to("nonzero", out, rows, "nonzero: Expected out tensor to have scalar type {2} but got scalar type{3}")


def nonzero_static(input, *, size, fill_value=-1, out=None):
    """The first `size` places of elements that are not 0, a row each; rows of `fill_value` where there are fewer."""
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    found = nonzero_rows(input)[:size]
    rows = found.new_full((size, input.array.ndim), fill_value)
    rows[: found.array.shape[0]] = found
    return given_to("nonzero_static", out, rows, OTHER_DTYPE)


def argwhere(input):
    """The places of the elements that are not 0, a row each: (n, dimensions)."""
    return nonzero_rows(input)


def where_or_places(condition, input=None, other=None, *, out=None):
    """input where the condition is true and other where it is not; of a condition alone, the places where it is not
    0."""
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    found = where(condition, input, other)
    return found if out is None else deliver("where", out, found, "Expected out type to be {2} but got {3}")


def unravel_index(indices, shape):
    """The places of elements by their numbers, counted row by row in a tensor of `shape`: a tensor per dimension.

    Numbers that are too large begin again at the front, negative ones count from the end. A TypeError for what are no
    integers, a ValueError for negative sizes.
    """
    if indices.dtype.category != dtypes.INTEGER:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    shape = (shape,) if isinstance(shape, int) else shape
    for each in shape if isinstance(shape, (tuple, list)) else (shape,):  # dimensions
        if not hasattr(each, "__index__"):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(each)}")
    shape = tuple([operator.index(each) for each in shape])
    if any(size < 0 for size in shape):
        raise ValueError(f"'shape' cannot have negative values, but got {shape}")
    if not shape:
        return ()
    steps = [functools.reduce(operator.mul, shape[dim + 1 :], 1) for dim in range(len(shape))]
    places = [indices.div(step, rounding_mode="floor") % size for step, size in zip(steps, shape, strict=True)]
    return stack_of([each.to(dtypes.int64) for each in places], -1).unbind(-1)


# Among others


def isin(elements=None, test_elements=None, *, assume_unique=False, invert=False, out=None, element=None,
         test_element=None):  # fmt: skip
    """Whether each element is one of the test elements, or with `invert` none of them; either may be one number.

    nan is no element of anything. A RuntimeError for booleans and complex numbers.
    """
    elements = element if elements is None else elements
    test_elements = test_element if test_elements is None else test_elements
    known = [each for each in (elements, test_elements) if isinstance(each, Tensor)]
    if not known:
        raise TypeError("isin() received an invalid combination of arguments")
    dtype = common((elements, test_elements))
    refuse("isin", **{kind: (RuntimeError, "Unsupported input type encountered for isin(): {}")
                      for kind in (BOOL, COMPLEX)})(elements, test_elements)  # fmt: skip
    both = [
        each.to(dtype) if isinstance(each, Tensor) else tensor(each, dtype=dtype, device=known[0].device)
        for each in (elements, test_elements)
    ]
    found = found_among(*both, bool(invert))
    return given_to("isin", out, found, OTHER_DTYPE)


@operation(Rule(method=False, operands=("elements", "test_elements")))
def found_among(xp, elements, test_elements, invert):
    """Whether each element is one of the test elements, or none of them."""
    flat, known = elements.reshape(-1), xp.sort(test_elements.reshape(-1))
    if not known.size:
        return xp.full(elements.shape, invert, "bool")
    nearest = xp.take(known, xp.minimum(xp.searchsorted(known, flat), known.size - 1))
    return (xp.not_equal if invert else xp.equal)(nearest, flat).reshape(elements.shape)


Tensor.nonzero, Tensor.nonzero_static, Tensor.argwhere = nonzero, nonzero_static, argwhere
