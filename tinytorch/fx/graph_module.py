"""torch.fx.GraphModule: a module whose forward is the code of a graph."""

import contextlib
import copy
import itertools
import linecache
import sys
import traceback

from tinytorch.fx.codegen import PyTreeCodeGen
from tinytorch.fx.graph import Graph
from tinytorch.fx.naming import BUILTINS, is_from_torch
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import Parameter
from tinytorch.tensor import Tensor

HOOKS = ("_replace_hooks", "_create_node_hooks", "_erase_node_hooks", "_deepcopy_hooks")
REMINDER = "# To see more debug info, please use `graph_module.print_readable()`"


class GraphModule(Module):
    """A module of a graph: `forward` is the graph's code, made when the graph is set, and again by `recompile()`.

    `root` is a module, or a dictionary of paths, which has what the graph refers to; a RuntimeError where the
    dictionary has not.
    """

    tracer = None  # what records code again, `Tracer`, which puts itself here

    def __new__(cls, *args, **kwargs):
        own = next(each for each in cls.__mro__ if each.__qualname__.rpartition(".")[2] != "GraphModuleImpl")

        class GraphModuleImpl(own):  # each module has a class of its own, for its forward
            pass

        return super().__new__(GraphModuleImpl)

    def __init__(self, root, graph, class_name="GraphModule"):
        super().__init__()
        type(self).__name__ = class_name
        targets = [each for each in graph.nodes if each.op in ("get_attr", "call_module")]
        if isinstance(root, Module):
            self.training = getattr(root, "training", self.training)
            if isinstance(root, CodeOnly):
                named = (root.named_children(), root.named_buffers(), root.named_parameters())
                for name, _ in itertools.chain(*named):
                    copy_attribute(root, self, name)
            for node in targets:
                copy_attribute(root, self, node.target)
        elif isinstance(root, dict):
            for node in targets:
                if node.target not in root:
                    raise RuntimeError(
                        f"Node {node} referenced target {node.target} but that target was not provided in ``root``!"
                    )
            for target in sorted([each.target for each in targets], key=lambda each: each.count(".")):
                put_attribute(self, target, root[target])
        else:
            raise RuntimeError(f"Unsupported type {root} passed for root!")
        self.graph = graph
        tracer = graph._tracer_cls
        self._tracer_cls = tracer if tracer and "<locals>" not in tracer.__qualname__ else None
        self._tracer_extras = graph._tracer_extras or {}
        self.meta = {}
        for name in HOOKS:
            self.__dict__[name] = []

    @property
    def graph(self):
        """The graph; when another one is set, its code is written at once."""
        return self._graph

    @graph.setter
    def graph(self, g):
        if not isinstance(g, Graph):
            raise AssertionError(f"Expected a Graph instance, but got {type(g)}")
        self.__dict__["_graph"] = g
        g.owning_module = self
        self.recompile()

    @property
    def code(self):
        """The text of forward."""
        if "_code" not in self.__dict__:
            raise RuntimeError("Code has not been generated! Please report a bug to PyTorch")
        return self._code

    def recompile(self):
        """Write the code again, after the graph was changed; what was written is returned."""
        if isinstance(self._graph._codegen, PyTreeCodeGen):
            info = self._graph._codegen.pytree_info
            self._in_spec, self._out_spec = info.in_spec, info.out_spec
        written = self._graph.python_code(root_module="self")
        self._code, self._lineno_map = written.src, written._lineno_map
        cls = type(self)
        cls.forward = forward_of(written.src, written.globals, self._graph._source)
        own = vars(cls).get("__call__")
        if "_wrapped_call" not in vars(cls):
            cls._wrapped_call = WrappedCall(cls, own)
        cls.__call__ = lambda self, *args, **kwargs: self._wrapped_call(self, *args, **kwargs)
        for child in self.children():
            if isinstance(child, GraphModule):
                child.recompile()
        return written

    # Modules inside

    def add_submodule(self, target, m):
        """Put a module at a path, with empty modules above it; whether that could be done."""
        *above, name = target.split(".")
        found = self
        for each in above:
            inside = getattr(found, each, None)
            if inside is None:
                inside = Module()
                setattr(found, each, inside)
            if not isinstance(inside, Module):
                return False
            found = inside
        found.add_module(name, m)
        return True

    def delete_submodule(self, target):
        """Take out the module at a path; whether there was one."""
        *above, name = target.split(".")
        found = self
        for each in above:
            found = getattr(found, each, None)
            if not isinstance(found, Module):
                return False
        if not isinstance(getattr(found, name, None), Module):
            return False
        delattr(found, name)
        return True

    def delete_all_unused_submodules(self):
        """Take out the modules that the graph does not call, and none of whose attributes it takes."""
        used = set()
        for node in self.graph.nodes:
            if node.op in ("call_module", "get_attr"):
                used.update(itertools.accumulate(node.target.split("."), lambda above, name: f"{above}.{name}"))
                if node.op == "call_module":
                    with contextlib.suppress(AttributeError):
                        inside = self.get_submodule(node.target).named_modules()
                        used.update([f"{node.target}.{name}" for name, _ in inside if name])
        for name in [name for name, _ in self.named_modules() if name and name not in used]:
            self.delete_submodule(name)

    # Copies

    def __reduce__(self):
        state = self.__dict__.copy()
        imports = import_lines(self.recompile().globals)
        del state["_graph"]
        if state["_tracer_cls"] is GraphModule.tracer:
            state["_tracer_cls"] = None  # which is meant then; by its name pickle would find PyTorch's class
        return reduce_graph_module, (state, imports)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __deepcopy__(self, memo):
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        body = CodeOnly(copy.deepcopy(self.__dict__, memo))
        GraphModule.__init__(made, body, body.__dict__["_graph"], type(self).__name__)
        for name in ("_hooks", *HOOKS):
            if name in self.__dict__:
                made.__dict__[name] = copy.deepcopy(self.__dict__[name], memo)
        made.meta = copy.deepcopy(self.__dict__.get("meta", {}), memo)
        for hook in self.__dict__.get("_deepcopy_hooks", ()):
            hook(made)
        return made

    def __copy__(self):
        made = GraphModule(self, self.graph)
        made.meta = self.__dict__.get("meta", {})
        return made

    # Text

    def __str__(self):
        return "\n".join([super().__str__(), self._code, REMINDER])

    def print_readable(self, print_output=True, include_stride=False, include_device=False, colored=False, *,
                       fast_sympy_print=False, expanded_def=False, additional_meta=None):  # fmt: skip
        """The code as that of a class, with what is known of each node; it is printed and returned.

        A NotImplementedError for colours.
        """
        if colored:
            raise NotImplementedError("print_readable(colored=True): tinytorch writes no colours")
        options = {"include_stride": include_stride, "include_device": include_device}
        text = readable(
            self, self._get_name(), options | {"additional_meta": additional_meta, "expanded_def": expanded_def}
        )
        if print_output:
            print(text)
        return text

    @contextlib.contextmanager
    def _set_replace_hook(self, f):
        self._register_replace_node_hook(f)
        try:
            yield
        finally:
            self._unregister_replace_node_hook(f)


