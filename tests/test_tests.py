"""The tests of every operation notice a fault that is planted, and nothing where none is."""

import numpy
import pytest

import tinytorch
from tests import test_every_operation as asked
from tests.samples import rows
from tinytorch.declaration import registry
from tinytorch.operation import Rule, elementwise


def sine(xp, input, out=None):
    """The sine of an angle in radians."""
    return xp.sin(input, out=out)


def slope(grad, input):
    return grad * input.cos().conj()


@pytest.fixture
def plant(monkeypatch):
    """A function that declares an operation which pretends to be `sin`, and gives its name."""

    def declared(body=sine, derivative=slope):
        def planted(xp, input, out=None):
            return body(xp, input, out)

        planted.__doc__ = body.__doc__
        elementwise(
            Rule("float", method=False, in_place=False, title="Sin"), input=lambda grad, input: derivative(grad, input)
        )(planted)
        monkeypatch.setitem(rows, "planted", rows["sin"]._replace(samples=rows["sin"].samples[:2]))
        monkeypatch.setitem(asked.GOLDEN, "planted", asked.GOLDEN["sin"])
        return "planted"

    yield declared
    registry.pop("planted", None)


def complaints(question, name, device):
    return list(getattr(asked, question)(name, rows[name], device))


QUESTIONS = [name for name in vars(asked) if name.startswith("wrong")]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_operation_without_fault_gives_no_complaint(plant, question, device):
    assert complaints(question, plant(), device) == []


def test_a_derivative_that_is_off_by_one_percent_is_noticed_twice(plant):
    name = plant(derivative=lambda grad, input: slope(grad, input) * 1.01)
    assert "Jacobian mismatch for output 0 with respect to input 0" in complaints("wrong_derivative", name, "cpu")[0]
    assert "gradients of input 0" in complaints("wrong_gradients", name, "cpu")[0]


def test_a_second_derivative_that_is_off_by_one_percent_is_noticed_twice(plant):
    """The first derivative is right: what is added to it is 0, but its derivative is not."""

    def bent(grad, input):
        return slope(grad, input) + (slope(grad, input) - slope(grad, input.detach())) * 0.01

    name = plant(derivative=bent)
    assert "Jacobian mismatch" in complaints("wrong_derivative", name, "cpu")[0]
    found = complaints("wrong_gradients", name, "cpu")
    assert found
    assert all("second of input 0" in each for each in found)


def test_a_derivative_without_a_second_one_is_noticed(plant):
    name = plant(derivative=lambda grad, input: grad * input.detach().cos().conj())
    assert any("Numerical gradient for function expected to be zero" in each or "Jacobian mismatch" in each
               for each in complaints("wrong_derivative", name, "cpu"))  # fmt: skip
    assert any("second of input 0" in each for each in complaints("wrong_gradients", name, "cpu"))


def test_a_value_that_is_off_by_ten_units_in_the_last_place_is_noticed(plant):
    name = plant(body=lambda xp, input, out: xp.multiply(xp.sin(input), 1 + 10 * 2.0**-23, out=out))
    assert "float32: value 0 is" in complaints("wrong_values", name, "cpu")[0]


def test_a_wrong_dtype_is_noticed(plant):
    name = plant(body=lambda xp, input, out: xp.sin(input).astype("complex128"))
    assert any("dtype complex128, PyTorch has float32" in each for each in complaints("wrong_values", name, "cpu"))
    assert any(": complex128, PyTorch has float32" in each for each in complaints("wrong_promotion", name, "cpu"))


def test_a_call_that_only_numpy_has_is_noticed_by_the_strict_device(plant, device):
    name = plant(body=lambda xp, input, out: numpy.sin(input, out=out))
    assert bool(complaints("wrong_values", name, device)) == (device == "strict")


def test_an_out_that_is_ignored_is_noticed(plant):
    name = plant(body=lambda xp, input, out: xp.sin(input))
    assert any("out= gave" in each for each in complaints("wrong_out", name, "cpu"))


def test_a_shape_that_meta_does_not_foresee_is_noticed(plant):
    def body(xp, input, out):
        return xp.sum(input) if xp is tinytorch.device("meta").xp else xp.sin(input, out=out)

    assert complaints("wrong_on_meta", plant(body=body), None)


def test_a_kept_array_that_no_derivative_names_is_noticed(plant, monkeypatch):
    name = plant()
    monkeypatch.setitem(registry[name].wants, "input", ())
    assert "planted keeps input, and no derivative that is wanted names it" in complaints("wrongly_kept", name, None)[0]


def test_a_docstring_that_is_no_sentence_is_noticed(plant, monkeypatch):
    name = plant()
    monkeypatch.setattr(registry[name].body, "__doc__", "the sine")
    assert complaints("wrong_words", name, None)


def test_a_forgotten_version_is_noticed(monkeypatch):
    right = tinytorch.Tensor.sin_

    def forgetful(self):
        right(self)
        self.counter[0] -= 1
        return self

    monkeypatch.setattr(tinytorch.Tensor, "sin_", forgetful)
    assert any("the version went up by 0" in each for each in complaints("wrong_in_place", "sin", "cpu"))


def test_an_in_place_form_that_computes_otherwise_is_noticed(monkeypatch):
    monkeypatch.setattr(tinytorch.Tensor, "sin_", tinytorch.Tensor.cos_)
    found = complaints("wrong_in_place", "sin", "cpu")
    assert any("other values than the operation gives" in each for each in found)
    assert any("gradient of input 0" in each for each in found)


def test_a_trace_of_a_refused_call_is_noticed(monkeypatch):
    def careless(self, other, **settings):
        self.fill_(0)
        raise RuntimeError("refused too late")

    monkeypatch.setattr(tinytorch.Tensor, "add_", careless)
    assert any("a refused call left a trace" in each for each in complaints("wrong_in_place", "add", "cpu"))
