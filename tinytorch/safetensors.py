"""Files of weights in the safetensors format, by the names that safetensors.torch has."""

from os import PathLike

from tinytorch import dtypes
from tinytorch.devices import CPU, resolve
from tinytorch.serialization.replacing import replacing
from tinytorch.tensor import Tensor, wrap

MISSING = "files of weights need the safetensors library: pip install safetensors, or pip install 'tinytorch[demo]'"
NAMES = {  # what the format calls the dtypes
    "F64": dtypes.float64, "F32": dtypes.float32, "F16": dtypes.float16, "BF16": dtypes.bfloat16,
    "I64": dtypes.int64, "I32": dtypes.int32, "I16": dtypes.int16, "I8": dtypes.int8, "U8": dtypes.uint8,
    "BOOL": dtypes.bool_, "C64": dtypes.complex64,
}  # fmt: skip


def library():
    """The safetensors library's door to NumPy; an ImportError that says how to get it."""
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise ImportError(MISSING) from error
    return safetensors.numpy


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a file with named tensors; a ValueError for anything else, a RuntimeError for shared memory."""
    return library().save(arrays_of(tensors), metadata)


def save_file(tensors: dict[str, Tensor], filename: str | PathLike, metadata: dict[str, str] | None = None) -> None:
    """Write named tensors to a file; it is there whole, or as it was before.

    The bytes go to a temporary file in the same folder, which takes the place of the old one when it is on the disk.
    """
    arrays, write = arrays_of(tensors), library().save_file
    with replacing(filename) as temporary:
        write(arrays, temporary, metadata)


def load(data: bytes) -> dict[str, Tensor]:
    """The tensors in the bytes of a file, on the CPU."""
    library()
    from safetensors import deserialize

    arrays = {}
    for name, each in deserialize(data):
        if each["dtype"] not in NAMES:
            raise TypeError(f"Key `{name}` has the dtype {each['dtype']}, which tensors cannot have")
        arrays[name] = CPU.xp.frombuffer(each["data"], NAMES[each["dtype"]].numpy).reshape(each["shape"])
    return tensors_of(arrays, CPU)


def load_file(filename: str | PathLike, device="cpu") -> dict[str, Tensor]:
    """The tensors of a file, on a device."""
    return tensors_of(library().load_file(filename), resolve(device))


def arrays_of(tensors: dict) -> dict:
    """The values on the host; a ValueError for what is no dict of tensors, a RuntimeError where two share memory."""
    if not isinstance(tensors, dict):
        raise ValueError(f"Expected a dict of [str, torch.Tensor] but received {type(tensors)}")
    memories = {}
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor):
            raise ValueError(f"Key `{name}` is invalid, expected torch.Tensor but received {type(tensor)}")
        if tensor.array.size:
            memories.setdefault(id(tensor.counter), []).append(name)
    shared = [names for names in memories.values() if len(names) > 1]
    if shared:
        raise RuntimeError(
            f"Some tensors share memory, this will lead to duplicate memory on disk and potential differences when "
            f"loading them again: {shared}. Clone them first."
        )
    return {name: host_array(tensor) for name, tensor in tensors.items()}


def host_array(tensor: Tensor):
    """The values of a tensor in C order on the host."""
    return CPU.xp.ascontiguousarray(tensor.device.to_numpy(tensor.array)).reshape(tensor.array.shape)


def tensors_of(arrays: dict, device) -> dict[str, Tensor]:
    """Tensors of arrays of the host."""
    for name, array in arrays.items():
        if array.dtype not in dtypes.of_numpy:
            raise TypeError(f"Key `{name}` has the dtype {array.dtype}, which tensors cannot have")
    return {name: wrap(device.asarray(array), device) for name, array in arrays.items()}
