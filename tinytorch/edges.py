"""Edges by name: where a gradient arrives in a graph, for users who have no tensor of it or do not want to keep it."""

from typing import NamedTuple

from tinytorch.dtypes import of_numpy
from tinytorch.graph import AccumulateGrad, Node, Part, edge_of
from tinytorch.tensor import Size, Tensor


class GradientEdge(NamedTuple):
    """Where a gradient arrives: at which node, and for which of its outputs; `get_gradient_edge` gives a tensor's."""

    node: Node
    output_nr: int
    ownership_token: object = None

    requires_grad = True

    @property
    def shape(self):
        """The shape of the gradients."""
        edge = root_of(self)
        return edge.shape if isinstance(edge, Tensor) else Size(edge.shape)

    @property
    def dtype(self):
        """The dtype of the gradients."""
        edge = start_of(self)
        return edge.dtype if isinstance(edge, Tensor) else of_numpy[edge.dtype]

    @property
    def device(self):
        """The device of the gradients."""
        return start_of(self).device


def start_of(given):
    """The edge that a tensor or a GradientEdge stands for."""
    if not isinstance(given, GradientEdge):
        return edge_of(given)
    if given.ownership_token is not None:
        return given.ownership_token
    node = given.node.graph_node
    return node.variable if isinstance(node, AccumulateGrad) else Part(node, given.output_nr, None, node)


def root_of(given):
    """The edge at which a walk begins; a RuntimeError for one of which only the number is known."""
    edge = start_of(given)
    if type(edge) is Part and edge.count is None:
        op = edge.node.operation
        if edge.number or op is None or op.rule.outputs or op.kind == "view":
            raise RuntimeError("backward begins at a GradientEdge only if `get_gradient_edge` gave it")
        return edge.node
    return edge


GradientEdge.__module__ = "torch.autograd.graph"
