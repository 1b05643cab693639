"""Random numbers in mapped functions: an error, other ones for each example, or the same for all."""

import pytest

import tinytorch as torch
from tinytorch.func import vmap

X = torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])


def refused(words, function, *args, **settings):
    with pytest.raises(RuntimeError, match=words):
        vmap(function, **settings)(*args)


def drawn(function, randomness, *args):
    torch.manual_seed(3)
    return vmap(function, randomness=randomness)(*args)


DRAW = {
    "rand": lambda a: torch.rand(2),
    "randint": lambda a: torch.randint(0, 100, (3,)),
    "randperm": lambda a: torch.randperm(20),
    "rand_like": torch.rand_like,
    "uniform_": lambda a: a.clone().uniform_(),
    "dropout": lambda a: torch.nn.functional.dropout(torch.ones_like(a).repeat(9), 0.5),
}


@pytest.mark.parametrize("name", DRAW)
def test_random_numbers_are_an_error_or_different_or_the_same(name):
    refused("vmap: called random operation while in randomness error mode.", DRAW[name], X)
    one, other = drawn(DRAW[name], "different", X)
    assert (one != other).any()
    one, other = drawn(DRAW[name], "same", X)
    assert (one == other).all()


def test_random_numbers_that_depend_on_an_example():
    chances = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    assert torch.equal(drawn(torch.bernoulli, "different", chances), chances)
    assert torch.equal(
        drawn(lambda a: torch.multinomial(a, 3, True), "different", chances), torch.tensor([[1, 1, 1], [0, 0, 0]])
    )
    refused("does not currently support same randomness", torch.bernoulli, chances, randomness="same")


def test_a_tensor_for_all_takes_no_different_numbers():
    words = "vmap: Cannot ask for different inplace randomness on an unbatched tensor."
    refused(words, lambda a: torch.zeros(3).uniform_(), X, randomness="different")
    one, other = drawn(lambda a: torch.zeros(3).uniform_(), "same", X)
    assert (one == other).all() and one[0] != 0


def test_what_draws_in_training_alone_draws_nothing_else():
    assert torch.equal(vmap(lambda a: torch.nn.functional.rrelu(a - 2))(X), torch.nn.functional.rrelu(X - 2))
    refused("randomness error mode", lambda a: torch.nn.functional.rrelu(a, training=True), X)


def test_the_outer_map_has_its_say():
    nested = vmap(vmap(lambda a: torch.rand(2), randomness="different"))
    with pytest.raises(RuntimeError, match="randomness error mode"):
        nested(X)
    found = drawn(vmap(lambda a: torch.rand(2), randomness="different"), "different", X)
    assert found.shape == (2, 3, 2) and found.unique().numel() == 12


def test_chunks_of_the_same_numbers_start_again():
    torch.manual_seed(0)
    found = vmap(lambda a: torch.rand(1), randomness="same", chunk_size=1)(X)
    assert found[0] == found[1]
