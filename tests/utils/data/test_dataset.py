"""Data sets: their samples, how they are joined, stacked and split, and what is refused."""

import pytest

import tinytorch as torch
from tinytorch.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)


class Squares(Dataset):
    """The squares of 0, 1, 2, ..."""

    def __init__(self, length):
        self.length = length

    def __getitem__(self, index):
        return index**2

    def __len__(self):
        return self.length


class Counter(IterableDataset):
    """A stream of 0, 1, 2, ..."""

    def __init__(self, length):
        self.length = length

    def __iter__(self):
        return iter(range(self.length))

    def __len__(self):
        return self.length


def test_a_sample_of_tensors_is_what_each_has_at_the_index(device):
    dataset = TensorDataset(torch.tensor([[1, 2], [3, 4]], device=device), torch.tensor([5, 6], device=device))
    image, label = dataset[1]
    assert (image.tolist(), label.tolist(), len(dataset)) == ([3, 4], 6, 2)


def test_tensors_of_two_lengths_are_refused():
    with pytest.raises(AssertionError, match="Size mismatch between tensors"):
        TensorDataset(torch.tensor([1, 2]), torch.tensor([1]))


def test_a_data_set_without_samples_says_what_to_write():
    with pytest.raises(NotImplementedError, match=r"Subclasses of Dataset should implement __getitem__\."):
        Dataset()[0]


def test_data_sets_are_joined_by_plus():
    joined = Squares(3) + Squares(2)
    assert isinstance(joined, ConcatDataset)
    assert [joined[place] for place in range(len(joined))] == [0, 1, 4, 0, 1]
    assert joined[-1] == 1
    with pytest.raises(ValueError, match="absolute value of index should not exceed dataset length"):
        joined[-6]


def test_streams_are_joined_by_plus():
    joined = Counter(2) + Counter(3)
    assert isinstance(joined, ChainDataset)
    assert (list(joined), len(joined)) == ([0, 1, 0, 1, 2], 5)


def test_streams_and_data_sets_with_indices_do_not_mix():
    with pytest.raises(AssertionError, match="ConcatDataset does not support IterableDataset"):
        ConcatDataset([Squares(1), Counter(1)])
    with pytest.raises(AssertionError, match="ChainDataset only supports IterableDataset"):
        list(ChainDataset([Squares(1)]))


def test_data_sets_are_stacked_as_tuples_or_by_name():
    assert StackDataset(Squares(3), Squares(3))[2] == (4, 4)
    named = StackDataset(square=Squares(3), again=Subset(Squares(9), [8, 7, 6]))
    assert named[1] == {"square": 1, "again": 49}
    assert named.__getitems__([0, 2]) == [{"square": 0, "again": 64}, {"square": 4, "again": 36}]
    with pytest.raises(ValueError, match="Size mismatch between datasets"):
        StackDataset(Squares(3), Squares(2))


def test_a_subset_takes_indices_of_indices():
    subset = Subset(Squares(9), [8, 0, 3])
    assert (subset[0], len(subset), subset.__getitems__([2, 1])) == (64, 3, [9, 0])
    tensors = Subset(TensorDataset(torch.tensor([1, 2, 3])), [2, 0])
    assert tensors[[0, 1]][0].tolist() == [3, 1]


def test_a_subset_with_samples_of_its_own_needs_batches_of_its_own():
    class Wrong(Subset):
        def __getitem__(self, index):
            return 0

    with pytest.raises(NotImplementedError, match="Wrong overrides __getitem__ but not __getitems__"):
        Wrong(Squares(3), [0])


def test_a_random_split_is_that_of_pytorch_for_the_same_seed():
    torch.manual_seed(3)
    parts = random_split(range(10), [0.5, 0.25, 0.25])
    assert [part.indices for part in parts] == [[6, 0, 3, 7, 8, 5], [1, 9], [2, 4]]
    generator = torch.Generator().manual_seed(42)
    parts = random_split(range(10), [7, 3], generator=generator)
    assert [part.indices for part in parts] == [[2, 6, 1, 8, 4, 5, 0], [9, 3, 7]]


def test_lengths_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="Sum of input lengths does not equal the length of the input dataset!"):
        random_split(range(10), [7, 4])
    with pytest.raises(ValueError, match="Fraction at index 0 is not between 0 and 1"):
        random_split(range(10), [-0.5, 1.5])


def test_an_empty_share_is_warned_of():
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split(range(1), [0.5, 0.5])
