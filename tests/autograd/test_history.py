"""Histories in the corners that random programs found; every number is PyTorch 2.13's."""

import copy
import pickle

import pytest

import tinytorch as torch


def test_a_view_of_no_grad_keeps_nothing_for_the_gradient_that_ends_there():
    a = torch.ones(1, 1, requires_grad=True)
    with torch.no_grad():
        view = a[:1]
    product = view @ view
    product.sum().backward()
    product.sum().backward()
    assert a.grad is None


def test_under_no_grad_a_view_of_one_of_several_stale_views_is_made():
    a = torch.ones(1, 3, requires_grad=True)
    (part,) = a
    a.detach()[0, 0] = 2.0
    with torch.no_grad():
        assert part.unsqueeze(0).tolist() == [[2.0, 1.0, 1.0]]
    with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
        part.unsqueeze(0)


@pytest.mark.parametrize("ask", [lambda a: a.isclose(a), torch.isfinite, torch.argsort])
def test_a_stale_view_is_refused_where_pytorch_composes_what_has_no_derivative(ask):
    a = torch.ones(4, requires_grad=True) * 2.0
    part, _ = a.chunk(2)
    a.add_(1.0)
    with pytest.raises(RuntimeError, match="Output 0 of Split is a view and its base or another view of its base"):
        ask(part)
    assert torch.allclose(part, part)
    assert part.isinf().tolist() == [False, False]


def test_a_value_that_was_detached_in_place_may_serve_a_derivative_recorded_later():
    a = torch.tensor([0.5], requires_grad=True)
    b = a.tanh()
    c = (b / 2.0) * a
    b.detach_()
    (first,) = torch.autograd.grad(c.sum(), a, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), a)
    assert second.tolist() == pytest.approx([0.6047322], abs=1e-6)


def test_a_derivative_that_kept_the_result_itself_does_not_mind_that_it_is_detached_in_place():
    a = torch.tensor([0.5], requires_grad=True)
    b = a.reciprocal()
    (first,) = torch.autograd.grad(b.sum(), a, create_graph=True)
    kept = first * b
    b.detach_()
    (second,) = torch.autograd.grad(first.sum(), a, create_graph=True)
    assert second.tolist() == pytest.approx([16.0])
    with pytest.raises(RuntimeError, match="saved tensor that has been detached in-place"):
        torch.autograd.grad(kept.sum(), a)


def test_a_vector_times_a_batch_keeps_the_vector_itself():
    vector = torch.ones(3, requires_grad=True) * 2
    product = torch.matmul(vector, torch.ones(1, 3, 1))
    assert product.grad_fn.next_functions[0][0].name() == "MvBackward0"
    assert [node and node.name() for node, _ in product.grad_fn.next_functions[0][0].next_functions] == [
        None, "MulBackward0",
    ]  # fmt: skip


def test_derivatives_of_sigmoid_and_tanh_ask_for_their_gradient_whichever_derivative_of_theirs_is_wanted():
    for function in (torch.sigmoid, torch.tanh):
        x, weight = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        outside = weight * 1
        (gradient,) = torch.autograd.grad(function(x), x, outside, create_graph=True)
        outside.add_(1)
        with pytest.raises(RuntimeError, match="is at version 1; expected version 0"):
            torch.autograd.grad(gradient.sum(), weight)


def test_backward_with_inputs_retains_the_gradient_of_a_result_and_adds_once_for_an_input_named_twice():
    a = torch.ones(2, requires_grad=True)
    b = a * 3.0
    b.sum().backward(inputs=(b, b, a, a), retain_graph=True)
    assert b.retains_grad
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0, 3.0], [1.0, 1.0])
    (b * 2.0).sum().backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([9.0, 9.0], [3.0, 3.0])


def test_materialized_gradients_require_grad_where_a_graph_is_made():
    a, b = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    for graph in (False, True):
        _, zeros = torch.autograd.grad((a * a).sum(), (a, b), materialize_grads=True, create_graph=graph)
        assert (zeros.tolist(), zeros.requires_grad) == ([0.0] * 3, graph)


