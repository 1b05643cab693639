"""The Jacobian of a function, by differences of its values, by backward and by forward mode, whole or in one direction.

A Jacobian has a row for each element of an input and a column for each element of an output. An input is moved by
writing into its memory, which counts no version.
"""

import itertools

from tinytorch import dtypes
from tinytorch.autograd.forward_ad import dual_level, make_dual, unpack_dual
from tinytorch.engine import grad
from tinytorch.generator import Generator
from tinytorch.ops.create import zeros, zeros_like
from tinytorch.ops.join import stack_of
from tinytorch.ops.random import rand
from tinytorch.tensor import Tensor

ANOTHER_FORM = (
    "Expected `func` to return outputs with the same {what} when inputs are perturbed {index}by {eps}, but got: "
    "{what}s {one} and {other}."
)


def results(found):
    """What a function gave, as a tuple of tensors of floating point or complex numbers."""
    found = found if isinstance(found, (tuple, list)) else (found,)
    return tuple([each for each in found if isinstance(each, Tensor) and each.dtype.category >= dtypes.FLOAT])


def differentiable(found):
    """The results that require grad."""
    return [each for each in results(found) if each.requires_grad]


def by_differences(func, input, eps, outputs):
    """For each output its Jacobians along the real and the imaginary axis of an input; None for one that it has not."""
    values = input.data
    indices = list(itertools.product(*[range(size) for size in input.shape]))
    axes = []
    for step in axes_of(input, eps):
        rows = [change(func, values[index], step, eps, index) for index in indices]
        axes.append([stack_of(each) for each in zip(*rows, strict=True)] or [flat(each)[None][:0] for each in outputs])
    return list(zip(axes[0], axes[1] if len(axes) > 1 else itertools.repeat(None), strict=False))


def by_differences_along(func, input, directions, eps):
    """As `by_differences`, but how each output changes when the whole input moves in a direction, one for each axis."""
    pairs = zip(directions, axes_of(input, eps), strict=True)
    steps = [direction.reshape(input.shape) * step for direction, step in pairs]
    axes = [change(func, input.data, step, eps) for step in steps]
    return list(zip(axes[0], axes[1] if len(axes) > 1 else itertools.repeat(None), strict=False))


def axes_of(input, eps):
    """A step on each axis of an input: complex numbers have two."""
    return (eps, eps * 1j) if input.is_complex() else (eps,)


def change(func, entry, step, eps, index=None):
    """The flat central difference of each result of `func` when a part of an input's memory moves by a step."""
    before = entry.clone()
    entry.copy_(before - step)
    behind = [each.detach().clone() for each in results(func())]
    entry.copy_(before + step)
    ahead = [each.detach().clone() for each in results(func())]
    entry.copy_(before)
    for one, other in zip(behind, ahead, strict=True):
        refuse_another_form(one, other, eps, index)
    return [flat(other - one) / (2 * eps) for one, other in zip(behind, ahead, strict=True)]


def refuse_another_form(one, other, eps, index):
    """An AssertionError where a result changes its shape or dtype with the input."""
    for what in ("shape", "dtype"):
        forms = [getattr(each, what) for each in (one, other)]
        if forms[0] != forms[1]:
            index = "" if index is None else f"on index {index} "
            raise AssertionError(ANOTHER_FORM.format(what=what, index=index, eps=eps, one=forms[0], other=forms[1]))


def flat(tensor):
    """The elements of a tensor in order."""
    return tensor.detach().reshape(-1)


def component(value, unit):
    """The part of a complex value that a weight of 1 or of 1j sees; a real value as it is."""
    if not value.is_complex():
        return value
    return value.real if unit == 1 else value.imag


def combined(axes, unit):
    """What backward has to give for one part of an output: d/da + i d/db for a complex input a + ib."""
    one, other = axes
    return component(one, unit) if other is None else component(one, unit) + component(other, unit) * 1j


def unit_weights(output, unit):
    """The weights that pick each element of an output; each is a tensor of its own, which a gradient may share."""
    for place in range(output.numel()):
        weight = zeros(output.numel(), dtype=output.dtype, device=output.device)
        weight[place] = unit
        yield weight.reshape(output.shape)


def by_backward(output, inputs, weights):
    """The gradients of each input, one for each of the weights of an output; None where the input takes no part."""
    columns = [grad(output, inputs, weight, retain_graph=True, allow_unused=True) for weight in weights]
    return list(zip(*columns, strict=True)) or [()] * len(inputs)


def as_columns(gradients, input):
    """Gradients of an input as the columns of a matrix."""
    if not gradients:
        return flat(input)[:, None][:, :0]
    return stack_of([flat(input.new_zeros(input.shape) if each is None else each) for each in gradients], 1)


def by_forward(func, inputs, tangents):
    """The results of `func`, each with its tangent or None; `tangents` are those of the inputs, by place."""
    with dual_level():
        given = [each.detach() if is_wanted(each) else each for each in inputs]
        for place, tangent in tangents.items():
            given[place] = make_dual(given[place], tangent)
        return [unpack_dual(each) for each in results(func(*given))]


def as_rows(func, inputs, place, tangents):
    """How each result of `func` changes along each of the tangents of one input, as the rows of a matrix."""
    still = {number: zeros_like(each) for number, each in enumerate(inputs) if is_wanted(each)}
    rows = [by_forward(func, inputs, still | {place: tangent}) for tangent in tangents]
    return [
        stack_of([flat(zeros_like(value) if tangent is None else tangent) for value, tangent in column])
        for column in zip(*rows, strict=True)
    ]


def is_wanted(value):
    """Whether an argument is a tensor that requires grad."""
    return isinstance(value, Tensor) and value.requires_grad


def random_directions(tensors):
    """For each tensor a vector of length 1 in which a fast check looks, the same each time."""
    generator = Generator()

    def direction(tensor):
        drawn = rand(tensor.numel(), generator=generator, device="cpu")
        drawn = drawn.to(device=tensor.device, dtype=tensor.dtype.to_real())
        return drawn / (drawn * drawn).sum().sqrt()

    return [direction(each) for each in tensors]
