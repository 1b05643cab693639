"""torch.fx.Interpreter: runs a graph node by node; its Transformer runs it on proxies, which makes another graph."""

import inspect

from tinytorch.fx._symbolic_trace import Tracer
from tinytorch.fx.graph import Graph
from tinytorch.fx.graph_module import GraphModule
from tinytorch.fx.node import map_aggregate, map_arg
from tinytorch.fx.proxy import Proxy

__all__ = ["Interpreter", "Transformer"]


class Interpreter:
    """Runs the graph of a module; a subclass says otherwise what the nodes of a kind do.

    `env` has the values of the nodes; those that nobody uses any more leave it, with `garbage_collect_values`.
    """

    def __init__(self, module, garbage_collect_values=True, graph=None):
        self.module, self.submodules = module, dict(module.named_modules())
        self.graph = module.graph if graph is None else graph
        self.env, self.name, self.extra_traceback = {}, "Interpreter", True
        self.garbage_collect_values = garbage_collect_values
        self.user_to_last_uses, seen = {}, set()
        for node in reversed(self.graph.nodes) if garbage_collect_values else ():
            for each in node._input_nodes:
                if each not in seen:
                    seen.add(each)
                    self.user_to_last_uses.setdefault(node, []).append(each)

    def run(self, *args, initial_env=None, enable_io_processing=True):
        """What the graph returns for arguments; `initial_env` has values of nodes that do not run."""
        self.env = {} if initial_env is None else initial_env
        self.args_iter = iter(self.graph.process_inputs(*args) if enable_io_processing else args)
        for node in self.graph.nodes:
            if node in self.env:
                continue
            try:
                self.env[node] = self.run_node(node)
            except Exception as error:
                if self.extra_traceback:
                    explain(error, node)
                raise
            for each in self.user_to_last_uses.get(node, ()):
                del self.env[each]
            if node.op == "output":
                result = self.env[node]
                return self.graph.process_outputs(result) if enable_io_processing else result
        return None

    def boxed_run(self, args_list):
        """What the graph returns for the arguments in a list, which is emptied; a RuntimeError for too many or few."""
        inputs = self.graph.find_nodes(op="placeholder")
        if len(inputs) != len(args_list):
            detail = "extra" if len(args_list) > len(inputs) else "missing"
            raise RuntimeError(
                f"Interpreter.boxed_run expected {len(inputs)} arguments for placeholders but received "
                f"{len(args_list)} ({detail} arguments)"
            )
        env = dict(zip(inputs, args_list, strict=True))
        args_list.clear()
        return self.run(initial_env=env)

    def run_node(self, n):
        """The value of a node, by the method for its kind."""
        args, kwargs = self.fetch_args_kwargs_from_env(n)
        return getattr(self, n.op)(n.target, args, kwargs)

    def placeholder(self, target, args, kwargs):
        """The next argument, or the default; a RuntimeError without one."""
        if target.startswith("*"):
            return list(self.args_iter)
        for value in self.args_iter:
            return value
        if args:
            return args[0]
        raise RuntimeError(f"Expected positional argument for parameter {target}, but one was not passed in!")

    def get_attr(self, target, args, kwargs):
        """What stands at a path in the module."""
        return self.fetch_attr(target)

    def call_function(self, target, args, kwargs):
        """What a function gives."""
        return target(*args, **kwargs)

    def call_method(self, target, args, kwargs):
        """What a method of the first argument gives."""
        return getattr(args[0], target)(*args[1:], **kwargs)

    def call_module(self, target, args, kwargs):
        """What the module at a path gives."""
        return self.fetch_attr(target)(*args, **kwargs)

    def output(self, target, args, kwargs):
        """What the graph returns."""
        return args[0]

    def fetch_attr(self, target):
        """What stands at a path in the module; a RuntimeError if nothing does."""
        found, atoms = self.module, target.split(".")
        for place, atom in enumerate(atoms):
            if not hasattr(found, atom):
                raise RuntimeError(f"Node referenced nonexistent target {'.'.join(atoms[: place + 1])}")
            found = getattr(found, atom)
        return found

    def fetch_args_kwargs_from_env(self, n):
        """The values of a node's arguments."""
        return self.map_nodes_to_values(n.args, n), self.map_nodes_to_values(n.kwargs, n)

    def map_nodes_to_values(self, args, n):
        """Arguments with the values of nodes in their places; a RuntimeError for one that has none."""

        def value(node):
            if node not in self.env:
                raise RuntimeError(
                    f"Node {n} referenced nonexistent value {node}! Run Graph.lint() to diagnose such issues"
                )
            return self.env[node]

        return map_arg(args, value)


def explain(error, node):
    """Let an error say at which node it came about."""
    words = f"While executing {node.format_node()}\nOriginal traceback:\n{node.stack_trace}"
    words += (
        "\nUse tlparse to see full graph. "
        "(https://github.com/pytorch/tlparse?tab=readme-ov-file#tlparse-parse-structured-pt2-logs)"
    )
    error.args = (f"{error.args[0]}\n\n{words}" if error.args else words, *error.args[1:])
    if isinstance(error, KeyError):
        raise RuntimeError(*error.args) from error


class Transformer(Interpreter):
    """Makes another module of a GraphModule; a subclass says what nodes of a kind become, with proxies for values."""

    def __init__(self, module):
        super().__init__(module)
        self.new_graph = Graph()
        self.new_graph.set_codegen(module.graph._codegen)
        self.tracer = TransformerTracer(self.new_graph)
        self.tracer.root = module

    def placeholder(self, target, args, kwargs):
        """The proxy of a new placeholder."""
        default = args[0] if args else inspect.Signature.empty
        return Proxy(self.new_graph.placeholder(target, default_value=default), self.tracer)

    def get_attr(self, target, args, kwargs):
        """The proxy of a new node that takes an attribute."""
        return self.tracer.create_proxy("get_attr", target, args, kwargs)

    def call_module(self, target, args, kwargs):
        """The proxy of a new call of a module."""
        module = self.fetch_attr(target)
        return self.tracer.call_module(module, module.forward, args, kwargs)

    def call_function(self, target, args, kwargs):
        """The proxy of a new call of a function."""
        return self.tracer.create_proxy("call_function", target, args, kwargs)

    def transform(self):
        """The module of the new graph."""
        result = super().run(enable_io_processing=False)
        if result is not None:
            made = self.new_graph.output(map_aggregate(result, lambda a: a.node if isinstance(a, Proxy) else a))
            made.meta.update(self.graph.output_node().meta)
        return GraphModule(self.module, self.new_graph)


class TransformerTracer(Tracer):
    """Adds nodes to the graph of a Transformer."""

    def __init__(self, graph):
        super().__init__()
        self.graph, self.tensor_attrs = graph, {}

    def is_leaf_module(self, m, module_qualified_name):
        """True: modules that were single nodes stay so."""
        return True


for each in (Interpreter, Transformer):
    each.__module__ = "torch.fx.interpreter"
