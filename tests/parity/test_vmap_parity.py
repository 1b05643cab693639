"""`vmap` and batched gradients compared live with PyTorch: results, refusals, random numbers and printing."""

import functools
import warnings

import numpy
import pytest
import torch

import tinytorch

X = numpy.arange(6.0).reshape(2, 3)
CUBE = numpy.random.RandomState(2).randn(2, 3, 4)


def of(library, values):
    return library.tensor(numpy.asarray(values).tolist(), dtype=library.float64)


def seen(value):
    """What a program gave: numbers of tensors in trees, anything else as it is."""
    if type(value).__name__ == "Tensor":
        return [str(value.dtype), tuple(value.shape), numpy.asarray(value.detach().tolist()).round(9).tolist()]
    if isinstance(value, list | tuple):
        return [seen(each) for each in value]
    return {name: seen(each) for name, each in value.items()} if isinstance(value, dict) else value


def outcome(library, program):
    library.manual_seed(5)
    try:
        return seen(program(library, library.func.vmap, of(library, X)))
    except Exception as error:  # whatever is raised is compared
        return type(error).__name__, str(error)


MAPPED = {
    "in_dims": lambda lib, vmap, x: vmap(lib.matmul, in_dims=(2, -1))(of(lib, CUBE), of(lib, CUBE[0])),
    "in_dims of a tree": lambda lib, vmap, x: vmap(
        lambda d, k: d["a"] + d["b"] * k, in_dims=({"a": 0, "b": None}, None)
    )({"a": x, "b": x[0]}, 3),
    "out_dims": lambda lib, vmap, x: vmap(lambda a: (a, [a.outer(a)]), out_dims=(1, [-2]))(x),
    "out_dims for all": lambda lib, vmap, x: vmap(lambda a: {"a": a, "b": (a * 2, a.sum())}, out_dims=-1)(x),
    "out_dims in a tuple": lambda lib, vmap, x: vmap(lambda a: a, out_dims=(1,))(x),
    "the same for all": lambda lib, vmap, x: vmap(lambda a: (lib.ones(2), lib.ones(3)), out_dims=(0, None))(x),
    "names": lambda lib, vmap, x: vmap(lambda a, b: a * b)(x, b=x),
    "nested": lambda lib, vmap, x: vmap(vmap(lambda a, b: a @ b, (None, 1)), (0, None), 1)(x, of(lib, CUBE[0])),
    "nested with one argument for each": lambda lib, vmap, x: vmap(lambda a: vmap(lambda b: (a, b * a))(x[0]))(x[:, 0]),
    "no examples": lambda lib, vmap, x: vmap(lambda a: a.sum())(x[:0]),
    "chunks": lambda lib, vmap, x: vmap(lambda a, b: (a + b, a), (1, None), (0, 1), chunk_size=2)(x, x[:, 0]),
    "a row by its number": lambda lib, vmap, x: vmap(lambda a, k: a[k])(x, lib.tensor([2, 0])),
    "a written row": lambda lib, vmap, x: vmap(lambda a, k: a.index_put((k,), a.sum()))(x, lib.tensor([2, 0])),
    "writes inside": lambda lib, vmap, x: vmap(lambda a: a.new_zeros(3).add_(a).mul_(a[0] + 1))(x),
    "an input that is written to": lambda lib, vmap, x: (vmap(lambda a: a.add_(1))(x), x),
    "backward outside": lambda lib, vmap, x: lib.autograd.grad(
        vmap(lambda a: (a.sin() * x[0]).prod())(x.requires_grad_()).sum(), x
    ),
    "backward mapped": lambda lib, vmap, x: mapped_backward(lib, vmap, x),
    "an empty tree": lambda lib, vmap, x: vmap(lambda a: ())(x),
    "one_hot": lambda lib, vmap, x: vmap(lambda a: lib.nn.functional.one_hot(a, 6))(x.long()),
    "histories": lambda lib, vmap, x: vmap(lambda a: lib.where(a > 1, a, -a).cumsum(0).sort(descending=True))(x),
}  # fmt: skip


def mapped_backward(library, vmap, x):
    x.requires_grad_()
    y = (x * x.sum(0)).sin()
    return vmap(lambda v: library.autograd.grad(y, x, v, retain_graph=True)[0])(of(library, CUBE.transpose(2, 0, 1)))


