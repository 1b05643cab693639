"""How the results of linear algebra are written into `out`: in which dtypes, and lying column by column as they do."""

from tinytorch import dtypes
from tinytorch.delivery import check_output, check_target
from tinytorch.errors import CPP_NAMES
from tinytorch.tensor import count_write

EXACT = "Expected out tensor to have dtype {2}, but got {3} instead"
EXPECTED = "{4} expected out tensor dtype {0} but got: {1}"
FOUND = "expected scalar type {0} but found {1}"


def given(name, out, result, words=EXACT):
    """A result, or `out` with its values, which has to have its dtype; `words` say that it has not.

    They are made of the two dtypes, of their names in C++, and of the function's.
    """
    if out is None:
        return result
    check_target(name, out, result.requires_grad)
    if out.dtype is not result.dtype:
        types = (result.dtype, out.dtype)
        raise RuntimeError(words.format(*[t.title for t in types], *[CPP_NAMES[t.name] for t in types], name))
    return laid(name, out, result)


def given_castable(name, out, result, title="result"):
    """A result, or `out` with its values, whose dtype has to be one that the result's can be cast to."""
    if out is None:
        return result
    check_target(name, out, result.requires_grad)
    if dtypes.category_of[result.array.dtype] > dtypes.category_of[out.array.dtype]:
        raise RuntimeError(
            f"{name}: Expected {title} to be safely castable from {result.dtype.title} dtype, but got {title} with "
            f"dtype {out.dtype.title}"
        )
    return laid(name, out, result)


def all_given(name, outs, results):
    """Several results, or the tensors of `outs` with their values, each of the same dtype."""
    return several(name, outs, results, given, ())


def all_castable(name, outs, results, titles):
    """Several results, or the tensors of `outs` with their values, each of a dtype that can be cast to."""
    return several(name, outs, results, given_castable, titles)


def several(name, outs, results, give, titles):
    """Each result by itself, if there are tensors for them."""
    if outs is None:
        return results
    if not isinstance(outs, (tuple, list)):
        raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, not {type(outs).__name__}")
    if len(outs) != len(results):
        raise TypeError(f"expected tuple of {len(results)} elements but got {len(outs)}")
    more = [(title,) for title in titles] or [()] * len(results)
    return tuple([give(name, *each, *words) for *each, words in zip(outs, results, more, strict=True)])


def laid(name, out, result):
    """`out` with the values of a result, and where it takes another shape also as the result lies in memory."""
    check_output(name, out, result)
    version, array = count_write(out), result.array
    if out.array.shape != array.shape:
        out.resize_(array.shape)
        if array.ndim > 1 and array.swapaxes(-1, -2).flags.c_contiguous:
            flat, start = out.device.xp.storage(out.array)
            strides = [stride // array.itemsize for stride in array.strides]
            out.array = out.device.xp.strided(flat, array.shape, strides, start)
    out.copy_(result)
    out.counter[0] = version + 1
    return out
