"""The history of tensors: nodes, what they keep for backward, versions, and views that know their base.

A node keeps raw arrays, never tensors, so that no reference cycle can arise; what a derivative needs is wrapped again
when it runs, with the history that it had when it was kept. A leaf is its own edge.
"""

import operator
import weakref

from tinytorch import dtypes, errors
from tinytorch.devices import CPU
from tinytorch.modes import enable_grad, levels, mode, record_grad, with_tangents
from tinytorch.node_hooks import Keeper, NodeHooks
from tinytorch.recording import numbers, record
from tinytorch.tensor import Tensor, wrap

# A node whose result was detached in-place -> the number of the next node, and the array: what kept that array before
# refuses it.
detached = weakref.WeakKeyDictionary()  # its `.data` is asked whether there is any, as that takes no call
metadata = weakref.WeakKeyDictionary()  # node -> what is remembered of it
unreached = []  # holds True once an edge led nowhere: while it is empty, backward asks no edge


class Node:
    """One recorded call: where its gradients go, and what its derivatives need.

    edges:    an edge per tensor argument: a Node or Part, a leaf tensor, or None where no gradient is wanted
    args:     the arguments in normal form; an array where it is kept, its shape where it is not; None once freed
    versions: counter and version of each kept array, and of the result in the last two places; None if nothing is kept
    seen_as:  a weak reference to the history of the result, where that is a view's
    """

    __slots__ = (
        "__weakref__",
        "args",
        "device",
        "dtype",
        "edges",
        "hooks",
        "number",
        "result",
        "seen_as",
        "shape",
        "versions",
    )
    title = "Node"  # PyTorch's name of the operation, without "Backward0"
    overloaded = False  # whether PyTorch has several names for it, of which `named` finds one
    twins = None  # the derivatives on raw arrays, for each device; None if there can be none
    at_once = None  # the same of one derivative for all inputs
    operation = None  # whose call it recorded
    own_code = False  # whether a program's own code runs in it
    context = graph_node = property(lambda self: self, doc="What users see of the node, and the other way round.")

    def name(self):
        """PyTorch's name of this kind of node, such as `MulBackward0`."""
        return type(self).__name__

    def __repr__(self):
        return f"<{type(self).__name__} object at {id(self):#x}>"

    @property
    def next_functions(self):
        """Where the gradients go: a tuple of (node, number of its output)."""
        return tuple([next_function(edge, self) for edge in self.edges])

    @property
    def metadata(self):
        """A dictionary that lives as long as the node, for whatever a program wants to remember of it."""
        return metadata.setdefault(self, {})

    def backward(self, grad, wanted):
        """The gradients for the edges, given that of the result; None where `wanted` says no."""
        raise NotImplementedError(f"{type(self).__name__} has no derivative")

    def recall_all(self, packed=False):
        """Ask for all that was kept, as PyTorch does before it computes only those gradients that are wanted.

        What hooks have packed may be unpacked once only: here if `packed` says that nothing will be computed.
        """

    def free(self):
        """Forget what was kept; a node that kept nothing can be walked again."""
        if self.versions is not None:
            if self.overloaded:
                named(self)
            self.args = self.result = None


class Frame(tuple):
    """What a node keeps of an array that it does not keep: its shape, and its strides in bytes."""

    __slots__ = ()
    shape = property(operator.itemgetter(0))
    strides = property(operator.itemgetter(1))


def named(node):
    """A node under the name that PyTorch gives it, which is only asked for when somebody looks."""
    if node.overloaded:
        first, *others = node.args
        node.__class__ = node.operation.node_for((Frame((first, None)) if type(first) is tuple else first, *others))
    return node


class Part:
    """Output `number` of a node with several outputs, as the history of one tensor."""

    __slots__ = ("count", "device", "dtype", "node", "number", "shape")

    def __init__(self, node, number, count, array):
        self.node = node
        self.number = number
        self.count = count
        self.shape = array.shape
        self.dtype = array.dtype
        self.device = node.device


class AccumulateGrad(Node):
    """How a leaf shows itself in `next_functions`: the place where its gradient is added up."""

    __slots__ = ("shown_by", "variable")
    title = "AccumulateGrad"

    def __init__(self, variable):
        self.variable, self.edges, self.number = variable, (), LAST_NUMBER
        self.hooks, self.shown_by = None, weakref.WeakSet()

    def name(self):
        """PyTorch's name of this kind of node."""
        return "torch::autograd::AccumulateGrad"


LAST_NUMBER = 2**64 - 1  # PyTorch's number of all nodes of leaves
accumulators = weakref.WeakValueDictionary()  # id of a leaf -> its node, while somebody holds that


def accumulator(leaf, shown_by=None):
    """The one node of a leaf; the nodes that show it hold it as soon as it has hooks."""
    node = accumulators.get(id(leaf))
    if node is None:
        node = accumulators[id(leaf)] = AccumulateGrad(leaf)
    if shown_by is not None:
        node.shown_by.add(shown_by)
    return node


