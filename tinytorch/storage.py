"""The memory under tensors: addresses, sizes, resizing, and the flags by which programs ask where and how it lies."""

import weakref

from tinytorch import errors
from tinytorch.creation import CUDA, sizes, unwritten
from tinytorch.devices import CPU
from tinytorch.devices.batched import NO_STORAGE, BatchedArray
from tinytorch.formats import contiguous_format, format_strides, preserve_format, strided
from tinytorch.modes import levels
from tinytorch.tensor import Tensor, Untracked, count_write

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
    if any(level.tangent_of(self) is not None for level in levels):
        raise RuntimeError("cannot resize variables that has a forward grad")
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
        larger = unwritten(device.xp, offset + count, array.dtype)
        larger[: flat.size] = flat
        flat = larger
    count_write(self)
    self.array = device.xp.strided(flat, size, stride, offset)
    return self


def resize_as_(self, other, *, memory_format=contiguous_format):
    """Take the shape of another tensor, as `resize_` does."""
    return resize_(self, other.array.shape, memory_format=memory_format)


def address(array):
    """Where the first element of an array lies in the memory of its device; 0 where there is none."""
    if isinstance(array, BatchedArray) and array.batched:
        raise RuntimeError(NO_STORAGE)
    if isinstance(array, CPU.array):
        return array.__array_interface__["data"][0] if array.size else 0
    pointer = getattr(array, "data", None)
    return 0 if pointer is None or not array.size else int(getattr(pointer, "ptr", 0))


def storage_offset(self):
    """How many elements of the memory lie before the first of this tensor."""
    return self.device.xp.storage(self.array)[1] if self.array.size else 0


def get_device(input):
    """The number of the GPU, or -1 for the CPU."""
    device = need_tensor("get_device", input).device
    return -1 if device.index is None else device.index


def pin_memory(self, device=None):
    """The tensor itself on a machine with a GPU, whose copies CuPy pins; a RuntimeError where there is none."""
    if CUDA.module.unavailable_reason(None) is not None:
        raise RuntimeError("Cannot access accelerator device when none is available.")
    if self.device is not CPU:
        raise RuntimeError(f"cannot pin '{self.type()}' only dense CPU tensors can be pinned")
    return self


def share_memory_(self):
    """Move to memory that processes share; views that were made before keep the old, and a GPU's stays where it is."""
    from tinytorch.sharing import share  # with multiprocessing

    return share(self)


def is_shared(self):
    """Whether other processes may see the memory: after `share_memory_`, of what they sent, and on a GPU."""
    from tinytorch.sharing import memory_of

    return self.is_cuda or memory_of(self.array) is not None


def where(kind):
    """A property: whether the tensor lives on a type of device."""
    return property(lambda self: self.device.type == kind, doc=f"Whether the tensor lives on {kind}.")


def told(documentation, function):
    """A function that says all in one expression, with its documentation."""
    function.__doc__ = documentation
    return function


NEVER = property(lambda self: False, doc="False: there are no such tensors here.")
Tensor.resize_, Tensor.resize_as_ = resize_, resize_as_
Tensor.is_shared = is_shared
Tensor.storage_offset, Tensor.get_device, Tensor.pin_memory, Tensor.share_memory_ = (
    storage_offset,
    get_device,
    pin_memory,
    share_memory_,
)
Tensor.itemsize = property(lambda self: self.array.itemsize, doc="The bytes of one element.")
Tensor.nbytes = property(lambda self: self.array.size * self.array.itemsize, doc="The bytes of all elements.")
Tensor.layout = property(lambda self: strided, doc="How elements are stored: `torch.strided`, but by sparse ones.")
Tensor.is_cpu, Tensor.is_cuda, Tensor.is_meta = where("cpu"), where("cuda"), where("meta")
Tensor.is_sparse = Tensor.is_sparse_csr = Tensor.is_quantized = Tensor.is_mkldnn = Tensor.is_nested = NEVER
Tensor.is_mps = Tensor.is_xpu = Tensor.is_xla = Tensor.is_ipu = Tensor.is_hpu = Tensor.is_vulkan = NEVER
Tensor.is_mtia = Tensor.is_maia = NEVER
Tensor.data_ptr = told("The address of the first element.", lambda self: address(self.array))
Tensor.element_size = told("The bytes of one element.", lambda self: self.array.itemsize)
Tensor.is_pinned = told("False: no memory is pinned here.", lambda self, *_: False)
Tensor.is_signed = told("Whether elements can be below 0.", lambda self: self.dtype.is_signed)
Tensor.is_complex = told("Whether elements are complex numbers.", lambda self: self.array.dtype.kind == "c")
Tensor.is_floating_point = told(
    "Whether elements are floating point numbers.", lambda self: self.dtype.is_floating_point
)
Tensor.dense_dim = told("The number of dimensions, as none is sparse.", lambda self: self.array.ndim)


def is_tensor(obj):
    """Whether an object is a tensor."""
    return isinstance(obj, Tensor)


def need_tensor(name, value, parameter="input", position=1):
    """A tensor, or PyTorch's refusal of what is none."""
    if not isinstance(value, Tensor):
        raise errors.not_a_tensor(name, parameter, position, value)
    return value


def is_floating_point(input):
    """Whether a tensor's dtype is one of floating point numbers."""
    return need_tensor("is_floating_point", input).dtype.is_floating_point


def is_complex(input):
    """Whether a tensor's dtype is complex."""
    return need_tensor("is_complex", input).array.dtype.kind == "c"


def is_nonzero(input):
    """Whether the one element of a tensor is not 0; a RuntimeError for several."""
    return bool(need_tensor("is_nonzero", input))


def is_same_size(input, other):
    """Whether two tensors have the same shape."""
    other = need_tensor("is_same_size", other, "other", 2)
    return need_tensor("is_same_size", input).array.shape == other.array.shape


def is_conj(input):
    """Whether conjugates are still to be computed: never, they are computed at once."""
    need_tensor("is_conj", input)
    return False


def is_neg(input):
    """Whether negatives are still to be computed: never, they are computed at once."""
    need_tensor("is_neg", input)
    return False


def is_inference(input):
    """Whether the tensor was made in inference mode: backward can neither keep it nor follow a change of it."""
    return type(need_tensor("is_inference", input).counter) is Untracked


def is_distributed(input):
    """Whether the tensor is spread over processes: never."""
    need_tensor("is_distributed", input)
    return False


def numel(input):
    """The number of elements."""
    return need_tensor("numel", input).array.size


Tensor.is_nonzero, Tensor.is_same_size = is_nonzero, is_same_size
Tensor.is_conj, Tensor.is_neg, Tensor.is_inference, Tensor.is_distributed = (
    is_conj,
    is_neg,
    is_inference,
    is_distributed,
)
