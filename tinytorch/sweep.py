"""The usual walk of backward: everything that is reached runs, on raw arrays, and leads to something.

What is measured to cost is written out, as in the lanes: through here goes every gradient of a step of training. A
gradient that goes to one node only, which is the next to run, is not put down in between.
"""

from heapq import heappop, heappush

from tinytorch.array_derivatives import FLOAT32, FLOAT64, Unusual, find_twins, pull_at_once, pull_by_tensors
from tinytorch.arrivals import Misfit, as_tensors, hooks_on, run_hooked, send_array
from tinytorch.graph import Part, detached, named, unreached
from tinytorch.paths import leads_nowhere, reached, refuse_moved
from tinytorch.tensor import Tensor


def sweep(heap, arrived, retain_graph, node=None, gradient=None):
    """Run the nodes of the heap, before them `node` on its `gradient`; what goes to leaves stays in `arrived`."""
    place = None
    try:
        while node is not None or heap:
            if node is None:
                node = heappop(heap)[1]
                gradient = arrived.pop(node)
            edges, device, twins, follower, part = node.edges, node.device, node.twins, None, None
            if unreached:
                edges = reached(edges)
            if node.hooks is not None:
                gradient = hooks_on(node.hooks.arrived, gradient, device, raw=True)
                twins, parts = None, run_hooked(node, as_tensors(gradient, device), edges, type(node).backward)
            elif (
                twins is None or type(gradient) is not device.array or node.args is None or detached.data
                or ((dtype := node.dtype) is not FLOAT32 and dtype is not FLOAT64)
            ):  # fmt: skip
                twins, parts = None, pull_at_once(node, gradient, edges)
            else:
                try:
                    twins = twins[device.xp]
                except KeyError:
                    twins = find_twins(node)
            place = -1
            for edge in edges:
                place += 1
                if edge is None:
                    continue
                if follower is not None:  # it is not the only one
                    arrived[follower] = part
                    heappush(heap, (-follower.number, follower))
                    follower = None
                if twins is not None:
                    try:
                        part = twins[place](node, gradient)
                    except Unusual:
                        twins, parts = None, pull_by_tensors(node, gradient, [None] * place + [*edges[place:]])
                if twins is None and (part := parts[place]) is None:
                    continue
                leaf = isinstance(edge, Tensor)
                home = edge.array if leaf else edge
                if (
                    type(part) is not device.array or part.shape != home.shape or part.dtype is not home.dtype
                    or edge.device is not device or type(edge) is Part or edge in arrived
                ):  # fmt: skip
                    send_array(part, device, edge, arrived, heap)
                elif leaf:
                    arrived[edge] = part  # the usual case of that, written out
                elif not heap or edge.number > -heap[0][0]:
                    follower = edge
                else:
                    arrived[edge] = part
                    heappush(heap, (-edge.number, edge))
            if not (retain_graph or (unreached and leads_nowhere(node))):
                if twins is None:
                    node.free()
                elif node.versions is not None:  # written out: the call takes a tenth, as nodes have many classes
                    if node.overloaded:
                        named(node)
                    node.args = node.result = None
            node, gradient = follower, part
            part = parts = None  # what has arrived elsewhere is no longer held here
    except Misfit as error:
        raise error.given_by(node, place) from None
    except Exception:  # whatever a formula or a hook raises: PyTorch would have come upon such a leaf before
        refuse_moved(arrived, [node, *[each for _, each in heap]])
        raise
