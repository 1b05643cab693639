"""How arguments find their parameters: Python's own binding, in functions that get an operation's names at definition.

A function from a template, with as many parameters as the operation, has them renamed by `code.replace`; so a wrong
name is Python's own TypeError, `inspect.signature` tells the truth, and a call costs no dictionary of ours.
"""

import operator

from tinytorch.apply import apply
from tinytorch.factors import in_front
from tinytorch.modes import interpreters
from tinytorch.tensor import TENSORS, Tensor

ALIASES = {"axis": "dim", "keepdims": "keepdim"}  # NumPy's names, which PyTorch takes too


def bind(op, call, name=None, out=True):
    """A function of the parameters of `op` and perhaps `out`, under the operation's names and defaults."""
    code = call.__code__
    count = len(op.parameters)
    names = op.parameters[: code.co_argcount + code.co_kwonlyargcount - out]
    call.__code__ = code.replace(
        co_varnames=(*names, *code.co_varnames[len(names) :]),
        co_argcount=min(op.positional, len(names)),
        co_kwonlyargcount=max(len(names) - op.positional, 0) + out,
        co_name=name or op.name,
    )
    assert count >= len(names)
    call.__defaults__ = tuple([op.defaults[n] for n in names[: op.positional] if n in op.defaults]) or None
    named = {n: op.defaults[n] for n in names[op.positional :] if n in op.defaults}
    call.__kwdefaults__ = named | ({"out": None} if out else {}) or None
    if hasattr(call, "__wrapped__"):
        bind(op, call.__wrapped__, name, out)  # which shows the signature without the factors in front
    return dressed(call, op, name)


def packed(lane, op):
    """A function of the operation's parameters and `out` that calls `lane(args, out)`."""
    return (WITH_FACTORS if op.rule.factors else TEMPLATES)[len(op.parameters)](lane, op)


def bind_varying(op, shown):
    """A view whose last argument may be given as separate numbers, `view(2, 3)`, as one sequence, or by its name."""
    body, special = op.body, op.rule.special

    def call(input, *sizes, **named):
        if named or (len(sizes) == 1 and type(sizes[0]) is not int):
            if special and (other := special.get(type(sizes[0] if sizes else named.get("dtype")))) is not None:
                return other(input, *sizes, **named)
            sizes = as_sizes(op, sizes, named)
        if interpreters or (type(input) is not Tensor and type(input) not in TENSORS):
            return apply(op, (input, sizes))
        try:
            data = body(input.device.xp, input.array, sizes)
        except (ValueError, IndexError, TypeError, RuntimeError):  # sizes that do not fit: apply says so
            return apply(op, (input, sizes))
        return shown(op, input, data, (sizes,))

    return dressed(call, op, None)


def as_sizes(op, sizes, named):
    """Sizes that came as one sequence, by name, or as a tensor without dimensions, as a tuple."""
    if named:
        if sizes or named.keys() - {op.rule.varying, "size"}:
            raise TypeError(f"{op.name}() got an unexpected keyword argument '{next(iter(named))}'")
        sizes = (named.popitem()[1],)
    only = sizes[0] if len(sizes) == 1 else sizes
    return tuple(only) if isinstance(only, (tuple, list)) else (operator.index(only),)


def dressed(call, op, name):
    """The function under the operation's name and with its documentation."""
    call.__name__ = call.__qualname__ = name or op.name
    call.__module__ = "torch"
    call.__doc__ = op.body.__doc__
    return call


def renamed(call, op, args, alias, out):
    """A call in which NumPy's names stand for PyTorch's."""
    values = list(args)
    for name, value in alias.items():
        target = ALIASES.get(name)
        if target not in op.parameters:
            raise TypeError(f"{op.name}() got an unexpected keyword argument '{name}'")
        values[op.parameters.index(target)] = value
    positional = values[: op.positional]
    return call(*positional, **dict(zip(op.keywords, values[op.positional :], strict=True)), out=out)


def one(lane, op):
    """One parameter and `out`."""

    def call(a, *, out=None, **alias):
        return renamed(call, op, (a,), alias, out) if alias else lane((a,), out)

    return call


def two(lane, op):
    """Two parameters and `out`."""

    def call(a, b, *, out=None, **alias):
        return renamed(call, op, (a, b), alias, out) if alias else lane((a, b), out)

    return call


def three(lane, op):
    """Three parameters and `out`."""

    def call(a, b, c, *, out=None, **alias):
        return renamed(call, op, (a, b, c), alias, out) if alias else lane((a, b, c), out)

    return call


def four(lane, op):
    """Four parameters and `out`."""

    def call(a, b, c, d, *, out=None, **alias):
        return renamed(call, op, (a, b, c, d), alias, out) if alias else lane((a, b, c, d), out)

    return call


def five(lane, op):
    """Five parameters and `out`."""

    def call(a, b, c, d, e, *, out=None, **alias):
        return renamed(call, op, (a, b, c, d, e), alias, out) if alias else lane((a, b, c, d, e), out)

    return call


def six(lane, op):
    """Six parameters and `out`."""

    def call(a, b, c, d, e, f, *, out=None, **alias):
        return renamed(call, op, (a, b, c, d, e, f), alias, out) if alias else lane((a, b, c, d, e, f), out)

    return call


def seven(lane, op):
    """Seven parameters and `out`."""

    def call(a, b, c, d, e, f, g, *, out=None, **alias):
        return renamed(call, op, (a, b, c, d, e, f, g), alias, out) if alias else lane((a, b, c, d, e, f, g), out)

    return call


def eight(lane, op):
    """Eight parameters and `out`."""

    def call(a, b, c, d, e, f, g, h, *, out=None, **alias):
        args = (a, b, c, d, e, f, g, h)
        return renamed(call, op, args, alias, out) if alias else lane(args, out)

    return call


TEMPLATES = {1: one, 2: two, 3: three, 4: four, 5: five, 6: six, 7: seven, 8: eight}


def three_with_factors(lane, op):
    """Three parameters and `out`, or factors in front of the tensors."""

    def call(a, b, c, *given, out=None, **alias):
        if given:
            return in_front(call, op, (a, b, *given), (c,), out)
        return renamed(call, op, (a, b, c), alias, out) if alias else lane((a, b, c), out)

    call.__wrapped__ = three(lane, op)
    return call


def four_with_factors(lane, op):
    """Four parameters and `out`, or factors in front of the tensors."""

    def call(a, b, c, d, *given, out=None, **alias):
        if given:
            return in_front(call, op, (a, b, c, *given), (d,), out)
        return renamed(call, op, (a, b, c, d), alias, out) if alias else lane((a, b, c, d), out)

    call.__wrapped__ = four(lane, op)
    return call


def five_with_factors(lane, op):
    """Five parameters and `out`, or factors in front of the tensors."""

    def call(a, b, c, d, e, *given, out=None, **alias):
        if given:
            return in_front(call, op, (a, b, c, *given), (d, e), out)
        return renamed(call, op, (a, b, c, d, e), alias, out) if alias else lane((a, b, c, d, e), out)

    call.__wrapped__ = five(lane, op)
    return call


WITH_FACTORS = {3: three_with_factors, 4: four_with_factors, 5: five_with_factors}
