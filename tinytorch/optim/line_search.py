"""How far to go along a direction: a search for a length at which the strong conditions of Wolfe hold."""

from collections.abc import Callable
from typing import NamedTuple

from tinytorch.tensor import Tensor

ENOUGH = 1e-4  # the share of the fall that the slope at the start promises which is enough
FLAT = 0.9  # the share of the slope at the start that is flat enough
CLOSE = 1e-9  # a bracket this small is searched no further


class Point(NamedTuple):
    """A length, with the loss, the gradient and the slope there."""

    length: float
    loss: float
    grad: Tensor
    slope: float


def strong_wolfe(evaluate: Callable, length, direction: Tensor, loss: float, grad: Tensor, slope, most: int) -> tuple:
    """The loss, the gradient and the length at a point that serves, and how often `evaluate(length)` was called.

    The search begins with `length` and ends after about `most` calls. Nocedal and Wright, 2006, 3.5 and 3.6.
    """
    start = Point(0, loss, grad.clone(), slope)

    def at(length):
        loss, grad = evaluate(length)
        return Point(length, loss, grad.clone(), grad.dot(direction))

    before, here, rounds = start, at(length), 0
    bracket = None
    while bracket is None and rounds < most:
        if too_high(here, start) or (rounds > 1 and here.loss >= before.loss):
            bracket = [before, here]
        elif abs(here.slope) <= -FLAT * slope:
            return here.loss, here.grad, here.length, rounds + 1
        elif here.slope >= 0:
            bracket = [before, here]
        else:
            bounds = (here.length + 0.01 * (here.length - before.length), here.length * 10)
            before, here = here, at(lowest_between(before, here, bounds))
            rounds += 1
    found, rounds = narrowed(at, bracket or [start, here], start, direction.abs().max(), rounds, most)
    return found.loss, found.grad, found.length, rounds + 1


def narrowed(at: Callable, ends: list, start: Point, size, rounds: int, most: int) -> tuple:
    """The better end of a bracket that was made small, or a point that serves, and the number of rounds."""
    low, stuck = better(ends), False
    while rounds < most and abs(ends[1].length - ends[0].length) * size >= CLOSE:
        least, largest = sorted((ends[0].length, ends[1].length))
        length, margin = lowest_between(*ends), 0.1 * (largest - least)
        near = min(largest - length, length - least) < margin
        if near and (stuck or length >= largest or length <= least):
            length = largest - margin if abs(length - largest) < abs(length - least) else least + margin
            near = False
        stuck = near
        here = at(length)
        rounds += 1
        if too_high(here, start) or here.loss >= ends[low].loss:
            ends[1 - low] = here
            low = better(ends)
            continue
        if abs(here.slope) <= -FLAT * start.slope:
            return here, rounds
        if here.slope * (ends[1 - low].length - ends[low].length) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = here
    return ends[low], rounds


def too_high(point: Point, start: Point) -> bool:
    """Whether the loss has fallen by less than is enough."""
    return point.loss > start.loss + ENOUGH * point.length * start.slope


def better(ends: list) -> int:
    """Which of two points has the smaller loss."""
    return 0 if ends[0].loss <= ends[1].loss else 1


def lowest_between(one: Point, other: Point, bounds: tuple | None = None):
    """The length at which the cubic through two points with their slopes is lowest, or the middle if it has no lowest.

    It is kept within the bounds, which are the two points unless given.
    """
    least, largest = bounds or sorted((one.length, other.length))
    middle = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.length - other.length)
    square = middle**2 - one.slope * other.slope
    if square < 0:
        return (least + largest) / 2.0
    root = square**0.5
    left, right = (one, other) if one.length <= other.length else (other, one)
    share = (right.slope + root - middle) / (right.slope - left.slope + 2 * root)
    return min(max(right.length - (right.length - left.length) * share, least), largest)
