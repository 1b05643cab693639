"""Rows for what a call costs: operations on ten float32 numbers, where the arithmetic itself takes next to nothing."""

from benchmarks.harness import Row

CALLS = {  # name: (statement, the same for NumPy and CuPy)
    "add": ("x + y", "x + y"),
    "mul": ("x * y", "x * y"),
    "exp": ("x.exp()", "xp.exp(x)"),
    "sigmoid": ("x.sigmoid()", "1 / (1 + xp.exp(-x))"),
    "sum": ("x.sum()", "x.sum()"),
    "matmul": ("m @ n", "m @ n"),
    "view": ("x.view(2, 5)", "x.reshape(2, 5)"),
    "transpose": ("t.transpose(0, 1)", "t.swapaxes(0, 1)"),
    "slice": ("x[2:7]", "x[2:7]"),
}


def small(graph):
    """The set-up of small operands: vectors of 10, a matrix of 2 x 5, and two of 8 x 8."""
    shapes = {"x": "10, seed=0", "y": "10, seed=1", "t": "2, 5, seed=2", "m": "8, 8, seed=3", "n": "8, 8, seed=4"}
    return "\n".join(f"{name} = normal({shape}, requires_grad={graph})" for name, shape in shapes.items())


def chain(x, y):
    """A thousand small operations in a row, and their derivatives."""
    x.grad = None
    z = x
    for _ in range(500):
        z = (z * y).sigmoid()
    z.sum().backward()


def product_by_hand(xp, x, y):
    """The loss and the gradients of exp(x * y) summed."""
    powers = xp.exp(x * y)
    return powers.sum(), powers * y, powers * x


def chain_by_hand(xp, x, y):
    """The gradient that `chain` finds."""
    values = [x]
    for _ in range(500):
        values.append(1 / (1 + xp.exp(-(values[-1] * y))))
    grad = xp.ones_like(x)
    for value in reversed(values[1:]):
        grad = grad * value * (1 - value) * y
    return grad


rows = [
    *(
        Row(f"overhead/plain/{name}", text, small(False), arrays=by_hand, at_most={"torch": 1.1})
        for name, (text, by_hand) in CALLS.items()
    ),
    *(
        Row(f"overhead/graph/{name}", text, small(True), arrays=by_hand, at_most={"torch": 1.1})
        for name, (text, by_hand) in CALLS.items()
    ),
    Row("overhead/other/number times", "x * 2.5", small(False), arrays="x * 2.5"),
    Row("overhead/other/compare", "x > y", small(False), arrays="x > y"),
    Row("overhead/other/add_", "x.add_(y)", small(False), arrays="xp.add(x, y, out=x)"),
    Row(
        "overhead/other/forward and backward",
        "x.grad = y.grad = None\nloss = (x * y).exp().sum()\nloss.backward()",
        small(True),
        result="((x * y).exp().sum(), x.grad, y.grad)",
        arrays="product_by_hand(xp, x, y)",
        room=__name__,
    ),
    Row(
        "overhead/other/chain of 1000",
        "chain(x, y)",
        "x, y = normal(10, requires_grad=True), normal(10, seed=1) + 5",
        result="x.grad",
        arrays="chain_by_hand(xp, x, y)",
        room=__name__,
    ),
]

group_at_most = {"overhead/plain": {"torch": 0.85}, "overhead/graph": {"torch": 0.85}}