def next_function(edge, node=None):
    """An edge of a node as PyTorch shows it."""
    if edge is None or type(edge) is Nowhere:
        return (None, 0)
    if isinstance(edge, Tensor):
        return (accumulator(edge, node), 0)
    if type(edge) is Part:
        return (named(edge.node).context, edge.number)
    return (named(edge).context, 0)


def edge_of(tensor):
    """Where the gradient of a tensor goes: its history, the tensor itself if it is a leaf, or None."""
    if tensor.base is not None:
        return edge_of_view(tensor)
    return tensor.history or (tensor if tensor.needs else None)


def edge_of_view(view):
    """The edge of a view; its history is renewed first if its memory was written to since."""
    base = view.base
    if view.history is None and not base.needs:
        return view if view.needs else None
    (version,) = view.counter
    if view.seen != version:
        renew(view)
    return view.history or (view if view.needs else nowhere(view))


def nowhere(view):
    """The edge of a view that was made in no_grad mode of a base that requires grad."""
    if mode.grad:  # else nobody keeps the edge
        unreached[:] = (True,)
    return record(Nowhere, (), (), None, view.array, view.device)


class Nowhere(Node):
    """An edge at which gradients end: what only it would need is neither asked for nor freed."""

    __slots__ = ()

    def backward(self, grad, wanted):
        return []


def grad_fn(self):
    """The node that made this tensor, or None for a leaf."""
    if self.base is not None:
        with enable_grad():  # a view that is no longer valid is refused under no_grad too
            edge_of_view(self)
    node = self.history.node if type(self.history) is Part else self.history
    return None if node is None else named(node).context


def retain_grad(self):
    """Keep the gradient of this result in `.grad` too; leaves keep it anyway."""
    if not self.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self.grad_fn is not None and not self._retains_grad:
        self._retains_grad = True
        keep_grad(self)


def hooks_of(node):
    """The hooks of a node, where they are made first if it has none."""
    if node.hooks is None:
        node.hooks = NodeHooks()
    return node.hooks


def place_of(history):
    """The node of a history, and which of several outputs it is, or None."""
    return (history.node, history.number) if type(history) is Part else (history, None)


def keep_grad(tensor):
    """Let the gradient that arrives at a tensor's history go into its `.grad` too."""
    node, number = place_of(tensor.history)
    hooks_of(node).keepers[next(numbers)] = (number, Keeper(tensor))


def follow(tensor, before):
    """Let `retain_grad` follow a tensor whose history was `before` to its new one."""
    if tensor._retains_grad:
        keepers = {} if before is None else hooks_of(place_of(before)[0]).keepers
        for key, (_, hook) in list(keepers.items()):
            if hook.tensor() is tensor:
                del keepers[key]
        keep_grad(tensor)


Tensor.grad_fn = property(grad_fn)
Tensor.retain_grad = retain_grad
Tensor.retains_grad = property(lambda self: self._retains_grad, doc="Whether a result keeps its gradient.")
Tensor.output_nr = property(
    lambda self: self.history.number if type(self.history) is Part else 0, doc="Which result of its node this is."
)

# A view as an operation on its base, and the operations of its gradients: the room of views attaches them.
restride = layouts = region_read = region_written = None


def renew(view):
    """Make the history of a view anew from its base, whose memory was written to under another name."""
    if view.creation is not None:
        if not mode.grad:
            return  # whoever asks does not record
        raise refusal(view, indirect=True)
    inference, mode.inference = mode.inference, False  # in which nothing would be recorded
    before = mode.grad
    try:
        record_grad(True)
        old, view.history = view.history, restride(view.base, view.array).history
    finally:
        record_grad(before)
        mode.inference = inference
    (view.seen,) = view.counter
    follow(view, old)


def refusal(view, indirect=False):
    """Why a view that was made in no_grad mode, or one of several, may not be written to."""
    history = view.history
    if view.creation == "batched" and view.base.history is None and view.base.needs:
        return RuntimeError(errors.LEAF)
    if history is None:
        created = view.creation if view.creation in ("inference", "custom") else "no_grad"
        return errors.view_written(created, None, 0, indirect)
    node, number = (history.node, history.number) if type(history) is Part else (history, 0)
    return errors.view_written(view.creation, node.title, number, indirect)


def recall(node, position, edge):
    """What was kept of the argument at `position`, as a tensor with the history that it had then."""
    if node.args is None:
        raise errors.freed()
    value = node.args[position]
    if detached and type(value) is not Packed and isinstance(edge, Node):
        number, array = detached.get(edge, (0, None))
        if node.number < number and value is array:
            raise RuntimeError(errors.DETACHED)
    counter, expected = node.versions[2 * position], node.versions[2 * position + 1]
    tensor = revive(value, edge, counter, expected, node.device)
    return with_tangents(node, position, tensor) if levels else tensor