def define_hooks():
    """The methods by which programs are told of changes of a graph."""
    for name, method in zip(HOOKS, ("replace_node", "create_node", "erase_node", "deepcopy"), strict=True):

        def register(self, f, name=name):
            if not callable(f):
                raise AssertionError(f"{name[1:-6]} hook must be a callable.")
            self.__dict__[name].append(f)

        setattr(GraphModule, f"_register_{method}_hook", register)
        setattr(GraphModule, f"_unregister_{method}_hook", lambda self, f, name=name: self.__dict__[name].remove(f))


define_hooks()


class CodeOnly(Module):
    """What a module was without its graph: the graph is recorded again from its code."""

    def __init__(self, body):
        super().__init__()
        self.__dict__ = body


class WrappedCall:
    """The call of a GraphModule, which shows the line of its code in which it fails."""

    def __init__(self, cls, own):
        self.cls, self.own = cls, own

    def __call__(self, obj, *args, **kwargs):
        try:
            if self.own is not None:
                return self.own(obj, *args, **kwargs)
            return super(self.cls, obj).__call__(*args, **kwargs)
        except Exception as error:
            last = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__))[-1]
            if "eval_with_key" not in last.filename:
                raise
            print(message_of(last), file=sys.stderr)
            raise error.with_traceback(None)  # noqa: B904


