"""Samplers: the orders that PyTorch draws for the same seed, and batches of them."""

import pytest

import tinytorch as torch
from tinytorch.utils.data import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)


def test_the_sequence_is_in_order():
    assert (list(SequentialSampler("abc")), len(SequentialSampler("abc"))) == ([0, 1, 2], 3)


def test_a_random_order_is_that_of_pytorch():
    torch.manual_seed(3)
    sampler = RandomSampler(range(5), num_samples=12)
    assert (list(sampler), len(sampler)) == ([2, 1, 0, 4, 3, 3, 0, 1, 2, 4, 3, 4], 12)


def test_draws_with_replacement_are_those_of_pytorch():
    torch.manual_seed(3)
    assert list(RandomSampler(range(5), replacement=True, num_samples=40)) == [
        2, 3, 0, 1, 3, 1, 2, 2, 3, 4, 3, 1, 2, 0, 0, 4, 2, 0, 3, 4, 1, 3, 0, 1, 3, 1, 2, 4, 2, 1, 1, 0, 3, 3, 2, 4, 3,
        1, 0, 4,
    ]  # fmt: skip


def test_a_sampler_of_endless_many_indices_draws_only_those_that_are_asked_for():
    torch.manual_seed(0)
    indices = iter(RandomSampler(range(10), replacement=True, num_samples=10**14))
    assert [next(indices) for _ in range(5)] == [6, 0, 4, 3, 9]


def test_given_indices_come_in_the_order_of_pytorch():
    torch.manual_seed(3)
    assert list(SubsetRandomSampler([5, 6, 7, 8])) == [7, 8, 6, 5]


def test_weighted_draws_are_those_of_pytorch():
    torch.manual_seed(3)
    assert list(WeightedRandomSampler([0.1, 0.2, 0.7], 6)) == [0, 1, 2, 1, 2, 2]
    assert list(WeightedRandomSampler([0.1, 0.2, 0.7], 3, replacement=False)) == [2, 0, 1]


def test_a_generator_of_ones_own_leaves_the_default_one_alone():
    before = torch.get_rng_state().tolist()
    list(RandomSampler(range(5), generator=torch.Generator().manual_seed(1)))
    assert torch.get_rng_state().tolist() == before


@pytest.mark.parametrize(
    ("drop_last", "batches"), [(False, [[0, 1, 2], [3, 4, 5], [6]]), (True, [[0, 1, 2], [3, 4, 5]])]
)
def test_batches_are_lists_and_the_last_may_be_short(drop_last, batches):
    sampler = BatchSampler(SequentialSampler(range(7)), 3, drop_last)
    assert (list(sampler), len(sampler)) == (batches, len(batches))


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (
            lambda: RandomSampler([]),
            ValueError,
            "num_samples should be a positive integer value, but got num_samples=0",
        ),
        (lambda: RandomSampler([1], 1), TypeError, "replacement should be a boolean value, but got replacement=1"),
        (
            lambda: BatchSampler([1], 0, False),
            ValueError,
            "batch_size should be a positive integer value, but got batch_size=0",
        ),
        (lambda: BatchSampler([1], 1, 0), ValueError, "drop_last should be a boolean value, but got drop_last=0"),
        (
            lambda: WeightedRandomSampler([[1.0]], 1),
            ValueError,
            "weights should be a 1d sequence but given weights have shape (1, 1)",
        ),
        (
            lambda: WeightedRandomSampler([1.0], True),
            ValueError,
            "num_samples should be a positive integer value, but got num_samples=True",
        ),
    ],
)
def test_wrong_arguments_are_refused_in_the_words_of_pytorch(make, kind, message):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value) == message


SHARES = [[[4, 5, 2, 1], [0, 3, 6, 4]], [[0, 1, 5, 4], [6, 3, 2, 0]]]  # of the first two epochs


def test_processes_share_the_orders_of_pytorch():
    samplers = [DistributedSampler(range(7), 2, rank) for rank in range(2)]
    assert [list(each) for each in samplers] == SHARES[0]
    for each in samplers:
        each.set_epoch(1)
    assert [list(each) for each in samplers] == SHARES[1]
    assert list(DistributedSampler(range(7), 3, 2, shuffle=False)) == [2, 5, 1]
    assert list(DistributedSampler(range(7), 3, 2, shuffle=False, drop_last=True)) == [2, 5]
    with pytest.raises(ValueError, match="Default process group has not been initialized, please make sure to call"):
        DistributedSampler(range(7))
