"""torch.fx.subgraph_rewriter: other nodes in the places where a graph has a pattern."""

import copy
from typing import NamedTuple

from tinytorch.fx._symbolic_trace import symbolic_trace
from tinytorch.fx.graph import Graph
from tinytorch.fx.graph_module import GraphModule
from tinytorch.fx.node import Node
from tinytorch.fx.passes.utils.matcher_utils import SubgraphMatcher
from tinytorch.nn.modules.module import Module

__all__ = ["Match", "ReplacedPatterns", "replace_pattern", "replace_pattern_with_filters"]


class Match(NamedTuple):
    """The node from which a pattern was found, and which node stood for which of the pattern."""

    anchor: Node
    nodes_map: dict


class ReplacedPatterns(NamedTuple):
    """A match, with the nodes that came in its place."""

    anchor: Node
    nodes_map: dict
    replacements: list


def replace_pattern(gm, pattern, replacement):
    """Put what a function does in the place of what another one does, wherever a graph has it; the matches.

    Both have as many parameters; those of the pattern stand for anything. Matches do not overlap, and inside of one
    nothing is used elsewhere, but for what the pattern returns.
    """
    return [Match(each.anchor, each.nodes_map) for each in replace_pattern_with_filters(gm, pattern, replacement)]


def replace_pattern_with_filters(
    gm, pattern, replacement=None, match_filters=None, ignore_literals=False, replacement_callback=None,
    node_name_match="",
):  # fmt: skip
    """The same for matches that all filters, `filter(match, graph, pattern)`, agree to.

    `replacement_callback(match, graph, pattern)` gives the graph for each match. With `ignore_literals` values in the
    pattern stand for any.
    """
    graph, pattern = gm.graph, graph_of(pattern)
    matcher = SubgraphMatcher(pattern, ignore_literals=ignore_literals)
    matches = matcher.match(graph, node_name_match)
    matches = [each for each in matches if all(agrees(each, graph, pattern) for agrees in match_filters or ())]
    common = None if replacement is None else graph_of(replacement)
    if common is None and replacement_callback is None:
        raise AssertionError("Must provide either a replacement GraphModule or a replacement callback")
    became, found = {}, []
    for match in matches:
        other = common if replacement_callback is None else replacement_callback(match, graph, pattern)
        found.append(replace(graph, pattern, match, other, became))
    gm.recompile()
    if isinstance(replacement, Module):
        copy_members(gm, replacement)
    return found


def graph_of(pattern):
    """The graph of a GraphModule, of a function, or the graph itself."""
    if isinstance(pattern, GraphModule):
        return pattern.graph
    return pattern if isinstance(pattern, Graph) else symbolic_trace(pattern).graph


def replace(graph, pattern, match, replacement, became):
    """Put a copy of a graph in the place of one match; `became` has what replaced nodes became before."""
    inputs = replacement.find_nodes(op="placeholder")
    if len(match.placeholder_nodes) != len(inputs):
        raise AssertionError(f"Placeholder count mismatch: {len(match.placeholder_nodes)} vs {len(inputs)}")
    for place, node in enumerate(match.placeholder_nodes):
        if isinstance(node, Node) and node in became:
            match.placeholder_nodes[place] = became[node]
            key = next(each for each, value in match.nodes_map.items() if value is node)
            match.nodes_map[key] = became[node]
    copies = dict(zip(inputs, match.placeholder_nodes, strict=True))
    with graph.inserting_before(insertion_point(graph, match.returning_nodes)):
        made = graph.graph_copy(replacement, copies)
    made = (made,) if isinstance(made, Node) else made
    added = [each for each in copies.values() if each not in match.placeholder_nodes]
    if len(match.returning_nodes) != len(made):
        raise AssertionError(f"Returning nodes count mismatch: {len(match.returning_nodes)} vs {len(made)}")
    for node, other in zip(match.returning_nodes, made, strict=True):
        node.replace_all_uses_with(other)
        became[node] = other
    for node in reversed(pattern.nodes):
        if node.op not in ("placeholder", "output"):
            graph.erase_node(match.nodes_map[node])
    return ReplacedPatterns(match.anchors[0], match.nodes_map, added)


def insertion_point(graph, returning):
    """The first node that uses what a match returns, or the one behind it."""
    users = {user for node in returning for user in node.users}
    if users:
        return next(each for each in graph.nodes if each in users)
    return next(each for each in reversed(graph.nodes) if each in returning).next


def copy_members(gm, replacement):
    """Let a module have what the new nodes refer to in the module of the replacement; a RuntimeError if it is in
    neither."""
    gm.delete_all_unused_submodules()
    if isinstance(replacement, GraphModule):
        replacement.graph.lint()

    def member(module, target):
        above, _, name = target.rpartition(".")
        try:
            return getattr(module.get_submodule(above), name, None)
        except AttributeError:
            return None

    for node in gm.graph.nodes:
        if node.op in ("call_module", "get_attr") and member(gm, node.target) is None:
            found = member(replacement, node.target)
            if found is None:
                raise RuntimeError(
                    'Attempted to create a "', node.op, '" node during subgraph rewriting '
                    f"with target {node.target}, but the referenced attribute does not exist in the replacement "
                    "GraphModule",
                )  # fmt: skip
            if isinstance(found, Module):
                gm.add_submodule(node.target, copy.deepcopy(found))
            else:
                setattr(gm, node.target, copy.deepcopy(found))
    gm.graph.lint()
