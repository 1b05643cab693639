"""New tensors: of one value, like others, with strides of one's own, complex ones of their parts."""

from tinytorch import dtypes, errors
from tinytorch.creation import (
    as_int,
    as_number,
    creation,
    default_dtype,
    delivered,
    finished,
    given_sizes,
    held,
    negative,
    place,
    place_beside,
    sizes,
    unwritten,
)
from tinytorch.delivery import check_target, deliver
from tinytorch.formats import contiguous_format, format_strides, like_strides, packed_strides
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, elementwise
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
    return unwritten(xp, size, dtype)


@creation
def make_full(xp, size, value, dtype):
    """One value everywhere."""
    return xp.full(size, value, dtype)


@creation
def make_strided(xp, size, stride, dtype):
    """Elements that nobody has written yet, with strides in elements."""
    if stride == packed_strides(size):
        return unwritten(xp, size, dtype)
    span = 0 if 0 in size else 1 + sum([(count - 1) * step for count, step in zip(size, stride, strict=True)])
    return xp.strided(unwritten(xp, span, dtype), size, stride)


@creation
def make_eye(xp, n, m, dtype):
    """Ones on the diagonal of a matrix."""
    return xp.eye(n, m, dtype=dtype)


# Of one value


def zeros(*size, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, **named):
    """Zeros of a shape, of the default dtype unless another one is asked for."""
    size = sizes(
        "zeros", given_sizes("zeros", size, named) if named else size, "zeros: Dimension size must be non-negative."
    )
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


