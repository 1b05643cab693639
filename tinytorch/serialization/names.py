"""The names that files may mention, PyTorch's, and what each is here: the one table of writing and reading."""

from collections import Counter, OrderedDict, defaultdict
from pickle import UnpicklingError
from reprlib import repr as short  # what a file made can be longer than memory
from types import FunctionType

from tinytorch import dtypes
from tinytorch.devices import device
from tinytorch.formats import SPARSE, sparse_coo, sparse_csc, sparse_csr, strided
from tinytorch.nn import functional
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Buffer, Parameter
from tinytorch.ops.create import empty_strided
from tinytorch.ops.storages import TYPES, TypedStorage, UntypedStorage, typed
from tinytorch.optim.optimizer import Optimizer
from tinytorch.serialization import arrays
from tinytorch.serialization.unpickler import as_key
from tinytorch.tensor import HOOKS, Size, Tensor, wrap

MODULE_HOOKS = (  # where a module of PyTorch keeps its hooks; ours have one place for all
    "_backward_pre_hooks", "_backward_hooks", "_is_full_backward_hook", "_forward_hooks", "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called", "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks",
    "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
)  # fmt: skip
CALLED, NAMES = {}, {}  # name -> function of ours that reading calls, and the way back, for writing
marked = []  # what users have declared safe, as they gave it


def called(name):
    """Declare a function as what a name of PyTorch's means in a call."""

    def declare(function):
        CALLED[name], NAMES[function] = function, name
        return function

    return declare


# What users declare safe


def add_safe_globals(safe_globals):
    """Let `load` make and call these classes and functions, each alone or as a pair with the name that files use."""
    marked.extend([each for each in safe_globals if each not in marked])


def get_safe_globals():
    """What was declared safe."""
    return list(marked)


def clear_safe_globals():
    """Forget what was declared safe."""
    marked.clear()


class safe_globals:
    """While the block runs, these are safe too, as `add_safe_globals` makes them."""

    def __init__(self, safe_globals):
        self.safe_globals = safe_globals

    def __enter__(self):
        add_safe_globals(self.safe_globals)

    def __exit__(self, *exception):
        marked[:] = [each for each in marked if each not in self.safe_globals]


def users():
    """What users declared safe, by name."""
    found = {}
    for each in marked:
        if not isinstance(each, tuple):
            room, _, rest = f"{each.__module__}.{each.__qualname__}".partition(".")
            found[f"{'torch' if room == 'tinytorch' else room}.{rest}"] = each  # files name ours by PyTorch's name
        elif len(each) != 2:
            raise ValueError(
                f"Expected tuple of length 2 (global, str of callable full path), but got tuple of length: {len(each)}"
            )
        elif type(each[1]) is not str:
            raise TypeError(f"Expected second item in tuple to be str of callable full path, but got: {type(each[1])}")
        else:
            found[each[1]] = each[0]
    return found


class Table:
    """What one reading may name; with `modules` also the modules and optimizers that the program has classes of."""

    def __init__(self, modules=False):
        safe = users()
        self.names = {name: each for name, each in (VALUES | CALLED).items() if modules or name not in MORE}
        made = {}
        self.arrays = modules
        if modules:  # of two classes of one name the later one
            made = {f"{each.__module__}.{each.__qualname__}": each for each in (*below(Module), *below(Optimizer))}
            self.names |= made | FUNCTIONS | arrays.NAMES
        called = [*CALLED.values(), *(arrays.FUNCTIONS.values() if modules else ())]
        self.functions = {*map(id, called)} | {*map(id, safe.values())}
        self.classes = {id(each) for each in (*made.values(), *safe.values()) if isinstance(each, type)}
        self.names |= safe

    def find(self, name):
        """What a name means, in a tuple; None for a name that may not be mentioned."""
        return (self.names[name],) if name in self.names else None

    def calls(self, function):
        """Whether a function may be called."""
        return id(function) in self.functions

    def makes(self, cls):
        """Whether objects of a class may be made, and given attributes."""
        return id(cls) in self.classes

    def builds(self, made):
        """Whether an object may be given a state: one of such a class, or an array or dtype of NumPy."""
        return self.makes(type(made)) or (self.arrays and isinstance(made, arrays.ARRAY | arrays.DTYPE))

    def build(self, made, state):
        """Give such an object the attributes in a state, as pickle does."""
        if self.arrays and isinstance(made, arrays.ARRAY | arrays.DTYPE):
            arrays.fill(made, state)
            return
        if isinstance(made, Module) and type(state) is dict:
            state = without_hooks(state)
        if hasattr(made, "__setstate__"):
            made.__setstate__(state)
        else:
            attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
            made.__dict__.update(attributes or {})
            for name, value in (slots or {}).items():
                setattr(made, name, value)


