"""Backward: at any depth, from several threads, within itself, and what it refuses."""

import copy
import pickle
import sys
import threading
import weakref

import pytest

import tinytorch as torch

DEPTH = 100_000


def leaf(*shape, **settings):
    return torch.ones(*shape, requires_grad=True, **settings)


# Depth


def test_a_hundred_thousand_nodes_are_walked_and_deleted_without_recursion():
    x = leaf(1, dtype=torch.float64)
    y = x
    for _ in range(DEPTH):
        y = y * 1.00001
    deepest = weakref.ref(y.grad_fn)
    (grad,) = torch.autograd.grad(y, x, create_graph=True)
    assert grad.item() == pytest.approx(1.00001**DEPTH)
    y.backward()
    assert x.grad.item() == grad.item()
    del y, grad
    assert deepest() is None


def test_a_second_derivative_of_thirty_thousand_nodes_is_walked_and_deleted():
    x = torch.ones(1, dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(DEPTH // 10):
        y = y * y * 0.5 + 0.5
    (grad,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(grad, x)
    assert grad.item() == 1 and second.item() == DEPTH // 10  # f'' adds 1 a step where f = x and f' = 1
    nodes = weakref.ref(grad.grad_fn), weakref.ref(y.grad_fn)
    del y, grad
    assert [each() for each in nodes] == [None, None]


def test_many_writes_to_one_tensor_and_its_views_are_walked():
    x = leaf(2)
    y = x * 1
    for _ in range(2_000):
        y.mul_(1.0)
        y[0].mul_(1.0)
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]


# Memory


def test_what_was_kept_is_freed_while_the_walk_goes_on():
    x = leaf(3)
    first = x.exp()
    second = first.exp()
    third = second.exp()
    kept = [weakref.ref(each.array) for each in (first, second, third)]
    seen = []
    first.register_hook(lambda grad: seen.append([each() is not None for each in kept]))
    total = third.sum()
    del first, second, third
    total.backward()
    assert seen == [[True, False, False]]
    assert [each() for each in kept] == [None, None, None]


def test_gradients_are_freed_while_the_walk_goes_on():
    x = leaf(3)
    first = x * 2
    second = first * 3
    seen = []
    second.register_hook(lambda grad: seen.append(weakref.ref(grad.array)))
    first.register_hook(lambda grad: seen.append(seen[0]() is None))
    second.sum().backward()
    assert seen[1] is True


def test_a_node_keeps_no_tensor_alive():
    x = leaf(3)
    made = x.exp()
    result = made * made
    gone = weakref.ref(made)
    del made
    assert gone() is None and result.requires_grad


# Several threads


def together(*functions):
    """Run functions in threads of their own, at one time, and raise what they raised."""
    start, failed = threading.Barrier(len(functions)), []

    def run(function):
        start.wait(10)
        try:
            function()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in functions]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        sys.setswitchinterval(before)
    if failed:
        raise failed[0]


def test_no_gradient_of_a_shared_leaf_is_lost():
    x, big = leaf(3), leaf(50_000)

    def run():
        for _ in range(150):
            ((x * 2).sum() + big.sum()).backward()

    together(*[run] * 4)
    assert x.grad.tolist() == [1200] * 3 and (big.grad == 600).all()


def test_the_first_gradient_of_a_leaf_is_not_lost():
    for _ in range(50):
        x = leaf(3)
        together(*[lambda x=x: (x * 2).sum().backward()] * 3)
        assert x.grad.tolist() == [6] * 3


def test_a_shared_graph_may_be_walked_by_several_threads_if_it_is_retained():
    x = leaf(3)
    shared = (x * x).exp()
    losses = [shared.sum() * (each + 1) for each in range(3)]
    (expected,) = torch.autograd.grad(sum(losses), x, retain_graph=True)
    together(*[lambda loss=loss: [loss.backward(retain_graph=True) for _ in range(50)] for loss in losses])
    assert torch.allclose(x.grad, expected * 50, rtol=1e-4)


def test_numbers_of_nodes_are_unique_across_threads():
    found = []

    def run():
        x = leaf(1)
        found.extend([(x * 2).grad_fn.number for _ in range(2_000)])

    together(*[run] * 4)
    assert len(set(found)) == 8_000


def test_a_thread_that_does_not_record_leaves_the_others_alone():
    def quiet():
        for _ in range(300):
            with torch.no_grad():
                assert not (x * 2).requires_grad
            with torch.inference_mode():
                assert (x * 2).is_inference()

    def loud():
        for _ in range(600):
            y = x * 2
            assert y.requires_grad and not y.is_inference() and not torch.ones(1).is_inference()

    x = leaf(1)
    together(quiet, loud, quiet, loud)
    assert torch.is_grad_enabled()


# Backward within backward


def test_a_hook_may_call_backward():
    x = leaf(3)

    def hook(grad):
        with torch.enable_grad():
            (x * x).sum().backward()

    y = x * 3
    y.register_hook(hook)
    y.sum().backward()
    assert x.grad.tolist() == [5, 5, 5]


def test_a_hook_may_differentiate_and_use_the_result():
    x = leaf(2)

    def hook(grad):
        with torch.enable_grad():
            return grad * torch.autograd.grad((x**3).sum(), x)[0]

    y = x * 2
    y.register_hook(hook)
    y.sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_walks_stand_within_each_other_to_a_depth():
    x, depths = leaf(1), []

    def descend(depth):
        depths.append(depth)
        if depth < 30:
            with torch.enable_grad():
                y = x * 2
                y.register_hook(lambda grad: descend(depth + 1))
                y.sum().backward()

    descend(0)
    assert depths == list(range(31)) and x.grad.item() == 60 and torch.is_grad_enabled()


# What it starts with, and what it refuses


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: (x * 2).backward(), RuntimeError, "grad can be implicitly created only for scalar outputs"),
        (lambda x: torch.ones(1).backward(), RuntimeError, "element 0 of tensors does not require grad and does not h"),
        (
            lambda x: torch.autograd.backward([x.sum(), torch.ones(())]),
            RuntimeError,
            "element 1 of tensors does not require grad and does not have a grad_fn",
        ),
        (
            lambda x: (x * 2).backward(torch.ones(2)),
            RuntimeError,
            r"Mismatch in shape: grad_output\[0\] has a shape of torch.Size\(\[2\]\) and output\[0\] has a shape of t",
        ),
        (
            lambda x: (x * 2).backward(torch.ones(3, dtype=torch.complex64)),
            RuntimeError,
            r"Mismatch in dtype: grad_output\[0\] has a dtype of torch.complex64 and output\[0\] has a dtype of to",
        ),
        (
            lambda x: (x * 2).backward(torch.ones(3, device="meta")),
            RuntimeError,
            "invalid gradient at index 0 - expected device cpu but got meta",
        ),
        (lambda x: torch.autograd.backward([x.sum()], [3]), TypeError, "gradients can be either Tensors or None, but "),
        (lambda x: x.sum().backward(inputs=[]), RuntimeError, r"`inputs` argument to `backward\(\)` cannot be empty"),
        (lambda x: torch.autograd.grad(x.sum(), []), RuntimeError, r"`inputs` argument to `grad\(\)` cannot be empty"),
        (
            lambda x: torch.autograd.grad(x.sum(), [x, leaf(2)]),
            RuntimeError,
            "The differentiated Tensor at index 1 appears to not have been used in the graph. Set allow_unused=True if",
        ),
        (
            lambda x: torch.autograd.grad(x.sum(), torch.ones(2), allow_unused=True),
            RuntimeError,
            "One of the differentiated Tensors does not require grad",
        ),
        (
            lambda x: torch.autograd.grad(x.sum(), x, materialize_grads=True, allow_unused=False),
            ValueError,
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False",
        ),
        (
            lambda x: leaf(1, dtype=torch.complex64).sum().backward(),
            RuntimeError,
            "grad can be implicitly created only for real scalar outputs but got torch.complex64",
        ),
    ],
)
def test_what_backward_refuses(call, error, message):
    x = leaf(3)
    with pytest.raises(error, match=message):
        call(x)
    assert x.grad is None and torch.is_grad_enabled()