def empty(
    *size,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
    **named,
):
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
    """One value everywhere, of its own dtype (int64 for whole numbers) unless another one is asked for."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    size, value = sizes("full", (size,)), as_number("full", "fill_value", 2, fill_value)
    dtype, device = place("full", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("full", out, dtype, lambda kind, where: make_full(where, size, value, kind))
    kind = dtype or dtypes.of_value(value).numpy
    return finished(make_full(device, size, held(value, kind), kind), requires_grad)


def scalar_tensor(s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """A number as a tensor without dimensions, of the default dtype unless another one is asked for."""
    return full((), s, dtype=dtype or dtypes.get_default_dtype(), layout=layout, device=device, pin_memory=pin_memory,
                requires_grad=requires_grad)  # fmt: skip


def empty_strided(size, stride, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """A tensor of a shape and strides, in elements, whose elements nobody has written yet."""
    size, stride = tuple(size), tuple(stride)
    dtype, device = place("empty_strided", dtype, device, layout, pin_memory)
    if len(size) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(size)}) must match dimensionality of strides ({len(stride)})"
        )
    if min(size, default=0) < 0:
        raise RuntimeError(negative(size))
    if min(stride, default=0) < 0:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(size)} and strides={list(stride)}")
    return finished(make_strided(device, size, stride, dtype or default_dtype()), requires_grad)


def empty_permuted(
    size, physical_layout, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """A tensor whose elements nobody has written yet, without gaps; `physical_layout` has its dimensions from the
    outermost in memory inwards.
    """
    size, order = sizes("empty_permuted", (size,)), tuple(physical_layout)
    if len(size) != len(order):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(size)} is not equal to len(physical_layout) = {len(order)}"
        )
    for place_, dim in enumerate(order):
        if not 0 <= dim < len(size):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(size) - 1}, but got {dim} at index "
                f"{place_}).  NB: negative dims not currently supported; file an issue if you want it."
            )
        if dim in order[:place_]:
            raise RuntimeError("Duplicate dim not allowed")
    packed = packed_strides([size[dim] for dim in order])
    strides = tuple([packed[order.index(dim)] for dim in range(len(size))])
    return empty_strided(size, strides, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory,
                         requires_grad=requires_grad)  # fmt: skip


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


def complex_(real, imag, *, out=None):
    """A complex tensor of its real and imaginary parts; the shapes broadcast."""
    return deliver_complex("complex", out, complex_of_parts(real, imag))


def check_parts(name, *parameters):
    """The check of a function of two parts, which have to be of one floating point type."""

    def check(*parts):
        for position, each in enumerate(parts):
            if not isinstance(each, Tensor):
                raise errors.not_a_tensor(name, parameters[position], position + 1, each)
        titles = [each.dtype.title for each in parts]
        if not {"Half", "Float", "Double"}.issuperset(titles):
            raise RuntimeError(
                f"Expected both inputs to be Half, Float or Double tensors but got {titles[0]} and {titles[1]}"
            )
        if titles[0] != titles[1]:
            raise RuntimeError(
                f"Expected object of scalar type {titles[0]} but got scalar type {titles[1]} for second argument"
            )

    return check


def deliver_complex(name, out, made):
    """`out` with a complex result, of whose type it has to be; or the result itself."""
    if out is None:
        return made
    check_target(name, out, made.requires_grad)
    if out.dtype is not made.dtype:
        raise RuntimeError(
            f"Expected object of scalar type {made.dtype.title} but got scalar type {out.dtype.title} for argument "
            "'out'"
        )
    return deliver(name, out, made)


@elementwise(
    Rule(method=False, in_place=False, title="Complex", check=check_parts("complex", "real", "imag"), linear=True),
    real=lambda grad: grad.real,
    imag=lambda grad: grad.imag,
)
def complex_of_parts(xp, real, imag):
    """A complex number of each two."""
    made = xp.empty(joined_shape(real.shape, imag.shape), dtypes.of_numpy[real.dtype].to_complex().numpy)
    made.real[...] = real
    made.imag[...] = imag
    return made


def polar(abs, angle, *, out=None):
    """A complex tensor of absolute values and angles in radians: abs * cos(angle) + abs * sin(angle) * i."""
    return deliver_complex("polar", out, polar_of_parts(abs, angle))


@elementwise(
    Rule(method=False, in_place=False, title="Polar", check=check_parts("polar", "abs", "angle")),
    abs=lambda grad, result: (grad.conj() * result.sgn()).real,
    angle=lambda grad, result: (grad.conj() * result * 1j).real,
)
def polar_of_parts(xp, abs, angle):
    """A complex number of each absolute value and angle."""
    made = xp.empty(joined_shape(abs.shape, angle.shape), dtypes.of_numpy[abs.dtype].to_complex().numpy)
    made.real[...] = xp.multiply(abs, xp.cos(angle))
    made.imag[...] = xp.multiply(abs, xp.sin(angle))
    return made


# Like others


def zeros_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None
):
    """Zeros in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    return like("zeros_like", input, 0, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def ones_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None
):
    """Ones in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    return like("ones_like", input, 1, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def full_like(
    input,
    fill_value,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
):
    """One value in the shape of a tensor, and in its dtype, device and order of memory unless others are asked for."""
    value = as_number("full_like", "fill_value", 2, fill_value)
    return like("full_like", input, value, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def empty_like(
    input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None
):
    """Unwritten elements in the shape, dtype, device and order of memory of a tensor unless others are asked for."""
    return like("empty_like", input, None, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def like(name, input, value, settings):
    """A tensor laid out as another, of one value or none."""
    dtype, layout, device, pin_memory, requires_grad, memory_format = settings
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    array = input.array
    if input._operate is not None:
        return finished(input._like(name, value, dtype, device), requires_grad)
    if dtype is device is layout is None and not pin_memory:
        dtype, device = array.dtype, input.device
    else:
        dtype, device = place_beside(input, name, dtype, device, layout, pin_memory)
        dtype = dtype or array.dtype
    if value is not None and memory_format is None and array.flags.c_contiguous:
        make = make_zeros if value == 0 and type(value) is int else None
        made = make(device, array.shape, dtype) if make else make_full(device, array.shape, held(value, dtype), dtype)
    else:
        made = empty_like_strides(input, dtype, device, memory_format)
        if value is not None:
            made.fill_(value)
    return finished(made, requires_grad) if requires_grad else made


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
    dtype, device = place_beside(self, "new_zeros", dtype, device, layout, pin_memory)
    return finished(make_zeros(device, size, dtype or self.array.dtype), requires_grad)


def new_ones(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named):
    """Ones of a shape, in this tensor's dtype and device unless others are asked for."""
    size = sizes("new_ones", given_sizes("new_ones", size, named))
    dtype, device = place_beside(self, "new_ones", dtype, device, layout, pin_memory)
    return finished(make_ones(device, size, dtype or self.array.dtype), requires_grad)


def new_empty(self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False, **named):
    """Unwritten elements of a shape, in this tensor's dtype and device unless others are asked for."""
    size = sizes("new_empty", given_sizes("new_empty", size, named))
    dtype, device = place_beside(self, "new_empty", dtype, device, layout, pin_memory)
    return finished(make_empty(device, size, dtype or self.array.dtype), requires_grad)


def new_full(self, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """One value everywhere, in this tensor's dtype and device unless others are asked for."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"new_full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    size, value = sizes("full", (size,)), as_number("full", "fill_value", 2, fill_value)
    dtype, device = place_beside(self, "full", dtype, device, layout, pin_memory)
    kind = dtype or self.array.dtype
    return finished(make_full(device, size, held(value, kind), kind), requires_grad)


def new_empty_strided(self, size, stride, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """Unwritten elements with strides, in this tensor's dtype and device unless others are asked for."""
    dtype = dtypes.of_numpy[self.array.dtype] if dtype is None else dtype
    return empty_strided(size, stride, dtype=dtype, device=device or self.device, layout=layout, pin_memory=pin_memory,
                         requires_grad=requires_grad)  # fmt: skip


for each in (new_zeros, new_ones, new_empty, new_full, new_empty_strided):
    setattr(Tensor, each.__name__, each)
