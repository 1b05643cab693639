"""The scaler of gradients: when it steps, how its scale changes, and what it says."""

import copy
import pickle

import pytest

import tinytorch as torch
from tinytorch.amp.grad_scaler import OptState


def one_weight(**settings):
    """A weight, its optimizer and a scaler."""
    weight = torch.nn.Parameter(torch.ones(2))
    return weight, torch.optim.SGD([weight], lr=0.5), torch.amp.GradScaler("cpu", **settings)


def test_a_step_is_taken_with_gradients_divided_by_the_scale():
    weight, optimizer, scaler = one_weight(init_scale=8.0)
    scaler.scale(weight.sum()).backward()
    assert weight.grad.tolist() == [8.0, 8.0]
    scaler.step(optimizer)
    scaler.update()
    assert weight.tolist() == [0.5, 0.5]
    assert weight.grad.tolist() == [1.0, 1.0]
    assert scaler.get_scale() == 8.0


def test_a_step_is_left_out_where_gradients_are_not_finite():
    weight, optimizer, scaler = one_weight(init_scale=8.0)
    scaler.scale((weight * torch.tensor([1.0, float("inf")])).sum()).backward()
    assert scaler.step(optimizer) is None
    scaler.update()
    assert weight.tolist() == [1.0, 1.0]
    assert scaler.get_scale() == 4.0


def test_the_scale_grows_after_enough_steps():
    weight, optimizer, scaler = one_weight(init_scale=8.0, growth_interval=2)
    scales = []
    for _ in range(4):
        optimizer.zero_grad()
        scaler.scale(weight.sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [8.0, 16.0, 16.0, 32.0]


def test_a_scale_does_not_become_infinite():
    scale, tracker = torch.tensor(2.0**127), torch.tensor(0, dtype=torch.int32)
    torch._amp_update_scale_(scale, tracker, torch.tensor(0.0), 4.0, 0.5, 1)
    assert scale.item() == 2.0**127 and tracker.item() == 0


def test_gradients_can_be_clipped_between():
    weight, optimizer, scaler = one_weight(init_scale=8.0)
    scaler.scale((weight * 3).sum()).backward()
    scaler.unscale_(optimizer)
    assert weight.grad.tolist() == [3.0, 3.0]
    with pytest.raises(RuntimeError, match=r"unscale_\(\) has already been called on this optimizer since the last"):
        scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_value_([weight], 1.0)
    scaler.step(optimizer)
    assert weight.tolist() == [0.5, 0.5]
    with pytest.raises(RuntimeError, match=r"step\(\) has already been called since the last update\(\)."):
        scaler.step(optimizer)


def test_each_optimizer_has_a_state_of_its_own():
    (one, first, scaler), (other, second, _) = one_weight(init_scale=4.0), one_weight()
    scaler.scale([one.sum(), (other * torch.tensor([float("nan"), 1.0])).sum()])[1].backward()
    scaler.scale(one.sum()).backward()
    scaler.step(first)
    scaler.step(second)
    assert scaler._per_optimizer_states[id(first)]["stage"] is OptState.STEPPED
    scaler.update()
    assert one.tolist() == [0.5, 0.5] and other.tolist() == [1.0, 1.0]
    assert scaler.get_scale() == 2.0


def test_a_disabled_scaler_does_nothing():
    weight, optimizer, scaler = one_weight(enabled=False)
    loss = weight.sum()
    assert scaler.scale(loss) is loss
    loss.backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert weight.tolist() == [0.5, 0.5]
    assert scaler.state_dict() == {} and scaler.get_scale() == 1.0 and not scaler.is_enabled()


def test_its_state_goes_on_elsewhere():
    weight, optimizer, scaler = one_weight(init_scale=8.0, growth_interval=5)
    scaler.scale(weight.sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    state = scaler.state_dict()
    assert state == {
        "scale": 8.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 5, "_growth_tracker": 1,
    }  # fmt: skip
    other = torch.amp.GradScaler("cpu")
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert pickle.loads(pickle.dumps(scaler)).state_dict() == copy.deepcopy(scaler).state_dict() == state
    with pytest.raises(RuntimeError, match="The source state dict is empty"):
        other.load_state_dict({})


def test_a_new_scale_can_be_set():
    weight, _, scaler = one_weight()
    scaler.scale(weight.sum())
    scaler.update(2.0)
    assert scaler.get_scale() == 2.0
    scaler.update(torch.tensor(3.0))
    assert scaler.get_scale() == 3.0
    with pytest.raises(AssertionError, match="new_scale should be a float or a 1-element"):
        scaler.update(torch.ones(2))


def test_what_cannot_be_done_is_said_in_pytorchs_words():
    weight, optimizer, scaler = one_weight()
    with pytest.raises(AssertionError, match=r"Attempted step but _scale is None.  This may indicate your script"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match=r"Closure use is not currently supported if GradScaler is enabled."):
        scaler.step(optimizer, closure=lambda: 0)
    scaler.scale(weight.sum())
    with pytest.raises(AssertionError, match=r"No inf checks were recorded for this optimizer."):
        scaler.step(optimizer)
    with pytest.raises(AssertionError, match=r"No inf checks were recorded prior to update."):
        scaler.update()
    weight.grad = None
    half = torch.nn.Parameter(torch.ones(1, dtype=torch.float16))
    half.grad = torch.ones(1, dtype=torch.float16)
    with pytest.raises(ValueError, match=r"Attempting to unscale FP16 gradients."):
        scaler.unscale_(torch.optim.SGD([half]))
    with pytest.raises(AssertionError, match=r"The growth factor must be > 1.0."):
        torch.amp.GradScaler("cpu", growth_factor=1.0)


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what a machine without a GPU answers")
def test_without_a_gpu_a_scaler_for_one_does_nothing():
    with pytest.warns(UserWarning, match=r"torch.cuda.amp.GradScaler is enabled, but CUDA is not available."):
        assert not torch.amp.GradScaler().is_enabled()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_gradients_are_unscaled_in_their_own_dtype(dtype):
    grads = [torch.tensor([4.0, 8.0], dtype=getattr(torch, dtype)), torch.ones(1, dtype=getattr(torch, dtype))]
    found = torch.zeros(())
    torch._amp_foreach_non_finite_check_and_unscale_(grads, found, torch.tensor(0.25))
    assert grads[0].tolist() == [1.0, 2.0] and found.item() == 0.0
    with pytest.raises(RuntimeError, match=r"found_inf must be a 1-element tensor."):
        torch._amp_foreach_non_finite_check_and_unscale_(grads, torch.zeros(2), torch.tensor(0.25))
