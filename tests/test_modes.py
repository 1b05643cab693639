"""Switches that turn recording off and on, as PyTorch 2.13 has them."""

import pytest

import tinytorch as torch


@pytest.mark.parametrize("switch", [torch.no_grad, torch.inference_mode])
def test_nothing_is_recorded_within_with_and_without_brackets(switch):
    x = torch.ones(2, requires_grad=True)
    with switch():
        assert not torch.is_grad_enabled()
        assert not (x * 2).requires_grad
    assert torch.is_grad_enabled()
    assert not switch(lambda: x * 2)().requires_grad
    assert not switch()(lambda: x * 2)().requires_grad


def test_inference_mode_says_so_and_can_be_switched_off():
    x = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled()
        with torch.inference_mode(mode=False):
            assert not torch.is_inference_mode_enabled()
            assert (x * 2).requires_grad
        assert torch.is_inference_mode_enabled()
    assert not torch.is_inference_mode_enabled()


def test_a_generator_switches_only_while_it_runs():
    @torch.no_grad()
    def steps():
        got = yield torch.is_grad_enabled()
        try:
            yield got
        except ValueError:
            yield torch.is_grad_enabled()
        return "end"

    found = steps()
    assert next(found) is False
    assert torch.is_grad_enabled()
    assert found.send(3) == 3
    assert found.throw(ValueError) is False
    with pytest.raises(StopIteration) as end:
        next(found)
    assert end.value.value == "end"
