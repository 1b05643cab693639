"""What is asked of every operation, from its row of samples and PyTorch's numbers: no test code per operation."""

import gzip
import itertools
import json
import os
import pathlib
import re
import warnings

import pytest

import tinytorch
from tests import observation
from tests.known_differences import KNOWN, ON_CUDA, WITH_OTHER_NUMBERS
from tests.observation import DTYPES, REFUSALS, Call, differences, forward, seen
from tests.samples import rows
from tinytorch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from tinytorch.declaration import registry
from tinytorch.graph import Node, Part

PATH = pathlib.Path(__file__).parent / "golden" / "operations.json.gz"
with gzip.open(PATH) as file:
    RECORDED = json.load(file)
GOLDEN = RECORDED["operations"]
NAMES = sorted(
    name for name, row in rows.items() if not row.apart and name in GOLDEN and observation.exists(tinytorch, row, name)
)
every_operation = pytest.mark.parametrize("name", NAMES)
every_registered = pytest.mark.parametrize("name", sorted(registry))


def check(complaints, name=None):
    """Fail with all complaints that tests/known_differences.py does not name, one a line.

    Both libraries warn of some samples, NumPy may of none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.filterwarnings(
            "ignore", category=RuntimeWarning, module=r"tests\.devices\."
        )  # as tinytorch's own frames
        complaints = [each for each in complaints if not is_known(name, each)]
    assert not complaints, f"{len(complaints)} differences\n" + "\n".join(complaints[:40])


def is_known(name, complaint):
    """Whether a complaint is one of the differences that are named, with their reasons."""
    named = (*KNOWN.get(name, ()), *WITH_OTHER_NUMBERS.get(name, ()))
    if os.environ.get("TINYTORCH_TEST_DEVICE") == "cuda":
        named = (*named, *ON_CUDA.get(name, ()))
    return any(re.search(pattern, complaint) for pattern, _ in named)


def recorded(name, row):
    """Each sample and what PyTorch did with it."""
    for sample in row.samples:
        yield sample, GOLDEN[name]["samples"][repr(sample)]


def brief(sample):
    """A sample as an error shows it: only what is not usual."""
    text = re.sub(r"(?:low=-2.0|high=2.0|dtype=''|layout=''|values=None|grad=True)(?:, )?", "", repr(sample))
    return text.replace(", )", ")").removeprefix("Sample")


def refusal_differs(found, expected, words=True):
    """How a refusal differs from PyTorch's, or a result from a refusal. Where PyTorch merely lacks a kernel or
    a derivative, we may have one; where the words do not count, in dtypes beside the usual one, they still may not be
    NumPy's.
    """
    if "error" not in expected:
        return f"{found['error']}, PyTorch has a result" if "error" in found else ""
    if "error" not in found:
        lacking = any(
            words in expected["error"][1] for words in ("not implemented", "support automatic differentiation")
        )
        return "" if lacking else f"a result, PyTorch has {expected['error']}"
    numpys = any(word in found["error"][1] for word in ("ufunc", "numpy", "dtype('"))
    if numpys or (words and found["error"] != expected["error"]):
        return f"{found['error']}, PyTorch has {expected['error']}"
    return ""


def wrong_values(name, row, device):
    """Where results differ from PyTorch's in dtype, shape, strides or value, or a refusal from PyTorch's."""
    for sample, expected in recorded(name, row):
        for dtype in DTYPES:
            wanted = expected["forward"][dtype]
            found = forward(tinytorch, row, name, sample, (dtype,), device)
            if device == "cuda" and "error" in found:  # what was recorded is the CPU's words
                found["error"][1] = found["error"][1].replace("torch.cuda.", "torch.")
            differs = refusal_differs(found, wanted, words=dtype == "float32")
            if not differs and "outputs" in wanted and wanted["outputs"][0][0] != "complex32":  # which we have not
                if len(found["outputs"]) != len(wanted["outputs"]):
                    differs = f"{len(found['outputs'])} results, PyTorch has {len(wanted['outputs'])}"
                for one, other in zip(found["outputs"], wanted["outputs"], strict=False):
                    if row.random and device == "cuda":  # a GPU draws other numbers: tests/parity/test_cuda_stream.py
                        other = [*other[:3], one[3]]
                    differs = differs or differences(one, other, row.ulps)
            if differs:
                yield f"{name}{brief(sample)} {dtype}: {differs}"


def wrong_promotion(name, row, device):
    """Where the dtype of a result differs from PyTorch's, over all pairs of dtypes and kinds of numbers."""
    if row.oracle is not None:
        return
    asked = observation.promotions(row.samples[0])
    for (sample, dtypes), expected in zip(asked, GOLDEN[name]["promotions"], strict=True):
        found = observation.result_dtypes(tinytorch, row, name, sample, dtypes)
        lacking = expected in ("NotImplementedError", "complex32")  # where PyTorch lacks a kernel, we may have one
        if found != expected and not lacking and not found.endswith("Error") == expected.endswith("Error") == 1:
            yield f"{name}{brief(sample)} {', '.join(dtypes)}: {found}, PyTorch has {expected}"


