"""Calls with factors in front of their tensors, `x.add_(0.5, y)`, which PyTorch deprecates and still takes."""

import numbers

from tinytorch.deprecations import warn_once
from tinytorch.tensor import Tensor

PLACES = {  # of factors and tensors, as they are given to functions, then to methods, by the names of the factors
    ("alpha",): {"t f t"},
    ("value",): {"t f t t"},
    ("beta", "alpha"): {"f t f t t", "f t t t", "t f f t t", "t f t t"},
}


def in_front(call, op, given, settings, out=None):
    """The call again, with its factors by name; a TypeError where `given` is no such form."""
    more = sum(isinstance(each, Tensor) for each in given) > op.positional
    places = ["f" if isinstance(each, numbers.Number) or (more and not each.ndim) else "t" for each in given]
    tensors = [each for each, place in zip(given, places, strict=True) if place == "t"]
    factors = [each for each, place in zip(given, places, strict=True) if place == "f"]
    usual = all(value is op.defaults[name] for name, value in zip(op.keywords, settings, strict=True))
    if " ".join(places) not in PLACES[op.keywords] or not usual:
        raise TypeError(f"{call.__name__}() takes {op.positional} positional arguments but {len(given)} were given")
    warn_once("factors", words(call.__name__, op, len(factors)))
    return call(*tensors, **dict(zip(op.keywords, factors, strict=False)), out=out)


def words(name, op, count):
    """PyTorch's warning of a form with `count` factors in front, and what it recommends."""
    tensors = [f"Tensor {each}" for each in op.parameters[1 : op.positional]]
    old = ", ".join([*[f"Number {each}" for each in op.keywords[:count]], *tensors])
    new = ", ".join([*tensors, "*", *[f"Number {each} = {op.defaults[each]}" for each in op.keywords]])
    return (
        f"This overload of {name} is deprecated:\n\t{name}({old})\n"
        f"Consider using one of the following signatures instead:\n\t{name}({new})"
    )
