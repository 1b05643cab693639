"""What nodes keep for backward, as users see it, and as hooks take it into their hands.

Hooks replace a kept array by a `Packed`. They are an interpreter, which packs what a call made its node keep once the
call is done; so operations know nothing of them.
"""

import threading

from tinytorch import dtypes
from tinytorch.derivatives import getter
from tinytorch.devices import CPU
from tinytorch.graph import CopySlices, Node, Packed, Part, edge_of
from tinytorch.interpreters import Interpreter, perform
from tinytorch.modes import mode, record_grad
from tinytorch.recording import numbers
from tinytorch.tensor import Tensor, wrap


class Hooks(threading.local):
    """The hooks at work in one thread; the last of them is asked, and none while `refusal` says why."""

    refusal = None

    def __init__(self):
        self.stack = []


hooks = Hooks()


class Packing(Interpreter):
    """While it is at work, each tensor that is kept for backward is given to `pack`, and comes back from `unpack`."""

    def __init__(self, pack, unpack):
        self.pack, self.unpack = pack, unpack

    def interpret(self, op, args, out):
        if hooks.stack[-1] is not self:
            return perform(op, args, out)
        before, unwritten = next(numbers), values_before(args, out)
        found = perform(op, args, out)
        results = found if isinstance(found, tuple) else (found,)
        node = node_behind(results)
        if mode.grad and node is not None and node.number > before and node.versions is not None:
            for place, tensor in kept_by(node, unwritten, results):
                put(node, place, packed(tensor, self.pack, self.unpack))
        return found

    def __enter__(self):
        if hooks.refusal is not None:
            raise RuntimeError(hooks.refusal)
        super().__enter__()
        hooks.stack.append(self)
        return self

    def __exit__(self, *exception):
        hooks.stack.remove(self)
        super().__exit__(*exception)


def values_before(args, out):
    """The arguments of a call, those in the memory that it is about to write to with their values as they are."""
    if out is None or not mode.grad:
        return args
    return tuple([
        wrap(each.array.copy(), each.device, edge_of(each))
        if isinstance(each, Tensor) and each.counter is out.counter and not isinstance(edge_of(each), Tensor)
        else each
        for each in args
    ])  # fmt: skip


def packed(tensor, pack, unpack):
    """A tensor in the hands of hooks; a RuntimeError if `pack` writes to it."""
    (version,), before = tensor.counter, record_grad(False)
    try:
        content = pack(tensor)
    finally:
        record_grad(before)
    if [version] != tensor.counter:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot "
            "be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if "
            "you need to perform in-place operations on the input to a pack hook."
        )
    return Packed(tensor.array, content, unpack)


def node_behind(results):
    """The node of an operation that made these results, or None; of a write to a view, the one in its base's."""
    for tensor in results:
        if isinstance(tensor, Tensor):
            history = tensor.history if tensor.base is None else tensor.base.history
            if tensor.base is not None and not isinstance(history, CopySlices):
                history = tensor.history
            node = history.node if type(history) is Part else history
            if isinstance(node, CopySlices):
                node = node.args and node.args[0]
            if node is not None:
                return node if node.operation is not None else None
    return None


# Places: where in a node an array is kept


def kept_by(node, args, results):
    """Each place of a node where an array is kept, with its tensor, in the order in which PyTorch saves them."""
    op, places = node.operation, {}
    for want in dict(sorted(names_kept(node).items())).values():
        position = op.parameters.index(want) if want in op.parameters else None
        if position is None or node.versions[2 * position] is None:
            continue
        if position == op.several:
            places.update({("list", position, number): each for number, each in enumerate(args[position])})
        else:
            places["argument", position] = args[position]
    if node.result is not None and op.rule.outputs:
        places.update({("output", n): each for n, each in enumerate(results) if node.result[n] is not None})
    elif node.result is not None:
        places["result",] = results[0]
    return places.items()


def held(node, place):
    """What a node keeps at a place."""
    if node.args is None:
        return None
    kind, *where = place
    if kind == "result":
        return node.result
    if kind == "output":
        return node.result[where[0]]
    found = node.args[where[0]]
    return found[where[1]] if kind == "list" else found


