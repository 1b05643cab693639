"""NumPy's arrays, scalars and dtypes in files: data, made from checked parts, of dtypes whose elements are plain.

Pickle makes them blank and gives them their state afterwards, as NumPy does it, but nothing of a state reaches NumPy
before it fits: the layout of a dtype is derived again, never read.
"""

import math
import re
from pickle import UnpicklingError
from reprlib import repr as short  # what a file made can be longer than memory

from tinytorch.devices import CPU

PLAIN = re.compile(r"[biufc]\d{1,2}|[SUV]\d{1,9}|O8?")  # numbers, texts, bytes, objects
ARRAY, DTYPE = CPU.array, CPU.xp.dtype


def dtype_of(code, align=False, copy=True):
    """A dtype of its own, which can still be given its byte order."""
    if type(code) is not str or not PLAIN.fullmatch(code):
        raise UnpicklingError(f"arrays of the dtype {short(code)} are not loaded")
    return DTYPE(code, False, True)


def blank_array(cls, shape, code):
    """The array that its state fills."""
    if cls is not ARRAY:
        raise UnpicklingError(f"no array is made so: {short(cls)}")
    return CPU.xp.empty(0, "b")


def scalar_of(dtype, data):
    """The scalar of a dtype that bytes hold."""
    check_elements(dtype, data, 1)
    return CPU.xp.frombuffer(data, dtype)[0]


def array_of(data, dtype, shape, order):
    """The array in the bytes that protocol 5 writes."""
    check_elements(dtype, data, size_of(shape))
    if order not in ("C", "F"):
        raise UnpicklingError(f"arrays have no order {short(order)}")
    return CPU.xp.frombuffer(bytearray(data), dtype).reshape(shape, order=order)


FUNCTIONS = {  # in files of NumPy 2 and of NumPy 1
    **{f"numpy.{room}.multiarray._reconstruct": blank_array for room in ("_core", "core")},
    **{f"numpy.{room}.multiarray.scalar": scalar_of for room in ("_core", "core")},
    **{f"numpy.{room}.numeric._frombuffer": array_of for room in ("_core", "core")},
    "numpy.dtype": dtype_of,
}
NAMES = FUNCTIONS | {"numpy.ndarray": ARRAY}


def fill(made, state):
    """Give a blank array its elements, or a dtype its byte order."""
    if isinstance(made, DTYPE):
        order, *rest = state[1:]
        if order not in ("<", ">", "=", "|") or any(each is not None for each in rest[:3]) or len(rest) > 6:
            raise UnpicklingError(f"only dtypes without fields are loaded, but the state is {short(state)}")
        made.__setstate__((3, order, None, None, None, made.itemsize, made.alignment, made.flags))
        return
    _, shape, dtype, is_fortran, data = state
    data = data.encode("latin1") if type(data) is str else data  # as Python 2 wrote it
    check_elements(dtype, data, size_of(shape), objects=True)
    made.__setstate__((1, shape, dtype, bool(is_fortran), data))


def size_of(shape):
    """The number of elements of a shape."""
    if type(shape) is not tuple or len(shape) > 64 or any(type(each) is not int or each >> 48 for each in shape):
        raise UnpicklingError(f"no array has the shape {short(shape)}")
    return math.prod(shape)


def check_elements(dtype, data, count, objects=False):
    """Refuse data that are not so many elements of a dtype."""
    if not isinstance(dtype, DTYPE) or (dtype.hasobject and not objects):
        raise UnpicklingError(f"no array is made of {short(dtype)}")
    kinds, found = ((list,), dtype.itemsize) if dtype.hasobject else ((bytes, bytearray), 1)
    if type(data) not in kinds or not dtype.itemsize or len(data) * found != count * dtype.itemsize:
        raise UnpicklingError(f"the data of an array are not its {count} elements of {dtype}")