def wrong_gradients(name, row, device):
    """Where node, gradients or second gradients differ from PyTorch's."""
    if row.random and device == "cuda":
        return  # a GPU draws other numbers
    for sample, expected in recorded(name, row):
        for dtype, wanted in expected["gradients"].items():
            if "error" in expected["forward"][dtype]:
                continue
            found = observation.gradients(tinytorch, row, name, sample, dtype, device)
            for differs in gradient_differences(found, wanted, named=row.oracle is None):
                yield f"{name}{brief(sample)} {dtype}: {differs}"


def gradient_differences(found, wanted, named):
    if found is None or wanted is None:
        if found is not wanted:
            yield f"{found and 'gradients'}, PyTorch has {wanted and 'gradients'}"
        return
    differs = refusal_differs(found, wanted, words=False)
    if differs or "error" in wanted or "error" in found:
        if differs:
            yield differs
        return
    if named and found["node"] != wanted["node"] and "::" not in str(wanted["node"]):
        yield f"node {found['node']}, PyTorch has {wanted['node']}"
    for order in ("gradients", "second"):
        ones, others = [each.get(order) or [None] * len(wanted["gradients"]) for each in (found, wanted)]
        for place, (one, other) in enumerate(zip(ones, others, strict=True)):
            differs = gradient_differs(one, other)
            if differs:
                yield f"{order} of input {place}: {differs}"


def gradient_differs(one, other):
    """How a gradient, [dtype, numbers], differs; no gradient is the same as zeros."""
    if one is None or other is None:
        return f"{one}, PyTorch has {other}" if any(flat_numbers((one or other or [0, []])[1])) else ""
    if one[0] != other[0]:
        return f"dtype {one[0]}, PyTorch has {other[0]}"
    return observation.unequal(one[1], other[1], 64 * observation.UNITS[other[0]])


def flat_numbers(numbers):
    return [part for each in numbers for part in (each if isinstance(each, list) else [each])]


def wrong_in_place(name, row, device):
    """Where the in-place form is refused otherwise than by PyTorch, gives other values than the operation, does not
    count its version up by one, gives other gradients than PyTorch's, or leaves a trace of a refused call.
    A random one has no such form: `bernoulli_(p)` is another function than `bernoulli(probabilities)`.
    """
    if not hasattr(tinytorch.Tensor, f"{name}_") or row.random:
        return
    for sample, expected in recorded(name, row):
        for dtype, wanted in expected["in_place"].items():
            if wanted is not False:
                call = Call(tinytorch, row, name, sample, (dtype,), device)
                for differs in in_place_differences(call, wanted):
                    yield f"{name}_{brief(sample)} {dtype}: {differs}"
        wanted = expected["in_place_gradients"]
        if wanted is not False and not (is_view(name) and sample.arguments[0].layout):  # mostly refused there
            found = observation.in_place_gradients(tinytorch, row, name, sample, "float64", device)
            for differs in in_place_gradient_differences(found, wanted):
                yield f"{name}_{brief(sample)}: {differs}"


def is_view(name):
    operation = getattr(observation.function_of(tinytorch, rows[name], name), "operation", registry.get(name))
    return operation is not None and operation.kind == "view"


def in_place_differences(call, refusal):
    target, method, positional, named = call.in_place(call.leaves)
    before, version = target.clone(), target._version
    try:
        result = method(*positional, **named)
    except REFUSALS as error:
        differs = refusal_differs(observation.refused(error), {"error": [refusal, ""]} if refusal else {}, words=False)
        if differs:
            yield differs
        if differs_at_all(target, before) or target._version != version:
            yield "a refused call left a trace"
        return
    if refusal is not None:
        yield f"a result, PyTorch has {refusal}"
        return
    if result is not target:
        yield "the result is not the tensor that was written to"
    if target._version != version + 1:
        yield f"the version went up by {target._version - version}"
    if not call.row.in_place_only:
        expected = call()[0].to(target.dtype)
        differs = observation.unequal(observation.numbers_of(target), observation.numbers_of(expected), 0)
        if differs:
            yield f"other values than the operation gives: {differs}"


def differs_at_all(one, other):
    return one.shape != other.shape or bool(
        observation.unequal(observation.numbers_of(one), observation.numbers_of(other), 0)
    )


