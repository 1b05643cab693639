"""Backward: gradients walk the graph from results to leaves, the youngest node first.

A node is always younger than the nodes that its edges name, so the youngest node that has a gradient has all of it: a
heap of creation numbers is the whole schedule, at any depth and without recursion. PyTorch walks in the same order,
which fixes the order of sums and of hooks.
"""

import functools
from heapq import heappop, heappush
from types import NoneType

from tinytorch import dtypes, errors
from tinytorch.accumulation import accumulate_grad
from tinytorch.anomaly import evaluate, explain, warn
from tinytorch.array_derivatives import pull
from tinytorch.batching import brought, in_batch, out_of_batch
from tinytorch.edges import GradientEdge, root_of, start_of
from tinytorch.graph import Nowhere, Part, edge_of, numbers, unreached
from tinytorch.modes import anomaly, interpreters, mode, record_grad
from tinytorch.node_hooks import run_hooks
from tinytorch.tensor import Tensor, wrap


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    """Add the gradients of `tensors` to the `.grad` of the leaves that led to them, or of `inputs` alone.

    Args:
        grad_tensors: the gradient of each tensor; None stands for ones and is for scalars only.
        retain_graph: keep what backward needs for another walk; as `create_graph` by default.
        create_graph: record the gradients' own history, so that they can be differentiated.

    A RuntimeError if a tensor has no history, is no scalar and has no gradient, or if its graph was freed.
    """
    if create_graph:
        warn(errors.GRADIENT_CYCLE)
    tensors = (tensors,) if isinstance(tensors, Tensor) else as_tuple(tensors)
    if mode.differentiating or (interpreters and any([each.device.batched for each in tensors])):
        raise RuntimeError(errors.BACKWARD_INSIDE)
    gradients = starting_gradients(tensors, None if grad_tensors is None else as_tuple(grad_tensors))
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        walk(tensors, gradients, None, retain, create_graph, accumulate=True)
        return
    inputs = as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for tensor in inputs:
        if isinstance(tensor, Tensor):
            tensor.retain_grad()  # which fills the `.grad` of results
    walk(tensors, gradients, edges_wanted(inputs), retain, create_graph, accumulate=True)


def grad(
    outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True, allow_unused=None,
    is_grads_batched=False, materialize_grads=False,
):  # fmt: skip
    """The gradients of `outputs` with respect to `inputs`, as a tuple; nothing is added to any `.grad`.

    With `is_grads_batched` the first dimension of each of `grad_outputs` is a batch of gradients, and so that of each
    result; all are found in one walk. A RuntimeError if an input took no part, unless `allow_unused` (its gradient is
    None) or `materialize_grads` (zeros).
    """
    outputs, inputs = as_tuple(outputs), as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    if allow_unused is False and materialize_grads:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    given, level = as_tuple(grad_outputs), None
    if is_grads_batched:
        given = given or [None] * len(outputs)
        given = [one_for(one) if each is None else each for one, each in zip(outputs, given, strict=True)]
        given, level = in_batch(outputs, given)
    gradients = starting_gradients(outputs, given)
    retain = create_graph if retain_graph is None else retain_graph
    found = walk(outputs, gradients, edges_wanted(inputs), retain, create_graph, batched=is_grads_batched)
    if is_grads_batched:
        found = [each if each is None else out_of_batch(each, 0, level) for each in found]
    for place, gradient in enumerate(found):
        if gradient is None and materialize_grads:
            found[place] = inputs[place].new_zeros(inputs[place].shape, requires_grad=create_graph)
        elif gradient is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {place} appears to not have been used in the graph. Set "
                "allow_unused=True if this is the desired behavior."
            )
    return tuple(found)


def as_tuple(value):
    """One or several tensors or edges as a tuple; None stays."""
    if value is None:
        return None
    return (value,) if isinstance(value, Tensor | GradientEdge) else tuple(value)


def starting_gradients(tensors, given):
    """The gradients that the walk starts with: those given, ones for scalars."""
    if given is None:
        gradients = [one_for(each) for each in tensors]
    elif len(given) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(given)} gradients")
    else:
        gradients = [
            one_for(tensor) if gradient is None else checked(gradient, tensor, place)
            for place, (tensor, gradient) in enumerate(zip(tensors, given, strict=True))
        ]
    for place, tensor in enumerate(tensors):
        if isinstance(tensor, Tensor) and type(edge_of(tensor)) in (NoneType, Nowhere):
            raise RuntimeError(f"element {place} of tensors does not require grad and does not have a grad_fn")
    return gradients


