"""How a Function is called: its forward runs unrecorded, and its results get one node, as PyTorch's rules have it.

The node and the context that users see are two objects, so that a context may have any attributes; the node holds the
context, and the context its node only weakly.
"""

import warnings
import weakref

from tinytorch import dtypes, errors
from tinytorch.anomaly import note
from tinytorch.autograd.checks import check_tangents, checked
from tinytorch.dtypes import FLOAT
from tinytorch.graph import Node, Part, edge_of, follow, rebase, revive, with_tangents
from tinytorch.modes import anomaly, levels, mode, record_grad
from tinytorch.recording import numbers
from tinytorch.saved import SavedTensor, hooks_at_work, packed
from tinytorch.tensor import Tensor, count_write, wrap, wrap_view


class FunctionNode(Node):
    """The node of one call of a Function, which asks its context for the gradients."""

    __slots__ = ("context", "forms")  # forms: a Form for each result that is a tensor
    own_code = True

    def __init__(self, context, edges):
        self.context, self.edges, self.args, self.versions, self.result = context, edges, (), None, None
        self.hooks = self.seen_as = None
        self.number = next(numbers)
        if anomaly.enabled:
            note(self)

    title = property(lambda self: self.context._forward_cls.__name__, doc="The name of the Function.")

    def name(self):
        """The name of the context's class."""
        return type(self.context).__name__

    def backward(self, grad, wanted):
        context = self.context
        given = list(grad) if type(grad) is list else [grad]
        for place, form in enumerate(self.forms):
            each = given[place]
            if each is None and form is not None and context._materialize:
                given[place] = form.zeros()
            elif each is not None and each.device.real is not form.device.real:  # an array of another result's device
                given[place] = wrap(each.array, form.device)
        return checked(context, context.apply(*given), self.edges)

    def took_form(self, results):
        """Take notice of what gradients will arrive."""
        self.forms = [Form(each) if isinstance(each, Tensor) else None for each in results]
        first = next((each for each in self.forms if each is not None), None)
        if first is not None:
            self.shape, self.dtype, self.device = first.shape, first.dtype, first.device

    def free(self):
        self.context._freed, self.context._kept = True, None


class Form:
    """The shape, dtype and device of a result, from which a gradient of zeros is made."""

    __slots__ = ("device", "dtype", "shape")

    def __init__(self, tensor):
        self.shape, self.dtype, self.device = tensor.array.shape, tensor.array.dtype, tensor.device

    def zeros(self):
        """A tensor of zeros."""
        return wrap(self.device.xp.zeros(self.shape, self.dtype), self.device)


class Kept:
    """A tensor that a context keeps at a place: its array, version and history, and the tensor itself only weakly.

    Where it is a result of the call, `output` is its number, and its history is asked of the node when it is read.
    """

    __slots__ = ("count", "counter", "device", "edge", "output", "place", "tensor", "value", "version")

    def __init__(self, tensor, output, count, place=0):
        self.value, self.device, self.output, self.count = tensor.array, tensor.device, output, count
        self.place = place
        self.counter, self.version = tensor.counter, tensor.counter[0]
        self.edge = edge_of(tensor) if output is None else None
        self.tensor = weakref.ref(tensor)

    def exchange(self, value):
        """Let a `Packed` stand in the place of the array."""
        self.value, self.counter, self.version = value, value.counter, value.version

    def read(self, node):
        """The tensor as it was, or an error if its memory changed since."""
        tensor, edge = self.tensor(), self.edge
        if self.output is not None:
            edge = Part(node, self.output, self.count, self.value) if node is not None and self.count > 1 else node
        elif tensor is not None and tensor.array is self.value:
            if self.counter[0] == self.version:
                return tensor
            edge = edge_of(tensor)  # what wrote to it, for the message
        tensor = revive(self.value, edge, self.counter, self.version, self.device)
        return with_tangents(node, self.place, tensor) if levels and node is not None else tensor


# Calls


