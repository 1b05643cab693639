"""torch.fx.Tracer: runs a program with proxies in the place of its inputs, and records what it does as a graph."""

import collections
import functools
import inspect
import math
import types
import warnings

from tinytorch import overriding
from tinytorch.fx.codegen import PyTreeCodeGen, PyTreeInfo
from tinytorch.fx.graph import Graph
from tinytorch.fx.graph_module import GraphModule
from tinytorch.fx.node import base_types
from tinytorch.fx.patches import Patcher, wrap
from tinytorch.fx.proxy import ParameterProxy, Proxy, Scope, TracerBase
from tinytorch.nn.modules.container import Sequential
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Parameter
from tinytorch.settings import _assert
from tinytorch.tensor import Tensor
from tinytorch.utils import _pytree as pytree

__all__ = ["PH", "PHBase", "ProxyableClassMeta", "Tracer", "is_fx_tracing", "symbolic_trace", "wrap"]

VARYING = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
recordings = []  # an entry for each recording in progress
proxyable = set()  # the classes whose making is recorded


class PHBase:
    """The mark of an input that is not specialized."""

    def __repr__(self):
        return "PH"


PH = PHBase()


class ProxyableClassMeta(type):
    """The class of classes whose making is recorded, where a proxy is among the arguments."""

    def __init__(cls, name, bases, members):
        proxyable.add(cls)
        super().__init__(name, bases, members)

    def __call__(cls, *args, **kwargs):
        made = cls.__new__(cls)
        if not recordings:
            made.__init__(*args, **kwargs)
            return made
        found = [each for each in pytree.tree_leaves([args, kwargs]) if isinstance(each, Proxy)]
        if not found:
            made.__init__(*args, **kwargs)
            return made
        return found[-1].tracer.create_proxy("call_function", cls, args, kwargs)


def is_fx_tracing():
    """Whether a program is recorded now."""
    return bool(recordings)


