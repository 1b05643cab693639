"""Forward mode: tensors carry tangents, and operations carry them on, at each level that is open.

A level is an interpreter. It knows the tangents of tensors by their identity and for as long as they live; results get
theirs after they were computed below, so every level has its own, and a tangent is a tensor as others are: it may have
a history, and tangents of the levels below.

What is no operation runs with `switched(False)` around it, and then `carry(inputs, results, function)` asks `function`
for the tangents at each level; so a user's `autograd.Function` is called.
"""

import weakref

from tinytorch import graph
from tinytorch.apply import coerce
from tinytorch.declaration import registry
from tinytorch.interpreters import Interpreter, perform
from tinytorch.layout import overlaps_itself
from tinytorch.modes import levels, mode
from tinytorch.tangents import as_list, by_itself, has_tangent, mapped, tensors_in
from tinytorch.tensor import Tensor


class Level(Interpreter):
    """One level of forward mode: while its `with` block runs, operations of this thread map tangents."""

    def __init__(self):
        self.inference = mode.inference  # inference mode that begins later stops forward mode
        self.entries = {}  # identity of a tensor -> a weak reference to it, and its tangent or None
        self.kept = weakref.WeakKeyDictionary()  # node -> tangents of what it keeps, by the place of each

    def __enter__(self):
        levels.append(self)
        return super().__enter__()

    def __exit__(self, *exception):
        super().__exit__(*exception)
        levels.remove(self)
        self.entries.clear()
        self.kept.clear()

    # Tangents of tensors

    def tangent_of(self, tensor):
        """The tangent of a tensor, or None; that of a view is a view of its base's."""
        entry = self.entries.get(id(tensor))
        if entry is not None or tensor.base is None:
            return None if entry is None else entry[1]
        whole = self.entries.get(id(tensor.base))
        if whole is None or whole[1] is None:
            return None
        tangent = seen_through(whole[1], tensor, tensor.base)
        self.give(tensor, tangent)
        return tangent

    def give(self, tensor, tangent):
        """Let a tensor have a tangent, which is copied unless it lies in memory as the tensor does; or have none."""
        key, entries = id(tensor), self.entries
        if tangent is not None:
            tangent = laid_as(tangent, tensor)
        entries[key] = (weakref.ref(tensor, lambda _: entries.pop(key, None)), tangent)

    def forget(self, tensor):
        """Take the tangent of a tensor away."""
        self.entries.pop(id(tensor), None)

    def make_dual(self, tensor, tangent):
        """A view of a tensor with a tangent; a RuntimeError if it has one already, or the shapes differ."""
        if self.tangent_of(tensor) is not None:
            raise RuntimeError(
                "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is "
                "not supported."
            )
        if self.tangent_of(tangent) is not None:
            raise RuntimeError(
                "Setting a forward grad that itself has a forward gradient at the same level0 is not supported."
            )
        if tensor.array.shape != tangent.array.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is "
                f"not supported. Tensor is of size {list(tensor.shape)} while the given forward gradient is of size "
                f"{list(tangent.shape)}."
            )
        dual = tensor.view(tensor.shape)
        self.give(dual, tangent)
        return dual

    def unpack(self, tensor):
        """A view of a tensor that has no tangent, and the tangent or None."""
        tangent = self.tangent_of(tensor) if self.works() else None
        primal = tensor.view(tensor.shape)
        self.give(primal, None)
        return primal, tangent

    # Operations

    def works(self):
        """Whether operations map tangents now."""
        return mode.forward and (self.inference or not mode.inference)

    def interpret(self, op, args, out):
        """The result of a call below, with the tangents that the arguments' lead to."""
        if not self.works() or op.kind == "creation":
            return perform(op, args, out)
        if op.kind == "update" and self.tangents_among(args, range(len(args))):
            raise NotImplementedError(f"Trying to use forward AD with {op.name} that does not support it")
        tangents = self.tangents_among(args, op.input_positions)
        written = None if out is None else self.tangent_of(out)
        if out is not None and out is not args[0] and (tangents or written is not None):
            raise NotImplementedError(
                f"Trying to use forward AD with {op.name}_out that does not support it because it is an out= function"
            )
        if tangents:
            args = coerce(op, args)
            return self.write(op, args, tangents) if out is not None else self.compute(op, args, tangents)
        result = perform(op, args, out)
        if written is not None and op.rule.overwrites:
            written.zero_()
        elif op.kind == "view" and self.entries.get(id(args[0])) is not None:  # of what was unpacked
            for each in as_list(result):
                self.give(each, None)
        return result

    def function(self, call):
        """What a user's Function gives, whose tangents at all levels its `jvp` says."""
        if self is not open_levels()[-1]:
            return super().function(call)
        with switched(False):
            found = super().function(call)
        if call.results is None:  # an interpreter below took a way of its own
            if self.tangents_among(call.args, range(len(call.args))):
                raise NotImplementedError(f"{call.function.__name__} has no tangents where its own `vmap` is called")
            return found
        carry(call.args, call.results, call.tangents)
        node, kept = call.kept()
        for level in open_levels() if node is not None else ():
            level.kept[node] = {place: level.tangent_of(each) for place, each in kept.items() if each is not None}
        return found

    def tangents_among(self, args, places):
        """The tangents of arguments by position; of a list of tensors a list, with None for those that have none."""
        found = {}
        for place in places:
            value = args[place]
            if isinstance(value, Tensor):
                tangent = self.tangent_of(value)
            elif isinstance(value, (list, tuple)):
                tangent = [self.tangent_of(each) if isinstance(each, Tensor) else None for each in value]
                tangent = None if all(each is None for each in tangent) else tangent
            else:
                tangent = None
            if tangent is not None:
                found[place] = tangent
        return found

    def compute(self, op, args, tangents):
        """The results of a call and their tangents."""
        result = perform(op, args)
        results = as_list(result)
        found = mapped(op, args, result, tangents)
        for one, tangent in zip(results, found, strict=True):
            if tangent is not None:
                self.give(one, tangent)
        self.keep(op, next((each.history for each in results if each.history is not None), None), args, results)
        return result

    def write(self, op, args, tangents):
        """An in-place call: the tangent is written in its place too, where views of it see it."""
        out = args[0]
        wanted = {name for place in tangents for name in op.wants[op.parameters[place]]}
        before = [
            value.clone()
            if isinstance(value, Tensor) and value.counter is out.counter and op.parameters[place] in wanted
            else value
            for place, value in enumerate(args)
        ]
        owner = out if out.base is None else out.base
        history = owner.history
        perform(op, args, out)
        if not has_tangent(out):
            return out
        target = self.tangent_to_write(out, next(tensors_in(tangents.values())))
        if op.rule.linear:
            by_itself(op, args, {0: target, **tangents}, target)
            return out
        if mode.grad:  # the derivative may need what is written over
            tangents = {place: each.clone() if each is target else each for place, each in tangents.items()}
        (tangent,) = mapped(op, tuple(before), out, tangents)
        if owner.history is not history:
            self.keep(op, owner.history if out.base is None else owner.history.args[0], args, [out])
        target.copy_(tangent)
        return out

    def tangent_to_write(self, tensor, like):
        """The tangent of a tensor; zeros, also for all that it is a view of, if it has none."""
        tangent = self.tangent_of(tensor)
        if tangent is None and tensor.base is not None and id(tensor) not in self.entries:
            self.give(tensor.base, blank(like, tensor.base, tensor.base.dtype))
        elif tangent is None:
            self.give(tensor, blank(like, tensor, tensor.dtype))
        return self.tangent_of(tensor) if tangent is None else tangent

    # What nodes keep

    def keep(self, op, history, args, results):
        """Remember the tangents of what the node of a call keeps."""
        node = history.node if type(history) is graph.Part else history
        if node is None or node.versions is None or node.operation is not op:
            return
        places = [place for place in range(len(args)) if node.versions[2 * place] is not None]
        held = self.tangents_among(args, places)
        if args[0] is results[0] and 0 in held:  # what was there before it is written over
            held[0] = held[0].clone()
        if node.result is not None:
            held |= {-1 - place: self.tangent_of(each) for place, each in enumerate(results)}
        self.kept[node] = held

    def restore(self, node, place, tensor):
        """Give a tensor that a node kept the tangent that it had, unless it is the very tensor."""
        place, entry = place if type(place) is tuple else (place, None)
        tangent = self.kept.get(node, {}).get(place)
        if tangent is not None and entry is not None:
            tangent = tangent[entry]
        if tangent is not None and id(tensor) not in self.entries:
            self.give(tensor, tangent)


