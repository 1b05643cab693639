"""The calls of operations that their samples lead to: forward, first and second derivatives, in normal form."""

import contextlib
import functools
import warnings

import tinytorch
from tests import observation
from tests.samples import rows
from tinytorch.interpreters import Interpreter, perform
from tinytorch.tensor import Tensor

ENOUGH = 12  # calls of one operation


@functools.cache
def calls():
    """Calls of each operation by its name: (arguments, whether it wrote to the first one); a refused call is none."""
    found = {}

    class Recorder(Interpreter):
        def interpret(self, op, args, out):
            result = perform(op, args, out)
            key = repr([described(each) for each in args])
            if len(known := found.setdefault(op.name, {})) < ENOUGH:
                known.setdefault(key, (tuple([detached(each) for each in args]), out is not None))
            return result

    with warnings.catch_warnings(), Recorder():
        warnings.simplefilter("ignore")
        for name, row in rows.items():
            if not row.apart and observation.exists(tinytorch, row, name):
                for sample in row.samples:
                    attempt(row, name, sample)
    return {name: list(known.values()) for name, known in found.items()}


def attempt(row, name, sample):
    """Run a sample with its derivatives; what is refused, or has none, leads to no calls."""
    for dtype in ("float64", "complex128"):
        with contextlib.suppress(*observation.REFUSALS, AttributeError):
            observation.gradients(tinytorch, row, name, sample, dtype)


def described(value):
    """What makes a call another one: shapes and dtypes of tensors, the values of settings."""
    if isinstance(value, Tensor):
        return (str(value.dtype), tuple(value.shape), value.stride())
    return [described(each) for each in value] if isinstance(value, (list, tuple)) else value


def detached(value):
    """A tensor without history; lists of them too."""
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Tensor):
        return type(value)([each.detach() for each in value])
    return value
