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

    def steps(self, back=False):
        """Pairs of a step and how many sequences take part in it, as the layer comes to them, or on the way back."""
        places = list(enumerate(self.sizes))
        return places[::-1] if self.reverse is not back else places

    def rows(self, back=False):
        """Pairs of the rows that belong to a step and how many they are."""
        ends = [0]
        for size in self.sizes:
            ends.append(ends[-1] + size)
        return [(slice(ends[step], ends[step + 1]), count) for step, count in self.steps(back)]


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
    rows, state = widened(projected).reshape(-1, projected.shape[-1]), widened(hidden).copy()
    inner = xp.empty(0, state.dtype) if cell is None else widened(cell).copy()
    columns, factor = [None if each is None else widened(each).T.copy() for each in (weight, projection)]
    step, parts = STEPS[course.kind]
    size = weight.shape[0] // GATES[course.kind]
    output = xp.empty((len(rows), state.shape[1]), state.dtype)
    before = xp.empty_like(output)
    kept = xp.empty((len(rows), parts, size), state.dtype)
    for place, count in course.rows():
        current = state[:count]
        before[place] = current
        given = xp.matmul(current, columns)
        if bias is not None:
            xp.add(given, widened(bias), out=given)
        after = output[place] if factor is None else xp.empty((count, size), state.dtype)
        step(xp, rows[place], given, current if cell is None else inner[:count], kept[place], after)
        if factor is not None:
            xp.matmul(after, factor, out=output[place])
        current[...] = output[place]
    output = output.reshape(*projected.shape[:-1], state.shape[1])
    return *[each.astype(own, copy=False) for each in (output, state)], kept, before, inner.astype(own, copy=False)


def widened(array):
    """An array in the dtype in which a layer is computed."""
    return array.astype("float32") if array.dtype in dtypes.HALVES else array


# One step of each kind: what input and state give to the gates, the state, what is kept, and where the result goes


def lstm_step(xp, projected, given, inner, kept, out):
    """Kept are the four gates, the cell state before, and the tanh of that behind."""
    size = inner.shape[1]
    xp.add(given, projected, out=given)
    new = given[:, 2 * size : 3 * size].copy()
    kept[:, :4] = xp.sigmoid(given, given).reshape(-1, 4, size)
    entrance, forget, exit = kept[:, 0], kept[:, 1], kept[:, 3]
    xp.tanh(new, out=new)
    kept[:, 2], kept[:, 4] = new, inner
    xp.multiply(inner, forget, out=inner)
    xp.add(inner, xp.multiply(new, entrance, out=new), out=inner)
    shown = xp.tanh(inner, out=new)
    kept[:, 5] = shown
    xp.multiply(shown, exit, out=out)


def gru_step(xp, projected, given, state, kept, out):
    """Kept are the three gates, and what the state gave to the last."""
    size = state.shape[1]
    gates = xp.add(given[:, : 2 * size], projected[:, : 2 * size])
    kept[:, :2] = xp.sigmoid(gates, gates).reshape(-1, 2, size)
    reset, update = kept[:, 0], kept[:, 1]
    new = xp.multiply(reset, given[:, 2 * size :])
    xp.tanh(xp.add(new, projected[:, 2 * size :], out=new), out=new)
    kept[:, 2], kept[:, 3] = new, given[:, 2 * size :]
    xp.multiply(xp.subtract(state, new), update, out=out)
    xp.add(out, new, out=out)


def tanh_step(xp, projected, given, state, kept, out):
    """Kept is the result."""
    xp.tanh(xp.add(given, projected, out=given), out=out)
    kept[:, 0] = out


def relu_step(xp, projected, given, state, kept, out):
    """Kept is the result."""
    xp.maximum(xp.add(given, projected, out=given), 0, out=out)
    kept[:, 0] = out


GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
STEPS = {"LSTM": (lstm_step, 6), "GRU": (gru_step, 4), "RNN_TANH": (tanh_step, 1), "RNN_RELU": (relu_step, 1)}


