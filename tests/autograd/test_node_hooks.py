"""Nodes as users reach them: hooks before and after, their order, what they give; nodes of leaves; what is kept."""

import pytest

import tinytorch as torch


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


def test_hooks_are_called_in_pytorchs_order():
    calls = []

    def note(name):
        return lambda *values: calls.append(name)

    x = leaf(1.0)
    y = x * 2
    y.retain_grad()
    y.grad_fn.register_hook(note("after"))
    y.grad_fn.register_prehook(note("before"))
    y.register_hook(lambda grad: calls.append("tensor") or grad * 3)
    leaf_node = y.grad_fn.next_functions[0][0]
    leaf_node.register_hook(note("leaf after"))
    x.register_post_accumulate_grad_hook(note("accumulated"))
    leaf_node.register_prehook(note("leaf before"))
    x.register_hook(note("leaf"))
    y.backward()
    assert calls == ["tensor", "before", "after", "leaf", "leaf before", "accumulated", "leaf after"]
    assert y.grad.tolist() == [3] and x.grad.tolist() == [6]


def test_a_hook_after_a_node_sees_what_it_gave_and_may_replace_it():
    x, w = leaf(1.0), leaf(4.0)
    y = x * w
    seen = []
    y.grad_fn.register_hook(lambda given, got: seen.append((given, got)) or (given[0] * 10, None))
    y.backward()
    ((given, got),) = seen
    assert [each.item() for each in (*given, *got)] == [4, 1, 1]
    assert x.grad.tolist() == [40] and w.grad is None


def test_a_hook_before_a_node_may_replace_what_arrives():
    x = leaf(1.0)
    y = x * 2
    handle = y.grad_fn.register_prehook(lambda grads: (grads[0] * 5,))
    y.backward(retain_graph=True)
    handle.remove()
    y.backward()
    assert x.grad.tolist() == [12]


def test_a_node_with_several_outputs_shows_hooks_all_gradients():
    seen = []
    first, second = leaf(1.0, 2.0).unbind()
    first.grad_fn.register_prehook(lambda grads: seen.extend(grads))
    second.backward()
    assert seen[0] is None and seen[1].item() == 1


@pytest.mark.parametrize(
    ("hook", "kind", "message"),
    [
        (lambda grads: grads[0], TypeError, "expected tuple, but hook returned 'Tensor'"),
        (lambda grads: (grads[0], None), RuntimeError, "incorrect number of values (got 2, but expected 1)"),
        (lambda grads: (grads[0][:0],), RuntimeError, "has changed the size of value"),
        (lambda grads: (grads[0].double(),), RuntimeError, "(was torch.FloatTensor got torch.DoubleTensor)"),
    ],
)
def test_what_a_hook_gives_has_to_fit(hook, kind, message):
    y = leaf(1.0) * 2
    y.grad_fn.register_prehook(hook)
    with pytest.raises(kind) as refused:
        y.backward()
    assert message in str(refused.value)


def test_a_hook_of_a_tensor_has_to_give_a_tensor():
    y = leaf(1.0) * 2
    y.register_hook(lambda grad: 3)
    with pytest.raises(TypeError, match="expected Variable, but hook returned 'int'"):
        y.backward()


def test_a_leaf_has_one_node_while_somebody_holds_it():
    x = leaf(1.0)
    node = (x * 2).grad_fn.next_functions[0][0]
    assert node is x.exp().grad_fn.next_functions[0][0]
    assert node.variable is x and node.name() == "torch::autograd::AccumulateGrad" and node.next_functions == ()


def test_hooks_of_a_leafs_node_last_as_long_as_the_node_that_showed_it():
    calls, x = [], leaf(1.0)
    y = x * 2
    y.grad_fn.next_functions[0][0].register_hook(lambda *_: calls.append(True))
    y.backward()
    del y
    (x * 3).backward()
    assert calls == [True]


def test_hooks_on_a_leaf_see_the_gradient_that_grad_gives():
    x = leaf(1.0)
    x.register_hook(lambda grad: grad * 7)
    assert torch.autograd.grad(x * 2, x)[0].tolist() == [14]


def test_a_result_among_the_inputs_of_backward_keeps_its_gradient_once():
    x = leaf(1.0)
    y = x * 2
    (y * 3).backward(inputs=[x, y])
    assert y.grad.tolist() == [3] and x.grad.tolist() == [6]


def test_metadata_is_a_dictionary_of_the_nodes():
    y = leaf(1.0) * 2
    y.grad_fn.metadata["note"] = 1
    assert y.grad_fn.metadata == {"note": 1}


def test_a_node_shows_what_it_keeps():
    x, w = leaf(2.0), torch.tensor([5.0])
    y = x * w
    assert y.grad_fn._saved_self is None and y.grad_fn._saved_other.tolist() == [5]
    assert (x * x).grad_fn._saved_self is x
    assert x.exp().grad_fn._saved_result.grad_fn.name() == "ExpBackward0"
    assert (x**3).grad_fn._saved_exponent == 3
    assert "_saved_other" in dir(y.grad_fn)
    with pytest.raises(AttributeError, match="'MulBackward0' object has no attribute '_saved_result'"):
        y.grad_fn._saved_result  # noqa: B018
    y.backward()
    with pytest.raises(RuntimeError, match="after they have already been freed"):
        y.grad_fn._saved_other  # noqa: B018


def test_hooks_can_be_given_to_one_kept_tensor():
    x = leaf(1.0)
    y = x.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda kept: 3.0, lambda packed: torch.tensor([packed]))
    with pytest.raises(RuntimeError, match="only one pair of hooks is allowed at a time"):
        y.grad_fn._raw_saved_result.register_hooks(lambda kept: kept, lambda packed: packed)
    y.backward()
    assert x.grad.tolist() == [3]
