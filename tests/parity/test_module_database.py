"""PyTorch's module database, class by class: what agrees, and what knowingly differs.

Classes that differ or are absent stand here, with the reason; the test fails when one gets worse, and when it gets
better.
"""

import copy
import pickle
import warnings

import pytest
import torch
from torch.testing._internal.common_modules import module_db

import tinytorch
from tests.parity.counterparts import AbsentError, NoCounterpartError, converted, seeded, seeded_torch
from tests.parity.results import attempt, gradients, outcomes, tensors_in, unlike, unlike_gradients

LIMIT = 120  # how many samples of each dtype are asked, evenly out of all
DIFFERS = {  # class -> (kinds, reason)
    "TransformerDecoderLayer": (
        "gradients",
        "in one sample normalized features are nearly alike: in float32 PyTorch too has three digits of the gradients",
    ),
}


class Case:
    """A sample for both libraries: how a module is made and called."""

    def __init__(self, info, sample, dtype, training, first):
        self.made, self.called = sample.constructor_input, sample.forward_input
        self.dtype, self.training, self.first, memo = dtype, training, first, {}
        self.theirs, self.ours = info.module_cls, getattr(tinytorch.nn, info.module_cls.__name__)
        asked = [self.made.args, self.made.kwargs]
        asked += [] if self.called is None else [self.called.args, self.called.kwargs]
        self.converted = converted(asked, memo)

    def differences(self):
        """Pairs of a kind and words for all that differs: parameters, repr, state, values, gradients, error, words."""
        expected, refused = attempt(seeded_torch, self.theirs, *self.made.args, **self.made.kwargs)
        found, error = attempt(seeded, self.ours, *self.converted[0], **self.converted[1])
        if expected is None or found is None:
            yield from outcomes(found, error, expected, refused)
            return
        yield from self.of_state(found, expected)
        if self.first:
            yield from self.of_copies(found)
        expected.to(self.dtype).train(self.training)
        found.to(converted(self.dtype, {})).train(self.training)
        if self.called is not None:
            yield from self.of_calls(found, expected)

    def of_state(self, found, expected):
        """How the modules start: the same bits under the same names."""
        for what, one, other in (("repr", repr(found), repr(expected)),
                                 ("repr", repr(type(found)), repr(type(expected))),
                                 ("state", list(found.state_dict()), list(expected.state_dict()))):  # fmt: skip
            if one != other:
                yield what, f"{one}, PyTorch has {other}"
        both = zip(found.state_dict().values(), expected.state_dict().values(), strict=False)
        for one, other in [each for each in both if not torch.nn.parameter.is_lazy(each[1])]:
            if one.dtype != converted(other.dtype, {}) or one.tolist() != other.tolist():
                yield "parameters", f"{one}, PyTorch has {other}"

    def of_copies(self, found):
        """What is copied or pickled is the same module again."""
        for again in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
            if repr(again) != repr(found) or repr(again.state_dict()) != repr(found.state_dict()):
                yield "copies", repr(again)

    def of_calls(self, found, expected):
        """What a call gives, what it leaves in the state, and the gradients of inputs and parameters."""
        result, refused = attempt(seeded_torch, expected, *self.called.args, **self.called.kwargs)
        answer, error = attempt(seeded, found, *self.converted[2], **self.converted[3])
        yield from outcomes(answer, error, result, refused)
        if result is None or answer is None:
            return
        for one, other in zip(found.state_dict().values(), expected.state_dict().values(), strict=True):
            yield from [("state", words) for _, words in unlike(one, other)]
        yield from self.of_gradients(found, expected)
        if repr(found) != repr(expected):
            yield "repr", f"{found}, PyTorch has {expected}"

    def of_gradients(self, found, expected):
        """Gradients of inputs and parameters."""
        theirs = lambda _, *args, **kwargs: expected(*args, **kwargs)
        ours = lambda _, *args, **kwargs: found(*args, **kwargs)
        given = [list(expected.parameters()), *self.called.args], self.called.kwargs
        wanted = attempt(gradients, torch, theirs, *given, None, False)[0]
        given = [list(found.parameters()), *self.converted[2]], self.converted[3]
        answer, error = attempt(gradients, tinytorch, ours, *given, None, False)
        if wanted is not None and answer is None:
            yield "gradients", repr(error)
        for one, other in zip(answer[0], wanted[0], strict=True) if wanted and answer else ():
            yield from [("gradients", words) for words in unlike_gradients(one, other)]


def differences(info):
    """What differs of a class, in all samples of both dtypes, in training and in evaluation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for dtype in (torch.float32, torch.float64):
            for training in (True, False)[: 1 + info.train_and_eval_differ]:
                settings = {"device": "cpu", "dtype": dtype, "requires_grad": True, "training": training}
                torch.default_generator.manual_seed(3)
                samples = list(info.module_inputs_func(info, **settings))
                samples = samples[:: -(-len(samples) // LIMIT)]
                if info.module_error_inputs_func is not None:
                    wrong = info.module_error_inputs_func(info, **settings)
                    samples += [each.module_error_input for each in wrong]
                for place, sample in enumerate(samples):
                    yield from of_sample(info, sample, dtype, training, place == 0)


def of_sample(info, sample, dtype, training, first):
    """Pairs of a kind and words for what differs of one sample, with the sample in a few letters."""
    try:
        case = Case(info, sample, dtype, training, first)
    except (NoCounterpartError, AbsentError) as missing:
        yield "skipped", str(missing)
        return
    shown = [sample.desc, *[list(each.shape) for each in tensors_in(case.converted)]]
    for kind, words in case.differences():
        yield kind, f"{words}   {shown} {str(dtype)[6:]}, {'training' if training else 'evaluation'}"


PRESENT = [info for info in module_db if hasattr(tinytorch.nn, info.module_cls.__name__)]


@pytest.mark.parametrize("info", PRESENT, ids=lambda info: info.module_cls.__name__)
def test_a_module_differs_from_pytorch_as_listed_and_nowhere_else(info):
    found = list(differences(info))
    listed = set(DIFFERS.get(info.module_cls.__name__, ("", ""))[0].split())
    assert {kind for kind, _ in found} == listed, "\n".join([f"{kind}: {words}" for kind, words in found[:12]])


def test_no_class_is_absent():
    assert {info.module_cls.__name__ for info in module_db} == {info.module_cls.__name__ for info in PRESENT}
