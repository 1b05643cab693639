"""What stands between brackets: views, copies, writes, gradients and refusals."""

import pytest

import tinytorch as torch


def matrix():
    return torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])


def test_integers_and_slices_give_views_of_the_same_memory():
    x = matrix()
    x[1][:2][0] = 9.0
    assert x.tolist() == [[0.0, 1.0, 2.0], [9.0, 4.0, 5.0]]


def test_tensors_of_indices_give_a_copy():
    x = matrix()
    x[torch.tensor([0])].zero_()
    assert x.tolist() == matrix().tolist()


def test_dimensions_of_indices_that_are_no_neighbours_come_first():
    x = torch.zeros(2, 3, 4)
    assert x[torch.tensor([0, 1]), :, torch.tensor([0, 1])].shape == (2, 3)
    assert x[:, torch.tensor([0, 1]), torch.tensor([0, 1])].shape == (2, 2)
    assert x[0, :, torch.tensor([0, 1])].shape == (3, 2)


def test_a_place_that_is_named_twice_gets_both_gradients():
    x = matrix().requires_grad_()
    x[torch.tensor([1, 1, 0])].sum().backward()
    assert x.grad.tolist() == [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]


def test_what_is_written_over_gets_no_gradient_and_the_value_gets_it():
    x, value = matrix().requires_grad_(), torch.tensor([1.0, 2.0], requires_grad=True)
    y = x.clone()
    y[y > 3] = value
    y.sum().backward()
    assert x.grad.tolist() == [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]
    assert value.grad.tolist() == [1.0, 1.0]


def test_adding_to_a_place_twice_between_brackets_adds_once():
    x = torch.zeros(3)
    x[torch.tensor([1, 1])] += 1
    assert x.tolist() == [0.0, 1.0, 0.0]
    x.index_put_((torch.tensor([1, 1]),), torch.tensor(1.0), accumulate=True)
    assert x.tolist() == [0.0, 3.0, 0.0]


def test_adding_to_one_element_between_brackets_writes_the_sum_into_its_place(device):
    x = torch.zeros(2, 3, dtype=torch.int32, device=device)
    x[1, -1] += 5
    x[1, -1] += 1
    assert x.tolist() == [[0, 0, 0], [0, 0, 6]] and x._version == 4


def test_rows_that_overlap_where_they_are_written_are_refused():
    x = torch.zeros(4)
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        x[1:] = x[:-1]
    assert x._version == 0


def test_an_element_of_a_tensor_with_a_history_gets_one_by_the_write():
    x, value = torch.zeros(3), torch.tensor(2.0, requires_grad=True)
    x[1] = value
    (x * 3).sum().backward()
    assert value.grad == 3


def test_an_index_written_to_after_its_use_refuses_backward():
    x, at = matrix().requires_grad_(), torch.tensor([0, 1])
    y = x[at]
    at[0] = 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize(
    ("key", "exception", "text"),
    [
        (torch.tensor([5]), IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
        ((0, 0, 0), IndexError, "too many indices for tensor of dimension 2"),
        (torch.tensor([1.0]), IndexError, "tensors used as indices must be long, int, byte or bool tensors"),
        (
            torch.tensor([True]),
            IndexError,
            "The shape of the mask [1] at index 0 does not match the shape of the indexed tensor [2, 3] at index 0",
        ),
        (
            (torch.tensor([0, 1]), torch.tensor([0, 1, 2])),
            IndexError,
            "shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]",
        ),
    ],
)
def test_an_index_that_is_not_there_is_refused_in_pytorchs_words(key, exception, text):
    with pytest.raises(exception) as caught:
        matrix()[key]
    assert str(caught.value) == text


def test_a_refused_write_changes_nothing():
    x = matrix()
    with pytest.raises(IndexError):
        x[torch.tensor([0, 7])] = 1.0
    with pytest.raises(RuntimeError):
        x[torch.tensor([0, 1])] = torch.ones(4)
    assert x.tolist() == matrix().tolist()
    assert x._version == 0
