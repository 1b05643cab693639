"""What gradients and tangents are whatever the function is: zero where nothing arrives, and the same in batches."""

import warnings

from tinytorch.autograd.comparison import GradcheckError
from tinytorch.autograd.jacobians import by_backward, by_forward, is_wanted, random_directions
from tinytorch.engine import grad
from tinytorch.ops.compare import allclose
from tinytorch.ops.create import zeros_like
from tinytorch.ops.join import stack_of
from tinytorch.ops.random import randn_like

UNDEFINED = (
    "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break "
    "existing callers of this function. If this is true for you, you can call this function with "
    '"check_undefined_grad=False" to disable the feature'
)
SEE_NOTES = 'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
BATCHES = "gradcheck or gradgradcheck failed while testing batched gradient computation."
BATCHED_TANGENTS = "gradcheck failed while testing batched gradient computation with forward-mode AD."


def check_zeros(outputs, inputs, masked):
    """A GradcheckError if gradients of zero do not give gradients of zero."""
    for each in gradients_of_zeros(outputs, inputs):
        if each is not None and not (allclose(each, zeros_like(each)) if masked else each.eq(0).all()):
            raise GradcheckError("backward not multiplied by grad_output")


def gradients_of_zeros(outputs, inputs):
    """What the inputs get where all outputs have gradients of zero."""
    return grad(outputs, inputs, [zeros_like(each) for each in outputs], retain_graph=True, allow_unused=True)


def check_undefined(outputs, inputs):
    """A GradcheckError if an output without a gradient does not count as one with a gradient of zero."""
    for left_out in range(len(outputs)) if len(outputs) > 1 else ():
        others = [each for number, each in enumerate(outputs) if number != left_out]
        try:
            found = gradients_of_zeros(others, inputs)
        except RuntimeError as error:
            warnings.warn(UNDEFINED, stacklevel=4)
            raise GradcheckError(f"Expected backward function to handle undefined output grads. {SEE_NOTES}") from error
        if not all(each is None or each.eq(0).all() for each in found):
            warnings.warn(UNDEFINED, stacklevel=4)
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or zero. "
                f"{SEE_NOTES}"
            )


def check_undefined_tangents(func, inputs):
    """A GradcheckError if an input without a tangent does not count as one with a tangent of zero."""
    wanted = {place: each for place, each in enumerate(inputs) if is_wanted(each)}
    directions = dict(zip(wanted, random_directions(wanted.values()), strict=True))
    for unit in (1j, 1) if any(each.is_complex() for each in wanted.values()) else (1,):
        tangents = {
            place: (directions[place] * (unit if each.is_complex() else 1)).to(each.dtype).reshape(each.shape)
            for place, each in wanted.items()
        }
        for place, input in wanted.items():
            others = {key: each for key, each in tangents.items() if key != place}
            still = by_forward(func, inputs, others | {place: zeros_like(input)})
            for number, (one, other) in enumerate(zip(still, by_forward(func, inputs, others), strict=True)):
                known = one.tangent is not None and other.tangent is not None
                if known and not allclose(one.tangent, other.tangent):
                    raise GradcheckError(
                        f"Mismatch in tangent values for output with index: {number} when input: {input} has an "
                        f"undefined tangent value.  Got: {one.tangent} but expected: {other.tangent}"
                    )


def check_batches(number, output, inputs):
    """A GradcheckError if several gradients of an output at once do not give what they give one by one."""
    weights = [randn_like(output) for _ in range(2)]
    expected = by_backward(output, inputs, weights)
    try:
        found = grad(output, inputs, stack_of(weights), retain_graph=True, allow_unused=True, is_grads_batched=True)
    except RuntimeError as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}\n\n{BATCHES}") from error
    for place, (input, one, others) in enumerate(zip(inputs, found, expected, strict=True)):
        still = stack_of([zeros_like(input)] * 2)
        compare(still if one is None else one, still if others[0] is None else stack_of(others), number, place, BATCHES)


def check_batched_tangents(func, inputs):
    """A GradcheckError if several tangents of an input at once do not give what they give one by one."""
    from tinytorch.func.vmap import vmap  # a room that nothing else here opens

    for place, input in enumerate(inputs):
        if not is_wanted(input):
            continue

        def pushed(tangent, place=place):
            duals = by_forward(func, inputs, {place: tangent})
            return [zeros_like(each.primal) if each.tangent is None else each.tangent for each in duals]

        tangents = [randn_like(input) for _ in range(2)]
        expected = [pushed(each) for each in tangents]
        try:
            found = vmap(pushed)(stack_of(tangents))
        except RuntimeError as error:
            raise GradcheckError(f"While computing batched gradients, got: {error}\n\n{BATCHED_TANGENTS}") from error
        for number, (one, others) in enumerate(zip(found, zip(*expected, strict=True), strict=True)):
            compare(one, stack_of(others), number, number, BATCHED_TANGENTS)


def compare(one, other, number, place, words):
    """A GradcheckError if what came as a batch is not what came one by one."""
    if not allclose(one, other):
        raise GradcheckError(f"For output {number} and input {place}:\n\n{words}\n\nGot:\n{one}\n\nExpected:\n{other}")
