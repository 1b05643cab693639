"""torch.fx.passes.utils.matcher_utils: where a graph has the nodes of a pattern, used in the same way."""

import copy
import dataclasses

from tinytorch.fx.graph_module import _get_attr
from tinytorch.fx.node import Node
from tinytorch.tensor import Tensor

__all__ = ["InternalMatch", "SubgraphMatcher"]


@dataclasses.dataclass
class InternalMatch:
    """A place where a graph has a pattern: which node stands for which of the pattern."""

    anchors: list
    nodes_map: dict = dataclasses.field(default_factory=dict)
    placeholder_nodes: list = dataclasses.field(default_factory=list)
    returning_nodes: list = dataclasses.field(default_factory=list)
    name_node_map: dict = dataclasses.field(default_factory=dict)

    def __copy__(self):
        return InternalMatch(
            self.anchors, self.nodes_map.copy(), self.placeholder_nodes.copy(), self.returning_nodes.copy()
        )


class SubgraphMatcher:
    """Looks for a pattern, a graph whose placeholders stand for anything, in other graphs."""

    def __init__(
        self, pattern, match_output=False, match_placeholder=False, remove_overlapping_matches=True,
        ignore_literals=False,
    ):  # fmt: skip
        if not len(pattern.nodes):
            raise ValueError("SubgraphMatcher cannot be initialized with an empty pattern")
        for node in pattern.nodes:
            if node.op != "output" and not node.is_impure() and not node.users:
                raise AssertionError("SubgraphMatcher cannot be initialized with an pattern with dead code")
        self.pattern, self.match_placeholder, self.ignore_literals = pattern, match_placeholder, ignore_literals
        self.remove_overlapping_matches = remove_overlapping_matches
        output = pattern.output_node()
        self.pattern_placeholder_nodes = pattern.find_nodes(op="placeholder")
        self.pattern_returning_nodes = output.all_input_nodes
        self.pattern_anchors = (
            [output] if match_output else [each for each in output.all_input_nodes if len(each.users) == 1]
        )

    def match(self, graph, node_name_match=""):
        """The matches in a graph, of which no node is used outside, but for those that the pattern returns."""
        candidates = [
            (anchor, [each for each in graph.nodes if self.fits(anchor, each, node_name_match)])
            for anchor in self.pattern_anchors
        ]
        candidates = [(anchor, nodes) for anchor, nodes in candidates if nodes]
        found = []
        if candidates:
            self.follow(candidates, 0, InternalMatch(self.pattern_anchors), node_name_match, found)
        found = [each for each in found if self.is_contained(each.nodes_map) and forms_no_circle(each)]
        return without_overlaps(found) if self.remove_overlapping_matches else found

    def follow(self, candidates, place, match, name, found):
        """Match one anchor after another, in all ways."""
        if place == len(candidates):
            match.placeholder_nodes = [match.nodes_map[each] for each in self.pattern_placeholder_nodes]
            match.returning_nodes = [match.nodes_map[each] for each in self.pattern_returning_nodes]
            found.append(match)
            return
        anchor, nodes = candidates[place]
        for node in nodes:
            trial = copy.copy(match)
            if self.match_nodes(anchor, node, trial, name):
                self.follow(candidates, place + 1, trial, name, found)

    def fits(self, wanted, node, name=""):
        """Whether a node alone is what one of the pattern is."""
        if not self.match_placeholder and wanted.op == "placeholder":
            return True
        if name and name in node.name:
            return True
        if wanted.op != node.op:
            return False
        if wanted.op in ("placeholder", "output"):
            return True
        if wanted.op == "get_attr":
            return same_attribute(wanted, node)
        return wanted.target == node.target

    def match_nodes(self, wanted, node, match, name=""):
        """Whether a node and what leads to it are what the pattern has; what stands for what is noted."""
        if wanted in match.nodes_map:
            return match.nodes_map[wanted] is node
        if any(each is node for each in match.nodes_map.values()) or not self.fits(wanted, node, name):
            return False
        match.nodes_map[wanted] = node
        if wanted.op == "placeholder":
            return True
        return list(wanted.kwargs) == list(node.kwargs) and self.match_all(
            [*wanted.args, *wanted.kwargs.values()], [*node.args, *node.kwargs.values()], match
        )

    def match_all(self, wanted, args, match):
        """Whether arguments are those that the pattern has."""
        return len(wanted) == len(args) and all(
            self.match_argument(one, other, match) for one, other in zip(wanted, args, strict=True)
        )

    def match_argument(self, wanted, arg, match):
        """Whether an argument is the one that the pattern has."""
        if isinstance(wanted, Node) and isinstance(arg, Node):
            return self.match_nodes(wanted, arg, match)
        if isinstance(wanted, (list, tuple)) and isinstance(arg, (list, tuple)):
            return self.match_all(wanted, arg, match)
        if not isinstance(wanted, Node):
            return self.ignore_literals or (type(arg) is type(wanted) and arg == wanted)
        if wanted.op != "placeholder":
            return self.ignore_literals
        if wanted in match.nodes_map:
            return match.nodes_map[wanted] == arg
        match.nodes_map[wanted] = arg
        return True

    def is_contained(self, nodes_map):
        """Whether nothing inside of a match is used outside, but for what the pattern returns."""
        inside = {node: wanted for wanted, node in nodes_map.items() if wanted.op != "placeholder"}
        returned = self.pattern_returning_nodes
        return all(user in inside for node, wanted in inside.items() if wanted not in returned for user in node.users)


def computed(match):
    """The nodes of a match that compute something."""
    return [node for wanted, node in match.nodes_map.items() if wanted.op not in ("placeholder", "output")]


def without_overlaps(matches):
    """The matches that share no node with one before."""
    found, taken = [], set()
    for match in matches:
        nodes = computed(match)
        if not any(each in taken for each in nodes):
            found.append(match)
            taken.update(nodes)
    return found


def forms_no_circle(match):
    """Whether what is used of a match outside does not lead back into it."""
    inside = set(computed(match))
    waiting = [user for node in inside for user in node.users if user not in inside]
    seen = set()
    while waiting:
        node = waiting.pop()
        if node in inside:
            return False
        if node not in seen:
            seen.add(node)
            waiting.extend(node.users)
    return True


def same_attribute(wanted, node):
    """Whether both take attributes of one class; a RuntimeError if these are no tensors."""
    one, other = _get_attr(wanted.graph.owning_module, wanted.target), _get_attr(node.graph.owning_module, node.target)
    if type(one) is not type(other):
        return False
    if isinstance(one, Tensor):
        return True
    raise RuntimeError(f"Unsupported type {one} when matching attributes")
