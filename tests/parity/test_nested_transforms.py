"""Random nests of the transforms of `torch.func`, and backward through them, against PyTorch."""

import random

import numpy
import pytest
import torch

import tinytorch
from tests.parity.results import attempt

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")

INNERMOST = {  # functions of two vectors that give a number, for a library
    "sines": lambda lib: lambda x, y: (x.sin() * y + x * x * y).sum(),
    "powers": lambda lib: lambda x, y: (lib.exp(x * 0.3) * y * y).sum(),
    "product": lambda lib: lambda x, y: (x * y).sum(),
    "matrix": lambda lib: lambda x, y: (x[:, None] @ y[None]).tanh().mean() + x.prod(),
    "softmax": lambda lib: lambda x, y: (lib.softmax(x * y, 0) * x).max(),
    "parts": lambda lib: lambda x, y: (x[1:] * y[:-1]).cumsum(0).sum() * lib.cat([x, y]).pow(2).sum(),
}


def with_value(lib, g, x, y):
    gradient, value = lib.func.grad_and_value(g)(x, y)
    return gradient.sum() * value


def with_auxiliary(lib, g, x, y):
    gradient, (value, aux) = lib.func.grad_and_value(lambda x, y: (g(x, y), {"a": x * y, "b": y}), has_aux=True)(x, y)
    return gradient.sum() * value + (aux["a"] * aux["b"]).sum()


def pulled(lib, g, x, y):
    output, vjp_fn = lib.func.vjp(g, x, y)
    return (vjp_fn(output)[0] * y).sum()


def of_cotangent(lib, g, x, y):
    _, vjp_fn = lib.func.vjp(lambda a: g(a, y) * y, x)
    return lib.func.grad(lambda v: (vjp_fn(v * v)[0] * x).sum())(y).sum()


def unrecorded(lib, g, x, y):
    with lib.no_grad():
        value = g(x, y)
    return value * x.sum()


AROUND = {  # what makes another such function of one
    "gradient": lambda lib, g, x, y: (lib.func.grad(g)(x, y) * x).sum(),
    "second gradient": lambda lib, g, x, y: lib.func.grad(g, 1)(x, y).sum(),
    "both gradients": lambda lib, g, x, y: lib.stack(lib.func.grad(g, (0, 1))(x, y)).prod(0).sum(),
    "gradient and value": with_value,
    "auxiliary": with_auxiliary,
    "pulled": pulled,
    "of the cotangent": of_cotangent,
    "pushed": lambda lib, g, x, y: lib.func.jvp(g, (x, y), (y, x))[1],
    "pushed by one": lambda lib, g, x, y: lib.func.jvp(lambda a: g(a, y), (x,), (y * y,))[1],
    "rows": lambda lib, g, x, y: lib.func.jacrev(lambda x, y: g(x, y) * x, argnums=1)(x, y).sum(),
    "rows by two": lambda lib, g, x, y: lib.func.jacrev(lambda x, y: g(x, y) * x, chunk_size=2)(x, y)[0].sum(),
    "columns": lambda lib, g, x, y: lib.func.jacfwd(lambda x, y: g(x, y) * x, argnums=1)(x, y)[1].sum(),
    "map by the first": lambda lib, g, x, y: lib.func.vmap(g, (0, None))(lib.stack([x, 2 * x]), y).sum(),
    "map by the second": lambda lib, g, x, y: lib.func.vmap(g, (None, 1))(x, lib.stack([y, 2 * y]).T).sum(),
    "map by both": lambda lib, g, x, y: lib.func.vmap(g)(lib.stack([x, 2 * x]), lib.stack([y, 2 * y])).sum(),
    "map of gradients": lambda lib, g, x, y: (
        lib.func.vmap(lib.func.grad(g), (None, 0))(x, lib.stack([y, 2 * y])) * x
    ).sum(),
    "unrecorded": unrecorded,
    "closed over": lambda lib, g, x, y: lib.func.grad(lambda a: g(a, y))(x).sum(),
    "moved": lambda lib, g, x, y: g(x.sin(), y * x),
    "in-place": lambda lib, g, x, y: g((x * y).mul_(x), y.clone().add_(x)),
}


def around(lib, name, g):
    return lambda x, y: AROUND[name](lib, g, x, y)


def value_and_gradients(lib, innermost, names, wanted, recorded):
    """What a nest gives, whether it requires grad, and what backward gives to the inputs; zeros where nothing."""
    x, y = [
        lib.tensor(values, dtype=lib.float64, requires_grad=each)
        for values, each in zip(([0.5, -1.0, 1.5], [1.0, 0.3, -0.7]), wanted, strict=True)
    ]
    function = INNERMOST[innermost](lib)
    for name in names:
        function = around(lib, name, function)
    with lib.set_grad_enabled(recorded):
        value = function(x, y)
    if value.requires_grad:
        value.backward()
    gradients = [numpy.zeros(3) if each.grad is None else each.grad.numpy() for each in (x, y)]
    return value.requires_grad, (value.detach() + 0).numpy(), gradients


@pytest.mark.parametrize("seed", range(8))
def test_nests_of_transforms_are_pytorchs(seed):
    chance = random.Random(seed)
    compared = 0
    for _ in range(25):
        names = [chance.choice(list(AROUND)) for _ in range(chance.choice((1, 2, 2, 3, 3)))]
        wanted = [chance.random() < 0.5, chance.random() < 0.5]
        nest = (chance.choice(list(INNERMOST)), names, wanted, chance.random() < 0.85)
        expected, refused = attempt(value_and_gradients, torch, *nest)
        if refused is None:  # PyTorch's own rules for tangents fail at times
            flag, value, gradients = value_and_gradients(tinytorch, *nest)
            numpy.testing.assert_allclose(value, expected[1], 1e-7, 1e-9, err_msg=str(nest))
            numpy.testing.assert_allclose(gradients, expected[2], 1e-7, 1e-9, err_msg=str(nest))
            # PyTorch lets tangents require grad that do not depend on it
            assert flag == expected[0] or not (flag or numpy.any(expected[2])), nest
            compared += 1
    assert compared > 20
