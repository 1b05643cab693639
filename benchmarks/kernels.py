"""Rows for throughput: large float32 arrays, where the call itself takes next to nothing."""

from benchmarks.harness import Row

MILLION = "x, y = normal(1_000_000), normal(1_000_000, seed=1)"


def sigmoid_and_gradient(xp, x, upstream):
    """The gradient of sigmoid, from its own forward."""
    result = 1 / (1 + xp.exp(-x))
    return upstream * result * (1 - result)


rows = [
    Row("kernels/sigmoid/1M forward", "x.sigmoid()", MILLION, arrays="1 / (1 + xp.exp(-x))", at_most={"torch": 1.1}),
    Row(
        "kernels/sigmoid/1M forward and backward",
        "x.grad = None\nx.sigmoid().backward(y)",
        "x, y = normal(1_000_000, requires_grad=True), normal(1_000_000, seed=1)",
        result="x.grad",
        arrays="sigmoid_and_gradient(xp, x, y)",
        room=__name__,
        at_most={"torch": 1.1},
    ),
    Row(
        "kernels/sigmoid/16M forward",
        "x.sigmoid()",
        "x = normal(16_000_000)",
        arrays="1 / (1 + xp.exp(-x))",
        at_most={"torch": 0.5},
    ),
    Row(
        "kernels/sigmoid/1M with bias",
        "torch.sigmoid(x + bias)",
        "x, bias = normal(1000, 1000), normal(1000, seed=1)",
        arrays="1 / (1 + xp.exp(-(x + bias)))",
    ),
    Row("kernels/other/add 1M", "x + y", MILLION, arrays="x + y"),
    Row("kernels/other/mul 1M", "x * y", MILLION, arrays="x * y"),
    Row("kernels/other/exp 1M", "x.exp()", MILLION, arrays="xp.exp(x)"),
    # The terms cancel: a sum of 1e6 standard normal numbers, about 1e3, is rounded at partial sums as large as itself.
    Row("kernels/other/sum 1M", "x.sum()", MILLION, arrays="x.sum()", atol=2e-3),
    # Likewise each element is a sum of 1000 products of either sign, about 30.
    Row(
        "kernels/other/matmul 1000 x 1000",
        "x @ y",
        "x, y = normal(1000, 1000), normal(1000, 1000, seed=1)",
        arrays="x @ y",
        atol=2e-4,
    ),
]
