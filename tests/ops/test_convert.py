"""From tensors to other dtypes, devices, NumPy and Python, and how memory is shared and resized."""

import copy
import warnings

import numpy
import pytest

import tinytorch as torch
from tinytorch.devices import cuda


def test_to_gives_the_tensor_itself_where_nothing_changes(device):
    x = torch.ones(2, device=device)
    assert x.to(device) is x.to(torch.float32) is x.to(x) is x.float() is x.to() is x
    assert x.to(torch.float32, copy=True) is not x
    assert x.to(device, torch.float64).dtype is x.double().dtype is torch.float64


def test_a_conversion_keeps_the_order_of_memory_and_is_differentiable(device):
    x = torch.ones(2, 3, device=device, requires_grad=True)
    y = x.t().to(torch.float64)
    assert y.stride() == (1, 3)
    assert repr(y.grad_fn).startswith("<ToCopyBackward0")
    (y * 2).sum().backward()
    assert x.grad.dtype is torch.float32
    assert x.grad.tolist() == [[2.0] * 3] * 2


def test_the_class_tensor_as_a_type_stands_for_the_default_dtype_on_the_cpu(device):
    x = torch.ones(2, dtype=torch.float64, device=device)
    assert x.type(torch.Tensor).type() == "torch.FloatTensor"
    with pytest.raises(ValueError, match="invalid type: 'Parameter'"):
        x.type(torch.nn.Parameter)


def test_a_conversion_to_integers_has_no_history():
    assert not torch.ones(2, requires_grad=True).int().requires_grad


def test_a_gradient_comes_back_from_another_device(device):
    x = torch.ones(2, requires_grad=True)
    y = x.to(device) * 3
    y.cpu().sum().backward()
    assert x.grad.device.type == "cpu"
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_missing_gpu_is_named_and_leaves_everything_as_it_was():
    reason = cuda.unavailable_reason(None)
    if reason is None:
        pytest.skip("asks what a machine without a GPU answers")
    x = torch.ones(2)
    for call in (lambda: x.to("cuda"), x.cuda, lambda: torch.zeros(2, device="cuda"), torch.cuda.current_device):
        with pytest.raises(type(reason)) as caught:
            call()
        assert str(caught.value) == str(reason)
    assert x.device.type == "cpu"
    assert x.tolist() == [1.0, 1.0]


def test_the_cuda_door_answers_without_a_gpu():
    if torch.cuda.is_available():
        pytest.skip("asks what a machine without a GPU answers")
    assert torch.cuda.device_count() == torch.cuda.memory_allocated() == torch.cuda.max_memory_allocated() == 0
    torch.cuda.empty_cache()
    torch.cuda.manual_seed(1)
    torch.cuda.manual_seed_all(1)


def test_numpy_and_a_tensor_write_into_the_same_memory():
    array = numpy.zeros(3)
    x = torch.from_numpy(array)
    x[0] = 1
    array[1] = 2
    assert x.tolist() == array.tolist() == [1.0, 2.0, 0.0]
    assert x.numpy() is array
    assert numpy.shares_memory(x[1:].numpy(), array)


def test_arrays_that_no_tensor_can_show_are_refused():
    with pytest.raises(ValueError, match="negative strides are not currently supported"):
        torch.from_numpy(numpy.arange(3)[::-1])
    with pytest.raises(TypeError, match=r"can't convert np.ndarray of type numpy.str_"):
        torch.from_numpy(numpy.array("a"))
    with pytest.raises(TypeError, match=r"expected np.ndarray \(got list\)"):
        torch.from_numpy([1])


def test_numpy_refuses_what_it_cannot_show():
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        torch.ones(1, requires_grad=True).numpy()
    with pytest.raises(TypeError, match="can't convert meta device type tensor to numpy"):
        torch.ones(1, device="meta").numpy()
    with pytest.raises(TypeError, match="Got unsupported ScalarType BFloat16"):
        torch.ones(1, dtype=torch.bfloat16).numpy()


def test_numpy_functions_of_a_tensor_give_a_tensor():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = numpy.exp(torch.zeros(2))
    assert isinstance(found, torch.Tensor)
    assert found.tolist() == [1.0, 1.0]
    assert numpy.asarray(torch.ones(2), dtype=numpy.int32).dtype == numpy.int32


def test_one_element_becomes_pythons_number():
    assert float(torch.tensor([1.5])) == 1.5
    assert int(torch.tensor(2.7)) == 2
    assert [1, 2, 3][torch.tensor(1)] == 2
    assert f"{torch.tensor(1.5):.3f}" == "1.500"
    assert type(torch.tensor(1.5, dtype=torch.bfloat16).item()) is float
    with pytest.raises(RuntimeError, match="a Tensor with 2 elements cannot be converted to Scalar"):
        torch.ones(2).item()


def test_a_deep_copy_of_a_leaf_has_memory_gradient_and_attributes_of_its_own():
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    x.name = ["weights"]
    y = copy.deepcopy(x)
    y.name.append("copied")
    y.grad.zero_()
    assert (y.requires_grad, y.is_leaf, x.name, x.grad.tolist()) == (True, True, ["weights"], [1.0, 1.0])
    with pytest.raises(RuntimeError, match="Only Tensors created explicitly by the user"):
        copy.deepcopy(x * 2)


def test_memory_that_numpy_knows_shrinks_but_does_not_grow():
    x = torch.from_numpy(numpy.arange(4))
    assert x.resize_(2).tolist() == [0, 1]
    with pytest.raises(RuntimeError, match="Trying to resize storage that is not resizable"):
        x.resize_(5)
    assert x.tolist() == [0, 1]


def test_resize_of_a_view_starts_where_the_view_starts(device):
    x = torch.arange(6, device=device)
    assert x[2:].resize_(2, 2).tolist() == [[2, 3], [4, 5]]
    with pytest.raises(RuntimeError, match="cannot resize variables that require grad"):
        torch.ones(2, device=device, requires_grad=True).resize_(1)


def test_offsets_and_addresses_of_a_view():
    x = torch.zeros(4, 3)
    assert x[1:].storage_offset() == 3
    assert x[1:].data_ptr() - x.data_ptr() == 12
    assert x.untyped_storage().nbytes() == x[2:].untyped_storage().nbytes() == 48


def test_channels_last_is_an_order_of_memory():
    x = torch.rand(2, 3, 4, 5)
    y = x.to(memory_format=torch.channels_last)
    assert y.stride() == (60, 1, 15, 3)
    assert y.is_contiguous(memory_format=torch.channels_last)
    assert (x == y).all()
    assert y.contiguous().stride() == x.stride()


def test_another_library_takes_the_memory_over():
    x = torch.zeros(3)
    numpy.from_dlpack(x)[0] = 1
    assert x.tolist() == [1.0, 0.0, 0.0]
    assert torch.from_dlpack(numpy.arange(3)).tolist() == [0, 1, 2]


def test_a_clone_lies_as_its_format_says():
    image = torch.ones(2, 3, 4, 5).permute(0, 2, 3, 1)
    assert image.clone().stride() == (60, 5, 1, 20)
    assert image.clone(memory_format=torch.contiguous_format).stride() == (60, 15, 3, 1)
    assert torch.clone(image, memory_format=torch.channels_last).stride() == (60, 1, 12, 4)


def test_a_copy_has_the_strides_of_dimensions_of_size_1_too():
    copy = torch.zeros(3, 1).unfold(0, 3, 1).clone()
    assert copy.stride() == (1, 1, 1)
    assert copy.unsqueeze(0).add(torch.zeros(3, 1)).stride() == (3, 1, 1, 3)
