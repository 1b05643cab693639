"""Products with Jacobians and Hessians by `autograd.functional`, against PyTorch: values, flags and refusals."""

import itertools

import pytest

from tests.parity.trees import assert_alike

# PyTorch's own rules for tangents say so when the first of them is asked for.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")

X, Y = [[1.0, -0.5], [2.0, 0.25]], [0.5, 1.5]

FUNCTIONS = {  # of the library and what is passed on
    "reduced": lambda torch, x: x.exp().sum(1),
    "scalar": lambda torch, x: (x**3).sum(),
    "one element": lambda torch, x: (x**3).sum().reshape(1, 1),
    "linear": lambda torch, x: (2 * x).sum(),
    "constant": lambda torch, x: torch.ones(2),
    "constant number": lambda torch, x: torch.ones(()),
    "identity": lambda torch, x: x,
    "a tuple of one": lambda torch, x: ((x * x).sum(),),
    "a list": lambda torch, x: [x],
    "a number": lambda torch, x: 1.0,
    "integers": lambda torch, x: x.int(),
    "no tensor in a tuple": lambda torch, x: (x, 3),
    "two": lambda torch, x, y: x.exp() * y,
    "two of sums": lambda torch, x, y: (x * x * y).sum(),
    "without the second": lambda torch, x, y: (x * x * x).sum(),
    "linear in the second": lambda torch, x, y: (x * x * x + y).sum(),
    "two outputs": lambda torch, x, y: (x * y, (y * y).sum()),
    "an output apart": lambda torch, x, y: (x * x * y, y * y),
}
INPUTS = {
    "one": lambda torch, wanted: torch.tensor(X, requires_grad=wanted),
    "a tuple of one": lambda torch, wanted: (torch.tensor(X, requires_grad=wanted),),
    "two": lambda torch, wanted: (torch.tensor(X, requires_grad=wanted), torch.tensor(Y, requires_grad=wanted)),
    "one result": lambda torch, wanted: torch.tensor(X, requires_grad=wanted) * 2,
}
OF_TWO = ("two", "two of sums", "without the second", "linear in the second", "two outputs", "an output apart")
PAIRS = [
    (function, inputs)
    for function, inputs in itertools.product(FUNCTIONS, INPUTS)
    if (function in OF_TWO) == (inputs == "two")
]
VECTORS = {
    "none": lambda torch, like: None,
    "as it should be": lambda torch, like: fitting(torch, like, False),
    "recorded": lambda torch, like: fitting(torch, like, True),
    "one of another shape": lambda torch, like: torch.ones(7),
    "three": lambda torch, like: (torch.ones(2),) * 3,
    "no tensor": lambda torch, like: 1.0,
}
FLAGS = list(itertools.product((False, True), repeat=3))  # wanted by the inputs, create_graph, strict


def fitting(torch, like, wanted):
    """A vector for what is there, if it is tensors."""
    if isinstance(like, tuple):
        return tuple([fitting(torch, each, wanted) for each in like])
    if not isinstance(like, torch.Tensor):
        return None
    return (torch.arange(like.numel()).reshape(like.shape) + 1.0).requires_grad_(wanted)


def of(torch, function):
    return lambda *inputs: FUNCTIONS[function](torch, *inputs)


@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp"])
@pytest.mark.parametrize(("function", "inputs"), PAIRS)
def test_products_are_pytorchs(name, function, inputs):
    def product(torch, vector, wanted, create_graph, strict):
        like = given = INPUTS[inputs](torch, wanted)
        if name == "vjp" and vector in ("as it should be", "recorded"):
            like = of(torch, function)(*(given if isinstance(given, tuple) else (given,)))
        v = VECTORS[vector](torch, like)
        return getattr(torch.autograd.functional, name)(of(torch, function), given, v, create_graph, strict)

    for vector, flags in itertools.product(VECTORS, FLAGS):
        assert_alike(product, vector, *flags)


def whole(torch, name, function, inputs, wanted, *flags, **strategy):
    """A Jacobian or a Hessian."""
    given = INPUTS[inputs](torch, wanted)
    return getattr(torch.autograd.functional, name)(of(torch, function), given, *flags, **strategy)


@pytest.mark.parametrize("name", ["jacobian", "hessian"])
@pytest.mark.parametrize("vectorize", [False, True])
@pytest.mark.parametrize(("function", "inputs"), PAIRS)
def test_jacobians_and_hessians_are_pytorchs(name, vectorize, function, inputs):
    for flags in FLAGS:
        assert_alike(whole, name, function, inputs, *flags, vectorize)


@pytest.mark.parametrize(("name", "strategy"), [("jacobian", "strategy"), ("hessian", "outer_jacobian_strategy")])
@pytest.mark.parametrize("vectorize", [False, True])
@pytest.mark.parametrize(("function", "inputs"), PAIRS)
def test_forward_mode_is_pytorchs(name, strategy, vectorize, function, inputs):
    for flags in FLAGS:
        if flags[0] and function == "linear":
            continue  # PyTorch lets tangents of linear functions require grad, though they do not depend on the input
        assert_alike(whole, name, function, inputs, *flags, vectorize, **{strategy: "forward-mode"})


@pytest.mark.parametrize("name", ["jacobian", "hessian"])
def test_another_strategy_is_refused_as_pytorch_refuses_it(name):
    strategy = "strategy" if name == "jacobian" else "outer_jacobian_strategy"
    assert_alike(
        lambda torch: getattr(torch.autograd.functional, name)(torch.sum, torch.ones(2), **{strategy: "sideways"})
    )


@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp", "jacobian", "hessian"])
def test_inputs_are_told_apart_from_the_same_tensor_in_the_function(name):
    def call(torch, create_graph):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        arguments = () if name in ("jacobian", "hessian") else (torch.tensor([1.0, 3.0]),)
        function = (lambda a: a * a * x) if name in ("vjp", "jvp", "jacobian") else lambda a: (a * a * a * x).sum()
        found = getattr(torch.autograd.functional, name)(function, x, *arguments, create_graph=create_graph)
        if create_graph:
            (found[1] if isinstance(found, tuple) else found).sum().backward()
        return found, x.grad

    assert_alike(lambda torch: call(torch, False))
    assert_alike(lambda torch: call(torch, True))


@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp", "jacobian", "hessian"])
@pytest.mark.parametrize("create_graph", [False, True])
def test_without_recording_around_them_they_give_what_pytorchs_give(name, create_graph):
    def call(torch):
        arguments = () if name in ("jacobian", "hessian") else (torch.tensor([2.0]),)
        with torch.no_grad():
            return getattr(torch.autograd.functional, name)(
                lambda a: (a * a * a).sum(), torch.tensor([3.0], requires_grad=True),
                *(torch.tensor(2.0) if name == "vjp" else each for each in arguments), create_graph=create_graph,
            )  # fmt: skip

    assert_alike(call)
