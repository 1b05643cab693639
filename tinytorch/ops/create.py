"""New tensors: of one value, of steps between numbers, like others, with strides of one's own."""

import math

from tinytorch import dtypes
from tinytorch.creation import (
    as_int,
    creation,
    default_dtype,
    delivered,
    finished,
    negative,
    place,
    sizes,
)
from tinytorch.formats import contiguous_format, format_strides, like_strides, packed_strides
from tinytorch.ops.random import given_sizes
from tinytorch.tensor import Tensor

# The operations


@creation
def make_zeros(xp, size, dtype):
    """Zeros."""
    return xp.zeros(size, dtype)


@creation
def make_ones(xp, size, dtype):
    """Ones."""
    return xp.ones(size, dtype)


@creation
def make_empty(xp, size, dtype):
    """Elements that nobody has written yet."""
    return xp.empty(size, dtype)


@creation
def make_full(xp, size, value, dtype):
    """One value everywhere."""
    return xp.full(size, value, dtype)


@creation
def make_strided(xp, size, stride, dtype):
    """Elements that nobody has written yet, with strides in elements."""
    if stride == packed_strides(size):
        return xp.empty(size, dtype)
    span = 0 if 0 in size else 1 + sum([(count - 1) * step for count, step in zip(size, stride, strict=True)])
    return xp.strided(xp.empty(span, dtype), size, stride)


@creation
def make_eye(xp, n, m, dtype):
    """Ones on the diagonal of a matrix."""
    return xp.eye(n, m, dtype=dtype)


@creation
def make_steps(xp, start, step, count, dtype):
    """start + step * i, computed in the type that PyTorch accumulates in."""
    wide = accumulating(dtype)
    steps = xp.arange(0, count, dtype=INT64)
    if dtype.kind in "iu":
        return (steps * int(step) + int(start)).astype(dtype)
    return (steps.astype(wide) * step + start).astype(dtype)