# How tangents lie in memory


def laid_as(tangent, tensor):
    """A tangent that lies in memory as its tensor does, so that views of the one are views of the other."""
    if same_steps(tangent, tensor):
        return tangent
    steps = tensor.stride()
    order = sorted(range(len(steps)), key=lambda dim: -steps[dim])
    found = tangent.permute(order).contiguous().permute([order.index(dim) for dim in range(len(order))])
    if same_steps(found, tensor) or overlaps_itself(tensor.array):
        return found
    return blank(tangent, tensor, tangent.dtype).copy_(tangent)


def same_steps(one, other):
    """Whether two tensors of one shape lie alike; the strides of single elements do not matter."""
    shape = one.shape
    return 0 in shape or all(
        size == 1 or step == wanted for size, step, wanted in zip(shape, one.stride(), other.stride(), strict=True)
    )


def blank(like, tensor, dtype):
    """Zeros of a dtype that lie in memory as a tensor does, on the device of `like`."""
    shape, steps = tensor.shape, tensor.stride()
    if tensor.is_contiguous() or 0 in shape:
        return like.new_zeros(shape, dtype=dtype)
    reach = 1 + sum([(size - 1) * step for size, step in zip(shape, steps, strict=True)])
    return like.new_zeros(reach, dtype=dtype).as_strided(shape, steps)


