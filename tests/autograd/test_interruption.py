"""An interruption, wherever it comes, leaves the modes, the versions and every `.grad` as they were or as they become.

Programs are run again and again, each time with an exception raised at another line of the library.
"""

import ast
import contextlib
import sys
from pathlib import Path

import pytest

import tinytorch as torch
from tinytorch import modes
from tinytorch.interpreters import Interpreter, perform

PACKAGE = Path(torch.__file__).parent
ROOMS = (
    "engine.py apply.py evaluate.py graph.py lanes.py view_lanes.py plans.py interpreters.py update.py derivatives.py"
)
STEP = 3  # every third line, so that the sweep takes seconds


class Interrupt(BaseException):
    """What is raised in the middle, as Ctrl-C raises KeyboardInterrupt."""


def lines_that_undo(path):
    """The lines of a file that put something back: what interrupts them too, nothing can make good."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    undo = [each for node in ast.walk(tree) if isinstance(node, ast.Try) for each in node.finalbody]
    undo += [
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name in ("__exit__", "__enter__")
    ]
    return {line for each in undo for line in range(each.lineno, each.end_lineno + 1)}


WATCHED = {str(PACKAGE / room): lines_that_undo(PACKAGE / room) for room in ROOMS.split()}


class Interruption:
    """Raises at line number `place` of those that a block runs in the rooms above; `lines` is how many it has run."""

    def __init__(self, place):
        self.place, self.lines = place, 0

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.enter)
        return self

    def __exit__(self, *exception):
        sys.settrace(self.before)

    def enter(self, frame, event, _):
        return self.line if frame.f_code.co_filename in WATCHED else None

    def line(self, frame, event, _):
        if event == "line" and frame.f_lineno not in WATCHED[frame.f_code.co_filename]:
            self.lines += 1
            if self.lines == self.place:
                raise Interrupt
        return self.line


def sweep(program):
    """Run `program(interruption)` with an interruption at each place in turn, and check the modes behind it."""
    whole = Interruption(None)
    program(whole)
    assert whole.lines > 50
    for place in range(1, whole.lines + 1, STEP):
        program(Interruption(place))
        assert modes.mode.grad and not modes.grad_off, place
        assert modes.mode.interpreter is None and not modes.interpreters, place
        assert not torch.is_inference_mode_enabled() and not torch.is_anomaly_enabled(), place


@contextlib.contextmanager
def watched(interruption):
    """A block that is interrupted."""
    with contextlib.suppress(Interrupt), interruption:
        yield


def test_forward_and_backward_leave_whole_gradients():
    def program(interruption):
        x, w = torch.ones(2, 3, requires_grad=True), torch.full((3,), 2.0, requires_grad=True)
        x.grad = torch.full((2, 3), 100.0)
        with watched(interruption):
            y = (x * w).exp().log()
            (torch.cat([y, x.t().reshape(2, 3)]).sum() + y.max(1)[0].sum() * 0).backward()
        assert x.grad.tolist() in ([[100] * 3] * 2, [[103] * 3] * 2) and x.grad._version >= (x.grad[0, 0] > 100)
        assert w.grad is None or w.grad.tolist() == [2, 2, 2]

    sweep(program)


def test_a_graph_is_intact_or_says_that_it_was_freed():
    def program(interruption):
        x = torch.ones(3, requires_grad=True)
        y = (x.exp() * x).sum()
        with watched(interruption):
            y.backward(inputs=[x])
        done = x.grad is not None
        try:
            (found,) = torch.autograd.grad(y, x)
        except RuntimeError as error:
            assert "Trying to backward through the graph a second time" in str(error)
        else:
            assert not done and torch.allclose(found, x.exp() * 2)

    sweep(program)


def test_a_retained_graph_stays_intact():
    x = torch.ones(3, requires_grad=True)
    y = (x.exp() * x).view(3, 1).sum()

    def program(interruption):
        with watched(interruption):
            torch.autograd.grad(y, x, create_graph=True)
        assert torch.allclose(torch.autograd.grad(y, x, retain_graph=True)[0], x.exp() * 2)

    sweep(program)


def test_no_write_goes_uncounted():
    def program(interruption):
        x, count = torch.ones(4), torch.ones(2, dtype=torch.int64)
        grown, view = torch.ones(2, requires_grad=True) * 1, torch.zeros(2, 2)
        written = [x, count, grown, view]
        with watched(interruption):
            x.add_(1)
            x.mul_(torch.full((4,), 3.0))
            x.exp_()
            count += 1
            grown.mul_(5)
            view[0].add_(1)
            view[:, 1] = 7
            torch.add(x, 1, out=x)
            torch._foreach_mul_([x], 2)
        changes = [(x, 1), (count, 1), (grown, 1), (view, 0)]
        assert all(each._version > 0 or (each == before).all() for each, before in changes), interruption.place
        assert all(each._version <= 5 for each in written)

    sweep(program)


def test_a_write_leaves_the_history_of_the_values_or_one_that_refuses():
    def program(interruption):
        x = torch.full((2,), 3.0, requires_grad=True)
        whole, parted, plain = x * 1, x * torch.ones(2), torch.zeros(2)
        with watched(interruption):
            whole.mul_(5)
            parted[:1].mul_(5)
            plain.add_(x)
            whole.floor_()
        for each in (whole, parted, plain):
            if not each.requires_grad:
                assert (each == 0).all()
                continue
            try:
                (slope,) = torch.autograd.grad(each.sum(), x)
            except RuntimeError as error:
                assert "was interrupted" in str(error)
            else:  # each is linear in x, less `floor`, whose gradient is 0
                assert torch.equal(slope * x, each) or (each is whole and torch.equal(slope, x * 0)), interruption.place

    whole = Interruption(None)
    program(whole)
    for place in range(1, whole.lines + 1):
        program(Interruption(place))


def test_a_step_of_an_optimizer_is_made_or_not_for_each_parameter():
    for kind in (torch.optim.SGD, torch.optim.Adam):

        def program(interruption, kind=kind):
            parameters = [torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)]
            optimizer = kind(parameters, lr=0.5)
            for each in parameters:
                each.grad = torch.ones_like(each)
            with watched(interruption):
                optimizer.step()
            for each in parameters:
                assert each.requires_grad and each.is_leaf and (each.grad == 1).all()
                assert (each == 1).all() or (torch.allclose(each, torch.tensor(0.5)) and each._version == 1)

        whole = Interruption(None)
        program(whole)
        for place in range(1, whole.lines + 1):
            program(Interruption(place))
            assert modes.mode.grad and not modes.grad_off


def test_blocks_put_their_modes_back():
    def program(interruption):
        x = torch.ones(2, requires_grad=True)
        with watched(interruption):
            with torch.no_grad():
                x * 2
                with torch.enable_grad():
                    (x * 2).view(2, 1)
            with torch.inference_mode():
                (x * 2).mul_(3)
            with torch.autograd.set_detect_anomaly(True):
                (x * 2).sum().backward()
        assert (x * 2).requires_grad and not torch.ones(1).is_inference()

    sweep(program)


class Doubling(Interpreter):
    """Calls every operation, and doubles nothing: an interpreter with operations of its own inside."""

    def interpret(self, op, args, out):
        torch.ones(1) * 2
        return perform(op, args, out)


def test_interpreters_are_put_back():
    def program(interruption):
        x = torch.ones(2, requires_grad=True)
        with watched(interruption), Doubling(), Doubling():
            (x * 2).view(2, 1).exp().sum().backward()
        assert x.grad is None or torch.allclose(x.grad, torch.tensor(2.0).exp() * 2)

    sweep(program)


@pytest.mark.parametrize("kind", ["tensor", "leaf", "after"])
def test_a_hook_that_raises_leaves_whole_gradients(kind):
    x, w = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    y = x * w

    def hook(_):
        raise Interrupt

    if kind == "after":
        w.register_post_accumulate_grad_hook(hook)
    else:
        (y if kind == "tensor" else w).register_hook(hook)
    for _ in range(2):
        with pytest.raises(Interrupt):
            y.sum().backward(retain_graph=True)
        assert torch.is_grad_enabled()
    for each in (x, w):
        assert each.grad is None or len(set(each.grad.tolist())) == 1
    assert kind != "tensor" or (x.grad is None and w.grad is None)
