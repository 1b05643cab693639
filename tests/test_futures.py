"""torch.futures: values that come later, their errors, and what happens with them then."""

import threading

import pytest

from tinytorch.futures import Future, collect_all, wait_all


def test_a_value_is_set_once():
    future = Future()
    assert not future.done()
    future.set_result(3)
    assert future.done() and future.wait() == future.value() == 3
    with pytest.raises(RuntimeError, match="Attempting to mark a completed Future as complete again"):
        future.set_result(4)


def test_an_error_is_raised_where_the_value_is_wanted():
    future = Future()
    future.set_exception(ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        future.wait()
    with pytest.raises(AssertionError, match="3 is of type <class 'int'>, not an Exception"):
        Future().set_exception(3)


def test_callbacks_run_when_the_value_is_there():
    seen, future = [], Future()
    future.add_done_callback(lambda done: seen.append(done.value()))
    following = future.then(lambda done: done.value() + 1)
    assert seen == [] and not following.done()
    future.set_result(1)
    future.add_done_callback(lambda done: seen.append(done.value()))
    assert seen == [1, 1] and following.wait() == 2


def test_an_error_passes_through_then():
    future = Future()
    following = future.then(lambda done: done.wait())
    future.set_exception(KeyError("lost"))
    with pytest.raises(KeyError, match="lost"):
        following.wait()


def test_several_are_waited_for_together():
    futures = [Future(), Future()]
    together = collect_all(futures)
    futures[1].set_result("b")
    assert not together.done()
    futures[0].set_result("a")
    assert together.wait() == futures and wait_all(futures) == ["a", "b"]


def test_another_thread_is_waited_for():
    future = Future()
    threading.Timer(0.05, future.set_result, ("late",)).start()
    assert future.wait() == "late"
