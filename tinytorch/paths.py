"""Which nodes of a graph lead where: to the edges that are wanted, to a leaf, to nothing."""

from tinytorch.graph import Nowhere, Part
from tinytorch.tensor import Tensor


def by_node(wanted):
    """The edges that are wanted, by their node or leaf."""
    found = {}
    for edge in wanted:
        found.setdefault(node_of(edge), []).append(edge)
    return found


def nodes_that_lead(roots, asked):
    """The nodes from which one that is asked can be reached, found without recursion from the oldest up."""
    oldest = min([-1 if isinstance(node, Tensor) else node.number for node in asked], default=-1)
    seen, stack = set(), [node_of(root) for root in roots]
    while stack:
        node = stack.pop()
        if node in seen or isinstance(node, Tensor) or node.number < oldest:
            continue
        seen.add(node)
        stack.extend([node_of(edge) for edge in node.edges if edge is not None])
    leading = set()
    for node in sorted(seen, key=lambda each: each.number):
        if any(edge is not None and leads(edge, leading, asked) for edge in node.edges):
            leading.add(node)
    return leading


def node_of(edge):
    """The node of an edge, or the leaf that is its own."""
    return edge.node if type(edge) is Part else edge


def leads(edge, leading, asked):
    """Whether an edge's node is asked itself, for whichever of its outputs, or leads to one that is."""
    node = node_of(edge)
    return node in leading or node in asked


def reached(edges):
    """The edges with None for each of several that leads nowhere; a node of one input keeps what it needs anyway."""
    return edges if len(edges) == 1 else [None if type(edge) is Nowhere else edge for edge in edges]


def leads_nowhere(node):
    """Whether no edge of an operation's node leads to anything: such a node keeps what it has."""
    return node.operation is not None and all(edge is None for edge in reached(node.edges))


def refuse_moved(arrived, waiting):
    """Refuse a leaf that has become a result, if no node that is `waiting` leads to it: all its gradients are there."""
    for leaf in arrived:
        moved = isinstance(leaf, Tensor) and leaf.history is not None and leaf.base is None
        if moved and not nodes_that_lead(waiting, {leaf}):
            raise RuntimeError("leaf variable has been moved into the graph interior") from None
