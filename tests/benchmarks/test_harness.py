"""That a benchmark compares before it times, takes turns, and says plainly what failed or got slower."""

import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks import report
from benchmarks.__main__ import ROWS
from benchmarks.harness import (
    Measurement,
    Row,
    RowFailure,
    Team,
    measure,
    require_agreement,
    worker_environment,
)
from benchmarks.worker import Framework

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads Linux' /proc")


@pytest.fixture(scope="module")
def team():
    """NumPy under the name torch twice, and NumPy once more as the arrays' library."""
    with Team(["numpy", "numpy"], "numpy", "cpu", threads=2) as team:
        yield team


def measured(*ratios, name="group/row"):
    return Measurement(name, "us", {"tinytorch": list(ratios), "torch": [1.0] * len(ratios)})


def test_a_row_gives_a_sample_for_each_framework_and_round(team):
    row = Row(
        "group/row",
        "torch.sqrt(x)",
        "x = torch.full(10, 4.0)",
        arrays="xp.sqrt(x)",
        arrays_given="x = xp.full(10, 4.0)",
    )
    samples = measure(row, team, rounds=3, seconds=0.001).samples
    assert {label: len(taken) for label, taken in samples.items()} == {"numpy": 3, "numpy 2": 3, "numpy arrays": 3}
    assert all(0 < sample < 1000 for taken in samples.values() for sample in taken)


def test_a_time_is_that_of_one_statement(team):
    row = Row("group/row", "time.sleep(0.0005)", "import time", result="1")
    measurement = measure(row, team, rounds=3, seconds=0.02)
    assert 500 < measurement.median("numpy") < 2500  # a batch takes 5000


def test_a_row_without_text_for_arrays_leaves_their_column_out(team):
    assert list(measure(Row("group/row", "1"), team, 1, 0.001).samples) == ["numpy", "numpy 2"]


def test_a_row_whose_results_differ_fails_before_it_is_timed(team, tmp_path):
    timed = tmp_path / "timed"
    row = Row("group/row", "1.0", arrays=f"open({str(timed)!r}, 'a').write('x') * 2.0")
    measurement = measure(row, team, 2, 0.001)
    assert "numpy and numpy arrays differ in 1 of 1 values, such as 1 and 2" in measurement.failure
    assert measurement.samples == {}
    assert timed.read_text() == "x"  # run once, for its result


def test_the_result_of_a_row_is_read_after_its_statement(team):
    row = Row("group/row", "x.fill(1)", "x = torch.zeros(2)", result="x", arrays="xp.ones(2)", arrays_given="")
    assert measure(row, team, 1, 0.001).failure == ""


def test_a_failing_row_names_its_error_and_the_next_row_is_measured(team):
    assert measure(Row("group/row", "torch.no_such_name"), team, 1, 0.001).failure.startswith("numpy: AttributeError")
    assert measure(Row("group/row", "1"), team, 1, 0.001).failure == ""


def test_a_worker_that_is_killed_fails_its_row_only(team):
    row = Row("group/row", "os.kill(os.getpid(), 9)", "import os")
    assert measure(row, team, 1, 0.001).failure == "numpy: ended with status -9"
    assert measure(Row("group/row", "1"), team, 1, 0.001).failure == ""


def test_what_a_framework_prints_does_not_disturb_its_answers(team):
    assert measure(Row("group/row", "print('noise')", result="1"), team, 1, 0.001).failure == ""


def test_rows_share_no_names(team):
    measure(Row("group/row", "1", "left_over = 1"), team, 1, 0.001)
    assert "NameError" in measure(Row("group/row", "left_over"), team, 1, 0.001).failure


def test_the_frameworks_take_turns():
    asked = []

    class Recorder:
        def __init__(self, label):
            self.label = label

        def ask(self, method, *arguments):
            asked.append((self.label, method))
            return {"run_once": np.ones(1), "time": 1.0}.get(method)

    class Recorders(Team):
        def worker(self, label):
            return Recorder(label)

    row = Row("group/row", "1", arrays="1")
    assert measure(row, Recorders(["tinytorch", "torch"], "numpy", "cpu", 1), rounds=2).failure == ""
    assert [label for label, method in asked if method == "time"] == ["tinytorch", "torch", "numpy"] * 2
    assert max(i for i, (_, method) in enumerate(asked) if method == "run_once") < asked.index(
        ("tinytorch", "calibrate")
    )


