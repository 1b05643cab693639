"""Random tensors: the same seed gives PyTorch's numbers, through every door to them."""

import pytest

import tinytorch as torch


def rounded(tensor):
    """The numbers as PyTorch prints them."""
    return [round(each, 4) for each in tensor.reshape(-1).tolist()]


def test_one_seed_gives_pytorchs_numbers_in_turn():
    torch.manual_seed(3)
    assert rounded(torch.rand(5)) == [0.0043, 0.1056, 0.2858, 0.0270, 0.4716]
    assert rounded(torch.rand(2, 3, dtype=torch.float64)) == [0.4809, 0.9496, 0.1029, 0.3959, 0.2118, 0.6752]
    assert rounded(torch.rand(5, dtype=torch.float16))[:2] == [0.9492, 0.8472]


@pytest.mark.parametrize(
    "draw",
    [
        lambda device: torch.rand(3, device=device),
        lambda device: torch.randn(20, device=device),
        lambda device: torch.randint(9, (3,), device=device),
        lambda device: torch.randperm(5, device=device),
        lambda device: torch.zeros(4, 5, device=device).t().normal_(),
        lambda device: torch.zeros(3, device=device).bernoulli_(0.3),
        lambda device: torch.bernoulli(torch.full((3,), 0.5, device=device)),
        lambda device: torch.multinomial(torch.ones(4, device=device), 2),
        lambda device: torch.normal(torch.zeros(3, device=device), torch.ones(3, device=device)),
        lambda device: torch.poisson(torch.tensor([0.0, 3.0, 30.0], device=device)),
        lambda device: torch.binomial(torch.full((3,), 9.0, device=device), torch.full((3,), 0.3, device=device)),
        lambda device: torch._standard_gamma(torch.tensor([0.1, 3.0, 30.0], device=device)),
        lambda device: torch._sample_dirichlet(torch.ones(2, 3, device=device)),
    ],
)
def test_a_seed_starts_every_draw_again(draw, device):
    torch.manual_seed(5)
    first = draw(device)
    torch.manual_seed(5)
    assert first.device.type == device
    assert draw(device).tolist() == first.tolist()


def test_without_a_seed_each_process_draws_other_numbers(monkeypatch):
    monkeypatch.setattr("tinytorch.generator.waiting", {})
    seeds = set()
    for _ in range(2):
        monkeypatch.setattr("tinytorch.generator.defaults", {})
        seeds.add(torch.initial_seed())
    assert len(seeds) == 2
    assert torch.Generator().initial_seed() == 67280421310721


def test_a_state_goes_on_where_it_was_taken():
    torch.manual_seed(1)
    torch.randn(3)
    state = torch.get_rng_state()
    assert (state.dtype, state.shape) == (torch.uint8, (5056,))
    first = torch.randn(5).tolist()
    torch.set_rng_state(state)
    assert torch.randn(5).tolist() == first


def test_a_generator_of_ones_own_leaves_the_default_alone():
    torch.manual_seed(1)
    expected = torch.rand(2).tolist()
    torch.manual_seed(1)
    own = torch.Generator().manual_seed(5)
    assert rounded(torch.rand(3, generator=own)) == [0.8303, 0.1261, 0.9075]
    assert torch.rand(2).tolist() == expected


def test_a_block_may_draw_without_a_trace():
    torch.manual_seed(1)
    expected = torch.rand(2).tolist()
    torch.manual_seed(1)
    with torch.random.fork_rng():
        torch.rand(100)
    assert torch.rand(2).tolist() == expected


def test_in_place_draws_follow_the_order_of_memory():
    torch.manual_seed(2)
    straight = torch.zeros(4, 3).uniform_()
    torch.manual_seed(2)
    turned = torch.zeros(4, 3).t().uniform_()
    assert turned.tolist() == straight.t().tolist()


def test_in_place_draws_end_the_gradient(device):
    x = torch.ones(2, device=device, requires_grad=True)
    y = (x * 1).normal_()
    assert repr(y.grad_fn).startswith("<NormalBackward0")
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0]


def test_in_place_draws_count_a_version_and_refuse_leaves():
    x = torch.zeros(2)
    assert x.uniform_()._version == 1
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        torch.zeros(2, requires_grad=True).uniform_()


def test_bounds_are_kept():
    torch.manual_seed(0)
    assert set(torch.randint(2, 5, (200,)).tolist()) == {2, 3, 4}
    uniform = torch.zeros(1000).uniform_(-1, 3)
    assert -1 <= uniform.min().item() < -0.9
    assert 2.9 < uniform.max().item() < 3
    assert sorted(torch.randperm(50).tolist()) == list(range(50))


def test_impossible_bounds_are_refused():
    with pytest.raises(RuntimeError, match="random_ expects 'from' to be less than 'to', but got from=5 >= to=1"):
        torch.randint(5, 1, (2,))
    with pytest.raises(RuntimeError, match=r"normal expects all elements of std >= 0\.0"):
        torch.normal(torch.zeros(2), torch.tensor([-1.0, 1.0]))


def test_a_generator_of_another_device_is_refused():
    with pytest.raises(RuntimeError, match="Expected a 'meta' device type for generator but found 'cpu'"):
        torch.rand(2, device="meta", generator=torch.Generator())


def test_the_meta_device_gives_shapes_alone():
    assert torch.randn(2, 3, device="meta").shape == (2, 3)
    assert torch.multinomial(torch.ones(4, 3, device="meta"), 2).shape == (4, 2)
    assert torch.zeros(2, device="meta").normal_().device.type == "meta"
