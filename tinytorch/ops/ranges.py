"""New tensors of steps between two numbers."""

import math
import warnings

from tinytorch import dtypes
from tinytorch.creation import as_int, as_number, creation, default_dtype, delivered, finished, place
from tinytorch.tensor import Tensor

INT64, FLOAT32, FLOAT64, COMPLEX128 = [
    each.numpy for each in (dtypes.int64, dtypes.float32, dtypes.float64, dtypes.complex128)
]


@creation
def make_steps(xp, start, step, count, dtype):
    """start + step * i, computed in float64, or in int64 for integers."""
    if dtype is INT64:
        return xp.arange(start, start + step * count, step, INT64)
    steps = xp.arange(0, count, dtype=INT64)
    steps = steps if dtype.kind in "iu" else steps.astype(FLOAT64)
    return xp.add(xp.multiply(steps, step), start).astype(dtype)


@creation
def make_line(xp, start, end, count, dtype):
    """`count` numbers from start to end, the second half counted back from the end, rounded where PyTorch does."""
    if dtype.kind in "iu":
        start, end = int(start), int(end)
    if count == 1:
        return xp.full((1,), start, dtype)
    steps = xp.arange(0, count, dtype=INT64)
    back = xp.subtract(count - 1, steps)
    if dtype in dtypes.HALVES:
        halves = halves_of_line(xp, start, end, count, dtype, steps, back)
        return xp.where(xp.less(steps, count // 2), *halves).astype(dtype, copy=False)  # CuPy widens bfloat16
    step = (end - start) / (count - 1)
    if dtype is FLOAT32 or dtype.kind == "c":
        start, end = dtype.type(start).item(), dtype.type(end).item()
        step = dtype.type(dtype.type(dtype.type(end) - dtype.type(start)) / (count - 1)).item()
    if dtype.kind == "c":
        front = xp.add(xp.multiply(steps.astype(COMPLEX128), step), start)
        back = xp.subtract(end, xp.multiply(back.astype(COMPLEX128), step))
    else:
        front, back = fused(xp, steps.astype(FLOAT64), step, start), fused(xp, back.astype(FLOAT64), -step, end)
    return xp.where(xp.less(steps, count // 2), front, back).astype(dtype)


def fused(xp, values, factor, term):
    """values * factor + term, rounded once, as processors do it: what rounding took from product and sum is added.

    Both errors are themselves numbers of float64 (Dekker, 1971; Knuth, 1969).
    """
    factor = xp.full((), factor, FLOAT64)
    product = xp.multiply(values, factor)
    total = xp.add(product, term)
    (high, low), (head, tail) = halved(xp, values), halved(xp, factor)
    lost = xp.subtract(product, xp.multiply(high, head))
    lost = xp.subtract(xp.subtract(lost, xp.multiply(low, head)), xp.multiply(high, tail))
    lost = xp.subtract(xp.multiply(low, tail), lost)
    added = xp.subtract(total, product)
    lost = xp.add(lost, xp.subtract(product, xp.subtract(total, added)))
    fine = xp.add(total, xp.add(lost, xp.subtract(term, added)))
    return xp.where(xp.isfinite(fine), fine, total)  # halves of the largest numbers overflow


def halved(xp, values):
    """Two numbers of half as many digits each, whose sum a number of float64 is (Veltkamp, 1968)."""
    shifted = xp.multiply(values, 2.0**27 + 1)
    high = xp.subtract(shifted, xp.subtract(shifted, values))
    return high, xp.subtract(values, high)


def halves_of_line(xp, start, end, count, dtype, steps, back):
    """Both halves of a line of half precision, in which every step of the computation is rounded."""

    def rounded(values):
        return values.astype(dtype).astype(FLOAT32)

    kind = dtype.type
    step = float(kind(kind(float(kind(end)) - float(kind(start))) / FLOAT32.type(count - 1)))
    front = xp.add(rounded(xp.multiply(rounded(steps), step)), float(kind(start)))
    behind = xp.subtract(float(kind(end)), rounded(xp.multiply(rounded(back), step)))
    return front.astype(dtype), behind.astype(dtype)


def arange(
    start=0, end=None, step=1, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """The numbers start, start + step, ... below `end`: int64 if all three are whole, the default dtype otherwise."""
    first = end is None
    start, end = (0, start) if first else (start, end)
    start, end = as_number("arange", "start", 1, start), as_number("arange", "end", 1 if first else 2, end)
    step = as_number("arange", "step", 3, step)
    dtype, device = place("arange", dtype, device, layout, pin_memory)
    kind = dtype or (out.array.dtype if out is not None else None)
    if kind is None:
        whole = all(isinstance(each, int) for each in (start, end, step))
        kind = INT64 if whole else default_dtype()
    check_range(start, end, step, kind)
    if kind is INT64:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
        count = -((start - end) // step)
    else:
        count = math.ceil((end - start) / step)
        if kind.kind in "iu":
            start, step = int(start), int(step)
    if out is not None:
        return delivered("arange", out, dtype, lambda kind, where: make_steps(where, start, step, count, kind))
    return finished(make_steps(device, start, step, count, kind), requires_grad)


def check_range(start, end, step, dtype, name="arange"):
    """Refuse a range without end, without steps or in the other direction."""
    for each in (start, end, step):
        if isinstance(each, complex):
            raise RuntimeError("value cannot be converted to type double without overflow")
    if dtypes.category_of[dtype] in (dtypes.BOOL, dtypes.COMPLEX):
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for '{dtypes.of_numpy[dtype].title}'")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (step > 0) != (end >= start) and end != start:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


def linspace(
    start, end, steps, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """`steps` numbers from `start` to `end`, both included, evenly spaced."""
    start, end, steps = ends("linspace", start, end, steps)
    dtype, device = place("linspace", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("linspace", out, dtype, lambda kind, where: make_line(where, start, end, steps, kind))
    kind = dtype or (
        dtypes.get_default_dtype().to_complex().numpy if isinstance(start + end, complex) else default_dtype()
    )
    if kind.kind == "b":
        raise NotImplementedError("\"linspace_cpu\" not implemented for 'Bool'")
    return finished(make_line(device, start, end, steps, kind), requires_grad)


def ends(name, start, end, steps):
    """The two ends as numbers, and how many steps."""
    for title, each in (("start", start), ("end", end)):
        if isinstance(each, Tensor) and each.array.ndim:
            found = [value.array.ndim if isinstance(value, Tensor) else 0 for value in (start, end)]
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got {title} with {max(found)} "
                "dimension(s)."
            )
    steps = as_int(name, "steps", 3, steps)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = [each.detach() if isinstance(each, Tensor) else each for each in (start, end)]
    return as_number(name, "start", 1, start), as_number(name, "end", 2, end), steps


def logspace(
    start,
    end,
    steps,
    base=10.0,
    *,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """`steps` powers of `base` with evenly spaced exponents from `start` to `end`, both included."""
    start, end, steps = ends("logspace", start, end, steps)
    dtype, device = place("logspace", dtype, device, layout, pin_memory)
    kind = out.array.dtype if out is not None else dtype or default_dtype()
    if kind.kind in "iu":
        start, end = int(start), int(end)
    powers = base ** linspace(start, end, steps, dtype=dtypes.float64, device=device)
    if out is not None:
        return delivered("logspace", out, dtype, lambda kind, where: powers.to(where, dtypes.of_numpy[kind]))
    return finished(powers.to(dtypes.of_numpy[kind]), requires_grad)


def range_(
    start, end, step=1, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """The numbers start, start + step, ... up to `end`, that included: the default dtype even for whole numbers.

    Warns that `arange` is to be preferred.
    """
    warnings.warn(RANGE, UserWarning, stacklevel=2)
    start, end = as_number("range", "start", 1, start), as_number("range", "end", 2, end)
    step = as_number("range", "step", 3, step)
    dtype, device = place("range", dtype, device, layout, pin_memory)
    kind = dtype or (out.array.dtype if out is not None else default_dtype())
    check_range(start, end, step, kind, "range")
    if kind.kind in "iu":
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise RuntimeError("step must be nonzero")
    count = math.floor((end - start) / step) + 1
    if out is not None:
        return delivered("range", out, dtype, lambda kind, where: make_steps(where, start, step, count, kind))
    return finished(make_steps(device, start, step, count, kind), requires_grad)


RANGE = (
    "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
    "Python's range builtin. Instead, use torch.arange, which produces values in [start, end)."
)
