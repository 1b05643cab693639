"""New tensors: dtypes, shapes, devices, and what is refused."""

import pickle

import numpy
import pytest

import tinytorch as torch
from tinytorch.interpreters import Interpreter, perform


@pytest.mark.parametrize("make", [torch.zeros, torch.ones, torch.empty, torch.rand, torch.randn])
def test_a_shape_comes_as_numbers_a_tuple_a_list_a_size_or_by_name(make, device):
    shapes = [
        make(2, 3),
        make((2, 3)),
        make([2, 3]),
        make(torch.Size([2, 3])),
        make(size=(2, 3)),
        make(numpy.int64(2), 3),
    ]
    assert [each.shape for each in shapes] == [(2, 3)] * 6
    assert make(2, 3, device=device).device.type == device


def test_new_tensors_have_the_default_dtype_and_whole_steps_are_int64():
    torch.set_default_dtype(torch.float64)
    try:
        made = (
            torch.zeros(1),
            torch.tensor(1.5),
            torch.arange(3),
            torch.arange(3.0),
            torch.tensor(1j),
            torch.full((1,), 2),
        )
    finally:
        torch.set_default_dtype(torch.float32)
    expected = [torch.float64, torch.float64, torch.int64, torch.float64, torch.complex128, torch.int64]
    assert [each.dtype for each in made] == expected


def test_a_range_includes_its_end_and_is_deprecated(device):
    with pytest.warns(UserWarning, match="torch.range is deprecated"):
        x = torch.range(0, 1, 0.25, device=device)
    assert x.tolist() == [0, 0.25, 0.5, 0.75, 1]
    with pytest.warns(UserWarning):
        assert torch.range(0, 5, 1.5, dtype=torch.int32).tolist() == [0, 1, 2, 3, 4, 5]  # the step is a whole one too
    with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="bound inconsistent with step sign"):
        torch.range(0, -1)


def test_the_ends_of_a_line_may_have_a_history_that_it_does_not_get():
    end = torch.tensor(1.0, requires_grad=True)
    line = torch.linspace(0, end, 3)
    assert line.tolist() == [0, 0.5, 1] and not line.requires_grad


def test_the_default_device_is_that_of_the_innermost_block():
    with torch.device("meta"):
        assert torch.zeros(2).device.type == torch.tensor([1]).device.type == torch.rand(2).device.type == "meta"
        with torch.device("cpu"):
            assert torch.zeros(2).device.type == "cpu"
    assert torch.zeros(2).device == torch.get_default_device() == torch.device("cpu")


def test_like_another_tensor_in_dtype_device_and_order_of_memory(device):
    turned = torch.zeros(2, 3, dtype=torch.float64, device=device).t()
    for make in (torch.zeros_like, torch.ones_like, torch.empty_like, torch.rand_like, torch.randn_like):
        made = make(turned)
        assert (made.dtype, made.device, made.shape, made.stride()) == (torch.float64, turned.device, (3, 2), (1, 3))
    assert torch.full_like(turned, 2, memory_format=torch.contiguous_format).stride() == (2, 1)


def test_out_takes_the_shape_of_the_result_and_keeps_its_dtype(device):
    out = torch.zeros(3, dtype=torch.int64, device=device)
    assert torch.ones(2, 2, out=out) is out
    assert out.tolist() == [[1, 1], [1, 1]]
    assert out.dtype is torch.int64


def test_a_gradient_of_a_new_tensor_can_be_wanted_where_it_has_one():
    assert torch.zeros(2, requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match="Only Tensors of floating point and complex dtype can require gradients"):
        torch.zeros(2, dtype=torch.int64, requires_grad=True)


def test_what_no_memory_holds_is_refused_in_pytorchs_words():
    with pytest.raises(
        RuntimeError, match=r"Storage size calculation overflowed with sizes=\[4611686018427387904, 2\]"
    ):
        torch.zeros(2**62, 2)
    with pytest.raises(RuntimeError, match="can't allocate memory: you tried to allocate 70368744177664 bytes"):
        torch.empty(2**44)


