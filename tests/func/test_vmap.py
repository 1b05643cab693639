"""`vmap`: a function of one example is called once, and gives what it would give for each."""

import functools
import warnings

import pytest

import tinytorch as torch
from tests import observation
from tinytorch.autograd import grad
from tinytorch.batching import Level, lift, lower, out_of_batch
from tinytorch.func import vmap
from tinytorch.interpreters import Interpreter, perform

X = torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])


def same(found, wanted, unit=1e-6):
    assert found.shape == wanted.shape and found.dtype is wanted.dtype
    assert observation.unequal(observation.numbers_of(found), observation.numbers_of(wanted), unit) == ""


def refused(error, words, function, *args, **settings):
    with pytest.raises(error) as caught:
        vmap(function, **settings)(*args)
    assert words in str(caught.value)


# What is mapped


def test_a_function_of_vectors_becomes_one_of_rows():
    same(vmap(torch.dot)(X, X), torch.tensor([5.0, 50.0]))


def test_it_is_called_once_for_all_examples():
    calls = []
    vmap(lambda a: calls.append(a.shape) or a)(torch.zeros(100, 3))
    assert calls == [torch.Size((3,))]


def test_bodies_are_called_as_often_for_a_hundred_examples_as_for_one():
    def count(size):
        seen = []

        class Counter(Interpreter):
            def interpret(self, op, args, out):
                seen.append(op.name)
                return perform(op, args, out)

        weight = torch.ones(4, 3, requires_grad=True)
        with Counter():
            out = vmap(lambda a: torch.nn.functional.softmax(weight @ a.sin(), 0).cumsum(0)[[0, 2]])(
                torch.ones(size, 3)
            )
            out.sum().backward()
        return seen

    assert count(100) == count(1)


def test_the_mapped_dimension_can_be_any_and_differ_by_argument():
    a, b = torch.arange(24.0).reshape(2, 3, 4), torch.arange(12.0).reshape(3, 4)
    same(vmap(torch.matmul, in_dims=(2, -1))(a, b), torch.stack([a[:, :, k] @ b[:, k] for k in range(4)]))


def test_an_argument_can_be_the_same_for_all():
    same(vmap(torch.mul, in_dims=(0, None))(X, X[0]), X * X[0])
    same(vmap(lambda a, k, b: a * k + b)(X, b=X, k=2), X.unsqueeze(1) * 2 + X)  # names are for all


def test_results_have_the_examples_where_it_is_asked():
    first, second = vmap(lambda a: (a, a.outer(a)), out_dims=(1, -1))(X)
    same(first, X.T)
    same(second, torch.stack([row.outer(row) for row in X], 2))


def test_trees_come_in_and_go_out():
    found = vmap(lambda d: {"sum": d["a"] + d["b"][0], "all": [d["a"]]}, in_dims=({"a": 0, "b": None},))(
        {"b": [X[0]], "a": X}
    )
    same(found["sum"], X + X[0])
    same(found["all"][0], X)


def test_a_result_that_no_example_changed_is_repeated():
    same(vmap(lambda a: torch.ones(2))(X), torch.ones(2, 2))
    same(vmap(lambda a: torch.ones(2), out_dims=None)(X), torch.ones(2))


def test_no_examples_give_no_results():
    assert vmap(lambda a: a.sin().sum())(torch.zeros(0, 3)).shape == (0,)


@pytest.mark.parametrize("depth", [2, 3])
def test_it_can_be_nested(depth):
    sides = [torch.arange(3.0 * (k + 2)).reshape(k + 2, 3).sin() for k in range(depth)]

    def nested(outer, rest):
        if not rest:
            return outer.sum()
        return vmap(lambda each: nested(outer * each, rest[1:]))(rest[0])

    letters = "abc"[:depth]
    wanted = torch.einsum(",".join(f"{each}i" for each in letters) + "->" + letters, *sides)
    same(nested(torch.ones(3), sides), wanted)


def test_chunks_give_the_same():
    rows = torch.arange(10.0).reshape(5, 2)
    for size in (1, 2, 3, 10):
        same(vmap(lambda a: (a * 2).sum(), chunk_size=size)(rows), 2 * rows.sum(1))


# What a tensor shows inside