def test_each_framework_has_a_process_of_its_own_which_lives_through_the_rows(team):
    measure(Row("group/row", "1", arrays="1"), team, 1, 0.001)
    processes = {label: team.worker(label).process.pid for label in team.members}
    assert len({os.getpid(), *processes.values()}) == 4
    measure(Row("group/row", "1", arrays="1"), team, 1, 0.001)
    assert processes == {label: team.worker(label).process.pid for label in team.members}


def test_a_version_that_a_worker_tells_is_plain_text():
    """A class of tinytorch's has PyTorch's name, under which another process would look for it."""
    assert type(Framework("tinytorch", "cpu", arrays=False).describe()["version"]) is str


def test_a_worker_that_is_not_asked_uses_no_processor(team):
    worker = team.worker("numpy")
    before = worker.ask("processor_seconds")
    time.sleep(0.5)
    assert worker.ask("processor_seconds") - before < 0.05


def test_a_worker_answers_only_when_its_threads_have_stopped(team):
    spin = "import threading, time\ndef spin(end):\n    while time.monotonic() < end: pass\n"
    start = "threading.Thread(target=spin, args=(time.monotonic() + 0.2,)).start()"
    worker = team.worker("numpy")
    worker.ask("prepare", Row("group/row", start, spin, result="1"))
    before = time.monotonic()
    worker.ask("run_once")
    assert 0.2 < time.monotonic() - before < 1


def test_workers_choose_their_own_blas_kernels_and_have_equal_threads(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    environment = worker_environment(3)
    assert not {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"} & environment.keys()
    assert {value for name, value in environment.items() if name.endswith("_NUM_THREADS")} == {"3"}


@linux
def test_peak_memory_counts_what_was_freed_again_and_kept_memory_does_not(team):
    numbers = 64 * 2**20 // 8  # float64, 64 MiB: more than malloc ever keeps
    for kind, expected in ("peak", 128), ("kept", 64):
        row = Row("group/row", "torch.sqrt(torch.ones(n))", f"n = {numbers}", measure=kind)
        measurement = measure(row, team, 1)
        assert measurement.unit == "MiB"
        assert measurement.median("numpy") == pytest.approx(expected, abs=2)


def test_an_import_is_timed_in_fresh_interpreters():
    with Team(["json"], "numpy", "cpu", 1) as team:
        measurement = measure(Row("group/row", "import torch", measure="import"), team, 2)
    assert measurement.unit == "ms"
    assert measurement.median("numpy") > 3 * measurement.median("json") > 0


def test_an_import_that_fails_fails_its_row():
    with Team(["no_such_module"], None, "cpu", 1) as team:
        failure = measure(Row("group/row", "import torch", measure="import"), team, 1).failure
    assert failure == "no_such_module: ModuleNotFoundError: No module named 'no_such_module'"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.ones(2), np.ones((2, 1))),
        (np.ones(2), np.ones(2, "float32")),
        (np.ones(2), np.ones(2) + 1e-4),
        (np.array(np.nan), np.array(0.0)),
        (np.array([True, False]), np.array([True, True])),
        ([np.ones(2), [np.ones(2)]], [np.ones(2), [np.zeros(2)]]),
        ([np.ones(2)], [np.ones(2), np.ones(2)]),
    ],
)
def test_other_values_shapes_dtypes_and_numbers_of_results_do_not_agree(one, other):
    require_agreement({"a": one, "b": one}, 1e-5, 1e-6)
    with pytest.raises(RowFailure, match="a "):
        require_agreement({"a": one, "b": other}, 1e-5, 1e-6)


def test_a_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_medians():
    measurement = Measurement("group/row", "us", {"tinytorch": [1, 20, 3], "torch": [2, 10, 3]})
    assert measurement.ratio("tinytorch", "torch") == (1.0, 0.75, 1.5)


def test_one_round_has_no_spread():
    assert measured(2.0).ratio("tinytorch", "torch") == (2.0, 2.0, 2.0)