def test_creation_is_seen_by_the_interpreter_on_top():
    calls = []

    class Watcher(Interpreter):
        def interpret(self, op, args, out):
            calls.append((op.name, args[0]))
            return perform(op, args, out)

    with Watcher():
        torch.zeros(2), torch.rand(3)
    assert calls == [("make_zeros", (2,)), ("draw_uniform", (3,))]


def test_nested_values_of_all_kinds():
    assert torch.tensor([[1, 2], (3, 4)]).tolist() == [[1, 2], [3, 4]]
    assert torch.tensor([True, 2.5]).tolist() == [1.0, 2.5]
    assert torch.tensor([numpy.float32(1.5), 2]).dtype is torch.float32
    assert torch.tensor([torch.tensor(1.5, dtype=torch.float64), 2]).dtype is torch.float64
    assert torch.tensor([]).shape == (0,)


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        ([[1, 2], [3]], ValueError, "expected sequence of length 2 at dim 1 (got 1)"),
        ([[1], 2], TypeError, "not a sequence"),
        ("a", TypeError, "new(): invalid data type 'str'"),
        (["a"], ValueError, "too many dimensions 'str'"),
        ([1, None], RuntimeError, "Could not infer dtype of NoneType"),
        ([2**63], ValueError, "Overflow when unpacking long long"),
    ],
)
def test_values_that_are_no_tensor_are_refused(values, kind, words):
    with pytest.raises(kind) as caught:
        torch.tensor(values)
    assert str(caught.value) == words


def test_a_value_that_a_dtype_cannot_hold_is_refused():
    with pytest.raises(RuntimeError, match="value cannot be converted to type uint8 without overflow"):
        torch.tensor([300], dtype=torch.uint8)
    with pytest.raises(RuntimeError, match="value cannot be converted to type float without overflow"):
        torch.full((2,), 1e300)


def test_complex_numbers_of_their_parts_have_gradients_in_both():
    real, imag = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)
    made = torch.complex(real, imag)
    assert made.tolist() == [1 + 3j, 2 + 3j]
    (made * (2 + 1j)).real.sum().backward()
    assert real.grad.tolist() == [2.0, 2.0]
    assert imag.grad.tolist() == [-2.0]


def test_formats_and_generators_survive_pickling():
    generator = torch.Generator().manual_seed(5)
    generator_again = pickle.loads(pickle.dumps(generator))
    assert pickle.loads(pickle.dumps(torch.channels_last)) is torch.channels_last
    assert torch.rand(3, generator=generator).tolist() == torch.rand(3, generator=generator_again).tolist()


def test_the_size_along_a_dimension_that_is_not_there_is_refused():
    x = torch.ones(2, 3)
    assert (x.size(-1), x.size(dim=0), x.stride(0)) == (3, 2, 3)
    for ask in (x.size, x.stride):
        with pytest.raises(IndexError, match=r"expected to be in range of \[-2, 1\], but got 2"):
            ask(2)
        with pytest.raises(IndexError, match="Dimension specified as 0 but tensor has no dimensions"):
            getattr(torch.tensor(1.0), ask.__name__)(0)
        with pytest.raises(TypeError, match=r"argument 'dim' \(position 1\) must be int, not float"):
            ask(1.5)


def test_dimensions_stand_in_memory_as_asked():
    assert torch.empty_permuted((2, 3, 4), (0, 2, 1)).stride() == (12, 1, 3)
    with pytest.raises(RuntimeError, match="Duplicate dim not allowed"):
        torch.empty_permuted((2, 3), (0, 0))
    with pytest.raises(RuntimeError, match=r"expected to be between 0 and 1, but got -1 at index 1"):
        torch.empty_permuted((2, 3), (0, -1))
    assert torch.empty_permuted((2, 3, 4), (0, 2, 1)).dim_order() == (0, 2, 1)


def test_shapes_broadcast_without_tensors():
    assert torch.broadcast_shapes((2, 1), 3, [1]) == torch.Size([2, 3])
    with pytest.raises(RuntimeError, match=r"dimension of length 3 at -1! Mismatching argument at index 1 had \(3,\)"):
        torch.broadcast_shapes((2,), (3,))
    with pytest.raises(ValueError, match="negative length"):
        torch.broadcast_shapes(-1)


