"""Packed sequences: how they are made, taken apart, moved and printed, and what is refused."""

import copy
import pickle

import pytest

import tinytorch
from tinytorch.autograd.gradcheck import gradcheck, gradgradcheck
from tinytorch.nn.utils import rnn

ROWS = tinytorch.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])


def test_sequences_are_sorted_packed_and_brought_back_into_their_order():
    packed = rnn.pack_padded_sequence(ROWS, [2, 1, 3], batch_first=True, enforce_sorted=False)
    assert repr(packed) == (
        "PackedSequence(data=tensor([4, 1, 3, 5, 2, 6]), batch_sizes=tensor([3, 2, 1]), "
        "sorted_indices=tensor([2, 0, 1]), unsorted_indices=tensor([1, 2, 0]))"
    )
    padded, lengths = rnn.pad_packed_sequence(packed, batch_first=True)
    assert padded.tolist() == ROWS.tolist()
    assert lengths.tolist() == [2, 1, 3]


def test_padding_has_its_value_and_the_total_length():
    packed = rnn.pack_sequence([tinytorch.ones(2), tinytorch.ones(1)])
    padded, _ = rnn.pad_packed_sequence(packed, padding_value=-1.0, total_length=3)
    assert padded.tolist() == [[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]
    assert [each.tolist() for each in rnn.unpack_sequence(packed)] == [[1.0, 1.0], [1.0]]


def test_gradients_go_through_packing_and_back(device):
    rows = tinytorch.randn(3, 2, 2, dtype=tinytorch.float64).to(device).requires_grad_()

    def there_and_back(rows):
        packed = rnn.pack_padded_sequence(rows, [1, 3], enforce_sorted=False)
        return packed.data, rnn.pad_packed_sequence(packed)[0]

    assert gradcheck(there_and_back, rows, check_forward_ad=True)
    assert gradgradcheck(there_and_back, rows)
    assert there_and_back(rows)[0].grad_fn.name() == "PackPaddedSequenceBackward0"


def test_a_packed_sequence_is_moved_cast_copied_and_pickled():
    packed = rnn.pack_sequence([tinytorch.ones(1), tinytorch.ones(2)], enforce_sorted=False)
    assert packed.float() is packed
    assert packed.cpu() is packed
    assert packed.double().data.dtype is tinytorch.float64
    assert packed.to("meta").sorted_indices.device.type == "meta"
    assert not packed.is_cuda
    for again in (copy.deepcopy(packed), pickle.loads(pickle.dumps(packed)), packed._replace(data=packed.data)):
        assert type(again) is rnn.PackedSequence
        assert repr(again) == repr(packed)


def test_a_permutation_is_inverted():
    assert rnn.invert_permutation(tinytorch.tensor([2, 0, 1])).tolist() == [1, 2, 0]
    assert rnn.invert_permutation(None) is None


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ([3, 0, 0], "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"),
        ([3, 2], "Expected `len(lengths)` to be equal to batch_size, but got 2 (batch_size=3)"),
        ([[3, 2, 1]], "'lengths' argument should be a 1D CPU int64 tensor, but got 2D cpu Long tensor"),
        ([4, 2, 1], "lengths has a sequence of 4 steps, but the input has only 3"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(lengths, words):
    with pytest.raises(RuntimeError) as caught:
        rnn.pack_padded_sequence(ROWS, lengths)
    assert str(caught.value) == words


def test_the_sizes_of_batches_belong_on_the_cpu():
    with pytest.raises(ValueError, match="batch_sizes should always be on CPU"):
        rnn.PackedSequence(tinytorch.ones(2), tinytorch.ones(1, device="meta"))