class Call:
    """One call of a Function: `run` gives its results, after which `tangents` maps those of its arguments to theirs."""

    __slots__ = ("args", "context", "function", "results", "smooth")

    def __init__(self, function, args):
        self.function, self.args, self.results = function, args, None
        context = self.context = function._backward_cls()
        is_tensor = [isinstance(each, Tensor) for each in args]
        context._tensor_at = tuple(is_tensor)
        context.needs_input_grad = tuple([
            here and each.requires_grad for here, each in zip(is_tensor, args, strict=True)
        ])  # fmt: skip

    def run(self):
        """What the Function gives; with a node, if a gradient is wanted of one of the arguments."""
        function, context = self.function, self.context
        recorded = mode.grad and True in context.needs_input_grad
        inputs = [each for each in self.args if isinstance(each, Tensor)]
        node = None
        if recorded:
            context._edges = tuple([edge_of(each) for each in inputs])
            node = FunctionNode(context, context._edges)
            context._node = weakref.ref(node)
        before = record_grad(False)
        try:
            given = function._run(context, self.args)
        finally:
            record_grad(before)
        results = given if isinstance(given, tuple) else (given,)
        settled = self.settle(node, inputs, results)
        context.to_save = context.dirty_tensors = context.non_differentiable = None
        return settled if isinstance(given, tuple) else settled[0]

    def settle(self, node, inputs, results):
        """The results with their history; what the context asked to keep is kept."""
        context = self.context
        constant, dirty = identities(context.non_differentiable), written(context)
        saved = identities(context.to_save) if context._sets_up else ()
        inputs, settled, histories, smooth = identities(inputs), [], {}, []
        several = node is not None and sum([is_smooth(each, constant) for each in results]) > 1
        for number, tensor in enumerate(results):
            smooth.append(is_smooth(tensor, constant))
            if not isinstance(tensor, Tensor):
                settled.append(tensor)
                continue
            is_input, changed = id(tensor) in inputs, id(tensor) in dirty
            if id(tensor) in saved and is_input and not changed:
                raise RuntimeError(SAVED_AS_IT_IS)
            history = None
            if node is not None and smooth[-1]:
                history = node if len(results) == 1 else part(node, number, len(results), tensor)
            made = with_history(tensor, history, is_input, changed, len(results))
            if made.base is not None and (several or not (changed and is_input)):
                made.creation = "several" if several else "custom"
            if history is not None:
                histories[id(tensor)] = histories[id(made)] = number
            settled.append(made)
        if dirty - identities(results):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output. The inputs that "
                "are modified inplace must all be outputs of the Function."
            )
        self.results, self.smooth = tuple(settled), smooth
        if node is not None:
            node.took_form(results)
            keep(context, inputs, histories, dirty, len(results))
        return self.results

    def tangents(self, *tangents):
        """The tangent, or None, of each result, given that of each argument: what the Function's `jvp` says."""
        if self.context._materialize:
            tangents = [
                Form(each).zeros() if tangent is None and isinstance(each, Tensor) else tangent
                for each, tangent in zip(self.args, tangents, strict=True)
            ]
        found = self.context.apply_jvp(*tangents)
        found = found if isinstance(found, tuple) else (found,)
        check_tangents(found, self.results, self.smooth)
        return found

    def kept(self):
        """The node of the call, or None, and by its place each tensor that it keeps."""
        kept = [each for each in self.context._kept if each is not None]
        return self.context._node(), {
            each.place: each.tensor() if each.output is None else self.results[each.output] for each in kept
        }


def is_smooth(result, constant):
    """Whether a result can have a gradient."""
    return isinstance(result, Tensor) and id(result) not in constant and dtypes.category_of[result.array.dtype] >= FLOAT


def part(node, number, count, tensor):
    """The history of one of several results."""
    node.device = tensor.device  # where a Part finds its own
    return Part(node, number, count, tensor.array)