def seen_through(tangent, view, base):
    """What a view shows of the tangent of its base."""
    if view.is_complex() is base.is_complex():
        return called("view_of_base", tangent, *graph.layouts(base, view.array))
    if base.is_complex():
        return seen_through(called("view_as_real", tangent), view, called("view_as_real", base))
    return called("view_as_complex", seen_through(tangent, called("view_as_real", view), base))


def called(name, *args):
    """A call of an operation, which stands above this room, by its name."""
    return registry[name].call(*args)


# Levels of a thread, and what is no operation


def open_levels():
    """The levels that are open in this thread, the outermost first."""
    found, interpreter = [], mode.interpreter
    while interpreter is not None:
        if isinstance(interpreter, Level):
            found.insert(0, interpreter)
        interpreter = interpreter.below
    return found


class switched:
    """Lets operations of this thread map tangents or not, at once and until the end of its `with` block."""

    def __init__(self, enabled):
        self.before, mode.forward = mode.forward, bool(enabled)

    def __enter__(self):
        return None

    def __exit__(self, *exception):
        mode.forward = self.before


def carry(inputs, results, function):
    """Give the results of what is no operation their tangents, at each level of this thread, the outermost first.

    `function(*tangents)` gets the tangent or None of each input, and gives a sequence of one for each result, or None.
    It is not called at a level where no input has one. What it calls is carried on at the levels further out.
    """
    for level in open_levels():
        tangents = [level.tangent_of(each) if isinstance(each, Tensor) else None for each in inputs]
        if level.works() and any(each is not None for each in tangents):
            above, mode.interpreter = mode.interpreter, level.below
            try:
                for each, tangent in zip(results, function(*tangents), strict=True):
                    if isinstance(each, Tensor):
                        level.give(each, tangent)
            finally:
                mode.interpreter = above


def hand_over(tensor, other):
    """Let a tensor have the tangents of another, whose shape and memory it took."""
    for level in levels:
        tangent = level.tangent_of(other)
        level.forget(tensor)
        if tangent is not None:
            level.give(tensor, tangent)
