"""How a body is run: its operands cast to the type that is computed in, its results rounded, laid out and written."""

import warnings

from tinytorch import dtypes, errors
from tinytorch.declaration import ASKED
from tinytorch.layout import alike, in_rows, joined_shape, layout_of, normal_dim
from tinytorch.tensor import Tensor

NUMBERS = (bool, int, float, complex)


def run(op, device, args, out):
    """The body's result in the dtype that PyTorch gives it; with `out` it is written there."""
    given = [raw(value, device) for value in args]
    arrays = list(given)
    if op.kind == "elementwise":
        shape = broadcast_shape(op, arrays)
        result, working = cast_operands(op, device, arrays)
    else:
        shape = None
        normalize_dims(op, arrays)
        cast_to_asked(op, arrays, out)
        result, working = widen_halves(op, device, arrays)
    named = dict(zip(op.keywords, arrays[op.positional :], strict=True))
    if out is None:
        data = op.body(device.xp, *arrays[: op.positional], **named)
        if type(data) in (tuple, list):
            return tuple([in_order(op, given, rounded(each, device, result), device) for each in data])
        return in_order(op, given, rounded(data, device, result), device)
    target = out.array
    exact = None if out is args[0] else op.exact
    if result is not None and exact and target.dtype != result:
        raise errors.other_dtype(exact, result, target.dtype)
    if result is not None and dtypes.category_of[result] > dtypes.category_of[target.dtype]:
        raise errors.result_cast(result, target.dtype)
    if shape is not None and target.shape != shape:
        fit_output(out, shape, out is args[0])
        target = out.array
    if op.has_out and (target.dtype is working is result or (op.rule.writes and out is args[0] and working is result)):
        op.body(device.xp, *arrays[: op.positional], **named, out=target)
    else:
        data = rounded(op.body(device.xp, *arrays[: op.positional], **named), device, result)
        if exact and target.dtype != data.dtype:
            raise errors.other_dtype(exact, data.dtype, target.dtype)
        if dtypes.category_of[data.dtype] > dtypes.category_of[target.dtype]:
            raise errors.result_cast(data.dtype, target.dtype)
        if data.shape != target.shape:
            fit_output(out, data.shape, out is args[0])
        out.array[...] = data if data.dtype == target.dtype else data.astype(target.dtype)
    return out.array


def raw(value, device):
    """A tensor's array on `device`, the arrays of a list of tensors, anything else as it is."""
    if isinstance(value, Tensor):
        return value.array if value.device is device else device.asarray(value.device.to_numpy(value.array))
    if type(value) in (list, tuple) and value and isinstance(value[0], Tensor):
        return [each.array for each in value]
    return value


def rounded(data, device, result):
    """A result of the body as an array of the device; half precision that came out as float32 is rounded."""
    if type(data) is not device.array:
        data = device.asarray(data)
    if result in dtypes.HALVES and data.dtype == dtypes.float32.numpy:
        data = data.astype(result)
    return data


def cast_operands(op, device, arrays):
    """Cast the operands, in place, to the type that is computed in; the result's dtype and that type are returned."""
    result, working = working_types(
        op, device, [arrays[position] for position in op.operands if arrays[position] is not None]
    )
    for position in op.operands:
        value = arrays[position]
        if type(value) in NUMBERS:
            arrays[position] = number_as(value, working)
        elif value is not None and value.dtype is not working:
            arrays[position] = value.astype(working)
    return result, dtypes.bool_.numpy if op.rule.dtype == "bool" else working


def working_types(op, device, operands):
    """The dtype of an elementwise result, and the one that its operands are cast to."""
    common = dtypes.promote(operands)
    if op.rule.dtype == "float" and dtypes.category_of[common] < dtypes.FLOAT:
        common = dtypes.get_default_dtype().numpy
    working = common if op.rule.moves else device.module.compute_dtype(common)
    return dtypes.bool_.numpy if op.rule.dtype == "bool" else common, working


def number_as(value, dtype):
    """A Python number as an element of a dtype would hold it; integers wrap, as PyTorch's do."""
    if dtypes.category_of[dtype] != dtypes.INTEGER:
        return value
    bits = dtype.itemsize * 8
    value = int(value) & ((1 << bits) - 1)
    return value - (1 << bits) if dtype.kind == "i" and value >> (bits - 1) else value


def cast_to_asked(op, arrays, out):
    """Cast the first argument, in place, to the dtype that the setting `dtype`, or `out`, asks for, as PyTorch's
    reductions do."""
    place = op.parameters.index("dtype") if "dtype" in op.parameters else None
    if op.rule.exact is ASKED and out is not None and arrays[place] is None:
        arrays[place] = out.dtype
    asked = None if place is None else arrays[place]
    if isinstance(asked, dtypes.dtype) and arrays[0].dtype is not asked.numpy:
        arrays[0] = arrays[0].astype(asked.numpy)


