"""What printing promises: PyTorch's text in every recorded case, few elements read, options that come and go."""

import json
from pathlib import Path

import numpy
import pytest

from tinytorch import dtypes, printing
from tinytorch.devices import device
from tinytorch.tensor import Tensor, wrap

CASES = json.loads(Path(__file__).with_name("golden").joinpath("printing.json").read_text(encoding="utf-8"))["cases"]


class CountingDevice:
    """A device that counts the elements that leave it."""

    batched = False

    def __init__(self, type="cpu", index=None):
        self.type, self.index, self.read = type, index, 0

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def to_numpy(self, array):
        self.read += array.size
        return array


class Parameter(Tensor):
    __repr__ = printing.parameter_repr


class Image(Tensor):
    pass


class Weight(Parameter):
    pass


class ImageParameter(Image):
    _is_param = True


Parameter.__module__, ImageParameter.__name__ = "torch.nn.parameter", "Image"
KINDS = {each.__name__: each for each in (Tensor, Parameter, Weight)}
KINDS |= {"Image": Image, "Parameter of Image": ImageParameter}
HISTORIES = {None: lambda leaf: leaf, "AddBackward0": lambda leaf: leaf + 0, "MulBackward0": lambda leaf: leaf * 1}


def tensor_of(values, dtype="float32", kind="Tensor", place="cpu", requires_grad=False, grad_fn=None):
    if isinstance(values, str):
        values = eval(values, vars(numpy).copy())
    array = numpy.asarray(values).astype({each.name: each for each in dtypes.ALL}[dtype].numpy)
    tensor = wrap(device(place).asarray(array), device(place))
    tensor.__class__ = KINDS[kind]
    return HISTORIES[grad_fn](tensor.requires_grad_(requires_grad or grad_fn is not None))


@pytest.fixture(autouse=True)
def fresh_options():
    """Options and default dtype as at the start again after each test."""
    yield
    printing.set_printoptions(profile="default")
    dtypes.set_default_dtype(dtypes.float32)


@pytest.mark.parametrize("name", CASES)
def test_text_is_the_recorded_one(name):
    case = dict(CASES[name])
    text, given = case.pop("text"), {"tensor_contents": case.pop("contents")} if "contents" in case else {}
    printing.set_printoptions(**case.pop("options", {}))
    if "default_dtype" in case:
        dtypes.set_default_dtype(getattr(dtypes, case.pop("default_dtype")))
    tensor = tensor_of(case.pop("array"), place=case.pop("device", "cpu"), **case)
    assert tensor.__repr__(**given) == text


def test_str_is_repr():
    tensor = tensor_of([1, 2.5], grad_fn="AddBackward0")
    assert str(tensor) == repr(tensor) == "tensor([1.0000, 2.5000], grad_fn=<AddBackward0>)"


def test_a_gpu_is_named_with_its_index():
    tensor = wrap(numpy.float32([1, 2]), CountingDevice("cuda", 0))
    assert repr(tensor) == "tensor([1., 2.], device='cuda:0')"


def test_device_size_dtype_and_history_stand_in_this_order():
    tensor = wrap(numpy.zeros((0, 2)), CountingDevice("cuda", 1)).requires_grad_()
    assert repr(tensor) == ("tensor([], device='cuda:1', size=(0, 2), dtype=torch.float64,\n       requires_grad=True)")


@pytest.mark.parametrize("shape", [(10**8,), (10**4, 10**4), (100, 100, 100, 100), (6, 10**7), (10**7, 6)])
def test_a_large_tensor_reads_only_what_it_shows(shape):
    tensor = wrap(numpy.broadcast_to(numpy.float32(1.5), shape), CountingDevice())
    text = repr(tensor)
    assert tensor.device.read == text.count("1.5000") == 6 ** len(shape)


def test_no_edgeitems_reads_nothing():
    printing.set_printoptions(edgeitems=0)
    tensor = wrap(numpy.zeros((40, 40), numpy.float32), CountingDevice())
    assert repr(tensor) == "tensor([...], size=(40, 40))"
    assert tensor.device.read == 0


def test_contents_that_are_given_spare_the_reading():
    tensor = wrap(numpy.float32([1, 2]), CountingDevice())
    assert tensor.__repr__(tensor_contents="[1, 2]") == "tensor([1, 2])"
    assert tensor.device.read == 0


def test_a_namespaced_grad_fn_is_printed_by_its_last_name():
    class CopySlices:
        def name(self):
            return "torch::autograd::CopySlices"

    class Written(Tensor):
        grad_fn = CopySlices()

    assert repr(Written([1])) == "Written([1.], grad_fn=<CopySlices>)"


def test_a_history_that_cannot_be_told_prints_as_invalid():
    class Stale(Tensor):
        @property
        def grad_fn(self):
            raise RuntimeError("Output 0 of UnbindBackward0 is a view and is being modified inplace.")

    assert repr(Stale([1])) == "Stale([1.], grad_fn=<Invalid>)"


def test_a_class_called_tensor_elsewhere_prints_under_its_name():
    class Tensor(KINDS["Tensor"]):
        pass

    assert repr(Tensor([1])) == "Tensor([1.])"


def test_options_come_back_as_they_were_set():
    printing.set_printoptions(precision=2, threshold=7, edgeitems=1, linewidth=60, sci_mode=True)
    before = printing.get_printoptions()
    assert before == {"precision": 2, "threshold": 7, "edgeitems": 1, "linewidth": 60, "sci_mode": True}
    printing.set_printoptions(profile="full")
    printing.set_printoptions(**before)
    assert printing.get_printoptions() == before


def test_options_that_are_not_named_stay_but_scientific_is_automatic_again():
    printing.set_printoptions(precision=2, sci_mode=True)
    printing.set_printoptions(edgeitems=5)
    expected = {"precision": 2, "threshold": 1000, "edgeitems": 5, "linewidth": 80, "sci_mode": None}
    assert printing.get_printoptions() == expected


def test_the_options_returned_are_a_copy():
    printing.get_printoptions()["precision"] = 9
    assert printing.get_printoptions()["precision"] == 4
