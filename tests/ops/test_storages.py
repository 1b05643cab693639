"""Storages as PyTorch 2.13 shows them, and tensors that are set onto one."""

import sys

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")


def test_a_storage_is_the_whole_memory_under_a_view(device):
    x = torch.arange(6.0, device=device).reshape(2, 3)
    assert x[1:].untyped_storage().nbytes() == 24
    assert x[1:].storage().tolist() == [0, 1, 2, 3, 4, 5]
    assert x[1:].untyped_storage() == x.untyped_storage()
    assert len(x.t().storage()) == 6


def test_what_is_written_to_a_storage_is_in_the_tensor():
    x = torch.zeros(3)
    x.storage()[1] = 2.5
    assert x.tolist() == [0, 2.5, 0]
    x.untyped_storage().fill_(0)
    assert x.tolist() == [0, 0, 0]


def test_a_storage_prints_its_elements_and_what_they_are():
    x = torch.tensor([1.5, 2.0])
    assert repr(x.storage()) == " 1.5\n 2.0\n[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 2]"
    small = torch.UntypedStorage([1, 2])
    assert repr(small) == " 1\n 2\n[torch.storage.UntypedStorage(device=cpu) of size 2]"


def test_an_index_that_is_not_there_is_refused():
    with pytest.raises(IndexError, match="index 6 out of range for storage of size 6"):
        torch.zeros(6).storage()[6]


def test_the_classes_of_storages_know_their_dtype():
    x = torch.zeros(2)
    assert isinstance(x.storage(), torch.FloatStorage)
    assert not isinstance(x.storage(), torch.LongStorage)
    assert x.storage_type() is torch.FloatStorage
    assert torch.FloatStorage([1, 2]).tolist() == [1.0, 2.0]
    assert x.storage().type() == "torch.FloatStorage"


def test_a_storage_is_made_of_a_buffer_in_a_byte_order():
    assert torch.ByteTensor(torch.ByteStorage.from_buffer(b"abc")).tolist() == [97, 98, 99]
    assert torch.IntStorage.from_buffer(b"\0\0\0\1", byte_order="big").tolist() == [1]
    with pytest.raises(ValueError, match=r"buffer size \(3\) must be a multiple of element size \(4\)"):
        torch.FloatStorage.from_buffer(b"abc")


def test_a_tensor_is_set_onto_other_memory():
    x, y = torch.arange(6.0), torch.zeros(1)
    assert y.set_(x.untyped_storage(), 1, (2,), (2,)).tolist() == [1, 3]
    assert y.set_(x).is_set_to(x)
    assert y.set_().shape == (0,)
    with pytest.raises(RuntimeError, match="Could not set tensor of type long int to a tensor of type float"):
        y.set_(torch.arange(2))
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        torch.ones(2, requires_grad=True).set_(x)
    with pytest.raises(RuntimeError, match="are out of bounds for storage of size 24"):
        y.set_(x.untyped_storage(), 5, (2,), (2,))


def test_the_size_of_a_storage_is_that_of_its_memory():
    small, large = torch.zeros(1).untyped_storage(), torch.zeros(1001).untyped_storage()
    assert sys.getsizeof(large) - sys.getsizeof(small) == 4000
