"""How a class says what operations on it mean, by `__torch_function__`, and who is asked when.

While such a class is known, or a mode is on, the functions of the doors and the methods of Tensor have another code,
which looks at the types of the arguments first. Without one, nothing looks.
"""

import functools
import inspect
import sys
import threading
import types
import weakref

from tinytorch import codes, dtypes, rooms
from tinytorch.devices import device
from tinytorch.formats import layout, memory_format
from tinytorch.overriding_names import BY_MODES, OPERATORS, OWN_NAME, PYTHON_MADE, UNASKED
from tinytorch.tensor import TENSORS, Size, Tensor


class State(threading.local):
    """What a thread asks of overriding classes."""

    disabled = False  # whether classes are not asked
    all_disabled = False  # nor modes
    modes = ()  # those that are on, the innermost last


def disabled_torch_function_impl(*args, **kwargs):
    """The `__torch_function__` of classes that override nothing: NotImplemented."""
    return NotImplemented


state = State()
running = []  # an entry for each mode that is on in any thread
asked = {}  # each function that asks -> what it says that it is, once any does
listeners = []  # an entry for each reason to ask
classes = (
    weakref.WeakKeyDictionary()
)  # subclass of Tensor that overrides -> what ends the asking for it, as its end does
looking = []  # an entry while functions are looked for
entrance = threading.RLock()  # a proxy that dies meanwhile comes in again
PLAIN = {  # types that are never asked
    Tensor, Size, int, float, bool, complex, str, type(None), type(...), slice, types.FunctionType, device,
    dtypes.dtype, layout, memory_format,
}  # fmt: skip
DISABLED = disabled_torch_function_impl


# Who is asked


def overriding(values):
    """Those of the values whose classes override, one of each class, a class before those that it is derived from."""
    found, kinds = [], set()
    for value in values:
        kind = type(value)
        if kind not in kinds and kind not in PLAIN and kind not in TENSORS and overrides(kind):
            kinds.add(kind)
            later = [place for place, each in enumerate(found) if isinstance(value, type(each))]
            found.insert(min(later, default=len(found)), value)
    return found


def overrides(kind):
    """Whether a class has a `__torch_function__` that is not the one which overrides nothing."""
    return kind is not Tensor and getattr(kind, "__torch_function__", DISABLED) is not DISABLED


def values_of(args, settings):
    """All values of a call, those of lists and tuples one by one."""
    for value in (*args, *settings.values()):
        if isinstance(value, (tuple, list)):
            yield from value
        else:
            yield value


def ask(function, found, args, settings):
    """What the modes, and then the classes of the values found, say of a call; a TypeError if none says anything."""
    kinds = tuple(map(type, found))
    if state.modes and not state.all_disabled:
        *below, top = before = state.modes
        state.modes = tuple(below)
        try:
            result = top.__torch_function__(function, kinds, args, {} if settings is None else settings)
        finally:
            state.modes = before
        if result is not NotImplemented:
            return result
    for value in found:
        result = value.__torch_function__(function, kinds, args, settings)
        if result is not NotImplemented:
            return result
    name = resolved(function)
    if settings is None and found:
        subclasses = "".join(f"\n  - tensor subclass {kind}" for kind in kinds)
        raise TypeError(
            f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n"
            f"{subclasses}\n\nFor more information, try re-running with TORCH_LOGS=not_implemented"
        )
    words = f" nor in mode {state.modes[-1]}" if state.modes else ""
    raise TypeError(
        f"no implementation found for '{name}' on types that implement __torch_function__: {list(kinds)}{words}"
    )


def introduced(op, args):
    """What classes say of an operation that is the first to meet them: from here on all functions ask them first.

    NotImplemented if there are none. Nobody tells by then which arguments were given by name.
    """
    found = () if state.disabled else overriding(values_of(args, {}))
    if not found:
        return NotImplemented
    if not listeners:
        listen()
    if op.call not in asked:
        return NotImplemented
    count = next((place for place, name in enumerate(op.parameters) if name in op.defaults), len(op.parameters))
    rest = zip(op.parameters[count:], args[count:], strict=True)
    settings = {name: value for name, value in rest if value is not op.defaults[name]}
    return ask(op.call, found, tuple(args[:count]), settings or None)


