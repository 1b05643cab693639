"""In-place forms of views, copies of views, and parts that history takes for no views."""

import pytest

import tinytorch as torch


def leaf():
    return torch.arange(6.0, dtype=torch.float64).reshape(2, 1, 3).requires_grad_()


def test_an_in_place_view_goes_on_from_the_history_of_the_view():
    base = leaf() * 1
    view = base[1]
    assert view.squeeze_(0) is view
    assert view.shape == (3,) and view._base is base and base._version == 1
    assert view.grad_fn.name() == "SqueezeBackward4" and base.grad_fn.name() == "MulBackward0"
    assert view.grad_fn.next_functions[0][0].name() == "SelectBackward0"


def test_gradients_pass_through_a_view_that_changed_its_shape():
    source = leaf()
    base = source * 1
    view = base[0]
    view.transpose_(0, 1)
    view.mul_(2)
    assert base.grad_fn.name() == "torch::autograd::CopySlices" and view.grad_fn.name() == "AsStridedBackward0"
    ((view[:, 0] * torch.arange(3.0, dtype=torch.float64)).sum() + base.sum()).backward()
    assert source.grad.flatten().tolist() == [2, 4, 6, 1, 1, 1]


def test_other_views_of_the_memory_keep_their_shape():
    base = leaf() * 1
    one, other = base[0], base[:, 0]
    one.squeeze_()
    assert other.shape == (2, 3) and other.grad_fn.name() == "AsStridedBackward0"
    assert torch.autograd.grad(other.sum(), base)[0].tolist() == [[[1.0] * 3]] * 2


def test_an_in_place_view_of_a_leaf_is_refused():
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad is being used"):
        leaf()[0].squeeze_(0)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used"):
        leaf().unsqueeze_(0)


def test_an_in_place_view_of_one_of_several_views_is_refused():
    with pytest.raises(RuntimeError, match="Output 0 of Unbind is a view and is being modified inplace"):
        (leaf() * 1).unbind(0)[0].squeeze_(0)


def test_in_place_views_take_their_arguments_by_name():
    tensor = torch.zeros(2, 1, 3)
    assert tensor.squeeze_(dim=1).transpose_(dim0=0, dim1=1).swapaxes_(axis0=0, axis1=1).shape == (2, 3)
    assert tensor.as_strided_((3,), (2,)).stride() == (2,) and tensor._version == 4


def test_as_strided_gives_gradients_of_memory_beside_the_tensor():
    source = torch.ones(4, dtype=torch.float64, requires_grad=True)
    view = (source * 1)[2:]
    assert torch.autograd.grad(view.as_strided((2,), (2,), 0).sum(), view)[0].tolist() == [1, 0]


def test_a_copy_of_a_view_has_memory_of_its_own():
    source = torch.zeros(2, 3)
    copy = torch.permute_copy(source, (1, 0))
    copy.fill_(1)
    assert copy.is_contiguous() and not source.any() and not copy._is_view()


def test_copies_of_several_views_fill_out_and_give_nothing():
    parts = [torch.empty(0), torch.empty(0)]
    assert torch.unbind_copy(torch.tensor([[1.0], [2.0]]), out=parts) is None
    assert [each.tolist() for each in parts] == [[1.0], [2.0]]


def test_unsafe_parts_may_be_written_to():
    source = leaf() * 1
    first, second = torch.unsafe_split(source, 1)
    first.mul_(2)
    assert first.grad_fn.name() == "MulBackward0" and second.grad_fn.name() == "UnsafeSplitBackward0"
    assert source[0].flatten().tolist() == [0, 2, 4]


def test_slice_inverse_shows_memory_as_another_tensor_lies():
    source = torch.arange(6.0).reshape(2, 3)
    assert torch.slice_inverse(source, source[:, 1:]).tolist() == [[1, 2], [4, 5]]


def test_a_filled_diagonal_is_one_write_to_the_base():
    source = torch.zeros(3, 3, dtype=torch.float64, requires_grad=True)
    tensor = source * 1
    assert tensor.fill_diagonal_(5) is tensor and tensor._version == 1
    assert tensor.grad_fn.name() == "torch::autograd::CopySlices"
    assert torch.autograd.grad(tensor.sum(), source)[0].tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_scatters_into_slices_keep_the_gaps_of_the_input():
    source = torch.zeros(4, 6)[:, ::2]
    for made in (source.select_scatter(torch.ones(3), 0, 1), source.slice_scatter(torch.ones(2, 3), 0, 0, 2)):
        assert made.stride() == (6, 2) and made.sum() in (3, 6)


def test_a_strided_scatter_follows_the_memory_of_its_input_in_backward():
    source = torch.zeros(3, 2, dtype=torch.float64).t().requires_grad_()
    made = source.as_strided_scatter(torch.ones(2, dtype=torch.float64), (2,), (1,), 1)
    assert made.stride() == (1, 2) and made.t().flatten().tolist() == [0, 1, 1, 0, 0, 0]
    assert torch.autograd.grad(made.sum(), source)[0].t().flatten().tolist() == [1, 0, 0, 1, 1, 1]


def test_tensors_without_elements_have_the_strides_of_contiguous_ones():
    assert torch.empty(0, 2).stride() == (2, 1)
    assert torch.empty(2, 0, 3).stride() == (3, 3, 1)
    assert torch.empty(3, 0).stride() == (1, 1)
