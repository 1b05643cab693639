"""Forward mode as functions of functions: `jvp`, `jacfwd`, `linearize`, in trees, in each other and in `vmap`."""

from collections import OrderedDict, namedtuple

import pytest

import tinytorch as torch
from tinytorch.func import grad, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap

X, V = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.0, 2.0])
M = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 4.0], [1.0, 1.0, 1.0]])
Pair = namedtuple("Pair", "one other")


def close(one, other):
    return one.shape == other.shape and torch.allclose(one, other, 1e-4, 1e-5)


# Products


def test_a_product_with_the_jacobian():
    output, moved = jvp(lambda x, y: x * y, (X, V), (V, X))
    assert output.tolist() == [1, 0, 6] and moved.tolist() == [2, 4, 13]


def test_primals_and_results_are_trees():
    def function(pair, options):
        return OrderedDict(sum=pair.one + options["a"][0], others=[pair.other * 2, (pair.one.sum(),)])

    output, moved = jvp(function, (Pair(X, V), {"a": [X]}), (Pair(V, V), {"a": [X]}))
    assert type(moved) is OrderedDict and list(moved) == ["sum", "others"]
    assert output["sum"].tolist() == [2, 4, 6] and moved["sum"].tolist() == [2, 2, 5]
    assert moved["others"][0].tolist() == [2, 0, 4] and moved["others"][1][0].item() == 3


def test_what_does_not_depend_on_the_primals():
    assert jvp(lambda x: torch.ones(2), (X,), (V,))[1].tolist() == [0, 0]
    assert jvp(lambda x: x.int(), (X,), (V,))[1].dtype is torch.int32
    with pytest.raises(RuntimeError, match="The output of f is independent of the inputs"):
        jvp(lambda x: x.detach(), (X,), (V,), strict=True)


def test_auxiliary_results_come_third():
    output, moved, aux = jvp(lambda x: (x * 2, {"x": x * 3}), (X,), (V,), has_aux=True)
    assert (output.tolist(), moved.tolist(), aux["x"].tolist()) == ([2, 4, 6], [2, 0, 4], [3, 6, 9])
    with pytest.raises(RuntimeError, match=r"should be a tuple: \(output, aux\) if has_aux is True"):
        jvp(lambda x: x * 2, (X,), (V,), has_aux=True)
    with pytest.raises(RuntimeError, match="Expected tensors, got unsupported type <class 'int'>"):
        jvp(lambda x: (x * 2, 3), (X,), (V,), has_aux=True)


@pytest.mark.parametrize(
    ("primals", "tangents", "words"),
    [
        ([X], [V], "Expected primals to be a tuple"),
        ((X,), [V], "to have the same python structure"),
        ((X, X), (V,), "to have the same python structure"),
        ((2.0,), (V,), "Expected primals to only contain Tensors, got <class 'float'>"),
        ((X,), (2.0,), "Expected tangents to only contain Tensors, got <class 'float'>"),
        ((), (), "Expected primals to contain at least one Tensor"),
        ((X,), (V[:2],), "different size than that of the original Tensor"),
    ],
)
def test_what_is_no_input_is_refused(primals, tangents, words):
    with pytest.raises(RuntimeError, match=words):
        jvp(lambda *inputs: X, primals, tangents)


def test_what_is_no_output_is_refused():
    with pytest.raises(RuntimeError, match="to return only tensors, got unsupported type <class 'float'>"):
        jvp(lambda x: 2.0, (X,), (V,))
    with pytest.raises(RuntimeError, match=r"non-empty output \(got output = \[None\]\)"):
        jvp(lambda x: None, (X,), (V,))
    with pytest.raises(ValueError, match="Expected primal to be floating point or complex"):
        jvp(lambda x: x, (X.int(),), (V,))


def test_writing_to_an_input_writes_to_what_was_given():
    x, v = X.clone(), V.clone()
    jvp(lambda input: input.mul_(2), (x,), (v,))
    assert x.tolist() == [2, 4, 6] and v.tolist() == [2, 0, 4]


def test_results_can_be_differentiated():
    x = X.clone().requires_grad_()
    output, moved = jvp(lambda x: x**3, (x,), (V,))
    assert torch.autograd.grad(moved.sum(), x, retain_graph=True)[0].tolist() == [6, 0, 36]
    assert torch.autograd.grad(output.sum(), x)[0].tolist() == [3, 12, 27]