def test_a_tensor_shows_one_example():
    def look(a):
        assert (a.shape, a.ndim, a.stride(), a.numel(), len(a)) == ((3,), 1, (1,), 3, 3)
        assert a.device == torch.device("cpu") and torch.device("cpu") == a.device
        assert hash(a.device) == hash(torch.device("cpu")) and str(a.device) == "cpu"
        assert torch.zeros(2, device=a.device).device is torch.device("cpu")
        assert type(a) is torch.Tensor and a.type() == "torch.FloatTensor"
        return a.cpu().to("cpu").to(a.device).double().float()

    same(vmap(look)(X), X)


def test_it_prints_all_examples():
    seen = []
    vmap(lambda a: vmap(lambda b: seen.append((repr(a), repr(b))) or b)(a))(X)
    numbers = ["tensor([[0., 1., 2.],", "        [3., 4., 5.]])"]
    one = "\n    ".join(["BatchedTensor(lvl=1, bdim=0, value=", *numbers]) + "\n)"
    two = "\n    ".join(["BatchedTensor(lvl=2, bdim=0, value=", *one.split("\n")]) + "\n)"
    assert seen == [(one, two)]


ITEM = "vmap: It looks like you're calling .item() on a Tensor"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda a: a.sum().item(), ITEM),
        (lambda a: float(a.sum()), ITEM),
        (lambda a: f"{a.sum()}", ITEM),
        (lambda a: a if a.sum() > 0 else -a, "to use a Tensor in some data-dependent control flow"),
        (lambda a: a.tolist(), "Cannot access data pointer of Tensor that doesn't have storage"),
        (lambda a: a.numpy(), "Cannot access data pointer of Tensor that doesn't have storage"),
        (lambda a: a.nonzero(), "Attempted to vmap over aten::nonzero."),
        (lambda a: a.unique(), "Attempted to vmap over aten::_unique2."),
        (lambda a: a[a > 0], "Attempting to batch over indexing with a boolean mask."),
        (lambda a: a.masked_select(a > 0), "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask)"),
    ],
)  # fmt: skip
def test_what_depends_on_the_values_of_one_example_is_refused(function, words):
    refused(RuntimeError, words, function, X)


def test_a_function_without_a_rule_is_named_with_the_operation(monkeypatch):
    from tinytorch.devices import batched

    monkeypatch.delitem(batched.rules, "cumsum")
    refused(
        NotImplementedError,
        "vmap: cumsum() cannot be batched: vmap: the batching rule of xp.cumsum",
        lambda a: a.cumsum(0),
        X,
    )


def test_a_tensor_that_escaped_is_still_one_of_its_batch():
    kept = []
    vmap(lambda a: kept.append(a) or a)(X)
    assert repr(kept[0] + 1).startswith("BatchedTensor(lvl=1") and kept[0].shape == (3,)
    with pytest.raises(RuntimeError, match=r"calling \.item"):
        kept[0].sum().item()


# Writing


def test_what_is_written_to_an_input_is_written_to_all_examples():
    given = torch.zeros(2, 3)
    vmap(lambda a: a.add_(1))(given)
    same(given, torch.ones(2, 3))
    assert given._version == 1


def test_views_inside_share_their_memory():
    def write(a):
        b = a.clone()
        b[1:].view(2, 1).mul_(10)
        b[0] = a.sum()
        b[[2]] += 1
        return b

    same(vmap(write)(X), torch.tensor([[3.0, 10, 21], [12, 40, 51]]))


@pytest.mark.parametrize("make", [torch.zeros_like, lambda a: a.new_zeros(3), lambda a: a.new_full((3,), 0.0)])
def test_new_tensors_like_a_mapped_one_take_its_values(make):
    same(vmap(lambda a: make(a).add_(a))(X), X)


def test_indices_can_differ_by_example():
    at = torch.tensor([2, 0])
    same(vmap(lambda a, k: a[k])(X, at), torch.tensor([2.0, 3]))
    same(vmap(lambda a, k: a.index_fill(0, k, 9))(X, at), torch.tensor([[0.0, 1, 9], [9, 4, 5]]))

    def write(a, k):
        a = a.clone()
        a[k] = 7
        return a

    same(vmap(write)(X, at), torch.tensor([[0.0, 1, 7], [7, 4, 5]]))


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda z, a: z.add_(a), "inplace arithmetic"),
        (lambda z, a: z.__setitem__(0, a[0]), "inplace arithmetic"),
        (lambda z, a: z.index_add_(0, torch.tensor([0]), a[:1]), "index_add_"),
    ],
)
def test_a_tensor_for_all_cannot_take_what_differs_by_example(write, name):
    words = f"vmap: {name}(self, *extra_args) is not possible because there exists a Tensor `other`"
    refused(RuntimeError, words, lambda a: write(torch.zeros(3), a), X)


