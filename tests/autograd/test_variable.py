"""Variable: the older name of a tensor that wants a gradient."""

import pytest

import tinytorch as torch
from tinytorch.autograd import Variable


def test_a_variable_is_a_tensor_of_the_same_memory():
    x = torch.ones(2)
    made = Variable(x, requires_grad=True)
    assert type(made) is torch.Tensor and made.requires_grad and made is not x and not x.requires_grad
    x[0] = 5
    assert made.tolist() == [5.0, 1.0]
    assert Variable().tolist() == []


def test_a_variable_forgets_the_history():
    assert Variable(torch.ones(2, requires_grad=True) * 2).grad_fn is None


def test_every_tensor_is_a_variable():
    assert isinstance(torch.ones(1), Variable) and isinstance(torch.nn.Parameter(torch.ones(1)), Variable)
    assert not isinstance(3, Variable)


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match="Variable data has to be a tensor, but got list"):
        Variable([1.0])


def test_volatile_only_warns():
    with pytest.warns(UserWarning, match="volatile was removed and now has no effect"):
        assert not Variable(torch.ones(1), volatile=True).requires_grad
