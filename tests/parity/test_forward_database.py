"""Tangents of every entry of PyTorch's operator database that has forward mode, for samples of double precision."""

import itertools
import warnings

import numpy
import pytest
import torch

import tinytorch
from tests.parity.counterparts import Pair, made_again, seeded, seeded_torch
from tests.parity.operator_database import Entry, op_db
from tests.parity.results import attempt, numbers, refusal, tensors_in

ENOUGH = 8  # samples of an entry in a dtype
OTHERWISE = {
    "as_strided.partial_views": "it shows memory beside its input, which no tangent has: a ValueError",
    "cholesky_inverse": "PyTorch's differs from differences of its own values, ours does not",
    "logcumsumexp": "PyTorch's is nan for complex numbers whose exponentials overflow",
    "max_pool2d_with_indices_backward": "the database calls it by PyTorch's own name, `ops.aten`",
}
ENTRIES = [each for each in map(Entry, op_db) if each.op.supports_forward_ad and each.ours is not None]


def dual(value, library, seeds):
    """A value of a sample with a tangent for each tensor that requires grad."""
    if isinstance(value, library.Tensor) and value.requires_grad:
        chance = numpy.random.RandomState(next(seeds))
        values = chance.normal(size=tuple(value.shape))
        if value.is_complex():
            values = values + 1j * chance.normal(size=tuple(value.shape))
        return library.autograd.forward_ad.make_dual(value.detach(), library.tensor(values, dtype=value.dtype))
    return type(value)([dual(each, library, seeds) for each in value]) if type(value) in (list, tuple) else value


def tangents(library, function, arguments, settings, process):
    """The tangents of a call's results, as arrays; zeros where there is none."""
    forward_ad, seeds = library.autograd.forward_ad, itertools.count()
    with forward_ad.dual_level():
        arguments = [dual(each, library, seeds) for each in arguments]
        settings = {name: dual(each, library, seeds) for name, each in settings.items()}
        result = function(*arguments, **settings)
        found = []
        for each in tensors_in(result if process is None else process(result)):
            if each.is_floating_point() or each.is_complex():
                tangent = forward_ad.unpack_dual(each).tangent
                found.append(numpy.zeros(tuple(each.shape)) if tangent is None else numbers(tangent))
        return found


def differing(entry, dtype):
    """How the tangents of an entry's samples differ from PyTorch's, where it has them."""
    wrapper = entry.op.gradcheck_wrapper
    for sample in entry.samples(dtype, ENOUGH, requires_grad=True):
        pair = Pair(sample)
        if pair.missing:
            continue
        theirs = lambda *arguments, **settings: seeded_torch(wrapper, entry.op.op, *arguments, **settings)
        ours = lambda *arguments, **settings: seeded(made_again(wrapper), entry.ours, *arguments, **settings)
        expected, refused = attempt(tangents, torch, theirs, pair.theirs(), pair.their_settings, pair.their_process)
        if refused is not None:
            continue
        found, error = attempt(tangents, tinytorch, ours, pair.ours(), pair.our_settings, pair.process)
        if error is not None:
            yield f"{sample}: {refusal(error)}"
        elif [each.shape for each in found] != [each.shape for each in expected] or not all(
            numpy.allclose(*each, 1e-5, 1e-7, equal_nan=True) for each in zip(found, expected, strict=True)
        ):
            yield f"{sample}: {found}, PyTorch has {expected}"


@pytest.mark.parametrize(
    "entry", [each for each in ENTRIES if each.title not in OTHERWISE], ids=lambda each: each.title
)
def test_tangents_are_pytorchs(entry):
    supported = entry.op.supported_backward_dtypes("cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        complaints = [
            words
            for dtype in (torch.float64, torch.complex128)
            if dtype in supported
            for words in differing(entry, dtype)
        ]
    assert complaints == []


def test_the_database_has_hundreds_of_entries_and_each_exception_is_one():
    assert len(ENTRIES) > 400
    assert {each.title for each in ENTRIES} >= OTHERWISE.keys()