def one_for(tensor):
    """The gradient of a scalar with respect to itself."""
    if isinstance(tensor, GradientEdge):
        raise RuntimeError("grad can be implicitly created only for scalar outputs")
    array, device = tensor.array, tensor.device
    if tensor.requires_grad:
        if array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        if dtypes.category_of[array.dtype] != dtypes.FLOAT:
            raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {tensor.dtype}")
    shape = array.shape
    return wrap(device.xp.ones(shape, array.dtype) if shape else device.asarray(1, array.dtype), device)


def checked(gradient, tensor, place):
    """A gradient that was given, if it fits its tensor."""
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient.array.shape != (tensor.array if isinstance(tensor, Tensor) else tensor).shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{place}] has a shape of {gradient.shape} and output[{place}] has a "
            f"shape of {tensor.shape}."
        )
    if (gradient.dtype.category == dtypes.COMPLEX) is not (tensor.dtype.category == dtypes.COMPLEX):
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
            f"grad_output[{place}] has a dtype of {gradient.dtype} and output[{place}] has a dtype of {tensor.dtype}."
        )
    if gradient.device.real is not tensor.device.real and gradient.array.ndim:
        raise RuntimeError(
            f"invalid gradient at index {place} - expected device {tensor.device} but got {gradient.device}"
        )
    return gradient


def edges_wanted(inputs):
    """The edge of each input; a RuntimeError for one that wants no gradient."""
    edges = [start_of(tensor) for tensor in inputs]
    if None in [edge if edge is None else 0 for edge in edges]:
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    return edges


def walk(tensors, gradients, wanted, retain_graph, create_graph, accumulate=False, batched=False):
    """Send gradients along the graph; the gradients at the edges `wanted` are returned, in their order.

    On their way they are tensors where somebody records or interprets them, or they are `batched`, and else raw arrays.
    `accumulate` says that they are for `.grad`.
    """
    roots = [edge_of(each) if isinstance(each, Tensor) else root_of(each) for each in tensors]
    leading = None if wanted is None else nodes_that_lead(roots, wanted)
    arrived = {}  # node or leaf -> its gradient so far; a list of them for a node with several outputs
    heap = []
    caught = {}
    node, place, careful, before = None, 0, anomaly.enabled, None
    raw = not (create_graph or interpreters or careful or batched)
    outer = mode.walk
    try:
        before = record_grad(create_graph)
        mode.walk = (next(numbers), roots, leading, wanted)
        for place, gradient in enumerate(gradients):  # `zip` takes twice as long
            root = roots[place]
            if raw:
                send_array(gradient.array, gradient.device, root, arrived, heap)
            else:
                send(gradient, root, arrived, heap)
        while heap:
            node = heappop(heap)[1]
            gradient = arrived.pop(node)
            hooks = node.hooks
            if wanted is not None:
                if node not in leading:
                    asked = any(node is node_of(edge) for edge in wanted)
                    if hooks is not None and (asked or len(tensors) == 1):  # PyTorch asks those of an only root too
                        gradient = hooks_on(hooks.arrived, gradient, node.device, raw)
                    catch(node, gradient, wanted, caught)
                    if accumulate and asked:  # PyTorch calls it, although nothing is wanted of it
                        node.recall_all()
                        if hooks is not None:
                            run_hooked(node, as_tensors(gradient, node.device), [None] * len(node.edges), give_nothing)
                        if not retain_graph:
                            node.free()
                    continue
                catch(node, gradient, wanted, caught)  # before its hooks, as PyTorch does where a walk goes on
            if hooks is not None:
                gradient = hooks_on(hooks.arrived, gradient, node.device, raw)
            edges = node.edges
            if wanted is not None:
                edges = [edge if edge is not None and leads(edge, leading, wanted) else None for edge in edges]
                if any(edge is None for edge in edges):
                    node.recall_all()
            elif unreached:
                edges = reached(edges)
            if hooks is not None:
                run = evaluate if careful else type(node).backward
                parts = run_hooked(node, as_tensors(gradient, node.device) if raw else gradient, edges, run)
            elif raw:
                parts = pull(node, gradient, edges)
            else:
                parts = evaluate(node, gradient, edges) if careful else node.backward(gradient, edges)
            if raw:
                device = node.device
                for place, part in enumerate(parts):
                    if part is not None and (edge := edges[place]) is not None:
                        send_array(part, device, edge, arrived, heap)
            else:
                for place, part in enumerate(parts):
                    if part is not None and (edge := edges[place]) is not None:
                        send(part, edge, arrived, heap)
            parts = None  # which the next node needs no longer
            if not (retain_graph or (unreached and all(edge is None for edge in reached(node.edges)))):
                node.free()
        part = gradient = node = None  # so that nobody else holds what becomes a .grad
        deliver(arrived, wanted, len(tensors) == 1, accumulate, create_graph, raw)
        found = arrived | caught
        return [] if accumulate else [as_tensors(found.get(edge), edge.device) for edge in wanted]
    except Exception as error:
        if careful and node is not None:
            explain(node)
        if isinstance(error, Misfit):
            title = f"Function {node.name()} returned an invalid gradient at index {place}"
            raise RuntimeError(f"{title} - {error}") from None
        raise
    finally:
        mode.walk = outer
        if before is not None:
            record_grad(before)


