"""Every operation under `vmap`: mapped over a batch it gives what it gives for each example, gradients too."""

import re
import warnings

import pytest

import tinytorch
from tests import observation
from tests.observation import REFUSALS, Call
from tests.samples import rows
from tinytorch.func import vmap

EXAMPLES = 3
ENOUGH = 6  # samples of one operation
DATA = "dynamic shape|a differently shaped Tensor|calling .item"
UNMAPPED = {  # name -> which error, and why it has to be; PyTorch refuses too, unless it is said
    "nonzero nonzero_static argwhere unique unique_consecutive bincount masked_select": (
        DATA, "the number of results depends on the values"
    ),
    "histc histogram histogramdd": (DATA, "the limits are numbers of the host; PyTorch loops over the examples"),
    "getitem setitem": ("indexing with a boolean mask", "the number of results depends on the values"),
    "repeat_interleave": (DATA, "the number of results depends on the values"),
    "one_hot": ("provide an explicit positive num_classes", "the number of classes depends on the values"),
    "embedding_with_max_norm embedding_renorm": ("dynamic shape", "each row is shortened once, in place"),
    "batch_norm_that_runs instance_norm_that_runs": ("Batch norm got a batched", "all examples move one statistic"),
    "ctc_loss": (DATA, "lengths are numbers of the host; PyTorch loops over the examples"),
}  # fmt: skip
REFUSED = {name: words for names, (words, _) in UNMAPPED.items() for name in names.split()}
SORTED = ("searchsorted", "bucketize")  # they read sorted values
WRITES = re.compile("modified inplace while gradients are recorded|more elements than `self`")  # as it writes to one
NAMES = sorted(
    name for name, row in rows.items()
    if not (row.apart or row.random or row.makes) and observation.exists(tinytorch, row, name)
)  # fmt: skip


def examples_of(call):
    """Three lists of leaves with other numbers; those with values of their own have them once in reverse order."""
    return [
        [
            leaf if number == 0 else other_numbers(call, place, leaf, number)
            for place, leaf in enumerate(call.leaves)
        ]
        for number in range(EXAMPLES)
    ]  # fmt: skip


def other_numbers(call, place, leaf, number):
    input = call.inputs[place]
    if input.values is None:
        return call.made(input, call.dtypes[place], place + 17 * number)
    return leaf.flip(-1) if number == 1 and leaf.ndim and call.name not in SORTED else leaf


def can_have_gradient(tensor):
    return tensor.is_floating_point() or tensor.is_complex()


def choices(call):
    """The places of leaves that are mapped over: the first, all that hold floats, and all."""
    floats = tuple([place for place, leaf in enumerate(call.leaves) if can_have_gradient(leaf)])
    return {(0,), floats, tuple(range(len(call.leaves)))} - {()} if call.leaves else set()


def attempt(function, *arguments):
    """What a function gives, or None where it refuses."""
    try:
        return function(*arguments)
    except (*REFUSALS, AttributeError):
        return None


def complaints_of(name):
    """How mapped calls differ from calls for each example."""
    for call in calls_of(name, ENOUGH):
        for places in sorted(choices(call)):
            examples = examples_of(call)
            for differs in mapped_differs(function_of(call, examples, places), call, examples, places):
                yield f"{call.sample} mapped over {places}: {differs}"


def calls_of(name, count):
    return [Call(tinytorch, rows[name], name, sample, ("float64",)) for sample in rows[name].samples[:count]]


def function_of(call, examples, places):
    """A call as a function of the leaves at some places."""

    def function(*given):
        leaves = [each.clone() for each in examples[0]]  # as some are written to
        for place, each in zip(places, given, strict=True):
            leaves[place] = each
        return tuple(call(*leaves))

    return function


def in_place_of(call):
    """The in-place form as a function of all leaves, of which it copies the first."""

    def function(*leaves):
        target, method, positional, named = call.in_place(list(leaves))
        method(*positional, **named)
        return (target,)

    return function


def mapped_differs(function, call, examples, places):
    single = [[leaves[place] for place in places] for leaves in examples]
    wanted = [attempt(function, *[each.clone() for each in leaves]) for leaves in single]
    if None in wanted or len({tuple([each.shape for each in found]) for found in wanted}) > 1:
        return  # it is refused, or the shape depends on the values
    batch = [tinytorch.stack(leaves) for leaves in zip(*single, strict=True)]
    try:
        yield from differences(vmap(function)(*[each.clone() for each in batch]), wanted)
        yield from gradients_differ(function, single, batch, [call.inputs[place].grad for place in places])
    except (*REFUSALS, AttributeError) as error:
        yield f"{type(error).__name__}: {error}"


