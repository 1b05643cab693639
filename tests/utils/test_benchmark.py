"""torch.utils.benchmark: times of statements, what is said of them, and tables that compare."""

import pickle

import pytest

import tinytorch as torch
from tinytorch.utils import benchmark
from tinytorch.utils.benchmark import Measurement, TaskSpec, Timer


def lines(value):
    return repr(value).split("\n")[1:]


def test_a_statement_is_timed():
    found = Timer("x + y", "x = 1", globals={"y": torch.ones(2)}, label="sum").timeit(10)
    assert found.number_per_run == 10 and len(found.raw_times) == 1 and 0 < found.median < 1
    assert found.title == "sum" and "1 measurement, 10 runs , 1 thread" in lines(found)[-1]


def test_runs_are_repeated_until_they_tell_enough():
    seen = []
    found = Timer("pass").blocked_autorange(callback=lambda number, taken: seen.append(number), min_run_time=0.01)
    assert sum(found.raw_times) >= 0.01 and seen == [found.number_per_run] * len(found.raw_times)
    assert len(Timer("sum(range(10000))").adaptive_autorange(min_run_time=0.001).times) > 3


def test_a_statement_of_several_lines_is_moved_to_the_left():
    timer = Timer(
        """
        z = x
        z = z + 1
        """,
        setup="x = 1",
    )
    assert timer._task_spec.stmt == "z = x\nz = z + 1" and timer.timeit(2).median > 0


def test_what_cannot_be_timed_is_refused():
    with pytest.raises(ValueError, match="Currently only a `str` stmt is supported"):
        Timer(lambda: 1)
    with pytest.raises(NotImplementedError, match=r"tinytorch compiles no C\+\+"):
        Timer("1;", language="c++")
    with pytest.raises(NotImplementedError, match=r"See `Timer\.blocked_autorange"):
        Timer("1").repeat()


def test_a_measurement_says_how_far_it_can_be_trusted():
    task = TaskSpec("f(x)", "import x", label="lab", sub_label="sub", description="desc", num_threads=2)
    found = Measurement(100, [0.01, 0.011, 0.0105, 0.02], task)
    assert lines(found) == [
        "lab: sub",
        "desc",
        "setup: import x",
        "  Median: 107.50 us",
        "  IQR:    28.75 us (103.75 to 132.50)",
        "  4 measurements, 100 runs per measurement, 2 threads",
        "  WARNING: Interquartile range is 26.7% of the median measurement.",
        "           This suggests significant environmental influence.",
    ]
    assert found.significant_figures == 1 and found.has_warnings and pickle.loads(pickle.dumps(found)) == found


def measured(label, description, name, seconds, threads=1):
    return Measurement(10, [seconds] * 20, TaskSpec("s", "pass", "", label, name, description, num_threads=threads))


def test_measurements_stand_side_by_side():
    table = benchmark.Compare([measured("Lab", f"d{j}", f"sub{k}", 0.01 * k * (1 + j), threads)
                               for k in (1, 2) for j in (0, 1) for threads in (1, 4)])  # fmt: skip
    assert str(table).split("\n") == [
        "[--------- Lab ----------]",
        "            |   d0  |   d1",
        "1 threads: ---------------",
        "      sub1  |  1.0  |  2.0",
        "      sub2  |  2.0  |  4.0",
        "4 threads: ---------------",
        "      sub1  |  1.0  |  2.0",
        "      sub2  |  2.0  |  4.0",
        "",
        "Times are in milliseconds (ms).",
        "",
    ]
    table.colorize()
    assert "sub1  |  \033[92m\033[1m1.0\033[0m\033[0m" in str(table)
    table.trim_significant_figures()
    assert "1.000" in str(table)


def test_measurements_of_the_same_are_one():
    merged = Measurement.merge([measured("a", None, None, 0.1), measured("a", None, None, 0.2)])
    assert len(merged) == 1 and merged[0].number_per_run == 1 and len(merged[0].times) == 40
    with pytest.raises(ValueError, match="Expected an instance of `Measurement`"):
        benchmark.Compare([3])
