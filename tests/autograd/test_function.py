"""Functions with a derivative of their own: contexts, results, histories, refusals, and that nothing of them stays."""

import gc
import weakref

import pytest

import tinytorch as torch
from tinytorch.autograd.function import once_differentiable


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, factor=1):
        ctx.save_for_backward(input)
        ctx.factor = factor
        return factor * input**3

    @staticmethod
    def backward(ctx, grad):
        (input,) = ctx.saved_tensors
        return 3 * ctx.factor * input**2 * grad, None


class Doubled(torch.autograd.Function):
    """Writes to its input."""

    @staticmethod
    def forward(ctx, input):
        ctx.mark_dirty(input)
        return input.mul_(2)

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


def test_a_function_has_its_derivative_and_the_next():
    x = leaf(2.0)
    (first,) = torch.autograd.grad(Cube.apply(x, 5), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert (first.item(), second.item()) == (60.0, 60.0)


def test_gradients_agree_with_differences():
    x = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(Cube.apply, (x,))
    assert torch.autograd.gradgradcheck(Cube.apply, (x,))


def test_the_context_is_the_node_of_the_result():
    y = Cube.apply(leaf(2.0), 5)
    assert y.grad_fn.name() == type(y.grad_fn).__name__ == "CubeBackward"
    assert y.grad_fn is y.grad_fn and y.grad_fn.factor == 5
    assert isinstance(y.grad_fn, torch.autograd.graph.Node)
    assert repr(y) == "tensor([40.], grad_fn=<CubeBackward>)"


@pytest.mark.parametrize("name", ["edges", "number", "hooks", "shape", "args", "device", "result", "versions"])
def test_a_context_may_have_any_attribute(name):
    class Named(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            setattr(ctx, name, "mine")
            return input * 2

        @staticmethod
        def backward(ctx, grad):
            assert getattr(ctx, name) == "mine"
            return grad * 2

    x = leaf(1.0, 2.0)
    Named.apply(x).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_a_kept_input_is_the_same_tensor():
    x = leaf(1.0)
    h = x * 2
    assert Cube.apply(h).grad_fn.saved_tensors[0] is h
    assert Cube.apply(x).grad_fn.saved_tensors[0] is x


def test_setup_context_may_stand_beside_forward():
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(input, factor=4):
            return input * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.factor = inputs[1]

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.factor, None

    x = leaf(1.0)
    (Scaled.apply(x) + Scaled.apply(x, factor=5)).backward()
    assert x.grad.tolist() == [9]


def test_forward_records_nothing():
    class Asked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            assert not torch.is_grad_enabled()
            return input + 1

    assert Asked.apply(leaf(1.0)).requires_grad
    with torch.no_grad():
        assert not Asked.apply(leaf(1.0)).requires_grad


def test_several_results_get_zeros_for_those_without_gradient():
    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            return input * 2, "between", input * 3

        @staticmethod
        def backward(ctx, first, between, second):
            assert between is None and first.tolist() == [0]
            return 3 * second

    x = leaf(1.0)
    Pair.apply(x)[2].backward()
    assert x.grad.tolist() == [3]


def test_none_is_given_where_zeros_are_not_wanted():
    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            ctx.set_materialize_grads(False)
            return input * 2, input * 3

        @staticmethod
        def backward(ctx, first, second):
            assert first is None
            return 3 * second

    Pair.apply(leaf(1.0))[1].backward()


def test_an_input_that_is_written_to_has_the_call_as_its_history():
    x = leaf(1.0, 2.0)
    h = x * 1
    y = Doubled.apply(h)
    assert y is h and h._version == 2 and h.grad_fn.name() == "DoubledBackward"
    h.sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_a_view_that_is_written_to_changes_the_history_of_its_base():
    x = leaf(1.0, 2.0)
    base = x * 1
    Doubled.apply(base[:1])
    base.sum().backward()
    assert x.grad.tolist() == [2, 1]


@pytest.mark.parametrize("give", [lambda x: x, lambda x: x.view(1, 2)])
def test_a_view_that_a_function_gives_may_not_be_written_to(give):
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            return give(input)

    y = Same.apply(leaf(1.0, 2.0) * 1)
    assert y.grad_fn.name() == "SameBackward"
    with pytest.raises(RuntimeError, match="This view was created inside a custom Function"):
        y.add_(1)


def test_a_kept_tensor_that_was_written_to_is_refused():
    h = leaf(1.0) * 1
    y = Cube.apply(h)
    h.add_(1)
    with pytest.raises(RuntimeError, match=r"output 0 of Add, is at version 1; expected version 0 instead"):
        y.backward()


def test_a_second_backward_is_refused():
    y = Cube.apply(leaf(1.0))
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        (lambda grad: (grad, grad), "incorrect number of gradients (expected 1, got 2)"),
        (lambda grad: grad.new_ones(3), "got [3] but expected shape compatible with [2]"),
        (lambda grad: 3, "expected Variable or None (got int)"),
    ],
)
def test_gradients_that_do_not_fit_are_refused(gradient, message):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            return input * 2

        @staticmethod
        def backward(ctx, grad):
            return gradient(grad)

    with pytest.raises(RuntimeError) as refused:
        Wrong.apply(leaf(1.0, 2.0)).sum().backward()
    assert message in str(refused.value)


