"""Printing against the installed PyTorch: the same text for random shapes, types, magnitudes, layouts and options."""

import hypothesis.extra.numpy as arrays
import ml_dtypes
import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from tinytorch import dtypes, printing
from tinytorch.devices import device
from tinytorch.tensor import wrap

INTEGERS = ("bool", "uint8", "int8", "int16", "int32", "int64")
REALS = ("float16", "bfloat16", "float32", "float64")
COMPLEX = ("complex64", "complex128")
SPECIAL = numpy.array([0.0, -0.0, numpy.nan, numpy.inf, -numpy.inf, 1, -1, 1000, 1e8, 1e-4, 0.99995, 2.5])
OPTIONS = some.fixed_dictionaries(
    {},
    optional={
        "precision": some.integers(0, 9),
        "threshold": some.sampled_from([0, 5, 50, 1000, float("inf")]),
        "edgeitems": some.integers(0, 4),
        "linewidth": some.integers(1, 130),
        "sci_mode": some.sampled_from([None, False, True]),
        "profile": some.sampled_from(["default", "short", "full", "unknown"]),
    },
)


@pytest.fixture(autouse=True)
def fresh_options():
    """Options and default dtype as at the start, on both sides, after each test."""
    yield
    for side in (torch, printing):
        side.set_printoptions(profile="default")
    torch.set_default_dtype(torch.float32)
    dtypes.set_default_dtype(dtypes.float32)


def floats(random, shape, spread):
    """Numbers over `spread` decades, some of them whole, some special."""
    values = random.standard_normal(shape) * 10.0 ** random.uniform(-spread, spread, shape)
    values = numpy.where(random.random(shape) < random.choice([0, 0.5, 1]), numpy.rint(values), values)
    return numpy.where(random.random(shape) < random.choice([0, 0.1]), random.choice(SPECIAL, shape), values)


@some.composite
def values(draw):
    """A NumPy array of one of our types: contiguous, transposed, strided or expanded."""
    # Long dimensions come too, so that summaries are cut in some of them, with few numbers to compute.
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=9))
    if shape and draw(some.integers(0, 3)) == 0:
        shape = (*shape[:-1], draw(some.integers(100, 300)))
    dtype = draw(some.sampled_from(INTEGERS + REALS + COMPLEX))
    random = numpy.random.default_rng(draw(some.integers(0, 2**32)))
    spread = draw(some.sampled_from([0.5, 1, 3, 6, 40, 300]))
    kind = {each.name: each.numpy for each in dtypes.ALL}[dtype]
    with numpy.errstate(all="ignore"):
        if dtype in INTEGERS:
            low, high = (0, 2) if dtype == "bool" else (numpy.iinfo(kind).min, numpy.iinfo(kind).max)
            whole = random.integers(low, high, shape, dtype=numpy.int64 if dtype == "bool" else kind)
            array = numpy.asarray(whole if spread > 3 else whole % 100).astype(kind)
        elif dtype in COMPLEX:
            array = numpy.empty(shape, kind)
            array.real, array.imag = floats(random, shape, spread), floats(random, shape, draw(some.integers(0, 12)))
        else:
            array = numpy.asarray(floats(random, shape, spread)).astype(kind)
    layout = draw(some.sampled_from(["contiguous", "transposed", "strided", "expanded"]))
    if layout == "transposed":
        array = array.T
    if layout == "strided" and array.ndim:
        array = numpy.repeat(array, 2, axis=0)[1::2]
    if layout == "expanded":
        array = numpy.broadcast_to(array, (draw(some.integers(1, 9)), *array.shape))
    return numpy.asarray(array)


def on_pytorch(array):
    """PyTorch's tensor of the same values; a copy, since PyTorch warns of memory that must not be written to."""
    values = numpy.array(array, order="K")
    if values.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(values.view(numpy.int16)).view(torch.bfloat16)
    return torch.from_numpy(values)


@settings(max_examples=400)
@given(values(), some.booleans(), OPTIONS, some.sampled_from(["float16", "bfloat16", "float32", "float64"]))
def test_text_equals_pytorchs(array, requires_grad, options, default):
    for side in (torch, printing):
        side.set_printoptions(profile="default")
        side.set_printoptions(**options)
    torch.set_default_dtype(getattr(torch, default))
    dtypes.set_default_dtype(getattr(dtypes, default))
    theirs, ours = on_pytorch(array), wrap(array, device("cpu"))
    if requires_grad and ours.dtype.category >= dtypes.FLOAT:
        theirs.requires_grad_()
        ours.requires_grad_()
    assert repr(ours) == repr(theirs)


@settings(max_examples=200)
@given(values())
def test_text_equals_pytorchs_with_the_options_of_the_start(array):
    assert repr(wrap(array, device("cpu"))) == repr(on_pytorch(array))


def test_options_have_the_same_names_and_values():
    assert printing.get_printoptions() == torch._tensor_str.get_printoptions()
