"""How a graph becomes the text of a Python function."""

import dataclasses
import enum
import inspect
import itertools
import re
import types
import typing
from typing import NamedTuple

from tinytorch import devices
from tinytorch.fx._symbols import INPLACE, MAGIC
from tinytorch.fx.naming import BUILTINS, is_from_torch, qualified_name, type_text
from tinytorch.fx.node import Node
from tinytorch.tensor import Tensor
from tinytorch.utils import _pytree as pytree

COUNTER = re.compile(r"# COUNTER: (\d+)")
SHORT = {
    "float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16", "complex64": "c64", "complex128": "c128",
    "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "bool": "b8", "uint8": "u8",
}  # fmt: skip
GENERIC = {list: typing.List, dict: typing.Dict, set: typing.Set, frozenset: typing.FrozenSet, tuple: typing.Tuple}  # noqa: UP006


@dataclasses.dataclass
class PythonCode:
    """The text of a graph's function, and the values that it finds as globals."""

    src: str
    globals: dict
    _lineno_map: dict | None = None
    _prologue_start: int = 0


class CodeGen:
    """How a graph is written; a subclass says otherwise how the function begins and what it returns."""

    def __init__(self):
        self._body_transformer = None
        self._func_name = "forward"

    def gen_fn_def(self, free_vars, maybe_return_annotation, *, expanded_def=False):
        """The line with which the function begins."""
        if not free_vars or free_vars[0] != "self":
            free_vars.insert(0, "self")
        if expanded_def:
            inside = "".join([f"    {each},\n" for each in free_vars])
            return f"def {self._func_name}(\n{inside}){maybe_return_annotation}:"
        return f"def {self._func_name}({', '.join(free_vars)}){maybe_return_annotation}:"

    def generate_output(self, output_args, *, descs=None, repr_fn=repr):
        """The line that returns the output."""
        return f"return {repr_fn(output_args)}"

    def process_inputs(self, *args):
        """The arguments of the function as those of the graph."""
        return args

    def process_outputs(self, outputs):
        """The output of the graph as that of the function."""
        return outputs

    def additional_globals(self):
        """Pairs of names and values that the text needs beside those of the nodes."""
        return []

    def _gen_python_code(self, nodes, root_module, namespace, **options):
        return Writer(self, nodes, root_module, namespace, **options).code()


class PyTreeInfo(NamedTuple):
    """The names of a function's arguments, and the structures of its arguments and its result."""

    orig_args: list
    in_spec: pytree.TreeSpec
    out_spec: pytree.TreeSpec | None


class PyTreeCodeGen(CodeGen):
    """Writes a function whose arguments are trees, of which the graph knows the leaves."""

    def __init__(self, pytree_info):
        super().__init__()
        self.pytree_info = pytree_info

    def process_inputs(self, *args):
        """The leaves of the arguments."""
        return pytree.tree_leaves(args)

    def process_outputs(self, outputs):
        """The tree that the function returns."""
        if self.pytree_info is None or self.pytree_info.out_spec is None:
            return outputs
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        return pytree.tree_unflatten(outputs, self.pytree_info.out_spec)

    def gen_fn_def(self, free_vars, maybe_return_annotation, *, expanded_def=False):
        """The line with which the function begins, and those that take the leaves."""
        if self.pytree_info is None:
            return super().gen_fn_def(free_vars, maybe_return_annotation, expanded_def=expanded_def)
        names = self.pytree_info.orig_args
        if names and names[0] == "self":
            free_vars.insert(0, "self")
        begins = super().gen_fn_def(names[:], maybe_return_annotation, expanded_def=expanded_def)
        if free_vars:
            annotated = [each for each in free_vars if ":" in each]
            if annotated:
                begins += "\n    " + "".join([f"{each}; " for each in annotated]) + "\n"
            leaves = ", ".join([each.split(":")[0].split("#")[0] for each in free_vars])
            begins += f"\n    {leaves}, = fx_pytree.tree_flatten_spec([{', '.join(names)}], self._in_spec)"
        return begins

    def generate_output(self, output_args, *, descs=None, repr_fn=repr):
        """The line that returns the tree of the output."""
        if self.pytree_info and self.pytree_info.out_spec:
            return f"return pytree.tree_unflatten({repr_fn(output_args)}, self._out_spec)"
        return super().generate_output(output_args, descs=descs, repr_fn=repr_fn)