def test_the_gradient_of_a_leaf_asked_for_goes_through_its_hooks():
    a = torch.ones(2, requires_grad=True)
    a.register_hook(lambda grad: grad * 5.0)
    (found,) = torch.autograd.grad(a.sum(), a)
    assert found.tolist() == [5.0, 5.0]


def test_a_gradient_on_the_way_to_another_is_caught_before_its_hooks_the_last_after_them():
    a = torch.ones(2, requires_grad=True)
    b = a * 3.0
    b.register_hook(lambda grad: grad * 5.0)
    on_the_way, last = torch.autograd.grad(b.sum(), (b, a), retain_graph=True)
    assert (on_the_way.tolist(), last.tolist()) == ([1.0, 1.0], [15.0, 15.0])
    assert torch.autograd.grad(b.sum(), b)[0].tolist() == [5.0, 5.0]


def test_a_hook_on_one_of_several_results_is_asked_with_none_where_it_took_no_part():
    seen = []
    first, second = (torch.ones(2, 2, requires_grad=True) * 1.0).unbind(0)
    second.register_hook(lambda grad: seen.append(grad))
    first.sum().backward()
    assert seen == [None]


def test_a_hook_after_accumulation_has_to_return_none_and_is_called_after_the_flag_was_taken_back():
    a, b, seen = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True), []
    a.register_post_accumulate_grad_hook(lambda leaf: seen.append(leaf.grad))
    total = (a * b).sum()
    a.requires_grad_(False)
    total.backward()
    assert seen == [None]
    b.register_post_accumulate_grad_hook(lambda leaf: leaf.grad)
    with pytest.raises(RuntimeError, match="Tensor post accumulate grad hooks should return None"):
        b.sum().backward()


def test_a_gradient_with_a_graph_is_never_the_memory_of_another_tensor():
    a, weight = torch.ones(2, requires_grad=True), torch.ones(2)
    with pytest.warns(UserWarning, match="reference cycle"):
        a.backward(weight, create_graph=True)
    a.sum().backward()
    assert weight.tolist() == [1.0, 1.0]


def test_what_was_kept_is_asked_for_even_where_its_gradient_is_not_wanted():
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    c = a * 1.0
    product = c * b
    c.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(product.sum(), a)


def test_a_copy_of_more_dimensions_is_refused():
    with pytest.raises(RuntimeError, match=r"output with shape \[3, 1\] doesn't match the broadcast shape \[1, 3, 1\]"):
        torch.ones(3, 1).copy_(torch.ones(1, 3, 1))


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (lambda z: z.real.mul_(3.0), [17 + 6j, 135 - 45j]),
        (lambda z: z.imag.mul_(2.0), [15.5 + 41.5j, 15 - 5j]),
        (lambda z: torch.view_as_real(z)[..., 1].mul_(2.0), [15.5 + 41.5j, 15 - 5j]),
        (lambda z: torch.view_as_real(z)[0].zero_(), [0j, 15 - 5j]),
    ],
)
def test_a_write_to_the_parts_of_a_complex_tensor_reaches_its_history(write, found):
    leaf = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    z = leaf * (1.5 + 0.5j)
    write(z)
    assert torch.autograd.grad((z * z.conj()).real.sum(), leaf)[0].tolist() == found


def test_a_view_of_parts_is_made_again_after_a_write_to_the_complex_tensor():
    leaf = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    z = leaf * (1.5 + 0.5j)
    pairs, part = torch.view_as_real(z), z[1].imag
    z.mul_(2j)
    assert (pairs.grad_fn.name(), part.tolist()) == ("ViewAsRealBackward0", 10.0)
    assert torch.autograd.grad((pairs * pairs).sum(), leaf, retain_graph=True)[0].tolist() == [20 + 40j, 60 - 20j]
    assert torch.autograd.grad(part, leaf)[0].tolist() == [0j, 3 - 1j]


def test_a_view_of_pairs_as_complex_numbers_is_made_again_after_a_write():
    leaf = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    pairs = leaf * 1.0
    z = torch.view_as_complex(pairs)
    z.mul_(2j)
    assert pairs.tolist() == [[-2.0, 2.0]] * 2
    assert torch.autograd.grad((pairs * torch.tensor([1.0, 3.0])).sum(), leaf)[0].tolist() == [[6.0, -2.0]] * 2


