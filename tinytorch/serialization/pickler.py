"""The pickles of saved files: tensors, parameters, modules and optimizers under the names that PyTorch reads."""

import pickle
import types
import warnings
from collections import OrderedDict

from tinytorch.devices import device
from tinytorch.dtypes import dtype, uint8
from tinytorch.formats import layout, memory_format, strided
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Buffer, Parameter, is_lazy
from tinytorch.ops.storages import TYPES, Storage, UntypedStorage, typed
from tinytorch.optim.optimizer import Optimizer
from tinytorch.serialization import names
from tinytorch.storage import address
from tinytorch.tensor import Size, Tensor, attributes, wrap

OF_TYPES = "Cannot save multiple tensors or storages that view the same data as different types"


class Pickler(pickle._Pickler):
    """Writes one object; the storages that it meets are in `storages` by their keys, each once."""

    def __init__(self, file, protocol, identity):
        super().__init__(file, protocol)
        self.identity = identity  # (class, key, location, count) -> what stands for a storage
        self.storages, self.keys, self.kinds = {}, {}, {}

    def persistent_id(self, obj):
        """What stands for a storage in the pickle; None for anything else."""
        if not isinstance(obj, Storage):
            return None
        whole = isinstance(obj, UntypedStorage)
        kind, numbers = (UntypedStorage, uint8) if whole else (TYPES[obj.dtype], obj.dtype)
        start = address(obj.flat)
        place = (obj.device, start) if start else id(obj.flat)  # memory without elements is nobody else's
        if start and self.kinds.setdefault(place, numbers) is not numbers:
            raise RuntimeError(OF_TYPES)
        key = self.keys.setdefault(place, str(len(self.keys)))
        self.storages[key] = obj
        return self.identity(kind, key, "cpu" if obj.device.type == "cpu" else str(obj.device), obj.size())

    def reducer_override(self, obj):
        """How an object of ours is written; NotImplemented for those of Python and of users."""
        if isinstance(obj, Tensor):
            return reduced_tensor(obj)
        if isinstance(obj, dtype | memory_format):
            return obj.name
        if isinstance(obj, layout):
            return names.layout_of, (repr(obj),)
        if isinstance(obj, Size):
            return Size, (tuple(obj),)
        if isinstance(obj, device):
            return device, (obj.type,) if obj.index is None else (obj.type, obj.index)
        if isinstance(obj, Module) and type(obj).__reduce_ex__ is Module.__reduce_ex__:
            return reduced_module(obj)
        if isinstance(obj, Optimizer) and type(obj).__reduce_ex__ is Optimizer.__reduce_ex__:
            return object.__reduce_ex__(obj, 2)
        if isinstance(obj, types.FunctionType):
            return obj.__qualname__
        return NotImplemented

    def save_global(self, obj, name=None):
        """Write the name of a class or function; ours have those that PyTorch gives them, and are not looked up."""
        full = names.NAMES.get(obj) if isinstance(obj, types.FunctionType) else None
        room = full.rpartition(".")[0] if full else getattr(obj, "__module__", None) or ""
        if full or room == "torch" or room.startswith("torch."):
            name = full.rpartition(".")[2] if full else name or obj.__qualname__
            self.write(pickle.GLOBAL + f"{room}\n{name}\n".encode())
            self.memoize(obj)
        else:
            super().save_global(obj, name)


def reduced_module(module):
    """The class of a module and its state, in which PyTorch's modules find their dictionaries of hooks, all empty."""
    make, arguments, state, *rest = object.__reduce_ex__(module, 2)
    if type(state) is dict:
        if any((state.get("_hooks") or {}).values()):
            raise NotImplementedError("hooks of modules are not saved: remove them first")
        state = {name: value for name, value in state.items() if name != "_hooks"}
        hooks = {name: None if name == "_is_full_backward_hook" else OrderedDict() for name in names.MODULE_HOOKS}
        state = hooks | state
    return make, arguments, state, *rest


def reduced_tensor(tensor):
    """The function that makes a tensor again, and its arguments, as PyTorch writes them."""
    state = attributes(tensor)
    if is_lazy(tensor):
        raise NotImplementedError("uninitialized parameters are not saved: show the module a batch first")
    if isinstance(tensor, Parameter):
        arguments = plain(tensor), tensor.requires_grad, OrderedDict()
        return (names.parameter_with_state_of, (*arguments, state)) if state else (names.parameter_of, arguments)
    if not isinstance(tensor, Buffer) and type(tensor) is not Tensor and tensor.layout is strided:
        raise NotImplementedError(f"subclasses of Tensor are not saved, such as {type(tensor)}")
    if tensor._hooks:
        warnings.warn(
            f"backward hook {next(iter(tensor._hooks.values()))[1]!r} on tensor will not be serialized.  If this is "
            "expected, you can decorate the function with @torch.utils.hooks.unserializable_hook to suppress this "
            "warning",
            stacklevel=2,
        )
    found = parts(tensor)
    if isinstance(tensor, Buffer):
        state = {**state, "_is_buffer": True}
    return (names.tensor_of_type, (found[0], Tensor, found[1], state)) if state else found


def plain(tensor):
    """The values of a parameter as a tensor."""
    return wrap(tensor.array, tensor.device)


def parts(tensor):
    """The function that makes a plain tensor, and its arguments."""
    if tensor.layout is not strided:
        return names.sparse_tensor_of, (tensor.layout, parts_of_sparse(tensor))
    size, stride = tuple(tensor.shape), tuple(tensor.stride())
    if tensor.device.type == "meta":
        return names.meta_tensor_of, (tensor.dtype, size, stride, tensor.requires_grad)
    storage = typed(tensor.device.xp.storage(tensor.array)[0], tensor.device)
    offset = tensor.storage_offset()
    return names.flagged_tensor_of, (storage, offset, size, stride, tensor.requires_grad, OrderedDict())


def parts_of_sparse(tensor):
    """What is kept of a sparse tensor: its places, values and shape, and whether the places are in order."""
    if tensor.is_sparse:
        return tensor._indices(), tensor._values(), tensor.shape, tensor.is_coalesced()
    return *[getattr(tensor, name)() for name in tensor.names], tensor._values(), tensor.shape