def below(cls):
    """A class and all that derive from it, each behind those that were made before it of the same base."""
    return [cls, *[each for child in cls.__subclasses__() for each in below(child)]]


def without_hooks(state):
    """The state of a module without the dictionaries of hooks; an UnpicklingError if there is a hook in one."""
    if any([state.get(name) for name in ("_hooks", *MODULE_HOOKS)]):
        raise UnpicklingError("hooks of modules are not loaded")
    return {name: value for name, value in state.items() if name not in MODULE_HOOKS}


# What the names mean in calls


def need(value, *types):
    """A value of one of these types."""
    if type(value) not in types:
        raise UnpicklingError(f"expected {' or '.join([each.__name__ for each in types])}, but got {type(value)}")
    return value


@called("torch._utils._rebuild_tensor")
def tensor_of(storage, offset, size, stride):
    """A tensor that shows a storage; a RuntimeError where it would leave it."""
    if type(storage) is not TypedStorage:
        raise UnpicklingError(f"a tensor is made of a storage, but got {type(storage)}")
    check_layout(size, stride, offset)
    made = wrap(storage.device.xp.empty(0, storage.dtype.numpy), storage.device)
    return made.set_(storage, offset, size, stride)


def check_layout(size, stride, offset=0):
    """Refuse a layout that is none of any tensor."""
    places = (offset, *need(size, tuple, Size), *need(stride, tuple))
    if len(size) != len(stride) or any(type(each) is not int or each < 0 for each in places):
        raise UnpicklingError(f"no tensor lies so in its storage: {short((size, stride, offset))}")


@called("torch._utils._rebuild_tensor_v2")
def flagged_tensor_of(storage, offset, size, stride, requires_grad, backward_hooks, metadata=None):
    """A tensor that shows a storage, with its flags; its hooks are never written."""
    for name, wanted in need(metadata or {}, dict).items():
        if name not in ("conj", "neg"):
            raise UnpicklingError(f"tensors have no flag {short(name)}")
        if wanted:  # for the whole storage, as a tensor can show it more often than memory lasts
            xp = storage.device.xp
            storage = typed((xp.conjugate if name == "conj" else xp.negative)(storage.flat), storage.device)
    made = tensor_of(storage, offset, size, stride)
    made.requires_grad = need(requires_grad, bool)
    return made


@called("torch._utils._rebuild_meta_tensor_no_storage")
def meta_tensor_of(dtype, size, stride, requires_grad):
    """A tensor without memory."""
    check_layout(size, stride)
    return empty_strided(size, stride, dtype=need(dtype, dtypes.dtype), device="meta", requires_grad=requires_grad)


@called("torch._utils._rebuild_parameter")
def parameter_of(data, requires_grad, backward_hooks):
    """A parameter in the memory of a tensor."""
    return Parameter(need(data, Tensor), need(requires_grad, bool))


@called("torch._utils._rebuild_parameter_with_state")
def parameter_with_state_of(data, requires_grad, backward_hooks, state):
    """A parameter with what a program has put on it."""
    return with_attributes(parameter_of(data, requires_grad, backward_hooks), state)


@called("torch._utils._rebuild_sparse_tensor")
def sparse_tensor_of(layout, parts):
    """A sparse tensor of its places, values, shape and, in newer files, whether its places are in order.

    A matrix by rows or columns of its borders, numbers, values and shape.
    """
    from tinytorch.ops.coordinates import compressed, making  # which few files need

    if layout in (sparse_csr, sparse_csc) and len(need(parts, tuple)) == 4:
        *tensors, size = parts
        make = compressed.sparse_csr_tensor if layout is sparse_csr else compressed.sparse_csc_tensor
        return make(*[need(each, Tensor) for each in tensors], need(size, tuple, Size), check_invariants=True)
    if layout is not sparse_coo or len(need(parts, tuple)) not in (3, 4):
        raise UnpicklingError(f"a sparse tensor is made of a layout and its parts, but got {short((layout, parts))}")
    indices, values, size, *is_coalesced = parts
    for each in (indices, values):
        need(each, Tensor)
    ordered = need(is_coalesced[0], bool) if is_coalesced else False
    return making.sparse_coo_tensor(
        indices, values, need(size, tuple, Size), check_invariants=True, is_coalesced=ordered
    )