def test_older_classes_make_tensors_of_sizes_values_and_memory():
    x = torch.arange(2.0)
    assert torch.FloatTensor(torch.Size([2, 3])).shape == (2, 3)
    assert torch.FloatTensor(x).data_ptr() == x.data_ptr()
    assert x.new(2, 3).dtype is torch.float32
    assert torch.arange(2).new([1.5]).tolist() == [1]
    assert not isinstance(x, torch.cuda.FloatTensor)
    with pytest.raises(TypeError, match=r"expected TensorOptions\(dtype=long int"):
        torch.LongTensor(x)


@pytest.mark.parametrize("make", [torch.Tensor, torch.FloatTensor, torch.zeros(1).new])
def test_a_whole_number_of_numpys_is_a_size_too(make):
    for size in (3, numpy.int64(3), numpy.int32(3), numpy.array(3)):
        assert make(size).shape == (3,)
    assert make(numpy.int64(2), 3).shape == (2, 3)
    assert make(numpy.ones((2, 2))).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("make", [torch.Tensor, torch.FloatTensor])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.5, "new(): data must be a sequence (got float)"),
        (numpy.float32(3), "new(): data must be a sequence (got numpy.float32)"),
        (True, "new(): data must be a sequence (got bool)"),
        (None, "new(): data must be a sequence (got NoneType)"),
        ("ab", "new(): invalid data type 'str'"),
    ],
)
def test_neither_a_size_nor_values_are_refused_by_older_classes(make, value, words):
    with pytest.raises(TypeError) as caught:
        make(value)
    assert str(caught.value) == words


def test_slow_values_are_warned_of_at_the_line_of_the_program(monkeypatch):
    for make in (torch.tensor, torch.as_tensor, torch.Tensor, torch.FloatTensor):
        monkeypatch.setattr("tinytorch.ops.values.warned", set())
        with pytest.warns(UserWarning, match="extremely slow") as caught:
            make([numpy.ones(2), numpy.ones(2)])
        assert caught[0].filename == __file__


@pytest.mark.filterwarnings("ignore:torch.set_default_tensor_type")
def test_the_default_type_is_set_by_a_class_or_its_name():
    try:
        torch.set_default_tensor_type("torch.DoubleTensor")
        assert torch.zeros(1).dtype is torch.float64
    finally:
        torch.set_default_tensor_type(torch.FloatTensor)
    with pytest.raises(TypeError, match="only floating-point types are supported"):
        torch.set_default_tensor_type(torch.LongTensor)


def test_the_limits_of_types_are_as_coarse_as_their_digits():
    assert [torch.finfo(each).resolution for each in (torch.float16, torch.bfloat16, torch.float64)] == [
        1e-3,
        0.01,
        1e-15,
    ]
    assert torch.finfo(torch.float32) == torch.finfo(torch.complex64)
    with pytest.raises(TypeError, match=r"torch.bool is not supported by torch.iinfo"):
        torch.iinfo(torch.bool)


def test_a_copy_may_take_another_memory_format():
    x = torch.ones(2, 3, 4, 5)
    assert x.clone(memory_format=torch.channels_last).stride() == (60, 1, 15, 3)
    assert x[0, 0].t().clone(memory_format=torch.contiguous_format).stride() == (4, 1)
    with pytest.raises(TypeError, match=r"must be torch.memory_format, not int"):
        x.is_contiguous(memory_format=3)


@pytest.mark.parametrize("make", [torch.Tensor, torch.FloatTensor, torch.ones(1).new])
def test_the_older_classes_share_the_memory_of_an_array_of_their_dtype(make):
    values = numpy.ones(2, "float32")
    made = make(values)
    values[0] = 5
    assert made.tolist() == [5, 1]
    others = numpy.ones(2)
    made = make(others)
    others[0] = 5
    assert made.tolist() == [1, 1]