def test_a_second_walk_needs_a_retained_graph():
    x = leaf(2)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()
    assert x.grad.tolist() == [4, 4]


def test_gradients_of_repeated_and_inner_tensors():
    x = leaf(3)
    y = x * 2
    z = (y * 3).sum()
    found = torch.autograd.grad([z, z], [y, x, y, x])
    assert [each.tolist() for each in found] == [[6] * 3, [12] * 3, [6] * 3, [12] * 3]


def test_inputs_of_backward_may_be_results():
    x = leaf(3)
    y = x * 2
    (y * 3).sum().backward(inputs=[y])
    y.retain_grad()
    assert y.grad.tolist() == [3, 3, 3] and x.grad is None


def test_unused_inputs_get_none_or_zeros():
    x, unused = leaf(2), leaf(3)
    assert torch.autograd.grad(x.sum(), [x, unused], allow_unused=True)[1] is None
    assert torch.autograd.grad(x.sum(), [x, unused], materialize_grads=True)[1].tolist() == [0, 0, 0]


def test_gradients_of_other_dtypes_are_cast():
    x = leaf(2)
    (x * 2).backward(torch.ones(2, dtype=torch.float64))
    assert x.grad.dtype == torch.float32 and x.grad.tolist() == [2, 2]


def test_the_dtype_of_a_gradient_is_that_of_the_recorded_result():
    x = torch.tensor([0.5, 1.0], requires_grad=True)
    loss = x.sum().exp()
    loss.data = loss.data.double()
    loss.backward()
    assert x.grad.dtype == torch.float32 and x.grad.tolist() == pytest.approx([4.481689] * 2)


def test_a_leaf_that_became_a_result_is_refused():
    x = leaf(3)
    y = (x * 2).sum()
    x.requires_grad_(False)
    x.add_(leaf(3))
    with pytest.raises(RuntimeError, match="leaf variable has been moved into the graph interior"):
        y.backward()


