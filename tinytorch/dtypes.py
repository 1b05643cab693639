"""The element types: their names, NumPy's dtype behind each, and how they promote."""

import gc

collects = gc.isenabled()
gc.disable()  # what NumPy makes at its import stays, and to look through it again takes a sixth of our own import
try:
    import ml_dtypes
    import numpy
finally:
    if collects:
        gc.enable()

BOOL, INTEGER, FLOAT, COMPLEX = range(4)  # the categories that promotion distinguishes


class dtype:
    """An element type, such as `torch.float32`; there is one object per type, so `is` compares them."""

    __slots__ = ("category", "is_complex", "is_floating_point", "is_signed", "itemsize", "name", "numpy", "title")

    def __init__(self, name, numpy_dtype, category, title):
        self.name = name
        self.numpy = numpy.dtype(numpy_dtype)
        self.category = category
        self.title = title  # what PyTorch's errors call it: "Float", "Long"
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = category == FLOAT
        self.is_complex = category == COMPLEX
        self.is_signed = name not in ("bool", "uint8")

    def __repr__(self):
        return f"torch.{self.name}"

    def __reduce__(self):
        return named, (self.name,)

    def to_real(self):
        """The type of the real part: `complex64` gives `float32`; a real type gives itself."""
        return real_of.get(self, self)

    def to_complex(self):
        """The complex type whose parts have this type: `float32` gives `complex64`."""
        return complex_of.get(self, self)


dtype.__module__ = "torch"


def named(name):
    """The dtype of a name, for pickle."""
    return next(each for each in ALL if each.name == name)


bool_ = dtype("bool", numpy.bool_, BOOL, "Bool")
uint8 = dtype("uint8", numpy.uint8, INTEGER, "Byte")
int8 = dtype("int8", numpy.int8, INTEGER, "Char")
int16 = dtype("int16", numpy.int16, INTEGER, "Short")
int32 = dtype("int32", numpy.int32, INTEGER, "Int")
int64 = dtype("int64", numpy.int64, INTEGER, "Long")
float16 = dtype("float16", numpy.float16, FLOAT, "Half")
bfloat16 = dtype("bfloat16", ml_dtypes.bfloat16, FLOAT, "BFloat16")
float32 = dtype("float32", numpy.float32, FLOAT, "Float")
float64 = dtype("float64", numpy.float64, FLOAT, "Double")
complex64 = dtype("complex64", numpy.complex64, COMPLEX, "ComplexFloat")
complex128 = dtype("complex128", numpy.complex128, COMPLEX, "ComplexDouble")

ALL = (bool_, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64, complex64, complex128)
of_numpy = {each.numpy: each for each in ALL}  # NumPy's dtype -> ours
real_of = {complex64: float32, complex128: float64}
complex_of = {float16: complex64, bfloat16: complex64, float32: complex64, float64: complex128}
HALVES = frozenset((float16.numpy, bfloat16.numpy))
LADDER = {each.numpy: height for height, each in enumerate((float16, float32, float64))}


class Default:
    """The type of new floating point tensors, one for the whole process, as in PyTorch."""

    dtype = float32


def get_default_dtype():
    """The type that `torch.tensor(1.5)` and integer division give; `torch.float32` at the start."""
    return Default.dtype


def set_default_dtype(d):
    """Make `d` the type of new floating point tensors; a TypeError if it is not floating point."""
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    Default.dtype = d


def of_array(array_dtype):
    """Our type of NumPy's dtype, or a TypeError in PyTorch's words."""
    found = of_numpy.get(numpy.dtype(array_dtype))
    if found is None:
        name = numpy.dtype(array_dtype).type.__name__
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{name}. The only supported types are: float64, float32, float16, "
            "complex64, complex128, int64, int32, int16, int8, uint8, and bool."
        )
    return found


def of_value(value):
    """The type of a Python number: bool, int64, the default float, or the complex of the default."""
    kind = type(value)
    if kind is bool:
        return bool_
    if kind is int:
        return int64
    if kind is float:
        return Default.dtype
    if kind is complex:
        return Default.dtype.to_complex()
    return of_array(numpy.asarray(value).dtype)


