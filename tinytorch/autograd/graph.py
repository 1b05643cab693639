"""The graph as users reach into it: hooks on what it keeps and on several gradients at once, and edges by name."""

import abc
import collections
import contextlib
import functools
import weakref
from collections.abc import Iterable

from tinytorch import graph
from tinytorch.autograd.function import BackwardCFunction
from tinytorch.edges import GradientEdge
from tinytorch.graph import accumulator, edge_of
from tinytorch.hooks import RemovableHandle
from tinytorch.modes import mode as switches
from tinytorch.paths import node_of
from tinytorch.saved import Packing, hooks
from tinytorch.tensor import Tensor, count_write


class Node(abc.ABC):
    """What every `grad_fn` is an instance of."""

    @abc.abstractmethod
    def name(self):
        """PyTorch's name of this kind of node, such as `MulBackward0`."""

    @property
    @abc.abstractmethod
    def next_functions(self):
        """Where the gradients go: a tuple of (node, number of its output)."""


Node.register(graph.Node)
Node.register(BackwardCFunction)


class saved_tensors_hooks:
    """Within this block each tensor that is kept for backward is given to `pack_hook`, and read from `unpack_hook`.

    What `pack_hook(tensor)` returns is kept instead, and `unpack_hook` gets it each time the tensor is needed, and has
    to return a tensor of the same values. The innermost block is asked. A RuntimeError if `pack_hook` writes to its
    tensor.
    """

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        self.entered = []

    def __enter__(self):
        self.entered.append(Packing(self.pack_hook, self.unpack_hook).__enter__())

    def __exit__(self, *exception):
        self.entered.pop().__exit__(*exception)


class save_on_cpu(saved_tensors_hooks):
    """Within this block what is kept for backward waits on the CPU, from where backward fetches it to its device."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        super().__init__(lambda tensor: (tensor.device, tensor.detach().cpu()), lambda kept: kept[1].to(kept[0]))


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message):
    """Within this block `saved_tensors_hooks` raises a RuntimeError with this message."""
    if hooks.stack:
        raise RuntimeError(error_message)
    before, hooks.refusal = hooks.refusal, error_message
    try:
        yield
    finally:
        hooks.refusal = before


def get_gradient_edge(tensor):
    """Where the gradient of a tensor arrives, which `backward` and `grad` take in the tensor's place.

    A RuntimeError for a tensor that does not require grad.
    """
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    edge = edge_of(tensor)
    if isinstance(edge, Tensor):
        return GradientEdge(accumulator(tensor), 0)
    return GradientEdge(tensor.grad_fn, tensor.output_nr, edge)


def increment_version(tensor):
    """Count a change of a tensor, or of several, that no operation knows of."""
    tensors = (tensor,) if isinstance(tensor, Tensor) else tensor
    if not isinstance(tensors, Iterable):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for each in tensors:
        if not each.is_inference():  # those count none
            count_write(each)


# Several gradients


class MultiHandle(RemovableHandle):
    """The handle of a hook on several tensors."""

    def __init__(self, handles):
        self.handles = tuple(handles)

    def remove(self):
        for each in self.handles:
            each.remove()


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Call `fn` once in each backward: with all gradients when the last has arrived, or in mode "any" with the first.

    A gradient is None if it is no part of that backward, which is not waited for. A ValueError for another mode.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    tensors = tuple(tensors)
    if mode == "any":
        first = FirstOfAll(fn)
        return MultiHandle([each.register_hook(first.arrived) for each in tensors if each.requires_grad])
    gathered = Gathered(tensors, fn)
    return MultiHandle([
        each.register_hook(functools.partial(gathered.arrived, place)) for place, each in enumerate(tensors)
    ])  # fmt: skip


class Gathered:
    """The gradients of several tensors that have arrived in the walk in progress."""

    def __init__(self, tensors, fn):
        # weakly, since the nodes hold the hooks, and these this
        self.nodes, self.fn, self.walks = [weakref.ref(node_of(edge_of(each))) for each in tensors], fn, {}

    def arrived(self, place, grad):
        """Keep a gradient; with the last one, call the function."""
        number = switches.walk[0]
        if number not in self.walks:
            on_way = nodes_on_way(switches.walk)
            self.walks[number] = [sum(each() in on_way for each in self.nodes), [None] * len(self.nodes)]
        entry = self.walks[number]
        entry[0] -= 1
        entry[1][place] = grad
        if entry[0] == 0:
            self.fn(self.walks.pop(number)[1])


class FirstOfAll:
    """A function that is called once in each walk."""

    def __init__(self, fn):
        self.fn, self.walk = fn, None

    def arrived(self, grad):
        """Call the function if it was not called in this walk yet."""
        if self.walk != switches.walk[0]:
            self.walk = switches.walk[0]
            self.fn(grad)


def nodes_on_way(walk):
    """The nodes and leaves at which a gradient arrives in a walk."""
    _, roots, leading, wanted = walk
    if wanted is not None:
        return leading | {node_of(edge) for edge in wanted}
    found, stack = set(), [node_of(root) for root in roots]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            if not isinstance(node, Tensor):
                stack.extend([node_of(edge) for edge in node.edges if edge is not None])
    return found


# Writing to what is kept


class Handle:
    """What stands for a kept tensor while writing to it is allowed."""

    __slots__ = ("__weakref__",)


class Mutable(Packing):
    """While it is at work, a tensor that is kept for backward is copied before it is written to."""

    def __init__(self):
        self.clear()

    def clear(self):
        """Forget all tensors."""
        self.original, self.cloned = weakref.WeakKeyDictionary(), weakref.WeakKeyDictionary()
        self.handles = collections.defaultdict(weakref.WeakSet)  # the counter of a memory's versions -> what it keeps

    def pack(self, tensor):
        """Keep a tensor itself, until it is written to."""
        for handle in self.handles[id(tensor.counter)]:
            if self.original.get(handle) is tensor:
                return handle
        handle = Handle()
        self.handles[id(tensor.counter)].add(handle)
        self.original[handle] = tensor
        return handle

    def unpack(self, handle):
        """The tensor that was kept, or the copy that was made of it."""
        found = self.cloned.get(handle, self.original.get(handle))
        if found is None:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context"
                "in which the graph was originally recorded."
            )
        return found

    def interpret(self, op, args, out):
        for tensor in written_by(op, args, out):
            for handle in list(self.handles.get(id(tensor.counter), ())):
                if handle in self.original:
                    self.cloned[handle] = self.original.pop(handle).detach().clone()
        return super().interpret(op, args, out)


def written_by(op, args, out):
    """The tensors that a call of an operation writes to."""
    if op.kind == "update":
        return [each for tensors in args[: op.positional] for each in tensors]
    return [] if out is None else [out]


@contextlib.contextmanager
def allow_mutation_on_saved_tensors():
    """Within this block tensors that are kept for backward may be written to, as they are copied before.

    Backward has to run in the same block; an AssertionError if it does not, a RuntimeError for a block in another.
    """
    if any(isinstance(each, Mutable) for each in hooks.stack):
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    with Mutable() as mutable:
        try:
            yield mutable
        finally:
            mutable.clear()


for each in (
    Node, saved_tensors_hooks, save_on_cpu, disable_saved_tensors_hooks, get_gradient_edge, increment_version,
    register_multi_grad_hook, allow_mutation_on_saved_tensors,
):  # fmt: skip
    each.__module__ = "torch.autograd.graph"
