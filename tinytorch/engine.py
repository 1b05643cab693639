"""Backward: gradients walk the graph from results to leaves, the youngest node first.

A node is always younger than the nodes that its edges name, so the youngest node that has a gradient has all of it: a
heap of creation numbers is the whole schedule, at any depth and without recursion. PyTorch walks in the same order,
which fixes the order of sums and of hooks.
"""

import functools
import warnings
from heapq import heappop

from tinytorch import dtypes, errors
from tinytorch.accumulation import accumulate_array, accumulate_grad
from tinytorch.anomaly import evaluate, explain, warn
from tinytorch.array_derivatives import FLOAT32, FLOAT64, pull
from tinytorch.arrivals import Misfit, as_tensors, bare, hooks_on, run_hooked, send, send_array
from tinytorch.batching import in_batch, out_of_batch
from tinytorch.edges import GradientEdge, root_of, start_of
from tinytorch.graph import Nowhere, Part, edge_of, unreached
from tinytorch.modes import anomaly, interpreters, mode, record_grad
from tinytorch.node_hooks import run_hooks
from tinytorch.paths import by_node, leads, leads_nowhere, nodes_that_lead, reached, refuse_moved
from tinytorch.recording import numbers
from tinytorch.sweep import sweep
from tinytorch.tensor import Tensor, wrap


