"""Batches that `vmap` hides: how tensors come to its levels and leave them, as linear operations with derivatives.

A tensor of a level lives on a batched device. Where it meets a tensor that is the same for all examples, that one is
lifted to its device, and so the derivative of lifting adds up the gradients of all examples.
"""

import functools
import itertools
import weakref

from tinytorch.declaration import Operation, Rule
from tinytorch.devices import batched_places, batched_values
from tinytorch.devices.batched import UNBATCHED, BatchedArray, BatchedDevice
from tinytorch.graph import edge_of
from tinytorch.modes import interpreters, mode
from tinytorch.recording import record
from tinytorch.tensor import Tensor, wrap, wrap_view

RULES = (batched_places, batched_values)  # importing them fills the table of rules
numbers = itertools.count()


class Level:
    """One batch of `size` examples; a level that is opened later lies further inside, at a certain depth of nesting.

    While its function is `running`, derivatives are those of one example: nothing is added up over the batch.
    """

    def __init__(self, size, depth=1):
        self.size, self.depth, self.running = size, depth, False
        self.number = next(numbers)
        self.devices = weakref.WeakValueDictionary()  # number of the device below -> the batched device

    def over(self, inner):
        """The device with this level's batch over another one."""
        found = self.devices.get(id(inner))
        if found is None:
            found = self.devices[id(inner)] = BatchedDevice(inner, self)
        return found


def levels_of(device):
    """The levels of a device, the outermost first."""
    return (*levels_of(device.inner), device.level) if device.batched else ()


def has_level(tensor, level):
    """Whether a tensor has the batch of a level."""
    return level in levels_of(tensor.device)


def all_examples(tensor):
    """A tensor with the examples of all its levels in front; one that hides none as it is."""
    for level in reversed(levels_of(tensor.device)):
        tensor = remove_batch(tensor, 0, level)
    return tensor


def device_of(real, levels):
    """The device with the batches of some levels over a real one."""
    for level in sorted(levels, key=lambda each: each.number):
        real = level.over(real)
    return real


def device_with(device, levels):
    """The device with some more batches."""
    return device_of(device.real, {*levels_of(device), *levels})


def without(device, levels):
    """The device with all its batches but those of some levels."""
    return device_of(device.real, [each for each in levels_of(device) if each not in levels])


def common_batch(tensors):
    """The device with the batches of all tensors, over that of those that have one."""
    levels = {level for each in tensors for level in levels_of(each.device)}
    return device_of(next(each.device.real for each in tensors if each.device.batched), levels)


def together(op, args, out, tensors):
    """Arguments with every tensor on the device that has the batches of all.

    What is written to has to be there already: a RuntimeError otherwise.
    """
    device = common_batch(tensors if out is None else [*tensors, out])
    if out is not None and (out.device is not device or not varies(out.array)):
        raise RuntimeError(UNBATCHED.format(f"{op.name}_" if op.kind == "general" else "inplace arithmetic"))

    def lifted(value):
        if isinstance(value, Tensor):
            return lift(value, device) if value.device.real is device.real and value.device is not device else value
        return type(value)([lifted(each) for each in value]) if type(value) in (list, tuple) else value

    return tuple([lifted(each) for each in args])


def varies(array):
    """Whether batched values may be written to an array: it has memory for each example of all its levels."""
    return type(array) is not BatchedArray or (array.batched and varies(array.inner))


def common_size(sizes):
    """How many examples there are, if all agree; a ValueError otherwise."""
    if any(each != sizes[0] for each in sizes):
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


def out_of_batch(tensor, dim, level):
    """A tensor with a level's examples in its dimension `dim`, also if it is the same for all of them."""
    if level not in levels_of(tensor.device):
        tensor = lift(tensor, device_with(tensor.device, [level]))
    return remove_batch(tensor, dim, level)


def in_batch(outputs, gradients):
    """Gradients with a batch in their first dimension as those of one example, and the level of the batch."""
    for place, (output, gradient) in enumerate(zip(outputs, gradients, strict=True)):
        if not gradient.array.ndim:
            raise ValueError(
                "vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of "
                "dimensionality 0 so expected in_dim to satisfy 0 <= in_dim < 0."
            )
        if gradient.shape[1:] != output.shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "
                "dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding "
                f"output, but a mismatch was detected: grad_output[{place}] has a shape of {gradient.shape[1:]!r} and "
                f"output[{place}] has a shape of {output.shape!r}. If you only want some tensors in `grad_output` to "
                "be considered batched, consider using vmap."
            )
    level = Level(common_size([gradient.array.shape[0] for gradient in gradients]))
    return [add_batch(gradient, 0, level) for gradient in gradients], level