def message_of(frame):
    """What is shown of a failure: the traceback, and the line of the code among its neighbours."""
    lines, place = linecache.getlines(frame.filename), frame.lineno
    title = f"Call using an FX-traced Module, line {place} of the traced Module's generated forward function:"
    marker = "~" * len(frame.line) + "~~~ <--- HERE"
    before, after = "".join(lines[place - 2 : place]), "\n".join(lines[place : place + 2])
    return "\n".join([traceback.format_exc(), title, before, marker, after])


# Code


class Sources:
    """The texts of all codes, where tracebacks look for them."""

    def __init__(self):
        self.texts = {}

    def add(self, text, source):
        """The name of the file that a text is taken for, with the place of the function that was recorded."""
        name = f"<eval_with_key>.{len(self.texts)}{source}"
        self.texts[name] = text
        linecache.lazycache(name, {"__name__": name, "__loader__": self})
        return name

    def get_source(self, name):
        """The text of such a file."""
        return self.texts.get(name)


sources = Sources()


def forward_of(text, names, source=""):
    """The function of a text that finds these globals."""
    names = dict(names)
    exec(compile(text, sources.add(text, source), "exec", dont_inherit=True), names)
    return names.pop("forward")


def import_lines(names):
    """What a text has to import so that it finds its globals without them."""

    def line(name, obj):
        if name in BUILTINS:
            return BUILTINS[name][0]
        if is_from_torch(obj) and name == "wrap":
            return "from tinytorch.fx import wrap"
        return f"from {obj.__module__} import {obj.__qualname__} as {name}"

    return "\n".join(sorted({line(name, obj) for name, obj in names.items()}))


def reduce_graph_module(body, import_block):
    """A GraphModule of what pickle keeps: its code, of which the graph is recorded, and its members."""
    CodeOnly.forward = forward_of(import_block + body["_code"], {})
    tracer = body.get("_tracer_cls") or GraphModule.tracer
    keeping = type("KeepModules", (tracer,), {"is_leaf_module": lambda self, module, path: True})
    root = CodeOnly(body)
    graph = keeping().trace(root, **body.get("_tracer_extras", {}))
    graph._tracer_cls = tracer
    made = GraphModule(root, graph, body.get("_graphmodule_cls_name", "GraphModule"))
    for name, value in body.items():
        if not hasattr(made, name):
            setattr(made, name, value)
    return made


def copy_attribute(source, module, path):
    """Let a module have what stands at a path in another one, with empty modules above it."""
    *above, name = path.split(".")
    for each in above:
        there, here = getattr(source, each), getattr(module, each, None)
        if there is here:
            return
        if here is None:
            here = Module()
            setattr(module, each, here)
        source, module = there, here
    put_attribute(module, name, getattr(source, name))


def put_attribute(module, path, value):
    """Let a module have a value at a path; a tensor that is no parameter is a buffer there."""
    *above, name = path.split(".")
    for each in above:
        if getattr(module, each, None) is None:
            setattr(module, each, Module())
        module = getattr(module, each)
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        module.register_buffer(name, value)
    else:
        setattr(module, name, value)


def indented(text):
    """A text whose lines behind the first stand further to the right."""
    first, *lines = text.split("\n")
    return "\n".join([first, *[f"    {line}" if line.strip() else "" for line in lines]])


def readable(module, name, options):
    """The code of a module, and of the graphs inside it, as those of classes."""
    text = module.graph.python_code(root_module="self", verbose=True, **options).src.lstrip("\n")
    text = indented(f"class {name}(torch.nn.Module):\n{text}")
    inside = [readable(each, path, options) for path, each in module.named_children() if isinstance(each, GraphModule)]
    return text + indented("\n".join(["", *inside]))


def _get_attr(model, attr_name):
    for each in attr_name.split("."):
        model = getattr(model, each)
    return model


_copy_attr = copy_attribute


def _assign_attr(from_obj, to_module, target):
    put_attribute(to_module, target, from_obj)


for each in (GraphModule, CodeOnly):
    each.__module__ = "torch.fx.graph_module"