def widen_halves(op, device, arrays):
    """Make half precision float32, in place, where the device wants it; the dtype of results, and the wide one."""
    found = {
        each.dtype for value in arrays for each in (value if type(value) is list else [value]) if hasattr(each, "dtype")
    }
    halves = found & dtypes.HALVES
    floats = {each for each in found if dtypes.category_of[each] == dtypes.FLOAT}
    if op.rule.moves or op.kind == "view" or len(floats) > 1:  # of mixed dtypes the body decides whether it takes them
        return None, None
    if not halves:
        return None, None
    (half,) = halves
    wide = dtypes.float32.numpy if op.rule.wide else device.module.compute_dtype(half)
    if wide is half:
        return half, half
    for position, value in enumerate(arrays):
        if type(value) is list:
            arrays[position] = [
                widened(each, wide) if getattr(each, "dtype", None) in halves else each for each in value
            ]
        elif getattr(value, "dtype", None) in halves:
            arrays[position] = widened(value, wide)
    return half, wide


def widened(array, dtype):
    """The array in a wider dtype, in its order of memory; expanded elements stand in rows."""
    return array.astype(dtype, "C" if 0 in array.strides else "K")


# In which shape


def normalize_dims(op, arrays):
    """Dimensions counted from the front, and PyTorch's error for one that is not there."""
    first = arrays[0][0] if type(arrays[0]) is list else arrays[0]
    ndim = first.ndim + op.rule.more_dims
    for position in op.dims:
        dim = arrays[position]
        if type(dim) is int:
            arrays[position] = normal_dim(dim, ndim)
        elif isinstance(dim, (tuple, list)):
            arrays[position] = dims = tuple([normal_dim(each, ndim) for each in dim])
            if len(set(dims)) < len(dims):
                twice = next(each for each in dims if dims.count(each) > 1)
                raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")


def broadcast_shape(op, arrays):
    """The shape of an elementwise result, or PyTorch's error where the shapes do not broadcast."""
    shape = ()
    for position in sorted((*op.operands, *op.companions)) if op.companions else op.operands:
        other = getattr(arrays[position], "shape", ())
        if other != shape:
            shape = joined_shape(shape, other)
    return shape


def in_order(op, arrays, data, device):
    """The result in the order of memory that PyTorch gives it: the first operand that has a say decides."""
    if op.kind != "elementwise" or data.ndim < 2:
        return data
    named = () if list(op.operands) == sorted(op.operands) else op.operands  # a Rule may name them in another order
    order = (*named, *[place for place in range(len(arrays)) if place not in named])
    operands = [arrays[place] for place in order if getattr(arrays[place], "ndim", 0) > 0]
    if not has_number(op, arrays) and all(each.flags.c_contiguous and alike(each, operands[0]) for each in operands):
        return data
    if data.flags.c_contiguous and all(map(in_rows, operands)):
        return data
    return laid_like(data, operands, device)


def has_number(op, arrays):
    """Whether one of several operands has no dimensions, or is a number that PyTorch takes for such a tensor.

    Strides of dimensions of size 1 have a say then, as the operands do not all have one shape.
    """
    if len(op.operands) < 2:
        return False
    for place in op.operands:
        each = arrays[place]
        if getattr(each, "ndim", 0 if op.counts_numbers(place) and each is not None else 1) == 0:
            return True
    return False


def laid_like(data, operands, device):
    """A new result in the order of memory of `operands`."""
    order, strides = layout_of(data.shape, tuple([(each.shape, each.strides) for each in operands]), data.itemsize)
    if data.strides == strides:
        return data
    laid = device.xp.empty([data.shape[dim] for dim in order], data.dtype).transpose(
        [order.index(dim) for dim in range(data.ndim)]
    )
    if laid.strides == data.strides:
        return data
    laid[...] = data
    return laid


def fit_output(out, shape, in_place):
    """Give `out` the shape of a result; an in-place form has to have it."""
    if in_place:
        raise errors.output_shape(out.array.shape, shape)
    warn_of_resize(out, shape)
    out.resize_(shape)


def warn_of_resize(out, shape):
    """PyTorch's warning of an `out` with elements that does not have the shape of its result."""
    if out.array.size and out.array.shape != shape:
        warnings.warn(
            "An output with one or more elements was resized since it had shape "
            f"{list(out.array.shape)}, which does not match the required output shape {list(shape)}. "
            "This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they "
            "have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements "
            "with t.resize_(0).",
            stacklevel=6,
        )
