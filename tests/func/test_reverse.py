"""Reverse transforms: gradients, products and Jacobians of functions, nested, and what history is left of them."""

import gc
import time
import weakref

import pytest

import tinytorch as torch
from tinytorch.func import grad, grad_and_value, hessian, jacrev, vjp


def cube(x):
    return (x**3).sum()


def test_a_gradient_has_the_structure_of_the_argument():
    def loss(state, scale):
        return (state["a"] * state["b"][0]).sum() * scale

    x = torch.tensor([1.0, 2.0])
    gradient = grad(loss)({"a": x, "b": [x + 1]}, 3.0)
    assert gradient["a"].tolist() == [6, 9]
    assert gradient["b"][0].tolist() == [3, 6]


def test_several_arguments_give_a_tuple_in_the_order_that_is_asked_for():
    x, y = torch.tensor(2.0), torch.tensor(5.0)
    assert [each.item() for each in grad(lambda x, y: x * x * y, argnums=(-1, 0))(x, y)] == [4, 20]


def test_one_tensor_twice_is_two_arguments():
    x = torch.tensor(3.0)
    assert [each.item() for each in grad(lambda x, y: x * x * y, argnums=(0, 1))(x, x)] == [18, 9]


def test_value_and_auxiliary_results_come_with_the_gradient():
    x = torch.tensor([1.0, 2.0])
    gradient, (value, aux) = grad_and_value(lambda x: (cube(x), {"squares": x * x}), has_aux=True)(x)
    assert (gradient.tolist(), value.item(), aux["squares"].tolist()) == ([3, 12], 9, [1, 4])
    assert not aux["squares"].requires_grad


def test_derivatives_nest_to_any_order():
    x, found = torch.tensor(2.0), lambda x: x**5
    for expected in (80, 160, 240, 240, 120, 0):
        found = grad(found)
        assert found(x).item() == expected


def test_an_inner_derivative_is_not_confused_with_an_outer_one():
    assert grad(lambda x: x * grad(lambda y: x + y)(torch.tensor(1.0)))(torch.tensor(2.0)).item() == 1


def test_results_have_no_history_of_the_function_alone():
    x = torch.tensor([1.0, 2.0])
    gradient, value = grad_and_value(cube)(x)
    output, vjp_fn = vjp(lambda x: x * x, x)
    assert not any(each.requires_grad for each in (x, gradient, value, output, *vjp_fn(x)))


def test_results_have_the_history_of_what_was_recorded_before():
    x, w = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
    grad(lambda x: (x**2 * w).sum())(x).sum().backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([6, 8], [2, 4])


def test_a_result_that_only_the_function_made_has_no_history_beside_one_that_has():
    w = torch.ones(2, requires_grad=True)
    gradient, value = grad_and_value(lambda x: (x * x).sum() + w.sum())(torch.ones(2))
    assert value.requires_grad
    assert not gradient.requires_grad


def test_what_is_not_recorded_outside_is_differentiated_inside():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.no_grad():
        gradient = grad(cube)(x)
        assert not torch.is_grad_enabled()
    assert gradient.tolist() == [3, 12]
    assert not gradient.requires_grad


def test_what_is_not_recorded_inside_is_a_constant():
    def function(x):
        with torch.no_grad():
            square = x * x
        return (square * x).sum()

    assert grad(function)(torch.tensor([2.0])).tolist() == [4]


def test_recording_is_as_before_when_the_function_fails():
    with torch.no_grad():
        with pytest.raises(ZeroDivisionError):
            grad(lambda x: x * (1 // 0))(torch.tensor(1.0))
        assert not torch.is_grad_enabled()


def test_flags_and_gradients_of_the_inputs_are_left_alone():
    x, y = torch.tensor([1.0], requires_grad=True), torch.tensor([1.0])
    grad(lambda x, y: (x * y * y).sum(), argnums=(0, 1))(x, y)
    assert (x.requires_grad, y.requires_grad, x.grad, y.grad) == (True, False, None, None)


def test_an_input_that_comes_back_is_the_one_that_was_given():
    x, y = torch.tensor([1.0]), torch.tensor([1.0], requires_grad=True)
    output, _ = vjp(lambda x, y: {"x": x, "y": y}, x, y)
    assert output["x"] is x
    assert output["y"] is y


def test_an_argument_that_is_written_to_gets_the_values_and_no_history():
    x, seen = torch.tensor([2.0]), torch.zeros(1)
    assert grad(lambda x, seen: seen.copy_(x * x).mul_(x).sum())(x, seen).tolist() == [12]
    assert seen.tolist() == [8]
    assert not seen.requires_grad


@pytest.mark.parametrize("wanted", [False, True])
def test_an_input_refuses_in_place(wanted):
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place operation"):
        grad(lambda x: x.mul_(2).sum())(torch.ones(2, requires_grad=wanted) * 1)


def test_a_product_can_be_taken_again_and_again_and_itself_be_differentiated():
    x = torch.tensor([1.0, 2.0])
    _, vjp_fn = vjp(lambda x: x**3, x)
    assert [vjp_fn(x)[0].tolist() for _ in range(2)] == [[3, 24]] * 2
    assert grad(lambda v: vjp_fn(v * v)[0].sum())(x).tolist() == [6, 48]
    assert not grad(lambda v: vjp_fn(v * v)[0].sum())(x).requires_grad


def test_a_product_of_several_outputs_takes_their_structure():
    x = torch.tensor([1.0, 2.0])
    output, vjp_fn = vjp(lambda x: (x.sum(), {"a": x * x}), x)
    assert output[1]["a"].tolist() == [1, 4]
    assert vjp_fn((torch.tensor(10.0), {"a": torch.ones(2)}))[0].tolist() == [12, 14]
    with pytest.raises(RuntimeError, match=r"cotangents: \(\*, \*\), primal output: \(\*, \{'a': \*\}\)"):
        vjp_fn((torch.tensor(10.0), x))


def test_a_jacobian_has_a_tensor_for_each_output_and_input():
    def function(x, y):
        return {"product": x[:, None] * y, "sum": x.sum()}

    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0, 5.0])
    found = jacrev(function, argnums=(0, 1))(x, y)
    assert found["product"][0].tolist() == [[[3, 0], [4, 0], [5, 0]], [[0, 3], [0, 4], [0, 5]]]
    assert found["product"][1].shape == (2, 3, 3)
    assert found["sum"][0].tolist() == [1, 1]
    assert found["sum"][1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 4, 100, None])
