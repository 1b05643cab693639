"""Hooks on what is kept for backward, hooks on several gradients, edges by name, and writing to what is kept."""

import pytest

import tinytorch as torch
from tinytorch.autograd import graph


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


def detached(tensor):
    return tensor.detach()


def test_each_kept_tensor_is_packed_in_pytorchs_order():
    x, w = leaf(2.0), leaf(5.0)
    seen = []
    with graph.saved_tensors_hooks(lambda kept: seen.append((kept, kept.grad_fn)) or detached(kept), detached):
        y = x * w
        y.exp()
    (other, _), (first, _), (result, node) = seen
    assert other is w and first is x
    assert node.name() == "ExpBackward0" and result.tolist() == y.exp().tolist()


def test_what_is_unpacked_takes_the_place_of_what_was_kept():
    x = leaf(2.0)
    with graph.saved_tensors_hooks(lambda kept: kept.item(), lambda packed: torch.tensor([packed * 10])):
        y = x * x
    y.backward()
    assert x.grad.tolist() == [40]


def test_packed_leaves_and_results_keep_their_history():
    x = leaf(2.0)
    with graph.saved_tensors_hooks(lambda kept: kept.clone(), detached):
        y = x * x * x
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert (first.item(), second.item()) == (12, 12)


def test_nothing_is_packed_that_nobody_needs():
    def refused(kept):
        raise AssertionError("packed")

    x = leaf(2.0)
    with graph.saved_tensors_hooks(refused, detached):
        x.sum().neg()
        torch.ones(2) * torch.ones(2)
        with torch.no_grad():
            x * x


def test_the_innermost_hooks_are_asked():
    calls = []

    def hooks(name):
        return graph.saved_tensors_hooks(lambda kept: calls.append(name) or detached(kept), detached)

    x = leaf(1.0)
    with hooks("outer"):
        with hooks("inner"):
            x.exp()
        x.exp()
    x.exp()
    assert calls == ["inner", "outer"]


def test_the_value_before_an_in_place_operation_is_packed():
    x = leaf(3.0)
    with graph.saved_tensors_hooks(lambda kept: kept.clone(), detached):
        h = x * 1
        h.mul_(h)
    h.backward()
    assert x.grad.tolist() == [6]


def test_packed_values_outlive_a_write():
    x = leaf(3.0)
    h = x * 1
    with graph.saved_tensors_hooks(lambda kept: kept.clone(), detached):
        y = h * h
    h.zero_()
    y.backward()
    assert x.grad.tolist() == [6]


def test_lists_and_several_results_are_packed():
    x = leaf(3.0, 1.0)
    with graph.saved_tensors_hooks(lambda kept: kept.detach() + 0, detached):
        y = torch.einsum("i,i->", x, x * 2) + x.max(dim=0).values + x.sort().values[0]
    y.backward()
    assert x.grad.tolist() == [13, 5]


def test_a_hook_may_not_write_to_what_it_packs():
    h, writing = leaf(1.0) * 1, graph.saved_tensors_hooks(lambda kept: kept.mul_(2), detached)
    with pytest.raises(RuntimeError, match="pack hook is modifying its input in place"), writing:
        h.exp()


def test_an_error_in_a_hook_is_the_operations():
    def refused(kept):
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"), graph.saved_tensors_hooks(refused, detached):
        leaf(1.0).exp()
    assert leaf(1.0).exp().requires_grad  # and the hooks are gone


def test_unpacking_has_to_give_a_tensor():
    with graph.saved_tensors_hooks(lambda kept: 1, lambda packed: packed):
        y = leaf(1.0).exp()
    with pytest.raises(TypeError, match="expected to be a Tensor but got result of type int"):
        y.backward()


def test_hooks_can_be_switched_off():
    with graph.disable_saved_tensors_hooks("not now"), pytest.raises(RuntimeError, match="not now"):
        graph.save_on_cpu().__enter__()
    with graph.save_on_cpu():
        y = leaf(1.0).exp()
    y.backward()


