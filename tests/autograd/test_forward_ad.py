"""Dual tensors: what carries a tangent, what writes to one, what takes it away, and what is refused."""

import copy
import gc
import weakref

import numpy
import pytest

import tinytorch as torch
from tinytorch import paths
from tinytorch.autograd import forward_ad
from tinytorch.autograd.forward_ad import dual_level, make_dual, unpack_dual
from tinytorch.forward import Level, carry, switched

X, V = [1.0, 2.0, 3.0], [1.0, 0.0, 2.0]


def dual(values=X, tangent=V):
    return make_dual(torch.tensor(values), torch.tensor(tangent))


def tangent_of(tensor):
    found = unpack_dual(tensor).tangent
    return None if found is None else found.tolist()


@pytest.fixture
def level():
    with dual_level() as number:
        yield number


# Levels and dual tensors


def test_a_dual_tensor_is_a_view_with_a_tangent(level):
    x, v = torch.tensor(X), torch.tensor(V)
    made = make_dual(x, v)
    primal, tangent = unpack_dual(made)
    assert made._base is x and tangent is v
    assert unpack_dual(x).tangent is unpack_dual(primal).tangent is unpack_dual(primal[0]).tangent is None
    assert primal.tolist() == X and primal._is_view()


def test_tangents_end_with_their_level():
    with dual_level():
        made = dual()
        assert repr(made * 2) == "tensor([2., 4., 6.], tangent=tensor([2., 0., 4.]))"
    assert unpack_dual(made) == (made, None)
    with dual_level():
        assert tangent_of(made) is tangent_of(made * 2) is None


def test_a_level_holds_no_tensor():
    with dual_level():
        made = dual()
        gone = weakref.ref(unpack_dual(made.sin()).tangent)
        gc.disable()
        try:
            result = made.sin()
            tangent = weakref.ref(unpack_dual(result).tangent)
            del result
            assert gone() is tangent() is None
        finally:
            gc.enable()


def test_a_level_decorates_and_counts():
    assert dual_level()(lambda: tangent_of(dual()))() == V
    assert forward_ad.enter_dual_level() == 0
    assert tangent_of(dual()) == V
    forward_ad.exit_dual_level(level=0)
    with pytest.raises(RuntimeError, match="Dual level must be a positive number"):
        forward_ad.exit_dual_level()


def test_a_second_level_is_refused(level):
    with pytest.raises(RuntimeError, match="Nested forward mode AD is not supported at the moment"):
        forward_ad.enter_dual_level()
    with pytest.raises(RuntimeError, match="not the last one"):
        forward_ad.exit_dual_level(level=1)
    with pytest.raises(RuntimeError, match="Invalid level given to _make_dual"):
        make_dual(torch.tensor(X), torch.tensor(V), level=1)


def test_no_dual_tensor_without_a_level():
    with pytest.raises(RuntimeError, match="no level exists, make sure to enter_dual_level"):
        dual()


def test_what_cannot_be_a_tangent(level):
    with pytest.raises(RuntimeError, match="already has a forward gradient at the same level 0"):
        make_dual(dual(), torch.tensor(V))
    with pytest.raises(RuntimeError, match="itself has a forward gradient at the same level0"):
        make_dual(torch.tensor(X), dual())
    with pytest.raises(RuntimeError, match=r"size \[3\] while the given forward gradient is of size \[2\]"):
        make_dual(torch.tensor(X), torch.tensor(V[:2]))
    with pytest.raises(ValueError, match=r"Expected primal to be floating point or complex, but got: torch.int64"):
        make_dual(torch.tensor([1]), torch.tensor([1.0]))
    with pytest.raises(ValueError, match=r"Expected tangent to be floating point or complex, but got: torch.int64"):
        make_dual(torch.tensor([1.0]), torch.tensor([1]))
    with pytest.raises(TypeError, match=r"_unpack_dual\(\): argument 'dual' \(position 1\) must be Tensor, not float"):
        unpack_dual(3.0)


# What carries tangents


def test_forward_mode_works_where_nothing_is_recorded(level):
    with torch.no_grad():
        assert tangent_of(dual() * 2) == [2, 0, 4]


