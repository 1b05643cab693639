"""The threads that compute a loop in pieces: every piece once, whoever takes it, asleep or awake."""

import threading
import time

import numpy
import pytest

from tinytorch.kernels.cpu import compile
from tinytorch.kernels.cpu.team import PIECE, Team, loop_of


@pytest.fixture(params=[2, 3, 8])
def team(request):
    """A team of its own, which ends with the test."""
    found = Team(request.param, compile.team_functions())
    yield found
    found.disband()


def numbers(*shape, dtype="float32"):
    return numpy.random.default_rng(0).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 1000, 2 * PIECE, 300_007, 1_000_000])
def test_every_element_is_computed(team, size, dtype):
    one, other = numbers(size, dtype=dtype), numbers(size, dtype=dtype)[::-1].copy()
    for _ in range(20):
        result = numpy.full(size, numpy.nan, dtype)
        assert team.run(numpy.add, 1, (one, other, result))
        numpy.testing.assert_array_equal(result, one + other)


@pytest.mark.parametrize("shape", [(1, 70_000), (3, 50_000), (1000, 300), (100_003, 2)])
def test_a_vector_is_repeated_for_each_row(team, shape):
    matrix, vector = numbers(*shape), numbers(shape[1])
    result = numpy.full(shape, numpy.nan, "float32")
    assert team.run(numpy.multiply, shape[0], (matrix, vector, result))
    numpy.testing.assert_array_equal(result, matrix * vector)


def test_threads_that_fell_asleep_are_woken(team):
    values, board, places = numbers(200_000), team.board, team.places
    flags = board[places.ASLEEP + 1 : places.ASLEEP + 1 + board[places.THREADS]]
    for _ in range(3):
        wait_for(lambda: flags.all())
        result = numpy.empty_like(values)
        assert team.run(numpy.negative, 1, (values, result))
        numpy.testing.assert_array_equal(result, -values)


def test_who_comes_while_others_compute_is_sent_away(team):
    values = numbers(100)
    with team.one_at_a_time:
        assert not team.run(numpy.negative, 1, (values, numpy.empty_like(values)))
    assert team.run(numpy.negative, 1, (values, numpy.empty_like(values)))


def test_a_disbanded_team_leaves_no_thread():
    before = set(threading.enumerate())
    team = Team(4, compile.team_functions())
    own = set(threading.enumerate()) - before
    assert len(own) == 3
    team.disband()
    wait_for(lambda: not any(each.is_alive() for each in own))


def test_a_ufunc_without_a_loop_of_the_dtype_is_an_error():
    with pytest.raises(ValueError, match="not in list"):
        loop_of(numpy.bitwise_and, "f")


def wait_for(condition, seconds=10):
    """Until a condition holds; an error if it does not in this time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)
