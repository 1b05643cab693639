"""torch.jit: functions and modules are what they were, and what a compiled program alone can do is refused."""

import typing
from typing import Dict, List, Optional, Tuple  # noqa: UP035 - programs for TorchScript write these

import pytest

import tinytorch as torch
from tinytorch import jit
from tinytorch.nn import Linear


def test_what_is_scripted_is_itself():
    model = Linear(2, 2)

    @jit.script
    def twice(x):
        return x * 2

    assert jit.script(model) is model
    assert twice(torch.ones(1)).tolist() == [2.0]
    assert not jit.is_scripting() and not jit.is_tracing()


def test_a_trace_calls_once_with_the_example():
    seen = []
    function = jit.trace(lambda x: seen.append(x) or x + 1, torch.ones(2))
    assert len(seen) == 1 and function(torch.zeros(1)).tolist() == [1.0]
    model = Linear(2, 1)
    assert jit.trace(model, (torch.ones(2),)) is model
    assert jit.trace(model, example_kwarg_inputs={"input": torch.ones(2)}) is model
    assert jit.trace_module(model, {"forward": torch.ones(3, 2)}) is model


def test_a_trace_shows_the_error_of_the_example():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        jit.trace(Linear(2, 1), torch.ones(1, 3))
    with pytest.raises(RuntimeError, match="example_kwarg_inputs should be a dict"):
        jit.trace(Linear(2, 1))


def test_marks_leave_functions_as_they_are():
    def function():
        return 1

    for mark in (jit.ignore, jit.ignore(drop=True), jit.unused, jit.export, jit._overload, jit.script_method):
        assert mark(function) is function


def test_an_older_module_is_a_module():
    class Own(jit.ScriptModule):
        def __init__(self):
            super().__init__()
            self.linear = Linear(1, 1)

        @jit.script_method
        def forward(self, x):
            return self.linear(x)

    assert isinstance(Own(), torch.nn.Module) and Own()(torch.ones(1)).shape == (1,)


@pytest.mark.parametrize(
    ("value", "kind", "answer"),
    [
        ([1], List[int], True), (["a"], List[int], False), ({"a": 1}, Dict[str, int], True),  # noqa: UP006
        ((1, "a"), Tuple[int, str], True), ((1, 2), Tuple[int, str], False), (None, Optional[int], True),  # noqa: UP006, UP045
        ([], list[int], True), (3, (int, str), True), (None, int | None, True), ((1, 2, 3), tuple[int, ...], True),
    ],
)  # fmt: skip
def test_types_of_what_is_inside_are_asked_for(value, kind, answer):
    assert jit.isinstance(value, kind) is answer


def test_a_container_has_to_say_of_what():
    with pytest.raises(RuntimeError, match="Attempted to use List without a contained type"):
        jit.isinstance([1], List)  # noqa: UP006


def test_a_module_is_frozen_in_eval_mode():
    model = Linear(1, 1)
    with pytest.raises(RuntimeError, match="only implemented for modules in eval mode"):
        jit.freeze(model)
    assert jit.freeze(model.eval()) is model and jit.optimize_for_inference(model) is model


def test_what_is_forked_is_waited_for():
    assert jit.wait(jit.fork(lambda a, b=0: a + b, 1, b=2)) == 3
    with pytest.raises(ZeroDivisionError):
        jit.wait(jit.fork(lambda: 1 / 0))


@pytest.mark.parametrize("name", ["load", "save", "CompilationUnit"])
def test_compiled_programs_are_refused(name):
    with pytest.raises(NotImplementedError, match=rf"torch\.jit\.{name}: tinytorch has no compiled programs"):
        getattr(jit, name)("file")


def test_the_types_of_annotations_are_those_of_typing():
    for name in ("Any", "Dict", "List", "Optional", "Tuple", "Union"):
        assert getattr(jit.annotations, name) is getattr(typing, name)
    assert jit.annotations.Future is jit.Future
