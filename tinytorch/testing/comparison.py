"""Comparing results in tests: `assert_close`, in PyTorch's words."""

import warnings
from collections.abc import Mapping, Sequence

from tinytorch import dtypes
from tinytorch.ops.compare import isclose, where
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor

TOLERANCES = {  # dtype -> (relative, absolute), as PyTorch has them; exact for integers and booleans
    dtypes.float16: (1e-3, 1e-5),
    dtypes.bfloat16: (1.6e-2, 1e-5),
    dtypes.float32: (1.3e-6, 1e-5),
    dtypes.float64: (1e-7, 1e-7),
    dtypes.complex64: (1.3e-6, 1e-5),
    dtypes.complex128: (1e-7, 1e-7),
}
OLDER_TOLERANCES = {dtypes.float16: (1e-3, 1e-3), dtypes.float32: (1e-4, 1e-5), dtypes.float64: (1e-5, 1e-8)}
NUMBERS = (int, float, complex)


def assert_close(
    actual, expected, *, allow_subclasses=True, rtol=None, atol=None, equal_nan=False, check_device=True,
    check_dtype=True, check_layout=True, check_stride=False, msg=None,
):  # fmt: skip
    """Raise an AssertionError unless |actual - expected| <= atol + rtol * |expected| for every element.

    Tensors, numbers, and sequences and mappings of them are compared; of tensors also the shape, and device, dtype
    and strides as far as they are checked (there is one layout). Without tolerances those of the dtype hold: exact for
    integers, 1.3e-6 and 1e-5 for float32, 1e-7 and 1e-7 for float64. `msg` replaces the message, or makes it from the
    usual one. A ValueError if only one tolerance is given, a TypeError for what cannot be compared.
    """
    if (rtol is None) != (atol is None):
        lacking = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {lacking}.")
    checks = {"device": check_device, "dtype": check_dtype, "stride": check_stride}
    for path, one, other in pairs(actual, expected, (), msg):
        words = difference(one, other, rtol, atol, equal_nan, checks, allow_subclasses)
        if words:
            fail(words, path, msg)


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """What `assert_close` does with wider tolerances, for any dtypes, under its older name; it warns."""
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please "
        "use `torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
        "https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    actual = actual if isinstance(actual, Tensor) else tensor(actual)
    expected = expected if isinstance(expected, Tensor) else tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        found = [OLDER_TOLERANCES.get(each.dtype, (0.0, 0.0)) for each in (actual, expected)]
        rtol, atol = [max(each) for each in zip(*found, strict=True)]
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