def brought(gradient, device):
    """A gradient on the device of what it belongs to, or with more batches than that."""
    if gradient.device.real is not device.real:
        raise NotImplementedError("vmap: a gradient cannot be batched and come from another device")
    wanted = device_with(device, levels_of(gradient.device))
    return gradient if gradient.device is wanted else lift(gradient, wanted)


# The operations: each runs by a function of its own, as it leads from one device to another


def crossing(made, derivative):
    """Declare an operation between devices: its body takes a tensor and gives an array and its device.

    `made` makes the tensor of the result; the derivative is told the device of the input.
    """

    def make(body):
        op = Operation(body, "crossing", Rule(method=False, in_place=False, linear=True), {}, {"input": derivative})

        def compute(args):
            input, *settings = args
            array, device = body(input, *settings)
            edge, node = edge_of(input) if mode.grad else None, None
            if edge is not None:
                node = record(op.node, (edge,), (input.device, *settings), None, array, device)
            return made(array, device, node, input)

        def call(*args):
            if interpreters and mode.interpreter is not None:
                return mode.interpreter(op, args, None)
            return compute(args)

        op.compute, op.call, call.operation = compute, call, op
        return functools.update_wrapper(call, body)

    return make


def fresh(array, device, node, input):
    """The tensor of a result."""
    return wrap(array, device, node)


def shared(array, device, node, input):
    """The tensor of a result in the memory of the input: it counts the same version."""
    return wrap(array, device, node, input.counter)


def shown(array, device, node, input):
    """The tensor of an input's memory by which a mapped function sees one example."""
    made = wrap_view(array, input, node, "batched")
    made.device = device
    return made


@crossing(shared, lambda grad, input, device: lift_backward(grad, input, device))
def lift(input, device):
    """A tensor on a device with more batches, the same for all examples of those."""
    device = device_with(input.device, levels_of(device))  # a tangent may have more batches than what it belongs to
    return raised(input.array, input.device, device), device


@crossing(fresh, lambda grad, input, levels: lift(grad, device_with(grad.device, levels)))
def lower(input, levels):
    """The sum over all examples of some levels."""
    device = without(input.device, levels)
    return lowered(input.array, input.device, device), device


@crossing(shown, lambda grad, input, dim, level: add_batch_backward(grad, dim, level))
def add_batch(input, dim, level):
    """A tensor of which a mapped function sees one example at a time: dimension `dim` is hidden."""
    device = device_with(input.device, [level])
    return hidden(input.array, input.device, dim % input.array.ndim, device, level), device


@crossing(shared, lambda grad, input, dim, level: add_batch(grad, dim, level))
def remove_batch(input, dim, level):
    """A tensor with the examples of a level in its dimension `dim`."""
    dim = dim % (input.array.ndim + 1)
    return visible(input.array, input.device, dim, level), without(input.device, [level])


def lift_backward(grad, source, device):
    """The sum over the examples of all levels that the tensor was lifted to, unless these are running."""
    levels = [each for each in levels_of(device) if each not in levels_of(source) and not each.running]
    return lower(grad, levels) if levels else grad


def add_batch_backward(grad, dim, level):
    """The gradients of all examples; there is no room for them while each example asks for its own."""
    if level.running:
        raise NotImplementedError(
            "vmap: inside of a mapped function there are no gradients for the whole of what is mapped over; detach the "
            "example that it sees, and differentiate by that"
        )
    return remove_batch(grad, dim, level)


# Arrays: the levels are passed from the innermost on


def raised(array, source, device):
    """An array of `source` on a device with more levels."""
    if source is device:
        return array
    if source.batched and source.level is device.level:
        return BatchedArray(raised(array.inner, source.inner, device.inner), array.batched, device)
    return BatchedArray(raised(array, source, device.inner), False, device)


def lowered(array, source, device):
    """An array of `source` on a device with fewer levels: a sum for each that goes."""
    if source is device:
        return array
    if device.batched and device.level is source.level:
        return BatchedArray(lowered(array.inner, source.inner, device.inner), array.batched, device)
    xp = source.inner.xp
    total = xp.sum(array.inner, 0) if array.batched else xp.multiply(array.inner, source.size)
    return lowered(total if type(total) is source.inner.array else source.inner.asarray(total), source.inner, device)


def hidden(array, source, dim, device, level):
    """An array whose dimension `dim` becomes the batch of a level, which may lie further out than others."""
    if device.level is level:
        return BatchedArray(source.xp.moveaxis(array, dim, 0), True, device)
    inner = hidden(array.inner, source.inner, dim + array.batched, device.inner, level)
    return BatchedArray(inner, array.batched, device)


def visible(array, source, dim, level):
    """An array that shows the batch of a level in its dimension `dim`."""
    if source.level is level:
        return source.inner.xp.moveaxis(source.whole(array), 0, dim)
    inner = visible(array.inner, source.inner, dim + array.batched, level)
    return BatchedArray(inner, array.batched, without(source, [level]))
