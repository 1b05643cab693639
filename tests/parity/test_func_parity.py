"""The reverse transforms of `torch.func`, against PyTorch: values, flags, structures and refusals."""

import itertools
from collections import OrderedDict

import pytest

from tests.parity.trees import assert_alike

# PyTorch's own rules for tangents say so when the first of them is asked for.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")

REFUSED_ARGNUMS = [2, -3, (), (0, 0), (0, -2), [0], "a", ("a",), (0, 2), None]


def ones_like(torch, tree):
    if isinstance(tree, dict):
        return {name: ones_like(torch, each) for name, each in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(ones_like(torch, each) for each in tree)
    return torch.ones_like(tree)


def numbers(torch, wanted=False, shape=(3,)):
    count = torch.Size(shape).numel()
    return (torch.arange(count).reshape(shape) * 0.75 - 0.5).requires_grad_(wanted)


def weight(torch):
    return torch.tensor([1.0, 1.5, 2.0], requires_grad=True)


OF_ONE = {  # of the library, the input and a weight that requires grad
    "squares": lambda torch, x, w: (x * x).sum(),
    "linear": lambda torch, x, w: (3 * x).sum(),
    "with a weight": lambda torch, x, w: (x * x * w).sum(),
    "linear with a weight": lambda torch, x, w: (x * w).sum(),
    "beside a weight": lambda torch, x, w: (x * x).sum() + w.sum(),
    "without the input": lambda torch, x, w: (w * w).sum(),
    "constant": lambda torch, x, w: torch.ones(()),
    "integer": lambda torch, x, w: torch.tensor(3),
    "the input": lambda torch, x, w: x,
    "one element": lambda torch, x, w: x.sum().reshape(1),
    "a tuple": lambda torch, x, w: (x.sum(), x * w),
    "a list": lambda torch, x, w: [x.sum(), x * w],
    "no tensor": lambda torch, x, w: 1.0,
    "none": lambda torch, x, w: None,
    "nothing": lambda torch, x, w: (),
    "a tensor and a number": lambda torch, x, w: (x, 1),
    "a dictionary": lambda torch, x, w: {"b": x * x, "a": [x.sum(), w * x]},
    "with auxiliary results": lambda torch, x, w: (
        (x * x * w).sum(),
        {"p": x * x, "q": w * 2, "r": w, "s": [x * w], "t": x, "u": torch.arange(2)},
    ),
    "beside detached": lambda torch, x, w: (x.detach() * x).sum(),
    "beside what is not recorded": lambda torch, x, w: (not_recorded(torch, lambda: x * x * w) * x).sum(),
    "wholly unrecorded": lambda torch, x, w: not_recorded(torch, lambda: x * x * w).sum(),
    "in-place on what it made": lambda torch, x, w: (x * w).mul_(2).add_(x).sum(),
    "copied": lambda torch, x, w: torch.zeros(3).copy_(x).mul_(x).sum(),
    "in-place on the input": lambda torch, x, w: x.mul_(2).sum(),
    "in-place on a part of the input": lambda torch, x, w: x[:2].mul_(2).sum(),
    "backward inside": lambda torch, x, w: ((x * w).sum().backward(), (x * x).sum())[1],
    "a gradient inside": lambda torch, x, w: (torch.autograd.grad((x * x * w).sum(), x)[0] * x).sum(),
    "views": lambda torch, x, w: (x[1:] * x[:-1] * w[1:]).sum(),
}
STATES = {
    "plain": lambda torch, x: x,
    "requires grad": lambda torch, x: x.requires_grad_(),
    "a result": lambda torch, x: x.requires_grad_() * 2,
    "a parameter": lambda torch, x: torch.nn.Parameter(x),
    "integers": lambda torch, x: x.int(),
}


def not_recorded(torch, function):
    with torch.no_grad():
        return function()


@pytest.mark.parametrize("name", ["grad", "grad_and_value", "vjp", "jacrev"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("function", OF_ONE)
def test_what_a_transform_gives_is_pytorchs(name, state, function):
    def call(torch, recorded, **settings):
        x, w = STATES[state](torch, numbers(torch)), weight(torch)

        def of_one(x):
            return OF_ONE[function](torch, x, w)

        with torch.set_grad_enabled(recorded):
            if name == "vjp":
                output, vjp_fn, *aux = torch.func.vjp(of_one, x, **settings)
                return output, vjp_fn(ones_like(torch, output)), aux
            return getattr(torch.func, name)(of_one, **settings, **({"chunk_size": 1} if name == "jacrev" else {}))(x)

    if function == "in-place on a part of the input" and state != "plain":
        pytest.skip("refused too, in the words for the input itself")
    for recorded, has_aux in itertools.product((True, False), repeat=2):
        assert_alike(call, recorded, has_aux=has_aux)


ACCEPTED_ARGNUMS = [0, 1, -1, -2, (0,), (0, 1), (1, 0), (-1, 0), True]


@pytest.mark.parametrize("name", ["grad", "grad_and_value", "jacrev", "hessian"])
@pytest.mark.parametrize("argnums", ACCEPTED_ARGNUMS + REFUSED_ARGNUMS, ids=str)
def test_arguments_are_found_by_their_numbers_as_pytorch_finds_them(name, argnums):
    def call(torch):
        function = getattr(torch.func, name)(lambda x, y: (x * y * y).sum(), argnums)
        return function(numbers(torch), numbers(torch) + 1)

    if name == "hessian" and argnums in (-1, -2, (-1, 0)):
        pytest.skip("PyTorch 2.13 gives zeros: its jacfwd does not find arguments from the end")
    assert_alike(call)


TREES = {
    "a dictionary": lambda torch, x: {"b": x, "a": 2 * x},
    "nested": lambda torch, x: {"b": [x, (x * 2, {"c": x * 3})]},
    "ordered": lambda torch, x: OrderedDict(b=x, a=2 * x),
    "a tuple of nothing": lambda torch, x: (x, (), {}),
    "with a number": lambda torch, x: [x, 2],
    "with none": lambda torch, x: (None, x),
    "with integers": lambda torch, x: (x, torch.arange(2)),
    "a number": lambda torch, x: 1.0,
    "twice the same": lambda torch, x: (x, x),
}


@pytest.mark.parametrize("name", ["grad", "vjp", "jacrev"])
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("wanted", [False, True])
def test_trees_are_differentiated_as_pytorch_does_it(name, tree, wanted):
    def tensors(tree):
        if isinstance(tree, dict | list | tuple):
            for each in tree.values() if isinstance(tree, dict) else tree:
                yield from tensors(each)
        elif tree is not None and not isinstance(tree, int | float):
            yield tree

    def call(torch):
        given = TREES[tree](torch, numbers(torch, wanted))
        chosen = {"argnums": (0, 1)} if name == "grad" else {}

        def function(tree, other):
            first, *others = tensors(tree)
            return sum([(first * each**2 * other).sum() for each in others], (first * first).sum() * other)

        other = torch.tensor(1.5)
        if name == "vjp":
            output, vjp_fn = torch.func.vjp(function, given, other)
            return output, vjp_fn(torch.tensor(2.0))
        return getattr(torch.func, name)(function, **chosen)(given, other)

    assert_alike(call)


COTANGENTS = {
    "as it should be": lambda torch: (torch.ones(3), {"b": torch.ones(3)}),
    "that requires grad": lambda torch: (torch.ones(3, requires_grad=True), {"b": torch.ones(3)}),
    "one": lambda torch: torch.ones(3),
    "a list": lambda torch: [torch.ones(3), {"b": torch.ones(3)}],
    "another key": lambda torch: (torch.ones(3), {"c": torch.ones(3)}),
    "a tuple of two": lambda torch: (torch.ones(3), torch.ones(3)),
    "of another shape": lambda torch: (torch.ones(2), {"b": torch.ones(3)}),
    "of another dtype": lambda torch: (torch.ones(3).double(), {"b": torch.ones(3)}),
}


@pytest.mark.parametrize("cotangents", COTANGENTS)
@pytest.mark.parametrize("wanted", [False, True])
def test_cotangents_are_taken_and_refused_as_pytorch_does_it(cotangents, wanted):
    def call(torch, later, weighted, **settings):
        w = weight(torch) if weighted else 2.0
        _, vjp_fn = torch.func.vjp(lambda x: (x**2 * w, {"b": x**3}), numbers(torch, wanted))
        with torch.set_grad_enabled(later):
            return vjp_fn(COTANGENTS[cotangents](torch), **settings)

    for later, weighted, create_graph in itertools.product((True, False), (True, False), (True, False, None)):
        assert_alike(call, later, weighted, create_graph=create_graph)


@pytest.mark.parametrize("retain_graph", [True, False])
def test_a_vector_jacobian_product_frees_what_it_is_told_to(retain_graph):
    def call(torch):
        _, vjp_fn = torch.func.vjp(lambda x: x**3, numbers(torch))
        first = vjp_fn(torch.ones(3), retain_graph=retain_graph)
        return first, vjp_fn(torch.ones(3))

    assert_alike(call)


def cube(x):
    return (x * x * x).sum()


NESTED = {
    "second": lambda f, x, w: f.grad(lambda a: f.grad(cube)(a).sum())(x),
    "third": lambda f, x, w: f.grad(lambda a: f.grad(lambda b: f.grad(cube)(b).sum())(a).sum())(x),
    "of the weight's": lambda f, x, w: f.grad(lambda b: f.grad(lambda a: (a**2 * b**2 * w).sum())(x).sum())(w),
    "not confused": lambda f, x, w: f.grad(lambda a: (a * f.grad(lambda b: ((a + b) * w).sum())(x)).sum())(x),
    "linear inside": lambda f, x, w: f.grad_and_value(lambda a: f.grad(lambda b: (b * 3).sum())(a).sum())(x),
    "of a product": lambda f, x, w: f.grad(lambda a: (f.vjp(lambda b: b**3 * w, a)[1](a)[0]).sum())(x),
    "of a product's cotangent": lambda f, x, w: f.grad(lambda a: (f.vjp(lambda b: b**3, x)[1](a * a)[0]).sum())(x),
    "of a product by the weight": lambda f, x, w: f.grad(lambda a: (f.vjp(lambda b: b**3 * a, x)[1](x)[0]).sum())(w),
    "of a product made before": lambda f, x, w: before(f.vjp(lambda b: b**3, x)[1], f, x),
    "product of a gradient": lambda f, x, w: f.vjp(f.grad(cube), x)[1](w),
    "product of both": lambda f, x, w: f.vjp(f.grad_and_value(cube), x)[1]((w, x[0])),
    "Jacobian of a gradient": lambda f, x, w: f.jacrev(f.grad(cube))(x),
    "Jacobian of a Jacobian": lambda f, x, w: f.jacrev(f.jacrev(lambda a: a**3 * w))(x),
    "Jacobians in chunks": lambda f, x, w: f.jacrev(f.jacrev(lambda a: a**3 * w, chunk_size=2), chunk_size=1)(x),
    "Jacobian in chunks, put in one place": lambda f, x, w: f.jacrev(
        lambda a: (a**3 * w, a[:2] * w[1:]), chunk_size=2, _preallocate_and_copy=True
    )(x),
    "Jacobian of a part": lambda f, x, w: f.jacrev(lambda a: {"p": a[:2] * w[1:], "q": (a**2).sum()})(x),
    "Jacobian of nothing": lambda f, x, w: f.jacrev(lambda a: a[:0])(x),
    "Jacobian by nothing": lambda f, x, w: f.jacrev(lambda a: a.sum())(x[:0]),
    "Hessian": lambda f, x, w: f.hessian(lambda a: (a**3 * w).sum() + a.prod())(x),
    "Hessian by two": lambda f, x, w: f.hessian(lambda a, b: (a**3 * b**2).sum(), argnums=(0, 1))(x, w),
    "Hessian of a tree": lambda f, x, w: f.hessian(lambda t: (t["a"] ** 3 * t["b"]).sum())({"a": x, "b": w}),
    "one step of descent": lambda f, x, w: f.grad(lambda a: cube(a - 0.1 * f.grad(cube)(a)))(x),
    "keywords": lambda f, x, w: f.grad(lambda a, b=None: (a * a * b).sum())(x, b=w),
}


def before(vjp_fn, f, x):
    return f.grad_and_value(lambda a: (vjp_fn(a * a)[0]).sum())(x)


@pytest.mark.parametrize("nested", NESTED)
@pytest.mark.parametrize("wanted", [False, True])
def test_nested_transforms_are_pytorchs(nested, wanted):
    def call(torch):
        return NESTED[nested](torch.func, numbers(torch, wanted), weight(torch) if wanted else numbers(torch) + 2)

    assert_alike(call)


@pytest.mark.parametrize("nested", NESTED)
def test_backward_goes_through_transforms_as_in_pytorch(nested):
    def call(torch):
        x, w = numbers(torch, True), weight(torch)
        found = NESTED[nested](torch.func, x, w)
        total = torch.zeros(())
        while isinstance(found, tuple | dict):
            first, *_ = found.values() if isinstance(found, dict) else found
            found = first
        total = total + (found * found).sum()
        if total.requires_grad:
            total.backward()
        return x.grad, w.grad

    assert_alike(call, tolerance=1e-5)


def test_gradients_of_complex_inputs_are_pytorchs():
    def call(torch, function):
        return torch.func.grad(lambda z: function(torch, z))(torch.tensor([1 + 2j, 0.5 - 1j]))

    for function in (lambda torch, z: (z * z.conj()).real.sum(), lambda torch, z: z.abs().sum(),
                     lambda torch, z: (z * z).sum()):  # fmt: skip
        assert_alike(call, function)


@pytest.mark.parametrize("where", ["inputs", "outputs"])
def test_a_jacobian_refuses_complex_numbers_as_pytorch_does(where):
    def call(torch):
        x = torch.tensor([1j]) if where == "inputs" else torch.tensor([1.0])
        return torch.func.jacrev(lambda x: x * 1j)(x)

    assert_alike(call)


@pytest.mark.parametrize("chunk_size", [0, -1, 2, 100])
def test_chunks_are_as_pytorchs(chunk_size):
    assert_alike(lambda torch: torch.func.jacrev(lambda x: x**2, chunk_size=chunk_size)(numbers(torch)))


@pytest.mark.parametrize("inside", [True, False])
def test_inference_mode_around_a_transform_is_left_as_in_pytorch(inside):
    def call(torch):
        x = numbers(torch)
        with torch.inference_mode():
            x = numbers(torch) if inside else x
            output, vjp_fn = torch.func.vjp(lambda x: x**3, x)
            found = torch.func.grad(cube)(x), torch.func.jacrev(lambda x: x**2)(x), output, vjp_fn(torch.ones(3))
        found = (*found, vjp_fn(torch.ones(3)))
        return found, [each.is_inference() for each in found[:2]], torch.is_grad_enabled()

    assert_alike(call)