def pairs(actual, expected, path, msg):
    """The pairs of tensors and numbers in two structures, each with the keys that lead to it."""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, additional = [[key for key in a if key not in b] for a, b in ((expected, actual), (actual, expected))]
        if missing or additional:
            fail(
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {sorted(missing)}\n"
                f"Additional keys in the actual mapping: {sorted(additional)}",
                path,
                msg,
            )
        for key in sorted(actual):
            yield from pairs(actual[key], expected[key], (*path, key), msg)
    elif is_sequence(actual) and is_sequence(expected):
        if len(actual) != len(expected):
            fail(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", path, msg)
        for place, (one, other) in enumerate(zip(actual, expected, strict=True)):
            yield from pairs(one, other, (*path, place), msg)
    else:
        yield path, actual, expected


def is_sequence(value):
    """Whether a value is compared item by item."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def fail(words, path, msg):
    """Raise the error of a difference at `path`."""
    if path:
        words += "\n\nThe failure occurred for item " + "".join(f"[{key!r}]" for key in path)
    raise AssertionError(msg(words) if callable(msg) else msg or words)


def difference(actual, expected, rtol, atol, equal_nan, checks, allow_subclasses):
    """How two tensors or numbers differ, in words; "" if they are close."""
    if actual is None or expected is None:
        return "" if actual is expected else f"None mismatch: {actual} is not {expected}"
    if isinstance(actual, bool) and isinstance(expected, bool):
        return "" if actual == expected else f"Booleans mismatch: {actual} is not {expected}"
    if isinstance(actual, NUMBERS) and isinstance(expected, NUMBERS):
        return number_difference(actual, expected, rtol, atol, equal_nan, checks["dtype"])
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    if isinstance(actual, Tensor) and related and (allow_subclasses or type(actual) is type(expected)):
        return tensor_difference(actual.detach(), expected.detach(), rtol, atol, equal_nan, checks)
    raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")


def number_difference(actual, expected, rtol, atol, equal_nan, check_dtype):
    """How two Python numbers differ."""
    if check_dtype and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    if rtol is None:
        rtol, atol = widest([exact_type(actual), exact_type(expected)])
    if actual == expected or (equal_nan and actual != actual and expected != expected):
        return ""
    apart = abs(actual - expected)
    if apart <= atol + rtol * abs(expected) and apart < float("inf"):
        return ""
    relative = float("inf") if expected == 0 else apart / abs(expected)
    return mismatch("Scalars", f"Expected {expected} but got {actual}.", apart, relative, "", "", rtol, atol)


def exact_type(number):
    """The dtype whose tolerances hold for a Python number, which has double precision."""
    return {int: dtypes.int64, float: dtypes.float64, complex: dtypes.complex128}.get(type(number), dtypes.bool_)


def widest(types):
    """The larger tolerances of two dtypes."""
    relative, absolute = zip(*[TOLERANCES.get(each, (0.0, 0.0)) for each in types], strict=True)
    return max(relative), max(absolute)


def tensor_difference(actual, expected, rtol, atol, equal_nan, checks):
    """How two tensors differ: first in what they are, then in their elements."""
    attributes = [("shape", actual.shape, expected.shape)]
    attributes += [("device", actual.device, expected.device)] if checks["device"] else []
    attributes += [("dtype", actual.dtype, expected.dtype)] if checks["dtype"] else []
    attributes += [("stride()", actual.stride(), expected.stride())] if checks["stride"] else []
    for name, one, other in attributes:
        if one != other:
            return f"The values for attribute '{name}' do not match: {one} != {other}."
    if rtol is None:
        rtol, atol = widest([actual.dtype, expected.dtype])
    if "meta" in (actual.device.type, expected.device.type):
        return ""
    if actual.device is not expected.device:
        actual, expected = actual.to("cpu"), expected.to("cpu")
    common = dtypes.promote_types(actual.dtype, expected.dtype)
    actual, expected = actual.to(common), expected.to(common)
    matches = isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan)
    wrong = matches.numel() - int(matches.sum())
    if not wrong:
        return ""
    if not matches.ndim:
        return number_difference(actual.item(), expected.item(), rtol, atol, equal_nan, False)
    return tensor_mismatch(actual, expected, matches, wrong, rtol, atol)


def tensor_mismatch(actual, expected, matches, wrong, rtol, atol):
    """How many elements differ, and where by how much."""
    exact = not (actual.dtype.is_floating_point or actual.dtype.is_complex)
    if exact:
        actual, expected = actual.to(dtypes.int64), expected.to(dtypes.int64)
    apart = (actual - expected).abs()
    relative = apart / expected.abs()
    apart, relative = where(matches, apart.new_zeros(()), apart), where(matches, relative.new_zeros(()), relative)
    count = matches.numel()
    largest, steepest = greatest(apart), greatest(relative)
    return mismatch(
        "Tensor-likes", f"Mismatched elements: {wrong} / {count} ({wrong / count:.1%})", largest[0], steepest[0],
        f" at index {largest[1]}", f" at index {steepest[1]}", rtol, atol,
    )  # fmt: skip


def greatest(values):
    """The largest element, nan before all, and its index."""
    place = int(values.reshape(-1).argmax())
    index, rest = [], place
    for size in reversed(values.shape):
        rest, step = divmod(rest, size)
        index.insert(0, step)
    return values.reshape(-1)[place].item(), tuple(index)


def mismatch(kind, first, apart, relative, apart_at, relative_at, rtol, atol):
    """The words of a difference in values."""
    exact = rtol == 0 == atol
    allowed = ["" if exact else f" (up to {each} allowed)" for each in (atol, rtol)]
    names = ("Greatest absolute", "Greatest relative") if apart_at else ("Absolute", "Relative")
    return (
        f"{kind} are not {'equal' if exact else 'close'}!\n\n{first}\n"
        f"{names[0]} difference: {apart}{apart_at}{allowed[0]}\n"
        f"{names[1]} difference: {relative}{relative_at}{allowed[1]}"
    )


assert_close.__module__ = assert_allclose.__module__ = "torch.testing"
