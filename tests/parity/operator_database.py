"""PyTorch's own operator database as an oracle: each entry's samples under both libraries, and what differs.

`.venv/bin/python -m tests.parity.operator_database [NAME ...]` prints what differs; of all entries, where no name is
given, and what share of them agrees.
"""

import itertools
import operator
import pathlib
import sys
import warnings

import numpy
import torch
from torch.testing._internal.common_methods_invocations import op_db

import tinytorch
from tests.parity.counterparts import (
    AbsentError,
    NoCounterpartError,
    Pair,
    converted,
    counterpart,
    made_again,
    seeded,
    seeded_torch,
    shown,
)
from tests.parity.results import (
    attempt,
    flat,
    gradients,
    is_tensor,
    numbers,
    outcomes,
    refusal,
    tensors_in,
    unequal,
    unlike,
    unlike_gradients,
)

USED = (pathlib.Path(__file__).parent / "used_operations.txt").read_text().split()
SMOOTH = ("float64", "complex128")  # compared with gradients of both orders
OTHERS = ("float32", "int64", "bool", "float16", "bfloat16")  # compared by value
LIMIT, FORMS = 60, 4  # how many samples are asked of each dtype, evenly out of all; and of each other form
INFORMATION = ("words", "node", "skipped")  # kinds of differences that do not count
BASIC = ("absent", "values", "dtype", "shape", "gradients", "second", "unasked")
UNSET = (
    "empty", "empty_like", "empty_permuted", "empty_strided", "new_empty", "new_empty_strided", "resize_", "resize_as_",
)  # fmt: skip
TIES = {"sort": 0, "argsort": 0, "topk": 1, "kthvalue": 1, "mode": 0}  # which argument after the input is `dim`
PRIVATE = "a form that PyTorch keeps to itself"
torch.set_num_threads(1)  # tensors are small, and threads of two libraries in one process wait for each other
OUTS = {  # what is given as `out`, made of the result
    "exact": torch.zeros_like,
    "empty": lambda each: each.new_empty(0),
    "int64": lambda each: torch.zeros_like(each, dtype=torch.int64),
    "float64": lambda each: torch.zeros_like(each, dtype=torch.float64),
    "complex128": lambda each: torch.zeros_like(each, dtype=torch.complex128),
}


# One entry