@called("torch._tensor._rebuild_from_type_v2")
def tensor_of_type(make, cls, arguments, state):
    """A tensor with what a program has put on it."""
    if not any(make is each for each in TENSOR_MAKERS) or cls not in (Tensor, Parameter):
        raise UnpicklingError(f"no tensor is made so: {short((make, cls))}")
    made, state = make(*need(arguments, tuple)), dict(attributes_in(state))
    if state.pop("_is_buffer", False):
        made.__class__ = Buffer
    return with_attributes(made, state)


TENSOR_MAKERS = (
    tensor_of, flagged_tensor_of, meta_tensor_of, parameter_of, parameter_with_state_of, sparse_tensor_of,
)  # fmt: skip


def attributes_in(state):
    """The attributes in a state: a dictionary, or a pair of it and of the values of slots, which there are none of."""
    return need(state[0] if type(state) is tuple and len(state) == 2 and not state[1] else state, dict)


def with_attributes(made, state):
    """A tensor with attributes of its own."""
    for name in attributes_in(state):
        if type(name) is not str or name in HOOKS or hasattr(Tensor, name):
            raise UnpicklingError(f"a tensor cannot have the attribute {short(name)}")
    made.__dict__.update(attributes_in(state))
    return made


@called("torch.serialization._get_layout")
def layout_of(name):
    """The layout of a name."""
    for each in (strided, *SPARSE):
        if name == repr(each):
            return each
    raise UnpicklingError(f"there is no layout {short(name)}")


@called("collections.OrderedDict")
def ordered(pairs=()):
    """An ordered dictionary; of pairs, as Python 2 wrote them."""
    return OrderedDict([(as_key(name), value) for name, value in pairs])


@called("collections.Counter")
def counter(counts=None):
    """A counter of counts by name."""
    return Counter(need(counts or {}, dict))


@called("builtins.set")
def set_of(members=()):
    """A set of the members of a list."""
    return set(map(as_key, need(members, list, tuple)))


@called("builtins.complex")
def complex_of(real, imag=0.0):
    """A complex number of two parts."""
    return complex(need(real, float, int), need(imag, float, int))


@called("builtins.bytearray")
def bytearray_of(source=b"", encoding="latin-1"):
    """Bytes that can be changed, of bytes or of a text that has one character for each."""
    return bytearray(encoded(source, encoding) if type(source) is str else need(source, bytes))


@called("builtins.bytes")
def bytes_of():
    """No bytes, which protocol 2 writes as a call."""
    return b""


@called("_codecs.encode")
def encoded(text, encoding="latin1"):
    """Bytes of a text that has one character for each, as protocol 2 writes them."""
    if encoding not in ("latin1", "latin-1", "utf-8"):
        raise UnpicklingError(f"bytes are not written in the encoding {short(encoding)}")
    return need(text, str).encode(encoding)


@called("torch.Size")
def size_of(sizes=()):
    """The shape of a tensor."""
    return Size(need(sizes, tuple))


@called("torch.device")
def device_of(kind, index=None):
    """A device, whether or not the machine has it."""
    if index is not None and need(index, int) not in range(128):
        raise UnpicklingError(f"no device has the index {short(index)}")
    return device(need(kind, str), index)


@called("builtins.frozenset")
def frozenset_of(members=()):
    """A set of the members of a list that cannot be changed."""
    return frozenset(set_of(members))


@called("collections.defaultdict")
def defaulting(factory=None):
    """A dictionary that makes what is missing, as the state of an optimizer is one."""
    if factory is not None and factory is not set_of and not any(factory is each for each in FACTORIES):
        raise UnpicklingError(f"a defaultdict cannot make {short(factory)}")
    return defaultdict(set if factory is set_of else factory)


FACTORIES = (dict, list, set, int, float)
VALUES = (
    {f"torch.{each.name}": each for each in dtypes.ALL}
    | {f"torch.{kind.__name__}": kind for kind in TYPES.values()}
    | {"torch.storage.UntypedStorage": UntypedStorage, "torch.Tensor": Tensor}
    | {"torch.nn.parameter.Parameter": Parameter}
    | {f"builtins.{each.__name__}": each for each in FACTORIES if each is not set}
)
FUNCTIONS = {  # that modules may have as attributes; no file calls them
    f"torch.nn.functional.{name}": each
    for name, each in [(name, getattr(functional, name)) for name in dir(functional) if not name.startswith("__")]
    if isinstance(each, FunctionType)
}
NAMES |= {each: name for name, each in FUNCTIONS.items()}
MORE = {
    "builtins.bytes",
    "collections.defaultdict",
    "builtins.frozenset",
    "builtins.dict",
    "builtins.list",
    "builtins.int",
    "builtins.float",
}  # what weights need not, and PyTorch refuses among them