def test_a_hook_on_several_gradients_waits_for_those_that_come():
    a, b = leaf(1.0), leaf(2.0)
    c, d = a * b, a * b
    seen = []
    handle = graph.register_multi_grad_hook(
        (a, b, c, d), lambda grads: seen.append([each is not None for each in grads])
    )
    c.backward(retain_graph=True)
    c.backward(inputs=(a,), retain_graph=True)
    handle.remove()
    c.backward()
    assert seen == [[True, True, True, False], [True, False, True, False]]


def test_a_hook_on_any_gradient_is_called_once_in_each_backward():
    a = leaf(1.0)
    c, d = a * 2, a * 3
    seen = []
    graph.register_multi_grad_hook((c, d), lambda grad: seen.append(grad.item()), mode="any")
    (c + 5 * d).backward(retain_graph=True)
    (c + 5 * d).backward()
    assert seen == [5, 5]
    with pytest.raises(ValueError, match="Expects mode to be one of"):
        graph.register_multi_grad_hook((c,), print, mode="some")


def test_an_edge_takes_the_place_of_its_tensor():
    x = leaf(1.0, 2.0)
    y = x * 3
    to_x, to_y = graph.get_gradient_edge(x), graph.get_gradient_edge(y)
    assert to_y.node is y.grad_fn and to_x.node.variable is x
    one, two = torch.autograd.grad(y.sum(), [to_x, to_y], retain_graph=True)
    assert one.tolist() == [3, 3] and two.tolist() == [1, 1]
    assert torch.autograd.grad(to_y, x, torch.ones(2), retain_graph=True)[0].tolist() == [3, 3]
    torch.autograd.backward(y.sum(), inputs=[to_x])
    assert x.grad.tolist() == [3, 3]


def test_an_edge_names_one_of_several_outputs():
    x = leaf(1.0, 2.0)
    first, second = x.unbind()
    edge = graph.get_gradient_edge(second)
    assert edge.output_nr == 1
    assert torch.autograd.grad(first + 5 * second, edge, retain_graph=True)[0].item() == 5
    assert torch.autograd.grad(edge, x, torch.tensor(1.0), retain_graph=True)[0].tolist() == [0, 1]
    by_hand = graph.GradientEdge(second.grad_fn, 1)
    assert torch.autograd.grad(first + 5 * second, by_hand, retain_graph=True)[0].item() == 5
    with pytest.raises(RuntimeError, match="only if `get_gradient_edge` gave it"):
        torch.autograd.grad(by_hand, x, torch.tensor(1.0))


def test_a_tensor_without_gradient_has_no_edge():
    with pytest.raises(RuntimeError, match="does not require gradients"):
        graph.get_gradient_edge(torch.ones(1))


def test_versions_can_be_counted_by_hand():
    t, h = torch.ones(2), leaf(1.0) * 1
    graph.increment_version([t, t])
    y = h.exp() * h
    graph.increment_version(h)
    assert t._version == 2
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_what_is_kept_may_be_written_to_in_a_block():
    a = leaf(1.0, 1.0)
    with graph.allow_mutation_on_saved_tensors() as kept:
        c = a.clone()
        y = (c * c).sum() + c[:1].exp().sum()
        assert len(kept.cloned) == 0
        c[:1].mul_(3)
        assert len(kept.cloned) > 0
        y.backward()
        late = (a.clone() ** 2).sum()
    assert a.grad.tolist() == pytest.approx([4.71828, 2])
    with pytest.raises(AssertionError, match="outside of the 'allow_mutation_on_saved_tensors' context"):
        late.backward()


def test_blocks_that_allow_writing_do_not_nest():
    with graph.allow_mutation_on_saved_tensors(), pytest.raises(RuntimeError, match="cannot be nested"):
        graph.allow_mutation_on_saved_tensors().__enter__()
