"""Schemas: how they are read off functions, shown, and what calls they refuse."""

import typing

import pytest

from tinytorch import Tensor
from tinytorch.library import infer_schema
from tinytorch.library.schema import parse


def test_annotations_become_a_schema():
    def function(xs: list[Tensor], flag: bool, name: str = "q", dims: typing.Optional[list[int]] = None) -> Tensor:  # noqa: UP045, as programs write it
        pass

    assert infer_schema(function, mutates_args=()) == (
        '(Tensor[] xs, bool flag, str name="q", SymInt[]? dims=None) -> Tensor'
    )


def test_what_is_written_is_marked():
    def function(x: Tensor, *, by: int = 1) -> None:
        pass

    assert infer_schema(function, mutates_args={"x"}) == "(Tensor(a0!) x, *, SymInt by=1) -> ()"
    with pytest.raises(ValueError, match="were not found in the custom op's signature"):
        infer_schema(function, mutates_args={"y"})


def test_a_parameter_without_annotation_is_refused():
    with pytest.raises(ValueError, match="Parameter x must have a type annotation"):
        infer_schema(lambda x: x, mutates_args=())


def test_a_schema_is_shown_as_it_is_written():
    for text in (
        "a::b(Tensor x, float s=2., *, int k=1) -> (Tensor, Tensor)",
        "a::b.out(Tensor(a!) x, int[2] k=[1, 2], ScalarType? d=float32) -> Tensor",
        'a::b(Tensor?[] x, str s="," , Device? d=None) -> ()',
    ):
        assert str(parse(text)) == text.replace(" ,", ",")


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "a::b() is missing value for argument 'x'. Declaration: "),
        ((1, 1.0, 2), {}, "a::b() takes 2 positional argument(s) but 3 was/were given.  Declaration: "),
        ((1,), {"z": 2}, "a::b() Expected a value of type 'Tensor' for argument 'x' but instead found type 'int'.\n"),
        ((1, 2, 3, 4), {}, "a::b() expected at most 3 argument(s) but received 4 argument(s). Declaration: "),
    ],
)
def test_a_call_that_does_not_fit_is_refused(args, kwargs, message):
    with pytest.raises(RuntimeError) as caught:
        parse("a::b(Tensor x, float s=2., *, int k=1) -> Tensor").bind(args, kwargs)
    assert str(caught.value).startswith(message)


def test_numbers_become_what_the_schema_says():
    values, named = parse("a::b(float s, int[2] k, bool flag, *, int n=4) -> Tensor").bind((1, 3, 1), {})
    assert (values, named) == ((1.0, [3], True), {"n": 4})
    assert isinstance(values[0], float)