REFUSED = {
    "no inputs": lambda lib, vmap, x: vmap(lambda: x)(),
    "in_dims is no number": lambda lib, vmap, x: vmap(lambda a: a, in_dims="a")(x),
    "in_dims is None": lambda lib, vmap, x: vmap(lambda a: a, in_dims=None)(x),
    "in_dims of another form": lambda lib, vmap, x: vmap(lambda a: a, in_dims=(0, [0]))({"k": x}),
    "in_dims that is not there": lambda lib, vmap, x: vmap(functools.partial(lib.add), in_dims=-3)(x, x),
    "in_dims of a number": lambda lib, vmap, x: vmap(lambda a, b: a * b)(x, 2),
    "in_dims of a fraction": lambda lib, vmap, x: vmap(lambda a: a, in_dims=(0.5,))(x),
    "nothing to map": lambda lib, vmap, x: vmap(lambda a: a, in_dims=(None,))(x),
    "other sizes": lambda lib, vmap, x: vmap(lambda a, b: a)(x, x[0]),
    "a tensor without dimensions": lambda lib, vmap, x: vmap(vmap(lambda a: a))(x[0]),
    "out_dims is no number": lambda lib, vmap, x: vmap(lambda a: a, out_dims="x")(x),
    "out_dims that is not there": lambda lib, vmap, x: vmap(lambda a: a, out_dims=3)(x),
    "out_dims of another form": lambda lib, vmap, x: vmap(lambda a: (a, {"k": a}), out_dims=(0,))(x),
    "out_dims of one": lambda lib, vmap, x: vmap(lambda a: a, out_dims=(0, 1))(x),
    "a result that is batched": lambda lib, vmap, x: vmap(lambda a: a, out_dims=None)(x),
    "a result that is no tensor": lambda lib, vmap, x: vmap(lambda a: (a, 1))(x),
    "no result": lambda lib, vmap, x: vmap(lambda a: None)(x),
    "chunks of nothing": lambda lib, vmap, x: vmap(lambda a: a, chunk_size=0),
    "another randomness": lambda lib, vmap, x: vmap(lambda a: a, randomness="no")(x),
    "item": lambda lib, vmap, x: vmap(lambda a: a.sum().item())(x),
    "int": lambda lib, vmap, x: vmap(lambda a: int(a.sum()))(x),
    "a slice": lambda lib, vmap, x: vmap(lambda a: a[: a.sum().long()])(x),
    "truth": lambda lib, vmap, x: vmap(lambda a: a if a.sum() > 0 else -a)(x),
    "numpy": lambda lib, vmap, x: vmap(lambda a: a.numpy())(x),
    "tolist": lambda lib, vmap, x: vmap(lambda a: a.tolist())(x),
    "data_ptr": lambda lib, vmap, x: vmap(lambda a: a.data_ptr())(x),
    "nonzero": lambda lib, vmap, x: vmap(lambda a: a.nonzero())(x),
    "unique": lambda lib, vmap, x: vmap(lambda a: a.unique())(x),
    "unique_consecutive": lambda lib, vmap, x: vmap(lambda a: a.unique_consecutive())(x),
    "a mask": lambda lib, vmap, x: vmap(lambda a: a[a > 0])(x),
    "a mask that is written to": lambda lib, vmap, x: vmap(lambda a: a.clone().__setitem__(a > 0, 0.0))(x),
    "masked_select": lambda lib, vmap, x: vmap(lambda a: a.masked_select(a > 0))(x),
    "one_hot": lambda lib, vmap, x: vmap(lib.nn.functional.one_hot)(x.long()),
    "copy_": lambda lib, vmap, x: vmap(lambda a: lib.zeros(3, dtype=a.dtype).copy_(a))(x),
    "setitem": lambda lib, vmap, x: vmap(lambda a: lib.zeros(3, dtype=a.dtype).__setitem__(0, a[0]))(x),
    "index_add_": lambda lib, vmap, x: vmap(
        lambda a: lib.zeros(3, dtype=a.dtype).index_add_(0, lib.tensor([0]), a[:1])
    )(x),
    "a leaf": lambda lib, vmap, x: vmap(lambda a: a.mul_(2))(x.requires_grad_()),
    "backward": lambda lib, vmap, x: vmap(lambda a: a.sum().backward())(x),
    "statistics": lambda lib, vmap, x: vmap(
        lambda a: lib.nn.functional.batch_norm(a, of(lib, X[0]), of(lib, X[1]), training=True)
    )(of(lib, CUBE.transpose(0, 2, 1))),
    "a factor": lambda lib, vmap, x: vmap(lib.linalg.cholesky)(-lib.eye(2).expand(3, 2, 2)),
    "an error": lambda lib, vmap, x: vmap(lambda a: lib.rand(2))(x),
    "a random input": lambda lib, vmap, x: vmap(lambda a: lib.bernoulli(a / 5), randomness="same")(x),
    "other random numbers in one": lambda lib, vmap, x: vmap(
        lambda a: lib.zeros(3).uniform_(), randomness="different"
    )(x),
    "random numbers in one": lambda lib, vmap, x: vmap(
        lambda a: lib.zeros(3, dtype=a.dtype).bernoulli_(a / 5), randomness="different"
    )(x),
}  # fmt: skip
RANDOM = {
    "rand": lambda lib, a: lib.rand(2, dtype=lib.float64),
    "randn": lambda lib, a: lib.randn(3),
    "randint": lambda lib, a: lib.randint(0, 100, (3,)),
    "rand_like": lambda lib, a: lib.rand_like(a),
    "uniform_": lambda lib, a: a.clone().uniform_(),
    "normal_": lambda lib, a: a.clone().normal_(1.0, 2.0),
    "dropout": lambda lib, a: lib.nn.functional.dropout(a + 1, 0.5),
}
GRADIENTS = {
    "each": lambda lib, x: lib.autograd.grad(x * x, x, lib.stack([x.detach(), x.detach() + 1]), is_grads_batched=True),
    "several": lambda lib, x: lib.autograd.grad(
        [x * x, x.sum()], x, [lib.stack([x.detach()] * 3), lib.ones(3, dtype=x.dtype)], is_grads_batched=True
    ),
    "unused": lambda lib, x: lib.autograd.grad(
        x * x, [x, other(lib)], x.detach()[None], is_grads_batched=True, allow_unused=True
    ),
    "unused and refused": lambda lib, x: lib.autograd.grad(
        x * x, [x, other(lib)], x.detach()[None], is_grads_batched=True
    ),
    "zeros": lambda lib, x: lib.autograd.grad(
        x * x, [x, other(lib)], x.detach()[None], is_grads_batched=True, materialize_grads=True
    ),
    "of the second order": lambda lib, x: lib.autograd.grad(
        lib.autograd.grad(x**3, x, x.detach()[None], is_grads_batched=True, create_graph=True)[0].sum(), x
    ),
    "no batch": lambda lib, x: lib.autograd.grad(x.sum(), x, is_grads_batched=True),
    "other sizes": lambda lib, x: lib.autograd.grad(
        [x * x, x.sum()], x, [x.detach()[None], lib.ones(3, dtype=x.dtype)], is_grads_batched=True
    ),
    "another shape": lambda lib, x: lib.autograd.grad(x.sum(0), x, lib.ones(3, dtype=x.dtype), is_grads_batched=True),
}  # fmt: skip


