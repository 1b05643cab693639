"""Checkpoints: the same gradients, the same random numbers, less memory; and refusals where two runs differ."""

import tracemalloc

import pytest

import tinytorch as torch
from tinytorch.utils.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
    get_device_states,
    noop_context_fn,
    set_checkpoint_early_stop,
    set_device_states,
)

BOTH = pytest.mark.parametrize("use_reentrant", [True, False])


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


@BOTH
def test_gradients_are_those_without_a_checkpoint(use_reentrant):
    x, w = leaf(0.5, 2.0), leaf(3.0, -1.0)

    def part(x):
        return (x * w).sin().exp()

    expected = torch.autograd.grad(part(x).sum(), (x, w))
    checkpoint(part, x, use_reentrant=use_reentrant).sum().backward()
    assert x.grad.tolist() == expected[0].tolist() and w.grad.tolist() == expected[1].tolist()


@BOTH
def test_a_part_runs_once_more_in_backward(use_reentrant):
    calls = []
    y = checkpoint(lambda x: calls.append(x) or x.exp().sin(), leaf(1.0), use_reentrant=use_reentrant)
    assert len(calls) == 1
    y.backward()
    assert len(calls) == 2


@BOTH
def test_random_numbers_are_drawn_again_and_leave_no_trace(use_reentrant):
    torch.manual_seed(5)
    x = torch.ones(50, requires_grad=True)
    y = checkpoint(lambda x: torch.nn.functional.dropout(x * x, 0.5), x, use_reentrant=use_reentrant)
    state = torch.get_rng_state()
    y.sum().backward()
    assert (x.grad == 2 * y.detach()).all() and 0 < int((y == 0).sum()) < 50
    assert (torch.get_rng_state() == state).all()


def test_what_is_kept_is_gone_between_forward_and_backward():
    size = 250_000  # numbers of 4 bytes

    def deep(x):
        for _ in range(10):
            x = x.sin()
        return x

    def held(run):
        x = torch.ones(size, requires_grad=True)
        tracemalloc.start()
        y = run(x)
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        y.sum().backward()
        return round(kept / (4 * size)), x.grad[0].item()

    (plain, expected), (less, actual) = held(deep), held(lambda x: checkpoint(deep, x, use_reentrant=False))
    assert (plain, less) == (10, 1) and actual == expected


def test_second_derivatives_pass():
    x = leaf(0.5)
    y = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False)
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    (direct,) = torch.autograd.grad(x.exp().sin(), x, create_graph=True)
    assert first.item() == direct.item() and second.item() == torch.autograd.grad(direct, x)[0].item()


def test_arguments_by_name_and_nested_results_pass():
    x = leaf(2.0)
    found = checkpoint(lambda x, factor: {"a": [x.exp() * factor, 5]}, x, factor=3, use_reentrant=False)
    found["a"][0].backward()
    assert x.grad.tolist() == (3 * x.exp()).tolist() and found["a"][1] == 5


def test_checkpoints_stand_in_checkpoints():
    x, calls = leaf(0.5), []

    def inner(x):
        calls.append("inner")
        return x.sin().exp()

    def outer(x):
        calls.append("outer")
        return checkpoint(inner, x.tanh(), use_reentrant=False).cos()

    checkpoint(outer, x, use_reentrant=False).backward()
    expected = torch.autograd.grad(x.tanh().sin().exp().cos(), x)[0]
    assert x.grad.tolist() == expected.tolist()
    assert calls == ["outer", "inner", "outer", "inner", "inner"]


def test_the_second_run_stops_where_nothing_more_is_needed():
    calls = []

    def part(x):
        y = x.exp()
        calls.append("middle")
        z = y.sin() + 1
        calls.append("end")
        return z

    checkpoint(part, leaf(1.0), use_reentrant=False).backward()
    assert calls == ["middle", "end", "middle"]
    with set_checkpoint_early_stop(False):
        y = checkpoint(part, leaf(1.0), use_reentrant=False)
    y.backward()
    assert calls[3:] == ["middle", "end", "middle", "end"]


