"""Storages: the memory under a tensor as an object, of bytes or of numbers, and tensors that are set onto one."""

import warnings

from tinytorch import dtypes, errors
from tinytorch.creation import as_dtype
from tinytorch.devices import CPU, resolve
from tinytorch.formats import packed_strides
from tinytorch.modes import mode
from tinytorch.ops.regions import extent
from tinytorch.storage import address, is_lent
from tinytorch.tensor import Tensor, count_write

BYTE = dtypes.uint8.numpy
DEPRECATED = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. "
    "This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use "
    "tensor.untyped_storage() instead of tensor.storage()"
)
warned = []  # not empty once it was said that storages of numbers are deprecated


class Storage:
    """What storages of bytes and of numbers share: `flat` is the whole memory as a flat array of their elements."""

    def size(self):
        """The number of elements."""
        return self.flat.size

    __len__ = size

    def nbytes(self):
        """How many bytes the memory has."""
        return self.flat.nbytes

    def __sizeof__(self):
        return 32 + self.nbytes()  # PyTorch's own object, which programs count in what they print

    def element_size(self):
        """How many bytes an element has."""
        return self.flat.itemsize

    def data_ptr(self):
        """The address of the first byte."""
        return address(self.flat)

    def resizable(self):
        """Whether the memory may be exchanged for larger: not where NumPy knows it."""
        return not is_lent(self.flat)

    def tolist(self):
        """The elements as Python's numbers."""
        values = self.device.to_numpy(self.flat)
        return (values.astype(dtypes.float32.numpy) if values.dtype in dtypes.HALVES else values).tolist()

    def fill_(self, value):
        """One value everywhere."""
        self.flat[...] = value
        return self

    def copy_(self, source, non_blocking=None):
        """The elements of another storage of the same size."""
        self.flat[...] = self.device.asarray(source.device.to_numpy(source.flat))
        return self

    def is_shared(self):
        """Whether other processes may see the memory, as `Tensor.is_shared` says."""
        from tinytorch.sharing import memory_of

        return self.is_cuda or memory_of(self.flat) is not None

    def _new_shared(self, size, *, device=None):
        from tinytorch.sharing import new_memory

        made = type(self).__new__(type(self))
        flat = new_memory(max(size, 1) * self.flat.itemsize).array(self.flat.dtype, (size,))
        made.__dict__.update(vars(self), flat=flat, device=CPU)
        return made

    def is_pinned(self, device=None):
        """Whether the memory is pinned: CuPy pins what it copies by itself."""
        return False

    @property
    def is_cuda(self):
        """Whether the memory is a GPU's."""
        return self.device.type == "cuda"

    def place(self, index):
        """An index that is there."""
        if not -self.flat.size <= index < self.flat.size:
            raise IndexError(f"index {index} out of range for storage of size {self.flat.size}")
        return index

    def shown(self, opening):
        """As PyTorch prints: the elements, one a line, and what they are."""
        lines = "".join([f" {each}\n" for each in self.tolist()])
        return f"{lines}[torch.storage.{opening}device={self.device}) of size {self.size()}]"


class UntypedStorage(Storage):
    """Memory as bytes: `UntypedStorage(4)` are four that nobody has written, `UntypedStorage([1, 2])` two of these."""

    def __init__(self, values=0, *, device=None):
        self.device = resolve(device)
        self.flat = self.device.asarray(made(values, BYTE))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return untyped(self.flat[index], self.device)
        return int(self.flat[self.place(index)].item())

    def __setitem__(self, index, value):
        self.flat[index] = value

    def clone(self):
        """A copy."""
        return untyped(self.flat.copy(), self.device)

    def cpu(self):
        """The storage on the CPU; itself if it is there."""
        return self if self.device is CPU else untyped(self.device.to_numpy(self.flat), CPU)

    def type(self):
        """The name of the class."""
        return "torch.storage.UntypedStorage"

    def untyped(self):
        """The storage itself."""
        return self

    def __eq__(self, other):
        return isinstance(other, UntypedStorage) and self.data_ptr() == other.data_ptr()

    def __hash__(self):
        return self.data_ptr()

    def __repr__(self):
        return self.shown("UntypedStorage(")


class TypedStorage(Storage):
    """Memory as numbers of one dtype, as older programs ask for it."""

    def __init__(self, values=0, *, wrap_storage=None, dtype=None, device=None):
        kind = dtypes.get_default_dtype() if dtype is None else as_dtype("TypedStorage", dtype)
        storage = UntypedStorage(0, device=device) if wrap_storage is None else wrap_storage
        self.device, self.dtype = storage.device, kind
        whole = storage.flat.size // kind.itemsize * kind.itemsize
        self.flat = storage.flat[:whole].view(kind.numpy)
        if wrap_storage is None:
            self.flat = self.device.asarray(made(values, kind.numpy))

    def __getitem__(self, index):
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        value = self.flat[self.place(index)].item()
        return float(value) if self.dtype is dtypes.bfloat16 else value

    def __setitem__(self, index, value):
        self.flat[index] = value

    def clone(self):
        """A copy."""
        return typed(self.flat.copy(), self.device)

    def cpu(self):
        """The storage on the CPU; itself if it is there."""
        return self if self.device is CPU else typed(self.device.to_numpy(self.flat), CPU)

    def type(self):
        """The name of the class for the dtype, such as `torch.FloatStorage`."""
        return f"torch.{'' if self.device is CPU else self.device.type + '.'}{self.pickle_storage_type()}"

    def pickle_storage_type(self):
        """The name of the class for the dtype without its module."""
        return f"{self.dtype.title}Storage"

    def untyped(self):
        """The same memory as bytes."""
        return untyped(self.flat.view(BYTE), self.device)

    _untyped_storage = property(untyped)

    def __repr__(self):
        return self.shown(f"TypedStorage(dtype={self.dtype}, ")