def test_inference_mode_and_a_switch_stop_it(level):
    made = dual()
    with torch.inference_mode():
        inside = made * 2
    with switched(False):
        other = made * 2
        assert tangent_of(made) is None
    assert tangent_of(inside) is tangent_of(other) is None
    assert tangent_of(made) == V


def test_a_level_that_begins_in_inference_mode_works():
    with torch.inference_mode(), dual_level():
        assert tangent_of(dual() * 2) == [2, 0, 4]


def test_what_forgets_the_history_forgets_the_tangent(level):
    result = dual() * 2
    assert tangent_of(result.detach()) is tangent_of(result.data) is tangent_of(copy.deepcopy(result)) is None
    assert tangent_of(result.detach_()) is None


def test_integers_have_no_tangents(level):
    values, places = dual().max(0)
    assert tangent_of(values) == 2 and tangent_of(places) is None
    assert tangent_of(dual().int()) is tangent_of(dual() == 1) is tangent_of(dual().argmax()) is None
    assert tangent_of(torch.zeros(3, dtype=torch.int64).copy_(dual())) is None


def test_what_steps_has_a_tangent_of_zeros(level):
    assert tangent_of(dual().floor()) == tangent_of(dual().sign()) == [0, 0, 0]


def test_numbers_of_numpy_are_numbers(level):
    assert tangent_of(dual() * numpy.float64(3)) == [3, 0, 6]


def test_a_tangent_has_the_dtype_of_its_result(level):
    result = dual() * torch.tensor(X, dtype=torch.float64)
    assert unpack_dual(result).tangent.dtype is torch.float64


def test_attention_that_is_one_operation_has_tangents(level):
    torch.manual_seed(0)
    query, other = torch.randn(1, 2, 3, 4), torch.randn(1, 2, 3, 4)
    function = torch.nn.functional.scaled_dot_product_attention
    fused = unpack_dual(function(make_dual(query, other), query, query)).tangent
    single = unpack_dual(function(make_dual(query[0], other[0]), query[0], query[0])).tangent
    assert torch.allclose(fused[0], single)


# Writing


def test_a_write_reaches_the_tangent_that_was_given(level):
    x, v = torch.tensor(X), torch.tensor(V)
    made = make_dual(x, v)
    made.mul_(2)
    assert x.tolist() == [2, 4, 6] and v.tolist() == [2, 0, 4] and unpack_dual(made).tangent is v


def test_a_write_by_itself_uses_the_value_before(level):
    made = dual()
    made.mul_(made)
    assert tangent_of(made) == [2, 0, 12]


def test_a_write_to_a_view_reaches_its_base_and_other_views(level):
    base = torch.zeros(3)
    before = base[1:]
    base[:2].copy_(dual()[:2] * 3)
    assert tangent_of(base) == [3, 0, 0] and tangent_of(before) == [0, 0] and tangent_of(base[0]) == 3
    base.mul_(2)
    assert tangent_of(before) == [0, 0] and tangent_of(base) == [6, 0, 0]


def test_a_write_to_a_base_reaches_views_made_before(level):
    base = torch.zeros(2, 3).t()
    view = base[1:]
    base.copy_(make_dual(torch.ones(3, 2), torch.arange(6.0).view(3, 2)))
    assert tangent_of(view) == [[2, 3], [4, 5]]
    view.zero_()
    assert tangent_of(base) == [[0, 1], [0, 0], [0, 0]]


def test_parts_of_complex_numbers_are_written(level):
    z = torch.zeros(3, dtype=torch.complex64)
    z.real.copy_(dual())
    z.imag.copy_(dual() * 2)
    assert tangent_of(z) == [1 + 2j, 0, 2 + 4j]
    pairs = torch.zeros(3, 2)
    torch.view_as_complex(pairs).copy_(z)
    assert tangent_of(pairs) == [[1, 2], [0, 0], [2, 4]]


def test_values_by_chance_or_comparison_have_a_tangent_of_zeros(level):
    for write in (torch.Tensor.uniform_, torch.Tensor.zero_, lambda each: each.fill_(3), lambda each: each.eq_(1)):
        made = dual()
        write(made)
        assert tangent_of(made) == [0, 0, 0]