def recall_result(node):
    """The result of a node, which was kept."""
    if node.args is None:
        raise errors.freed()
    history = None if node.seen_as is None else node.seen_as()
    value = node.result
    if mode.grad and type(value) is node.device.array:
        value = value[...]  # an array of its own, so that `detach_` of the result means nothing to who keeps this
    tensor = revive(value, history or node, node.versions[-2], node.versions[-1], node.device)
    return with_tangents(node, -1, tensor) if levels else tensor


def recall_output(node, place):
    """One of several results of a node, which was kept; it has a history if it has gradients."""
    if node.args is None:
        raise errors.freed()
    value = node.result[place]
    edge = part_of(node, place, len(node.result), value)
    tensor = revive(value, edge, node.versions[-2][place], 0, node.device)
    return with_tangents(node, -1 - place, tensor) if levels else tensor


def part_of(node, number, count, array):
    """The history of one of several outputs: none for integers, such as the indices that `max` gives."""
    outputs = node.operation.rule.outputs
    constant = dtypes.category_of[array.dtype] < dtypes.FLOAT or (outputs and outputs[number].startswith("_"))
    return None if constant else Part(node, number, count, array)


def revive(value, edge, counter, expected, device):
    """A kept array as a tensor again, or an error if its memory changed."""
    if counter[0] != expected:
        if type(value) is Packed:
            return value.unpacked(edge, device)
        operation = edge.node.operation if type(edge) is Part else None
        if operation is not None and operation.kind == "view":  # one of several views refuses any use by now
            raise errors.view_written("several", edge.node.title, edge.number, indirect=True)
        raise errors.stale(value, *origin(edge), counter[0], expected)
    if type(value) is not device.array:
        if hasattr(value, "revived"):  # what a sparse tensor has in the place of an array
            return value.revived(edge, counter, device)
        device = CPU  # a tensor without dimensions took part in an operation of another device
    if edge is None:
        return wrap(value, device, None, counter)
    if isinstance(edge, Tensor):
        if edge.array is value:
            return edge
        return wrap(value, device, None, counter)
    return wrap(value, device, edge, counter)


class Packed:
    """What stands in the place of a kept array that hooks took over: its form, what they made of it, and the way back.

    Its version is one that never fits, so that only a read that is about to refuse it comes upon it.
    """

    __slots__ = ("content", "dtype", "shape", "strides", "unpack")
    counter, version = [1], -1

    def __init__(self, array, content, unpack):
        self.shape, self.strides, self.dtype = array.shape, array.strides, array.dtype
        self.content, self.unpack = content, unpack

    def unpacked(self, edge, device):
        """The tensor that the hooks give back, with the history that it had when it was kept."""
        tensor = self.unpack(self.content)
        if not isinstance(tensor, Tensor):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(tensor).__name__}"
            )
        if edge is None or (isinstance(edge, Tensor) and edge.array is tensor.array):
            return tensor if edge is None else edge
        if isinstance(edge, Tensor):
            edge = record(Restored, (edge,), (), None, tensor.array, tensor.device)
        return wrap(tensor.array, tensor.device, edge, tensor.counter)


class Restored(Node):
    """What leads from the values of a leaf that hooks gave back to the leaf itself."""

    __slots__ = ()
    title = "Restored"

    def backward(self, grad, wanted):
        return [grad]


def origin(edge):
    """PyTorch's name of the operation that made a value, and which of its outputs it is."""
    if type(edge) is Part:
        return named(edge.node).title, edge.number
    return (named(edge).title, 0) if isinstance(edge, Node) else (None, 0)


class CopySlices(Node):
    """What an in-place operation on a view does to its base: the base with one region replaced by a node's result."""

    __slots__ = ()
    title = "CopySlices"

    def name(self):
        """PyTorch's name of this kind of node."""
        return "torch::autograd::CopySlices"

    def recall_all(self, packed=False):
        if self.args is None:
            raise errors.freed()
        self.args[0].recall_all(packed)

    def backward(self, grad, wanted):
        if self.args is None:
            raise errors.freed()
        inner, base, view = self.args
        inside_grad = region_read(grad, base, view)
        gradients = inner.backward(inside_grad, (inner.edges[0], *wanted[1:]))
        inside = gradients[0]
        if inside is None:
            inside = inside_grad.new_zeros(inside_grad.shape)
        return [region_written(grad, inside, base, view) if wanted[0] is not None else None, *gradients[1:]]

    def free(self):
        self.args = None


def rebase(view, inner, base_edge):
    """Give the base of a view that was written to the history of that: one node, with the inner one in it."""
    base = view.base
    edges = (base_edge, *inner.edges[1:])
    before = base.history
    base.history = record(CopySlices, edges, (inner, *layouts(base, view.array)), None, base.array, base.device)
    base.needs = True
    follow(base, before)
    renew(view)  # at once, since the order of nodes is the order of backward
    if inner.result is not None:
        inner.seen_as = weakref.ref(view.history)
