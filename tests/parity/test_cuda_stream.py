"""The numbers that a GPU draws, live against PyTorch on the same GPU: they depend on its number of multiprocessors."""

import pytest
import torch

import tinytorch

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="the installed PyTorch sees no GPU"),
]
SIZES = (1, 7, 1000, 300_001)
DRAWS = {
    "rand": lambda library, size: library.rand(size, device="cuda"),
    "rand in double": lambda library, size: library.rand(size, dtype=library.float64, device="cuda"),
    "rand in half": lambda library, size: library.rand(size, dtype=library.float16, device="cuda"),
    "randn": lambda library, size: library.randn(size, device="cuda"),
    "randint": lambda library, size: library.randint(-5, 1000, (size,), device="cuda"),
    "random_": lambda library, size: library.zeros(size, dtype=library.int64, device="cuda").random_(),
    "bernoulli_": lambda library, size: library.zeros(size, device="cuda").bernoulli_(0.3),
    "exponential_": lambda library, size: library.zeros(size, device="cuda").exponential_(),
}


def drawn(library, name, size):
    """Two draws one after the other, on the host, and the state of the generator behind them."""
    library.manual_seed(1234)
    found = [DRAWS[name](library, size).cpu().double().tolist() for _ in range(2)]
    return found, library.cuda.get_rng_state().tolist()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DRAWS)
def test_a_gpu_draws_what_pytorch_draws(name, size):
    found, state = drawn(tinytorch, name, size)
    expected, expected_state = drawn(torch, name, size)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-5)
    assert state == expected_state
