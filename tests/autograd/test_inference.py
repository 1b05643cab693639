"""Inference mode: what is made within is marked, and refused later where backward would need to know it."""

import copy
import pickle
import threading

import pytest

import tinytorch as torch

KEPT, WRITTEN = "Inference tensors cannot be saved for backward", "Inplace update to inference tensor outside"


@pytest.fixture
def made():
    with torch.inference_mode():
        return torch.ones(3) * 2


def test_what_is_made_within_is_an_inference_tensor_and_counts_no_version(made):
    assert made.is_inference() and torch.is_inference(made)
    assert not torch.ones(3).is_inference()
    with pytest.raises(RuntimeError, match=r"^Inference tensors do not track version counter\.$"):
        _ = made._version


def test_views_are_what_their_base_is_wherever_they_are_made(made):
    normal = torch.ones(3)
    with torch.inference_mode():
        inside = normal[:2]
    assert not inside.is_inference() and inside._is_view()
    assert made[:2].is_inference() and made.detach().is_inference() and not made[:2]._is_view()


def test_copies_and_results_made_outside_are_normal_tensors(made):
    assert not made.clone().is_inference() and not (made * 2).is_inference()
    made.clone().mul_(2)


@pytest.mark.parametrize(
    "use",
    [
        lambda x, made: x * made,
        lambda x, made: made * x,
        lambda x, made: x.dot(made),
        lambda x, made: torch.where(made > 0, x, made) * made,
        lambda x, made: torch.stack([x, x]) @ made,
        lambda x, made: torch.nn.functional.linear(x.view(1, 3), made.view(1, 3), torch.ones(1)),
        lambda x, made: made.requires_grad_(False).view(3).mul(x),
        lambda x, made: x.clone().mul_(made),
    ],
)
def test_backward_cannot_keep_one(made, use):
    with pytest.raises(RuntimeError, match=KEPT):
        use(torch.ones(3, requires_grad=True), made)
    with torch.no_grad():
        use(torch.ones(3, requires_grad=True), made)


def test_what_backward_does_not_keep_may_be_one(made):
    x = torch.ones(3, requires_grad=True)
    (x + made).sum().backward()
    assert x.grad.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.add_(1),
        lambda made: made.add_(torch.ones(3)),
        lambda made: made[:2].add_(1),
        lambda made: made.exp_(),
        lambda made: made.zero_(),
        lambda made: made.copy_(torch.ones(3)),
        lambda made: made.uniform_(),
        lambda made: made.__setitem__(0, 5),
        lambda made: made.resize_(2),
        lambda made: made.set_(torch.ones(2)),
        lambda made: made.unsqueeze_(0),
        lambda made: made.index_fill_(0, torch.tensor([0]), 1.0),
        lambda made: torch.add(torch.ones(3), 1, out=made),
        lambda made: torch._foreach_add_([made], 1),
    ],
)
@pytest.mark.parametrize("recording", [True, False])
def test_no_write_outside_is_made(made, change, recording):
    with torch.set_grad_enabled(recording), pytest.raises(RuntimeError, match=WRITTEN):
        change(made)
    assert made.tolist() == [2, 2, 2]


def test_integers_are_refused_too():
    with torch.inference_mode():
        count = torch.tensor([1, 2])
    with pytest.raises(RuntimeError, match=WRITTEN):
        count += 1
    assert count.tolist() == [1, 2]


def test_an_optimizer_does_not_step_parameters_made_within():
    with torch.inference_mode():
        model = torch.nn.Linear(2, 1)
    before = model.weight.tolist()
    model.weight.grad, model.bias.grad = torch.ones(1, 2), torch.ones(1)
    for kind in (torch.optim.SGD, torch.optim.Adam):
        with pytest.raises(RuntimeError, match=WRITTEN):
            kind(model.parameters(), lr=0.1).step()
    assert model.weight.tolist() == before


def test_within_everything_may_be_written_to():
    leaf = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        made = leaf * 2
        assert made.mul_(3).tolist() == [6, 6]
        assert leaf.add_(1)._version == 1
        made[0] = 0
        assert made.add_(torch.ones(2)).tolist() == [1, 7] and made.view(2, 1).neg_().tolist() == [[-1], [-7]]
    assert leaf.tolist() == [2, 2] and leaf.requires_grad


