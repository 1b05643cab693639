"""torch.cuda and the rooms of other devices: what they answer where there are none."""

import pytest

import tinytorch as torch
from tinytorch import accelerator, cpu, mps, mtia, xpu

WITHOUT = pytest.mark.skipif(torch.cuda.is_available(), reason="asks what a machine without a GPU answers")


@WITHOUT
def test_questions_about_memory_are_answered_without_a_gpu():
    assert torch.cuda.memory_stats() == {} == torch.cuda.memory_stats_as_nested_dict()
    assert torch.cuda.max_memory_reserved() == 0
    with pytest.warns(FutureWarning, match=r"`torch.cuda.memory_cached` has been renamed to"):
        assert torch.cuda.memory_cached() == 0
    assert "no GPU" in torch.cuda.memory_summary()
    torch.cuda.reset_max_memory_allocated()


@WITHOUT
def test_random_numbers_of_gpus_have_no_state_without_one():
    assert torch.cuda.get_rng_state_all() == [] and torch.cuda.default_generators == ()
    torch.cuda.set_rng_state_all([])


@WITHOUT
def test_work_for_a_gpu_is_refused_without_one():
    for work in (torch.cuda.cudart, torch.cuda.ipc_collect, torch.cuda.CUDAGraph, torch.cuda.profiler.start):
        with pytest.raises((RuntimeError, AssertionError), match=r"NVIDIA driver|Torch not compiled with CUDA enabled"):
            work()
    with pytest.raises(RuntimeError, match="NVTX functions not installed"):
        torch.cuda.nvtx.range_push("name")
    with pytest.raises(RuntimeError, match=r"Cannot access accelerator device when none is available."):
        accelerator.synchronize()
    assert accelerator.current_accelerator() is None and accelerator.device_count() == 0


def test_blocks_for_no_device_change_nothing():
    with torch.cuda.stream(None), torch.cuda.device(None), torch.cuda.device_of(torch.ones(1)):
        assert torch.ones(1).device.type == "cpu"
    with accelerator.device_index(None), xpu.device(None), xpu.stream(None), cpu.stream(cpu.current_stream()):
        pass


def test_parts_on_the_cpu_are_sent_and_brought_together():
    whole = torch.arange(4.0)
    parts = torch.cuda.comm.scatter(whole, ["cpu", "cpu"])
    assert [each.tolist() for each in parts] == [[0.0, 1.0], [2.0, 3.0]]
    assert torch.cuda.comm.gather(parts, destination="cpu").tolist() == whole.tolist()
    assert torch.cuda.comm.reduce_add(parts, destination="cpu").tolist() == [2.0, 4.0]
    with pytest.raises(ValueError, match=r"input 0 has invalid size: got \[2\], but expected \[1\]"):
        torch.cuda.comm.reduce_add([torch.ones(1), torch.ones(2)], destination="cpu")


def test_memory_that_ran_out_has_a_class_of_errors():
    assert issubclass(torch.cuda.OutOfMemoryError, Exception)
    assert torch.cuda.OutOfMemoryError is torch.cuda.memory.OutOfMemoryError


def test_the_cpu_is_a_device_that_is_always_done():
    assert (cpu.is_available(), cpu.device_count(), cpu.current_device()) == (True, 1, "cpu")
    cpu.synchronize()


def test_devices_of_other_makers_are_not_there():
    assert not (mps.is_available() or xpu.is_available() or mtia.is_available())
    mps.manual_seed(1), xpu.manual_seed_all(1), mtia.manual_seed(1)
    with pytest.raises(RuntimeError, match=r"Cannot execute deviceSynchronize\(\) without MPS backend."):
        mps.synchronize()
    with pytest.raises(AssertionError, match="Torch not compiled with XPU enabled"):
        xpu.synchronize()
    with pytest.raises(RuntimeError, match=r"Cannot execute getCurrentDevice\(\) without MTIA backend."):
        mtia.synchronize()


def test_devices_that_are_not_there_can_be_named():
    assert torch.device("mps") == torch.device("mps") and torch.device("xpu:1").index == 1
    with pytest.raises(NotImplementedError, match="tensors live on cpu, cuda and meta"):
        torch.ones(1, device="mps")
    with pytest.raises(RuntimeError, match="device type at start of device string: npu"):
        torch.device("npu")


def test_a_name_that_there_is_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'torch.cuda' has no attribute 'other'"):
        _ = torch.cuda.other


def test_each_kind_of_device_has_its_room():
    assert accelerator.get_device_module("cuda") is torch.cuda and accelerator.get_device_module("mps:0") is mps
    assert accelerator.get_device_module() is (torch.cuda if torch.cuda.is_available() else cpu)
    with pytest.raises(RuntimeError, match="Device 'meta' does not have a corresponding module registered as"):
        accelerator.get_device_module("meta")