class Tracer(TracerBase):
    """Records a module or a function; a subclass says otherwise which modules are single nodes, and the like.

    `autowrap_modules` are modules all of whose functions become nodes, `autowrap_functions` single ones; with
    `param_shapes_constant` the shapes of parameters are known while recording.
    """

    def __init__(self, autowrap_modules=(math,), autowrap_functions=(), param_shapes_constant=False):
        super().__init__()
        members = [item for module in autowrap_modules for item in vars(module).items()]
        self._autowrap_function_ids = {id(each) for name, each in members if name[0] != "_" and callable(each)}
        self._autowrap_function_ids |= {id(each) for each in autowrap_functions}
        self._autowrap_search = list(autowrap_modules)
        self.param_shapes_constant = param_shapes_constant
        self.submodule_paths, self.root_module_name = None, ""
        self.scope, self.module_stack = Scope("", None), collections.OrderedDict()
        self.num_calls, self.node_name_to_scope = {}, {}

    # What a subclass may say otherwise

    def is_leaf_module(self, m, module_qualified_name):
        """Whether the call of a module is one node: those of torch.nn are, but `Sequential`."""
        return m.__module__.startswith(("torch.nn", "torch.ao.nn")) and not isinstance(m, Sequential)

    def path_of_module(self, mod):
        """Where a module stands below the root; a NameError if nowhere."""
        paths = self.submodule_paths or {each: name for name, each in self.root.named_modules()}
        if mod not in paths:
            raise NameError("module is not installed as a submodule")
        return paths[mod]

    def call_module(self, m, forward, args, kwargs):
        """What the call of a module gives: a proxy of its node, or what it returns itself."""
        path = self.path_of_module(m)
        before, self.scope = self.scope, Scope(path, type(m))
        try:
            calls = self.num_calls.get(path, 0)
            self.num_calls[path] = calls + 1
            key = f"{path}@{calls}" if calls else path
            self.module_stack[key] = path, type(m)
            if self.is_leaf_module(m, path):
                result = self.create_proxy("call_module", path, args, kwargs)
            else:
                result = forward(*args, **kwargs)
            self.module_stack.popitem(last=True)
            return result
        finally:
            self.scope = before

    def getattr(self, attr, attr_val, parameter_proxy_cache):
        """What an attribute of a module is: the proxy of a parameter, else the value itself."""
        if isinstance(attr_val, Parameter):
            found = self.root.named_parameters()
        elif self.proxy_buffer_attributes and isinstance(attr_val, Tensor):
            found = self.root.named_buffers()
        else:
            return attr_val
        name = next((name for name, each in found if each is attr_val), None)
        if name is None:
            return attr_val
        if name not in parameter_proxy_cache:
            settings = {}
            if self.param_shapes_constant:
                settings["proxy_factory_fn"] = lambda node: ParameterProxy(self, node, name, attr_val)
            parameter_proxy_cache[name] = self.create_proxy("get_attr", name, (), {}, **settings)
        return parameter_proxy_cache[name]

    def create_arg(self, a):
        """An argument as a node has it: parameters, buffers and modules by their path, tensors as constants."""
        if isinstance(a, Parameter):
            name = next((name for name, each in self.root.named_parameters() if each is a), None)
            if name is None:
                raise NameError("parameter is not a member of this module")
            return self.create_node("get_attr", name, (), {})
        if isinstance(a, (Tensor, Module)):
            found = self.root.named_buffers() if isinstance(a, Tensor) else self.root.named_modules()
            name = next((name for name, each in found if each is a), None)
            if name is not None:
                return self.create_node("get_attr", name, (), {})
        if isinstance(a, tuple) and hasattr(a, "_fields"):
            return self.create_node("call_function", a.__class__, tuple([self.create_arg(each) for each in a]), {})
        if isinstance(a, (Tensor, pytree.TreeSpec)):
            name = self.tensor_attrs.get(a)
            if not name:
                name = self.get_fresh_qualname("_tensor_constant" if isinstance(a, Tensor) else "_tree_spec_constant")
                self.tensor_attrs[a] = name
                setattr(self.root, name, a)
            return self.create_node("get_attr", name, (), {})
        if type(a) in proxyable:
            name = self.get_fresh_qualname(f"_{type(a).__name__}_constant_")
            setattr(self.root, name, a)
            return self.create_node("get_attr", name, (), {})
        return super().create_arg(a)

    def get_fresh_qualname(self, prefix):
        """A name with a number that the root has not."""
        place = 0
        while hasattr(self.root, f"{prefix}{place}"):
            place += 1
        return f"{prefix}{place}"

    # Recording

    def trace(self, root, concrete_args=None):
        """The graph of a module or a function; `concrete_args` are values of arguments that it is specialized for."""
        recordings.append(self)
        overriding.listen()
        try:
            return self.record(root, concrete_args)
        finally:
            overriding.hush()
            recordings.pop()

    def record(self, root, concrete_args):
        """The graph of a module or a function, while functions ask."""
        if isinstance(root, Module):
            self.root = root
            if not hasattr(type(root), self.traced_func_name):
                raise AssertionError(f"traced_func_name={self.traced_func_name} doesn't exist in {type(root).__name__}")
            function = getattr(type(root), self.traced_func_name)
            self.root_module_name = root._get_name()
            self.submodule_paths = {each: name for name, each in root.named_modules()}
        else:
            self.root, function = Module(), root
        if not isinstance(function, types.FunctionType):
            raise AssertionError(f"Expected FunctionType, got {type(function)}")
        self.graph = Graph(tracer_cls=type(self))
        code = function.__code__
        self.graph._source = f" from {code.co_filename}:{code.co_firstlineno} in {code.co_name}"
        self.tensor_attrs = constants_of(self.root)
        names = function.__globals__
        function, args = self.create_args_for_root(function, isinstance(root, Module), concrete_args)
        cache, look_up, call = {}, Module.__getattr__, Module.__call__

        @functools.wraps(look_up)
        def looked_up(module, attr):
            return self.getattr(attr, look_up(module, attr), cache)

        @functools.wraps(call)
        def called(module, *args, **kwargs):
            patcher.visit(getattr(module.forward, "__globals__", {}), self._autowrap_function_ids)
            return self.call_module(module, functools.partial(call, module), args, kwargs)

        with Patcher() as patcher:
            patcher.patch_method(Module, "__getattr__", looked_up)
            patcher.patch_method(Module, "__call__", called)
            for each in (names, *map(vars, self._autowrap_search)):
                patcher.visit(each, self._autowrap_function_ids)
            annotation = inspect.get_annotations(inspect.unwrap(function)).get("return")
            result = self.create_arg(function(*args))
            self.create_node("output", "output", (result,), {}, type_expr=annotation)
        self.submodule_paths = None
        return self.graph

    def create_args_for_root(self, root_fn, is_module, concrete_args=None):
        """The function to run, and proxies, or concrete values, for its parameters."""
        function = inspect.unwrap(root_fn)
        code, signature = function.__code__, inspect.signature(function)
        total = code.co_argcount + code.co_kwonlyargcount
        if is_module and not total:
            raise RuntimeError("``self`` argument cannot be part of *args expansion!")
        names, args = list(code.co_varnames[is_module:total]), [self.root] if is_module else []
        if isinstance(concrete_args, tuple):
            if len(names) != len(concrete_args):
                raise RuntimeError(
                    f"Tracing expected {len(names)} arguments but got {len(concrete_args)} concrete arguments"
                )
            concrete_args = dict(zip(names, concrete_args, strict=True))
        args += [self._proxy_placeholder(name, concrete_args, signature, function) for name in names]
        if code.co_kwonlyargcount or code.co_flags & VARYING:
            behind = iter(code.co_varnames[total:])
            if code.co_flags & inspect.CO_VARARGS:
                args.append(self._proxy_placeholder(f"*{next(behind)}", concrete_args, signature, function))
            if code.co_flags & inspect.CO_VARKEYWORDS:
                args.append(self._proxy_placeholder(f"**{next(behind)}", concrete_args, signature, function))
            root_fn = by_place(root_fn, len(args))
        leaves, structure = pytree.tree_flatten(tuple(args))
        if all(part.is_leaf() for part in structure.parts):
            return root_fn, args
        codegen = self.graph._codegen = PyTreeCodeGen(PyTreeInfo(list(code.co_varnames[:total]), structure, None))

        def flat(*leaves):
            result, behind = pytree.tree_flatten(root_fn(*pytree.tree_unflatten(list(leaves), structure)))
            codegen.pytree_info = codegen.pytree_info._replace(out_spec=behind)
            return result

        return flat, leaves

    def _proxy_placeholder(self, name, concrete_args, signature, function):
        default = () if name[0] == "*" else default_of(signature, name)
        if concrete_args is None or name not in concrete_args:
            kind = function.__annotations__.get(name)
            return self.create_proxy("placeholder", name, default, {}, type_expr=kind)
        count = iter(range(1, 1 << 30))

        def specialized(value):
            made = self.create_proxy("placeholder", f"{name}_{next(count)}", default, {})
            if isinstance(value, PHBase):
                return made
            if type(value) in base_types and not isinstance(value, Tensor):
                words = f"{name} has been specialized to have value {value} but got another value"
                _assert(made == value, words)
            elif value is None:
                words = f"{name} has been specialized to have value None but got another value"
                self.create_proxy("call_function", _assert_is_none, (made, words), {})
            else:
                warnings.warn(
                    f"Was not able to add assertion to guarantee correct input {name} to specialized function. It is "
                    "up to the user to make sure that your inputs match the inputs you specialized the function with.",
                    stacklevel=2,
                )
            return value

        return pytree.tree_map(specialized, concrete_args[name])


