"""Autocast: which dtypes come out, when it is on, and what weights and gradients are in it."""

import threading
import warnings

import pytest

import tinytorch as torch
from tinytorch.amp import casting, policies
from tinytorch.modes import interpreters
from tinytorch.nn import functional


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not interpreters and not casting.inside
    assert not torch.is_autocast_enabled("cpu")


def dtypes(*tensors):
    return [each.dtype for each in tensors]


def test_products_are_in_the_lower_dtype_and_losses_in_float32():
    linear, input, target = torch.nn.Linear(3, 2), torch.ones(4, 3), torch.tensor([0, 1, 0, 1])
    with torch.autocast("cpu"):
        output = linear(input)
        loss = functional.cross_entropy(output, target)
        assert dtypes(output, output.relu(), output + input.sum(), loss, functional.mse_loss(output, output)) == [
            torch.bfloat16, torch.bfloat16, torch.bfloat16, torch.float32, torch.float32,
        ]  # fmt: skip
    assert linear(input).dtype is torch.float32


def test_the_lower_dtype_can_be_chosen():
    with torch.autocast("cpu", dtype=torch.float16):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.float16
        assert torch.get_autocast_dtype("cpu") is torch.float16
    assert torch.get_autocast_dtype("cpu") is torch.bfloat16


def test_regions_nest_and_can_be_off_within():
    one = torch.ones(2, 2)
    with torch.autocast("cpu"):
        with torch.autocast("cpu", enabled=False):
            assert (one @ one).dtype is torch.float32
            with torch.autocast("cpu", dtype=torch.float16):
                assert (one @ one).dtype is torch.float16
        assert (one @ one).dtype is torch.bfloat16


def test_doubles_and_integers_stay_as_they_are():
    with torch.autocast("cpu"):
        assert (torch.ones(2, 2, dtype=torch.float64) @ torch.ones(2, 2, dtype=torch.float64)).dtype is torch.float64
        assert (torch.ones(2, 2, dtype=torch.int64) @ torch.ones(2, 2, dtype=torch.int64)).dtype is torch.int64


def test_what_is_written_into_is_not_cast():
    one, out = torch.ones(2, 2), torch.zeros(2, 2)
    with torch.autocast("cpu"):
        assert torch.mm(one, one, out=out).dtype is torch.float32
        assert out.addmm_(one, one).dtype is torch.float32


def test_mixed_lists_are_joined_in_the_widest_dtype():
    one, half = torch.ones(2), torch.ones(2, dtype=torch.bfloat16)
    with torch.autocast("cpu"):
        assert torch.cat([one, half]).dtype is torch.float32
        assert torch.stack([half, half]).dtype is torch.bfloat16
        with pytest.raises(RuntimeError, match="Unexpected floating ScalarType in at::autocast::prioritize"):
            torch.cat([one.half(), half])


def test_gradients_come_in_the_dtype_of_the_weights():
    linear = torch.nn.Linear(3, 2)
    with torch.autocast("cpu"):
        output = linear(torch.ones(4, 3))
    output.sum().backward()
    assert dtypes(linear.weight.grad, linear.bias.grad) == [torch.float32, torch.float32]
    assert linear.weight.grad.tolist() == [[4.0] * 3] * 2


def test_a_weight_is_cast_once_for_each_outermost_region():
    weight = torch.ones(2, 2, requires_grad=True)

    def cast_twice():
        return [functional.linear(torch.ones(2, 2), weight).grad_fn.next_functions for _ in range(2)]

    with torch.autocast("cpu"), torch.autocast("cpu"):
        cast_twice()
        assert len(casting.state.casts) == 1
    assert not casting.state.casts
    with torch.autocast("cpu", cache_enabled=False):
        cast_twice()
        assert not casting.state.casts


def test_a_cast_made_without_history_is_not_used_where_there_is_one():
    linear = torch.nn.Linear(2, 2)
    with torch.autocast("cpu"):
        with torch.no_grad():
            linear(torch.ones(1, 2))
        assert linear(torch.ones(1, 2)).requires_grad


def test_a_weight_that_is_gone_leaves_its_cast_to_no_other():
    with torch.autocast("cpu"):
        for number in range(50):
            weight = torch.full((2, 2), float(number)).requires_grad_()
            assert functional.linear(torch.eye(2), weight).tolist()[0][0] == number


def test_another_thread_is_in_no_region():
    found = []
    with torch.autocast("cpu"):
        thread = threading.Thread(target=lambda: found.append(functional.linear(torch.ones(1, 1), torch.ones(1, 1))))
        thread.start()
        thread.join()
    assert dtypes(*found) == [torch.float32]


def test_functions_have_their_own_code_outside():
    before = functional.cross_entropy.__code__
    with torch.autocast("cpu"):
        assert functional.cross_entropy.__code__ is not before
    assert functional.cross_entropy.__code__ is before


def test_an_error_ends_the_region():
    with pytest.raises(ValueError, match="mine"), torch.autocast("cpu"):
        raise ValueError("mine")


def test_it_is_a_decorator():
    @torch.autocast("cpu")
    def product(input):
        return input @ input

    assert product(torch.ones(2, 2)).dtype is torch.bfloat16
    with pytest.raises(TypeError, match="requires a callable, but got int"):
        torch.autocast("cpu")(3)