def test_the_table_marks_failures_missed_aims_and_disturbed_rows():
    table = report.Table(["tinytorch", "torch"])
    assert table.line(measured(1.25), {"torch": 1.1}).endswith("1.25 [1.25 1.25] > 1.1")
    assert table.line(measured(1.0), {"torch": 1.1}).endswith("1.00 [1.00 1.00]")
    assert table.line(Measurement("group/row", "us", {}, "no such name"), {}).endswith("FAILED  no such name")
    disturbed = Measurement("group/row", "us", {"tinytorch": [1], "torch": [1]}, others=0.5)
    assert table.line(disturbed, {}).endswith("! others 50%")


def test_a_group_with_a_row_that_takes_nothing_has_no_mean():
    rows = [measured(0.0), measured(2.0)]
    assert report.geometric_means(rows, "tinytorch", ["torch"]) == {}


def test_the_mean_of_a_group_is_geometric_and_leaves_out_what_has_no_ratio():
    rows = [measured(0.5), measured(2.0), Measurement("group/row", "us", {}, "failed")]
    assert report.geometric_means(rows, "tinytorch", ["torch", "numpy"]) == {"torch": 1.0}
    assert (
        report.Table(["tinytorch", "torch"]).mean_line("group", rows, {"torch": 0.9}).endswith("1.00 x PyTorch > 0.9")
    )


def test_rows_that_got_slower_by_more_than_the_spreads_are_named():
    before = {name: measured(0.9, 1.0, 1.1, name=name) for name in ("steady", "slower", "faster", "wild")}
    now = [
        measured(1.0, 1.1, 1.2, name="steady"),
        measured(1.4, 1.5, 1.6, name="slower"),
        measured(0.4, 0.5, 0.6, name="faster"),
        measured(0.5, 1.5, 2.5, name="wild"),
        measured(9.0, 9.0, 9.0, name="new"),
    ]
    sentences, compared = report.slower(before, now, ["tinytorch", "torch"])
    assert compared == 4
    assert sentences == ["slower: 1.00 [0.95 1.05] became 1.50 [1.45 1.55] x PyTorch"]


def test_a_json_file_gives_the_measurements_back(tmp_path):
    rows = [measured(1.0, 2.0), Measurement("group/other", "us", {}, "failed")]
    report.write_json(tmp_path / "run.json", {"threads": 2}, rows, ["tinytorch", "torch"])
    assert report.read_json(tmp_path / "run.json") == {"group/row": rows[0], "group/other": rows[1]}


def test_the_picture_is_drawn_for_rows_on_both_sides_of_one(tmp_path):
    pytest.importorskip("matplotlib")
    rows = [measured(0.5, 0.6, name="a/b"), measured(3.0, 3.1, name="c/d"), Measurement("c/e", "us", {}, "failed")]
    report.draw(tmp_path / "ratios.png", rows, ["tinytorch", "torch"])
    assert (tmp_path / "ratios.png").read_bytes().startswith(b"\x89PNG")


def test_every_row_has_a_name_of_its_own_and_texts_that_compile():
    assert len({row.name for row in ROWS}) == len(ROWS)
    for row in ROWS:
        for text in row.given, row.statement, row.result, row.arrays_given:
            compile(text or "", row.name, "exec")
        if row.result is None and row.measure != "import":
            compile(row.statement, row.name, "eval")
        compile(row.arrays or "None", row.name, "eval")


def test_the_rows_of_a_group_stand_together():
    groups = [report.group_of(row.name) for row in ROWS]
    changes = [group for group, following in pairwise([*groups, None]) if group != following]
    assert len(changes) == len(set(groups))


def test_the_command_fails_loudly_where_a_row_failed():
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--frameworks",
        "numpy",
        "--only",
        "overhead/plain/a*",
        "--rounds",
        "1",
    ]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 1
    assert "FAILED  numpy: AttributeError: module 'numpy' has no attribute 'tensor'" in finished.stdout
    assert finished.stderr.strip() == "1 of 1 rows FAILED: overhead/plain/add"


def test_the_command_names_the_rows_where_none_is_meant():
    command = [sys.executable, "-m", "benchmarks", "--only", "nothing"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 1
    assert finished.stderr.startswith("no row on cpu is named nothing")
    assert "overhead/plain/add" in finished.stderr