def test_a_leaf_that_became_a_result_is_refused_as_soon_as_all_its_gradients_are_there():
    x, y = leaf(3), leaf(3)
    used = y * y
    used.sum().backward()
    loss = (used * 2).sum() + (x * 2).sum()  # the node of `x * 2` is the younger one, that of `y * y` was freed
    x.requires_grad_(False)
    x.add_(leaf(3))
    with pytest.raises(RuntimeError, match="leaf variable has been moved into the graph interior"):
        loss.backward()
    loss = (x * 2).sum() + (used * 2).sum()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        loss.backward()


def test_a_node_that_gives_a_wrong_shape_is_named():
    x = leaf(3)
    y = x * 2
    kind = type(y.grad_fn)
    wrong = {"__slots__": (), "backward": lambda self, grad, wanted: [torch.ones(2), None]}
    y.grad_fn.__class__ = type("WrongBackward0", (kind,), wrong)
    message = (
        r"Function WrongBackward0 returned an invalid gradient at index 0 - got \[2\] but expected shape compatible"
    )
    with pytest.raises(RuntimeError, match=message):
        torch.autograd.grad(y.sum(), x, create_graph=True)


def test_create_graph_warns_of_the_cycle_that_it_makes():
    x = leaf(2)
    with pytest.warns(
        UserWarning, match=r"Using backward\(\) with create_graph=True will create a reference cycle"
    ) as told:
        (x**2).sum().backward(create_graph=True)
    assert told[0].filename == __file__ and x.grad.requires_grad
    x.grad = None


def test_a_result_warns_when_asked_for_its_gradient():
    y = leaf(2) * 2
    with pytest.warns(UserWarning, match="The .grad attribute of a Tensor that is not a leaf Tensor is being accessed"):
        assert y.grad is None
    y.retain_grad()
    assert y.grad is None


# What becomes of .grad


def test_a_gradient_is_added_to_the_tensor_that_the_user_put_there():
    x = leaf(3)
    mine = x.grad = torch.zeros(3)
    (x * 2).sum().backward()
    assert x.grad is mine and mine.tolist() == [2, 2, 2]


def test_memory_of_the_user_is_not_taken_over():
    x, y, given = leaf(3), leaf(3), torch.ones(3)
    (x + y).backward(given)
    x.grad.add_(1)
    assert given.tolist() == [1, 1, 1] and y.grad.tolist() == [1, 1, 1]


def test_a_gradient_may_be_added_to_one_that_requires_grad():
    x = leaf(3)
    x.grad = leaf(3)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [3, 3, 3] and x.grad.requires_grad


@pytest.mark.parametrize(
    ("make", "use", "strides"),
    [
        (lambda: leaf(2, 3), lambda x: x.t() * torch.ones(3, 2), (3, 1)),
        (lambda: torch.ones(2, 3).t().requires_grad_(), lambda x: x @ torch.ones(2, 2), (1, 3)),
        (lambda: torch.ones(2, 3).t().requires_grad_(), lambda x: x * 1, (1, 3)),
        (lambda: torch.ones(3).expand(2, 3).requires_grad_(), lambda x: x * 1, (3, 1)),
        (lambda: torch.ones(6)[::2].requires_grad_(), lambda x: x * 2, (1,)),
        (lambda: torch.ones(1, 3, 3, 2).permute(0, 3, 1, 2).requires_grad_(), lambda x: x * 1, (18, 1, 6, 2)),
        (lambda: leaf(2, 3, 4), lambda x: x.permute(2, 0, 1).contiguous(), (12, 4, 1)),
    ],
)
@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.filterwarnings("ignore:Using backward")
def test_a_gradient_lies_in_memory_as_its_leaf(make, use, strides, twice):
    x = make()
    use(x).sum().backward()
    if twice:
        use(x).sum().backward()
    assert x.grad.stride() == strides
    x.grad = None
    use(x).sum().backward(create_graph=True)
    assert x.grad.stride() == strides
    x.grad = None


# Copies


def test_a_result_is_not_copied_deeply_and_is_pickled_as_a_leaf():
    y = leaf(2) * 2
    with pytest.raises(
        RuntimeError, match=r"Only Tensors created explicitly by the user \(graph leaves\) support the dee"
    ):
        copy.deepcopy(y)
    read = pickle.loads(pickle.dumps(y))
    assert read.is_leaf and read.requires_grad and read.tolist() == [2, 2]


def test_gradients_may_come_by_their_older_name():
    x = torch.ones(2, requires_grad=True)
    weights = torch.tensor([1.0, 3.0])
    with pytest.warns(FutureWarning, match="^`grad_variables` is deprecated. Use `grad_tensors` instead.$"):
        torch.autograd.backward([x * 2], grad_variables=[weights])
    assert x.grad.tolist() == [2, 6]
    with pytest.warns(FutureWarning), pytest.raises(RuntimeError, match="arguments both passed to `backward"):
        torch.autograd.backward([x * 2], [weights], grad_variables=[weights])