def test_in_place_views_take_their_tangents_along(level):
    made = make_dual(torch.zeros(2, 3), torch.arange(6.0).view(2, 3)) * 1
    made.t_()
    assert tangent_of(made) == [[0, 3], [1, 4], [2, 5]]
    made.unsqueeze_(0).mul_(2)
    assert tangent_of(made) == [[[0, 6], [2, 8], [4, 10]]]


def test_a_tangent_lies_as_its_tensor_does(level):
    values = torch.arange(12.0).view(3, 4)
    for primal in (values.t(), values[::2, ::2], values[1:].t()):
        made = make_dual(primal, torch.ones(primal.shape) * 2)
        assert unpack_dual(made).tangent.stride() == primal.stride()
        made.mul_(3)
        assert tangent_of(made) == (torch.ones(primal.shape) * 6).tolist()
    spread = make_dual(torch.ones(1).expand(3), torch.tensor(V))
    assert tangent_of(spread.view(3, 1) * 2) == [[2], [0], [4]]


def test_a_result_does_not_share_the_tangent_of_its_input(level):
    made = dual()
    result = torch.addcmul(made, torch.ones(3), torch.ones(3))
    result.mul_(2)
    assert tangent_of(made) == V and tangent_of(result) == [2, 0, 4]


def test_out_and_optimizers_are_refused(level):
    with pytest.raises(NotImplementedError, match="forward AD with add_out that does not support it because it is an"):
        torch.add(dual(), 1, out=torch.empty(3))
    with pytest.raises(NotImplementedError, match="add_out"):
        torch.add(torch.tensor(X), 1, out=dual())
    with pytest.raises(RuntimeError, match="cannot resize variables that has a forward grad"):
        dual().resize_(2)
    parameter = torch.nn.Parameter(torch.zeros(3))
    parameter.grad = dual()
    with pytest.raises(NotImplementedError, match="sgd_step"):
        torch.optim.SGD([parameter], 0.1).step()


# With history


def test_tangents_have_a_history(level):
    x = torch.tensor(X, requires_grad=True)
    result = make_dual(x, torch.tensor(V)).pow(3)
    primal, tangent = unpack_dual(result)
    assert result.requires_grad and primal.grad_fn is not None and tangent.requires_grad
    tangent.sum().backward()
    assert x.grad.tolist() == [6, 0, 36]


def test_a_history_of_the_tangent_alone_is_none_of_the_result(level):
    v = torch.tensor(V, requires_grad=True)
    result = make_dual(torch.tensor(X), v).pow(2)
    assert not result.requires_grad
    unpack_dual(result).tangent.sum().backward()
    assert v.grad.tolist() == [2, 4, 6]


def test_writing_to_a_tangent_that_is_a_leaf_is_refused(level):
    made = make_dual(torch.tensor(X), torch.tensor(V, requires_grad=True))
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"):
        made.mul_(2)


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_have_tangents(level, create_graph):
    made = make_dual(torch.tensor(X, requires_grad=True), torch.tensor(V))
    values = [made.pow(3).sum(), torch.cat([made, made]).pow(3).sum() / 2, made.clone().mul_(made).mul_(made).sum()]
    for value in values:
        (gradient,) = torch.autograd.grad(value, made, create_graph=create_graph)
        assert torch.allclose(unpack_dual(gradient).tangent, torch.tensor([6.0, 0, 36]))


def test_gradients_of_writes_to_views_have_tangents(level):
    made = make_dual(torch.tensor(X, requires_grad=True), torch.tensor(V))
    written = made * 1
    written[1:].mul_(made[1:])
    (gradient,) = torch.autograd.grad(written.pow(2).sum(), made)
    assert tangent_of(gradient) == [2, 0, 12 * 9 * 2]


def test_a_long_history_is_not_walked(level, monkeypatch):
    x = torch.tensor(X, requires_grad=True)
    for _ in range(200):
        x = x * 1.0
    asked, node_of = [], paths.node_of
    monkeypatch.setattr(paths, "node_of", lambda edge: asked.append(edge) or node_of(edge))
    make_dual(x, torch.tensor(V)).prod()
    assert 0 < len(asked) < 50


# Levels in levels


