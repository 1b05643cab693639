"""Activations, softmax and linear maps."""

from tests.samples.table import Named, binary, row, s, special, transposed, unary, x

# fmt: off
# A table, filled line by line.

# Activations
row("sigmoid_backward", *binary(low=0.1, high=0.9, numbers=())[:5])
row("tanh_backward", *binary(low=-0.9, high=0.9, numbers=())[:5])
row("threshold_backward",
    *binary(numbers=())[:5],
    oracle=lambda torch, upstream, result: torch.ops.aten.threshold_backward(upstream, result, 0), smooth="steps",
)

# Softmax, activations, losses
row("softmax log_softmax",
    s(x(2, 3), 1), s(x(2, 3), 0), s(transposed(3, 2), -1), s(x(), 0), s(x(0, 3, dtype="float32"), 1), s(x(2, 3), 2),
    s(x(2, 3), 1, dtype=Named("float64")), s(special, 0),
)
row("softmax_backward_data",
    s(x(2, 3), x(2, 3, low=0.1, high=0.9), 1), s(x(3), x(3, low=0.1, high=0.9), 0),
    oracle=lambda torch, upstream, result, dim: torch._softmax_backward_data(upstream, result, dim, result.dtype),
)
row("log_softmax_backward_data",
    s(x(2, 3), x(2, 3), 1), s(x(3), x(3), 0),
    oracle=lambda torch, upstream, result, dim: torch._log_softmax_backward_data(upstream, result, dim, result.dtype),
)
row("silu mish softplus elu selu celu gelu leaky_relu relu6 hardtanh hardsigmoid hardswish logsigmoid softsign",
    *unary(),
)
row("tanhshrink", *unary())
row("softshrink hardshrink", *unary())
row("threshold", s(x(2, 3), 0.5, -1.0), s(transposed(3, 2), 0, 7))
row("prelu", s(x(2, 3), x(1)), s(x(2, 3), x(3)))
row("glu", s(x(2, 4)), s(x(4, 3), 0))
row("linear",
    s(x(2, 3), x(4, 3)), s(x(2, 3), x(4, 3), x(4)), s(x(3), x(4, 3), x(4)), s(x(2, 2, 3), x(4, 3), x(4)),
    s(x(2, 3), x(4, 2)), s(transposed(2, 3), x(2, 3), x(2)),
)