def backward(
    tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None
):  # fmt: skip
    """Add the gradients of `tensors` to the `.grad` of the leaves that led to them, or of `inputs` alone.

    Args:
        grad_tensors: the gradient of each tensor; None stands for ones and is for scalars only.
        grad_variables: the same by its older name, which is deprecated.
        retain_graph: keep what backward needs for another walk; as `create_graph` by default.
        create_graph: record the gradients' own history, so that they can be differentiated.

    A RuntimeError if a tensor has no history, is no scalar and has no gradient, or if its graph was freed.
    """
    if grad_variables is not None:
        warnings.warn(errors.GRAD_VARIABLES, FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(errors.BOTH_GRADIENTS)
        grad_tensors = grad_variables
    if create_graph:
        warn(errors.GRADIENT_CYCLE)
    elif type(tensors) is Tensor and grad_tensors is None and inputs is None and is_usual(tensors):
        return walk_down(tensors, bool(retain_graph))
    tensors = (tensors,) if isinstance(tensors, Tensor) else as_tuple(tensors)
    if mode.differentiating or (interpreters and any([each.device.batched for each in tensors])):
        raise RuntimeError(errors.BACKWARD_INSIDE)
    roots, gradients = started(tensors, None if grad_tensors is None else as_tuple(grad_tensors))
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        walk(roots, gradients, None, retain, create_graph, accumulate=True)
        return
    inputs = as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for tensor in inputs:
        if isinstance(tensor, Tensor):
            tensor.retain_grad()  # which fills the `.grad` of results
    walk(roots, gradients, edges_wanted(inputs), retain, create_graph, accumulate=True)


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
    roots, gradients = started(outputs, given)
    retain = create_graph if retain_graph is None else retain_graph
    found = walk(roots, gradients, edges_wanted(inputs), retain, create_graph, batched=is_grads_batched)
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


def started(tensors, given):
    """Where a walk starts: the edges of tensors, and the gradients there: those given, or ones for scalars."""
    gradients, roots = [], []
    if given is not None and len(given) != len(tensors):
        raise RuntimeError(f"got {len(tensors)} tensors and {len(given)} gradients")
    for place, tensor in enumerate(tensors):
        gradient = None if given is None else given[place]
        gradients.append(one_for(tensor) if gradient is None else checked(gradient, tensor, place))
    for place, tensor in enumerate(tensors):
        root = edge_of(tensor) if isinstance(tensor, Tensor) else root_of(tensor)
        if root is None or type(root) is Nowhere:
            raise RuntimeError(f"element {place} of tensors does not require grad and does not have a grad_fn")
        roots.append(root)
    return roots, gradients


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


def is_usual(tensor):
    """Whether a walk from a tensor is as most are: from one float that an operation made, to all leaves."""
    array = tensor.array
    return (
        not array.shape and (array.dtype is FLOAT32 or array.dtype is FLOAT64)
        and tensor.history is not None and type(tensor.history) is not Part and tensor.base is None
        and not (interpreters or anomaly.enabled or mode.differentiating)
    )  # fmt: skip


def walk_down(tensor, retain_graph):
    """What `walk` does in that case, from the gradient 1."""
    root, arrived, outer, before = tensor.history, {}, mode.walk, None
    try:
        before = record_grad(False)
        mode.walk = (next(numbers), (root,), None, None)
        sweep([], arrived, retain_graph, root, tensor.device.asarray(1, root.dtype))
        deliver(arrived, None, True, True, False, True)
    finally:
        mode.walk = outer
        if before is not None:
            record_grad(before)


def walk(roots, gradients, wanted, retain_graph, create_graph, accumulate=False, batched=False):
    """Send gradients along the graph; the gradients at the edges `wanted` are returned, in their order.

    On their way they are tensors where somebody records or interprets them, or they are `batched`, and else raw arrays.
    `accumulate` says that they are for `.grad`.
    """
    asked = None if wanted is None else by_node(wanted)
    leading = None if wanted is None else nodes_that_lead(roots, asked)
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
                send_array(bare(gradient), gradient.device, root, arrived, heap)
            else:
                send(gradient, root, arrived, heap)
        if raw and wanted is None:
            sweep(heap, arrived, retain_graph)
        while heap:
            node = heappop(heap)[1]
            gradient = arrived.pop(node)
            hooks = node.hooks
            if wanted is not None:
                if node not in leading:
                    if hooks is not None and (node in asked or len(roots) == 1):  # those of an only root too
                        gradient = hooks_on(hooks.arrived, gradient, node.device, raw)
                    catch(node, gradient, asked, caught)
                    if accumulate and node in asked:  # PyTorch calls it, although nothing is wanted of it
                        call_in_vain(node, as_tensors(gradient, node.device))
                        if not retain_graph:
                            node.free()
                    continue
                catch(node, gradient, asked, caught)  # before its hooks, as PyTorch does where a walk goes on
            if hooks is not None:
                gradient = hooks_on(hooks.arrived, gradient, node.device, raw)
            edges = node.edges
            if wanted is not None:
                edges = [edge if edge is not None and leads(edge, leading, asked) else None for edge in edges]
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
            device = node.device
            for place, part in enumerate(parts):
                if part is None or (edge := edges[place]) is None:
                    continue
                if raw:
                    send_array(part, device, edge, arrived, heap)
                else:
                    send(part, edge, arrived, heap)
            part = parts = None  # which the next node needs no longer
            if not (retain_graph or (unreached and leads_nowhere(node))):
                node.free()
        gradient = node = None  # so that nobody else holds what becomes a .grad
        deliver(arrived, wanted, len(roots) == 1, accumulate, create_graph, raw)
        if accumulate:
            return []
        found = arrived | caught
        return [as_tensors(found.get(edge), edge.device) for edge in wanted]
    except Misfit as error:
        if careful and node is not None:
            explain(node)
        raise error if node is None else error.given_by(node, place) from None
    except Exception:
        if accumulate and node is not None:  # PyTorch would have come upon such a leaf before
            refuse_moved(arrived, [node, *[each for _, each in heap]])
        if careful and node is not None:
            explain(node)
        raise
    finally:
        mode.walk = outer
        if before is not None:
            record_grad(before)


def deliver(arrived, wanted, only_root, accumulate, create_graph, raw):
    """Ask the hooks of the leaves at which gradients have arrived, and add these to `.grad` where they are for it."""
    leaves = list(arrived)
    asked = arrived if wanted is None else dict.fromkeys(wanted)
    if accumulate:
        refuse_moved(arrived, [])
    for leaf in leaves:
        here = leaf in asked
        if leaf._hooks is not None and (here or only_root):
            run = functools.partial(run_hooks, leaf._hooks)
            arrived[leaf] = hooks_on(run, arrived[leaf], leaf.device, raw)
        if accumulate and here:
            if raw:
                accumulate_array(leaf, arrived)
            else:
                accumulate_grad(leaf, arrived.pop(leaf), create_graph)


def call_in_vain(node, gradient):
    """Call a node whose gradients nobody wants, as PyTorch calls the nodes of `inputs`: a Function's own code runs."""
    node.recall_all(packed=True)
    run, edges = (type(node).backward, node.edges) if node.own_code else (give_nothing, [None] * len(node.edges))
    if node.hooks is not None:
        run_hooked(node, gradient, edges, run)
    else:
        run(node, gradient, edges)


def give_nothing(node, gradient, edges):
    """What a node gives that is called for none of its edges."""
    return [None] * len(edges)


def catch(node, gradient, asked, caught):
    """Keep the gradients that a node is asked for."""
    for edge in asked.get(node, ()):
        several = type(edge) is Part and type(gradient) is list
        caught[edge] = gradient[edge.number] if several else gradient


def backward_of(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Add the gradients of this tensor to the `.grad` of the leaves that led to it, or of `inputs` alone.

    `gradient` is that of the tensor itself; None stands for 1 and is for scalars only. `retain_graph` keeps what
    backward needs for another walk, `create_graph` records the gradients' own history.
    """
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


backward_of.__name__ = backward_of.__qualname__ = "backward"
Tensor.backward = backward_of
