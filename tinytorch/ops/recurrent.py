"""A layer of a recurrent network as one operation: all its steps in time, and its derivative all of them back.

What the input gives to the gates of all steps is computed before, as one product of matrices. Sequences of different
lengths lie as packed: the longest first, and step by step, so that each step has the first rows of the state.
"""

import math
from typing import NamedTuple

from tinytorch import dtypes, errors
from tinytorch.engine import grad
from tinytorch.modes import enable_grad, levels, mode
from tinytorch.operation import Rule, operation
from tinytorch.ops.cells import in_steps


class Course(NamedTuple):
    """How a layer goes through its sequences.

    kind:    "LSTM", "GRU", "RNN_TANH" or "RNN_RELU"
    sizes:   how many sequences take part in each step, never more than in the one before
    reverse: whether it begins with the last step
    title:   PyTorch's name of the node
    """

    kind: str
    sizes: tuple
    reverse: bool
    title: str

    def steps(self):
        """Pairs of a step and how many sequences take part in it, as the layer comes to them."""
        places = list(enumerate(self.sizes))
        return places[::-1] if self.reverse else places


def layer(projected, hidden, cell, weight, bias, projection, course):
    """The outputs of all steps, the last hidden state and for an LSTM the last cell state.

    `projected` is what the input gives to the gates, (steps, n, gates) or packed, (rows, gates); `weight` and `bias`
    make what the hidden state gives to them, and `projection` the hidden state of what comes out of an LSTM.
    """
    tensors = (hidden, cell, weight, bias, projection)
    if projected.dtype is not weight.dtype:  # autocast has made it
        tensors = [None if each is None else each.to(projected.dtype) for each in tensors]
    given = (projected, *tensors, course)
    check_layer(*given)
    if projected.device.batched or projected.dtype.category != dtypes.FLOAT:
        return in_steps(*given)
    output, last, _, _, inner = recurrence(*given)
    return (output, last) if cell is None else (output, last, inner)


def check_layer(projected, hidden, cell, weight, bias, projection, course):
    """Refuse states and weights that do not fit."""
    for each in (hidden, cell, bias, projection):
        if each is not None and each.dtype is not weight.dtype:
            raise RuntimeError(
                f"mat1 and mat2 must have the same dtype, but got {each.dtype.title} and {weight.dtype.title}"
            )
    if hidden.shape[1] != weight.shape[1]:
        raise errors.matrices_do_not_fit(hidden.shape, weight.shape[::-1])
    gates, batch, size = weight.shape[0], course.sizes[0], weight.shape[0] // GATES[course.kind]
    if gates != size * GATES[course.kind]:
        raise RuntimeError(f"a weight of {gates} rows does not make {GATES[course.kind]} gates")
    if projected.shape[-1] != gates:
        raise RuntimeError(
            f"The size of tensor a ({projected.shape[-1]}) must match the size of tensor b ({gates}) at non-singleton "
            "dimension 1"
        )
    rows = math.prod(projected.shape[:-1])
    if rows != sum(course.sizes) or sorted(course.sizes, reverse=True) != list(course.sizes):
        raise RuntimeError(f"the input has {rows} rows, which the batch sizes {list(course.sizes)} do not share out")
    shapes = {"hidden": (hidden, (batch, size if projection is None else projection.shape[0]))}
    shapes |= {} if cell is None else {"cell": (cell, (batch, size))}
    for name, (each, shape) in shapes.items():
        if each.shape != shape:
            raise RuntimeError(f"Expected {name} size {shape}, got {list(each.shape)}")


def gradients(grads, inputs, kept, before, course, needed):
    """The gradients for the inputs that need one: by one operation, or by many that have derivatives in turn."""
    given = (*grads[:2], grads[4])  # there are none of what is kept
    if mode.grad or levels or any([each is not None and each.device.batched for each in given]):
        return differentiable_gradients(given, inputs, course, needed)
    _, _, cell, weight, _, projection = inputs
    of_inner = None if cell is None else given[2]
    found = iter(recurrence_backward(*given[:2], of_inner, kept, before, weight, projection, (course, needed)))
    found = [next(found) if asked else None for asked in needed]
    return [found[0] if found[0] is None else found[0].reshape(inputs[0].shape), *found[1:]]


def differentiable_gradients(grads, inputs, course, needed):
    """The gradients of the same layer in single operations."""
    with enable_grad():
        inputs = [None if each is None else each.view(each.shape) for each in inputs]
        wanted = [each for each, asked in zip(inputs, needed, strict=True) if asked]
        for each in wanted:
            each.needs = True
        pairs = [pair for pair in zip(in_steps(*inputs, course), grads, strict=False) if pair[1] is not None]
        outputs, upstream = zip(*pairs, strict=True)
        found = iter(grad(outputs, wanted, upstream, create_graph=True, allow_unused=True))
    return [next(found) if asked else None for asked in needed]


@operation(
    Rule(
        method=False, moves=True, operands=("projected", "hidden", "cell", "weight", "bias", "projection"),
        outputs=("output", "last", "_kept", "_before", "inner"), overload=lambda *args: args[-1].title,
    ),
    (
        ("projected", "hidden", "cell", "weight", "bias", "projection"),
        lambda grads, projected, hidden, cell, weight, bias, projection, course, _kept, _before, needed: gradients(
            grads, (projected, hidden, cell, weight, bias, projection), _kept, _before, course, needed
        ),
    ),
)  # fmt: skip
def recurrence(xp, projected, hidden, cell, weight, bias, projection, course):
    """What `layer` gives, and behind the last hidden state what backward needs; the cell state may be empty."""
    own = projected.dtype
    state = widened(hidden).copy()
    inner = xp.empty(0, state.dtype) if cell is None else widened(cell).copy()
    rows, *others = [
        None if each is None else widened(each)
        for each in (projected.reshape(-1, projected.shape[-1]), weight, bias, projection)
    ]
    output, kept, before = xp.recurrent_steps(course.kind, course.sizes, course.reverse, rows, state, inner, *others)
    output = output.reshape(*projected.shape[:-1], state.shape[1])
    return *[each.astype(own, copy=False) for each in (output, state)], kept, before, inner.astype(own, copy=False)


def widened(array):
    """An array in the dtype in which a layer is computed."""
    return array.astype("float32") if array.dtype in dtypes.HALVES else array


GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


@operation(
    Rule(
        method=False, moves=True,
        operands=("of_output", "of_last", "of_inner", "kept", "before", "weight", "projection"),
    )
)  # fmt: skip
def recurrence_backward(xp, of_output, of_last, of_inner, kept, before, weight, projection, settings):
    """The gradients of `recurrence` that are asked for, back through all steps; what belongs to all is done at once."""
    course, asked = settings
    batch, size = course.sizes[0], kept.shape[2]
    flows, state, inner = [
        xp.zeros(shape, kept.dtype) if each is None else widened(each).reshape(shape).copy()
        for each, shape in ((of_output, before.shape), (of_last, (batch, before.shape[1])), (of_inner, (batch, size)))
    ]
    weight, projection = widened(weight), None if projection is None else widened(projection)
    rows, of_projected = xp.recurrent_steps_back(
        course.kind, course.sizes, course.reverse, flows, state, inner, kept, before, weight, projection
    )
    found = (
        lambda: of_projected,
        lambda: state,
        lambda: inner,
        lambda: xp.matmul(rows.T, before),
        lambda: xp.sum(rows, 0, rows.dtype, None, False),
        lambda: xp.matmul(flows.T, xp.multiply(kept[:, 3], kept[:, 5])),
    )
    return tuple([find() for find, wanted in zip(found, asked, strict=True) if wanted])
