"""Hooks on the backward of a module: what they see, what they may change, and what is refused."""

import pytest

import tinytorch as torch
from tinytorch import nn


class Scaled(nn.Module):
    def forward(self, input, factor):
        return input * factor, "between", input.sum()


def called(module, *args):
    """A call of a module, with the first of its results."""
    return module(*args)[0]


def test_a_hook_sees_the_gradients_of_arguments_and_results():
    module, seen = Scaled(), []
    module.register_full_backward_hook(lambda *values: seen.append(values))
    x = torch.ones(2, requires_grad=True)
    called(module, x, 3).sum().backward()
    ((owner, given, got),) = seen
    assert owner is module
    assert given[0].tolist() == [3, 3] and given[1] is None
    assert got[0].tolist() == [1, 1] and got[1:] == (None, None)


def test_a_hook_may_replace_the_gradient_of_the_argument():
    module = nn.Tanh()
    module.register_full_backward_hook(lambda module, given, got: (given[0] * 0 + 7,))
    x = torch.ones(2, requires_grad=True)
    module(x).sum().backward()
    assert x.grad.tolist() == [7, 7]


def test_a_hook_before_backward_may_replace_the_gradient_of_the_result():
    module = nn.Identity()
    handle = module.register_full_backward_pre_hook(lambda module, got: (got[0] * 5,))
    x = torch.ones(2, requires_grad=True)
    module(x).sum().backward()
    handle.remove()
    module(x).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_hooks_run_in_order_or_before_the_others():
    module, names = nn.Identity(), []
    module.register_full_backward_hook(lambda *_: names.append("first"))
    module.register_full_backward_hook(lambda *_: names.append("second"), prepend=True)
    module(torch.ones(1, requires_grad=True)).backward()
    assert names == ["second", "first"]


def test_a_module_whose_input_needs_no_gradient_says_so():
    module, seen = nn.Linear(2, 1), []
    module.register_full_backward_hook(lambda module, given, got: seen.append(given))
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        module(torch.ones(1, 2)).sum().backward()
    assert seen == [(None,)]


def test_a_hook_has_to_give_as_many_gradients():
    module = Scaled()
    module.register_full_backward_hook(lambda module, given, got: given[:1])
    result = called(module, torch.ones(2, requires_grad=True), 3)
    with pytest.raises(RuntimeError, match=r"invalid number of grad_input, got 1, but expected 2"):
        result.sum().backward()


def test_the_older_hooks_see_the_last_operation():
    module, seen = nn.Linear(2, 1), []
    module.register_backward_hook(lambda module, given, got: seen.append((len(given), got[0].tolist())))
    with pytest.warns(FutureWarning, match="This hook will be missing some grad_input"):
        result = module(torch.ones(1, 2, requires_grad=True))
    result.sum().backward()
    assert seen == [(3, [[1.0]])]
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
        module.register_full_backward_hook(print)
