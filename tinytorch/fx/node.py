"""torch.fx.Node: one step of a graph, what it is called with, and who uses its result."""

import functools
import operator

from tinytorch import dtypes
from tinytorch.devices import device
from tinytorch.formats import layout, memory_format
from tinytorch.fx.immutable_collections import immutable_dict, immutable_list
from tinytorch.fx.naming import qualified_name, type_text
from tinytorch.ops import random
from tinytorch.settings import _assert, _assert_async
from tinytorch.tensor import Tensor

__all__ = ["Node", "has_side_effect", "map_aggregate", "map_arg"]

Target = Argument = object
base_types = (str, int, float, bool, complex, dtypes.dtype, Tensor, device, memory_format, layout)
KINDS = ("placeholder", "call_method", "call_module", "call_function", "get_attr", "output", "root")
_side_effectful_functions = {_assert, _assert_async, operator.setitem}
_side_effectful_functions |= {  # they move the random stream on
    random.rand, random.rand_like, random.randn, random.randn_like, random.randint, random.randint_like,
    random.randperm, random.normal, random.bernoulli, random.multinomial,
}  # fmt: skip


def has_side_effect(fn):
    """Let calls of a function stay in a graph although nobody uses what they give."""
    _side_effectful_functions.add(fn)
    return fn


@functools.total_ordering
class Node:
    """A step of a graph: `op` says of what kind, `target` what is called or named, `args` and `kwargs` with what.

    `users` are the nodes that use it, `meta` is for whoever looks at the graph, `type` is an annotation or None.
    """

    def __init__(self, graph, name, op, target, args, kwargs, return_type=None):
        kind = f"{type(target).__module__}.{type(target).__qualname__}".replace("builtins.", "", 1)
        where = f"Node [graph = {graph}, name = '{name}'] target {target} has type {kind}" if op != "root" else ""
        if op not in KINDS:
            raise AssertionError(f"op '{op}' is not in _legal_ops")
        if op == "call_function":
            if not callable(target):
                raise ValueError(f"{where} but a Callable is expected")
        elif not isinstance(target, str):
            raise ValueError(f"{where} but a str is expected")
        self.graph, self.name, self.op, self.target, self.type = graph, name, op, target, return_type
        self.users, self._input_nodes, self.meta = {}, {}, {}
        self._args, self._kwargs = (), immutable_dict()
        self._prev = self._next = self
        self._erased, self._repr_fn = False, None
        self.connect(args, kwargs)

    def connect(self, args, kwargs):
        """Take other arguments, and let the nodes among them know."""
        for each in self._input_nodes:
            each.users.pop(self, None)
        self._input_nodes = {}

        def use(node):
            self._input_nodes.setdefault(node)
            node.users.setdefault(self)
            return node

        self._args, self._kwargs = map_arg(args, use), map_arg(kwargs, use)

    def unlink(self):
        """Leave the list of nodes."""
        self._prev._next, self._next._prev = self._next, self._prev

    def __lt__(self, other):
        node = self._next
        while node.op != "root":
            if node is other:
                return True
            node = node._next
        return False

    @property
    def next(self):
        """The node behind this one."""
        return self._next

    @property
    def prev(self):
        """The node in front of this one."""
        return self._prev

    def prepend(self, x):
        """Move a node of the same graph in front of this one."""
        if x.graph is not self.graph:
            raise AssertionError("Attempting to move a Node into a different Graph")
        if x is self:
            return
        x.unlink()
        x._prev, x._next = self._prev, self
        self._prev._next = self._prev = x

    def append(self, x):
        """Move a node of the same graph behind this one."""
        self._next.prepend(x)

    @property
    def args(self):
        """The arguments by place; they can be set, and the users of nodes follow."""
        return self._args

    @args.setter
    def args(self, args):
        self.connect(args, self._kwargs)

    @property
    def kwargs(self):
        """The arguments by name; they can be set, and the users of nodes follow."""
        return self._kwargs

    @kwargs.setter
    def kwargs(self, kwargs):
        self.connect(self._args, kwargs)

    @property
    def all_input_nodes(self):
        """The nodes among the arguments, each once."""
        return list(self._input_nodes)

    @property
    def stack_trace(self):
        """Where in the program the node was recorded, if the tracer notes it."""
        return self.meta.get("stack_trace")

    @stack_trace.setter
    def stack_trace(self, trace):
        self.meta["stack_trace"] = trace

    def update_arg(self, idx, arg):
        """Change one argument by its place."""
        args = list(self.args)
        args[idx] = arg
        self.args = tuple(args)

    def insert_arg(self, idx, arg):
        """Put an argument in front of the one at a place; an AssertionError beyond the last."""
        if not 0 <= idx <= len(self.args):
            raise AssertionError(f"insert_args index must be between 0 and len(self.args), got {idx}")
        self.args = (*self.args[:idx], arg, *self.args[idx:])

    def update_kwarg(self, key, arg):
        """Change one argument by its name."""
        self.kwargs = {**self.kwargs, key: arg}

    def replace_input_with(self, old_input, new_input):
        """Put one node in the place of another in all arguments."""
        for hook in hooks_of(self):
            hook(old=old_input, new=new_input.name, user=self)

        def replaced(node):
            return new_input if node is old_input else node

        self.connect(map_arg(self._args, replaced), map_arg(self._kwargs, replaced))

    def replace_all_uses_with(self, replace_with, delete_user_cb=None, *, propagate_meta=False):
        """Let all users of this node, or those that a function chooses, use another one; they are returned."""
        if propagate_meta:
            if replace_with.meta:
                raise AssertionError(
                    "Called node.replace_all_uses_with(replace_with, propagate_meta=True), "
                    "but replace_with already has .meta keys"
                )
            replace_with.meta.update(self.meta)
        changed = [each for each in self.users if delete_user_cb is None or delete_user_cb(each)]
        for each in changed:
            each.replace_input_with(self, replace_with)
        return changed

    def is_impure(self, impure_random=True):
        """Whether the node has to stay although nobody uses it."""
        if self.op in ("placeholder", "output"):
            return True
        if self.op == "call_module":
            if self.graph.owning_module is None:
                raise AssertionError("self.graph.owning_module not set for purity check")
            return getattr(self.graph.owning_module.get_submodule(self.target), "_is_impure", False)
        return self.op == "call_function" and self.target in _side_effectful_functions

    def __repr__(self):
        return self._repr_fn(self) if self._repr_fn else self.name

    def __setattr__(self, name, value):
        if name == "name" and hasattr(self, "name"):
            for user in self.users:
                for hook in hooks_of(self):
                    hook(old=self, new=value, user=user)
        object.__setattr__(self, name, value)

    def _rename(self, candidate):
        if candidate != self.name:
            self.name = self.graph._graph_namespace.create_name(candidate, None)
            self.graph._graph_namespace.rename(self, self.name)

    @staticmethod
    def _pretty_print_target(target):
        if isinstance(target, str):
            return target
        module = getattr(target, "__module__", None)
        if module in ("builtins", "_operator"):
            return f"{module.lstrip('_')}.{target.__name__}"
        return qualified_name(target)

    def format_node(self, placeholder_names=None, maybe_return_typename=None, *, include_tensor_metadata=False):
        """The node as a line of text; None for a placeholder whose text goes into a list that is not empty."""
        kind = "" if self.type is None else f"{type_text(self.type)} "
        if self.op == "output":
            if self.type and maybe_return_typename:
                maybe_return_typename[0] = f" -> {type_text(self.type)}"
            return f"return {self.args[0]}"
        start = f"%{self.name} : {kind}[num_users={len(self.users)}] = {self.op}"
        if self.op == "placeholder":
            if placeholder_names:
                placeholder_names.append(self.target)
                return None
            return f"{start}[target={self.target}]" + (f"(default={self.args[0]})" if self.args else "")
        if self.op == "get_attr":
            return f"{start}[target={self.target}]"
        target = self._pretty_print_target(self.target)
        return f"{start}[target={target}](args = {argument_text(self.args)}, kwargs = {argument_text(self.kwargs)})"


