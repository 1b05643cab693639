"""Data beside PyTorch's: orders and splits for a seed, batches of nested samples, refusals."""

from collections import namedtuple

import numpy
import pytest
import torch
import torch.utils.data

import tinytorch

Point = namedtuple("Point", "x y")


def plain(value):
    """A batch as plain Python, for both libraries."""
    if hasattr(value, "tolist"):
        return str(value.dtype), value.tolist()
    if isinstance(value, dict):
        return type(value), {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value), [plain(each) for each in value]
    return value


def same(run):
    """Both libraries give the same, or refuse in the same words."""
    found = []
    for module in (tinytorch, torch):
        module.manual_seed(11)
        try:
            found.append(plain(run(module, module.utils.data)))
        except (ValueError, TypeError, RuntimeError, AssertionError) as error:
            found.append((type(error), str(error)))
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("count", [1, 7, 599, 1000])
@pytest.mark.parametrize("options", [{}, {"shuffle": True}, {"shuffle": True, "drop_last": True}])
def test_two_epochs_come_in_the_same_order(count, options):
    def run(module, data):
        dataset = data.TensorDataset(module.arange(count), module.arange(count) * 0.5)
        loader = data.DataLoader(dataset, batch_size=32, **options)
        return [list(loader), list(loader), module.rand(3)]

    assert not isinstance(same(run)[0], ValueError)


@pytest.mark.parametrize(
    "make",
    [
        lambda data, generator: data.RandomSampler(range(9), num_samples=20, generator=generator),
        lambda data, generator: data.RandomSampler(range(9), True, 70, generator),
        lambda data, generator: data.SubsetRandomSampler(range(9, 99, 9), generator),
        lambda data, generator: data.WeightedRandomSampler(range(1, 9), 30, generator=generator),
        lambda data, generator: data.WeightedRandomSampler(range(1, 9), 5, False, generator),
        lambda data, generator: data.RandomSampler([]),
        lambda data, generator: data.RandomSampler([1], num_samples=-1),
        lambda data, generator: data.RandomSampler([1], "yes"),
        lambda data, generator: data.WeightedRandomSampler([1.0], 1, 1),
        lambda data, generator: data.BatchSampler([1], True, False),
    ],
)
@pytest.mark.parametrize("own", [False, True])
def test_samplers_draw_the_same(make, own):
    def run(module, data):
        sampler = make(data, module.Generator().manual_seed(5) if own else None)
        return [list(sampler), list(sampler), len(sampler)]

    same(run)


@pytest.mark.parametrize("lengths", [[3, 7], [0.5, 0.5], [0.33, 0.33, 0.34], [9, 2], [1.5, -0.5]])
def test_splits_are_the_same(lengths):
    same(lambda module, data: [part.indices for part in data.random_split(range(10), lengths)])


BATCHES = [
    [1, 2, 3],
    [1.5, 2.5],
    [True, False],
    ["a", "b"],
    [b"a"],
    [(1, "a", 2.0), (3, "b", 4.0)],
    [[1, [2]], [3, [4]]],
    [{"a": 1, "b": {"c": 2.0}}, {"a": 3, "b": {"c": 4.0}}],
    [Point(1, [2, 3]), Point(4, [5, 6])],
    [numpy.ones((2, 2)), numpy.zeros((2, 2))],
    [numpy.float64(1), numpy.float64(2)],
    [numpy.uint8(1), numpy.uint8(2)],
    [numpy.array(3), numpy.array(4)],
    [numpy.array("a")],
    [[1, 2], [3]],
    [None],
    [{1}],
]


@pytest.mark.parametrize("batch", BATCHES)
def test_batches_of_python_values_are_the_same(batch):
    same(lambda module, data: data.default_collate(batch))


@pytest.mark.parametrize(
    "value", [numpy.ones(2), [numpy.ones(2), "a"], {"a": (numpy.int32(1),)}, Point(numpy.ones(1), 2)]
)
def test_single_samples_are_converted_in_the_same_way(value):
    same(lambda module, data: data.default_convert(value))


@pytest.mark.parametrize("dtype", ["float16", "float32", "int64", "bool", "complex64"])
def test_tensors_are_stacked_in_the_same_way(dtype):
    def run(module, data):
        return data.default_collate([module.ones(2, 3).to(getattr(module, dtype)).t() for _ in range(2)])

    same(run)


@pytest.mark.parametrize(
    "options",
    [
        {"num_workers": -1},
        {"timeout": -1},
        {"prefetch_factor": 2},
        {"persistent_workers": True},
        {"multiprocessing_context": "fork"},
        {"shuffle": True, "sampler": [0]},
        {"batch_size": 2, "batch_sampler": [[0]]},
        {"batch_size": None, "drop_last": True},
        {"batch_size": 0},
        {"batch_size": 1.5},
    ],
)
def test_options_are_refused_in_the_same_words(options):
    found = same(lambda module, data: data.DataLoader(range(3), **options))
    assert issubclass(found[0], Exception)
