"""torch.fx.Proxy: what stands for a value while a program is recorded, and how it makes nodes of what is done to it."""

import collections
import copy
import dataclasses
import dis
import enum
import inspect
import operator
import sys
import traceback
from bisect import bisect_left

from tinytorch import overriding
from tinytorch.fx._symbols import MAGIC, REFLECTED
from tinytorch.fx.naming import name_of, target_name
from tinytorch.fx.node import base_types, map_arg
from tinytorch.overrides import is_tensor_method_or_property
from tinytorch.utils._pytree import tree_leaves

__all__ = ["Attribute", "GraphAppendingTracer", "ParameterProxy", "Proxy", "Scope", "TraceError", "TracerBase"]


ROOM = sys.modules["tinytorch"].__path__[0]  # in which the frames lie that are not the program's


class TraceError(ValueError):
    """What cannot be recorded, as it depends on values."""


@dataclasses.dataclass
class Scope:
    """The path and the class of the module in which a program runs."""

    module_path: str
    module_type: object


def assert_fn(x):
    """Refuse what is not true, in an AssertionError."""
    if not x:
        raise AssertionError("Assertion failed")


class TracerBase:
    """Makes nodes of what proxies meet; a subclass says otherwise what becomes of arguments and values."""

    record_stack_traces = False  # whether nodes note where in the program they come from
    trace_asserts = False  # whether `assert proxy` is a node
    proxy_buffer_attributes = False  # whether buffers become nodes as parameters do
    traced_func_name = "forward"  # the method of a module that is recorded

    def create_node(self, kind, target, args, kwargs, name=None, type_expr=None):
        """A node in the graph, with what the tracer knows of it."""
        node = self.graph.create_node(kind, target, args, kwargs, name, type_expr)
        self.node_name_to_scope[node.name] = self.scope.module_path, self.scope.module_type
        if self.module_stack:
            node.meta["nn_module_stack"] = copy.copy(self.module_stack)
        if self.record_stack_traces and not node.stack_trace:
            frames = traceback.extract_stack()
            first = next((place for place, each in enumerate(frames) if each.name == "forward"), len(frames))
            frames = [each for each in frames[first:] if not each.filename.startswith(ROOM)]
            if frames:
                node.stack_trace = "".join(traceback.format_list(frames)).strip()
        return node

    def proxy(self, node):
        """What stands for a node's value."""
        return Proxy(node, self)

    def create_proxy(self, kind, target, args, kwargs, name=None, type_expr=None, proxy_factory_fn=None):
        """A node of arguments as programs have them, and what stands for its value."""
        node = self.create_node(kind, target, self.create_arg(args), self.create_arg(kwargs), name, type_expr)
        return self.proxy(node) if proxy_factory_fn is None else proxy_factory_fn(node)

    def create_arg(self, a):
        """An argument as a node has it; a NotImplementedError for what it cannot have."""
        if isinstance(a, Proxy):
            return a.node
        if hasattr(a, "__fx_create_arg__"):
            return a.__fx_create_arg__(self)
        if isinstance(a, tuple):
            made = [self.create_arg(each) for each in a]
            return type(a)(*made) if hasattr(a, "_fields") else type(a)(made)
        if isinstance(a, list):
            return [self.create_arg(each) for each in a]
        if isinstance(a, dict):
            return {self.create_key(key): self.create_arg(each) for key, each in a.items()}
        if isinstance(a, slice):
            return slice(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if isinstance(a, range):
            return range(self.create_arg(a.start), self.create_arg(a.stop), self.create_arg(a.step))
        if dataclasses.is_dataclass(a) and not isinstance(a, type):
            fields = {each.name: self.create_arg(getattr(a, each.name)) for each in dataclasses.fields(a)}
            return self.create_node("call_function", a.__class__, (), fields)
        if isinstance(a, (*base_types, enum.Enum)) or a is None or a is ...:
            return a
        raise NotImplementedError(f"argument of type: {type(a)}")

    def create_key(self, key):
        """A key of a dictionary among the arguments, in which no node may stand."""
        if isinstance(key, str):
            return key
        key = self.create_arg(key)

        def refuse(node):
            raise RuntimeError(f"Keys for dictionaries used as an argument cannot contain a Node. Got key: {node}")

        map_arg(key, refuse)
        return key

    def to_bool(self, obj):
        """What `if proxy` asks: a TraceError, as nobody knows the value."""
        raise TraceError("symbolically traced variables cannot be used as inputs to control flow")

    def iter(self, obj):
        """What a loop over a proxy asks: a TraceError, as nobody knows the length."""
        raise TraceError(
            "Proxy object cannot be iterated. This can be attempted when the Proxy is used in a loop or as a *args or "
            "**kwargs function argument. See the torch.fx docs on pytorch.org for a more detailed explanation of what "
            "types of control flow can be traced, and check out the Proxy docstring for help troubleshooting Proxy "
            "iteration errors"
        )

    def keys(self, obj):
        """What `proxy.keys()` gives: the node of that call."""
        return Attribute(obj, "keys")()


class GraphAppendingTracer(TracerBase):
    """Adds nodes to a graph that is there, without a program that runs."""

    def __init__(self, graph):
        super().__init__()
        self.graph, self.scope = graph, Scope("", None)
        self.module_stack, self.node_name_to_scope = collections.OrderedDict(), {}


class Proxy:
    """What stands for the value of a node: operators, methods and functions of it become nodes."""

    def __init__(self, node, tracer=None):
        self.tracer = GraphAppendingTracer(node.graph) if tracer is None else tracer
        self.node = node
        self.__dict__["_listening"] = Listening()

    def __repr__(self):
        return f"Proxy({self.node.name})"

    def __getattr__(self, k):
        return Attribute(self, k)

    def __deepcopy__(self, memo):
        return type(self)(copy.deepcopy(self.node, memo), copy.deepcopy(self.tracer, memo))

    def __call__(self, *args, **kwargs):
        return self.tracer.create_proxy("call_method", "__call__", (self, *args), kwargs)

    def __iter__(self):
        instruction = running_instruction(inspect.currentframe().f_back)
        if instruction.opname == "UNPACK_SEQUENCE":
            return (self[place] for place in range(instruction.argval))
        return self.tracer.iter(self)

    def __abs__(self):
        return self.tracer.create_proxy("call_function", operator.abs, (self,), {})

    def __bool__(self):
        if self.tracer.trace_asserts:
            frame = inspect.currentframe().f_back
            instructions = list(dis.get_instructions(frame.f_code))
            place = bisect_left(instructions, frame.f_lasti, key=lambda each: each.offset)
            behind = instructions[place + 1].opname if place + 1 < len(instructions) else ""
            if "JUMP" in instructions[place].opname and behind == "LOAD_ASSERTION_ERROR":
                self.tracer.create_proxy("call_function", assert_fn, (self,), {})
                return True
        return self.tracer.to_bool(self)

    def keys(self):
        """What `**proxy` asks."""
        return self.tracer.keys(self)

    def __len__(self):
        raise RuntimeError(
            "'len' is not supported in symbolic tracing by default. If you want this call to be recorded, please call "
            "torch.fx.wrap('len') at module scope"
        )

    @classmethod
    def __torch_function__(cls, orig_method, types, args=None, kwargs=None):
        args, kwargs = args or (), kwargs or {}
        tracers = {each.tracer: None for each in tree_leaves([args, kwargs]) if isinstance(each, cls)}
        if len(tracers) > 1:
            raise RuntimeError(
                f"Found multiple different tracers {list(tracers)} while trying to trace operations {orig_method}"
            )
        (tracer,) = tracers
        if is_tensor_method_or_property(orig_method):
            return tracer.create_proxy("call_method", orig_method.__name__, args, kwargs)
        name = target_name(name_of(orig_method))
        return tracer.create_proxy("call_function", orig_method, args, kwargs, name=name)


class Listening:
    """While a proxy lives, functions ask the classes of their arguments."""

    def __init__(self):
        overriding.listen()

    def __del__(self):
        overriding.hush()


class Attribute(Proxy):
    """An attribute of a proxy: the call of a method, or, if it is used otherwise, a node of its own."""

    def __init__(self, root, attr):
        self.root, self.attr, self.tracer = root, attr, root.tracer
        self._node = None

    @property
    def node(self):
        """The node that takes the attribute, made when it is first asked for."""
        if self._node is None:
            self._node = self.tracer.create_proxy("call_function", getattr, (self.root, self.attr), {}).node
        return self._node

    def __call__(self, *args, **kwargs):
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


class ParameterProxy(Proxy):
    """A proxy of a parameter, which knows its shape."""

    def __init__(self, tracer, node, name, param):
        super().__init__(node, tracer)
        self.param, self.name = param, name

    def __repr__(self):
        return f"ParameterProxy({self.name})"

    @property
    def shape(self):
        """The size of each dimension."""
        return self.param.shape

    @property
    def ndim(self):
        """The number of dimensions."""
        return self.param.ndim

    def size(self):
        """The size of each dimension."""
        return self.param.size()

    def dim(self):
        """The number of dimensions."""
        return self.param.dim()

    def numel(self):
        """The number of elements."""
        return self.param.numel()

    nelement = numel


def running_instruction(frame):
    """The instruction that a frame is at."""
    instructions = list(dis.get_instructions(frame.f_code))
    return instructions[bisect_left(instructions, frame.f_lasti, key=lambda each: each.offset)]


def define_operators():
    """Let operators of proxies make nodes, also where a proxy stands at the right."""

    def of(name):
        return lambda *args, **kwargs: args[0].tracer.create_proxy(
            "call_function", getattr(operator, name), args, kwargs
        )

    def reflected(name):
        return lambda self, other: self.tracer.create_proxy("call_function", getattr(operator, name), (other, self), {})

    for name in MAGIC:
        if hasattr(operator, name):
            setattr(Proxy, f"__{name.strip('_')}__", of(name))
    for name in REFLECTED:
        if hasattr(operator, name):
            setattr(Proxy, f"__r{name.strip('_')}__", reflected(name))


define_operators()
for each in (TraceError, TracerBase, GraphAppendingTracer, Proxy, Attribute, ParameterProxy, Scope):
    each.__module__ = "torch.fx.proxy"