def with_history(tensor, history, is_input, changed, count):
    """A result as the caller gets it: with a history of its own, and never an input itself unless that was written."""
    if history is None:
        if tensor.requires_grad and is_input:
            return wrap(tensor.array, tensor.device, None, tensor.counter)
        if tensor.requires_grad and tensor.base is None:
            tensor.history, tensor.needs = None, False
        return wrap_view(tensor.array, tensor, None, "custom") if is_input and not changed else tensor
    if changed:
        rewrite(tensor, history, is_input, count)
        return tensor
    if is_input:
        tensor = wrap_view(tensor.array, tensor, None, "custom")
    tensor.history, tensor.needs = history, True
    if tensor.base is not None:
        (tensor.seen,) = tensor.counter
    return tensor


def rewrite(tensor, history, is_input, count):
    """Put the call behind a tensor that it wrote to."""
    before = edge_of(tensor)
    if before is tensor:
        raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
    if not is_input:
        warnings.warn(
            "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated "
            "should be passed to ctx.mark_dirty().",
            stacklevel=5,
        )
    if tensor.base is None:
        tensor.history, tensor.needs, tensor._grad = history, True, None
        if before is not None:
            follow(tensor, before)
        return
    if count > 1:
        raise RuntimeError(
            "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return "
            "more than one Tensor. This is not supported by the current autograd engine. You should either make sure "
            "the input is not a view (using .clone() for example) or make your Function only return one Tensor "
            "(potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a "
            "second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you "
            "need help to do this change."
        )
    base = tensor.base
    history.shape, history.dtype, history.device = tensor.array.shape, tensor.array.dtype, tensor.device
    rebase(tensor, history, base.history or (base if base.needs else None))


def identities(tensors):
    """Which objects these are, which `==` of tensors does not tell."""
    return {id(each) for each in tensors or ()}


def written(context):
    """The tensors that were marked as written to, whose version that counts; a RuntimeError for what is none."""
    for place, each in enumerate(context.dirty_tensors or ()):
        if not isinstance(each, Tensor):
            raise RuntimeError(
                f"mark_dirty can only accept variables, but argument {place} is of type {type(each).__name__}"
            )
        count_write(each)
    for each in context.non_differentiable or ():
        if not isinstance(each, Tensor):
            raise RuntimeError(
                f"mark_non_differentiable only accepts variable arguments, but got {type(each).__name__}"
            )
    return identities(context.dirty_tensors)


def keep(context, inputs, histories, dirty, count):
    """Keep what the context asked for; a TypeError for what is no tensor."""
    kept, at_work = [], hooks_at_work()
    for place, tensor in enumerate(context.to_save or ()):
        if tensor is None:
            kept.append(None)
            continue
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"save_for_backward can only save variables, but argument {place} is of type {type(tensor).__name__}"
            )
        of_call = id(tensor) in histories and (id(tensor) in dirty or id(tensor) not in inputs)
        entry = Kept(tensor, histories[id(tensor)] if of_call else None, count, place)
        if at_work is not None:
            entry.exchange(packed(tensor, *at_work))
        kept.append(entry)
    context._kept = tuple(kept)


def given_back(context):
    """What a context kept, as tensors; a RuntimeError once backward has freed it, or if it was written to."""
    if context._freed:
        raise errors.freed()
    node = context._node()
    return tuple([None if each is None else each.read(node) for each in context._kept])


def raw(context):
    """What a context kept, as objects to which hooks can be given."""
    if context._freed:
        raise errors.freed()
    read = context._node
    return tuple([
        SavedTensor(lambda: None, None, lambda: None)
        if each is None
        else SavedTensor(lambda each=each: each.read(read()), each.exchange, lambda each=each: each.value)
        for each in context._kept
    ])  # fmt: skip


SAVED_AS_IT_IS = (
    "An input that has been returned as-is as output is being saved for backward. This is not supported if you "
    "override setup_context. You should return and save a view of the input instead, e.g. with x.view_as(x) or setup "
    "ctx inside the forward function itself."
)
