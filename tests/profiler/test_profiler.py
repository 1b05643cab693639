"""torch.profiler: what is recorded, in which steps, and how it is told."""

import gzip
import json

import pytest

import tinytorch as torch
from tinytorch import profiler
from tinytorch.autograd import profiler as older


def counts(found):
    return {each.key: each.count for each in found.key_averages()}


def test_operations_are_counted_and_timed():
    x = torch.ones(3, 3, requires_grad=True)
    with profiler.profile(record_shapes=True) as found:
        (x @ x).relu().sum().backward()
    assert counts(found)["aten::mm"] == 3 and counts(found)["aten::relu"] == 1
    product = next(each for each in found.key_averages(group_by_input_shape=True) if each.key == "aten::mm")
    assert product.input_shapes == [[3, 3], [3, 3]] and 0 < product.cpu_time <= product.cpu_time_total


def test_derivatives_are_recorded_where_backward_runs():
    x = torch.ones(3, requires_grad=True)
    total = (x * x).exp().sum()
    with profiler.profile() as found:
        total.backward()
    assert counts(found) == {"aten::expand": 1, "aten::mul": 3, "aten::add": 1}


def test_regions_contain_what_runs_in_them():
    with profiler.profile() as found:
        with profiler.record_function("outer"):
            torch.ones(2) + 1
        torch.zeros(1)
    outer = next(each for each in found.events() if each.name == "outer")
    assert [each.name for each in outer.cpu_children][1:] == ["aten::add"]
    assert outer.self_cpu_time_total < outer.cpu_time_total
    assert found.key_averages().self_cpu_time_total == pytest.approx(
        sum(each.cpu_time_total for each in found.events() if each.cpu_parent is None)
    )


def test_a_region_does_nothing_where_nobody_records():
    @profiler.record_function("named")
    def function(x):
        return x + 1

    assert function(1) == 2
    with profiler.record_function("block"):
        pass
    with profiler.profile() as found:
        function(1)
    assert counts(found) == {"named": 1}


def test_an_error_ends_the_recording():
    with pytest.raises(ZeroDivisionError), profiler.profile() as found, profiler.record_function("fails"):
        _ = 1 / 0
    assert [each.time_range.end is not None for each in found.events()] == [True]
    assert torch.ones(1).add(1).tolist() == [2.0]


def test_the_table_is_laid_out_as_pytorch_s():
    with profiler.profile() as found, profiler.record_function("region"):
        torch.ones(2) * 2
    lines = found.key_averages().table(sort_by="cpu_time_total", row_limit=1).split("\n")
    widths = [max(map(len, counts(found))) + 4] + [12] * 6
    heads = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls"]
    assert lines[0] == lines[2] == lines[4] == "".join(["-" * width + "  " for width in widths])
    assert lines[1] == "".join([f"{head: >{width}}  " for head, width in zip(heads, widths, strict=True)])
    assert lines[3].split()[0] == "region" and lines[3].split()[3] == "100.00%" and lines[3].split()[-1] == "1"
    assert lines[5].startswith("Self CPU time total: ") and lines[6] == ""


def test_tables_can_be_sorted_by_what_is_not_measured():
    with profiler.profile() as prof:
        torch.ones(2).add(1).mul(2)
    for key in ("cuda_time_total", "self_cuda_time_total", "self_device_time_total", "self_cpu_memory_usage"):
        assert prof.key_averages().table(sort_by=key).startswith("---")
        assert sum(getattr(each, key) for each in prof.events()) == 0


@pytest.mark.parametrize(
    ("settings", "actions"),
    [
        ({"wait": 1, "warmup": 1, "active": 2, "repeat": 1, "skip_first": 1}, "..wrs..."),
        ({"wait": 0, "warmup": 1, "active": 2, "repeat": 2}, "wrswrs.."),
        ({"wait": 0, "warmup": 0, "active": 1}, "ssssssss"),
        ({"wait": 2, "warmup": 0, "active": 1, "skip_first_wait": 1}, "s..s..s."),
    ],
)
def test_a_schedule_says_what_is_done_in_each_step(settings, actions):
    action = profiler.schedule(**settings)
    letters = dict(zip(profiler.ProfilerAction, ".wrs", strict=True))
    assert "".join([letters[action(step)] for step in range(8)]) == actions


def test_a_schedule_that_records_nothing_is_refused():
    with pytest.raises(AssertionError, match=r"Invalid profiler schedule arguments\. Got wait=0"):
        profiler.schedule(wait=0, warmup=0, active=0)


def test_each_cycle_of_a_schedule_is_handed_over():
    ready = []
    schedule = profiler.schedule(wait=1, warmup=1, active=2, repeat=2)
    with profiler.profile(schedule=schedule, on_trace_ready=lambda found: ready.append(counts(found))) as found:
        for _ in range(10):
            torch.ones(2) * 2
            found.step()
    assert len(ready) == 2
    assert all(each["ProfilerStep*"] == 2 and each["aten::mul"] == 2 for each in ready)


def test_a_trace_is_written_for_browsers(tmp_path):
    with profiler.profile(on_trace_ready=profiler.tensorboard_trace_handler(tmp_path, "me", use_gzip=True)) as found:
        torch.ones(2) * 2
    found.add_metadata("note", "text")
    found.export_chrome_trace(tmp_path / "trace.json")
    trace = json.loads((tmp_path / "trace.json").read_text())
    (written,) = tmp_path.glob("me.*.pt.trace.json.gz")
    entry = next(each for each in trace["traceEvents"] if each["name"] == "aten::mul")
    assert trace["note"] == "text" and entry["ph"] == "X" and entry["dur"] > 0
    assert len(json.loads(gzip.decompress(written.read_bytes()))["traceEvents"]) == len(trace["traceEvents"])


def test_the_older_profiler_records_too():
    with older.profile() as found:
        torch.ones(2) * 2
    assert counts(found)["aten::mul"] == 1 and "Self CPU time total" in str(found)
    with older.profile(enabled=False) as found:
        torch.ones(2) * 2
    with pytest.raises(RuntimeError, match="Profiler didn't finish running"):
        found.key_averages()


def test_marks_for_other_profilers_are_refused_where_they_are_enabled():
    with older.emit_nvtx(enabled=False):
        pass
    with pytest.raises(NotImplementedError, match="emit_nvtx"), older.emit_nvtx():
        pass


def test_an_accelerator_that_is_not_there_is_warned_of():
    words = "^XPU is not available, disabling XPU profiling$"
    with (
        pytest.warns(UserWarning, match=words),
        profiler.profile(activities=[profiler.ProfilerActivity.CPU, profiler.ProfilerActivity.XPU]),
    ):
        pass
    with pytest.warns(UserWarning, match=words), older.profile(use_device="xpu"):
        pass


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_the_time_of_a_gpu_is_not_asked_for_without_one():
    words, activities = "^CUDA is not available, disabling CUDA profiling$", list(profiler.ProfilerActivity)
    with pytest.warns(UserWarning, match=words), profiler.profile(activities=activities):
        pass
    deprecated = pytest.warns(FutureWarning, match="The attribute `use_cuda` will be deprecated soon")
    with deprecated, pytest.warns(UserWarning, match=words), older.profile(use_cuda=True):
        pass
