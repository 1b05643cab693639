"""The dimensions that a reduction removes: which they are, and how a gradient gets them back."""

import functools

from tinytorch.array_derivatives import Unusual


def spread(grad, shape, dim, keepdim):
    """The gradient of a reduction, repeated over the dimensions that were reduced."""
    return restored(grad, shape, dim, keepdim).expand(shape)


def spread_array(xp):
    """The same of the array of one number."""
    repeated = xp.repeated

    def call(grad, shape, dim, keepdim):
        if grad.ndim or 0 in shape:
            raise Unusual
        return repeated(grad, shape)

    return call


spread.on_arrays = spread_array


def restored(reduced_values, shape, dim, keepdim):
    """The result of a reduction with its reduced dimensions back, of size 1."""
    dims = reduced(shape, dim)
    if keepdim or len(dims) == len(shape):
        return reduced_values
    return reduced_values.reshape([1 if d in dims else size for d, size in enumerate(shape)])


def reduced(shape, dim):
    """The dimensions that a reduction over `dim` removes, counted from the front."""
    if dim is None or dim == () or dim == []:
        return range(len(shape))
    return [each % max(len(shape), 1) for each in (dim if isinstance(dim, (tuple, list)) else (dim,))]


def count(shape, dim):
    """How many elements each result of a reduction is made of."""
    product = 1
    for each in reduced(shape, dim) if shape else ():  # few: dimensions
        product *= shape[each]
    return product


count.on_arrays = lambda xp: count


def axes(input, dim):
    """`dim` as the vocabulary's reductions take it: None for all dimensions, also for those that a number is given."""
    if not input.ndim and dim in (0, -1, (0,), (-1,), [0], [-1]):
        return None
    return None if dim == () or dim == [] else dim


def takes_axis(function):
    """A function that takes NumPy's names, `axis` and `keepdims`, too."""

    @functools.wraps(function)
    def call(*args, **settings):
        for name, numpys in (("dim", "axis"), ("keepdim", "keepdims")):
            if numpys in settings and name not in settings:
                settings[name] = settings.pop(numpys)
        return function(*args, **settings)

    return call


def in_rows(xp, result):
    """A result whose elements lie row by row."""
    return xp.ascontiguousarray(result) if result.ndim > 1 else result
