"""Training does not grow: without the garbage collector, no tensor and no node outlives its step."""

import contextlib
import gc
from collections import Counter

import pytest

import tinytorch as torch
from tinytorch.graph import Node, Part

F = torch.nn.functional


def alive():
    """How many objects of each kind of tensor and history there are, and how many objects at all."""
    objects = gc.get_objects()
    kinds = Counter(type(each).__name__ for each in objects if issubclass(type(each), torch.Tensor | Node | Part))
    return kinds, len(objects)


def perceptron():
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer, input = torch.optim.Adam(model.parameters()), torch.randn(5, 4)

    def step():
        optimizer.zero_grad()
        model(input).pow(2).mean().backward()
        optimizer.step()

    return step


def convolution():
    weight, scale, shift = (torch.randn(size, requires_grad=True) for size in ((3, 1, 3, 3), (3,), (3,)))
    optimizer = torch.optim.SGD([weight, scale, shift], lr=0.01, momentum=0.9)
    mean, variance, images = torch.zeros(3), torch.ones(3), torch.randn(2, 1, 6, 6)

    def step():
        optimizer.zero_grad()
        F.batch_norm(F.conv2d(images, weight), mean, variance, scale, shift, True).relu().mean().backward()
        optimizer.step()

    return step


def second_derivative():
    x = torch.randn(4, requires_grad=True)

    def step():
        (grad,) = torch.autograd.grad((x.exp() * x).sum(), x, create_graph=True)
        (grad * grad).sum().backward()
        x.grad = None

    return step


def writes_to_views():
    x = torch.randn(4, requires_grad=True)

    def step():
        y = x * 2
        view = y[:2]
        view.mul_(3)
        view[:1].add_(x[:1])
        y.mul_(2)[3] = x[0]
        (y.sum() + view.sum() + sum(y.view(2, 2).unbind()).max(0)[0]).backward()
        x.grad = None

    return step


def hooks():
    x = torch.randn(4, requires_grad=True)

    def step():
        y = x * 2
        y.retain_grad()
        y.register_hook(lambda grad: grad * 2)
        taken_away = x.register_hook(lambda grad: grad), x.register_post_accumulate_grad_hook(lambda leaf: None)
        y.sum().backward()
        assert y.grad is not None
        for each in taken_away:
            each.remove()
        x.grad = None

    return step


def unused_and_refused():
    x = torch.randn(4, requires_grad=True)

    def step():
        y = x * x
        y.add_(1)[0].retain_grad()
        z = y.exp().sum()
        z.backward()
        with contextlib.suppress(RuntimeError):
            z.backward()
        x.grad = None

    return step


def modes():
    model = torch.nn.Linear(2, 1)

    def step():
        with torch.inference_mode():
            model(torch.ones(1, 2))
        with torch.autograd.set_detect_anomaly(True):
            model(torch.ones(1, 2)).sum().backward()

    return step


@pytest.mark.parametrize(
    ("program", "steps"),
    [
        (perceptron, 1000),
        (convolution, 1000),
        (second_derivative, 1000),
        (writes_to_views, 1000),
        (hooks, 1000),
        (unused_and_refused, 1000),
        (modes, 100),
    ],
)
def test_a_training_loop_leaves_nothing_behind(program, steps):
    step = program()
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            step()
        kinds, count = alive()
        for _ in range(steps):
            step()
        kinds_after, count_after = alive()
    finally:
        gc.enable()
    assert kinds_after == kinds
    assert count_after - count < 100  # caches of whole programs, such as Python's own, but nothing for each step
