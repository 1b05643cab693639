"""Transforms and functional modules as users put them together: each held against loops or closed formulas."""

import pytest

import tinytorch as torch
from tinytorch import nn
from tinytorch.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    stack_module_state,
    vjp,
    vmap,
)
from tinytorch.nn import functional as F


def close(one, other, tolerance=1e-5):
    assert one.shape == other.shape
    assert torch.allclose(one, other, tolerance, tolerance)


def network():
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))


class Pictures(nn.Module):
    """Two convolutions, a pool and a layer on top, of its own parameters."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(3, 1, 3, 3) * 0.3)
        self.bias = nn.Parameter(torch.zeros(3))
        self.second = nn.Parameter(torch.randn(4, 3, 3, 3) * 0.3)
        self.top = nn.Linear(16, 3)

    def forward(self, input):
        hidden = F.relu(F.conv2d(input, self.first, self.bias, padding=1))
        hidden = F.max_pool2d(F.relu(F.conv2d(hidden, self.second)), 2)
        return self.top(hidden.flatten(1))


def loss_of(module):
    """The loss of one example, as a function of the parameters."""

    def loss(parameters, input, target):
        output = functional_call(module, parameters, (input.unsqueeze(0),))
        return F.cross_entropy(output, target.unsqueeze(0))

    return loss


def detached(module):
    return {name: each.detach() for name, each in module.named_parameters()}


@pytest.mark.parametrize("pictures", [False, True])
def test_a_gradient_for_each_example(pictures):
    torch.manual_seed(0)
    module = Pictures() if pictures else network()
    inputs = torch.randn(5, 1, 6, 6) if pictures else torch.randn(5, 4)
    targets = torch.tensor([0, 2, 1, 1, 0])
    parameters = detached(module)
    found = vmap(grad(loss_of(module)), in_dims=(None, 0, 0))(parameters, inputs, targets)
    for place in range(5):
        expected = grad(loss_of(module))(parameters, inputs[place], targets[place])
        for name in parameters:
            close(found[name][place], expected[name])
    module.zero_grad()
    F.cross_entropy(module(inputs), targets).backward()
    for name, parameter in module.named_parameters():
        close(found[name].mean(0), parameter.grad)


@pytest.mark.parametrize("in_dim", [None, 0])
def test_an_ensemble_of_modules_in_one_call(in_dim):
    models = [network() for _ in range(3)]
    for place, model in enumerate(models):
        with torch.no_grad():
            model[0].weight.add_(0.1 * place)
    parameters, buffers = stack_module_state(models)
    inputs = torch.randn(3, 5, 4) if in_dim == 0 else torch.randn(5, 4)

    def call(parameters, buffers, input):
        return functional_call(models[0], (parameters, buffers), (input,))

    found = vmap(call, in_dims=(0, 0, in_dim))(parameters, buffers, inputs)
    for place, model in enumerate(models):
        close(found[place], model(inputs[place] if in_dim == 0 else inputs))
    found.square().sum().backward()
    (models[1](inputs[1] if in_dim == 0 else inputs)).square().sum().backward()
    close(parameters["0.weight"].grad[1], models[1][0].weight.grad)


def test_an_ensemble_learns_with_an_optimizer():
    parameters, _ = stack_module_state([network() for _ in range(2)])
    optimizer = torch.optim.SGD(parameters.values(), lr=0.1)
    model, inputs, targets = network(), torch.randn(8, 4), torch.arange(8) % 3

    def loss(parameters):
        return F.cross_entropy(functional_call(model, parameters, (inputs,)), targets)

    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        each = vmap(loss)(parameters)
        each.sum().backward()
        optimizer.step()
        losses.append(each)
    assert (losses[-1] < losses[0]).all()


@pytest.mark.parametrize(
    "second", [lambda f: jacfwd(jacrev(f)), lambda f: jacrev(jacfwd(f)), lambda f: jacrev(jacrev(f)),
               lambda f: jacfwd(jacfwd(f)), hessian]
)  # fmt: skip
def test_all_compositions_give_the_hessian(second):
    x = torch.tensor([0.5, -1.0, 2.0])
    found = second(lambda x: (x**3).sum() + x.prod())(x)
    a, b, c = x.tolist()
    close(found, torch.tensor([[6 * a, c, b], [c, 6 * b, a], [b, a, 6 * c]]))


def test_hessians_for_each_example():
    points = torch.randn(4, 3)
    close(vmap(hessian(lambda x: (x**3).sum()))(points), torch.diag_embed(6 * points))


def test_jacobians_for_each_example():
    weight, points = torch.randn(2, 3), torch.randn(4, 3)
    expected = (1 - torch.tanh(points @ weight.T) ** 2)[:, :, None] * weight
    for transform in (jacrev, jacfwd):
        close(vmap(transform(lambda x: torch.tanh(weight @ x)))(points), expected)


def test_a_product_with_the_hessian_in_each_way():
    def loss(x):
        return (x**4).sum()

    x, v = torch.randn(5), torch.randn(5)
    close(jvp(grad(loss), (x,), (v,))[1], 12 * x**2 * v)
    close(vjp(grad(loss), x)[1](v)[0], 12 * x**2 * v)
    close(grad(lambda x: jvp(loss, (x,), (v,))[1])(x), 12 * x**2 * v)
    close(grad(lambda x: (vjp(loss, x)[1](torch.tensor(1.0))[0] * v).sum())(x), 12 * x**2 * v)


def test_gradients_in_and_around_a_map():
    points = torch.randn(4, 3)

    def loss(weight):
        return vmap(lambda x: (torch.sin(x) * weight).sum())(points).sum()

    close(grad(loss)(torch.ones(3)), torch.sin(points).sum(0))
    weight = torch.ones(3, requires_grad=True)
    vmap(grad(lambda x: (torch.sin(x) * weight).sum()))(points).sum().backward()
    close(weight.grad, torch.cos(points).sum(0))


def test_tangents_keep_the_history_that_is_around_both_levels():
    x, v = torch.randn(3), torch.randn(3, requires_grad=True)
    value, along = jvp(grad(lambda x: (x**3).sum()), (x,), (v,))
    assert not value.requires_grad
    along.sum().backward()
    close(v.grad, 6 * x)
    (value, output), (along, along_output) = jvp(grad_and_value(lambda x: (x**3).sum()), (x,), (v.detach(),))
    assert not any(each.requires_grad for each in (value, output, along, along_output))


def test_learning_to_learn_through_steps_of_descent():
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(1, 5), nn.Tanh(), nn.Linear(5, 1))
    tasks = torch.randn(3, 6, 1)

    def loss(parameters, inputs, targets):
        return F.mse_loss(functional_call(module, parameters, (inputs,)), targets)

    def after_a_step(parameters, inputs):
        inner = grad(loss)(parameters, inputs[:3], inputs[:3].sin())
        adapted = {name: each - 0.1 * inner[name] for name, each in parameters.items()}
        return loss(adapted, inputs[3:], inputs[3:].sin())

    def over_tasks(parameters):
        return vmap(after_a_step, in_dims=(None, 0))(parameters, tasks).mean()

    parameters = detached(module)
    found = grad(over_tasks)(parameters)
    each = [grad(after_a_step)(parameters, task) for task in tasks]
    for name in parameters:
        close(found[name], sum(one[name] for one in each) / 3)
    step = 1e-2 * found["0.weight"]
    moved = dict(parameters)
    with torch.no_grad():
        moved["0.weight"] = parameters["0.weight"] - step
        fell = over_tasks(parameters) - over_tasks(moved)
    close(fell, (step * found["0.weight"]).sum(), 1e-3)


def test_neural_tangent_kernels_in_two_ways():
    module = network()
    parameters, one, other = detached(module), torch.randn(4, 4), torch.randn(2, 4)

    def single(parameters, input):
        return functional_call(module, parameters, (input.unsqueeze(0),)).squeeze(0)

    def jacobians(inputs):
        found = vmap(jacrev(single), (None, 0))(parameters, inputs)
        return [each.flatten(2) for each in found.values()]

    by_jacobians = sum(
        torch.einsum("naf,mbf->nmab", a, b) for a, b in zip(jacobians(one), jacobians(other), strict=True)
    )

    def of_pair(x, y):
        def column(cotangent):
            _, pull = vjp(lambda parameters: single(parameters, y), parameters)
            return jvp(lambda parameters: single(parameters, x), (parameters,), pull(cotangent))[1]

        return vmap(column)(torch.eye(3)).T

    by_products = vmap(vmap(of_pair, (None, 0)), (0, None))(one, other)
    close(by_products, by_jacobians, 1e-4)


def test_what_is_the_same_for_all_examples_may_be_written_to():
    def loss(weight, x):
        return ((weight * weight).mul_(weight) * x).sum()

    weight, points = torch.tensor([1.0, 2.0]), torch.randn(3, 2)
    close(vmap(grad(loss), (None, 0))(weight, points), 3 * weight**2 * points)
    with pytest.raises(RuntimeError, match="vmap: inplace arithmetic"):
        vmap(grad(lambda weight, x: (weight * weight).mul_(x).sum()), (None, 0))(weight, points)


def test_a_tangent_for_each_example_goes_back_through_a_product_made_outside():
    def product(x, y):
        _, pull = vjp(lambda x: (x * y).sum() * x, x)
        return grad(lambda v: (pull(v * v)[0] * x).sum())(y).sum() * x

    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    close(jacfwd(product, argnums=1)(x, y), jacrev(product, argnums=1)(x, y))
    close(vmap(jacfwd(product, 1), (0, None))(torch.stack([x, y]), y)[0], jacrev(product, argnums=1)(x, y))


def test_functions_of_users_own_are_differentiated_by_their_own_rule():
    class Square(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])

        @staticmethod
        def backward(ctx, grad):
            return 3 * ctx.saved_tensors[0] * grad  # which shows whose rule it is

    x = torch.tensor([1.0, 2.0])
    close(grad(lambda x: Square.apply(x).sum())(x), 3 * x)
    close(grad(lambda x: grad(lambda x: Square.apply(x).sum())(x).sum())(x), torch.full((2,), 3.0))
    close(jacrev(Square.apply)(x), torch.diag(3 * x))