class StorageType(type):
    """The class of a name for a storage of one dtype, such as `torch.FloatStorage`."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, TypedStorage) and instance.dtype is cls.dtype and instance.device is CPU

    def __call__(cls, values=0):
        return TypedStorage(values, dtype=cls.dtype)

    def from_buffer(cls, buffer, byte_order="native", count=-1, offset=0):
        """A storage with a copy of the numbers in a buffer, from the byte `offset` on, in a byte order."""
        order = {"native": "=", "little": "<", "big": ">"}[byte_order]
        length, unit = len(memoryview(buffer).cast("B")) - offset, cls.dtype.itemsize
        if count < 0 and length % unit:
            raise ValueError(f"buffer size ({length}) must be a multiple of element size ({unit})")
        values = CPU.xp.frombuffer(buffer, cls.dtype.numpy.newbyteorder(order), count, offset)
        return typed(values.astype(cls.dtype.numpy), CPU)


TYPES = {each: StorageType(f"{each.title}Storage", (), {"dtype": each, "__module__": "torch"}) for each in dtypes.ALL}
UntypedStorage.__module__ = TypedStorage.__module__ = "torch.storage"
FloatStorage, DoubleStorage, HalfStorage, BFloat16Storage, ComplexFloatStorage, ComplexDoubleStorage = [
    TYPES[each]
    for each in (
        dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16, dtypes.complex64, dtypes.complex128
    )
]  # fmt: skip
ByteStorage, CharStorage, ShortStorage, IntStorage, LongStorage, BoolStorage = [
    TYPES[each] for each in (dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.bool_)
]


def made(values, dtype):
    """An array of as many elements that nobody has written, or of the values of a sequence."""
    return CPU.xp.empty(values, dtype) if isinstance(values, int) else CPU.xp.array(values, dtype)


def untyped(array, device):
    """A storage of bytes over an array of them."""
    storage = UntypedStorage.__new__(UntypedStorage)
    storage.flat, storage.device = array, device
    return storage


def typed(array, device):
    """A storage of numbers over a flat array of them."""
    storage = TypedStorage.__new__(TypedStorage)
    storage.flat, storage.device, storage.dtype = array, device, dtypes.of_numpy[array.dtype]
    return storage


def untyped_storage(self):
    """The memory under the tensor as bytes."""
    return untyped(self.device.xp.storage(self.array)[0].view(BYTE), self.device)


def storage(self):
    """The memory under the tensor as numbers; newer programs ask for `untyped_storage()`."""
    if not warned:
        warned.append(True)
        warnings.warn(DEPRECATED, UserWarning, stacklevel=2)
    return _typed_storage(self)


def _typed_storage(self):
    return typed(self.device.xp.storage(self.array)[0], self.device)


def is_storage(obj):
    """Whether an object is the memory of a tensor."""
    return isinstance(obj, Storage)


def set_(self, source=None, storage_offset=0, size=None, stride=None):
    """Show other memory: another tensor's, or a storage's from an element on, in a shape and with strides in elements.

    A RuntimeError for a leaf that requires grad and for another dtype.
    """
    if mode.grad and self.requires_grad:
        raise RuntimeError(errors.LEAF)
    if source is None:
        array = self.device.xp.empty(0, self.array.dtype)
    elif isinstance(source, Tensor):
        array = source.array
        if array.dtype is not self.array.dtype:
            names = [errors.CPP_NAMES[each.dtype.name] for each in (source, self)]
            raise RuntimeError(f"Could not set tensor of type {names[0]} to a tensor of type {names[1]}")
    else:
        flat = TypedStorage(wrap_storage=source.untyped(), dtype=self.dtype).flat
        size = (flat.size - storage_offset,) if size is None else tuple(size)
        layout = size, tuple(stride or packed_strides(size)), storage_offset
        reach = extent(layout)
        if reach > flat.size and 0 not in size:
            raise errors.beyond_storage(layout, reach, flat)
        array = self.device.xp.strided(flat, *layout)
    version = count_write(self)
    self.array, self.base, self.counter = array, None, type(self.counter)((version + 1,))
    return self


def is_set_to(self, tensor):
    """Whether two tensors show the same memory in the same way."""
    one, other = self.array, tensor.array
    return address(one) == address(other) and one.shape == other.shape and one.strides == other.strides


def storage_type(self):
    """The class of the typed storage for the tensor's dtype, such as `torch.FloatStorage`."""
    return TYPES[self.dtype]


Tensor.untyped_storage, Tensor.storage, Tensor.set_, Tensor.is_set_to = untyped_storage, storage, set_, is_set_to
Tensor.storage_type, Tensor._typed_storage = storage_type, _typed_storage
