"""torch.fx.passes.split_module: a graph in parts, each a module of its own, which one above calls."""

import inspect

from tinytorch.fx.graph import Graph
from tinytorch.fx.graph_module import GraphModule, _get_attr
from tinytorch.fx.node import map_arg
from tinytorch.fx.proxy import Proxy

__all__ = ["split_module"]


class Partition:
    """The nodes of one part, what it takes and gives, and the parts that it waits for and that wait for it."""

    def __init__(self, name):
        self.name, self.submod_name = name, f"submod_{name}"
        self.inputs, self.outputs, self.dependencies, self.dependents = {}, {}, {}, {}
        self.graph, self.environment, self.targets = Graph(), {}, {}


def split_module(
    m, root_m, split_callback, qualname_map=None, keep_original_order=False, keep_original_node_name=False,
    keep_original_input_name=True, *, partition_affix=None, tuple_return=False,
):  # fmt: skip
    """A module that calls one of the parts after another: `split_callback(node)` gives the number of a node's part.

    `qualname_map` notes where each module of a part stood before. A RuntimeError if parts wait for each other.
    """
    if keep_original_order or keep_original_node_name:
        raise NotImplementedError("split_module(): tinytorch keeps neither the order of parts nor the names of nodes")
    partitions, part_of = {}, {}
    for node in m.graph.nodes:
        if node.op not in ("placeholder", "get_attr", "output"):
            name = str(split_callback(node))
            name = name if partition_affix is None else f"{partition_affix}_{name}"
            part_of[node] = partitions.setdefault(name, Partition(name))
    connect(m.graph, part_of)
    order = sorted_partitions(partitions)
    for partition in order:
        for place, node in enumerate(partition.inputs):
            name = node.name if keep_original_input_name else f"arg_{place}"
            made = partition.environment[node] = partition.graph.placeholder(name, type_expr=node.type)
            made.meta = node.meta.copy()
    for node, partition in part_of.items():
        copy_into(partition, node, m, qualname_map)
    base, env, members = Graph(), {}, {}
    for node in m.graph.nodes:
        if node.op == "placeholder":
            default = node.args[0] if node.args else inspect.Signature.empty
            env[node] = base.placeholder(node.target, type_expr=node.type, default_value=default)
        elif node.op == "get_attr":
            env[node] = base.get_attr(node.target)
            members[node.target] = _get_attr(m, node.target)
        else:
            continue
        env[node].meta = node.meta.copy()
    for partition in order:
        finish(partition, base, env, members, tuple_return)
    output = m.graph.output_node()
    base.output(map_arg(output.args[0], lambda node: env[node])).meta = output.meta.copy()
    return GraphModule(members, base)


def connect(graph, part_of):
    """Note which values go from one part to another, and out of the graph."""
    for node in graph.nodes:
        used = part_of.get(node)
        for each in node.all_input_nodes:
            made = part_of.get(each)
            if made is used:
                continue
            if made is not None:
                made.outputs.setdefault(each)
            if used is not None:
                used.inputs.setdefault(each)
            if made is not None and used is not None:
                made.dependents.setdefault(used)
                used.dependencies.setdefault(made)


def sorted_partitions(partitions):
    """The parts, each behind those that it waits for."""
    ready, found = [each for each in partitions.values() if not each.dependencies], []
    while ready:
        partition = ready.pop()
        found.append(partition)
        for each in partition.dependents:
            del each.dependencies[partition]
            if not each.dependencies:
                ready.append(each)
    if len(found) != len(partitions):
        raise RuntimeError("cycle exists between partitions!")
    return found


def copy_into(partition, node, m, qualname_map):
    """Copy a node into its part, and note the module that it calls."""
    target, env = node.target, partition.environment
    if node.op == "call_module":
        target = node.target.replace(".", "_")
        partition.targets[target] = _get_attr(m, node.target)
        if qualname_map is not None:
            qualname_map[f"{partition.submod_name}.{target}"] = node.target
    args, kwargs = (map_arg(each, lambda other: env[other]) for each in (node.args, node.kwargs))
    env[node] = partition.graph.create_node(node.op, target, args, kwargs, type_expr=node.type)
    env[node].meta = node.meta.copy()


def finish(partition, base, env, members, tuple_return):
    """End a part, and let the graph above call it."""
    values = tuple([partition.environment[each] for each in partition.outputs])
    one = len(values) == 1 and not tuple_return
    partition.graph.output(values[0] if one else values)
    members[partition.submod_name] = GraphModule(partition.targets, partition.graph)
    call = base.call_module(partition.submod_name, tuple([env[each] for each in partition.inputs]))
    if one:
        env[next(iter(partition.outputs))] = call
        return
    proxy = Proxy(call)
    for place, node in enumerate(partition.outputs):
        env[node] = proxy[place].node