@creation
def make_line(xp, start, end, count, dtype):
    """`count` numbers from start to end, the second half counted back from the end."""
    steps = xp.arange(0, count, dtype=INT64)
    if count == 1:
        return xp.full((1,), start, dtype)
    if dtype.kind in "iu":
        step = dtypes.float32.numpy.type(end - start) / dtypes.float32.numpy.type(count - 1)
        front, back = start + steps.astype(FLOAT32) * float(step), end - (count - 1 - steps).astype(FLOAT32) * float(step)
        return xp.where(steps < count // 2, xp.trunc(front), xp.trunc(back)).astype(dtype)
    wide = FLOAT32 if dtype in dtypes.HALVES else dtype
    step = wide.type(wide.type(end) - wide.type(start)) / wide.type(count - 1)
    front = steps.astype(wide) * step.item() + start
    back = (count - 1 - steps).astype(wide) * -step.item() + end
    return xp.where(steps < count // 2, front, back).astype(dtype)


INT64, FLOAT32 = dtypes.int64.numpy, dtypes.float32.numpy


def accumulating(dtype):
    """The type in which PyTorch's CPU counts steps: float64 for floats, int64 for integers."""
    return dtypes.float64.numpy if dtype.kind in "fV" else INT64


# Of one value


def zeros(*size, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, **named):
    """Zeros of a shape, of the default dtype unless another one is asked for."""
    size = sizes("zeros", given_sizes("zeros", size, named) if named else size, "zeros: Dimension size must be non-negative.")
    dtype, device = place("zeros", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("zeros", out, dtype, lambda kind, where: make_zeros(where, size, kind))
    made = make_zeros(device, size, dtype or dtypes.Default.dtype.numpy)
    return finished(made, requires_grad) if requires_grad else made


def ones(*size, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, **named):
    """Ones of a shape, of the default dtype unless another one is asked for."""
    size = sizes("ones", given_sizes("ones", size, named) if named else size)
    dtype, device = place("ones", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("ones", out, dtype, lambda kind, where: make_ones(where, size, kind))
    made = make_ones(device, size, dtype or dtypes.Default.dtype.numpy)
    return finished(made, requires_grad) if requires_grad else made


def empty(*size, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None, **named):
    """A tensor of a shape whose elements nobody has written yet."""
    size = sizes("empty", given_sizes("empty", size, named) if named else size)
    dtype, device = place("empty", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("empty", out, dtype, lambda kind, where: make_empty(where, size, kind))
    dtype = dtype or dtypes.Default.dtype.numpy
    if memory_format is None or memory_format is contiguous_format:
        made = make_empty(device, size, dtype)
    else:
        made = make_strided(device, size, format_strides(size, memory_format), dtype)
    return finished(made, requires_grad) if requires_grad else made


def full(size, fill_value, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """One value everywhere: its own dtype (whole numbers int64, others the default's) unless another one is asked for."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    size, value = sizes("full", (size,)), as_number("full", "fill_value", 2, fill_value)
    dtype, device = place("full", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("full", out, dtype, lambda kind, where: make_full(where, size, value, kind))
    kind = dtype or dtypes.of_value(value).numpy
    return finished(make_full(device, size, held(value, kind), kind), requires_grad)


def as_number(name, parameter, position, value):
    """A Python number of a number, NumPy's or a tensor without dimensions."""
    if type(value) in (bool, int, float, complex):
        return value
    if isinstance(value, Tensor) and value.array.ndim == 0 and not value.requires_grad:
        return value.item()
    if hasattr(value, "item") and getattr(value, "shape", None) == () and not isinstance(value, Tensor):
        return value.item()
    raise TypeError(f"{name}(): argument '{parameter}' (position {position}) must be Number, not {type(value).__name__}")


def held(value, dtype):
    """A number as an element of a dtype, or the RuntimeError for one that does not fit."""
    category = dtypes.category_of[dtype]
    name = dtypes.of_numpy[dtype].name
    if isinstance(value, complex):
        if category == dtypes.COMPLEX:
            return value
        if value.imag != 0:
            raise RuntimeError(f"value cannot be converted to type {C_NAMES.get(name, name)} without overflow")
        value = value.real
    if category == dtypes.BOOL:
        return bool(value)
    if category == dtypes.INTEGER:
        limits = dtypes.iinfo(dtypes.of_numpy[dtype])
        least = -limits.max if limits.min == 0 else limits.min
        if not math.isfinite(value) or not least <= int(value) <= limits.max:
            raise RuntimeError(f"value cannot be converted to type {name}_t without overflow")
        return int(value) % (limits.max + 1) if limits.min == 0 else int(value)
    return value


C_NAMES = {"float32": "float", "float64": "double", "float16": "at::Half", "bfloat16": "at::BFloat16", "bool": "bool"}
C_NAMES |= {f"{sign}int{bits}": f"{sign}int{bits}_t" for sign, bits in (("u", 8), ("", 8), ("", 16), ("", 32), ("", 64))}


def scalar_tensor(s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """A number as a tensor without dimensions, of the default dtype unless another one is asked for."""
    return full((), s, dtype=dtype or dtypes.get_default_dtype(), layout=layout, device=device, pin_memory=pin_memory,
                requires_grad=requires_grad)  # fmt: skip


def empty_strided(size, stride, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """A tensor of a shape and strides, in elements, whose elements nobody has written yet."""
    size, stride = tuple(size), tuple(stride)
    dtype, device = place("empty_strided", dtype, device, layout, pin_memory)
    if len(size) != len(stride):
        raise RuntimeError(f"dimensionality of sizes ({len(size)}) must match dimensionality of strides ({len(stride)})")
    if min(size, default=0) < 0:
        raise RuntimeError(negative(size))
    if min(stride, default=0) < 0:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}")
    return finished(make_strided(device, size, stride, dtype or default_dtype()), requires_grad)


def eye(n, m=None, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """A matrix of n rows and m columns (n without it) with ones on the diagonal and zeros elsewhere."""
    n = as_int("eye", "n", 1, n)
    m = n if m is None else as_int("eye", "m", 2, m)
    for name, each in (("n", n), ("m", m)):
        if each < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {each}")
    dtype, device = place("eye", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("eye", out, dtype, lambda kind, where: make_eye(where, n, m, kind))
    return finished(make_eye(device, n, m, dtype or default_dtype()), requires_grad)


# Of steps


def arange(start=0, end=None, step=1, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
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
    count = max(math.ceil((end - start) / step), 0)
    if out is not None:
        return delivered("arange", out, dtype, lambda kind, where: make_steps(where, start, step, count, kind))
    return finished(make_steps(device, start, step, count, kind), requires_grad)


def check_range(start, end, step, dtype):
    """Refuse a range without end, without steps or in the other direction."""
    for each in (start, end, step):
        if isinstance(each, complex):
            raise RuntimeError("value cannot be converted to type double without overflow")
    if dtypes.category_of[dtype] in (dtypes.BOOL, dtypes.COMPLEX):
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{dtypes.of_numpy[dtype].title}'")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (step > 0) != (end >= start) and end != start:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


def linspace(start, end, steps, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """`steps` numbers from `start` to `end`, both included, evenly spaced."""
    start, end, steps = ends("linspace", start, end, steps)
    dtype, device = place("linspace", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("linspace", out, dtype, lambda kind, where: make_line(where, start, end, steps, kind))
    kind = dtype or (dtypes.get_default_dtype().to_complex().numpy if isinstance(start + end, complex) else default_dtype())
    if kind.kind == "b":
        raise NotImplementedError("\"linspace_cpu\" not implemented for 'Bool'")
    return finished(make_line(device, start, end, steps, kind), requires_grad)


def ends(name, start, end, steps):
    """The two ends as numbers, and how many steps."""
    for title, each in (("start", start), ("end", end)):
        if isinstance(each, Tensor) and each.array.ndim:
            found = [value.array.ndim if isinstance(value, Tensor) else 0 for value in (start, end)]
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got {title} with {max(found)} dimension(s)."
            )
    steps = as_int(name, "steps", 3, steps)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    return as_number(name, "start", 1, start), as_number(name, "end", 2, end), steps


def logspace(start, end, steps, base=10.0, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """`steps` powers of `base` with evenly spaced exponents from `start` to `end`, both included."""
    exponents = linspace(start, end, steps, dtype=dtypes.float64, device=device)
    powers = base**exponents
    dtype, device = place("logspace", dtype, device, layout, pin_memory)
    if out is not None:
        return out.copy_(powers)
    return finished(powers.to(dtypes.of_numpy[dtype or default_dtype()]), requires_grad)


def range_(start, end=None, step=1, **settings):
    """The numbers start, start + step, ... up to `end`, that included: floats, even for whole numbers."""
    start, end = (0, start) if end is None else (start, end)
    count = math.floor((end - start) / step) + 1
    return arange(0, count, dtype=dtypes.get_default_dtype()) * step + start


# Like others


def zeros_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None):
    """Zeros in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    return like("zeros_like", input, 0, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def ones_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None):
    """Ones in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    return like("ones_like", input, 1, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def full_like(input, fill_value, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None):
    """One value in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    value = as_number("full_like", "fill_value", 2, fill_value)
    return like("full_like", input, value, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def empty_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None):
    """Unwritten elements in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    return like("empty_like", input, None, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def like(name, input, value, settings):
    """A tensor laid out as another, of one value or none."""
    dtype, layout, device, pin_memory, requires_grad, memory_format = settings
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    array = input.array
    dtype, device = place(name, dtype, input.device if device is None else device, layout, pin_memory)
    dtype = dtype or array.dtype
    if value is not None and memory_format is None and array.flags.c_contiguous:
        make = make_zeros if value == 0 and type(value) is int else None
        made = make(device, array.shape, dtype) if make else make_full(device, array.shape, held(value, dtype), dtype)
    else:
        made = empty_like_strides(input, dtype, device, memory_format)
        if value is not None:
            made.fill_(value)
    return finished(made, requires_grad)


def empty_like_strides(input, dtype, device, memory_format):
    """Unwritten elements laid out as a tensor's."""
    array = input.array
    if memory_format is None and array.flags.c_contiguous:
        return make_empty(device, array.shape, dtype)
    return make_strided(device, array.shape, like_strides(array, memory_format), dtype)


# Of a tensor's dtype and device


def new_zeros(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named):
    """Zeros of a shape, in this tensor's dtype and device unless others are asked for."""
    if named:
        size = given_sizes("new_zeros", size, named)
    size = sizes("new_zeros", size)
    if dtype is device is layout is None and not pin_memory:
        return finished(make_zeros(self.device, size, self.array.dtype), requires_grad)
    dtype, device = place("new_zeros", dtype, device or self.device, layout, pin_memory)
    return finished(make_zeros(device, size, dtype or self.array.dtype), requires_grad)


def new_ones(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named):
    """Ones of a shape, in this tensor's dtype and device unless others are asked for."""
    size = sizes("new_ones", given_sizes("new_ones", size, named))
    dtype, device = place("new_ones", dtype, device or self.device, layout, pin_memory)
    return finished(make_ones(device, size, dtype or self.array.dtype), requires_grad)


def new_empty(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named):
    """Unwritten elements of a shape, in this tensor's dtype and device unless others are asked for."""
    size = sizes("new_empty", given_sizes("new_empty", size, named))
    dtype, device = place("new_empty", dtype, device or self.device, layout, pin_memory)
    return finished(make_empty(device, size, dtype or self.array.dtype), requires_grad)


def new_full(self, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """One value everywhere, in this tensor's dtype and device unless others are asked for."""
    dtype = dtypes.of_numpy[self.array.dtype] if dtype is None else dtype
    return full(size, fill_value, dtype=dtype, device=device or self.device, requires_grad=requires_grad, layout=layout,
                pin_memory=pin_memory)  # fmt: skip


def new_empty_strided(self, size, stride, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """Unwritten elements with strides, in this tensor's dtype and device unless others are asked for."""
    dtype = dtypes.of_numpy[self.array.dtype] if dtype is None else dtype
    return empty_strided(size, stride, dtype=dtype, device=device or self.device, layout=layout, pin_memory=pin_memory,
                         requires_grad=requires_grad)  # fmt: skip


for each in (new_zeros, new_ones, new_empty, new_full, new_empty_strided):
    setattr(Tensor, each.__name__, each)