def test_recording_or_not_makes_no_difference():
    with torch.no_grad():
        assert jvp(lambda x: x**2, (X,), (V,))[1].tolist() == [2, 0, 12]
    assert jvp(torch.no_grad()(lambda x: x**2), (X,), (V,))[1].tolist() == [2, 0, 12]
    with torch.inference_mode():
        assert jvp(lambda x: x**2, (X,), (V,))[1].tolist() == [2, 0, 12]


def test_a_module_is_differentiated_with_its_parameters():
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    parameters = {name: torch.ones(each.shape) for name, each in module.named_parameters()}

    def call(parameters, x):
        return torch.func.functional_call(module, parameters, (x,))

    state = dict(module.named_parameters())
    _, moved = jvp(call, (state, X), (parameters, V))
    step = 1e-3
    ahead, behind = [
        call({name: each + sign * parameters[name] for name, each in state.items()}, X + sign * V)
        for sign in (step, -step)
    ]
    assert torch.allclose(moved, (ahead - behind) / (2 * step), atol=1e-2)


# In each other


def test_products_of_products():
    assert close(jvp(lambda y: jvp(torch.sin, (y,), (V,))[1], (X,), (V,))[1], -X.sin() * V * V)


def test_derivatives_do_not_mix():
    one = torch.tensor(1.0)
    inner = jvp(lambda x: x * jvp(lambda y: x + y, (one * 2,), (one,))[1], (one * 3,), (one,))
    assert inner[1].item() == 1


def test_detached_is_detached_from_all_levels():
    nested = jvp(lambda y: jvp(lambda x: x.detach() * x, (y,), (V,))[1], (X,), (V,))
    assert nested[1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("gradient_of", [grad, lambda f: lambda x: vjp(f, x)[1](torch.tensor(1.0))[0]])
def test_forward_over_reverse(gradient_of):
    assert close(jvp(gradient_of(lambda x: x.prod() * x.sum()), (X,), (V,))[1], hessian_of_product() @ V)
    x = X.clone().requires_grad_()
    found = jvp(lambda x: torch.autograd.grad(x.prod() * x.sum(), x, create_graph=True)[0], (x,), (V,))[1]
    assert close(found, hessian_of_product() @ V)


def hessian_of_product():
    """That of abc (a + b + c) at (1, 2, 3)."""
    a, b, c = X.tolist()
    return torch.tensor([
        [2 * b * c, 2 * c * (a + b) + c * c, 2 * b * (a + c) + b * b],
        [2 * c * (a + b) + c * c, 2 * a * c, 2 * a * (b + c) + a * a],
        [2 * b * (a + c) + b * b, 2 * a * (b + c) + a * a, 2 * a * b],
    ])  # fmt: skip


@pytest.mark.parametrize(
    "twice",
    [
        hessian,
        lambda f: jacfwd(jacfwd(f)),
        lambda f: jacfwd(jacrev(f)),
        lambda f: jacrev(jacfwd(f)),
        lambda f: jacfwd(grad(f)),
    ],
)
def test_second_derivatives_by_each_way(twice):
    def function(x):
        return x.prod() * x.sum()

    assert close(twice(function)(X), hessian_of_product())
    batch = torch.stack([X, X, V])
    assert close(vmap(twice(function))(batch)[1], hessian_of_product())


def test_products_of_a_batch():
    found = vmap(lambda x, v: jvp(lambda row: row.prod() * row, (x,), (v,))[1])(M, M)
    assert close(found, torch.stack([jvp(lambda row: row.prod() * row, (row,), (row,))[1] for row in M]))


# Jacobians


def test_a_jacobian_has_the_output_shape_and_then_the_input_shape():
    found = jacfwd(lambda x: x.softmax(0).outer(x))(X)
    assert found.shape == (3, 3, 3) and close(found, jacrev(lambda x: x.softmax(0).outer(x))(X))
    assert close(jacfwd(torch.sin)(X), X.cos().diag())
    assert jacfwd(lambda x: x * x)(X[1]).item() == 4


def test_inputs_are_chosen_by_number():
    def function(x, y):
        return x * y, {"s": y.sum()}

    both = jacfwd(function, argnums=(0, 1))(X, V)
    assert close(both[0][0], V.diag()) and close(both[0][1], X.diag())
    assert both[1]["s"][0].tolist() == [0, 0, 0] and both[1]["s"][1].tolist() == [1, 1, 1]
    assert close(jacfwd(function, argnums=-1)(X, V)[0], X.diag())
    assert close(jacfwd(function, argnums=None)(X, V)[0][1], X.diag())


def test_jacobians_of_trees():
    found = jacfwd(lambda d: {"k": d["x"] * d["y"], "l": [d["x"].sum()]})({"x": X, "y": V})
    assert close(found["k"]["x"], V.diag()) and close(found["k"]["y"], X.diag())
    assert found["l"][0]["y"].tolist() == [0, 0, 0]


def test_auxiliary_results_are_not_differentiated():
    jacobian, aux = jacfwd(lambda x: (x * 2, x.sum()), has_aux=True)(X)
    assert close(jacobian, torch.eye(3) * 2) and aux.item() == 6


def test_functions_may_write():
    def function(x):
        result = torch.zeros(4)
        result[1:] = x.clone().mul_(x).add_(1)
        return result

    assert close(jacfwd(function)(X), torch.cat([torch.zeros(1, 3), (2 * X).diag()]))


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        (lambda: jacfwd(lambda x, y: x, argnums=5)(X, X), RuntimeError, "Got argnum=5, but only 2 positional inputs"),
        (lambda: jacfwd(torch.sin, argnums=[0])(X), RuntimeError, r"argnums must be int or Tuple\[int, ...\]"),
        (lambda: jacfwd(torch.sin, argnums=())(X), RuntimeError, "argnums must be non-empty"),
        (lambda: jacfwd(torch.mul, argnums=(0, 0))(X, X), RuntimeError, "argnums elements must be unique"),
        (lambda: jacfwd(torch.sin)(X * 1j), RuntimeError, "jacfwd: Expected all inputs to be real"),
        (lambda: jacfwd(lambda x: x * 1j)(X), RuntimeError, "jacfwd: Expected all outputs to be real"),
        (lambda: jacfwd(torch.sin)(X.int()), ValueError, "Expected primal to be floating point or complex"),
        (lambda: jacfwd(lambda x: x * torch.rand(3))(X), RuntimeError, "random operation while in randomness error"),
    ],
)
def test_jacobians_that_are_refused(asked, error, words):
    with pytest.raises(error, match=words):
        asked()


