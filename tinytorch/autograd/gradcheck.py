"""Derivatives held against differences of values: `gradcheck` for first ones, `gradgradcheck` for second ones."""

import warnings

from tinytorch import dtypes
from tinytorch.autograd.comparison import Comparison, GradcheckError
from tinytorch.autograd.gradient_rules import (
    check_batched_tangents,
    check_batches,
    check_undefined,
    check_undefined_tangents,
    check_zeros,
)
from tinytorch.autograd.jacobians import differentiable
from tinytorch.engine import grad
from tinytorch.ops.complex import view_as_real
from tinytorch.ops.create import empty
from tinytorch.tensor import Tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


def gradcheck(
    func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, nondet_tol=0.0, check_undefined_grad=True,
    check_grad_dtypes=False, check_batched_grad=False, check_batched_forward_grad=False, check_forward_ad=False,
    check_backward_ad=True, fast_mode=False, masked=None,
):  # fmt: skip
    """Whether the gradients of `func` agree with (func(x + eps) - func(x - eps)) / (2 eps) for each input element.

    True if each entry of the Jacobians differs by at most atol + rtol * |numerical|. Otherwise a GradcheckError that
    shows both, or False if not `raise_exception`. A ValueError if no input requires grad. The inputs that do are to be
    float64 or complex128; a complex input is moved along both axes, of a complex output the imaginary and the real
    part are looked at one by one.

    Args:
        nondet_tol: by how much two runs of the same backward may differ.
        check_undefined_grad: missing gradients of outputs, and tangents of inputs, have to count as zeros.
        check_grad_dtypes: gradients have to have the dtype of their input.
        check_batched_grad: several gradients at once have to give what they give one by one.
        check_forward_ad: forward mode has to agree with the differences too.
        check_batched_forward_grad: several tangents at once have to give what they give one by one.
        check_backward_ad: whether backward is looked at at all.
        fast_mode: only how the function changes in one direction is compared, which costs one evaluation an input.
        masked: gradients need only be nearly zero where those of the outputs are.
    """
    claim(check_forward_ad or check_backward_ad,
          "Expected at least one of check_forward_ad or check_backward_ad to be True")  # fmt: skip
    claim(check_backward_ad or not check_batched_grad,
          "Setting check_batched_grad=True requires check_backward_ad to be True")  # fmt: skip
    claim(check_forward_ad or not check_batched_forward_grad,
          "Setting check_batched_forward_grad=True requires check_forward_ad to be True")  # fmt: skip
    inputs = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    check_inputs(inputs)
    try:
        check = Comparison(func, inputs, eps, atol, rtol, nondet_tol, check_grad_dtypes, fast_mode)
        if not check.outputs:
            check.expect_zero()
            return True
        if check_backward_ad:
            check.backward()
        if check_forward_ad:
            check.forward()
            if check_undefined_grad:
                check_undefined_tangents(func, inputs)
        if check_batched_forward_grad:
            check_batched_tangents(func, inputs)
        if check_backward_ad:
            for number, output in enumerate(check.outputs if check_batched_grad else ()):
                check_batches(number, output, check.wanted)
            check_zeros(check.outputs, check.wanted, masked)
            if check_undefined_grad:
                check_undefined(check.outputs, check.wanted)
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

    `grad_outputs` are the gradients of the outputs, which are inputs of backward too; without them they are drawn
    between -1 and 1, and do not lie in rows if `gen_non_contig_grad_outputs`. `check_rev_over_rev` differentiates
    backward by backward, `check_fwd_over_rev` by forward mode. Else as `gradcheck`.
    """
    claim(check_fwd_over_rev or check_rev_over_rev,
          "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")  # fmt: skip
    claim(check_rev_over_rev or not check_undefined_grad,
          "Setting check_undefined_grad=True requires check_rev_over_rev to be True")  # fmt: skip
    claim(check_rev_over_rev or not check_batched_grad,
          "Setting check_batched_grad=True requires check_rev_over_rev to be True")  # fmt: skip
    inputs = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    if grad_outputs is None:
        outputs = differentiable(func(*inputs))
        weights = tuple([drawn_weights(each, gen_non_contig_grad_outputs) for each in outputs])
    else:
        weights = tuple(grad_outputs) if isinstance(grad_outputs, (tuple, list)) else (grad_outputs,)
    flags = [isinstance(each, Tensor) and each.requires_grad for each in inputs + weights]

    def gradients(arguments, create_graph):
        arguments = [each.requires_grad_() if flag else each for each, flag in zip(arguments, flags, strict=True)]
        given, weights_now = arguments[: len(inputs)], arguments[len(inputs) :]
        wanted = [each for each, flag in zip(given, flags, strict=False) if flag]
        found = grad(differentiable(func(*given)), wanted, weights_now, create_graph=create_graph, allow_unused=True)
        return tuple([each for each in found if each is not None])

    def backward(*arguments):
        return gradients(arguments, create_graph=True)

    backward._without_history = lambda *arguments: gradients(arguments, create_graph=False)
    return gradcheck(
        backward, inputs + weights, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad, fast_mode=fast_mode, check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev, masked=masked,
    )  # fmt: skip


def claim(fact, words):
    """An AssertionError for options that do not go together."""
    if not fact:
        raise AssertionError(words)


def drawn_weights(output, apart):
    """Gradients for an output between -1 and 1, drawn as PyTorch draws them; `apart` leaves room between elements."""
    apart = apart and output.numel() > 1
    shape = (*output.shape[:-1], 2 * output.shape[-1]) if apart else output.shape
    made = empty(shape, dtype=output.dtype, device=output.device)
    (view_as_real(made) if made.is_complex() else made).uniform_(-1, 1)
    return (made[..., 1::2] if apart else made).requires_grad_()


def check_inputs(inputs):
    """Refuse inputs of which none requires grad, and such whose elements share memory; warn of low precision."""
    wanted = [(place, each) for place, each in enumerate(inputs) if isinstance(each, Tensor) and each.requires_grad]
    for place, each in wanted:
        if each.dtype not in (dtypes.float64, dtypes.complex128):
            warnings.warn(
                f"Input #{place} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=3,
            )
        if each.numel() and any(step == 0 < size - 1 for step, size in zip(each.stride(), each.shape, strict=True)):
            raise RuntimeError(
                f"The {place}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
