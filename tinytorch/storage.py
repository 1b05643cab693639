"""The memory under tensors: addresses, sizes, resizing, and the flags by which programs ask where and how it lies."""

import weakref

from tinytorch.creation import CUDA, sizes
from tinytorch.devices import CPU
from tinytorch.formats import contiguous_format, format_strides, preserve_format, strided
from tinytorch.tensor import Tensor

borrowed = {}  # address of an owner of memory that NumPy shares -> the owner, weakly: such memory cannot be exchanged


def lend(array):
    """Remember that NumPy knows the memory of an array."""
    owner = owner_of(array)
    key = id(owner)
    if key not in borrowed:
        borrowed[key] = weakref.ref(owner, lambda _: borrowed.pop(key, None))


def is_lent(array):
    """Whether NumPy knows the memory of an array."""
    return isinstance(array, CPU.array) and id(owner_of(array)) in borrowed


def owner_of(array):
    """The NumPy array that owns the memory of another."""
    while True:
        base = array.base
        if base is not None and type(base) is not CPU.array:
            base = getattr(base, "base", None)  # NumPy puts a keeper between strided views and their memory
        if type(base) is not CPU.array:
            return array
        array = base


def resize_(self, *size, memory_format=contiguous_format):
    """Take another shape in the same memory, row by row; what does not fit is kept, what is new is not written yet.

    Memory that is too small is exchanged for larger, into which it is copied: other tensors keep the old one. A
    RuntimeError for a tensor that requires grad and for memory that NumPy knows.
    """
    size = sizes("resize_", size)
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    form = None if memory_format is preserve_format else memory_format
    array, device = self.array, self.device
    if size == array.shape and memory_format is contiguous_format:
        return self
    stride = format_strides(size, form)
    count = 1
    for each in size:
        count *= each
    flat, offset = device.xp.storage(array)
    if offset + count > flat.size:
        if is_lent(array):
            raise RuntimeError("Trying to resize storage that is not resizable")
        larger = device.xp.empty(offset + count, array.dtype)
        larger[: flat.size] = flat
        flat = larger
    self.array = device.xp.strided(flat, size, stride, offset)
    self.counter[0] += 1
    return self


def resize_as_(self, other, *, memory_format=contiguous_format):
    """Take the shape of another tensor, as `resize_` does."""
    return resize_(self, other.array.shape, memory_format=memory_format)


class UntypedStorage:
    """The memory of a tensor as bytes."""

    def __init__(self, tensor):
        self.array, self.device = tensor.array, tensor.device
        self.flat, self.offset = self.device.xp.storage(self.array)

    def nbytes(self):
        """How many bytes the memory has."""
        return self.flat.nbytes

    size = __len__ = nbytes

    def data_ptr(self):
        """The address of the first byte."""
        return address(self.flat)

    def resizable(self):
        """Whether the memory may be exchanged for larger: not where NumPy knows it."""
        return not is_lent(self.array)

    def tolist(self):
        """The bytes as numbers."""
        return list(self.device.to_numpy(self.flat).tobytes())

    def __eq__(self, other):
        return isinstance(other, UntypedStorage) and self.data_ptr() == other.data_ptr()

    def __hash__(self):
        return self.data_ptr()

    def __repr__(self):
        lines = "\n".join(f" {each}" for each in self.tolist())
        return f"{lines}\n[torch.storage.UntypedStorage(device={self.device}) of size {self.nbytes()}]"


UntypedStorage.__module__ = "torch.storage"


def address(array):
    """Where the first element of an array lies in the memory of its device; 0 where there is none."""
    if isinstance(array, CPU.array):
        return array.__array_interface__["data"][0] if array.size else 0
    pointer = getattr(array, "data", None)
    return 0 if pointer is None or not array.size else int(getattr(pointer, "ptr", 0))


def storage_offset(self):
    """How many elements of the memory lie before the first of this tensor."""
    return self.device.xp.storage(self.array)[1] if self.array.size else 0