def test_a_sequential_is_cut_into_segments():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4), torch.nn.Linear(4, 1))
    x = torch.ones(2, 3, requires_grad=True)
    model(x).sum().backward()
    expected, x.grad = x.grad, None
    for segments in (1, 2, 3):
        checkpoint_sequential(model, segments, x, use_reentrant=False).sum().backward()
        assert x.grad.tolist() == expected.tolist()
        x.grad = None


def test_without_recording_the_function_just_runs():
    with torch.no_grad():
        assert not checkpoint(lambda x: x.exp(), leaf(1.0), use_reentrant=False).requires_grad


def test_an_input_that_was_written_to_is_refused():
    h = leaf(1.0) * 1
    y = checkpoint(lambda x: x.exp(), h, use_reentrant=False)
    h.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (lambda x: x.exp().exp(), lambda x: x.exp(), "A different number of tensors was saved"),
        (lambda x: x.exp(), lambda x: x.exp().exp(), "trying to save more tensors during recomputation"),
        (lambda x: x.exp(), lambda x: x[:1].exp(), "have different metadata than during the forward pass"),
    ],
)
def test_runs_that_differ_are_refused(first, second, message):
    runs = iter([first, second])
    y = checkpoint(lambda x: next(runs)(x), leaf(1.0, 2.0), use_reentrant=False, early_stop=False, debug=True)
    with pytest.raises(CheckpointError) as refused:
        y.sum().backward()
    assert message in str(refused.value)
    assert "Operations executed during the original forward: exp" in str(refused.value)


def test_no_comparison_may_be_asked_for():
    runs = iter([lambda x: x.exp(), lambda x: x[:1].exp()])
    y = checkpoint(lambda x: next(runs)(x), leaf(1.0, 2.0), use_reentrant=False, determinism_check="none")
    y.sum().backward()


def test_contexts_surround_both_runs():
    names = []

    class Named:
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            names.append(self.name)

        def __exit__(self, *exception):
            names.append(f"after {self.name}")

    checkpoint(
        lambda x: x.exp(), leaf(1.0), use_reentrant=False, context_fn=lambda: (Named("first"), Named("second"))
    ).backward()
    assert names == ["first", "after first", "second", "after second"]


def test_a_walk_to_inputs_does_not_pass_a_reentrant_checkpoint():
    x = leaf(1.0)
    y = checkpoint(lambda x: x.exp(), x, use_reentrant=True)
    with pytest.raises(RuntimeError, match=r"incompatible with \.grad\(\)"):
        torch.autograd.grad(y, x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"use_reentrant": True, "factor": 3}, "Unexpected keyword arguments: factor"),
        ({"use_reentrant": True, "debug": True}, "only supported when use_reentrant=False"),
        ({"use_reentrant": False, "determinism_check": "some"}, "determinism_check should be one of"),
        (
            {"use_reentrant": False, "debug": True, "context_fn": lambda: noop_context_fn()},
            "debug=True is incompatible",
        ),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        checkpoint(lambda x: x, leaf(1.0), **options)


def test_the_variant_should_be_named():
    with pytest.warns(UserWarning, match="the use_reentrant parameter should be passed explicitly"):
        checkpoint(lambda x: x * 2, leaf(1.0))


def test_only_gpus_have_states_beside_the_cpu():
    assert get_device_states(torch.ones(1), [torch.ones(1)], "other") == ([], [])
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    set_device_states([], [])
    assert torch.equal(torch.rand(1), expected)


def test_the_random_numbers_of_a_gpu_go_on_from_where_they_were(device):
    if device != "cuda":
        pytest.skip("only GPUs have such states")
    x = torch.zeros(2, device=device)
    devices, states = get_device_states((x, {"y": x}))
    expected = torch.rand(3, device=device)
    set_device_states(devices, states)
    assert devices == [0, 0] and torch.equal(torch.rand(3, device=device), expected)


def test_what_a_checkpoint_keeps_is_asked_for_where_backward_wants_the_result_itself():
    x = torch.tensor([1.5, 0.5], requires_grad=True) * 2
    result = checkpoint(lambda each: each.tanh().cos(), x, use_reentrant=False)
    x.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward(torch.ones(2), inputs=(result,))