def test_levels_do_not_mix():
    x, v = torch.tensor(3.0), torch.tensor(1.0)
    with Level() as outer:
        one = outer.make_dual(x, v)
        with Level() as inner:
            other = inner.make_dual(torch.tensor(2.0), v)
            slope = inner.tangent_of(one + other)
        assert outer.tangent_of(one * slope).item() == 1


def test_tangents_of_tangents():
    x, v = torch.tensor(X), torch.tensor(V)
    with Level() as outer, Level() as inner:
        result = inner.make_dual(outer.make_dual(x, v), v).pow(3)
        assert outer.tangent_of(result).tolist() == inner.tangent_of(result).tolist() == [3, 0, 54]
        assert outer.tangent_of(inner.tangent_of(result)).tolist() == [6, 0, 72]


def test_what_is_no_operation_says_itself_what_its_tangents_are():
    x, v = torch.tensor(X), torch.tensor(V)

    def cube(input):
        with switched(False):
            result = input.pow(3)
        carry([input], [result], lambda tangent: [3 * input.pow(2) * tangent])
        return result

    with Level() as outer, Level() as inner:
        result = cube(inner.make_dual(outer.make_dual(x, v), v))
        assert inner.tangent_of(result).tolist() == [3, 0, 54]
        assert outer.tangent_of(inner.tangent_of(result)).tolist() == [6, 0, 72]
        plain = cube(x)
        assert outer.tangent_of(plain) is None


# Functions of users' own


class Cube(torch.autograd.Function):
    """x ** 3 * y."""

    @staticmethod
    def forward(ctx, x, y):
        result = x**3 * y
        ctx.save_for_backward(x, y, result)
        ctx.save_for_forward(x, y)
        return result

    @staticmethod
    def backward(ctx, grad):
        x, y, result = ctx.saved_tensors
        return grad * 3 * x**2 * y, grad * result / y

    @staticmethod
    def jvp(ctx, of_x, of_y):
        x, y = ctx.saved_tensors[:2]
        return of_x * 3 * x**2 * y + of_y * x**3


class Doubled(torch.autograd.Function):
    """x * 2 in the place of x, and an integer."""

    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2), x.argmax()

    @staticmethod
    def jvp(ctx, of_x):
        return of_x.mul_(2), None


class WithoutTangents(torch.autograd.Function):
    """x * 2."""

    @staticmethod
    def forward(ctx, x):
        return x * 2


def test_a_function_says_what_its_tangents_are(level):
    assert tangent_of(Cube.apply(dual(), torch.tensor([2.0, 3, 1]))) == [6, 0, 54]
    assert tangent_of(Cube.apply(dual(), dual([2.0, 3, 1]))) == [7, 0, 108]
    assert tangent_of(WithoutTangents.apply(torch.tensor(X))) is None
    with pytest.raises(NotImplementedError, match="You must implement the jvp function for custom"):
        WithoutTangents.apply(dual())


def test_a_function_writes_to_tangents(level):
    written = dual() * 1
    result, place = Doubled.apply(written)
    assert tangent_of(result) == tangent_of(written) == [2, 0, 4] and tangent_of(place) is None


def test_what_a_function_keeps_has_its_tangent(level):
    made = [make_dual(torch.tensor(each, requires_grad=True), torch.tensor(V)) for each in (X, [2.0, 3, 1])]
    of_x, of_y = torch.autograd.grad(Cube.apply(*made).sum(), made)
    assert tangent_of(of_x) == [15, 0, 90] and tangent_of(of_y) == [3, 0, 54]


def test_a_function_has_tangents_of_tangents():
    x, y, v = torch.tensor(X), torch.tensor([2.0, 3, 1]), torch.tensor(V)
    with Level() as outer, Level() as inner:
        result = Cube.apply(inner.make_dual(outer.make_dual(x, v), v), y)
        assert outer.tangent_of(inner.tangent_of(result)).tolist() == [12, 0, 72]


def test_a_function_that_is_mapped_by_its_own_rule_inside_of_a_level_is_refused():
    class Mapped(Doubled):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x):
            return Mapped.apply(x), 0

    with pytest.raises(NotImplementedError, match="Mapped has no tangents where its own `vmap` is called"):
        torch.func.vmap(lambda x: torch.func.jvp(Mapped.apply, (x,), (x,)))(torch.ones(2, 3))
