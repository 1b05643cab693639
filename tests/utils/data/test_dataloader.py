"""The loader: its batches, their order for a seed, its length, and what is refused."""

import pytest

import tinytorch as torch
from tests.utils.data.test_dataset import Counter, Squares
from tinytorch.utils.data import BatchSampler, DataLoader, SequentialSampler, TensorDataset


def lists(batches):
    return [batch.tolist() for batch in batches]


def test_batches_come_in_order_and_the_last_may_be_short():
    loader = DataLoader(Squares(5), batch_size=2)
    assert (lists(loader), len(loader)) == ([[0, 1], [4, 9], [16]], 3)
    loader = DataLoader(Squares(5), batch_size=2, drop_last=True)
    assert (lists(loader), len(loader)) == ([[0, 1], [4, 9]], 2)


def test_a_batch_of_tensors_is_a_list_of_stacked_tensors():
    loader = DataLoader(TensorDataset(torch.tensor([[1.0], [2.0]]), torch.tensor([3, 4])), batch_size=2)
    ((images, labels),) = loader
    assert (images.tolist(), labels.tolist()) == ([[1.0], [2.0]], [3, 4])


def test_the_shuffled_orders_of_two_epochs_are_those_of_pytorch():
    torch.manual_seed(3)
    loader = DataLoader(range(10), batch_size=4, shuffle=True)
    assert lists(loader) == [[6, 2, 0, 1], [8, 3, 5, 4], [7, 9]]
    assert lists(loader) == [[3, 4, 0, 9], [6, 7, 1, 2], [5, 8]]
    assert torch.rand(1).item() == pytest.approx(0.5944212079048157, abs=0)  # as many numbers were drawn


def test_a_generator_of_ones_own_decides_the_order():
    loader = DataLoader(range(6), batch_size=2, shuffle=True, generator=torch.Generator().manual_seed(5))
    assert lists(loader) == [[1, 0], [4, 2], [3, 5]]
    assert lists(loader) == [[0, 4], [5, 3], [2, 1]]


def test_without_a_batch_size_the_samples_come_one_by_one():
    assert list(DataLoader(Squares(3), batch_size=None)) == [0, 1, 4]


def test_samplers_of_ones_own_decide_the_order():
    assert lists(DataLoader(Squares(4), batch_size=2, sampler=[3, 1])) == [[9, 1]]
    loader = DataLoader(Squares(4), batch_sampler=[[0], [3, 2]])
    assert (lists(loader), len(loader)) == ([[0], [9, 4]], 2)
    assert lists(DataLoader(Squares(4), batch_sampler=BatchSampler(SequentialSampler(range(4)), 4, False))) == [
        [0, 1, 4, 9]
    ]


def test_a_stream_is_read_in_batches():
    loader = DataLoader(Counter(5), batch_size=2)
    assert (lists(loader), len(loader)) == ([[0, 1], [2, 3], [4]], 3)
    loader = DataLoader(Counter(5), batch_size=2, drop_last=True)
    assert (lists(loader), len(loader)) == ([[0, 1], [2, 3]], 2)
    assert list(DataLoader(Counter(3), batch_size=None)) == [0, 1, 2]


def test_a_batch_is_put_together_by_ones_own_function():
    assert list(DataLoader(Squares(3), batch_size=3, collate_fn=sum)) == [5]


def test_two_passes_at_once_do_not_disturb_each_other():
    loader = DataLoader(Squares(3))
    first, second = iter(loader), iter(loader)
    next(first)
    assert (next(first).tolist(), next(second).tolist()) == ([1], [0])


def test_what_decides_the_order_cannot_be_changed_later():
    loader = DataLoader(Squares(3))
    with pytest.raises(ValueError, match="batch_size attribute should not be set after DataLoader is initialized"):
        loader.batch_size = 2
    loader.collate_fn = list
    assert list(loader) == [[0], [1], [4]]


REFUSED = [
    ({"num_workers": -1}, "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing."),
    ({"timeout": -1}, "timeout option should be non-negative"),
    ({"persistent_workers": True}, "persistent_workers option needs num_workers > 0"),
    ({"shuffle": True, "sampler": [0]}, "sampler option is mutually exclusive with shuffle"),
    (
        {"batch_size": 2, "batch_sampler": [[0]]},
        "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last",
    ),
    (
        {"batch_size": None, "drop_last": True},
        "batch_size=None option disables auto-batching and is mutually exclusive with drop_last",
    ),
    ({"batch_size": 0}, "batch_size should be a positive integer value, but got batch_size=0"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_options_that_exclude_each_other_are_refused_in_the_words_of_pytorch(options, message):
    with pytest.raises(ValueError) as caught:
        DataLoader(Squares(3), **options)
    assert str(caught.value) == message


def test_a_stream_has_no_order_to_choose():
    with pytest.raises(ValueError) as caught:
        DataLoader(Counter(3), shuffle=True)
    assert (
        str(caught.value)
        == "DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True"
    )