class Writer:
    """The writing of one text."""

    def __init__(
        self, codegen, nodes, root_module, namespace, *, verbose, include_stride=False, include_device=False,
        expanded_def=False, additional_meta=None,
    ):  # fmt: skip
        self.codegen, self.nodes, self.root, self.namespace = codegen, nodes, root_module, namespace
        self.verbose, self.stride, self.device, self.expanded = verbose, include_stride, include_device, expanded_def
        self.more_meta = additional_meta or ()
        self.free, self.body, self.globals, self.wrapped = [], [], {}, {}
        self.returns, self.said = "", None
        for name, (_, obj) in BUILTINS.items():
            self.add_global(name, obj)
        self.ended = self.last_uses()

    def code(self):
        """The text, with its globals."""
        for place, node in enumerate(self.nodes):
            if self.verbose:
                self.say_where(node)
            self.body.append(f"# COUNTER: {place}\n")
            self.emit(node)
            self.free_values(node)
        body = self.body or ["pass\n"]
        wraps = ""
        if self.wrapped:
            wrap = self.add_global("wrap", BUILTINS["torch"][1].fx.wrap)
            wraps = "\n".join([f'{wrap}("{name}")' for name in self.wrapped])
        if self.codegen._body_transformer:
            body = self.codegen._body_transformer(body)
        for name, value in self.codegen.additional_globals():
            self.add_global(name, value)
        begins = self.called(self.codegen.gen_fn_def, self.free, self.returns, expanded_def=self.expanded)
        lines, places, current = [], {}, None
        for line in "".join(body).split("\n"):
            if counter := COUNTER.search(line):
                current = int(counter.group(1))
            else:
                places[len(lines) + begins.count("\n") + 1] = current
                lines.append(line)
        text = "\n".join(lines).lstrip("\n")
        text = "\n".join([f"    {line}" for line in text.split("\n")])
        return PythonCode(f"\n{wraps}\n\n{begins}\n{text}", self.globals, places, wraps.count("\n") + 4)

    @staticmethod
    def called(method, *args, **settings):
        """Call a method of the program's own with those settings that it takes."""
        known = inspect.signature(method).parameters
        return method(*args, **{name: value for name, value in settings.items() if name in known})

    def add_global(self, hint, obj):
        """The name under which the text finds a value that is no node."""
        if is_from_torch(obj) and obj is not devices.device:
            if not isinstance(obj, types.FunctionType):
                return type_text(obj) if isinstance(obj, type) else qualified_name(obj)
            if found_under(name := qualified_name(obj), obj):
                return name
        name = self.namespace.create_name(hint, obj)
        self.globals[name] = obj
        return name

    def type_name(self, obj):
        """An annotation as text."""
        if obj == ():
            return "()"
        if isinstance(obj, types.UnionType):
            return "|".join(map(self.type_name, typing.get_args(obj)))
        origin = getattr(obj, "__origin__", None)
        if origin is not None:
            if isinstance(obj, typing._GenericAlias):
                origin = GENERIC.get(origin, origin)
            name = self.add_global(type_text(origin), origin)
            inside = typing.get_args(obj)
            return f"{name}[{','.join(map(self.type_name, inside))}]" if inside else name
        return self.add_global(type_text(obj), obj)

    def text(self, arg):
        """An argument as text."""
        if isinstance(arg, Node):
            return repr(arg)
        if isinstance(arg, tuple) and hasattr(arg, "_fields"):
            return f"{self.add_global(qualified_name(type(arg)), type(arg))}{tuple(arg)!r}"
        if isinstance(arg, enum.Enum):
            return f"{self.add_global(type(arg).__name__, type(arg))}.{arg.name}"
        if isinstance(arg, Tensor):
            return f"torch.Tensor(size={list(arg.size())}, dtype={str(arg.dtype).rpartition('.')[2]})"
        if isinstance(arg, tuple):
            return f"({', '.join(map(self.text, arg))}{',' if len(arg) == 1 else ''})"
        if isinstance(arg, list):
            return f"[{', '.join(map(self.text, arg))}]"
        if isinstance(arg, slice):
            return f"slice({self.text(arg.start)}, {self.text(arg.stop)}, {self.text(arg.step)})"
        return repr(arg)

    def arguments(self, args, kwargs):
        """The arguments of a call as text."""
        return ", ".join([*map(self.text, args), *[f"{name} = {self.text(each)}" for name, each in kwargs.items()]])

    def last_uses(self):
        """Each node -> the nodes that are used there for the last time."""
        seen, ended = set(), {}
        for node in reversed(self.nodes):
            for each in node._input_nodes:
                if each not in seen:
                    seen.add(each)
                    ended.setdefault(node, []).append(each)
        return ended

    def free_values(self, node):
        """End a node's line, and let go of what is not used behind it."""
        if node.op == "placeholder":
            return
        done = [] if node.op == "output" else [*self.ended.get(node, ()), *([] if node.users else [node])]
        self.body.append(f";  {' = '.join([*map(repr, done), 'None'])}\n" if done else "\n")

    def say_where(self, node):
        """Say in a comment where in the program a node comes from, if the one before came from elsewhere."""
        if node.op in ("placeholder", "output"):
            return
        meta = ", ".join([f"{key}: {node.meta[key]}" for key in self.more_meta if key in node.meta])
        words = f"\n{f'# {meta} ' if meta else ''}# {where(node.stack_trace)}\n"
        if words != self.said:
            self.said = words
            self.body.append(words)

    def annotation(self, node):
        """What stands behind a node's name: its type, or in a verbose text the dtype and shape that are known."""
        found = node.meta.get("val", node.meta.get("tensor_meta", node.meta.get("example_value")))
        if self.verbose and hasattr(found, "dtype") and hasattr(found, "shape"):
            text = f"{SHORT[str(found.dtype).rpartition('.')[2]]}{list(found.shape)}"
            if isinstance(found, Tensor):
                text += f"{list(found.stride()) if self.stride else ''}{found.device if self.device else ''}"
            return f': "{text}"'
        return "" if node.type is None else f" : {self.type_name(node.type)}"

    def emit(self, node):
        """Write a node, without the end of its line."""
        kind = self.annotation(node)
        if node.op == "placeholder":
            default = f" = {self.text(node.args[0])}" if node.args else ""
            self.free.append(f"{node.target}{kind}{default}")
            raw = node.target.replace("*", "")
            if raw != repr(node):
                self.body.append(f"{node!r} = {raw}\n")
        elif node.op == "output":
            if node.type is not None:
                self.returns = f" -> {self.type_name(node.type)}"
            self.body.append(self.called(self.codegen.generate_output, node.args[0], repr_fn=self.text))
        elif node.op == "call_function":
            self.body.append(self.function_call(node, kind))
        elif node.op == "call_method":
            call = f"{path(self.text(node.args[0]), node.target)}({self.arguments(node.args[1:], node.kwargs)})"
            self.body.append(f"{node!r}{kind} = {call}")
        elif node.op == "call_module":
            call = f"{path(self.root, node.target)}({self.arguments(node.args, node.kwargs)})"
            self.body.append(f"{node!r}{kind} = {call}")
        else:
            self.body.append(f"{node!r}{kind} = {path(self.root, node.target)}")

    def function_call(self, node, kind):
        """The call of a function, an operator between its operands."""
        if getattr(node.target, "__module__", "") == "_operator":
            name, args = node.target.__name__, [self.text(each) for each in node.args]
            if name in MAGIC:
                return f"{node!r}{kind} = {MAGIC[name].format(*args)}"
            if name in INPLACE:
                return f"{INPLACE[name].format(*args)};  {node!r}{kind} = {args[0]}"
        name = self.add_global(qualified_name(node.target), node.target)
        if name == "getattr" and len(node.args) == 2 and isinstance(node.args[1], str) and node.args[1].isidentifier():
            return f"{node!r}{kind} = {path(self.text(node.args[0]), node.args[1])}"
        if node.meta.get("is_wrapped", False):
            self.wrapped.setdefault(name)
        return f"{node!r}{kind} = {name}({self.arguments(node.args, node.kwargs)})"


def path(base, target):
    """What stands at a dotted path below a value, as code."""
    for each in target.split("."):
        base = f"{base}.{each}" if each.isidentifier() else f'getattr({base}, "{each}")'
    return base


def found_under(name, obj):
    """Whether code finds a value under its full name."""
    value = BUILTINS["torch"][1]
    for each in name.split(".")[1:]:
        value = getattr(value, each, None)
    return value is obj


def where(trace):
    """The innermost place of a trace, as one line."""
    lines = (trace or "").strip().split("\n")
    for line, code in reversed(list(itertools.pairwise(lines))):
        if match := re.match(r'^File "(.+)", line (\d+), in (.+)$', line.strip()):
            return "File: {}:{} in {}, code: {}".format(*match.groups(), code.strip())
    return "No stacktrace found for following nodes"


_PyTreeCodeGen, _PyTreeInfo = PyTreeCodeGen, PyTreeInfo