def differences(found, wanted):
    for place, each in enumerate(found):
        expected = tinytorch.stack([results[place] for results in wanted])
        if each.dtype is not expected.dtype or each.shape != expected.shape:
            yield f"{each.dtype} {each.shape}, not {expected.dtype} {expected.shape}"
            return
        unit = 0 if each.dtype not in (tinytorch.float64, tinytorch.complex128) else 1e-9
        unit = 1e-4 if each.dtype in (tinytorch.float32, tinytorch.complex64) else unit
        differs = observation.unequal(observation.numbers_of(each), observation.numbers_of(expected), unit)
        if differs:
            yield differs.replace("PyTorch", "each example")


def gradients_differ(function, single, batch, differentiable):
    wanted = [attempt(gradients, function, leaves, differentiable) for leaves in single]
    if None in wanted or not any(each is not None for found in wanted for each in found):
        return  # no derivatives
    found = gradients(vmap(function), batch, differentiable)
    for place, one in enumerate(found):
        others = [each[place] for each in wanted]
        if one is not None and None not in others:
            yield from [f"gradient {place}: {each}" for each in differences([one], [[each] for each in others])]
        elif one is not None and (one != 0).any():
            yield f"gradient {place} is there, and not for each example"
        elif any(each is not None and (each != 0).any() for each in others):
            yield f"gradient {place} is not there"


def gradients(function, leaves, differentiable):
    """The gradients of the sum of all results, for the leaves that can have one."""
    leaves = [
        each.detach().requires_grad_() if flag and can_have_gradient(each) else each
        for each, flag in zip(leaves, differentiable, strict=True)
    ]
    outputs = [each for each in function(*leaves) if each.requires_grad]
    wanted = [each for each in leaves if each.requires_grad]
    if not outputs or not wanted:
        return [None]
    ones = [tinytorch.ones_like(each) for each in outputs]
    return tinytorch.autograd.grad(outputs, wanted, ones, allow_unused=True)


def nested_differs(call):
    """How a call that is mapped twice, over the first leaf and over all others, differs from calls for each pair."""
    examples = examples_of(call)
    function = function_of(call, examples, range(len(call.leaves)))
    firsts, rests = [leaves[0] for leaves in examples], [leaves[1:] for leaves in examples]
    if not rests[0]:
        function, rests = lambda one, other: tuple(call(one + other)), [[each] for each in firsts]
    wanted = [attempt(function, one.clone(), *[each.clone() for each in rest]) for one in firsts for rest in rests]
    if None in wanted or len({tuple([each.shape for each in found]) for found in wanted}) > 1:
        return
    inner = [tinytorch.stack(leaves) for leaves in zip(*rests, strict=True)]
    try:
        found = vmap(lambda one: vmap(lambda *rest: function(one.clone(), *rest))(*inner))(tinytorch.stack(firsts))
        yield from differences([each.flatten(0, 1) for each in found], wanted)
    except (*REFUSALS, AttributeError) as error:
        yield f"{call.sample} mapped twice: {type(error).__name__}: {error}"


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_mapped_twice_is_the_operation_for_each_pair(name):
    if name not in REFUSED:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = [each for call in calls_of(name, 1) if call.leaves for each in nested_differs(call)]
        assert [each for each in found if not WRITES.search(each)] == []


@pytest.mark.parametrize("name", [name for name in NAMES if hasattr(tinytorch.Tensor, f"{name}_")])
def test_a_mapped_write_is_the_write_of_each_example(name):
    complaints = []
    for call in calls_of(name, ENOUGH):
        if observation.has_in_place(tinytorch, name, call.sample):
            complaints += mapped_differs(in_place_of(call), call, examples_of(call), range(len(call.leaves)))
    assert [each for each in complaints if not re.search(REFUSED.get(name, "^$"), each)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mapped_operation_is_the_operation_for_each_example(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        complaints = [each for each in complaints_of(name) if not WRITES.search(each)]
    expected = REFUSED.get(name)
    left = [each for each in complaints if expected is None or not re.search(expected, each)]
    assert not left, "\n".join(left)
    assert expected is None or complaints, f"{name} can be mapped by now"