@pytest.mark.parametrize("in_place", [False, True])
def test_a_jacobian_is_the_same_in_any_chunks(chunk_size, in_place):
    x = torch.tensor([1.0, 2.0, 3.0])
    found = jacrev(lambda x: (x**2, x[1:] * x[0]), chunk_size=chunk_size, _preallocate_and_copy=in_place)(x)
    assert found[0].tolist() == [[2, 0, 0], [0, 4, 0], [0, 0, 6]]
    assert found[1].tolist() == [[2, 1, 0], [3, 0, 1]]


def test_a_hessian_has_the_inputs_twice():
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    (xx, xy), (yx, yy) = hessian(lambda x, y: (x**2 * y).sum(), argnums=(0, 1))(x, y)
    assert xx.tolist() == [[6, 0], [0, 8]]
    assert xy.tolist() == yx.tolist() == [[2, 0], [0, 4]]
    assert yy.tolist() == [[0, 0], [0, 0]]


def test_a_gradient_through_a_step_of_descent_is_that_of_the_whole():
    def adapted(w, x):
        return cube(w - 0.5 * grad(lambda w: (w * w * x).sum())(w))

    # w - w x, cubed: 3 (w (1 - x))^2 (1 - x)
    assert grad(adapted)(torch.tensor([2.0]), torch.tensor([3.0])).tolist() == [-96]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: grad(cube, argnums=1)(x), RuntimeError, "Got argnum=1, but only 1 positional inputs"),
        (lambda x: grad(cube, argnums=[0])(x), RuntimeError, "argnums must be int or Tuple"),
        (lambda x: grad(cube)(1.0), ValueError, "must be Tensor, got <class 'float'>"),
        (lambda x: grad(cube)(x.int()), RuntimeError, "only Tensors of floating point dtype can require gradients"),
        (lambda x: grad(lambda x: x)(x), RuntimeError, "scalar Tensor, got tensor with 1 dims"),
        (lambda x: grad(lambda x: 1)(x), RuntimeError, "to return a Tensor, got <class 'int'>"),
        (lambda x: grad(cube, has_aux=True)(x), RuntimeError, "should be a tuple: \\(output, aux\\)"),
        (lambda x: grad(lambda x: (cube(x), 1), has_aux=True)(x), RuntimeError, "unsupported type <class 'int'>"),
        (lambda x: vjp(lambda x: None, x), RuntimeError, "non-empty output"),
        (lambda x: vjp(lambda x: x.int(), x), RuntimeError, "must be floating-point or complex"),
        (lambda x: jacrev(cube, chunk_size=0), ValueError, "`chunk_size` should be greater than 0"),
        (lambda x: jacrev(cube)(x * 1j), RuntimeError, "Expected all inputs to be real"),
    ],
)
def test_what_has_no_derivative_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call(torch.tensor([1.0, 2.0]))


def test_a_transform_has_the_name_and_the_words_of_its_function():
    def loss(x):
        """How far off it is."""

    assert [each(loss).__name__ for each in (grad, grad_and_value, jacrev)] == ["loss"] * 3
    assert grad(loss).__doc__ == "How far off it is."


def test_nothing_of_a_run_is_left():
    gc.disable()
    try:
        middle = []

        def function(x):
            y = x * x
            middle.append(weakref.ref(y))
            return y.sum()

        grad(function)(torch.ones(2))
        grad(lambda x: grad(function)(x).sum())(torch.ones(2, requires_grad=True))
        assert [each() for each in middle] == [None, None]
    finally:
        gc.enable()


def test_a_step_costs_the_same_after_many_others():
    def seconds(steps):
        """Of the fastest of the last steps: each takes a gradient of a state that all the steps before led to."""
        state, taken = torch.ones(2, requires_grad=True), []
        for _ in range(steps):
            start = time.perf_counter()
            state = state - 0.1 * grad(lambda x: (x * x).sum())(state)
            taken.append(time.perf_counter() - start)
        return min(taken[-20:])

    assert seconds(1500) < 4 * seconds(30)


def test_derivatives_are_on_the_device_of_their_inputs(device):
    x = torch.tensor([1.0, 2.0], device=device)
    for found in (grad(cube)(x), jacrev(lambda x: x**3)(x), hessian(cube)(x), vjp(cube, x)[1](x.new_ones(()))[0]):
        assert found.device == x.device
    assert hessian(cube)(x).tolist() == [[6, 0], [0, 12]]


def test_backward_inside_is_refused_and_a_gradient_inside_is_not():
    x, w = torch.tensor([1.0, 2.0]), torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"backward\(\) called inside a functorch transform"):
        grad(lambda x: (w * x).sum().backward())(x)
    assert w.grad is None
    inner = torch.autograd.grad
    assert grad(lambda x: (inner((x * x).sum(), x, create_graph=True)[0] * x).sum())(x).tolist() == [4, 8]
    grad(lambda x: (x * x * w).sum())(x).sum().backward()
    assert w.grad.tolist() == [2, 4]