def test_one_jacobian_for_each_example():
    assert close(vmap(jacfwd(torch.sin))(M), torch.stack([row.cos().diag() for row in M]))
    assert close(jacfwd(vmap(lambda row: row @ row))(M).sum(0), 2 * M)


# Linear approximations


def test_a_linear_approximation_runs_the_function_once():
    calls = []

    def function(tree):
        calls.append(tree)
        return {"y": (tree["a"] * tree["b"]).softmax(0)}

    primals = {"a": X, "b": V}
    output, push = linearize(function, primals)
    for tangents in ({"a": V, "b": X}, {"a": X, "b": torch.zeros(3)}):
        assert close(push(tangents)["y"], jvp(function, (primals,), (tangents,))[1]["y"])
    assert len(calls) == 3 and close(output["y"], (X * V).softmax(0))


def test_a_linear_approximation_checks_its_tangents():
    _, push = linearize(torch.sin, X)
    with pytest.raises(RuntimeError, match="to have the same argspec as the primals"):
        push(V, V)
    with pytest.raises(
        RuntimeError, match=r"tangent:0 with shape torch.Size\(\[2\]\) in flattened pytree doesn't match"
    ):
        push(V[:2])
    with pytest.raises(RuntimeError, match=r"tangent:0 with dtype torch.float64 in flattened pytree doesn't match"):
        push(V.double())


def test_a_linear_approximation_can_be_differentiated():
    x = X.clone().requires_grad_()
    _, push = linearize(lambda x: x**3, x)
    assert torch.autograd.grad(push(V).sum(), x)[0].tolist() == [6, 0, 36]
    assert close(vmap(push)(torch.eye(3)), (3 * X**2).diag())
