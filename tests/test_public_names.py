"""What users, editors, `help` and pickle find under the public names, and that the stub of Tensor tells them all."""

import ast
import contextlib
import importlib
import inspect
import io
import pickle
import types

import pytest

import tinytorch
from tests import stubs
from tinytorch import naming
from tinytorch.rooms import LAZY, places

OWN_ROOMS = {module for module, there in places("tinytorch").values() if there is None}  # of `torch.save` and the like
FUNCTIONS = {
    f"{place}.{name}": value
    for place in naming.DOORS
    for door in [importlib.import_module(place)]
    for name, value in [(name, getattr(door, name)) for name in dir(door)]
    if type(value) is types.FunctionType and not name.startswith("_")
    if place not in LAZY or places(place).get(name, (None,))[0] not in OWN_ROOMS
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_stands_where_it_says(name):
    function = FUNCTIONS[name]
    assert function.__module__ in naming.DOORS
    assert FUNCTIONS[f"{function.__module__}.{function.__qualname__}"] is function
    assert pickle.loads(pickle.dumps(function)) is function
    assert function.__doc__.strip().endswith((".", ":", "`", ")")) or "\n" in function.__doc__
    assert inspect.signature(function)


def test_a_method_can_be_pickled():
    for method in (tinytorch.Tensor.add, tinytorch.Tensor.add_, tinytorch.Tensor.view, tinytorch.Tensor.sum):
        assert pickle.loads(pickle.dumps(method)) is method


def test_each_public_member_of_tensor_is_documented():
    members = [(name, value) for name, value in vars(tinytorch.Tensor).items() if not name.startswith("_")]
    asked = [(name, value) for name, value in members if callable(value) or isinstance(value, property)]
    assert [name for name, value in asked if not inspect.getdoc(value)] == []


def test_functions_have_the_names_that_pytorch_gives_them():
    assert (tinytorch.add.__module__, tinytorch.add.__qualname__) == ("tinytorch", "add")
    assert (tinytorch.where.__module__, tinytorch.where.__qualname__) == ("tinytorch", "where")
    assert tinytorch.nn.functional.gelu.__module__ == "tinytorch.nn.functional"
    assert str(inspect.signature(tinytorch.add)) == "(input, other, *, alpha=1, out=None)"


def test_help_shows_signature_and_documentation():
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        help(tinytorch.add)
    text = printed.getvalue()
    assert "Help on function add in module tinytorch:" in text
    assert "add(input, other, *, alpha=1, out=None)\n    input + alpha * other; the shapes broadcast." in text


def test_the_stub_is_what_its_script_writes():
    assert stubs.PATH.read_text(encoding="utf-8") == stubs.stub(), "run `python -m tests.stubs`"


def test_the_stub_has_every_public_member_of_tensor():
    tree = ast.parse(stubs.stub())
    written = next(node for node in tree.body if getattr(node, "name", "") == "Tensor")
    names = {getattr(node, "name", None) or node.target.id for node in written.body if not isinstance(node, ast.Expr)}
    state = set(tinytorch.Tensor.__slots__)
    assert {name for name in vars(tinytorch.Tensor) if not name.startswith("_")} - state <= names


def test_an_editor_completes_a_tensor():
    jedi = pytest.importorskip("jedi")
    lines = ["import tinytorch as torch", "def f(x: torch.Tensor):", "    x.unsqueeze(0).T.sha"]
    script = jedi.Script("\n".join(lines), path=stubs.PATH.parent.parent / "program.py")
    assert "shape" in [each.name for each in script.complete(3, len(lines[2]))]