def test_an_input_that_requires_grad_is_not_written_to():
    leaf = X.clone().requires_grad_()
    refused(RuntimeError, "a leaf Variable that requires grad", lambda a: a.add_(1), leaf)
    refused(
        RuntimeError, "vmap: an input of the mapped function is being modified inplace", lambda a: a.add_(1), leaf * 2
    )


def test_running_statistics_are_refused():
    norm = functools.partial(torch.nn.functional.batch_norm, running_mean=torch.zeros(3), running_var=torch.ones(3))
    refused(RuntimeError, "Batch norm got a batched tensor", lambda a: norm(a, training=True), torch.ones(2, 4, 3))


# Derivatives


def leaves():
    return X.clone().requires_grad_(), torch.tensor([1.0, 2.0, 3.0], requires_grad=True)


def curve(a, weight):
    b = a.clone()
    b[0] = (a * weight).sum()
    b.mul_(0.5)
    return (b * weight).sin().sum() ** 2


def test_backward_goes_through_inputs_and_captured_tensors():
    x, w = leaves()
    vmap(lambda a: curve(a, w))(x).sum().backward()
    y, v = leaves()
    sum(curve(row, v) for row in y).backward()
    same(x.grad, y.grad)
    same(w.grad, v.grad)


def test_derivatives_of_derivatives_go_through():
    def second(function):
        x, w = leaves()
        first = grad(function(x, w).sum(), [x, w], create_graph=True)
        return grad(first[0].square().sum() + first[1].sum(), [x, w])

    found = second(lambda x, w: vmap(lambda a: curve(a, w))(x))
    wanted = second(lambda x, w: torch.stack([curve(row, w) for row in x]))
    for one, other in zip(found, wanted, strict=True):
        same(one, other, 1e-5)


def test_a_gradient_inside_is_that_of_each_example():
    def slope(a):
        a = a.detach().requires_grad_()
        return grad(curve(a, torch.ones(3)), a)[0]

    same(vmap(slope)(X), torch.stack([slope(row) for row in X]))


def test_a_gradient_inside_for_a_captured_tensor_is_that_of_each_example():
    _, w = leaves()
    found = vmap(lambda a: grad(curve(a, w), w)[0])(X)
    same(found, torch.stack([grad(curve(row, w), w)[0] for row in X]))
    twice = vmap(lambda a: vmap(lambda k: grad(curve(a * k, w), w)[0])(a))(X)
    same(twice, torch.stack([torch.stack([grad(curve(row * k, w), w)[0] for k in row]) for row in X]))
    summed = vmap(lambda a: grad(vmap(lambda k: curve(a * k, w))(a).sum(), w)[0])(X)
    same(summed, twice.sum(1), 1e-5)


def test_a_gradient_inside_for_the_whole_batch_is_refused():
    x, w = leaves()
    words = "vmap: inside of a mapped function there are no gradients for the whole"
    refused(NotImplementedError, words, lambda a: grad(curve(a, w), x)[0], x)


def test_backward_over_a_graph_outside_can_be_mapped():
    x, w = leaves()
    y = vmap(lambda a: (a * w).sin())(x)  # as many examples as there are directions
    directions = torch.arange(12.0).reshape(2, 2, 3)
    found = vmap(lambda v: grad(y, x, v, retain_graph=True)[0])(directions)
    same(found, torch.stack([grad(y, x, v, retain_graph=True)[0] for v in directions]))


def test_backward_inside_is_refused():
    x, w = leaves()
    refused(RuntimeError, "backward() called inside a functorch transform.", lambda a: (a * w).sum().backward(), x)
    y = w * w
    refused(RuntimeError, "backward() called inside a functorch transform.", lambda v: y.backward(v), X)