def other(library):
    return library.ones(2, requires_grad=True)


@pytest.mark.parametrize("name", MAPPED)
def test_results_are_pytorchs(name):
    assert outcome(tinytorch, MAPPED[name]) == outcome(torch, MAPPED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_pytorchs(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, expected = [outcome(library, REFUSED[name]) for library in (tinytorch, torch)]
    assert isinstance(expected, tuple) and found == expected


@pytest.mark.parametrize("randomness", ["different", "same"])
@pytest.mark.parametrize("name", RANDOM)
def test_random_numbers_are_pytorchs(name, randomness):
    def program(library, vmap, x):
        return vmap(lambda a: RANDOM[name](library, a), randomness=randomness)(x)

    assert outcome(tinytorch, program) == outcome(torch, program)


@pytest.mark.parametrize("name", GRADIENTS)
def test_batched_gradients_are_pytorchs(name):
    def program(library, vmap, x):
        return GRADIENTS[name](library, x.requires_grad_())

    assert outcome(tinytorch, program) == outcome(torch, program)


def test_what_is_printed_inside_is_pytorchs():
    def program(library, vmap, x):
        found = []
        vmap(lambda a: vmap(lambda b: found.append((repr(a), str(b * 2))) or b)(a))(x)
        vmap(lambda a: found.append((repr(a.shape), a.stride(), str(a.device), a.dim(), a.is_contiguous())) or a)(x)
        return found

    assert outcome(tinytorch, program) == outcome(torch, program)
