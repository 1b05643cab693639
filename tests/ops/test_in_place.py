"""Functions that write to their first argument, and operators under their older names."""

import pickle

import pytest

import tinytorch as torch
from tinytorch.codes import own_code


@pytest.mark.parametrize("name", ["exp_", "arcsin_", "clip_", "fill_", "ldexp_", "nan_to_num_", "zero_"])
def test_a_function_with_an_underscore_is_the_method(name):
    function, method = getattr(torch, name), getattr(torch.Tensor, name)
    assert own_code(function) is own_code(method) and function.__closure__ == method.__closure__


def test_it_writes_and_gives_the_tensor_back():
    tensor = torch.tensor([1.0, 4.0])
    assert torch.sqrt_(tensor) is tensor
    assert tensor.tolist() == [1, 2]


def test_it_refuses_what_is_no_tensor():
    with pytest.raises(TypeError, match=r"must be Tensor, not int"):
        torch.sqrt_(2)


def test_older_operators_are_there():
    tensor = torch.tensor([2.0, 4.0])
    assert tensor.__idiv__(2) is tensor
    assert tensor.tolist() == [1, 2]
    assert torch.tensor(3.7).__long__() == 3
    assert torch.tensor(0).__nonzero__() is False


def test_reversed_gives_a_tensor_with_the_first_dimension_turned_round():
    assert reversed(torch.tensor([[1, 2], [3, 4]])).tolist() == [[3, 4], [1, 2]]
    assert reversed(torch.tensor(5)).item() == 5


def test_conjugates_and_negatives_do_not_wait():
    number = torch.tensor([1 + 2j]).conj()
    assert torch.resolve_conj(number) is number
    assert torch.resolve_neg(number) is number


def test_the_dtype_of_a_result_is_known_before_it():
    assert torch.result_type(torch.tensor([1], dtype=torch.int8), 2.5) is torch.float32
    assert torch.result_type(torch.tensor([1], dtype=torch.int8), torch.tensor(300)) is torch.int8
    assert torch.result_type(2, 3.5) is torch.float32


def test_activations_have_functions_that_write():
    functional = torch.nn.functional
    tensor = torch.tensor([-1.0, 2.0])
    assert functional.leaky_relu_(tensor, 0.5) is tensor
    assert tensor.tolist() == [-0.5, 2]
    assert torch.threshold_(tensor, 0.0, 7.0).tolist() == [7, 2]
    assert functional.hardtanh_(tensor).tolist() == [1, 1]
    assert torch.selu_ is functional.selu_
    assert torch.relu_ is functional.relu_


def test_values_are_copied_into_a_tensor_from_a_pickle_and_into_others_after_it():
    for param in (pickle.loads(pickle.dumps(torch.zeros(2, dtype=torch.int16))), torch.zeros(2, dtype=torch.int16)):
        for value in (3, 4, 5):
            param.copy_(torch.tensor([value, value], dtype=torch.int16))
        assert param.tolist() == [5, 5]