def hooks_of(node):
    """What the module that owns a graph wants to be told of replacements in it."""
    return getattr(node.graph.owning_module, "_replace_hooks", None) or ()


def argument_text(arg):
    """Arguments as the lines of a graph have them, with `%` in front of nodes."""
    if isinstance(arg, Node):
        return f"%{arg}"
    if isinstance(arg, list):
        return f"[{', '.join(map(argument_text, arg))}]"
    if isinstance(arg, tuple):
        return f"({', '.join(map(argument_text, arg))}{',' if len(arg) == 1 else ''})"
    if isinstance(arg, dict):
        return f"{{{', '.join([f'{key}: {argument_text(each)}' for key, each in arg.items()])}}}"
    return str(arg)


def map_aggregate(a, fn):
    """What a function gives for each value in nested tuples, lists, dictionaries and slices."""
    if isinstance(a, tuple):
        made = [map_aggregate(each, fn) for each in a]
        return type(a)(*made) if hasattr(a, "_fields") else tuple(made)
    if isinstance(a, list):
        return immutable_list([map_aggregate(each, fn) for each in a])
    if isinstance(a, dict):
        return immutable_dict({key: map_aggregate(each, fn) for key, each in a.items()})
    if isinstance(a, slice):
        return slice(map_aggregate(a.start, fn), map_aggregate(a.stop, fn), map_aggregate(a.step, fn))
    return fn(a)


def map_arg(a, fn):
    """What a function gives for each node in nested tuples, lists, dictionaries and slices; the rest as it is."""
    if not callable(fn):
        raise AssertionError("torch.fx.map_arg(a, fn): fn must be a callable")
    return map_aggregate(a, lambda each: fn(each) if isinstance(each, Node) else each)


Node.__module__ = "torch.fx.node"