def resolved(function):
    """PyTorch's name of a function, with the room where it stands."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, (property, types.MemberDescriptorType)):
        return next(f"torch.Tensor.{name}.{function.__name__}" for name, each in vars(Tensor).items() if each is owner)
    module, name = function.__module__, function.__qualname__
    if module == "tinytorch" and name in PYTHON_MADE[module] and name != "_assert":
        module = "torch.nn.functional" if name.startswith("max_pool") else "torch.functional"
    return f"{module}.{name}".replace("tinytorch", "torch", 1)


# What a function does while anybody is to be asked


def asking(function, usual, by_modes=False, python_made=False, operator=False):
    """What looks at the types of a call's arguments first, and asks under the name of `function`.

    `by_modes`: only modes are asked. What is `python_made` in PyTorch fills in its defaults, by name. An `operator`
    gives its other operand a try where nobody says anything.
    """
    plain = PLAIN.issuperset

    def call(args, settings):
        if not running:
            for value in (*args, *settings.values()):
                kind = type(value)
                if kind not in PLAIN and not ((kind is list or kind is tuple) and plain(map(type, value))):
                    break
            else:
                return usual(*args, **settings)
        modes = state.modes and not state.all_disabled
        found = () if state.disabled or by_modes else overriding(values_of(args, settings))
        if not modes and not found:
            return undisturbed(usual, args, settings) if by_modes else usual(*args, **settings)
        if python_made:
            args, settings = filled_in(usual, args, settings)
            if any(type(each) is Tensor for each in values_of(args, settings)):
                found = [*found, TENSOR]
        elif not settings:
            settings = None
        if not operator:
            return ask(function, found, args, settings)
        try:
            return ask(function, found, args, settings)
        except TypeError:
            return NotImplemented

    return call


TENSOR = Tensor()


def undisturbed(function, args, settings):
    """Call a function while classes are not asked."""
    before, state.disabled = state.disabled, True
    try:
        return function(*args, **settings)
    finally:
        state.disabled = before


def filled_in(usual, args, settings):
    """A call's arguments as a function of PyTorch's hands them on that is written in Python: what has no default by
    its place, all else by its name."""
    bound = signature(usual).bind(*args, **settings)
    bound.apply_defaults()
    placed, named = [], {}
    for name, parameter in signature(usual).parameters.items():
        value = bound.arguments[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            placed.extend(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            named.update(value)
        elif parameter.default is parameter.empty:
            placed.append(value)
        elif not (value is None and name in LEFT_OUT.get(usual.__qualname__, ())):
            named[name] = value
    return tuple(placed), named


LEFT_OUT = {
    "glu": "out",
    "l1_loss": "weight",
    "Tensor.norm": "out",
    "Tensor.__ipow__": "out",
    "Tensor.__array__": "copy",
}


@functools.cache
def signature(usual):
    """The parameters of a function."""
    return inspect.signature(usual)


# Where it is put


def listen():
    """Let functions ask from here on; the first reason gives them the code for it."""
    with entrance:
        listeners.append(None)
        if len(listeners) == 1:
            PLAIN.update(TENSORS)
            for function, layer in asked.items():
                codes.put(function, "overrides", layer)
            notice()
            rooms.watchers.append(notice)


def hush():
    """Take back one `listen`; the last one gives the functions their code without it."""
    with entrance:
        listeners.pop()
        if not listeners:
            rooms.watchers.remove(notice)
            for function in asked:
                codes.take(function, "overrides")


def notice():
    """Let the functions ask that stand in rooms which were imported since the last look."""
    if looking:
        return
    looking.append(None)
    try:
        rooms.open_imported()
        for function, layer in found_in_rooms():
            asked[function] = layer
            codes.put(function, "overrides", layer)
    finally:
        looking.pop()


def found_in_rooms():
    """The functions that are to ask and do not yet, each with what is asked there."""
    for door in rooms.DOORS:
        for name, value in list(vars(sys.modules[door]).items()) if door in sys.modules else ():
            if type(value) is types.FunctionType and value not in asked:
                layer = layer_of(door, name, value, value)
                if layer is not None:
                    yield value, layer
    grad = sys.modules["tinytorch.autograd"].grad
    if grad in asked:  # and so do all methods of Tensor
        return
    yield grad, layer_of("tinytorch.autograd", "grad", grad, grad)
    yield DEVICE.fget, functools.partial(asking, Tensor.device.__get__)
    for name, value in vars(Tensor).items():
        if type(value) is types.FunctionType:
            reported = OWN_NAME.get(name, name)
            layer = layer_of("tinytorch.Tensor", name, value, vars(Tensor).get(reported, value))
            if layer is not None:
                yield value, layer
        elif isinstance(value, property):
            for function, way in ((value.fget, "__get__"), (value.fset, "__set__"), (value.fdel, "__delete__")):
                if function is not None:
                    yield function, functools.partial(asking, getattr(value, way))


def layer_of(door, name, value, reported):
    """What a function asks, or None for one that asks nobody."""
    if name in UNASKED.get(door, ()) or not getattr(value, "__module__", "").startswith(("tinytorch", "torch")):
        return None
    return functools.partial(
        asking,
        reported,
        by_modes=door == "tinytorch" and name in BY_MODES,
        python_made=name in PYTHON_MADE.get(door, ()),
        operator=door == "tinytorch.Tensor" and name in OPERATORS,
    )


# What every subclass of Tensor does, unless it says otherwise


def torch_function(cls, func, types, args=(), kwargs=None):
    """Call `func` as for plain tensors and give its results the class; NotImplemented among strange types."""
    if not all(issubclass(cls, each) for each in types):
        return NotImplemented
    result = undisturbed(func, args, kwargs or {})
    return result if func in UNWRAPPED else converted(result, cls)


def converted(result, cls):
    """A result, or those of a tuple or list, as tensors of a class."""
    if cls is Tensor:
        return result
    if isinstance(result, Tensor) and not isinstance(result, cls):
        return as_subclass(result, cls)
    if isinstance(result, (tuple, list)):
        return type(result)([converted(each, cls) for each in result])
    return result


def as_subclass(self, cls):
    """The same memory and history as a tensor of a subclass, whose `__init__` does not run."""
    if not isinstance(cls, type) or not issubclass(cls, Tensor):
        raise TypeError(
            "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your "
            "class inherits from Tensor."
        )
    made = undisturbed(Tensor.__getitem__, (self, ...), {})
    made.__class__ = cls
    return made


def init_subclass(cls, **settings):
    """Let functions ask while a subclass lives, if it overrides, as all do that do not say otherwise."""
    super(Tensor, cls).__init_subclass__(**settings)
    if vars(cls).get("__torch_dispatch__", DISABLED) is not DISABLED:
        raise NotImplementedError(
            f"{cls.__name__}.__torch_dispatch__: tinytorch asks classes by __torch_function__ alone"
        )
    if overrides(cls):
        listen()
        classes[cls] = weakref.finalize(cls, hush)
        classes[cls].atexit = False
        if cls.device is Tensor.device:
            cls.device = DEVICE


def make_subclass(cls, data, require_grad=False):
    """A leaf of a subclass in the memory of `data`, without its history; `__init__` does not run."""
    if not isinstance(cls, type) or not issubclass(cls, Tensor):
        raise TypeError(f"cls must be a type deriving from Tensor, not {cls!r}")
    made = undisturbed(Tensor.detach, (data,), {})
    made.__class__ = cls
    made.needs = bool(require_grad)
    return made


def device_of(tensor):
    """The device of a subclass's tensor: plain ones have it in a slot, which can ask nobody."""
    return SLOT.__get__(tensor)


SLOT = Tensor.device
DEVICE = property(device_of, SLOT.__set__)
Tensor.__torch_function__ = classmethod(torch_function)
Tensor.__init_subclass__ = classmethod(init_subclass)
Tensor.as_subclass = as_subclass
Tensor._make_subclass = staticmethod(make_subclass)
UNWRAPPED = {Tensor.grad.__get__, Tensor._base.__get__}
