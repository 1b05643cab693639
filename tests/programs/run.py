"""What a program does, statement by statement: what was changed, or why it was refused; and how two runs differ."""

import copy
import functools
import math
import re
import warnings
from typing import Any, NamedTuple

TOLERANCE = 1e-9  # relative to the larger of the value and 1: a sum that cancels keeps no more
COARSE = 2e-4  # the same for a program with numbers of single precision
SINGLE = re.compile(r"float32|complex64|\.float\(")

# What a refusal is about: the first pattern found in the message names it.
KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("undefined name", r"^name '\w+' is not defined"),
        ("write to a view of a leaf", r"a view of a leaf Variable that requires grad is being used in an in-place"),
        ("write to a leaf", r"a leaf Variable that requires grad is being used in an in-place"),
        ("write to a view of no_grad", r"created in no_grad mode and is being modified inplace"),
        ("base of a view of no_grad was written to", r"created in no_grad mode and its base or another view"),
        ("base of one of several views was written to", r"is a view and its base or another view"),
        ("write to one of several views", r"is a view and is being modified inplace"),
        ("kept value was written to", r"has been modified by an inplace operation"),
        ("kept value was detached", r"saved tensor that has been detached in-place"),
        ("second backward", r"backward through the graph a second time"),
        ("differentiable once", r"marked with @once_differentiable"),
        ("no gradient for a hook", r"'NoneType' object has no attribute"),
        ("input not used", r"appears to not have been used in the graph"),
        ("input needs no gradient", r"One of the differentiated Tensors does not require grad"),
        ("nothing needs a gradient", r"does not require grad and does not have a grad_fn"),
        ("output is no scalar", r"grad can be implicitly created only for scalar"),
        ("flag of a non-leaf", r"can only change requires_grad flags of leaf"),
        ("retain_grad without grad", r"can't retain_grad on Tensor that has requires_grad=False"),
        ("detach_ of a view", r"Can't detach"),
        ("numpy of a tensor with grad", r"Can't call numpy\(\)"),
        ("not one element", r"elements? cannot be converted to Scalar|only one element tensors can be converted"),
        ("ambiguous truth", r"Boolean value of Tensor"),
        ("iteration over 0-d", r"iteration over a 0-d|0-d tensor"),
        ("index of 0-d", r"invalid index of a 0-dim|cannot be applied to a 0-dim|tensor has no dimensions"),
        ("too many indices", r"too many indices"),
        ("slice step", r"step must be greater than zero"),
        (
            "index out of range",
            r"is out of bounds for dimension|index -?\d+ out of range|out of range for tensor of size",
        ),
        ("dimension out of range", r"Dimension out of range|Dimension specified as|Dimension \d+ is out of"),
        ("narrow out of range", r"start \(\d+\) \+ length|exceeds dimension size"),
        ("overlapping memory", r"single memory location"),
        ("result does not fit", r"doesn't match the broadcast shape"),
        ("view across strides", r"view size is not compatible"),
        ("number of elements", r"is invalid for input of size"),
        ("two inferred sizes", r"only one dimension can be inferred"),
        ("permutation", r"permute\(.*\)|number of dimensions in the tensor input does not match|duplicate dims"),
        ("expand", r"expanded size of the tensor|number of sizes provided"),
        ("shapes do not broadcast", r"must match the size of tensor|shape mismatch"),
        (
            "matrix sizes",
            r"cannot be multiplied|size mismatch|inconsistent tensor size|Expected size for first two",
        ),
        ("t of 3-d", r"t\(\) expects a tensor with <= 2 dimensions"),
        ("hook on a tensor without grad", r"cannot register a hook on a tensor that doesn't require"),
        ("hook after accumulation on a non-leaf", r"post accumulate grad hooks cannot be registered on non-leaf"),
        ("hook that returns something", r"post accumulate grad hooks should return None"),
        ("gradient of a wrong shape", r"Mismatch in shape: grad_output"),
        ("materialize_grads without allow_unused", r"Expected allow_unused to be True or not passed"),
        ("no inputs", r"argument to `backward\(\)` cannot be empty"),
        ("number of gradients", r"got \d+ tensors and \d+ gradients"),
        (".grad that does not fit", r"assigned grad|attempting to assign a gradient|as its own grad"),
        ("deep copy of a result", r"support the deepcopy protocol"),
        ("out= with grad", r"out=\.\.\. arguments don't support automatic differentiation"),
        ("result of another category", r"can't be cast to the desired output type"),
        ("write to an inference tensor", r"Inplace update to inference tensor outside InferenceMode"),
        ("inference tensor that backward keeps", r"Inference tensors cannot be saved for backward"),
        ("flag of an inference tensor", r"Setting requires_grad=True on inference tensor"),
        ("version of an inference tensor", r"Inference tensors do not track version counter"),
        ("no gradient at all", r"'int' object has no attribute|can't .*int|'int' object"),
    )
)
STALE = tuple(
    ("RuntimeError", kind)
    for kind in (
        "kept value was written to",
        "kept value was detached",
        "base of one of several views was written to",
        "base of a view of no_grad was written to",
    )
)


