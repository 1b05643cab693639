"""Losses of margins, of distances and of likelihoods, and how near rows are."""

from tests.samples.table import at, row, s, transposed, x

# fmt: off
# A table, filled line by line.

EACH = ("mean", "sum", "none")
SIGNS = at(1.0, -1.0, -1.0, 1.0, 1.0, -1.0, shape=(2, 3), dtype="float32")
LABELS = at(0, 2, -1, 1, 3, -1, 0, 0, 1, 2, 3, 0, shape=(3, 4))

row("hinge_embedding_loss",
    *[s(x(2, 3), SIGNS, reduction=each) for each in EACH], s(x(2, 3), at(1, 0, -1), 0.5),
    s(x(2, 3), SIGNS, reduction="x"),
    s(x(), at(1, shape=())), s(x(0, 3), at(1, 0, -1)),
)
row("margin_ranking_loss",
    *[s(x(2, 3), x(2, 3), SIGNS, 0.5, reduction=each) for each in EACH], s(x(2, 3), x(2, 3), at(1, -1, 1)),
    s(x(3), x(1), at(1, -1, 1)),
)
row("cosine_embedding_loss",
    *[s(x(3, 4), x(3, 4), at(1, -1, -1), 0.1, reduction=each) for each in EACH], s(x(4), x(4), at(1, shape=())),
    s(x(3, 4), x(3, 4), at(1, shape=())), s(x(3, 4), x(3, 4), at(1, shape=(1, 1))), s(x(3, 4), x(1, 4), at(1, -1, 0)),
)
row("soft_margin_loss",
    *[s(x(2, 3), SIGNS, reduction=each) for each in EACH], s(x(2, 3), at(1, -1, 1)), s(transposed(2, 3), SIGNS),
    s(x(2, 3), at(1, -1)), s(x(2), x(2)),
)
row("multi_margin_loss",
    *[s(x(3, 4), at(0, 3, 1), reduction=each) for each in EACH], s(x(3, 4), at(0, 3, 1), 2, 0.5),
    s(x(3, 4), at(0, 3, 1), weight=x(4, low=0.1, grad=False), reduction="none"), s(x(4), at(1, shape=())),
    s(x(4), at(1), reduction="none"), s(x(4), at(1, shape=()), reduction="none"), s(x(), at(0, shape=())),
    s(transposed(3, 4), at(0, 3, 1)), s(x(3, 4), at(0, 4, 1)), s(x(3, 4), at(0, -1, 1)), s(x(3, 4), at(0, 1)),
    s(x(3, 4), at(0, 3, 1), 3), s(x(3, 4), at(0, 3, 1), weight=x(3)), s(x(3, 4), at(0, 3, 1), weight=x(4, 1)),
    s(x(3, 4), at(0, 3, 1, dtype="int32")), s(x(1, 3, 4), at(0)), s(x(3, 0), at(0, 0, 0)),
)
row("multilabel_margin_loss",
    *[s(x(3, 4), LABELS, reduction=each) for each in EACH], s(x(4), at(2, 0, -1, 1), reduction="none"),
    s(x(), at(0, shape=())), s(x(3, 4), at(0, 1, shape=(1, 2))), s(x(1, 2), at(0, 2, shape=(1, 2))),
    s(x(1, 2), at(-2, 0, shape=(1, 2))), s(x(1, 2), at(1, 0, shape=(1, 2), dtype="int32")),
)
row("multilabel_soft_margin_loss",
    *[s(x(2, 3), x(2, 3, low=0.1, high=0.9, grad=False), reduction=each) for each in EACH],
    s(x(2, 3), at(0, 1, 1, shape=(1, 3)), x(3)), s(x(2, 3), x(2, 3), reduction="x"), s(x(), x()),
)
row("triplet_margin_loss",
    *[s(x(3, 4), x(3, 4), x(3, 4), reduction=each) for each in EACH], s(x(4), x(4, low=-1), x(4, high=1), 3.0),
    s(x(3, 4), x(3, 4), x(3, 4), 0.5, 1.0, 1e-3, True, reduction="none"), s(x(3, 4), x(3, 4), x(4)),
    s(x(2), x(2), x(2), 0.0), ulps=16,  # distances are added, roots of sums
)
row("triplet_margin_with_distance_loss",
    *[s(x(3, 4), x(3, 4), x(3, 4), reduction=each, swap=True) for each in EACH],
    s(x(3, 4), x(3, 4), x(4)), s(x(3, 4), x(3, 4), x(3, 4), margin=-1.0), s(x(3, 4), x(3, 4), x(3, 4), reduction="x"),
)
row("poisson_nll_loss",
    *[s(x(2, 3), x(2, 3, low=0.1, high=3.0), reduction=each, full=True) for each in EACH], s(x(2, 3), x(2, 3)),
    s(x(2, 3, low=0.1), x(3, low=0.1), False), s(x(2), x(2), reduction="x"),
)
row("gaussian_nll_loss",
    *[s(x(2, 3), x(2, 3), x(2, 3, low=0.1), full=True, reduction=each) for each in EACH],
    s(x(2, 3), x(2, 3), x(2, low=0.1)), s(x(2, 3), x(2, 3), x(2, 1, low=0.1)), s(x(2, 3), x(2, 3), 0.5),
    s(x(2, 3), x(2, 3), -0.5), s(x(2, 3), x(2, 3), x(2, 3)), s(x(2, 3), x(2, 3), x(3, low=0.1)),
    s(x(2, 3), x(2, 3), x(2, 3, low=0.1), reduction="x"), meta="whether a variance is negative depends on the values",
)
row("linear_cross_entropy",
    s(x(3, 2), x(4, 2), at(0, 3, 1)), s(x(3, 2), x(4, 2), at(0, 3, 1), linear_bias=x(4), reduction="none"),
    s(x(3, 2), x(4, 5, 2), at(*[0, 3, 1] * 5, shape=(3, 5)), linear_bias=x(4, 5)), s(x(2), x(4, 2), at(1, shape=())),
    s(x(3, 2), x(4, 2), at(0, 3, 1), ignore_index=3, weight=x(4, low=0.1, grad=False)),
    s(x(3, 2), x(4, 2), x(3, 4, low=0.1, grad=False), label_smoothing=0.1),
    s(x(3, 2), x(4, 2), x(3, 4), ignore_index=1),
    s(x(), x(4, 2), at(0)), s(x(3, 2), x(4), at(0)), s(x(3, 2), x(4, 3), at(0)), s(x(2), x(4, 5, 2), at(0)),
    s(x(3, 2), x(4, 2), at(0, 3, 1), linear_bias=x(3)),
)
row("cosine_similarity",
    s(x(2, 3), x(2, 3)), s(x(2, 3), x(2, 3), 0), s(x(2, 3), x(3)), s(x(2, 1, 3), x(2, 3), dim=-1), s(x(3), x(3), dim=0),
    s(transposed(2, 3), x(2, 3), 1, 0.1), s(x(), x(), 0), s(x(2, 3), x(2, 3), 2), s(x(2, 3), x(2, 2)), s(x(0, 3), x(3)),
)
row("pairwise_distance",
    s(x(2, 3), x(2, 3)), s(x(2, 3), x(2, 3), 1.0, 1e-3, True), s(x(2, 3), x(3), 3.0), s(x(3), x(3)),
    s(x(low=1), x(high=-1)),
    s(x(2, 3), x(2, 3), float("inf")), s(transposed(2, 3), x(2, 3)), s(x(2, 3), x(2, 2)), s(x(0, 3), x(3)),
)