def test_a_function_without_backward_is_refused_when_it_is_asked():
    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input):
            return input / 2

    y = Half.apply(leaf(1.0))
    with pytest.raises(NotImplementedError, match="You must implement either the backward or vjp method"):
        y.backward()


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        return input * 2

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad * 2


def test_what_is_once_differentiable_refuses_a_second_derivative():
    x, seed = leaf(1.0), leaf(1.0)
    (first,) = torch.autograd.grad(Once.apply(x), x, seed, create_graph=True)
    with pytest.raises(RuntimeError, match="trying to differentiate twice"):
        first.backward()


def test_hooks_pack_what_a_context_keeps():
    with torch.autograd.graph.saved_tensors_hooks(lambda kept: kept.detach(), lambda kept: kept * 2):
        x = leaf(1.0)
        y = Cube.apply(x)
    y.backward()
    assert x.grad.tolist() == [12]


def test_calls_leave_nothing_for_the_garbage_collector():
    class Kept(torch.autograd.Function):
        @staticmethod
        def forward(ctx, first, second):
            result = first * second
            ctx.save_for_backward(first, second, result)
            return result, result * 2

        @staticmethod
        def backward(ctx, one, two):
            first, second, _ = ctx.saved_tensors
            return one * second, two * first

    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(1000):
            x = leaf(1.0)
            one, two = Kept.apply(x * 1, x)
            (one + two + Doubled.apply(Cube.apply(x * 1))).backward()
        del x, one, two, _
        assert len(gc.get_objects()) - before < 100
    finally:
        gc.enable()


def test_a_result_goes_with_its_last_name():
    y = Cube.apply(leaf(1.0))
    node, result = weakref.ref(y.history), weakref.ref(y)
    context = y.grad_fn
    del y
    assert node() is None and result() is None and context.factor == 1


def test_the_function_of_a_result_that_is_asked_for_is_called_although_nobody_wants_what_it_gives():
    called = []

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            called.append(grad.tolist())
            return 2 * grad * ctx.saved_tensors[0]

    x = torch.tensor([3.0], requires_grad=True)
    y = Square.apply(x)
    (2 * y).sum().backward(inputs=(y,))
    assert (called, y.grad.tolist(), x.grad) == ([[2.0]], [2.0], None)


def test_what_is_differentiable_once_refuses_as_soon_as_it_is_reached():
    a, b = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    gradients = torch.autograd.grad((a * Once.apply(b) + a * a).sum(), (a, b), create_graph=True)
    loss = sum((each * each).sum() for each in gradients)
    torch.autograd.grad(loss, a)  # frees what leads to `a`, which is older
    with pytest.raises(RuntimeError, match="trying to differentiate twice a function"):
        loss.backward()
