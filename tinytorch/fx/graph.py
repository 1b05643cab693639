"""torch.fx.Graph: the nodes of a program, in the order in which they run."""

import contextlib
import copy
import inspect
import warnings

from tinytorch.fx.codegen import CodeGen, PythonCode, _PyTreeCodeGen, _PyTreeInfo
from tinytorch.fx.immutable_collections import immutable_dict
from tinytorch.fx.naming import Namespace, shown_as, target_name
from tinytorch.fx.node import Node, map_arg
from tinytorch.nn.modules.module import Module

__all__ = ["CodeGen", "Graph", "PythonCode", "_PyTreeCodeGen", "_PyTreeInfo"]

OPCODES = ("call_function", "call_method", "get_attr", "call_module", "placeholder", "output")
NO_MODULE = (
    "Attempted to insert a call_module Node with no underlying reference in the owning GraphModule! Call "
    "GraphModule.add_submodule to add the necessary submodule"
)
NO_ATTRIBUTE = (
    "Attempted to insert a get_attr Node with no underlying reference in the owning GraphModule! Call "
    "GraphModule.add_submodule to add the necessary submodule, GraphModule.add_parameter to add the necessary "
    "Parameter, or nn.Module.register_buffer to add the necessary buffer"
)


class Nodes:
    """The nodes of a graph in their order, which may change while somebody goes through them."""

    def __init__(self, graph, way="_next"):
        self.graph, self.way = graph, way

    def __len__(self):
        return self.graph._len

    def __iter__(self):
        root = self.graph._root
        current = getattr(root, self.way)
        while current is not root:
            if not current._erased:
                yield current
            current = getattr(current, self.way)

    def __reversed__(self):
        return iter(Nodes(self.graph, "_prev" if self.way == "_next" else "_next"))


class InsertPoint:
    """Where new nodes go from now on; at the end of a `with` block, where they went before."""

    def __init__(self, graph, insert):
        self.graph, self.before = graph, graph._insert
        graph._insert = insert

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        self.graph._insert = self.before


