"""torch.fx.experimental.optimization: modules that become one, or none, where a trained network only predicts."""

import copy

from tinytorch.fx._symbolic_trace import symbolic_trace
from tinytorch.fx.graph import Graph
from tinytorch.fx.graph_module import GraphModule
from tinytorch.fx.interpreter import Transformer
from tinytorch.fx.node import Node
from tinytorch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from tinytorch.nn.modules.conv import Conv1d, Conv2d, Conv3d
from tinytorch.nn.modules.dropout import Dropout
from tinytorch.nn.modules.linear import Linear
from tinytorch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

__all__ = ["extract_subgraph", "fuse", "matches_module_pattern", "remove_dropout", "replace_node_module"]

PAIRS = ((Conv1d, BatchNorm1d), (Conv2d, BatchNorm2d), (Conv3d, BatchNorm3d), (Linear, BatchNorm1d))


def _parent_name(target):
    above, _, name = target.rpartition(".")
    return above, name


def matches_module_pattern(pattern, node, modules):
    """Whether a node calls a module of the second class on what a module of the first class gave."""
    if not node.args:
        return False
    return all(
        isinstance(each, Node) and each.op == "call_module" and type(modules.get(each.target)) is expected
        for expected, each in zip(pattern, (node.args[0], node), strict=False)
    )


def replace_node_module(node, modules, new_module):
    """Put a module in the place of the one that a node calls."""
    above, name = _parent_name(node.target)
    modules[node.target] = new_module
    setattr(modules[above], name, new_module)


def fuse(model, inplace=False, no_trace=False):
    """A module in which convolutions, and linear layers, have taken in the normalization behind them, for prediction.

    A copy, unless it is done in place; what is a GraphModule already need not be traced, with `no_trace`.
    """
    if not inplace:
        model = copy.deepcopy(model)
    traced = model if no_trace and isinstance(model, GraphModule) else symbolic_trace(model)
    modules, graph = dict(traced.named_modules()), copy.deepcopy(traced.graph)
    for pair in PAIRS:
        for node in graph.nodes:
            if not matches_module_pattern(pair, node, modules) or len(node.args[0].users) > 1:
                continue
            first, norm = modules[node.args[0].target], modules[node.target]
            if norm.track_running_stats:
                fused = fuse_linear_bn_eval(first, norm) if pair[0] is Linear else fuse_conv_bn_eval(first, norm)
                replace_node_module(node.args[0], modules, fused)
                node.replace_all_uses_with(node.args[0])
                graph.erase_node(node)
    return GraphModule(traced, graph)


class DropoutRemover(Transformer):
    """Hands on what dropout is called with."""

    def call_module(self, target, args, kwargs):
        """The argument of a dropout; the proxy of another call."""
        if isinstance(self.submodules[target], Dropout):
            return args[0]
        return super().call_module(target, args, kwargs)


def remove_dropout(model):
    """A module without its dropout."""
    return DropoutRemover(symbolic_trace(model)).transform()


def extract_subgraph(orig_module, nodes, inputs, outputs):
    """The module of some nodes of a graph, which lead from inputs to outputs."""
    graph, env = Graph(), {}
    for node in inputs:
        env[node] = graph.placeholder(node.name)
    for node in nodes:
        env[node] = graph.node_copy(node, lambda each: env[each])
    graph.output([env[each] for each in outputs])
    graph.lint()
    return GraphModule(orig_module, graph)
