"""Every operation live against the installed PyTorch, with numbers that no record holds; and the record against it."""

import random
import warnings

import pytest
import torch

from tests import observation, test_every_operation
from tests.golden.record_operations import record
from tests.samples import rows
from tests.test_every_operation import GOLDEN, NAMES, RECORDED, check, wrong_gradients, wrong_values

DRAWN = sorted(random.Random(20).sample(NAMES, 10))


@pytest.fixture
def other_numbers(monkeypatch):
    """The inputs of all samples with their numbers in another order."""
    usual = observation.values
    monkeypatch.setattr(observation, "values", lambda *arguments: usual(*arguments[:-1], arguments[-1] + 1000))


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_does_what_pytorch_does_with_other_numbers(name, other_numbers, monkeypatch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        monkeypatch.setitem(test_every_operation.GOLDEN, name, record(name, rows[name]))
    check(wrong_values(name, rows[name], "cpu"), name)
    check(wrong_gradients(name, rows[name], "cpu"), name)


@pytest.mark.parametrize("name", DRAWN)
def test_the_record_is_what_the_installed_pytorch_does(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fresh = record(name, rows[name])
    assert RECORDED["torch"].split("+")[0] == torch.__version__.split("+")[0]
    check(unlike(fresh, GOLDEN[name], name))


def unlike(found, expected, path):
    """Where two records differ; floats may by 1e-6 of the larger of 1 and the number."""
    if isinstance(expected, dict) and isinstance(found, dict) and found.keys() == expected.keys():
        for key in expected:
            yield from unlike(found[key], expected[key], f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(found, list | tuple) and len(found) == len(expected):
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from unlike(one, other, f"{path}/{place}")
    elif isinstance(expected, float) and isinstance(found, float):
        if observation.unequal([found], [expected], 1e-6):
            yield f"{path}: {found}, recorded {expected}"
    elif found != expected:
        yield f"{path}: {found}, recorded {expected}"