def test_a_view_without_elements_gives_zeros_without_history():
    leaf = torch.ones(3, requires_grad=True)
    base = torch.ones(3)
    view = base[:0]
    base.mul_(leaf)
    found = torch.autograd.grad(view.sum(), base, create_graph=True)[0]
    assert (found.tolist(), found.requires_grad) == ([0.0, 0.0, 0.0], False)


@pytest.mark.parametrize("name", ["floor", "ceil", "round", "trunc", "sign"])
def test_where_a_function_is_flat_its_gradient_is_a_constant_zero(name):
    a = torch.tensor([0.3, 1.5], requires_grad=True)
    weight = torch.tensor([float("inf"), 1.0], requires_grad=True)
    (found,) = torch.autograd.grad(getattr(a, name)(), a, weight, create_graph=True)
    assert (found.tolist(), found.requires_grad) == ([0.0, 0.0], False)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ((slice(None, 1),), "CopyBackwards"),
        ((slice(0, 5), slice(0, 3)), "CopyBackwards"),
        ((slice(None, 1), Ellipsis), "CopyBackwards"),
        ((slice(-1, None),), "torch::autograd::CopySlices"),
        ((None,), "torch::autograd::CopySlices"),
    ],
)
def test_an_assignment_to_slices_that_select_all_makes_no_view(key, name):
    a, b = torch.ones(1, 3, requires_grad=True) * 2.0, torch.ones(3, requires_grad=True)
    a[key] = b
    assert a.grad_fn.name() == name


def test_a_deep_copy_has_the_gradient_and_none_of_the_hooks():
    a, seen = torch.ones(2, requires_grad=True), []
    a.sum().backward()
    a.register_hook(seen.append)
    a.register_post_accumulate_grad_hook(lambda leaf: seen.append(leaf))
    for made in (copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
        made.sum().backward()
    assert (copy.deepcopy(a)._version, copy.deepcopy(a).grad.tolist(), seen) == (1, [1.0, 1.0], [])


def test_the_flag_of_a_stale_view_can_be_set_to_what_it_is():
    a = torch.ones(2, 2, requires_grad=True)
    first, _ = a.unbind(0)
    a.detach().mul_(2.0)
    assert first.requires_grad_(True) is first


def test_a_write_to_a_view_that_was_freed_is_refused_where_only_its_own_gradient_is_wanted():
    b = torch.ones(3, dtype=torch.float64, requires_grad=True)
    c = b.sin()
    c[1:] = 2.0
    c.sum().backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        (c * c).sum().backward(inputs=[c])


def test_what_has_no_derivative_may_read_a_view_whose_history_is_lost():
    first, second = torch.ones(2, requires_grad=True).clone()
    first.detach().mul_(2)
    assert bool(second > 0.5) and not second.isnan() and second.argmax() == 0
    with pytest.raises(RuntimeError, match="is a view and its base or another view of its base has been modified"):
        second * 2


def test_pairs_that_were_transposed_among_dimensions_of_size_1_have_a_complex_gradient():
    z = torch.tensor([[1.0 + 2.0j]], requires_grad=True)
    pairs = torch.view_as_real(z).clone()
    pairs.transpose_(0, -1)
    (pairs * pairs).sum().backward()
    assert z.grad.tolist() == [[2 + 4j]]


def test_a_conjugate_counts_its_versions_with_the_tensor_whose_it_is():
    c = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    factor = c * 1
    product = factor.conj() * c
    factor.mul_(2)
    with pytest.raises(RuntimeError, match="is at version 1; expected version 0"):
        product.abs().sum().backward()


def test_a_write_of_what_leads_nowhere_into_a_view_is_walked_once():
    base, written = torch.ones(2, requires_grad=True), torch.zeros(2)
    with torch.no_grad():
        view = base[:]
    written[:].copy_(view)
    (written * 2).sum().backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        (written * 3).sum().backward()
