"""What a call gives under each library, as structures that can be compared: frames, flags, values, or a refusal."""

import numpy
import torch

import tinytorch
from tests.parity.results import attempt, is_tensor, numbers

LIBRARIES = (torch, tinytorch)


def frame(value, found):
    """A nest of results in which a tensor is its dtype, shape and flags; its values are added to `found`."""
    if is_tensor(value):
        found.append(numbers(value))
        return str(value.dtype), tuple(value.shape), value.requires_grad, value.grad_fn is None
    if isinstance(value, dict):
        return {name: frame(each, found) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value).__name__, [frame(each, found) for each in value]
    return value


def outcome(call, library, *arguments, **settings):
    """The frame and the values of what a call of a library gives, or the refusal and no values."""
    values = []
    result, error = attempt(call, library, *arguments, **settings)
    if error is not None:
        return (type(error).__name__, str(error)), values
    return frame(result, values), values


def assert_alike(call, *arguments, tolerance=1e-6, **settings):
    """A call gives the same frames and values, or the same refusal, under both libraries."""
    (expected, wanted), (found, values) = [outcome(call, library, *arguments, **settings) for library in LIBRARIES]
    assert found == expected
    for one, other in zip(values, wanted, strict=True):
        numpy.testing.assert_allclose(one, other, tolerance, tolerance)
