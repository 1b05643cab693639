"""Operations on lists of tensors."""

import functools

from tests.samples.table import at, row, s, x


def lists(names, *samples, **options):
    """A row for each name. PyTorch is asked by an oracle, as its nodes are named after the lists and ours after what is
    done to each tensor, and as lists of several dtypes are no pairs of operands.
    """
    for name in names.split():
        row(f"_foreach_{name}", *samples, oracle=functools.partial(theirs, f"_foreach_{name}"), **options)


def theirs(name, torch, *arguments, **settings):
    """What PyTorch's function of this name gives."""
    return getattr(torch, name)(*arguments, **settings)


# fmt: off
# A table, filled line by line.

TWO, MORE = [x(2, low=0.2), x(2, 3, low=0.2)], [x(2, low=0.4), x(3, low=0.4)]
ALIKE = [x(2, low=0.5, high=0.9), x(2, 3, low=0.5, high=0.9)]
UNARY = (
    "acos asin atan ceil cos cosh erf exp expm1 floor frac log log10 log1p log2 neg reciprocal round rsqrt sigmoid "
    "sign sin sinh sqrt tan tanh trunc"
)
lists(f"abs {UNARY} {UNARY.replace(' ', '_ ')}_",
    s(ALIKE), s([x(3, low=0.1, high=0.9), x(0, 2)]), s([]), s(x(2)), ulps=8)
PAIRS = (
    s(TWO, MORE), s(TWO, 2), s(TWO, 1.5), s(TWO, [2, 3.5]), s(TWO, MORE[:1]), s(TWO, [2]),
    s(TWO, [x(3), x(3)]), s([], 2),
)
lists("add sub", *PAIRS, s(TWO, MORE, alpha=2))
lists("mul div", *PAIRS, s(TWO, x(low=1, grad=False)), s(TWO, x(2)))
lists("maximum minimum clamp_min clamp_max pow", *PAIRS[:6])
lists("add_ sub_ mul_ div_ clamp_min_ clamp_max_ pow_ maximum_ minimum_",
    s(TWO, ALIKE), s(TWO, 2), s(TWO, [2, 3]), s(TWO, MORE[:1]), s(TWO, [2]))
lists("lerp lerp_", s(TWO, ALIKE, ALIKE), s(TWO, ALIKE, 0.25), s(TWO, ALIKE, [0.25, 0.75]), s(TWO, ALIKE[:1], 0.5))
lists("addcmul addcdiv addcmul_ addcdiv_",
    s(TWO, ALIKE, ALIKE), s(TWO, ALIKE, ALIKE, 2), s(TWO, ALIKE, ALIKE, [2, 0.5]), s(TWO, ALIKE, ALIKE[:1]),
    s(TWO, ALIKE, ALIKE, [2]), s(TWO, ALIKE, ALIKE, value=3), s(TWO, ALIKE, ALIKE, at(1.0, 2.0, dtype="float32")),
    meta="the factors of a tensor are read as numbers")
lists("norm", s(TWO), s(TWO, 1), s(TWO, float("inf")), s([x(0)], float("inf")))
lists("powsum", s(TWO), s(TWO, 3))
lists("max", s(TWO), s([x(0)]))
lists("mm", s([x(2, 3), x(1, 2)], [x(3, 2), x(2, 2)]))
lists("clone zero_", s(TWO), s([]))
lists("copy_", s(TWO, ALIKE), s(TWO, ALIKE[:1]), s(TWO, [x(2, dtype="float64"), x(3)]))