@operation(
    Rule(
        method=False, moves=True,
        operands=("of_output", "of_last", "of_inner", "kept", "before", "weight", "projection"),
    )
)  # fmt: skip
def recurrence_backward(xp, of_output, of_last, of_inner, kept, before, weight, projection, settings):
    """The gradients of `recurrence` that are asked for, back through all steps; what belongs to all is done at once."""
    course, asked = settings
    weight, batch = widened(weight), course.sizes[0]
    slopes, through = SLOPES[course.kind](xp, before, kept)
    gates, size = GATES[course.kind], kept.shape[2]
    flows, state, inner = [
        xp.zeros(shape, kept.dtype) if each is None else widened(each).reshape(shape).copy()
        for each, shape in ((of_output, before.shape), (of_last, (batch, before.shape[1])), (of_inner, (batch, size)))
    ]
    of_gates = xp.empty((len(kept), gates, size), kept.dtype)
    for place, count in course.rows(back=True):
        flow = xp.add(flows[place], state[:count], out=flows[place])
        flow = flow if projection is None else xp.matmul(flow, widened(projection))
        if course.kind == "LSTM":
            cell = inner[:count]
            xp.add(cell, xp.multiply(flow, through[place]), out=cell)
            xp.multiply(slopes[place, :3], cell[:, None], out=of_gates[place, :3])
            xp.multiply(slopes[place, 3], flow, out=of_gates[place, 3])
            xp.multiply(cell, kept[place, 1], out=cell)
        else:
            xp.multiply(slopes[place, :gates], flow[:, None], out=of_gates[place])
        xp.matmul(of_gates[place].reshape(count, gates * size), weight, out=state[:count])
        if course.kind == "GRU":
            xp.add(state[:count], xp.multiply(flow, through[place]), out=state[:count])
    rows = of_gates.reshape(len(kept), gates * size)
    of_projected = rows
    if course.kind == "GRU":  # the input's part of the new gate is not reset
        of_projected = rows.copy()
        xp.multiply(flows, slopes[:, 3], out=of_projected[:, 2 * size :])
    found = (
        lambda: of_projected,
        lambda: state,
        lambda: inner,
        lambda: xp.matmul(rows.T, before),
        lambda: xp.sum(rows, 0, rows.dtype, None, False),
        lambda: xp.matmul(flows.T, xp.multiply(kept[:, 3], kept[:, 5])),
    )
    return tuple([find() for find, wanted in zip(found, asked, strict=True) if wanted])


# How gates move with what comes out of a step, and the state before with that behind


def lstm_slopes(xp, before, kept):
    """Of the first three gates with the cell state, of the last with what comes out; of the cell state with that."""
    entrance, forget, new, exit, inner, shown = [kept[:, place] for place in range(6)]
    slopes = xp.empty((len(kept), 4, kept.shape[2]), kept.dtype)
    xp.multiply(new, logistic_slope(xp, entrance), out=slopes[:, 0])
    xp.multiply(inner, logistic_slope(xp, forget), out=slopes[:, 1])
    xp.multiply(entrance, tanh_slope(xp, new), out=slopes[:, 2])
    xp.multiply(shown, logistic_slope(xp, exit), out=slopes[:, 3])
    return slopes, xp.multiply(exit, tanh_slope(xp, shown))


def gru_slopes(xp, before, kept):
    """Of what the state gave to the three gates, and of what the input gave to the last; of the state behind."""
    reset, update, new, given = [kept[:, place] for place in range(4)]
    slopes = xp.empty(kept.shape, kept.dtype)
    xp.multiply(xp.subtract(1, update), tanh_slope(xp, new), out=slopes[:, 3])
    xp.multiply(slopes[:, 3], reset, out=slopes[:, 2])
    xp.multiply(xp.multiply(slopes[:, 3], given), logistic_slope(xp, reset), out=slopes[:, 0])
    xp.multiply(xp.subtract(before, new), logistic_slope(xp, update), out=slopes[:, 1])
    return slopes, update


def logistic_slope(xp, value):
    """The derivative of the logistic function, by its value."""
    return xp.multiply(value, xp.subtract(1, value))


def tanh_slope(xp, value):
    """The derivative of tanh, by its value."""
    return xp.subtract(1, xp.multiply(value, value))


SLOPES = {
    "LSTM": lstm_slopes,
    "GRU": gru_slopes,
    "RNN_TANH": lambda xp, before, kept: (tanh_slope(xp, kept), None),
    "RNN_RELU": lambda xp, before, kept: (xp.greater(kept, 0).astype(kept.dtype), None),
}
