"""gradcheck finds what is wrong with a derivative, takes every form of function, and refuses what it cannot check."""

import importlib
import itertools

import pytest

import tinytorch as torch
from tinytorch.autograd import comparison, gradcheck, gradgradcheck, gradient_rules, jacobians
from tinytorch.autograd.gradcheck import GradcheckError
from tinytorch.declaration import registry
from tinytorch.operation import Rule, operation

BOTH_MODES = pytest.mark.parametrize("fast_mode", [False, True])


def leaf(*values):
    return torch.tensor(
        values, dtype=torch.complex128 if type(values[0]) is complex else torch.float64
    ).requires_grad_()


def bent(value, slope=1.01):
    """The value, of which backward says that it changes `slope` times as fast."""
    return value * slope + (value * (1 - slope)).detach()


FUNCTIONS = {
    "square": lambda x: x * x,
    "with its conjugate": lambda x: x * x.conj() + x,
    "several outputs": lambda x: (x.abs() * 2, x.sin().sum()),
    "an output of no element": lambda x: (x[:0], x * 2),
}
INPUTS = {"real": leaf(0.3, -1.2), "complex": leaf(0.3 + 0.2j, -1.2 - 0.7j), "one": leaf(0.5)}


@BOTH_MODES
@pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_right_derivative_is_accepted_and_one_that_is_off_by_one_percent_is_not(function, x, fast_mode):
    assert gradcheck(function, x, fast_mode=fast_mode)
    assert gradgradcheck(function, x, fast_mode=fast_mode)

    def wrong(x):
        found = function(x)
        return tuple(map(bent, found)) if isinstance(found, tuple) else bent(found)

    assert not gradcheck(wrong, x, fast_mode=fast_mode, raise_exception=False)


@BOTH_MODES
def test_what_differs_is_shown(fast_mode):
    with pytest.raises(
        GradcheckError, match=r"^Jacobian mismatch for output 1 with respect to input 0,\nnumerical:"
    ) as error:
        gradcheck(lambda x: (x * 3, bent(x * 2)), leaf(0.3, -1.2), fast_mode=fast_mode)
    assert "tensor([[2.0200, 0.0000],\n        [0.0000, 2.0200]], dtype=torch.float64)" in str(error.value)


def test_of_a_complex_output_the_part_that_is_wrong_is_named():
    for name, part in {"imaginary": lambda z: torch.complex(z.real, bent(z.imag)),
                       "real": lambda z: torch.complex(bent(z.real), z.imag)}.items():  # fmt: skip
        with pytest.raises(
            GradcheckError, match=f"^While considering the {name} part of complex outputs only, Jacobian"
        ):
            gradcheck(lambda z, part=part: part(z * 2), leaf(0.3 + 0.2j))


@BOTH_MODES
def test_an_output_without_a_gradient_must_not_change_if_there_is_no_other(fast_mode):
    assert gradcheck(lambda x: (x.detach(), x * 2), leaf(0.3), fast_mode=fast_mode)
    assert gradcheck(lambda x: torch.ones(2), leaf(0.3), fast_mode=fast_mode)
    with pytest.raises(GradcheckError, match=r"^Numerical gradient for function expected to be zero$"):
        gradcheck(lambda x: x.detach(), leaf(0.3), fast_mode=fast_mode)


def test_a_gradient_that_does_not_depend_on_that_of_the_output_is_found():
    def function(x):
        y = x * 1
        y.register_hook(lambda grad: grad + 1e-9)
        return y

    with pytest.raises(GradcheckError, match=r"^backward not multiplied by grad_output$"):
        gradcheck(function, leaf(0.3))
    assert gradcheck(function, leaf(0.3), masked=True, check_undefined_grad=False)


def test_a_missing_gradient_that_does_not_count_as_zero_is_found():
    def twice(xp, input):
        """The input, two times."""
        return input.copy(), input.copy()

    def derivative(grad):
        given = [each for each in grad if each is not None]
        return sum(given) + (2 - len(given)) * 1e-9

    copies = operation(Rule(method=False, outputs=("first", "second")), input=derivative)(twice)
    try:
        with (
            pytest.warns(UserWarning, match="you can call this function with"),
            pytest.raises(
                GradcheckError, match=r"^Expected all input grads to be undefined or zero when all output grads are"
            ),
        ):
            gradcheck(copies, leaf(0.3))
        assert gradcheck(copies, leaf(0.3), check_undefined_grad=False)
    finally:
        registry.pop("twice")