def test_other_transforms_lie_under_it():
    weight, input = torch.eye(2), torch.ones(1, 2)
    with torch.autocast("cpu"):
        value, tangent = torch.func.jvp(lambda each: functional.linear(input, each), (weight,), (weight,))
        assert dtypes(value, tangent) == [torch.bfloat16, torch.bfloat16]
        assert torch.func.vmap(lambda each: each @ weight)(torch.ones(3, 1, 2)).dtype is torch.bfloat16
        gradient = torch.func.grad(lambda each: functional.linear(input, each).float().sum())(weight)
        assert gradient.dtype is torch.float32


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpoint_runs_again_as_it_ran_first(reentrant):
    linear, seen = torch.nn.Linear(2, 2), []

    def part(input):
        seen.append(linear(input))
        return seen[-1].exp()

    with torch.autocast("cpu"):
        output = torch.utils.checkpoint.checkpoint(part, torch.ones(1, 2).requires_grad_(), use_reentrant=reentrant)
    output.float().sum().backward()
    assert dtypes(*seen) == [torch.bfloat16, torch.bfloat16]


SEEN = []


class Doubled(torch.autograd.Function):
    """A function that wants float32, and notes what it gets."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx, input):
        SEEN.append((input.dtype, torch.is_autocast_enabled("cpu")))
        return input * 2

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, grad):
        SEEN.append((grad.dtype, torch.is_autocast_enabled("cpu")))
        return grad * 2


def test_a_function_of_the_users_may_want_float32():
    SEEN.clear()
    with torch.autocast("cpu"):
        half = torch.ones(2, 2, requires_grad=True) @ torch.ones(2, 2)
        assert Doubled.apply(half).dtype is torch.float32
        Doubled.apply(half).sum().backward()
    assert SEEN[0] == (torch.float32, False)
    assert SEEN[-1] == (torch.float32, False)


def test_what_cannot_be_done_is_said_in_pytorchs_words():
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`, got: `<class 'int'>`"):
        torch.autocast(3)
    with pytest.raises(RuntimeError, match="unsupported scalarType"):
        torch.autocast("meta")
    with pytest.raises(
        RuntimeError, match=r"Expected one of cpu, cuda, .* device type at start of device string: other"
    ):
        torch.is_autocast_enabled("other")
    with pytest.warns(UserWarning, match=r"CPU Autocast only supports dtypes of torch.bfloat16, torch.float16"):
        assert not torch.autocast("cpu", dtype=torch.float32)._enabled


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what a machine without a GPU answers")
def test_without_a_gpu_autocast_for_one_does_nothing():
    with pytest.warns(UserWarning, match=r"CUDA is not available or torch_xla is imported. Disabling autocast."):
        region = torch.autocast("cuda")
    with region:
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.float32
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.autocast("cuda", enabled=False)


@pytest.fixture
def lists_of_gpus(monkeypatch):
    """The CPU has the lists of GPUs, so that they can be tried everywhere."""
    monkeypatch.setitem(policies.POLICIES, "cpu", policies.POLICIES["cuda"])
    with torch.autocast("cpu", dtype=torch.float16):
        yield


def test_the_lists_of_gpus_have_more_in_float32(lists_of_gpus):
    half, rows = torch.ones(2, 3).half() / 2, torch.ones(3, 2)
    wide = [
        half.exp(), half**2, half.rsqrt(), half.sum(), half.sum(1), half.prod(), half.cumsum(0), half.norm(),
        half.norm(p=2, dim=1), half.softmax(1), functional.softmax(input=half, dim=1), functional.log_softmax(half, 1),
        torch.linalg.vector_norm(half), functional.layer_norm(half, (3,)), torch.nn.LayerNorm(3)(half),
        functional.group_norm(half, 1), functional.softplus(half), functional.cosine_similarity(half, half),
        functional.interpolate(half[None], scale_factor=2), functional.mse_loss(half, half), torch.cdist(half, half),
        half.logsumexp(0), torch.dist(half, half), torch.nn.NLLLoss()(half, torch.tensor([0, 1])),
    ]  # fmt: skip
    assert [each.dtype for each in wide] == [torch.float32] * len(wide)
    lower = [half @ rows, torch.einsum("ij,jk", half, rows), torch.addmv(half[:, 0], half, rows[:, 0]), half.tanh()]
    assert [each.dtype for each in lower] == [torch.float16] * len(lower)
    assert half.sum(dtype=torch.float64).dtype is torch.float64


def test_the_lists_of_gpus_promote_and_refuse(lists_of_gpus):
    one, half = torch.ones(2), torch.ones(2).half()
    assert torch.addcmul(one, half, half).dtype is torch.float32
    assert torch.addcmul(half, half, half).dtype is torch.float16
    assert torch.dot(half, tensor=one).dtype is torch.float32
    with pytest.raises(RuntimeError, match=r"torch.nn.BCELoss are unsafe to autocast"):
        functional.binary_cross_entropy(one, target=one)


def test_the_older_names_say_so():
    with pytest.warns(FutureWarning, match=r"`torch.cpu.amp.autocast\(args...\)` is deprecated"):
        from_cpu = __import__("tinytorch.cpu.amp").cpu.amp.autocast()
    with from_cpu:
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.bfloat16
    with pytest.warns(DeprecationWarning, match=r"torch.get_autocast_cpu_dtype\(\) is deprecated"):
        assert torch.get_autocast_cpu_dtype() is torch.bfloat16


def test_the_switches_do_what_regions_do():
    try:
        torch.set_autocast_enabled("cpu", True)
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.bfloat16
    finally:
        torch.set_autocast_enabled("cpu", False)
    with pytest.raises(TypeError, match=r"argument 'enabled' \(position 2\) must be bool, not int"):
        torch.set_autocast_enabled("cpu", 3)
    assert torch.amp.is_autocast_available("cuda") and not torch.amp.is_autocast_available("meta")