def in_place_gradient_differences(found, wanted):
    if isinstance(found, str) or isinstance(wanted, str):
        if isinstance(found, str) != isinstance(wanted, str) and wanted != "NotImplementedError":  # PyTorch lacks it
            yield f"with gradients {found}, PyTorch has {wanted}"
        return
    if found is None or wanted is None:
        if found is not wanted:
            yield f"{found and 'gradients'}, PyTorch has {wanted and 'gradients'}"
        return
    for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
        differs = gradient_differs(one, other)
        if differs:
            yield f"gradient of input {place}: {differs}"


def wrong_out(name, row, device):
    """Where `out=` gives other values, is not given back, does not count up once, is not resized from nothing, or is
    written although its dtype cannot hold the result.
    """
    if GOLDEN[name]["out"] is False:
        return
    for sample, expected in recorded(name, row):
        if len(expected["forward"]["float32"].get("outputs", ())) == 1:
            call = Call(tinytorch, row, name, sample, ("float32",), device)
            for differs in out_differences(call, call()[0], GOLDEN[name]["out"]):
                yield f"{name}{brief(sample)}: {differs}"


def out_differences(call, expected, refusal):
    def into(out):
        positional, named = call.arguments(call.leaves)
        if call.row.random:
            tinytorch.manual_seed(7)
        return call.function()(*positional, **named, out=out)

    def blank(shape, dtype):
        return tinytorch.zeros(shape, dtype=dtype, device=call.device)

    wanted = seen(expected)
    for shape in (tuple(expected.shape), (0,)):
        out = blank(shape, expected.dtype)
        try:
            result = into(out)
        except REFUSALS as error:
            yield f"out= of shape {shape} was refused with: {error}"
            continue
        if result is not out:
            yield "the result is not `out`"
        differs = [seen(out)[place] != wanted[place] for place in (0, 1)]
        if any(differs) or observation.unequal(seen(out)[3], wanted[3], 0):
            yield f"out= gave {seen(out)}, the call {wanted}"
        if out._version != 1:
            yield f"the version went up by {out._version}"
    if expected.dtype.is_floating_point and refusal is not True:
        out = blank(tuple(expected.shape), tinytorch.int64)
        try:
            into(out)
            yield f"an integer `out` took a float result, PyTorch has {refusal}"
        except REFUSALS as error:
            differs = refusal_differs(observation.refused(error), {"error": refusal}, words=False)
            if differs:
                yield f"an integer `out`: {differs}"
        if any(observation.numbers_of(out)) or out._version:
            yield "a refused call left a trace in `out`"


def wrong_derivative(name, row, device):
    """Where a derivative, of first or second order, is not what differences of the operation's own values say."""
    if row.smooth or row.random:
        return
    for sample, expected in recorded(name, row):
        for dtype, wanted in expected["gradients"].items():
            call = Call(tinytorch, row, name, sample, (dtype,), device)
            if wanted and "error" not in wanted and not {"float32", "complex64"} & set(call.dtypes):  # too coarse
                try:
                    check_numerically(call)
                except GradcheckError as error:
                    yield f"{name}{brief(sample)} {dtype}: {' '.join(str(error).split())[:300]}"


def check_numerically(call):
    leaves = call.require_grad()
    fixed = {id(leaf): leaf for leaf in call.leaves if not leaf.requires_grad}

    def function(*wanted):
        given = iter(wanted)
        outputs = call(*[leaf if id(leaf) in fixed else next(given) for leaf in call.leaves])
        return tuple([each for each in outputs if each.dtype.is_floating_point or each.dtype.is_complex])

    outputs = function(*leaves)
    if any(each.isnan().any() for each in outputs):
        return  # no difference of these is a number
    gradcheck(function, leaves)
    tinytorch.manual_seed(7)  # the gradients of the outputs are drawn
    gradgradcheck(function, leaves)


def wrong_on_meta(name, row, device):
    """Where the meta device gives another dtype, shape or stride than the CPU."""
    if row.meta:
        return
    for sample, expected in recorded(name, row):
        if "outputs" not in expected["forward"]["float32"]:
            continue
        call = Call(tinytorch, row, name, sample, ("float32",), "meta")
        real = Call(tinytorch, row, name, sample, ("float32",), "cpu")
        try:
            found = [described(each) for each in call()]
        except (*REFUSALS, AttributeError) as error:
            yield f"{name}{brief(sample)}: {type(error).__name__}: {error}"
            continue
        wanted = [described(each) for each in real()]
        if found != wanted:
            yield f"{name}{brief(sample)}: {found}, the CPU has {wanted}"


def described(tensor):
    return [str(tensor.dtype), tuple(tensor.shape), observation.strides(tensor)]


