"""Derivatives held against differences of values: `gradcheck` for first ones, `gradgradcheck` for second ones."""

import itertools
import math
import warnings

from tinytorch import dtypes
from tinytorch.engine import grad
from tinytorch.modes import enable_grad, no_grad
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor

NOT_REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different "
    "values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was {}."
)
GOLDEN_RATIO = 0.6180339887498949  # its multiples fill an interval evenly


class GradcheckError(RuntimeError):
    """What `gradcheck` and `gradgradcheck` raise."""


GradcheckError.__module__ = "torch.autograd.gradcheck"


def gradcheck(
    func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, nondet_tol=0.0, check_undefined_grad=True,
    check_grad_dtypes=False, check_batched_grad=False, check_batched_forward_grad=False, check_forward_ad=False,
    check_backward_ad=True, fast_mode=False, masked=None,
):  # fmt: skip
    """Whether the gradients of `func` agree with (func(x + eps) - func(x - eps)) / (2 eps) for each input element.

    True if each entry of the Jacobians differs by at most atol + rtol * |numerical|. Otherwise a GradcheckError that
    shows both, or False if not `raise_exception`. A ValueError if no input requires grad. The inputs that do are to be
    float64 or complex128; a complex one is moved along both axes. Outputs are differentiated one by one, so that each
    backward meets outputs without a gradient. A NotImplementedError for batched gradients, forward and fast mode.
    """
    refuse(check_batched_grad=check_batched_grad, check_batched_forward_grad=check_batched_forward_grad,
           check_forward_ad=check_forward_ad, fast_mode=fast_mode)  # fmt: skip
    if not check_backward_ad:
        raise ValueError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    check_inputs(inputs)
    try:
        compare(func, inputs, eps, atol, rtol, nondet_tol, check_grad_dtypes)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func, inputs, grad_outputs=None, *, eps=1e-6, atol=1e-5, rtol=1e-3, gen_non_contig_grad_outputs=False,
    raise_exception=True, nondet_tol=0.0, check_undefined_grad=True, check_grad_dtypes=False, check_batched_grad=False,
    check_fwd_over_rev=False, check_rev_over_rev=True, fast_mode=False, masked=False,
):  # fmt: skip
    """Whether the gradients of the gradients of `func` agree with differences of the gradients: gradcheck of backward.

    `grad_outputs` are the gradients of the outputs, which are inputs of backward too; without them fixed numbers
    between -1 and 1 are taken. Else as `gradcheck`.
    """
    refuse(check_batched_grad=check_batched_grad, check_fwd_over_rev=check_fwd_over_rev, fast_mode=fast_mode,
           gen_non_contig_grad_outputs=gen_non_contig_grad_outputs)  # fmt: skip
    if not check_rev_over_rev:
        raise ValueError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    if grad_outputs is None:
        weights = tuple([fixed_weights(each) for each in differentiable(func(*inputs))])
    else:
        weights = (grad_outputs,) if isinstance(grad_outputs, Tensor) else tuple(grad_outputs)

    def backward(*arguments):
        given, weights_now = arguments[: len(inputs)], arguments[len(inputs) :]
        wanted = [each for each in given if isinstance(each, Tensor) and each.requires_grad]
        with enable_grad():
            found = grad(differentiable(func(*given)), wanted, weights_now, create_graph=True, allow_unused=True)
        return tuple([each for each in found if each is not None])

    return gradcheck(
        backward, inputs + weights, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
    )  # fmt: skip


def refuse(**options):
    """What of PyTorch's options is not supported."""
    for name, value in options.items():
        if value:
            raise NotImplementedError(f"gradcheck: {name} is not supported by tinytorch")