class Step(NamedTuple):
    """One statement: its refusal, whether that left everything as it was, and the names that it changed or made."""

    line: str
    error: tuple | None  # (class, kind)
    clean: bool
    changed: dict  # name -> (_version, requires_grad, values); of what hooks observed (length, False, the same of each)
    made: dict  # name -> (shape, stride, dtype, name of grad_fn), or None where a gradient is None
    grads: dict  # name -> gradient, after a statement about gradients that was not refused
    message: str = ""


class Outcome(NamedTuple):
    """The steps of a program, and at its end name -> (requires_grad, is_leaf, name of grad_fn or refusal, gradient)."""

    steps: list
    final: dict


class Difference(NamedTuple):
    """Where two outcomes part: the number of the step, its line, the name, the aspect, and what either side has."""

    step: int
    line: str
    name: str
    aspect: str
    expected: Any
    actual: Any

    def __str__(self):
        return f"{self.step}: {self.line}\n    {self.name} {self.aspect}: expected {self.expected}, got {self.actual}"


def kind_of(message):
    for kind, pattern in KINDS:
        if pattern.search(message):
            return kind
    return "unclassified: " + re.sub(r"-?\d+", "#", message)[:120]


def refusal(error):
    return type(error).__name__, kind_of(str(error))


def history_name(tensor):
    """The name of the node, or the refusal where even looking is refused."""
    try:
        node = tensor.grad_fn
    except RuntimeError as error:
        return list(refusal(error))
    return node and node.name().removeprefix("torch::autograd::")