class Entry:
    """An entry of the database: its functions under both libraries, and the questions that are asked of it."""

    def __init__(self, op):
        self.op, self.asked = op, 0
        self.title = f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name
        try:
            self.ours = counterpart(op.op, op.name)
        except (AbsentError, NoCounterpartError):
            self.ours = None

    def samples(self, dtype, limit, requires_grad=False):
        """At most `limit` of the entry's samples, evenly out of all of them."""
        torch.default_generator.manual_seed(3)
        made = lambda: list(itertools.islice(self.op.sample_inputs_func(self.op, "cpu", dtype, requires_grad), 2000))
        found = attempt(made)[0] or []
        return found[:: max(1, -(-len(found) // limit))]

    def differences(self, limit=LIMIT):
        """Pairs of a kind and words for all that differs. The kinds are absent, values, dtype, shape, strides,
        gradients, second, method, in-place, out, alias, error, unasked where no sample fits, and those of INFORMATION.
        """
        if self.ours is None:
            yield "absent", self.op.name
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            supported = {str(each)[6:] for each in self.op.supported_dtypes("cpu")}
            names = [name for name in ("float64", *OTHERS, "complex128") if name in supported]
            for name in names:
                yield from self.of_dtype(name, limit)
            if names:
                yield from self.of_forms(getattr(torch, names[0]))
            yield from self.of_errors()
            if not self.asked:
                yield "unasked", "no sample that tinytorch has a counterpart of"

    def of_dtype(self, name, limit):
        """The samples of one dtype; in double precision some of them lie in memory with gaps, too."""
        dtype, op = getattr(torch, name), self.op
        smooth = name in SMOOTH and op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
        samples = self.samples(dtype, limit, smooth)
        if name == "float64":
            samples += attempt(lambda: [each.noncontiguous() for each in samples[:8]])[0] or []
        for sample in samples:
            for kind, words in self.of_sample(sample, smooth):
                yield kind, f"{name} {words}   {shown(sample)}"

    def of_sample(self, sample, smooth):
        pair = Pair(sample)
        if pair.missing:
            yield "skipped", pair.missing
            return
        expected, refused = attempt(seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings)
        if refused is not None:
            return
        if any(each.layout is not torch.strided or each.dtype is torch.complex32 for each in tensors_in(expected)):
            return
        self.asked += 1
        found, error = attempt(seeded, self.ours, *pair.ours(), **pair.our_settings)
        if error is not None:
            lacking = isinstance(error, AttributeError) and ("'tinytorch" in str(error) or "'Tensor' obj" in str(error))
            yield "absent" if lacking else "values", refusal(error)
            return
        yield from unlike(self.settled(sample, found, expected), expected, self.look(pair))
        if pair.process is not None:
            one, error = attempt(pair.process, found)
            if error is None:
                yield from unlike(one, pair.their_process(expected), "gradients")
        if smooth:
            yield from self.of_gradients(sample)

    def look(self, pair):
        """What of a result counts: of one that is not unique, such as eigenvectors, and of unset memory, no values."""
        return "frames" if pair.process is not None or self.op.name in UNSET else "values"

    def settled(self, sample, found, expected):
        """A result whose indices among equal elements, of which PyTorch promises none, are PyTorch's if they may be."""
        if self.op.name not in TIES or sample.kwargs.get("stable"):
            return found
        ones = flat(found)
        one, other = ones[-1], flat(expected)[-1]
        if tuple(one.shape) != tuple(other.shape) or one.dtype is not tinytorch.int64:
            return found
        place = TIES[self.op.name]
        dim = sample.kwargs.get("dim", sample.args[place] if len(sample.args) > place else -1)
        values, picked = numbers(sample.input), [numbers(each) for each in (one, other)]
        if values.ndim:
            fits = [each if each.ndim == values.ndim else numpy.expand_dims(each, dim) for each in picked]
            picked = [numpy.take_along_axis(values, each, dim) for each in fits]
        if not unequal(*picked, 1e-30):
            ones[-1] = converted(other, {})
        return ones[0] if is_tensor(found) else ones

    def of_gradients(self, sample):
        """Gradients of both orders, through what the database wraps around an operation to keep its input in domain."""
        pair, wrapper, second = Pair(sample), self.op.gradcheck_wrapper, self.op.supports_gradgrad
        theirs = lambda *arguments, **settings: wrapper(self.op.op, *arguments, **settings)
        ours = lambda *arguments, **settings: made_again(wrapper)(self.ours, *arguments, **settings)
        expected = attempt(gradients, torch, theirs, pair.theirs(), pair.their_settings, pair.their_process, second)[0]
        if expected is None:
            return
        found, error = attempt(gradients, tinytorch, ours, pair.ours(), pair.our_settings, pair.process, second)
        if found is None:
            yield "gradients", "none, PyTorch has them" if error is None else refusal(error)
            return
        for kind, ones, others in zip(("gradients", "second"), found, expected, strict=False):
            for place, (one, other) in enumerate(itertools.zip_longest(ones, others)):
                for words in unlike_gradients(one, other):
                    yield kind, f"of input {place}: {words}"
        if found[2] != expected[2]:
            yield "node", f"{found[2]}, PyTorch has {expected[2]}"

    # Other forms

    def of_forms(self, dtype):
        """The method, the in-place form, operators, `out`, and whether the aliases are there."""
        op = self.op
        forms = [("method", op.method_variant), ("in-place", op.inplace_variant), ("method", op.operator_variant),
                 ("in-place", op.inplace_operator_variant)]  # fmt: skip
        for kind, function in forms:
            ours = self.form(function)
            if function is None or function is op.op or ours is PRIVATE:
                continue
            if ours is None:
                yield kind, "absent"
                continue
            for sample in self.samples(dtype, FORMS):
                yield from self.of_form(kind, function, ours, sample)
            if kind == "in-place" and op.supports_inplace_autograd and dtype.is_floating_point:
                for sample in self.samples(dtype, FORMS, requires_grad=True):
                    yield from self.in_place_gradients(function, ours, sample)
        for sample in self.samples(dtype, FORMS) if op.supports_out else ():
            yield from self.of_out(sample)
        for alias in op.aliases:
            forms = ("alias", alias.op), ("method", alias.method_variant), ("in-place", alias.inplace_variant)
            for kind, function in forms:
                if self.form(function) is None:
                    yield kind, f"absent: {alias.name}"

    def form(self, function):
        """tinytorch's form of a function, a method or an operator; None where there is none, or PRIVATE."""
        if function is None:
            return PRIVATE
        try:
            inside = getattr(function, "__module__", "") in ("_operator", "operator")
            return function if inside else counterpart(function, getattr(function, "__name__", self.op.name))
        except AbsentError:
            return None
        except NoCounterpartError:
            return PRIVATE

    def of_form(self, kind, function, ours, sample):
        pair = Pair(sample)
        if pair.missing:
            return
        theirs, mine = pair.theirs(), pair.ours()
        writes = kind == "in-place" and is_tensor(theirs[0])
        if writes:
            theirs[0], mine[0] = theirs[0].clone(), mine[0].clone()
        expected, refused = attempt(seeded_torch, function, *theirs, **pair.their_settings)
        found, error = attempt(seeded, ours, *mine, **pair.our_settings)
        gives = error is None and refused is None
        settled = self.settled(sample, found, expected) if gives else found
        for what, words in outcomes(settled, error, expected, refused, self.look(pair)):
            yield what if what == "words" else kind, f"{kind}: {what} {words}   {shown(sample)}"
        if writes and gives and (found is mine[0]) != (expected is theirs[0]):
            yield kind, f"gives back another tensor   {shown(sample)}"

    def in_place_gradients(self, function, ours, sample):
        pair = Pair(sample)
        if pair.missing or sample.broadcasts_input or not is_tensor(sample.input):
            return
        cloned = lambda function: lambda input, *arguments, **settings: function(input.clone(), *arguments, **settings)
        expected = attempt(gradients, torch, cloned(function), pair.theirs(), pair.their_settings, None, False)[0]
        found, error = attempt(gradients, tinytorch, cloned(ours), pair.ours(), pair.our_settings, None, False)
        if expected is None:
            return
        if found is None:
            yield "in-place", f"gradients {'none' if error is None else refusal(error)}   {shown(sample)}"
            return
        for place, (one, other) in enumerate(zip(found[0], expected[0], strict=True)):
            for words in unlike_gradients(one, other):
                yield "in-place", f"gradient of input {place}: {words}   {shown(sample)}"

    def of_out(self, sample):
        pair = Pair(sample)
        expected, refused = attempt(seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings)
        if pair.missing or refused is not None or not all(is_tensor(each) for each in flat(expected)):
            return
        single = is_tensor(expected)
        for what, make in OUTS.items():
            outs, memo = [make(each) for each in flat(expected)], {}
            mine = [converted(each, memo) for each in outs]
            one, refused = attempt(
                seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings, out=outs[0] if single else tuple(outs)
            )
            two, error = attempt(
                seeded, self.ours, *pair.ours(), **pair.our_settings, out=mine[0] if single else tuple(mine)
            )
            gives = error is None and refused is None
            settled = flat(self.settled(sample, mine, outs)) if gives else mine
            for kind, words in outcomes(settled, error, outs, refused, self.look(pair)):
                yield kind if kind == "words" else "out", f"out {what}: {kind} {words}   {shown(sample)}"
            if gives and single and (one is outs[0]) != (two is mine[0]):
                yield "out", f"out {what}: gives back another tensor   {shown(sample)}"

    def of_errors(self):
        """What PyTorch refuses; but for operators, which refuse a number in the place of `self` as Python does."""
        if self.op.error_inputs_func is None or self.op.name.startswith("__r"):
            return
        for each in attempt(lambda: list(self.op.error_inputs_func(self.op, "cpu")))[0] or ():
            pair = Pair(each.sample_input)
            if pair.missing:
                continue
            expected, refused = attempt(seeded_torch, self.op.op, *pair.theirs(), **pair.their_settings)
            found, error = attempt(seeded, self.ours, *pair.ours(), **pair.our_settings)
            if refused is not None:
                for kind, words in outcomes(found, error, expected, refused):
                    yield kind if kind == "words" else "error", f"{words}   {shown(each.sample_input)}"


# All entries


def documented(name):
    """Whether PyTorch documents a name: as a function, a method, or an in-place method."""
    for path in (name, f"Tensor.{name}", f"Tensor.{name}_", f"nn.functional.{name}"):
        found, _ = attempt(lambda path=path: operator.attrgetter(path)(torch))
        if getattr(found, "__doc__", None):
            return True
    return name.startswith("__")  # operators


def is_public(op):
    """Whether an entry counts as public: documented or among the used ones, and neither of sparse tensors, nor of code
    compiled at run time, nor with an underscore in front, nor without a dtype on the CPU.
    """
    private = op.name.startswith(("_", "jiterator_", "torch.", "sparse.")) and not op.name.startswith("__")
    return not private and op.dtypes and op.name != "to_sparse" and (op.name in USED or documented(op.name))


def entries(names=()):
    """The public entries of the database, or all of some names; `norm` finds `linalg.norm`, too."""
    asked = lambda op: op.name in names or op.name.rpartition(".")[2] in names
    return [Entry(op) for op in op_db if (asked(op) if names else is_public(op))]


def shares(kinds):
    """Of the kinds of difference of each entry: what percentage agrees in existence, values, dtypes and gradients, and
    what percentage in all else too, which is strides, method, in-place form, `out`, aliases and refusals.
    """
    basic = sum([not each.intersection(BASIC) for each in kinds])
    return round(100 * basic / len(kinds), 1), round(100 * sum([not each for each in kinds]) / len(kinds), 1)


def kinds_of(differences):
    """The kinds of difference that count; of what is absent nothing more is asked."""
    kinds = {kind for kind, _ in differences}.difference(INFORMATION)
    return {"absent"} if "absent" in kinds else kinds


def main(names):
    """Print what differs."""
    kinds = {}
    for entry in entries(names):
        found = list(entry.differences())
        kinds[entry] = kinds_of(found)
        print(f"{entry.title}: {' '.join(sorted(kinds[entry])) or 'agrees'}")
        print(*[f"    {kind}: {words}" for kind, words in found if kind not in INFORMATION or names], sep="\n")
    if not names:
        used = [kinds[entry] for entry in kinds if entry.op.name in USED]
        print(f"used operations: {shares(used)}, public operations: {shares(list(kinds.values()))} percent")


if __name__ == "__main__":
    main(sys.argv[1:])
