"""What optimizers that programs write take from torch.optim.optimizer."""

import tinytorch as torch
from tinytorch.optim import optimizer
from tinytorch.optim.optimizer import Optimizer


class Fall(Optimizer):
    """A step against the gradient's sign, written as PyTorch's own steps are."""

    def __init__(self, params: optimizer.ParamsT, differentiable=False):
        super().__init__(params, {"lr": 0.5, "differentiable": differentiable})

    @optimizer._use_grad_for_differentiable
    def step(self, closure=None):
        """One step; whether it is recorded."""
        for group in self.param_groups:
            for each in group["params"]:
                each.sub_(each.grad.sign() * group["lr"])
        return torch.is_grad_enabled()


def test_a_step_records_only_where_it_is_to_be_differentiated():
    x = torch.ones(2, requires_grad=True)
    (x * 3).sum().backward()
    fall = Fall([x])
    assert fall.step() is False and x.tolist() == [0.5, 0.5] and torch.is_grad_enabled()
    fall.defaults["differentiable"] = True
    fall.param_groups[0]["params"].clear()
    with torch.no_grad():
        assert fall.step() is True and not torch.is_grad_enabled()


def test_lists_of_tensors_are_the_faster_way_on_gpus_alone():
    params = [torch.ones(2), None]
    assert optimizer._default_to_fused_or_foreach(params, False, use_fused=True) == (True, False)
    assert optimizer._default_to_fused_or_foreach(params, False) == (False, False)
    assert optimizer._default_to_fused_or_foreach(params, True, use_fused=True) == (False, False)


def test_numbers_of_a_step_may_be_tensors():
    assert optimizer._get_value(torch.tensor(3.0)) == 3.0 and optimizer._get_value(2) == 2
    assert optimizer._dispatch_sqrt(4) == 2.0 and optimizer._dispatch_sqrt(torch.tensor(9.0)).item() == 3.0
    assert optimizer._stack_if_compiling([1]) == [1]
    assert optimizer._get_scalar_dtype() is torch.float32


def test_complex_parameters_and_what_belongs_to_them_become_pairs():
    params, grads = [torch.ones(1), torch.ones(2, dtype=torch.complex64)], [torch.zeros(1), torch.zeros(2) + 1j]
    optimizer._view_as_real(params, grads)
    assert [tuple(each.shape) for each in params] == [(1,), (2, 2)] and grads[1][0].tolist() == [0.0, 1.0]