@BOTH_MODES
def test_a_backward_that_gives_other_numbers_each_time_is_found(fast_mode):
    count = itertools.count()

    def function(x):
        y = x * 2
        y.register_hook(lambda grad: grad * (1 + 1e-6 * next(count)))
        return y

    with pytest.raises(GradcheckError, match=r"^Backward is not reentrant.*nondeterminism was 0\.0\.$"):
        gradcheck(function, leaf(0.3), fast_mode=fast_mode)
    assert gradcheck(function, leaf(0.3), nondet_tol=1e-3, fast_mode=fast_mode)


@BOTH_MODES
def test_a_second_derivative_that_is_missing_is_found(fast_mode):
    assert gradgradcheck(lambda x: x**3, leaf(0.3, -1.2), fast_mode=fast_mode)
    with pytest.raises(GradcheckError, match=r"^Jacobian mismatch for output 0 with respect to input 0"):
        gradgradcheck(lambda x: x.sin() * x.detach(), leaf(0.3, -1.2), fast_mode=fast_mode)


@BOTH_MODES
@pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_right_tangents_are_accepted_also_without_backward(function, x, fast_mode):
    assert gradcheck(function, x, check_forward_ad=True, fast_mode=fast_mode)
    assert gradcheck(function, x, check_forward_ad=True, check_backward_ad=False, fast_mode=fast_mode)
    assert gradgradcheck(function, x, check_fwd_over_rev=True, fast_mode=fast_mode)


@BOTH_MODES
def test_a_wrong_tangent_is_shown(monkeypatch, fast_mode):
    right = jacobians.unpack_dual

    def wrong(dual):
        primal, tangent = right(dual)
        return type(right(dual))(primal, tangent * 1.01)

    monkeypatch.setattr(jacobians, "unpack_dual", wrong)
    words = "^Jacobian computed with forward mode mismatch for output 0 with respect to input 0,\nnumerical:"
    with pytest.raises(GradcheckError, match=words):
        gradcheck(torch.sin, leaf(0.3, 0.4), check_forward_ad=True, fast_mode=fast_mode)
    with pytest.raises(GradcheckError, match=r"^While considering the imaginary part of complex inputs only, Jacobian"):
        gradcheck(torch.sin, leaf(0.3 + 1j), check_forward_ad=True, fast_mode=fast_mode)


def test_a_missing_tangent_that_does_not_count_as_zero_is_found(monkeypatch):
    right = gradient_rules.by_forward
    monkeypatch.setattr(
        gradient_rules, "by_forward",
        lambda func, inputs, tangents: [
            type(each)(each.primal, each.tangent + (len(tangents) < 2)) for each in right(func, inputs, tangents)
        ],
    )  # fmt: skip
    with pytest.raises(
        GradcheckError, match=r"^Mismatch in tangent values for output with index: 0 when input: tensor"
    ):
        gradcheck(torch.mul, (leaf(0.3), leaf(0.4)), check_forward_ad=True)
    assert gradcheck(torch.mul, (leaf(0.3), leaf(0.4)), check_forward_ad=True, check_undefined_grad=False)


@pytest.mark.parametrize("x", INPUTS.values(), ids=INPUTS)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_batches_of_gradients_and_tangents_are_accepted(function, x):
    assert gradcheck(function, x, check_batched_grad=True, check_forward_ad=True, check_batched_forward_grad=True)
    assert gradgradcheck(function, x, check_batched_grad=True)


def test_a_batch_of_gradients_that_is_not_what_they_are_one_by_one_is_found(monkeypatch):
    right = gradient_rules.grad
    monkeypatch.setattr(
        gradient_rules, "grad", lambda *args, **settings: [each * 2 for each in right(*args, **settings)]
    )
    with pytest.raises(GradcheckError, match=r"^For output 0 and input 0:\n\ngradcheck or gradgradcheck failed while"):
        gradcheck(torch.sin, leaf(0.3), check_batched_grad=True)


