"""What autocast does to a call: its tensors come in the dtype that the policy for its name says.

The state is that of a thread. While it is on, an interpreter lies on top of all others, to which operations come as to
any. Functions that are made of several operations, and have a policy as a whole, have another code while a thread is
in the mode, which asks the interpreter first; so neither the mode nor its absence costs other calls anything.
"""

import functools
import sys
import threading
import types
import weakref

from tinytorch import codes, dtypes
from tinytorch.amp.policies import ASKED, LOWER, NAMES_HERE, POLICIES, PROMOTE, REFUSED, UNSAFE, name_of
from tinytorch.interpreters import Interpreter, perform
from tinytorch.modes import mode
from tinytorch.tensor import Tensor

DOORS = (("fft_", "tinytorch.fft"), ("linalg_", "tinytorch.linalg"), ("", "tinytorch.nn.functional"), ("", "tinytorch"))


class State(threading.local):
    """What a thread asks of autocast."""

    def __init__(self):
        self.dtypes = dict.fromkeys(("cuda", "ipu", "xpu", "mps", "mtia", "privateuseone"), dtypes.float16)
        self.dtypes |= dict.fromkeys(("cpu", "maia", "xla", "hpu"), dtypes.bfloat16)  # kind of device -> lower dtype
        self.enabled = ()  # the kinds of devices for which it is on
        self.nesting = 0  # how many regions this thread is in
        self.caches = True  # whether weights are cast once
        self.casts = {}  # identity of a weight, and whether operations are recorded -> a weak reference, and its cast
        self.autocast = Autocast()


class Autocast(Interpreter):
    """Calls each operation with tensors of the dtype that its policy says, and what that consists of as it is."""

    topmost = True

    def interpret(self, op, args, out):
        """The result of a call below; what is written into a tensor of the user's is not cast."""
        if out is None:
            for kind in state.enabled:
                policy = POLICIES.get(kind, {}).get(name_of(op, args))
                if policy is not None:
                    place = op.parameters.index("dtype") if policy == ASKED else None
                    args = cast(args, kind, policy)
                    if place is not None and args[place] is None and eligible(args[0], kind):
                        args = (*args[:place], dtypes.float32, *args[place + 1 :])
        return perform(op, args, out)

    def whole(self, name, function, args, settings):
        """What a function of several operations gives; if it has a policy, these run with autocast off."""
        if name == "max_pool3d" and settings.get("return_indices"):
            return function(*args, **settings)
        policies = {kind: POLICIES.get(kind, {}).get(name) for kind in state.enabled}
        policies = {kind: policy for kind, policy in policies.items() if policy is not None}
        if not policies:
            return function(*args, **settings)
        try:
            mode.interpreter = self.below
            for kind, policy in policies.items() if settings.get("out") is None else ():
                values = cast((*args, *settings.values()), kind, policy)
                args, settings = values[: len(args)], dict(zip(settings, values[len(args) :], strict=True))
                if policy == ASKED and eligible(values[0], kind) and settings.get("dtype") is None:
                    settings["dtype"] = dtypes.float32
            return function(*args, **settings)
        finally:
            mode.interpreter = self


# Casts


def eligible(value, kind):
    """Whether autocast for a kind of device touches a value: floating point tensors, but not those of float64."""
    return (
        isinstance(value, Tensor)
        and value.device.type == kind
        and value.is_floating_point()
        and value.dtype is not dtypes.float64
    )


def cast(args, kind, policy):
    """The arguments of a call as its policy wants them."""
    if policy == ASKED:
        return args
    if policy == REFUSED:
        if any(isinstance(each, Tensor) and each.device.type == kind for each in args):
            raise RuntimeError(UNSAFE)
        return args
    wanted = state.dtypes[kind] if policy == LOWER else dtypes.float32
    if policy == PROMOTE:
        wanted = promoted(args, kind)
    return tuple([cast_value(each, kind, wanted) for each in args])


def promoted(args, kind):
    """float32 if any tensor is of it, else the lower dtype; a RuntimeError for another dtype."""
    found = lower = state.dtypes[kind]
    for value in args:
        for each in value if isinstance(value, (list, tuple)) else (value,):
            if eligible(each, kind):
                if each.dtype is not dtypes.float32 and not each.dtype is lower is found:
                    if found is dtypes.float32:
                        continue
                    raise RuntimeError("Unexpected floating ScalarType in at::autocast::prioritize")
                found = each.dtype
    return found


def cast_value(value, kind, wanted):
    """A value, or the values of a list, in a dtype; what is no floating point tensor of the device as it is."""
    if type(value) in (list, tuple):
        return type(value)([cast_value(each, kind, wanted) for each in value])
    if not eligible(value, kind) or value.dtype is wanted:
        return value
    is_weight = value.requires_grad and value.is_leaf and value.base is None and value.dtype is dtypes.float32
    if not is_weight or not state.caches or wanted is not state.dtypes[kind] or value.device.batched:
        return value.to(wanted)
    key = id(value), mode.grad
    source, found = state.casts.get(key, (None, None))
    if source is None or source() is not value:
        found = value.to(wanted)
        state.casts[key] = weakref.ref(value), found
    return found


# While it is on


def enable(kind, enabled):
    """Switch autocast on or off for a kind of device in this thread."""
    before = state.enabled
    state.enabled = tuple([each for each in state.dtypes if (enabled if each == kind else each in before)])
    if bool(before) is not bool(state.enabled):
        if enabled:
            come_in()
            state.autocast.__enter__()
        else:
            state.autocast.__exit__()
            go_out()


inside = []  # an entry for each thread that is in the mode
entrance = threading.Lock()
asked = []  # of each function with a policy: itself, and what is asked first


def come_in():
    """Note a thread in the mode; the first one gives the functions the code that asks."""
    with entrance:
        if not asked:
            asked.extend((function, functools.partial(asking, name)) for name, function in wholes())
        inside.append(None)
        if len(inside) == 1:
            for function, first in asked:
                codes.put(function, "autocast", first)


def go_out():
    """Note that a thread left the mode; the last one gives the functions their own code back."""
    with entrance:
        inside.pop()
        if not inside:
            for function, _ in asked:
                codes.take(function, "autocast")


def wholes():
    """The functions with a policy that are no operations, each once, with PyTorch's name."""
    rooms = [*[(prefix, sys.modules[door]) for prefix, door in DOORS], ("", Tensor)]
    found = {}
    for name in dict.fromkeys(name for names in POLICIES.values() for name in names):
        for prefix, room in rooms:
            if name.startswith(prefix):
                function = getattr(room, NAMES_HERE.get(name, name.removeprefix(prefix)), None)
                if isinstance(function, types.FunctionType) and not hasattr(function, "operation"):
                    for each in (function, *codes.copies.get(function, ())):
                        found.setdefault(id(each), (name, each))
    return found.values()


def asking(name, usual):
    """What asks the interpreter on top whether it is autocast, before a function with a policy runs."""

    def call(args, settings):
        top = mode.interpreter
        if type(top) is Autocast:
            return top.whole(name, usual, args, settings)
        return usual(*args, **settings)

    return call


state = State()