def test_a_gradient_can_be_asked_for_within_only(made):
    with torch.inference_mode():
        assert torch.ones(2, requires_grad=True).is_inference()
        assert torch.nn.Parameter(torch.ones(2)).requires_grad
        made.requires_grad_().requires_grad_(False)
    refusal = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
    for ask in (made.requires_grad_, lambda: setattr(made, "requires_grad", True), lambda: torch.nn.Parameter(made)):
        with pytest.raises(RuntimeError, match=refusal):
            ask()
    assert not made.requires_grad


def test_a_view_of_what_has_history_is_not_written_to_outside():
    base = torch.ones(2, 2, requires_grad=True) * 1
    with torch.inference_mode():
        view = base[0]
    with pytest.raises(RuntimeError, match="A view was created in inference mode and is being modified inplace in nor"):
        view.add_(1)
    base.add_(1)
    with pytest.raises(RuntimeError, match="inference mode and its base or another view of its base has been modified"):
        view * 2


def test_a_view_keeps_its_history_though_its_base_is_written_to_within():
    base = torch.ones(2, 2, requires_grad=True) * 1
    view = base[0]
    with torch.inference_mode():
        base.add_(1)
        assert view.grad_fn.name() == "AsStridedBackward0" and (view * 2).is_inference()
    assert view.requires_grad and torch.is_grad_enabled()


def test_enable_grad_within_records_nothing():
    x = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        with torch.enable_grad():
            assert torch.is_grad_enabled()
            assert not (x * 2).requires_grad and (x * 2).is_inference()
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled() and (x * 2).requires_grad


def test_switched_off_it_records_even_in_no_grad():
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        with torch.inference_mode(False):
            assert torch.is_grad_enabled() and (x * 2).requires_grad
        assert not torch.is_grad_enabled()
    with torch.inference_mode():
        with torch.inference_mode(False):
            assert (x * 2).requires_grad and not torch.ones(2).is_inference()
        assert torch.ones(2).is_inference()


def test_gradients_that_backward_adds_up_within_are_inference_tensors():
    x = torch.ones(2, requires_grad=True)
    first, second = (x * 2).sum(), (x * 3).sum()
    with torch.inference_mode():
        first.backward()
    assert x.grad.is_inference() and x.grad.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match=WRITTEN):
        second.backward()
    assert x.grad.tolist() == [2, 2]


def test_other_threads_are_not_in_it():
    found = []

    def look():
        found.append((torch.is_inference_mode_enabled(), torch.ones(2).is_inference()))
        with torch.inference_mode():
            inside.set()
            leave.wait(10)
            found.append(torch.ones(2).is_inference())

    inside, leave = threading.Event(), threading.Event()
    thread = threading.Thread(target=look)
    with torch.inference_mode():
        thread.start()
        inside.wait(10)
    assert not torch.ones(2).is_inference()
    leave.set()
    thread.join()
    assert found == [(False, False), True]


def test_a_copy_by_copy_or_pickle_is_a_normal_tensor(made):
    assert not copy.deepcopy(made).is_inference() and not pickle.loads(pickle.dumps(made)).is_inference()


def test_the_running_statistics_of_a_module_stay_normal():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    model.register_buffer("seen", torch.zeros(2))
    with torch.inference_mode():
        model.seen += model(torch.ones(1, 2))[0]
    assert not model.seen.is_inference() and model.seen._version == 1
    (model(torch.ones(1, 2)) * model.seen).sum().backward()


SERVED = {
    False: (lambda j, i: j * i, lambda j, i: i * j, lambda j, i: i / j, lambda j, i: torch.addcmul(j, i, i)),
    True: (lambda j, i: j / i, lambda j, i: j**i, torch.atan2, lambda j, i: torch.lerp(j, i, i)),
}


@pytest.mark.parametrize(("kept", "call"), [(kept, call) for kept, calls in SERVED.items() for call in calls])
def test_what_serves_a_view_of_no_grad_alone_is_not_kept(kept, call):
    """Such a view requires grad and leads nowhere; what two derivatives name is kept all the same, as in PyTorch."""
    base = torch.ones(3, requires_grad=True) * 2
    with torch.inference_mode():
        inferred = torch.ones(3) * 3
    with torch.no_grad():
        view = base[:3]
    if kept:
        with pytest.raises(RuntimeError, match=KEPT):
            call(view, inferred)
    else:
        assert call(view, inferred).requires_grad
