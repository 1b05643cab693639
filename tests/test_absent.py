"""What tinytorch lacks can be imported and asked about, and is refused by name where it is used."""

import importlib

import pytest

import tinytorch as torch


def test_a_function_that_is_absent_says_what_there_is_not():
    from tinytorch.fx.experimental.proxy_tensor import make_fx

    with pytest.raises(NotImplementedError, match=r"torch\.fx\.experimental\.proxy_tensor\.make_fx: tinytorch has no"):
        make_fx(torch.nn.Linear(1, 1))


def test_a_class_that_is_absent_has_no_instances_and_can_be_derived_from():
    from tinytorch.distributed.fsdp import FullyShardedDataParallel

    class Own(FullyShardedDataParallel):
        pass

    assert not isinstance(torch.nn.Linear(1, 1), FullyShardedDataParallel)
    with pytest.raises(NotImplementedError, match=r"torch\.distributed\.fsdp\.FullyShardedDataParallel: tinytorch"):
        Own(torch.nn.Linear(1, 1))


def test_tensors_that_carry_a_mask_are_refused_where_they_are_made():
    from tinytorch.masked import is_masked_tensor, masked_tensor

    assert not is_masked_tensor(torch.ones(1))
    with pytest.raises(NotImplementedError, match=r"torch\.masked\.masked_tensor: tinytorch has no tensors that carry"):
        masked_tensor(torch.ones(2), torch.tensor([True, False]))


def test_a_member_of_an_absent_class_is_refused_too():
    from tinytorch.distributed.fsdp import FullyShardedDataParallel

    with pytest.raises(NotImplementedError, match=r"FullyShardedDataParallel\.summon_full_params"):
        FullyShardedDataParallel.summon_full_params(None)


@pytest.mark.parametrize(
    "name",
    [
        "distributed.fsdp.wrap", "distributed.checkpoint.state_dict", "distributed.algorithms.ddp_comm_hooks",
        "distributed.elastic.multiprocessing.errors", "onnx.operators", "ao.quantization.observer",
        "quantization.qconfig", "nested", "export", "package", "classes", "utils.cpp_extension",
        "utils.mobile_optimizer",
    ],
)  # fmt: skip
def test_an_absent_room_can_be_imported(name):
    assert importlib.import_module(f"tinytorch.{name}").__doc__


def test_a_name_that_nobody_has_is_an_error_as_usual():
    import tinytorch.fx as fx

    with pytest.raises(AttributeError):
        _ = fx.no_such_name


def test_marks_for_what_is_absent_do_no_harm():
    from tinytorch.distributed.elastic.multiprocessing.errors import record

    from tinytorch import onnx

    def function():
        return 3

    assert record(function) is function
    assert not onnx.is_in_onnx_export()
