"""Anomaly mode: a backward that fails, or gives nan, tells where its node was made."""

import threading
import warnings
import weakref

import pytest

import tinytorch as torch

QUIET = "ignore:Anomaly Detection has been enabled"


def told(run, error=RuntimeError):
    """The error of a program, and what was warned of on the way."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", UserWarning)
        with pytest.raises(error) as failed:
            run()
    return str(failed.value), [each for each in found if each.category is UserWarning]


def root(x):
    return x.sqrt()  # the line


@pytest.mark.filterwarnings(QUIET)
def test_nan_is_an_error_that_shows_the_line_of_the_program():
    def run():
        with torch.autograd.set_detect_anomaly(True):
            root(torch.tensor([-1.0], requires_grad=True)).sum().backward()

    error, (warning,) = told(run)
    assert error == "Function 'SqrtBackward0' returned nan values in its 0th output."
    text = str(warning.message)
    assert text.startswith("Error detected in SqrtBackward0. Traceback of forward call that caused the error:\n  File")
    assert "in root\n    return x.sqrt()  # the line\n" in text and text.rstrip().endswith("# the line")
    assert "tinytorch/lanes" not in text and warning.filename == __file__


def test_entering_warns_and_setting_does_not():
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled. This mode will increase the runtime and"):
        torch.autograd.detect_anomaly()
    with torch.autograd.set_detect_anomaly(True):
        pass


@pytest.mark.filterwarnings(QUIET)
def test_the_switches_come_back_and_hold_for_all_threads():
    def state():
        return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()

    found = []
    with torch.autograd.detect_anomaly():
        thread = threading.Thread(target=lambda: found.append(state()))
        thread.start()
        thread.join()
        with torch.autograd.detect_anomaly(check_nan=False):
            found.append(state())
        found.append(state())
        with torch.autograd.set_detect_anomaly(False):
            found.append(state())
    assert found == [(True, True), (True, False), (True, True), (False, True)] and state() == (False, True)
    torch.autograd.set_detect_anomaly(True, check_nan=False)
    assert state() == (True, False)
    torch.autograd.set_detect_anomaly(False)
    assert state() == (False, True)


def test_without_a_look_for_nan_it_goes_through():
    x = torch.tensor([-1.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        x.sqrt().sum().backward()
    assert x.grad.isnan().all()


def test_a_node_made_outside_has_nothing_to_show():
    y = (torch.tensor([0.0, 1.0], requires_grad=True).log() * 0).sum()

    def run():
        with torch.autograd.set_detect_anomaly(True):
            y.backward()

    error, (warning,) = told(run)
    assert error == "Function 'LogBackward0' returned nan values in its 0th output."
    assert str(warning.message) == (
        "Error detected in LogBackward0. No forward pass information available. Enable detect anomaly during forward "
        "pass for more information."
    )


def test_the_output_that_is_nan_is_named():
    x = torch.ones(2, requires_grad=True)

    def run():
        with torch.autograd.set_detect_anomaly(True):
            (torch.tensor(0.0) / (x - x)).sum().backward()

    assert told(run)[0] == "Function 'DivBackward0' returned nan values in its 1th output."


@pytest.mark.parametrize("hook", [lambda grad: grad * float("nan"), lambda grad: 1 / 0])
def test_hooks_are_part_of_their_node(hook):
    def run():
        with torch.autograd.set_detect_anomaly(True):
            y = torch.ones(1, requires_grad=True) * 2
            y.register_hook(hook)
            (y + 3).sum().backward()

    _, (warning,) = told(run, (RuntimeError, ZeroDivisionError))
    assert "Error detected in MulBackward0." in str(warning.message) and "* 2\n" in str(warning.message)


def test_a_stale_value_gives_another_hint_and_shows_who_kept_it():
    def run():
        with torch.autograd.set_detect_anomaly(True):
            y = torch.ones(2, requires_grad=True).exp()
            y.add_(1)
            y.sum().backward()

    error, (warning,) = told(run)
    assert "Hint: the backtrace further above shows the operation that failed to compute its gradient." in error
    assert "Error detected in ExpBackward0." in str(warning.message) and ".exp()\n" in str(warning.message)


def test_a_second_derivative_shows_the_node_whose_derivative_it_belongs_to():
    def run():
        with torch.autograd.set_detect_anomaly(True):
            x = torch.tensor([2.0, 1.0], requires_grad=True)
            y = x.exp()  # first
            (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            g.register_hook(lambda grad: grad * float("nan"))
            g.sum().backward()

    error, (first, second) = told(run)
    assert error == "Function 'MulBackward0' returned nan values in its 1th output."
    assert "torch.autograd.grad(y.sum(), x, create_graph=True)\n" in str(first.message)
    text = "\n\nPrevious calculation was induced by ExpBackward0. Traceback of forward call that induced the previous"
    assert str(second.message).startswith(text) and "y = x.exp()  # first\n" in str(second.message)


def test_in_place_on_a_view_is_named_as_pytorch_names_it():
    def run():
        with torch.autograd.set_detect_anomaly(True):
            x = torch.ones(2, 2, requires_grad=True) * 1
            x[0].mul_(0)
            x[0].sqrt_()
            x.sum().backward()

    assert told(run)[0] == "Function 'torch::autograd::CopySlices' returned nan values in its 0th output."


def test_what_is_noted_goes_with_the_node():
    with torch.autograd.set_detect_anomaly(True):
        x = torch.ones(1, requires_grad=True)
        y = x.exp() * 2
        (g,) = torch.autograd.grad(y, x, create_graph=True)
    assert "y = x.exp() * 2" in y.grad_fn.metadata["traceback_"][-1]
    nodes = [weakref.ref(each) for each in (y.grad_fn, y.grad_fn.next_functions[0][0], g.grad_fn)]
    del y, g
    assert [each() for each in nodes] == [None] * 3


def test_outside_nothing_is_noted_and_a_program_may_note_what_it_likes():
    node = (torch.ones(1, requires_grad=True) * 2).grad_fn
    assert node.metadata == {}
    node.metadata["seen"] = 1
    assert node.metadata == {"seen": 1}
