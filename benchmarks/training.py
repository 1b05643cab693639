"""Rows for whole training steps: a 784-128-64-10 network on batches of 1, 64 and 1024."""

from itertools import cycle, pairwise

import numpy as np

from benchmarks.harness import Row

SIZES = 784, 128, 64, 10
RATE = {"SGD": 1e-2, "Adam": 1e-5}  # small for Adam, so that no run converges into denormal numbers


def weights():
    """A weight and a bias per layer, (out, in) and (out,), of PyTorch's own size."""
    random = np.random.default_rng(0)
    for inputs, outputs in pairwise(SIZES):
        bound = inputs**-0.5
        yield random.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
        yield random.uniform(-bound, bound, outputs).astype(np.float32)


def batches(size):
    """Eight batches of random pictures with random labels: (size, 784) and (size,)."""
    random = np.random.default_rng(1)
    for _ in range(8):
        yield random.random((size, SIZES[0]), dtype=np.float32), random.integers(0, SIZES[-1], size)


def network(torch, device, size, optimizer):
    """A function that does one step on the next batch and returns its loss."""
    linear = [torch.nn.Linear(inputs, outputs) for inputs, outputs in pairwise(SIZES)]
    model = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1], torch.nn.ReLU(), linear[2])
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), weights(), strict=True):
            parameter.copy_(torch.tensor(values))
    model.to(device)
    entropy = torch.nn.CrossEntropyLoss()
    update = getattr(torch.optim, optimizer)(model.parameters(), lr=RATE[optimizer])
    data = cycle([(torch.tensor(x, device=device), torch.tensor(y, device=device)) for x, y in batches(size)])

    def step():
        x, y = next(data)
        update.zero_grad()
        loss = entropy(model(x), y)
        loss.backward()
        update.step()
        return loss

    return step


def network_by_hand(xp, size, optimizer):
    """The same step written with arrays alone: what the arithmetic costs."""
    parameters = [xp.asarray(values) for values in weights()]
    means, squares = ([xp.zeros_like(parameter) for parameter in parameters] for _ in range(2))
    data = cycle([(xp.asarray(x), xp.asarray(y)) for x, y in batches(size)])
    rate, rows, steps = RATE[optimizer], xp.arange(size), 0

    def update(number, grad):
        if optimizer == "SGD":
            parameters[number] -= rate * grad
            return
        mean, square = means[number], squares[number]  # Adam (Kingma and Ba, 2014), betas 0.9 and 0.999, eps 1e-8
        mean += 0.1 * (grad - mean)
        square += 0.001 * (grad * grad - square)
        root = xp.sqrt(square) / (1 - 0.999**steps) ** 0.5 + 1e-8
        parameters[number] -= rate / (1 - 0.9**steps) * mean / root

    def step():
        nonlocal steps
        steps += 1
        x, y = next(data)
        kept = [x]
        for layer in range(3):
            x = x @ parameters[2 * layer].T + parameters[2 * layer + 1]
            kept.append(xp.maximum(x, 0) if layer < 2 else x)
            x = kept[-1]
        x = x - x.max(axis=1, keepdims=True)
        powers = xp.exp(x)
        total = powers.sum(axis=1, keepdims=True)
        loss = (xp.log(total[:, 0]) - x[rows, y]).mean()
        grad = powers / total
        grad[rows, y] -= 1
        grad /= size
        grads = [None] * len(parameters)
        for layer in reversed(range(3)):
            grads[2 * layer], grads[2 * layer + 1] = grad.T @ kept[layer], grad.sum(axis=0)
            if layer > 0:
                grad = grad @ parameters[2 * layer] * (kept[layer] > 0)
        for number, grad in enumerate(grads):
            update(number, grad)
        return loss

    return step


rows = [
    Row(
        f"training/{optimizer}/batch {size}",
        "step()",
        # Two steps first: the optimizer's state is there, and the loss that is compared has seen its updates.
        f"step = network(torch, device, {size}, {optimizer!r})\nstep(), step()",
        arrays="step()",
        arrays_given=f"step = network_by_hand(xp, {size}, {optimizer!r})\nstep(), step()",
        room=__name__,
    )
    for optimizer in RATE
    for size in (1, 64, 1024)
]
