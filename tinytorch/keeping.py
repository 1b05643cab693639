"""What the node of a call keeps of it for backward, and the tensors of its results, which have that node."""

from tinytorch.derivatives import frame
from tinytorch.graph import Nowhere, edge_of, part_of, unreached
from tinytorch.paths import reached
from tinytorch.recording import record
from tinytorch.tensor import Tensor, wrap


def edges_of(op, args):
    """An edge for each input that has a derivative; a list of tensors gives one each."""
    edges = []
    for position in op.input_positions:
        value = args[position]
        if position == op.several:
            edges.extend([edge_of(each) for each in value])
        else:
            edges.append(edge_of(value) if isinstance(value, Tensor) else None)
    return tuple(edges)


def kept_for(op, edges):
    """Which parameters, and last whether the result, a node with these edges keeps.

    What a derivative alone names that leads nowhere is not kept, as in PyTorch, which keeps what two of them name.
    """
    kept = op.keeps(tuple([edge is not None for edge in edges]))
    if unreached and Nowhere in [type(edge) for edge in edges]:
        needed = op.keeps(tuple([edge is not None for edge in reached(edges)]))
        for place, name in enumerate(op.parameters):
            if kept[place] and not needed[place] and sum(name in wants for wants in op.wants.values()) == 1:
                kept = (*kept[:place], False, *kept[place + 1 :])
    return kept


def keep(op, args, keeps, out):
    """The arguments as a node keeps them, arrays or their frames, the versions, and whether anything is kept."""
    values, versions = [], []
    for position, value in enumerate(args):
        if position == op.several:
            values.append(tuple([each.array if keeps[position] else frame(each.array) for each in value]))
            versions += (
                [[each.counter for each in value], [each.counter[0] for each in value]]
                if keeps[position]
                else [None, None]
            )
        elif not isinstance(value, Tensor):
            values.append(value)
            versions += [None, None]
        elif not keeps[position]:
            values.append(frame(value.array))
            versions += [None, None]
        elif value is out and position == 0:  # the value before it is written over
            values.append(value.array.copy())
            versions += [[0], 0]
        else:
            values.append(value.array)
            versions += [value.counter, value.counter[0]]
    anything = any(keeps[position] for position in op.operands) or any(counter is not None for counter in versions[::2])
    return tuple(values), versions, anything


def remember(op, args, edges, kept, array, device, result):
    """The node of a call; `result` is what was kept of it: array, counter, version."""
    values, versions, anything = kept
    if result is not None:
        return record(op.node_for(args), edges, values, (*versions, *result[1:]), array, device, result[0])
    return record(op.node_for(args), edges, values, tuple(versions) if anything else None, array, device)


def remembered(op, args, edges, kept, data, device, keeps_results):
    """The tensor of a result with its node, or the tensors of several, which are a tuple."""
    if type(data) is tuple:
        return several_results(op, args, edges, kept, data, device, keeps_results)
    counter = [0]
    node = remember(op, args, edges, kept, data, device, (data, counter, 0) if keeps_results else None)
    return wrap(data, device, node, counter)


def several_results(op, args, edges, kept, data, device, keeps_results):
    """The tensors of several results, with one node, which keeps those that a derivative names."""
    counters = tuple([[0] for _ in data])
    result = None
    if keeps_results:
        held = tuple([each if named else None for each, named in zip(data, op.recalled, strict=True)])
        result = (held, counters, 0)
    node = remember(op, args, edges, kept, data[0], device, result)
    return tuple([
        wrap(each, device, part_of(node, place, len(data), each), counters[place]) for place, each in enumerate(data)
    ])  # fmt: skip