def wider(one, other):
    """The smaller type that holds both, for two types of dimensioned tensors."""
    if one is other:
        return one
    low, high = sorted((one, other), key=lambda each: each.category)
    if low.category != high.category:
        if high.category == COMPLEX and low is float64:
            return complex128
        return high
    if one.category == INTEGER:
        return of_numpy[numpy.promote_types(one.numpy, other.numpy)]
    if {one, other} == {float16, bfloat16}:
        return float32
    return max(one, other, key=lambda each: (each.itemsize, each.name))


promote_table = {(one.numpy, other.numpy): wider(one, other).numpy for one in ALL for other in ALL}
category_of = {each.numpy: each.category for each in ALL}
NUMBER_CATEGORY = {bool: BOOL, int: INTEGER, float: FLOAT, complex: COMPLEX}


def promote(operands):
    """NumPy's dtype of a result of `operands`, arrays and Python numbers: tensors with dimensions decide,
    then tensors without, then numbers; a lower class counts only where its category is higher.
    """
    dimensioned = zero_dim = None
    number = -1
    for value in operands:
        category = NUMBER_CATEGORY.get(type(value))
        if category is not None:
            if category > number:
                number = category
        elif value.ndim:
            dimensioned = value.dtype if dimensioned is None else promote_table[dimensioned, value.dtype]
        else:
            zero_dim = value.dtype if zero_dim is None else promote_table[zero_dim, value.dtype]
    result = dimensioned
    if zero_dim is not None and (result is None or category_of[zero_dim] > category_of[result]):
        result = zero_dim if result is None or category_of[zero_dim] < COMPLEX else joined(result, zero_dim)
    if number >= 0 and (result is None or number > category_of[result]):
        weak = (bool_, int64, Default.dtype, Default.dtype.to_complex())[number].numpy
        result = weak if result is None or number < COMPLEX else joined(result, weak)
    return result


def joined(result, weak):
    """A float tensor and a complex value without dimensions: the tensor's precision decides."""
    if category_of[result] == FLOAT:
        return of_numpy[result].to_complex().numpy
    return weak


def promote_types(type1, type2):
    """The smallest type to which both may be converted."""
    need_dtype("promote_types", type1, "type1"), need_dtype("promote_types", type2, "type2", 2)
    return of_numpy[promote_table[type1.numpy, type2.numpy]]


def can_cast(from_, to):
    """Whether PyTorch converts a result of type `from_` into a tensor of type `to`: never to a lower category."""
    need_dtype("can_cast", from_, "from_"), need_dtype("can_cast", to, "to", 2)
    return from_.category <= to.category


class finfo:
    """The limits of a floating point type: `bits eps max min tiny smallest_normal resolution dtype`."""

    def __init__(self, type=None):
        type = get_default_dtype() if type is None else need_dtype("finfo", type)
        if type.category < FLOAT:
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        real = type.to_real()
        limits = ml_dtypes.finfo(real.numpy)
        self.bits = real.itemsize * 8
        self.eps = float(limits.eps)
        self.max = float(limits.max)
        self.min = float(limits.min)
        self.tiny = self.smallest_normal = float(limits.tiny)
        self.resolution = 10.0**-limits.precision
        self.dtype = real.name

    def __eq__(self, other):
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __repr__(self):
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """The limits of an integer type: `bits min max dtype`."""

    def __init__(self, type):
        if need_dtype("iinfo", type).category > INTEGER:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        if type is bool_:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        limits = numpy.iinfo(type.numpy)
        self.bits, self.min, self.max, self.dtype = limits.bits, int(limits.min), int(limits.max), type.name

    def __eq__(self, other):
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def need_dtype(name, value, parameter="type", position=1):
    """A dtype, or PyTorch's refusal of what is none."""
    if not isinstance(value, dtype):
        kind = type(value).__name__
        raise TypeError(f"{name}(): argument '{parameter}' (position {position}) must be torch.dtype, not {kind}")
    return value


finfo.__module__ = iinfo.__module__ = "torch"
