"""Normalisation: layer, batch, group, instance and RMS norm."""

from tests.samples.table import at, expanded, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

RUNNING = x(3, grad=False), x(3, low=0.1, grad=False)
HALF = {"dtype": "bfloat16", "grad": False}
FLOAT = {"dtype": "float32", "grad": False}
NO_STATISTICS = "the mean and the deviation that come along have no derivative"

row("layer_norm",
    s(x(2, 3), (3,)), s(x(2, 3), (3,), x(3), x(3)), s(x(2, 3, 4), (3, 4), x(3, 4)), s(x(2, 3), (3,), None, x(3)),
    s(transposed(3, 4), (4,), x(4), x(4)), s(expanded(2, 3), [3]), s(stepped(2, 3), (3,), None, None, 0.5),
    s(x(2, 2, 2, 3), (3,)), s(x(4), (4,), x(4)), s(x(0, 3), (3,), x(3)), s(x(3, 0), (0,)), s(x(2, 1), (1,)),
    s(x(2, 3, **HALF), (3,), x(3, **FLOAT), x(3, **FLOAT)), s(x(2, 3), (3,), x(3, dtype="float64")),
    s(x(2, 3), (2,)), s(x(2, 3), (3,), x(2)), s(x(2, 3), (3,), None, x(2)), s(x(2, 3), 3), s(x(2, 3), ()),
    s(x(), (1,)), s(x(2, 3, dtype="float16", grad=False), (3,), *[x(3, dtype="float16", grad=False)] * 2),
)
row("native_layer_norm",
    s(x(2, 3), (3,), x(3), x(3), 1e-5), s(x(2, 3, 4), (3, 4), None, None, 1e-3),
    s(x(2, 3, **HALF), (3,), None, None, 0.1),
    s(x(2, 3, **HALF), (3,), x(3, **FLOAT), None, 0.1), smooth=NO_STATISTICS,
)
row("batch_norm",
    *[s(x(*shape), None, None, training=True) for shape in ((4, 3), (2, 3, 2), (2, 3, 2, 2), (2, 2, 3, 1, 2), (0, 3))],
    s(x(4, 3), None, None, x(3), x(3), True), s(x(2, 3, 2), None, None, x(3), training=True),
    s(x(2, 3, 2), None, None, None, x(3), training=True, eps=0.5), s(transposed(3, 4), None, None, x(4), x(4), True),
    s(expanded(3, 2), None, None, x(2), training=True, eps=0.5),
    *[s(x(*shape), *RUNNING, x(3), x(3))
      for shape in ((4, 3), (2, 3, 2), (0, 3), (1, 3))],
    s(x(4, 3), *RUNNING), s(x(4, 3), None, None, None, x(3, dtype="float64"), True),
    s(x(4, 3), None, None), s(x(4, 3), x(3), None), s(x(4, 3), None, None, x(2), training=True),
    s(x(4, 3), None, None, None, x(2), training=True), s(x(4, 3), x(2), x(3), training=True),
    s(x(4), None, None, training=True),
    s(x(1, 3), None, None, training=True), s(x(4, 3), None, None, training=True, eps=0.0),
    s(x(4, 3), None, None, eps=-1.0),
    s(x(4, 3), None, None, training=True, momentum=None),
    s(x(4, 3, **HALF), None, None, x(3, **FLOAT), x(3, **FLOAT), True),
)
row("batch_norm_that_runs",
    s(x(4, 3), *RUNNING), s(x(2, 3, 2), *RUNNING, momentum=0.5), s(x(2, 3, 2), x(3, grad=False), None),
    s(x(4, 3), *RUNNING, momentum=0.0), s(x(4, 3), *RUNNING, momentum=1.0),
    program=lambda torch, *tensors, **settings: run(torch, "batch_norm", *tensors, training=True, **settings),
    smooth="the running statistics have no derivative",
)
row("instance_norm_that_runs",
    s(x(2, 3, 4), *RUNNING), s(x(2, 3, 2), *RUNNING, momentum=0.5),
    s(x(2, 3, 2), *RUNNING, use_input_stats=False),
    program=lambda torch, *tensors, **settings: run(torch, "instance_norm", *tensors, **settings),
    smooth="the running statistics have no derivative",
)
row("native_batch_norm",
    s(x(4, 3), x(3), x(3), None, None, True, 0.1, 1e-5), s(x(4, 3, 2), None, None, None, None, True, 0.1, 1e-5),
    s(x(4, 3), x(3), x(3), *RUNNING, False, 0.1, 1e-5),
    s(x(4, 3, **HALF), None, None, None, None, True, 0.1, 1e-5), smooth=NO_STATISTICS,
)
row("group_norm",
    s(x(2, 4, 3), 2), s(x(2, 4, 3), 2, x(4), x(4)), s(x(2, 4, 2, 2), 4, x(4)), s(x(3, 4), 1, None, x(4), 0.1),
    s(transposed(2, 3, 4), 3, x(3), x(3)), s(expanded(2, 4, 2), 2), s(x(0, 4, 3), 2), s(x(2, 4, 3), 3),
    s(x(2, 4, 3), 2, x(2)), s(x(2, 4, 3), 2, None, x(2)), s(x(4), 2), s(x(1, 4), 4),
    s(x(2, 4, 3, **HALF), 2, x(4, **FLOAT)),
)
row("native_group_norm",
    s(x(2, 4, 3), x(4), x(4), 2, 4, 3, 2, 1e-5), s(x(2, 4, 3), None, None, 2, 4, 3, 4, 0.1), smooth=NO_STATISTICS,
)
row("instance_norm",
    s(x(2, 3, 4)), s(x(2, 3, 4), None, None, x(3), x(3)), s(x(2, 3, 2, 2), weight=x(3), eps=0.1),
    s(transposed(2, 3, 4)), s(x(2, 4)), s(x(2, 3, 1)), s(x(2, 3, 4), use_input_stats=False),
)
row("rms_norm",
    s(x(2, 3), (3,)), s(x(2, 3), (3,), x(3)), s(x(2, 3, 4), (3, 4), x(3, 4), 0.1), s(transposed(3, 4), (4,), x(4)),
    s(x(4), (4,)), s(x(0, 3), (3,)), s(x(2, 3), (2,)), s(x(2, 3), (3,), x(2)), s(x(2, 3), ()), s(x(2, 3), 3),
    s(x(2, 3, **HALF), (3,), x(3, **HALF)),
)
row("local_response_norm",
    s(x(2, 4, 3), 2), s(x(2, 4, 3, 2), 3, 0.5, 0.5, 2.0), s(x(1, 3, 2, 2, 2), 5), s(x(2, 4), 2), s(x(0, 4, 3), 2),
)
row("normalize",
    s(x(2, 3)), s(x(2, 3, 2), 1.0, -1), s(x(2, 3), 2.0, 0), s(x(2, 3), 3.0, 1, 4.0), s(x(2, 3), 2.0, (0, 1)),
    s(x(2, 3), float("inf")), s(transposed(2, 3)), s(x(4), dim=0), s(at(0, 0, 0, 0, shape=(2, 2), dtype="float32")),
    s(x(2, 3), 2.0, 2),
)


def run(torch, name, input, mean, var, **settings):
    """What a norm gives, and the running statistics that it leaves behind."""
    mean, var = [None if each is None else each.detach().clone() for each in (mean, var)]
    result = getattr(torch.nn.functional, name)(input, mean, var, **settings)
    return tuple([each for each in (result, mean, var) if each is not None])