def look(value):
    """What is compared of a value after each statement; None of what is not compared, such as a handle."""
    if isinstance(value, list | tuple):
        return len(value), False, [look(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return 0, False, value
    return look_at_tensor(value) if hasattr(value, "tolist") else None


def look_at_tensor(tensor):
    try:
        values = tensor.tolist()
    except RuntimeError:  # PyTorch's gradient of sign is a zero tensor without storage; a sum gives it some
        values = (tensor.detach() + 0.0).tolist()
    version = None if tensor.is_inference() else tensor._version
    return version, tensor.requires_grad, pairs(values) if tensor.is_complex() else values


def pairs(values):
    """Complex numbers as pairs, so that they can be recorded."""
    return [pairs(each) for each in values] if isinstance(values, list) else [values.real, values.imag]


def describe(tensor):
    return tuple(tensor.shape), strides_that_count(tensor), str(tensor.dtype), history_name(tensor)


def strides_that_count(tensor):
    """The strides; 0 for a dimension of size 1, whose stride reaches no element, and where there are no elements."""
    if tensor.numel() == 0:
        return (0,) * tensor.dim()
    return tuple(0 if size == 1 else step for size, step in zip(tensor.shape, tensor.stride(), strict=True))


@functools.lru_cache(4096)  # each line runs under two libraries
def compiled(line):
    return compile(line, "program", "exec")


def gradient(tensor):
    """(requires_grad, values) of `.grad`, or None; a view that is no longer valid refuses this too."""
    try:
        grad = tensor.grad
    except RuntimeError as error:
        return list(refusal(error))
    return None if grad is None else look(grad)[1:]


def look_at_history(tensor):
    history = history_name(tensor)
    if isinstance(history, list):  # a view that is no longer valid refuses its flags too
        return tensor.requires_grad, None, history, None
    return tensor.requires_grad, tensor.is_leaf, history, gradient(tensor)


def run(text, module):
    """Executes each line with `module` under the name torch; one that raises is recorded, and the next goes on."""
    space, seen, steps, Tensor = {"torch": module, "copy": copy, "__warningregistry__": {}}, {}, [], module.Tensor
    exec("", space)  # puts __builtins__ in, so that all names from here on are the program's
    known, names = set(space), {}
    with warnings.catch_warnings(), module.enable_grad():  # which also ends a mode that the program left on
        warnings.simplefilter("ignore")
        for line in text.splitlines():
            error, message = None, ""
            try:
                exec(compiled(line), space)
            except Exception as problem:  # whatever the library raises is the result
                error, message = refusal(problem), str(problem)
            made = {}
            for name in space:
                if name not in known:
                    known.add(name)
                    names[name] = None
                    made[name] = describe(space[name]) if isinstance(space[name], Tensor) else None
            changed, clean = {}, True
            for name in names:
                now, before = look(space[name]) if name in space else None, seen.get(name)
                if now is not None and now != before:
                    clean = clean and before is not None and close(before, now, 0.0)
                    seen[name] = changed[name] = now
            tensors = {name: space[name] for name in names if isinstance(space.get(name), Tensor)}
            grads = {}
            if error is None and ("backward(" in line or ".grad" in line):
                grads = {name: gradient(tensor) for name, tensor in tensors.items()}
            steps.append(Step(line, error, error is None or clean, changed, made, grads, message))
        final = {name: look_at_history(tensor) for name, tensor in tensors.items()}
    return Outcome(steps, final)


def close(expected, actual, tolerance=TOLERANCE):
    """Whether nested sequences hold the same: numbers within the tolerance, nan as nan, all else equal."""
    if isinstance(expected, float) and isinstance(actual, float):
        if expected == actual or (math.isnan(expected) and math.isnan(actual)):
            return True
        return abs(expected - actual) <= tolerance * max(1.0, abs(expected)) and math.isfinite(expected)
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            return False
        return all(close(one, two, tolerance) for one, two in zip(expected, actual, strict=True))
    return expected == actual


def same_history(expected, actual, names):
    """PyTorch renews a view's history as AsStridedBackward0, which says nothing of the operation."""
    if isinstance(actual, str) and (expected == "AsStridedBackward0" or (isinstance(expected, str) and not names)):
        return True
    return close(expected, actual)


def compare(expected, actual, names=True):
    """Where two outcomes part, step by step; `names`: the names of grad_fn count too, not only whether there is one.

    After a backward() that was refused half way, `.grad` is not compared: PyTorch has added some gradients already. Nor
    is what hooks have seen, after a refused grad() too: those of leaves run earlier there.
    Of a gradient, and of what a transform gives, strides, `_version` and the name of grad_fn are not compared: they
    tell how an engine adds.
    """
    found, left, right, gradients, halved, heard = [], {}, {}, set(), False, False
    tolerance = COARSE if any(SINGLE.search(step.line) for step in expected.steps) else TOLERANCE

    def check(step, line, name, aspects, one, two):
        for aspect, first, second in zip(aspects, one, two, strict=True):
            if name in gradients and aspect in ("stride", "_version"):
                continue
            if aspect == "grad_fn":
                same = same_history(first, second, names and name not in gradients)
            else:
                same = close(first, second, tolerance)
            if not same:
                found.append(Difference(step, line, name, aspect, first, second))

    for number, (one, two) in enumerate(zip(expected.steps, actual.steps, strict=True)):
        line = one.line
        if halved and ".grad" in line.replace("autograd.grad", ""):
            return found
        halved = halved or ("backward(" in line and one.error is not None)
        heard = heard or halved or ("grad(" in line and one.error is not None)
        if "autograd.grad(" in line or ".func." in line or ".forward_ad." in line:
            gradients.update(one.made)
        refused = two.error
        if one.error and refused in STALE and one.error in STALE:  # of several stale values either names one
            refused = one.error
        check(number, line, "", ("refusal", "new names"), (one.error, sorted(one.made)), (refused, sorted(two.made)))
        if not halved and "grad(" not in line:
            check(number, line, "", ("nothing half done",), (one.clean,), (two.clean,))
        for name in one.made.keys() & two.made.keys():
            first, second = one.made[name], two.made[name]
            if first is None or second is None:
                check(number, line, name, ("is None",), (first is None,), (second is None,))
            else:
                check(number, line, name, ("shape", "stride", "dtype", "grad_fn"), first, second)
        left.update(one.changed)
        right.update(two.changed)
        for name in (one.changed.keys() | two.changed.keys()) & left.keys() & right.keys():
            if not (heard and name.startswith("seen")):
                check(number, line, name, ("_version", "requires_grad", "values"), left[name], right[name])
        for name in () if halved else one.grads.keys() & two.grads.keys():
            check(number, line, name, ("grad",), (one.grads[name],), (two.grads[name],))
        if found:  # what follows a difference follows from it
            return found
    for name in expected.final.keys() & actual.final.keys():
        aspects = ("requires_grad", "is_leaf", "grad_fn", "grad")
        count = 3 if halved else 4
        one, two = expected.final[name][:count], actual.final[name][:count]
        check(len(expected.steps), "at the end", name, aspects[:count], one, two)
    return found