def test_lifting_and_adding_up_are_each_others_derivatives():
    level, w = Level(4), torch.ones(3, requires_grad=True)
    device = level.over(torch.device("cpu"))
    total = lower(lift(w, device), [level])
    same(total.detach(), torch.full((3,), 4.0))
    (first,) = grad(total.sum(), w)
    same(first, torch.full((3,), 4.0))


def test_a_result_takes_writes_as_any_other():
    x, w = leaves()
    y = vmap(lambda a: a * w)(x)
    y.add_(1).mul_(2)
    same(grad(y.sum(), w)[0], 2 * X.sum(0))


def test_a_captured_tensor_that_was_written_to_since_is_noticed():
    x, w = leaves()
    v = w * 1
    y = vmap(lambda a: (a * v).sum())(x)
    v.mul_(2)
    with pytest.raises(RuntimeError, match="has been modified by an inplace operation"):
        y.sum().backward()


# Batches of gradients


def test_batched_gradients_are_found_in_one_walk():
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * x
    walks = []
    y.register_hook(lambda g: walks.append(g.shape))
    (found,) = grad(y, x, torch.eye(3), is_grads_batched=True, retain_graph=True)
    same(found, torch.diag(2 * x.detach()))
    assert walks == [(3,)]
    (again,) = grad(y, x, torch.eye(3), is_grads_batched=True, create_graph=True)
    same(grad(again.sum(), x)[0], torch.full((3,), 2.0))


def test_batched_gradients_of_what_took_no_part():
    x, other = torch.ones(3, requires_grad=True), torch.ones(2, requires_grad=True)
    y, settings = x * x, {"is_grads_batched": True, "retain_graph": True}
    assert grad(y, [x, other], torch.eye(3), allow_unused=True, **settings)[1] is None
    same(grad(y, [x, other], torch.eye(3), materialize_grads=True, **settings)[1], torch.zeros(2))
    with pytest.raises(RuntimeError, match="at index 1 appears to not have been used in the graph"):
        grad(y, [x, other], torch.eye(3), **settings)


def test_anomalies_are_looked_for_in_all_examples():
    x, w = leaves()
    x = x * torch.tensor([[1.0], [-1.0]])
    nan = pytest.raises(RuntimeError, match="returned nan values")
    with warnings.catch_warnings(action="ignore"), torch.autograd.detect_anomaly(), nan:
        vmap(lambda a: (a * w).sqrt().sum())(x).sum().backward()


def test_batched_gradients_go_between_edges():
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    edges = [torch.autograd.graph.get_gradient_edge(each) for each in (x * x, x)]
    same(grad(*edges, torch.eye(3), is_grads_batched=True)[0], torch.diag(2 * x.detach()))


def test_batched_gradients_need_a_batch():
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="If `is_grads_batched=True`, we interpret the first dimension"):
        grad(x * x, x, torch.ones(3), is_grads_batched=True)
    with pytest.raises(ValueError, match="Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0"):
        grad((x * x).sum(), x, is_grads_batched=True)
    with pytest.raises(ValueError, match="to have the same size in the mapped dimension, got sizes"):
        grad([x * x, x * 2], x, [torch.ones(2, 3), torch.ones(4, 3)], is_grads_batched=True)


def test_results_outside_of_any_level_are_lifted():
    level = Level(2)
    same(out_of_batch(X[0], 0, level), torch.stack([X[0], X[0]]))


def test_a_bias_alone_can_be_mapped():
    input, weight, biases = torch.ones(1, 2, 4, 4), torch.ones(3, 2, 3, 3), torch.arange(6.0).view(2, 3)
    found = torch.vmap(lambda bias: torch.conv2d(input, weight, bias))(biases)
    assert found.equal(torch.stack([torch.conv2d(input, weight, bias) for bias in biases]))


def test_rows_of_a_batch_are_multiplied_together():
    x, weight, bias = torch.randn(64, 31), torch.randn(33, 31), torch.randn(33)
    mapped = torch.vmap(lambda row: torch.nn.functional.linear(row, weight, bias))(x)
    assert mapped.equal(torch.nn.functional.linear(x, weight, bias))
    assert torch.vmap(lambda matrix: matrix @ weight.T)(x.view(8, 8, 31)).equal((x @ weight.T).view(8, 8, 33))
