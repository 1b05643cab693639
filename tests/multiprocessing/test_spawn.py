"""Processes started by the number: they are joined together, and the first error ends them all."""

import os
import pickle
import signal
import sys
import time

import pytest

import tinytorch as torch
import tinytorch.multiprocessing as mp


def write(number, tensor):
    tensor[number] = number + 1


def fail(number):
    if number == 1:
        raise ValueError("no")
    time.sleep(60)


def end(number, way):
    way(number)


def by_signal(number):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("start", "options"), [(mp.spawn, {}), (mp.start_processes, {"start_method": "fork"})])
def test_each_process_gets_its_number_and_the_arguments(start, options):
    tensor = torch.zeros(2).share_memory_()
    assert start(write, (tensor,), nprocs=2, **options) is None
    assert tensor.tolist() == [1.0, 2.0]


def test_an_error_ends_the_others_and_is_raised_with_its_traceback():
    context = mp.start_processes(fail, nprocs=2, join=False, start_method="fork")
    assert len(context.pids()) == 2
    with pytest.raises(mp.ProcessRaisedException) as caught:
        while not context.join():
            pass
    assert str(caught.value).startswith("\n\n-- Process 1 terminated with the following error:\nTraceback (most recent")
    assert str(caught.value).endswith("ValueError: no\n")
    assert (caught.value.error_index, caught.value.error_pid) == (1, context.pids()[1])
    assert not any(process.is_alive() for process in context.processes)
    assert not any(map(os.path.exists, context.error_files))
    assert vars(pickle.loads(pickle.dumps(caught.value))) == vars(caught.value)


@pytest.mark.parametrize(
    ("way", "words", "code", "name"),
    [
        (by_signal, "process 0 terminated with signal SIGKILL", -9, "SIGKILL"),
        (sys.exit, "process 0 terminated with exit code 4", 4, None),
    ],
)
def test_an_end_without_an_error_says_how(way, words, code, name):
    ended = way if way is by_signal else lambda number: sys.exit(4)
    with pytest.raises(mp.ProcessExitedException) as caught:
        mp.start_processes(end, (ended,), start_method="fork")
    assert (str(caught.value), caught.value.exit_code, caught.value.signal_name) == (words, code, name)
    assert vars(pickle.loads(pickle.dumps(caught.value))) == vars(caught.value)


def test_to_wait_may_take_so_long():
    context = mp.start_processes(time.sleep, nprocs=1, join=False, daemon=True, start_method="fork")
    assert context.join(30) and context.join()
    context = mp.start_processes(fail, nprocs=1, join=False, daemon=True, start_method="fork")
    assert not context.join(0.01)
    context.processes[0].kill()
    with pytest.raises(mp.ProcessExitedException):
        context.join()


def test_another_start_method_is_warned_of():
    with pytest.warns(FutureWarning, match=r"This method only supports start_method=spawn \(got: fork\)\."):
        mp.spawn(abs, nprocs=0, start_method="fork")
    with pytest.warns(UserWarning, match=r"SpawnContext is renamed to ProcessContext since 1\.4 release\."):
        mp.SpawnContext([], [])