class Graph:
    """A program as nodes: placeholders, calls, and one output; `nodes` goes through them in their order."""

    def __init__(self, owning_module=None, tracer_cls=None, tracer_extras=None):
        self._root = Node(self, "", "root", "", (), {})
        self._insert = self._root.prepend
        self._len = 0
        self._graph_namespace = Namespace()
        self._owning_module, self._tracer_cls, self._tracer_extras = owning_module, tracer_cls, tracer_extras
        self._codegen = CodeGen()
        self._source = ""  # where the function stands that was recorded

    @property
    def owning_module(self):
        """The GraphModule whose graph this is, or None."""
        return self._owning_module

    @owning_module.setter
    def owning_module(self, mod):
        self._owning_module = mod

    @property
    def nodes(self):
        """The nodes, in the order in which they run."""
        return Nodes(self)

    def output_node(self):
        """The node that returns."""
        return next(each for each in reversed(self.nodes) if each.op == "output")

    def find_nodes(self, *, op, target=None, sort=True):
        """The nodes of a kind, and with a target if one is named; an AssertionError for a call without its target."""
        if op == "call_function" and target is None:
            raise AssertionError("target is required for op='call_function'")
        return [each for each in self.nodes if each.op == op and (target is None or each.target == target)]

    # Nodes that join

    def create_node(self, op, target, args=None, kwargs=None, name=None, type_expr=None):
        """A new node where nodes go now; its name is like the one that is asked for, or like its target's."""
        if args and not isinstance(args, tuple):
            raise AssertionError(f"args must be a tuple, got {type(args)}")
        if kwargs and not isinstance(kwargs, dict):
            raise AssertionError(f"kwargs must be a dict, got {type(kwargs)}")
        name = self._graph_namespace.create_name(target_name(target) if name is None else name, None)
        node = Node(self, name, op, target, args or (), kwargs or immutable_dict(), type_expr)
        for hook in getattr(self.owning_module, "_create_node_hooks", None) or ():
            hook(node)
        self._graph_namespace.associate_name_with_obj(name, node)
        self._insert(node)
        self._len += 1
        return node

    def placeholder(self, name, type_expr=None, default_value=inspect.Signature.empty):
        """A parameter of the function."""
        args = () if default_value is inspect.Signature.empty else (default_value,)
        return self.create_node("placeholder", name, args=args, type_expr=type_expr)

    def get_attr(self, qualified_name, type_expr=None):
        """What stands at a path in the module; a UserWarning if nothing does."""
        if self.owning_module is not None and not has_attribute(self.owning_module, qualified_name):
            warnings.warn(NO_ATTRIBUTE, stacklevel=2)
        return self.create_node("get_attr", qualified_name, type_expr=type_expr)

    def call_module(self, module_name, args=None, kwargs=None, type_expr=None):
        """The call of a module at a path."""
        if self.owning_module is not None and self.owning_module.get_submodule(module_name) is None:
            warnings.warn(NO_MODULE, stacklevel=2)
        return self.create_node("call_module", module_name, args, kwargs, type_expr=type_expr)

    def call_method(self, method_name, args=None, kwargs=None, type_expr=None):
        """The call of a method of the first argument."""
        return self.create_node("call_method", method_name, args, kwargs, type_expr=type_expr)

    def call_function(self, the_function, args=None, kwargs=None, type_expr=None, name=None):
        """The call of a function."""
        return self.create_node("call_function", the_function, args, kwargs, name=name, type_expr=type_expr)

    def output(self, result, type_expr=None):
        """What the function returns."""
        return self.create_node(op="output", target="output", args=(result,), type_expr=type_expr)

    def node_copy(self, node, arg_transform=lambda x: x):
        """A copy of a node of another graph; `arg_transform` gives for a node there the one that stands for it here."""
        args, kwargs = map_arg(node.args, arg_transform), map_arg(node.kwargs, arg_transform)
        made = self.create_node(node.op, node.target, args, kwargs, node.name, node.type)
        made.meta = copy.copy(node.meta)
        return made

    def graph_copy(self, g, val_map, return_output_node=False):
        """Copy all nodes of a graph but its output, what this returned is the result; `val_map` notes what became of
        each, and what stands there already is not copied."""
        for node in g.nodes:
            if node in val_map:
                continue
            if node.op == "output":
                result = map_arg(node.args[0], lambda each: val_map[each])
                return (result, node) if return_output_node else result
            val_map[node] = self.node_copy(node, lambda each: val_map[each])
        return None

    def __deepcopy__(self, memo=None):
        made = Graph(tracer_cls=self._tracer_cls)
        found = made.graph_copy(self, memo if memo else {}, return_output_node=True)
        made._codegen = copy.deepcopy(self._codegen)
        if found is not None:
            made.output(found[0], type_expr=found[1].type).meta = copy.copy(found[1].meta)
        return made

    def inserting_before(self, n=None):
        """Put new nodes in front of a node, or in front of all; in a `with` block for its length."""
        if n is None:
            return self.inserting_after(self._root)
        if n.graph is not self:
            raise AssertionError("Node to insert before is not in graph.")
        return InsertPoint(self, n.prepend)

    def inserting_after(self, n=None):
        """Put new nodes behind a node, or behind all; in a `with` block for its length."""
        if n is None:
            return self.inserting_before(self._root)
        if n.graph is not self:
            raise AssertionError("Node to insert after is not in graph.")
        return InsertPoint(self, n.append)

    # Nodes that leave

    def erase_node(self, to_erase):
        """Take out a node; a RuntimeError if another one uses it."""
        if to_erase.users:
            raise RuntimeError(
                f"Tried to erase Node {to_erase} but it still had {len(to_erase.users)} users in the graph: "
                f"{to_erase.users}!"
            )
        if to_erase.graph is not self:
            raise RuntimeError(f"Attempting to remove {to_erase} from wrong graph!")
        if to_erase._erased:
            warnings.warn(f"erase_node({to_erase}) on an already erased node", stacklevel=2)
            return
        for hook in getattr(self.owning_module, "_erase_node_hooks", None) or ():
            hook(to_erase)
        to_erase.unlink()
        to_erase._erased = True  # who goes through the nodes may still stand on it
        self._len -= 1
        to_erase.connect(map_arg(to_erase.args, lambda _: None), map_arg(to_erase.kwargs, lambda _: None))

    def eliminate_dead_code(self, is_impure_node=None):
        """Take out what nobody uses and what does nothing else; whether there was any."""
        self.lint()
        before = self._len
        for node in reversed(self.nodes):
            if not node.users and not (node.is_impure() if is_impure_node is None else is_impure_node(node)):
                self.erase_node(node)
        return self._len < before

    # What a graph says

    def lint(self):
        """Check the graph; a RuntimeError for a node that is used before it is there, or whose target is nowhere."""
        values, names = set(), set()
        for node in self.nodes:
            if node.op not in OPCODES:
                raise RuntimeError(f"Node {node} had unknown opcode {node.op}!")
            if node.graph is not self:
                raise RuntimeError(f"Node '{node}' does not belong to this Graph!")
            for each in node._input_nodes:
                if each.graph is not self:
                    raise RuntimeError(
                        f"Argument '{each}' of Node '{node}' does not belong to this Graph, but was used as an "
                        "argument! If you are copying nodes from another graph, make sure to use ``arg_transform`` "
                        f"on node_copy() to remap values\n{self}"
                    )
                if each not in values:
                    raise RuntimeError(
                        f"Argument '{each}' of Node '{node}' was used before it has been defined! Please check that "
                        f"Nodes in the graph are topologically ordered\n{self}"
                    )
            values.add(node)
            if node.name in names:
                raise RuntimeError(f"Node redefined name {node.name}!")
            names.add(node.name)
            if self.owning_module is not None and node.op in ("get_attr", "call_module"):
                check_target(self.owning_module, node)

    def python_code(self, root_module, *, verbose=False, **options):
        """The graph as the text of a function, with the values that it finds as globals."""
        namespace, before = Namespace(), {}
        for node in self.nodes:
            before[node], node._repr_fn = node._repr_fn, lambda each: namespace.create_name(each.name, each)
        try:
            return self._codegen._gen_python_code(self.nodes, root_module, namespace, verbose=verbose, **options)
        finally:
            for node, function in before.items():
                node._repr_fn = function

    def __str__(self):
        lines = [node.format_node([], [""]) for node in self.nodes]
        return "\n    ".join(["graph():", *[each for each in lines if each]])

    def print_tabular(self):
        """Print the nodes as a table; an ImportError without the package `tabulate`."""
        try:
            from tabulate import tabulate
        except ImportError:
            print(
                "`print_tabular` relies on the library `tabulate`, which could not be found on this machine. Run "
                "`pip install tabulate` to install the library."
            )
            raise
        rows = [[each.op, each.name, shown_as(each.target), each.args, each.kwargs] for each in self.nodes]
        print(tabulate(rows, headers=["opcode", "name", "target", "args", "kwargs"]))

    def process_inputs(self, *args):
        """The arguments of the function as those of the graph."""
        return self._codegen.process_inputs(*args)

    def process_outputs(self, out):
        """The output of the graph as that of the function."""
        return self._codegen.process_outputs(out)

    def set_codegen(self, codegen):
        """Let something else write the function."""
        self._codegen = codegen

    def on_generate_code(self, make_transformer):
        """Let a function change the lines of the text: `make_transformer` gets the one before, or None, and gives the
        next; as a `with` block for its length."""
        before = self._codegen._body_transformer
        self._codegen._body_transformer = make_transformer(before)
        stack = contextlib.ExitStack()
        stack.callback(setattr, self._codegen, "_body_transformer", before)
        return stack

    def _target_to_str(self, target):
        return target_name(target)

    def _clear_nodes(self):
        for node in reversed(self.nodes):
            node.meta.clear()
            self.erase_node(node)


def has_attribute(module, path):
    """Whether a module, parameter or buffer stands at a path."""
    above, _, name = path.rpartition(".")
    try:
        found = module.get_submodule(above)
    except AttributeError:
        warnings.warn(f"Failed to fetch module {above}!", stacklevel=3)
        return False
    return name in found._modules or name in found._parameters or name in found._buffers


def check_target(module, node):
    """Refuse a node whose module or attribute is not there."""
    atoms = node.target.split(".")
    found = module
    for place, atom in enumerate(atoms):
        found = getattr(found, atom, None)
        before = ".".join(atoms[:place])
        if found is None:
            raise RuntimeError(f"Node {node} target {node.target} references nonexistent attribute {atom} of {before}")
        if node.op == "call_module" and not isinstance(found, Module):
            raise RuntimeError(f"Node {node} target {node.target} {atom} of {before} does not reference an nn.Module")