def check_inputs(inputs):
    """Refuse inputs of which none requires grad, and such whose elements share memory; warn of low precision."""
    wanted = [(place, each) for place, each in enumerate(inputs) if isinstance(each, Tensor) and each.requires_grad]
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for place, each in wanted:
        if each.dtype not in (dtypes.float64, dtypes.complex128):
            warnings.warn(
                f"Input #{place} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=3,
            )
        if any(step == 0 and size > 1 for step, size in zip(each.stride(), each.shape, strict=True)):
            raise RuntimeError(
                f"The {place}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )


def compare(func, inputs, eps, atol, rtol, nondet_tol, check_grad_dtypes):
    """Compare the Jacobian of each output with respect to each input that requires grad."""
    outputs = results(func(*inputs))
    wanted = [place for place, each in enumerate(inputs) if isinstance(each, Tensor) and each.requires_grad]
    numerical = {place: moved(func, inputs, place, eps, outputs) for place in wanted}
    for number, output in enumerate(outputs):
        if not output.requires_grad:
            for place in wanted:
                if any(abs(each) > atol for part in numerical[place][number] for column in part for each in column):
                    raise GradcheckError("Numerical gradient for function expected to be zero")
            continue
        analytical = pulled(output, [inputs[place] for place in wanted], check_grad_dtypes)
        again = pulled(output, [inputs[place] for place in wanted], check_grad_dtypes)
        for order, place in enumerate(wanted):
            for part, (one, other) in enumerate(zip(analytical[order], numerical[place][number], strict=True)):
                if not close(one, other, atol, rtol):
                    raise GradcheckError(mismatch(number, place, output, part, other, one))
            if not close(analytical[order][0], again[order][0], nondet_tol, 0):
                raise GradcheckError(NOT_REENTRANT.format(nondet_tol))


def results(found):
    """What a function gave, as a list of tensors of floating point or complex numbers."""
    found = [found] if isinstance(found, Tensor) else found
    return [each for each in found if isinstance(each, Tensor) and each.dtype.category >= dtypes.FLOAT]


def differentiable(found):
    """The results that require grad."""
    return [each for each in results(found) if each.requires_grad]


def flat(value):
    """The elements of a tensor in order, as Python numbers."""
    values = value.detach().tolist()
    for _ in range(value.ndim - 1):
        values = list(itertools.chain.from_iterable(values))
    return values if value.ndim else [values]


def moved(func, inputs, place, eps, outputs):
    """Numerical Jacobians: for each output a real part, and an imaginary one if it is complex; a column per element."""
    input = inputs[place]
    values = input.data  # writing to it counts no version
    steps = (eps, eps * 1j) if input.dtype.is_complex else (eps,)
    found = [[[], []] if each.dtype.is_complex else [[]] for each in outputs]
    for index in itertools.product(*[range(size) for size in input.shape]):
        before = values[index].item()
        ends = []
        for step in steps:
            for sign in (1, -1):
                values[index] = before + sign * step
                with no_grad():
                    ends.append([flat(each) for each in results(func(*inputs))])
        values[index] = before
        for number, parts in enumerate(found):
            for part, column in zip(parts, quotients([each[number] for each in ends], eps), strict=False):
                part.append(column)
    return found


def quotients(ends, eps):
    """How the real and the imaginary parts of an output change with one element, moved along one axis or along both."""
    changes = [
        [(one - other) / (2 * eps) for one, other in zip(ahead, behind, strict=True)]
        for ahead, behind in zip(ends[::2], ends[1::2], strict=True)
    ]
    parts = [
        [[each.real for each in column] for column in changes],
        [[each.imag for each in column] for column in changes],
    ]
    if len(changes) == 1:
        return [part[0] for part in parts]
    # the conjugate Wirtinger derivative: d/da + i d/db
    return [[one + 1j * other for one, other in zip(*part, strict=True)] for part in parts]


def pulled(output, inputs, check_grad_dtypes):
    """Analytical Jacobians of one output: for each input the parts that `moved` gives, by a backward per element."""
    parts = (1.0, 1j) if output.dtype.is_complex else (1.0,)
    found = [[[[] for _ in range(each.numel())] for _ in parts] for each in inputs]
    for part, unit in enumerate(parts):
        for index in itertools.product(*[range(size) for size in output.shape]):
            weight = output.new_zeros(output.shape)
            weight[index] = unit
            gradients = grad(output, inputs, weight, retain_graph=True, allow_unused=True)
            for place, (input, gradient) in enumerate(zip(inputs, gradients, strict=True)):
                if gradient is not None and check_grad_dtypes and gradient.dtype is not input.dtype:
                    raise GradcheckError("Gradient has dtype mismatch")
                numbers = [0.0] * input.numel() if gradient is None else flat(gradient)
                for element, number in enumerate(numbers):
                    found[place][part][element].append(number)
    return found


def close(one, other, atol, rtol):
    """Whether two Jacobians differ by at most atol + rtol * |other| everywhere."""
    return all(
        a == b or abs(a - b) <= atol + rtol * abs(b) or (a != a and b != b)
        for column, expected in zip(one, other, strict=False)
        for a, b in zip(column, expected, strict=True)
    )


def mismatch(number, place, output, part, numerical, analytical):
    """Both Jacobians, in the words of the error."""
    about = ("real", "imag")[part]
    prefix = f"While considering the {about} part of complex outputs only, " if output.dtype.is_complex else ""
    shown = [
        tensor(each, dtype=dtypes.complex128 if is_complex(each) else dtypes.float64)
        for each in (numerical, analytical)
    ]
    return (
        f"{prefix}Jacobian mismatch for output {number} with respect to input {place},\nnumerical:{shown[0]}\n"
        f"analytical:{shown[1]}\n"
    )


def is_complex(jacobian):
    """Whether an entry of a Jacobian is complex."""
    return any(isinstance(each, complex) for column in jacobian for each in column)


def fixed_weights(output):
    """Gradients for an output: numbers between -1 and 1 that follow no pattern and are the same each time."""
    count = math.prod(output.shape)
    spread = [2 * ((place + 1) * GOLDEN_RATIO % 1) - 1 for place in range(2 * count)]
    values = (
        [complex(*each) for each in zip(spread[::2], spread[1::2], strict=True)]
        if output.dtype.is_complex
        else spread[:count]
    )
    made = tensor(values, dtype=output.dtype, device=output.device).reshape(output.shape).detach()
    return made.requires_grad_()