def reached(edges):
    """The edges with None for each of several that leads nowhere; a node of one input keeps what it needs anyway."""
    return edges if len(edges) == 1 else [None if type(edge) is Nowhere else edge for edge in edges]


def deliver(arrived, wanted, only_root, accumulate, create_graph, raw):
    """Ask the hooks of the leaves at which gradients have arrived, and add these to `.grad` where they are for it."""
    leaves = list(arrived)
    asked = arrived if wanted is None else dict.fromkeys(wanted)
    for leaf in leaves if accumulate else ():
        if leaf.history is not None and leaf.base is None:
            raise RuntimeError("leaf variable has been moved into the graph interior")
    for leaf in leaves:
        here = leaf in asked
        if leaf._hooks is not None and (here or only_root):
            run = functools.partial(run_hooks, leaf._hooks)
            arrived[leaf] = hooks_on(run, arrived[leaf], leaf.device, raw)
        if accumulate and here:
            accumulate_grad(leaf, wrap(arrived.pop(leaf), leaf.device) if raw else arrived.pop(leaf), create_graph)


def give_nothing(node, gradient, edges):
    """What a node gives that is called for none of its edges."""
    return [None] * len(edges)


def run_hooked(node, gradient, edges, run):
    """The gradients that a node gives, with the hooks before and after it."""
    gradient = node.hooks.entering(gradient)
    given = [None] * len(edges) if gradient is None else run(node, gradient, edges)
    parts = [
        part if part is None or edge is None else shaped(part, edge) for part, edge in zip(given, edges, strict=True)
    ]
    return node.hooks.leaving(parts, gradient)


def send(gradient, edge, arrived, heap):
    """Add a gradient, a tensor, to what has arrived at an edge, in the shape, dtype and device that belong there."""
    arrive(shaped(gradient, edge), edge, arrived, heap)


def shaped(gradient, edge):
    """A gradient, a tensor, as it arrives at an edge."""
    array = gradient.array
    home = edge.array if isinstance(edge, Tensor) else edge
    if array.shape != home.shape or array.dtype is not home.dtype or gradient.device is not edge.device:
        return fitted(gradient, home.shape, home.dtype, edge.device)
    return gradient


def send_array(array, device, edge, arrived, heap):
    """The same of a gradient that is a raw array of a device, or its one number, and perhaps still a tensor."""
    if type(array) is not device.array:
        array, device = (array.array, array.device) if isinstance(array, Tensor) else (device.asarray(array), device)
    leaf = isinstance(edge, Tensor)
    home = edge.array if leaf else edge
    if array.shape != home.shape or array.dtype is not home.dtype or device is not edge.device:
        array = fitted(wrap(array, device), home.shape, home.dtype, edge.device).array
    if type(edge) is Part:
        arrive(array, edge, arrived, heap)
    elif (so_far := arrived.get(edge)) is not None:
        arrived[edge] = together(so_far, array, edge.device)
    else:
        arrived[edge] = array
        if not leaf:
            heappush(heap, (-edge.number, edge))


