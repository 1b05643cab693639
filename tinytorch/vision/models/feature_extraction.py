"""Values from the middle of a network, by the names of its modules: torchvision's feature extraction."""

import copy
import re
import warnings
from collections import OrderedDict
from itertools import chain

from tinytorch import fx
from tinytorch.fx.graph_module import _copy_attr

__all__ = ["create_feature_extractor", "get_graph_node_names"]

SEPARATELY = (
    "When choosing nodes for feature extraction, you may need to specify output nodes for train and eval mode "
    "separately."
)
SUBSEQUENCE = (
    "NOTE: The nodes obtained by tracing the model in {} mode are a subsequence of those obtained in {} mode. "
)


class LeafModuleAwareTracer(fx.Tracer):
    """A tracer for which modules of the classes `leaf_modules` are single nodes too."""

    def __init__(self, *args, leaf_modules=(), **kwargs):
        self.leaf_modules = leaf_modules
        super().__init__(*args, **kwargs)

    def is_leaf_module(self, m, module_qualified_name):
        """Whether the call of a module is one node."""
        return isinstance(m, tuple(self.leaf_modules)) or super().is_leaf_module(m, module_qualified_name)


class NodePathTracer(LeafModuleAwareTracer):
    """A tracer that notes for each node the path of the module in which it runs, and its name there."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.current_module_qualname, self.node_to_qualname = "", OrderedDict()

    def call_module(self, m, forward, args, kwargs):
        """What the call of a module gives, while its path is known."""
        before = self.current_module_qualname
        try:
            path = self.current_module_qualname = self.path_of_module(m)
            if self.is_leaf_module(m, path):
                return self.create_proxy("call_module", path, args, kwargs)
            return forward(*args, **kwargs)
        finally:
            self.current_module_qualname = before

    def create_proxy(self, kind, target, args, kwargs, name=None, type_expr=None, *more):
        """The proxy of a node, whose path is noted."""
        proxy = super().create_proxy(kind, target, args, kwargs, name, type_expr)
        self.node_to_qualname[proxy.node] = self._get_node_qualname(self.current_module_qualname, proxy.node)
        return proxy

    def _get_node_qualname(self, path, node):
        if node.op != "call_module":
            path = f"{path}.{node}" if path else str(node)
        path = re.sub(r"(?<=.)_[0-9]+$", "", path)
        for known in reversed(self.node_to_qualname.values()):
            if found := re.match(rf"{path}(_[0-9]+)?$", known):
                number = found.group(1)
                return f"{path}_{int(number[1:]) + 1 if number else 1}"
        return path


def get_graph_node_names(model, tracer_kwargs=None, suppress_diff_warning=False):
    """The names of a model's nodes in the order in which they run: those in train mode, and those in eval mode.

    A UserWarning if they differ.
    """
    training, tracers = model.training, []
    for mode in (True, False):
        tracers.append(NodePathTracer(**(tracer_kwargs or {})))
        tracers[-1].trace(model.train(mode))
    names = tuple([list(each.node_to_qualname.values()) for each in tracers])
    if not suppress_diff_warning:
        warn_of_differences(*names)
    model.train(training)
    return names


def warn_of_differences(train, evaluation):
    """Warn if the nodes in train mode and in eval mode are not the same."""
    if train == evaluation:
        return
    if is_part_of(evaluation, train):
        words = SUBSEQUENCE.format("eval", "train")
    elif is_part_of(train, evaluation):
        words = SUBSEQUENCE.format("train", "eval")
    else:
        words = "The nodes obtained by tracing the model in train mode are different to those obtained in eval mode. "
    warnings.warn(words + SEPARATELY, stacklevel=3)


def is_part_of(part, whole):
    """Whether a list has all of another one in the same order."""
    rest = iter(whole)
    return all(any(each == other for other in rest) for each in part)


class DualGraphModule(fx.GraphModule):
    """A GraphModule with a graph for train mode and one for eval mode."""

    def __init__(self, root, train_graph, eval_graph, class_name="GraphModule"):
        super(fx.GraphModule, self).__init__()
        type(self).__name__ = class_name
        self.train_graph, self.eval_graph = train_graph, eval_graph
        for node in chain(train_graph.nodes, eval_graph.nodes):
            if node.op in ("get_attr", "call_module"):
                _copy_attr(root, self, node.target)
        self.train()
        self.graph = train_graph
        if train_graph._tracer_cls is not eval_graph._tracer_cls:
            raise AssertionError("Train mode and eval mode should use the same tracer class")
        self._tracer_cls = train_graph._tracer_cls

    def train(self, mode=True):
        """Use the graph for a mode from here on."""
        if mode != self.training:
            self.graph = self.train_graph if mode else self.eval_graph
        return super().train(mode)


def create_feature_extractor(
    model, return_nodes=None, train_return_nodes=None, eval_return_nodes=None, tracer_kwargs=None,
    suppress_diff_warning=False,
):  # fmt: skip
    """A module of a model's parts that returns the values of nodes as a dictionary.

    `return_nodes` has their names, or parts of these, perhaps with the keys in the result; it may be given for each
    mode. A ValueError for a name that is not there, an AssertionError if only one mode's are given.
    """
    if return_nodes is None and train_return_nodes is None and eval_return_nodes is None:
        raise AssertionError(
            "Either `return_nodes` or `train_return_nodes` and `eval_return_nodes` together, should be specified"
        )
    if (train_return_nodes is None) != (eval_return_nodes is None):
        raise AssertionError(
            "If any of `train_return_nodes` and `eval_return_nodes` are specified, then both should be specified"
        )
    if (return_nodes is None) == (train_return_nodes is None):
        raise AssertionError(
            "If `train_return_nodes` and `eval_return_nodes` are specified, then both should be specified"
        )
    training, tracers, graphs = model.training, [], []
    for mode, wanted in ((True, train_return_nodes or return_nodes), (False, eval_return_nodes or return_nodes)):
        wanted = {each: each for each in wanted} if isinstance(wanted, list) else wanted
        tracer = NodePathTracer(**(tracer_kwargs or {}))
        graph = tracer.trace(model.train(mode))
        name = type(model).__name__
        fx.GraphModule(tracer.root, graph, name)  # the graph's owner, whose modules its nodes call
        return_only(graph, tracer.node_to_qualname, {str(key): str(value) for key, value in wanted.items()})
        tracers.append(tracer)
        graphs.append(graph)
    if not suppress_diff_warning:
        warn_of_differences(*[list(each.node_to_qualname.values()) for each in tracers])
    made = DualGraphModule(model, *graphs, class_name=name)
    model.train(training)
    made.train(training)
    return made


def return_only(graph, paths, wanted):
    """Let a graph return the last nodes of the wanted names, and compute nothing else."""
    for query in wanted:
        if not any(re.match(rf"^{query}(\.|$)", path) for path in paths.values()):
            raise ValueError(
                f"node: '{query}' is not present in model. Hint: use `get_graph_node_names` to make sure the "
                "`return_nodes` you specified are present. It may even be that you need to specify "
                "`train_return_nodes` and `eval_return_nodes` separately."
            )
    graph.erase_node(graph.output_node())
    nodes, wanted, found = list(graph.nodes), copy.copy(wanted), {}
    for node in reversed(nodes):
        parts = paths.get(node, "").split(".")
        query = next((each for each in wanted if ".".join(parts[: each.count(".") + 1]) == each), None)
        if query is not None:
            found[wanted.pop(query)] = node
    with graph.inserting_after(nodes[-1]):
        graph.output(dict(reversed(found.items())))
    graph.eliminate_dead_code()
