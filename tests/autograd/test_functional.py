"""Products with Jacobians and Hessians, and these themselves, for functions of tensors and tuples of tensors."""

import pytest

import tinytorch as torch
from tinytorch.autograd import functional

X, Y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0])
V = torch.tensor([1.0, 10.0])


def pair(x, y):
    return x * y, (y * y).sum()


def number(x, y):
    return (x * x * y).sum()


def listed(found):
    return [listed(each) for each in found] if isinstance(found, tuple) else found.tolist()


def test_a_vector_is_multiplied_with_the_jacobian():
    output, found = functional.vjp(pair, (X, Y), (V, torch.tensor(1.0)))
    assert listed(output) == [[3, 10], 34]
    assert listed(found) == [[3, 50], [7, 30]]


def test_the_jacobian_is_multiplied_with_a_vector():
    output, found = functional.jvp(pair, (X, Y), (V, X))
    assert listed(output) == [[3, 10], 34]
    assert listed(found) == [[4, 54], 26]


def test_a_vector_and_the_hessian_are_multiplied_from_both_sides():
    for product in (functional.vhp, functional.hvp):
        output, found = product(number, (X, Y), (V, X))
        assert output.item() == 23
        assert listed(found) == [[8, 108], [2, 40]]


def test_one_input_and_one_output_need_no_tuples():
    assert functional.vjp(lambda x: x**2, X, V)[1].tolist() == [2, 40]
    assert functional.jvp(lambda x: x**2, X, V)[1].tolist() == [2, 40]
    assert functional.vhp(lambda x: (x**3).sum(), X, V)[1].tolist() == [6, 120]
    assert functional.jacobian(lambda x: x**2, X).tolist() == [[2, 0], [0, 4]]
    assert functional.hessian(lambda x: (x**3).sum(), X).tolist() == [[6, 0], [0, 12]]


def test_one_number_needs_no_vector():
    assert functional.vjp(lambda x: (x * x).sum(), X)[1].tolist() == [2, 4]
    assert functional.jvp(lambda x: x * Y, torch.tensor(2.0))[1].tolist() == [3, 5]
    with pytest.raises(RuntimeError, match="The vector v can only be None if the user-provided function returns"):
        functional.vjp(lambda x: x, X)
    with pytest.raises(RuntimeError, match="The vector v can only be None if the input to the user-provided function"):
        functional.jvp(lambda x: x, X)


@pytest.mark.parametrize("vectorize", [False, True])
def test_a_jacobian_has_a_tuple_of_inputs_for_each_output(vectorize):
    found = functional.jacobian(pair, (X, Y), vectorize=vectorize)
    assert listed(found) == [[[[3, 0], [0, 5]], [[1, 0], [0, 2]]], [[0, 0], [6, 10]]]


@pytest.mark.parametrize("vectorize", [False, True])
def test_a_hessian_has_each_pair_of_inputs(vectorize):
    found = functional.hessian(number, (X, Y), vectorize=vectorize)
    assert listed(found) == [[[[6, 0], [0, 10]], [[2, 0], [0, 4]]], [[[2, 0], [0, 4]], [[0, 0], [0, 0]]]]


def test_forward_mode_gives_the_same():
    found = functional.jacobian(lambda x: x[:, None] * Y, X, vectorize=True, strategy="forward-mode")
    assert found.tolist() == functional.jacobian(lambda x: x[:, None] * Y, X).tolist()
    found = functional.hessian(lambda x: (x**3).sum(), X, vectorize=True, outer_jacobian_strategy="forward-mode")
    assert found.tolist() == [[6, 0], [0, 12]]


def test_results_have_no_history_unless_it_is_asked_for():
    x = X.clone().requires_grad_()
    for create_graph in (False, True):
        found = functional.vjp(lambda x: x**2, x, V, create_graph)
        assert [each.requires_grad for each in found] == [create_graph] * 2
        assert functional.jacobian(lambda x: x**2, x, create_graph).requires_grad is create_graph
    functional.hessian(lambda x: (x**3).sum(), x, True).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_the_flags_of_the_inputs_are_left_alone():
    x = torch.tensor([1.0])
    functional.hessian(lambda x: (x**3).sum(), x)
    functional.vjp(lambda x: x, x, torch.ones(1), create_graph=True)
    assert not x.requires_grad


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: functional.vjp(lambda x: torch.ones(2), X, V, strict=True), "Output 0 .* does not require gradients"),
        (lambda: functional.vjp(lambda x, y: x, (X, Y), V, strict=True), "is independent of input 1"),
        (lambda: functional.vhp(lambda x: x.sum(), X, V, strict=True), "found that the jacobian .* is independent"),
        (lambda: functional.jacobian(lambda x, y: x, (X, Y), strict=True), "is independent of input 1"),
        (lambda: functional.jacobian(lambda x: x, X, create_graph=True, strict=True), "when create_graph=True"),
        (lambda: functional.jacobian(lambda x: x, X, strict=True, vectorize=True), "are not supported together"),
        (lambda: functional.hessian(lambda x: x, X), "should contain a single element"),
        (lambda: functional.hessian(lambda x: (x.sum(),), X), "should return a single Tensor"),
        (lambda: functional.vjp(lambda x: x, X, torch.ones(3)), "v has invalid size"),
        (lambda: functional.vjp(pair, (X, Y), V), "v is a tuple of invalid length: should be 2 but got 1"),
    ],
)
def test_what_cannot_be_or_is_not_allowed_is_refused(call, words):
    with pytest.raises(RuntimeError, match=words):
        call()


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match="The inputs given to vjp must be either a Tensor or a tuple of Tensors"):
        functional.vjp(lambda x: x, [X])
    with pytest.raises(TypeError, match="the value at index 1 has type <class 'int'>"):
        functional.jacobian(lambda x: (x, 1), X)
    with pytest.raises(NotImplementedError, match="isonly implemented for `vectorize=True`"):
        functional.jacobian(lambda x: x, X, strategy="forward-mode")