def get_device(self):
    """The number of the GPU, or -1 for the CPU."""
    return -1 if self.device.index is None else self.device.index


def pin_memory(self, device=None):
    """The tensor itself on a machine with a GPU, whose copies CuPy pins; a RuntimeError where there is none."""
    if CUDA.module.unavailable_reason(None) is not None:
        raise RuntimeError("Cannot access accelerator device when none is available.")
    if self.device is not CPU:
        raise RuntimeError(f"cannot pin '{self.type()}' only dense CPU tensors can be pinned")
    return self


def share_memory_(self):
    """Nothing is moved: processes that are forked see the memory as it is then."""
    return self


def told(documentation, function):
    """A function that says all in one expression, with its documentation."""
    function.__doc__ = documentation
    return function


def where(kind):
    """A property: whether the tensor lives on a type of device."""
    return property(lambda self: self.device.type == kind, doc=f"Whether the tensor lives on {kind}.")


NEVER = property(lambda self: False, doc="False: there are no such tensors here.")
Tensor.resize_, Tensor.resize_as_ = resize_, resize_as_
Tensor.storage_offset, Tensor.get_device, Tensor.pin_memory, Tensor.share_memory_ = (
    storage_offset,
    get_device,
    pin_memory,
    share_memory_,
)
Tensor.itemsize = property(lambda self: self.array.itemsize, doc="The bytes of one element.")
Tensor.nbytes = property(lambda self: self.array.size * self.array.itemsize, doc="The bytes of all elements.")
Tensor.layout = property(lambda self: strided, doc="How elements are stored: always `torch.strided`.")
Tensor.is_cpu, Tensor.is_cuda, Tensor.is_meta = where("cpu"), where("cuda"), where("meta")
Tensor.is_sparse = Tensor.is_sparse_csr = Tensor.is_quantized = Tensor.is_mkldnn = Tensor.is_nested = NEVER
Tensor.is_mps = Tensor.is_xpu = Tensor.is_xla = Tensor.is_ipu = Tensor.is_hpu = Tensor.is_vulkan = NEVER
for name, documentation, function in (
    ("untyped_storage", "The memory under the tensor and its views.", lambda self: UntypedStorage(self)),
    ("data_ptr", "The address of the first element.", lambda self: address(self.array)),
    ("element_size", "The bytes of one element.", lambda self: self.array.itemsize),
    ("is_pinned", "False: no memory is pinned here.", lambda self, device=None: False),
    ("is_shared", "False: memory belongs to one process.", lambda self: False),
    ("is_distributed", "False: a tensor lives in one process.", lambda self: False),
    ("is_inference", "False: there is no inference mode.", lambda self: False),
    ("is_conj", "False: a conjugate is computed at once.", lambda self: False),
    ("is_neg", "False: a negative is computed at once.", lambda self: False),
    ("is_signed", "Whether elements can be below 0.", lambda self: self.dtype.is_signed),
    ("is_complex", "Whether elements are complex numbers.", lambda self: self.array.dtype.kind == "c"),
    ("is_floating_point", "Whether elements are floating point numbers.", lambda self: self.dtype.is_floating_point),
    ("is_same_size", "Whether another tensor has this shape.", lambda self, other: self.shape == other.shape),
    ("dense_dim", "The number of dimensions, as none is sparse.", lambda self: self.array.ndim),
):
    setattr(Tensor, name, told(documentation, function))


def is_tensor(obj):
    """Whether an object is a tensor."""
    return isinstance(obj, Tensor)


def is_storage(obj):
    """Whether an object is the memory of a tensor."""
    return isinstance(obj, UntypedStorage)


def is_floating_point(input):
    """Whether a tensor's dtype is one of floating point numbers."""
    return input.is_floating_point()


def is_complex(input):
    """Whether a tensor's dtype is complex."""
    return input.is_complex()


def is_nonzero(input):
    """Whether the one element of a tensor is not 0; a RuntimeError for several."""
    return bool(input)


def numel(input):
    """The number of elements."""
    return input.array.size


Tensor.is_nonzero = is_nonzero