def put(node, place, value):
    """Let a `Packed` stand in the place of what a node keeps there."""
    kind, *where = place
    versions = list(node.versions)
    if kind == "result":
        node.result, versions[-2:] = value, (value.counter, value.version)
    elif kind == "output":
        node.result = exchanged(node.result, where[0], value)
        versions[-2] = exchanged(versions[-2], where[0], value.counter)
    elif kind == "list":
        position, number = where
        node.args = exchanged(node.args, position, exchanged(node.args[position], number, value))
        for offset, entry in enumerate((value.counter, value.version)):
            versions[2 * position + offset] = exchanged(versions[2 * position + offset], number, entry)
    else:
        node.args = exchanged(node.args, where[0], value)
        versions[2 * where[0] : 2 * where[0] + 2] = value.counter, value.version
    node.versions = tuple(versions)


def exchanged(values, place, value):
    """A tuple of the same values but one."""
    return (*values[:place], value, *values[place + 1 :])


# As users see it


class SavedTensor:
    """One tensor that is kept for backward, to which hooks can be given; `read` and `exchange` know where it lies."""

    __module__ = "torch._C._autograd"

    def __init__(self, read, exchange, current):
        self.read, self.exchange, self.current = read, exchange, current

    def unpack(self):
        """The tensor, with the history that it had when it was kept."""
        return self.read()

    def register_hooks(self, pack_hook, unpack_hook):
        """Give the tensor to `pack_hook` and read it from `unpack_hook` from now on; a RuntimeError the second time."""
        if not callable(pack_hook) or not callable(unpack_hook):
            raise TypeError("register_hooks(): incompatible function arguments. Both hooks have to be callable.")
        if isinstance(self.current(), Packed):
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of "
                "hooks is allowed at a time."
            )
        tensor = self.read()
        if tensor is None:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")
        self.exchange(packed(wrap(tensor.array, tensor.device, None, tensor.counter), pack_hook, unpack_hook))


def names_kept(node):
    """PyTorch's names of what a kind of node keeps -> what its derivatives call it."""
    op = node.operation
    if op is None:
        return {}
    wants = dict.fromkeys(want for name in op.inputs for want in op.wants[name] if want != "needed")
    return {pytorch_name(want): want for want in wants}


def pytorch_name(want):
    """What PyTorch calls what a derivative needs: `self_sym_sizes` for `input_shape`."""
    for ending, theirs in (("_shape", "_sym_sizes"), ("_shapes", "_sym_sizes"), ("_strides", "_sym_strides")):
        if want.endswith(ending):
            return pytorch_name(want.removesuffix(ending)) + theirs
    return "self" if want == "input" else want


def attribute(node, name):
    """`_saved_self` and the like: what a node keeps, None where no gradient asked for it."""
    prefix, _, rest = name.partition("saved_")
    want = names_kept(node).get(rest) if prefix in ("_", "_raw_") else None
    if want is None:
        raise AttributeError(f"'{type(node).__name__}' object has no attribute '{name}'", name=name, obj=node)
    if prefix == "_":
        return value_of(node, want)
    op = node.operation
    if want in op.parameters:
        place = ("argument", op.parameters.index(want))
    else:
        place = ("output", op.rule.outputs.index(want)) if want in op.rule.outputs else ("result",)
    return SavedTensor(lambda: value_of(node, want), lambda value: put(node, place, value), lambda: held(node, place))


def value_of(node, want):
    """What a node keeps under a name; None for an argument that no gradient asked for."""
    op = node.operation
    position = op.parameters.index(want) if want in op.parameters else None
    operand = position in op.operands and position != op.several
    if operand and node.args is not None and not op.keeps(tuple([edge is not None for edge in node.edges]))[position]:
        return None
    value = getter(op, want)(node)
    if want == "other" and not isinstance(value, Tensor):  # a number that stood among tensors
        return wrap(CPU.asarray(value, dtypes.of_value(value).numpy), CPU)
    return value


def attributes(node):
    """The names of a node's attributes."""
    kept = [f"{prefix}{name}" for name in names_kept(node) for prefix in ("_saved_", "_raw_saved_")]
    return sorted({*object.__dir__(node), *kept})


Node.__getattr__, Node.__dir__ = attribute, attributes


def hooks_at_work():
    """The functions that pack and unpack in this thread now, or None."""
    return (hooks.stack[-1].pack, hooks.stack[-1].unpack) if hooks.stack else None
