"""Embeddings: rows of a table, alone and in bags."""

from tests.samples.table import at, row, s, transposed, x

# fmt: off
# A table, filled line by line.

PLACES, BAGS = at(0, 2, 2, 1), at(0, 3)

row("embedding",
    s(at(0, 2, 2), x(4, 3)), s(at(1, 0, 3, 1, shape=(2, 2)), x(4, 2)), s(at(1, shape=()), x(4, 2)),
    s(at(1, 2, 1, 1, 1, 0, 1), x(4, 2)), s(at(0, 2, dtype="int32"), x(4, 3)),
    s(at(0, 2), transposed(4, 3)), s(at(dtype="int64"), x(4, 3)),
    s(at(0, 4), x(4, 3)), s(at(0, -1), x(4, 3)), s(at(0, 1), x(4)), s(at(0.0, 1.0, dtype="float32"), x(4, 3)),
    s(at(0, 1), x(4, 3), 4), s(at(0, 1), x(4, 3), -5),
)
row("embedding_by_rules",
    s(at(0, 2, 2, 0, 1), x(4, 3), 2), s(at(0, 2, 2), x(4, 3), -2),
    s(at(0, 2, 2, 0, 2), x(4, 3), scale_grad_by_freq=True),
    program=lambda torch, *arguments, **settings: torch.nn.functional.embedding(*arguments, **settings),
    smooth="padding and frequencies change the gradient alone",
)
row("embedding_with_max_norm",
    s(at(1), x(2, 3, grad=False), max_norm=0.5), s(at(0, 2), x(4, 3, grad=False), None, 0.5, 1.0),
    program=lambda torch, *arguments, **settings: torch.nn.functional.embedding(*arguments, **settings),
    meta="which rows are renormed depends on the values",
)
row("embedding_bag",
    *[s(PLACES, x(4, 3), BAGS, mode=mode) for mode in ("sum", "mean", "max")],
    *[s(PLACES, x(4, 3), BAGS, mode=mode, padding_idx=2) for mode in ("sum", "mean", "max")],
    *[s(PLACES, x(4, 3), at(0, 2, 2), mode=mode) for mode in ("sum", "mean", "max")],
    *[s(PLACES, x(4, 3), at(0, 2, 4), mode=mode, include_last_offset=True) for mode in ("sum", "mean", "max")],
    s(at(0, 1, 1, 3, shape=(2, 2)), x(4, 3)), s(PLACES, x(4, 3), BAGS, mode="sum", per_sample_weights=x(4)),
    s(PLACES, x(4, 3), BAGS, mode="sum", per_sample_weights=x(4), padding_idx=-2),
    s(at(dtype="int64"), x(4, 3), at(0, 0)),
    s(PLACES, x(4, 3), at(0, 1, dtype="int32")), s(PLACES, x(4, 3, grad=False), BAGS, max_norm=0.5),
    s(PLACES, x(4, 3), BAGS, mode="mean", per_sample_weights=x(4)), s(PLACES, x(4, 3), BAGS, mode="median"),
    s(PLACES, x(4, 3), at(1, 2)), s(PLACES, x(4, 3), at(0, 5)), s(PLACES, x(4, 3)), s(PLACES, x(4, 3), at(0, shape=())),
    s(at(0, 4), x(4, 3), at(0)), s(at(0, -1), x(4, 3), at(0)), s(at(0, 1, shape=(1, 2)), x(4, 3), at(0)),
    s(PLACES, x(4, 3), BAGS, padding_idx=4), s(PLACES, x(4), BAGS),
    s(PLACES, x(4, 3), BAGS, mode="sum", per_sample_weights=x(3)),
    s(PLACES, x(4, 3), BAGS, scale_grad_by_freq=True, mode="max"), s(at(0, shape=(1, 1, 1)), x(4, 3)),
    meta="which rows belong to a bag depends on the values",
)
row("embedding_bag_by_frequency",
    *[s(at(0, 2, 2, 1, 2), x(4, 3), BAGS, mode=mode, scale_grad_by_freq=True) for mode in ("sum", "mean")],
    program=lambda torch, *arguments, **settings: torch.nn.functional.embedding_bag(*arguments, **settings),
    meta="which rows belong to a bag depends on the values", smooth="frequencies change the gradient alone",
)
row("embedding_renorm",
    s(x(4, 3), at(0, 2, 0), 0.5, 2.0), s(x(4, 3), at(0, 2, 1, 1, shape=(2, 2)), 0.5, 1.0), s(x(4), at(0), 0.5, 2.0),
    program=lambda torch, weight, *settings: torch.embedding_renorm_(weight.clone(), *settings),
    meta="which rows are renormed depends on the values", smooth="it is not differentiable",
)
