"""Modules on several devices: parts of a batch, copies of a module, and what there is without GPUs."""

import collections

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.nn import parallel

PLACES = ["cpu", "cpu"]  # two devices of one kind do as well
Pair = collections.namedtuple("Pair", "one other")


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what a machine without a GPU answers")
def test_without_gpus_the_module_itself_is_called():
    layer = nn.Linear(2, 3)
    model = nn.DataParallel(layer)
    assert model.device_ids == [] and list(model.state_dict()) == ["module.weight", "module.bias"]
    assert model(torch.ones(4, 2)).tolist() == layer(torch.ones(4, 2)).tolist()
    with pytest.raises(RuntimeError, match="device type could not be determined"):
        parallel.data_parallel(layer, torch.ones(4, 2))


@pytest.mark.filterwarnings("ignore:`torch.nn.parallel.DistributedDataParallelCPU` is deprecated")
def test_without_a_group_of_processes_no_module_is_distributed():
    for kind in (parallel.DistributedDataParallel, parallel.DistributedDataParallelCPU):
        with pytest.raises(
            ValueError, match="Default process group has not been initialized, please make sure to call"
        ):
            kind(nn.Linear(2, 3))


def test_tensors_are_parted_wherever_they_stand():
    batch = torch.arange(4)
    parts = parallel.scatter({"a": [batch, 3], "b": Pair(batch, (batch,))}, PLACES)
    assert [each["a"][0].tolist() for each in parts] == [[0, 1], [2, 3]]
    assert [each["b"].other[0].tolist() for each in parts] == [[0, 1], [2, 3]]
    assert parallel.scatter([1, (2,)], PLACES) == [[1, (2,)], [1, (2,)]]
    joined = parallel.gather([{"b": each["b"], "c": None} for each in parts], "cpu")
    assert joined["b"].other[0].tolist() == [0, 1, 2, 3] and joined["c"] is None


def test_there_are_no_more_parts_than_rows():
    assert len(parallel.scatter(torch.arange(1), PLACES)) == 1


def test_results_without_dimensions_are_joined_to_a_vector():
    with pytest.warns(UserWarning, match="will instead unsqueeze and return a vector"):
        assert parallel.gather([torch.tensor(1), torch.tensor(2)], "cpu").tolist() == [1, 2]


def test_dictionaries_of_different_lengths_are_not_joined():
    with pytest.raises(ValueError, match="All dicts must have the same number of keys"):
        parallel.gather([{"a": torch.ones(1)}, {}], "cpu")


def test_gradients_of_copies_come_to_the_module():
    layer = nn.Linear(2, 1)
    network = nn.Sequential(layer, nn.BatchNorm1d(1))
    copies = parallel.replicate(network, PLACES)
    assert [list(each.parameters()) for each in copies] == [[], []]
    assert copies[0][1] is not network[1] and copies[0][1].running_mean.tolist() == [0.0]
    results = parallel.parallel_apply([each[0] for each in copies], parallel.scatter((torch.ones(4, 2),), PLACES))
    parallel.gather(results, "cpu").sum().backward()
    assert layer.bias.grad.tolist() == [4.0]
    assert not any(each.weight.requires_grad for each in parallel.replicate(layer, PLACES, detach=True))


def test_a_module_that_stands_twice_is_copied_once():
    layer = nn.Linear(2, 2)
    copy = parallel.replicate(nn.Sequential(layer, nn.Sequential(layer)), ["cpu"])[0]
    assert copy[0] is copy[1][0]


def test_there_are_as_many_inputs_as_modules():
    with pytest.raises(AssertionError, match="The number of modules 2 is not equal to the number of inputs 1"):
        parallel.parallel_apply([nn.ReLU(), nn.ReLU()], [torch.ones(1)])


@pytest.fixture
def group(tmp_path):
    """The group of the one process."""
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/group", rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def test_in_a_group_of_one_process_its_gradients_are_the_average(group):
    model = parallel.DistributedDataParallel(nn.Linear(2, 2))
    assert list(model.state_dict()) == ["module.weight", "module.bias"]
    model(torch.ones(1, 2)).sum().backward()
    with model.no_sync():
        assert not model.require_backward_grad_sync
        model(torch.ones(1, 2)).sum().backward()
    assert model.module.bias.grad.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("make", "settings", "error", "words"),
    [
        (nn.ReLU, {}, RuntimeError, "doesn't have any parameter that requires a gradient"),
        (
            lambda: nn.Linear(2, 2),
            {"device_ids": [0, 1]},
            ValueError,
            "device_ids can only be None or contain a",
        ),
        (lambda: nn.Linear(2, 2), {"device_ids": [0]}, ValueError, "but got device_ids .0., output_device None, and"),
        (lambda: nn.LazyLinear(2), {}, RuntimeError, "Modules with uninitialized parameters can't be used"),
    ],
)
def test_what_cannot_be_distributed_is_refused(group, make, settings, error, words):
    with pytest.raises(error, match=words):
        parallel.DistributedDataParallel(make(), **settings)