def test_a_batch_of_tangents_that_is_not_what_they_are_one_by_one_is_found(monkeypatch):
    room = importlib.import_module("tinytorch.func.vmap")
    right = room.vmap
    monkeypatch.setattr(room, "vmap", lambda func: lambda *args: [each * 2 for each in right(func)(*args)])
    with pytest.raises(GradcheckError, match=r"^For output 0 and input 0:\n\ngradcheck failed while testing batched"):
        gradcheck(torch.sin, leaf(0.3), check_forward_ad=True, check_batched_forward_grad=True)


def test_a_backward_that_takes_no_batch_is_found():
    def branching(x):
        y = x * 2
        y.register_hook(lambda grad: grad * 1 if grad.sum() > 0 else grad)
        return y

    assert gradcheck(branching, leaf(0.3))
    with pytest.raises(GradcheckError, match=r"^While computing batched gradients, got: "):
        gradcheck(branching, leaf(0.3), check_batched_grad=True)


def test_gradients_of_outputs_need_not_lie_in_rows():
    strides = []

    def function(x):
        y = x * 2
        y.register_hook(lambda grad: strides.append(grad.stride()))
        return y

    assert gradgradcheck(function, leaf(0.3, 0.4), gen_non_contig_grad_outputs=True)
    assert (2,) in strides


def test_a_gradient_of_another_dtype_is_found_if_asked_for(monkeypatch):
    right = comparison.by_backward
    assert gradcheck(torch.sin, leaf(0.25), check_grad_dtypes=True)
    monkeypatch.setattr(comparison, "by_backward", lambda *args: [[each.float() for each in right(*args)[0]]])
    assert gradcheck(lambda x: x * 2, leaf(0.25))
    with pytest.raises(GradcheckError, match=r"^Gradient has dtype mismatch$"):
        gradcheck(lambda x: x * 2, leaf(0.25), check_grad_dtypes=True)


def test_inputs_are_left_as_they_were():
    x = leaf(0.1, 0.2, 0.3)
    assert gradcheck(torch.sin, x) and gradcheck(torch.sin, x, fast_mode=True)
    assert x.tolist() == [0.1, 0.2, 0.3] and x._version == 0 and x.grad is None


def test_only_what_requires_grad_is_moved_and_other_arguments_pass_through():
    assert gradcheck(lambda x, factor, y: x * factor * y, (leaf(0.3, 0.4), 3, leaf(1.0, 2.0).detach()))


def test_a_fast_check_calls_the_function_a_fixed_number_of_times():
    count = itertools.count()

    def function(x):
        next(count)
        return x.sin()

    assert gradcheck(function, leaf(*[0.01 * place for place in range(100)]), fast_mode=True)
    assert next(count) == 3


def test_a_function_whose_shape_depends_on_its_input_is_refused():
    with pytest.raises(AssertionError, match=r"with the same shape when inputs are perturbed on index \(0,\) by 1e-06"):
        gradcheck(lambda x: x[: 1 + int(x[0].item() > 0.3)], leaf(0.3, 0.4))


@pytest.mark.parametrize("options", [{"check_backward_ad": False}, {"check_batched_forward_grad": True}], ids=str)
def test_options_that_do_not_go_together_are_refused(options):
    with pytest.raises(AssertionError, match=r"check_forward_ad .*to be True$"):
        gradcheck(torch.sin, leaf(0.3), **options)


def test_inputs_without_gradient_of_low_precision_or_with_shared_elements_are_refused():
    x = torch.tensor([0.3])
    with pytest.raises(ValueError, match="none of them have requires_grad=True"):
        gradcheck(torch.sin, x)
    with pytest.warns(UserWarning, match=r"^Input #0 requires gradient and is not a double precision floating point"):
        gradcheck(torch.sin, x.clone().requires_grad_(), raise_exception=False)
    with pytest.raises(RuntimeError, match="The 0th input has a dimension with stride 0"):
        gradcheck(torch.sin, leaf(0.3).expand(3))