def arrive(gradient, edge, arrived, heap):
    """Add a gradient to what has arrived at an edge."""
    part = type(edge) is Part
    key = edge.node if part else edge
    so_far = arrived.get(key)
    if so_far is None:
        so_far = arrived[key] = [None] * edge.count if part else gradient
        if not isinstance(key, Tensor):
            heappush(heap, (-key.number, key))
    elif not part:
        arrived[key] = together(so_far, gradient, key.device)
    if part:
        here = so_far[edge.number]
        so_far[edge.number] = gradient if here is None else together(here, gradient, key.device)


def together(gradient, other, device):
    """The sum of two gradients, tensors or raw arrays."""
    return device.asarray(device.xp.add(gradient, other)) if type(gradient) is device.array else gradient + other


def as_tensors(gradient, device):
    """A raw gradient as a tensor, or a list of them; None and tensors stay."""
    if type(gradient) is list:
        return [as_tensors(each, device) for each in gradient]
    return gradient if gradient is None or isinstance(gradient, Tensor) else wrap(gradient, device)


def as_arrays(gradient):
    """The raw arrays of a gradient, or of a list of them; None stays."""
    if type(gradient) is list:
        return [as_arrays(each) for each in gradient]
    return None if gradient is None else gradient.array


class Misfit(RuntimeError):
    """Raised for a gradient that a node gave and that does not fit where it goes."""


def summed(gradient, shape):
    """A gradient in the shape of what was broadcast."""
    try:
        return gradient.sum_to_size(shape)
    except RuntimeError:
        raise Misfit(f"got {list(gradient.shape)} but expected shape compatible with {list(shape)}") from None


def moved(gradient, device):
    """A gradient without dimensions on the device of what it belongs to."""
    if gradient.array.ndim:
        raise Misfit(f"expected device {device} but got {gradient.device}")
    return gradient.to(device)


def fitted(gradient, shape, dtype, device):
    """A gradient with the shape, dtype and device of what it belongs to: the real part for a real one."""
    if gradient.array.shape != shape:
        gradient = summed(gradient, shape)
    if gradient.device is not device:
        batched = gradient.device.batched or device.batched
        gradient = brought(gradient, device) if batched else moved(gradient, device)
    if dtypes.category_of[gradient.array.dtype] == dtypes.COMPLEX and dtypes.category_of[dtype] != dtypes.COMPLEX:
        gradient = gradient.real
    return gradient if gradient.array.dtype is dtype else gradient.to(dtypes.of_numpy[dtype])


def hooks_on(run, gradient, device, raw):
    """A gradient after hooks, which see tensors."""
    found = run(as_tensors(gradient, device) if raw else gradient)
    return as_arrays(found) if raw else found


def nodes_that_lead(roots, wanted):
    """The nodes from which an edge in `wanted` can be reached, found without recursion from the oldest up."""
    oldest = min([-1 if isinstance(edge, Tensor) else node_of(edge).number for edge in wanted], default=-1)
    seen, stack = set(), [node_of(root) for root in roots]
    while stack:
        node = stack.pop()
        if node in seen or isinstance(node, Tensor) or node.number < oldest:
            continue
        seen.add(node)
        stack.extend([node_of(edge) for edge in node.edges if edge is not None])
    leading = set()
    for node in sorted(seen, key=lambda each: each.number):
        if any(edge is not None and leads(edge, leading, wanted) for edge in node.edges):
            leading.add(node)
    return leading


def node_of(edge):
    """The node of an edge, or the leaf that is its own."""
    return edge.node if type(edge) is Part else edge


def leads(edge, leading, wanted):
    """Whether an edge's node is wanted itself, for whichever of its outputs, or leads to one that is."""
    node = node_of(edge)
    return node in leading or any(node is node_of(each) for each in wanted)


def catch(node, gradient, wanted, caught):
    """Keep the gradients that were asked for at a node."""
    for edge in wanted:
        if edge is node:
            caught[edge] = gradient
        elif type(edge) is Part and edge.node is node:
            caught[edge] = gradient[edge.number] if type(gradient) is list else gradient


def backward_of(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Add the gradients of this tensor to the `.grad` of the leaves that led to it, or of `inputs` alone.

    `gradient` is that of the tensor itself; None stands for 1 and is for scalars only. `retain_graph` keeps what
    backward needs for another walk, `create_graph` records the gradients' own history.
    """
    backward(self, gradient, retain_graph, create_graph, inputs)


backward_of.__name__ = backward_of.__qualname__ = "backward"
Tensor.backward = backward_of