@wrap
def _assert_is_none(value, msg):
    if value is not None:
        raise AssertionError(msg)


def default_of(signature, name):
    """A parameter's default, in a tuple that is empty if there is none."""
    default = signature.parameters[name].default
    return () if default is inspect.Parameter.empty else (default,)


def by_place(function, count):
    """A function that takes all parameters of another one by their place, those behind its stars as one each."""
    code = function.__code__
    flags = code.co_flags & ~VARYING
    made = code.replace(co_argcount=count, co_posonlyargcount=0, co_kwonlyargcount=0, co_flags=flags)
    return types.FunctionType(
        made, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )


def constants_of(module, path=""):
    """The tensors that are attributes of modules without being parameters or buffers -> their path."""
    found = {each: path + name for name, each in vars(module).items() if isinstance(each, (Tensor, pytree.TreeSpec))}
    for name, child in module.named_children():
        found |= constants_of(child, f"{path}{name}.")
    return found


def symbolic_trace(root, concrete_args=None):
    """The GraphModule of what a module or a function does; `concrete_args` are values that it is specialized for."""
    tracer = Tracer()
    graph = tracer.trace(root, concrete_args)
    return GraphModule(tracer.root, graph, root.__class__.__name__ if isinstance(root, Module) else root.__name__)


GraphModule.tracer = Tracer
Tracer.__module__ = "torch.fx._symbolic_trace"