def wrongly_kept(name, row, device):
    """What a node keeps although no derivative that is wanted names it, for each choice of inputs with a gradient."""
    for sample, expected in recorded(name, row):
        if "node" not in (expected["gradients"]["float64"] or {}):
            continue
        count = len(Call(tinytorch, row, name, sample, ("float64",), device).require_grad())
        for flags in itertools.product((True, False), repeat=count):
            call = Call(tinytorch, row, name, sample, ("float64",), device)
            for leaf, flag in zip(call.require_grad(), flags, strict=True):
                leaf.requires_grad_(flag)
            for node in nodes_behind(call()):
                for each in kept_too_much(node):
                    yield f"{name}{brief(sample)}: {each}"


def nodes_behind(outputs):
    """The nodes of operations that led to some tensors."""
    stack = [each.history for each in outputs if each.requires_grad]
    found = []
    while stack:
        node = stack.pop()
        node = node.node if type(node) is Part else node
        if isinstance(node, Node) and node not in found:
            found.append(node)
            stack.extend(node.edges)
    return [node for node in found if getattr(node, "operation", None) is not None]


def kept_too_much(node):
    op = node.operation
    first = len(node.edges) - len(op.inputs) + 1 if op.several is not None else 1
    edges = [any(each is not None for each in node.edges[:first]), *[each is not None for each in node.edges[first:]]]
    named = {want for input, edge in zip(op.inputs, edges, strict=True) if edge for want in op.wants[input]}
    for parameter, value in zip(op.parameters, node.args, strict=True):
        held = [
            each for each in (value if type(value) in (list, tuple) else (value,)) if type(each) is node.device.array
        ]
        if held and parameter not in named:
            yield f"{op.name} keeps {parameter}, and no derivative that is wanted names it"
    if node.result is not None and not named & {"result", *op.rule.outputs}:
        yield f"{op.name} keeps its result, and no derivative that is wanted names it"


def wrong_words(name, row, device):
    """What an operation lacks in its documentation: a first line that is a sentence."""
    text = (registry[name].body.__doc__ or "").strip()
    first = text.split("\n\n")[0].replace("\n", " ")
    if not first.endswith((".", ":")) or not text:
        yield f"{name}: the docstring begins with {first!r}"


@every_operation
def test_values_dtypes_shapes_strides_and_refusals_are_pytorchs(name, device):
    check(wrong_values(name, rows[name], device), name)


@every_operation
def test_results_have_the_dtypes_that_pytorch_gives_them(name):
    check(wrong_promotion(name, rows[name], None), name)


@every_operation
def test_nodes_gradients_and_second_gradients_are_pytorchs(name, device):
    check(wrong_gradients(name, rows[name], device), name)


@every_operation
def test_derivatives_agree_with_differences_of_values(name):
    check(wrong_derivative(name, rows[name], None), name)


@every_operation
def test_in_place_is_the_operation_and_counts_one_version(name, device):
    check(wrong_in_place(name, rows[name], device), name)


@every_operation
def test_out_takes_the_result_or_stays_as_it_was(name, device):
    check(wrong_out(name, rows[name], device), name)


@every_operation
def test_the_meta_device_gives_shapes_dtypes_and_strides(name):
    check(wrong_on_meta(name, rows[name], None), name)


@every_operation
def test_nothing_is_kept_that_no_derivative_names(name):
    check(wrongly_kept(name, rows[name], None), name)


@every_registered
def test_the_documentation_begins_with_a_sentence(name):
    check(wrong_words(name, None, None))


def test_each_operation_has_a_row_of_samples():
    assert sorted(registry.keys() - rows.keys()) == [], "operations without samples: add them to tests/samples/"


def test_each_row_has_something_to_run():
    """A row under PyTorch's name alone may wait for tinytorch to have it."""
    own = {name for name, row in rows.items() if row.apart or row.oracle or row.program}
    assert sorted(name for name in own - registry.keys() if not observation.exists(tinytorch, rows[name], name)) == []


def test_each_sample_was_recorded():
    lacking = [
        f"{name}{brief(sample)}" for name, row in rows.items() if not row.apart for sample in row.samples
        if repr(sample) not in GOLDEN.get(name, {"samples": {}})["samples"]
    ]  # fmt: skip
    assert lacking == [], "run `python -m tests.golden.record_operations` where PyTorch is installed"


def test_each_public_method_exists_in_pytorch():
    own = {name for name, value in vars(tinytorch.Tensor).items() if callable(value) and not name.startswith("_")}
    assert sorted(own - set(RECORDED["methods"])) == []


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_known_difference_is_still_there(name):
    """So that the list of differences shrinks with them: each pattern has to match a complaint."""
    questions = (
        wrong_values,
        wrong_gradients,
        wrong_promotion,
        wrong_in_place,
        wrong_out,
        wrong_on_meta,
        wrong_derivative,
    )
    missing = dict(KNOWN[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for question in questions:
            for each in question(name, rows[name], "cpu") if missing else ():
                missing = {pattern: reason for pattern, reason in missing.items() if not re.search(pattern, each)}
    assert not missing, f"{name} no longer differs here: {list(missing.values())}"
