"""One number for each dimension: how settings that are one number or several become a tuple."""

from collections.abc import Callable, Iterable


def _ntuple(n: int, name: str = "parse") -> Callable:
    """A function that makes a tuple of several numbers, and of one number a tuple of it `n` times."""

    def parse(x):
        return tuple(x) if isinstance(x, Iterable) else (x,) * n

    parse.__name__ = name
    return parse


_single = _ntuple(1, "_single")
_pair = _ntuple(2, "_pair")
_triple = _ntuple(3, "_triple")
_quadruple = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: tuple, n: int) -> tuple:
    """The elements from the last to the first, each `n` times: paddings as `nn.functional.pad` takes them."""
    return tuple([each for each in reversed(t) for _ in range(n)])


def _list_with_default(out_size, defaults: list[int]):
    """The sizes, where None is the default in its place from the end; a ValueError for as many sizes as defaults."""
    if isinstance(out_size, int):
        return out_size
    if len(defaults) <= len(out_size):
        raise ValueError(f"Input dimension should be at least {len(out_size) + 1}")
    places = zip(out_size, defaults[-len(out_size) :], strict=False)
    return [default if size is None else size for size, default in places]
