"""How samples become a batch, for each kind of sample."""

from collections import OrderedDict, namedtuple
from types import MappingProxyType

import numpy
import pytest

import tinytorch as torch
from tinytorch.utils.data import _utils, default_collate, default_convert

Point = namedtuple("Point", "x y")


def described(value):
    """A batch as plain Python: tensors as their dtype and values."""
    if isinstance(value, torch.Tensor):
        return str(value.dtype), value.tolist()
    if isinstance(value, dict):
        return {key: described(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [described(each) for each in value]
    return value


@pytest.mark.parametrize(
    ("samples", "batch"),
    [
        ([1, 2], ("torch.int64", [1, 2])),
        ([True, False], ("torch.bool", [True, False])),
        ([1.5, 2.0], ("torch.float64", [1.5, 2.0])),
        (["a", "b"], ["a", "b"]),
        ([b"a", b"b"], [b"a", b"b"]),
        ([(1, 2.0), (3, 4.0)], [("torch.int64", [1, 3]), ("torch.float64", [2.0, 4.0])]),
        ([[1, 2], [3, 4]], [("torch.int64", [1, 3]), ("torch.int64", [2, 4])]),
        ([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], {"a": ("torch.int64", [1, 2]), "b": ["x", "y"]}),
        ([numpy.ones(2, "f"), numpy.zeros(2, "f")], ("torch.float32", [[1.0, 1.0], [0.0, 0.0]])),
        ([numpy.float32(1.5), numpy.float32(2.0)], ("torch.float32", [1.5, 2.0])),
        ([numpy.int16(1), numpy.int16(2)], ("torch.int16", [1, 2])),
        ([numpy.bool_(True)], ("torch.bool", [True])),
        ([{"a": [(1,), (2,)]}, {"a": [(3,), (4,)]}], {"a": [[("torch.int64", [1, 3])], [("torch.int64", [2, 4])]]}),
    ],
)
def test_a_batch_has_the_structure_of_its_samples(samples, batch):
    assert described(default_collate(samples)) == batch


def test_tensors_are_stacked_and_stay_in_the_graph(device):
    first, second = torch.tensor([1.0, 2.0], device=device, requires_grad=True), torch.tensor([3.0, 4.0], device=device)
    batch = default_collate([first, second])
    assert batch.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert batch.requires_grad


def test_named_tuples_and_mappings_keep_their_type():
    batch = default_collate([Point(1, 2), Point(3, 4)])
    assert type(batch) is Point and batch.x.tolist() == [1, 3]
    assert type(default_collate([OrderedDict(a=1), OrderedDict(a=2)])) is OrderedDict
    assert described(default_collate([MappingProxyType({"a": 1})])["a"]) == ("torch.int64", [1])


def test_samples_of_several_lengths_are_refused():
    with pytest.raises(RuntimeError, match="each element in list of batch should be of equal size"):
        default_collate([[1, 2], [3]])


@pytest.mark.parametrize("value", [object(), None, numpy.array(["a"])])
def test_what_cannot_be_in_a_batch_is_refused(value):
    with pytest.raises(TypeError, match="batch must contain tensors, numpy arrays, numbers, dicts or lists; found"):
        default_collate([value])


def test_a_single_sample_is_converted_and_not_stacked():
    sample = {"image": numpy.ones(2, "f"), "name": "a", "pair": (numpy.int64(3), 4)}
    assert described(default_convert(sample)) == {
        "image": ("torch.float32", [1.0, 1.0]),
        "name": "a",
        "pair": [("torch.int64", 3), 4],
    }
    text = numpy.array(["a"])
    assert default_convert(text) is text


class Own:
    """A batch that knows how it is pinned."""

    def pin_memory(self):
        return "pinned"


def test_a_batch_is_pinned_at_any_depth():
    batch = {"a": [Own(), 1], "b": (Own(), "text"), "c": Point(Own(), b"x"), "d": OrderedDict(e=Own())}
    wanted = {"a": ["pinned", 1], "b": ("pinned", "text"), "c": Point("pinned", b"x"), "d": OrderedDict(e="pinned")}
    pinned = _utils.pin_memory.pin_memory(batch)
    assert pinned == wanted and type(pinned["c"]) is Point and type(pinned["d"]) is OrderedDict


def test_a_kind_of_ones_own_joins_the_functions():
    functions = _utils.collate.default_collate_fn_map
    functions[Own] = lambda batch, *, collate_fn_map=None: len(batch)
    try:
        assert default_collate([{"a": Own()}, {"a": Own()}]) == {"a": 2}
    finally:
        del functions[Own]
    assert _utils.collate.collate([Own()] * 3, collate_fn_map={Own: lambda batch, **_: "own"}) == "own"


def test_sparse_tensors_are_no_batch():
    with pytest.raises(
        RuntimeError, match=r"^Batches of sparse tensors are not currently supported by the default coll"
    ):
        default_collate([torch.eye(2).to_sparse(), torch.eye(2).to_sparse()])
