"""Losses."""

from tests.samples.table import at, row, s, x

# fmt: off
# A table, filled line by line.

row("mse_loss l1_loss smooth_l1_loss huber_loss",
    *[s(x(2, 3), x(2, 3, low=-1, high=1), reduction=each) for each in ("mean", "sum", "none")],
    s(x(2), x(2, low=3, high=4)),
)
row("binary_cross_entropy",
    *[s(x(2, 3, low=0.1, high=0.9), x(2, 3, low=0.1, high=0.9, grad=False), reduction=each)
      for each in ("mean", "sum", "none")],
)
row("binary_cross_entropy_with_logits",
    *[s(x(2, 3), x(2, 3, low=0.1, high=0.9, grad=False), reduction=each) for each in ("mean", "sum", "none")],
)
row("kl_div",
    s(x(2, 3), x(2, 3, low=0.1), reduction="sum"), s(x(2, 3), x(2, 3), reduction="batchmean", log_target=True),
)
row("nll_loss cross_entropy",
    s(x(3, 4), at(0, 3, 1)), s(x(3, 4), at(0, 3, 1), x(4, low=0.1, grad=False)), s(x(3, 4), at(0, -100, 1)),
    s(x(3, 4), at(0, 3, 1), reduction="none"), s(x(3, 4), at(0, 5, 1)), s(x(4), at(2, shape=())),
    s(x(2, 3, 2), at(0, 2, 1, 1, shape=(2, 2)), reduction="sum"),
)
row("cross_entropy_of_kinds",
    *[s(x(3, 4), x(3, 4, low=0.1, high=0.9), reduction=each) for each in ("sum", "none")],
    s(x(4), x(4, low=0.1, high=0.9), label_smoothing=0.2, reduction="sum"),
    s(x(2, 3, 2), x(2, 3, 2, low=0.1, high=0.9), x(3, low=0.1), reduction="none", label_smoothing=0.1),
    *[s(x(3, 4), at(0, 3, 1), x(4, low=0.1), reduction=each, label_smoothing=0.3) for each in ("sum", "none", "mean")],
    s(x(3, 4), at(0, -100, 1), label_smoothing=0.3), s(x(3, 4), at(0, 2, 1), None, ignore_index=2, label_smoothing=0.3),
    s(x(2, 3, 2, 2), at(0, 2, 1, 1, 2, 2, 0, 1, shape=(2, 2, 2)), label_smoothing=0.1), s(x(4), at(2, shape=())),
    s(x(3, 4), at(0, 3, 1), label_smoothing=1.5), s(x(3, 4), x(3, 4), ignore_index=1), s(x(3, 4), at(0, 3)),
    s(x(3, 4), x(3, 4), reduction="batchmean"), s(x(3, 4), at(0, 3, 1), size_average=False), s(x(), at(0, shape=())),
    program=lambda torch, *arguments, **settings: torch.nn.functional.cross_entropy(*arguments, **settings),
)
row("nll_loss_of_images",
    *[s(x(2, 3, 2, 2), at(0, 2, 1, 1, 2, 2, 0, 1, shape=(2, 2, 2)), reduction=each) for each in ("sum", "none")],
    s(x(2, 3, 2, 2), at(0, 2, 1, 1, 2, 2, 0, 1, shape=(2, 2, 2)), x(3, low=0.1, grad=False), ignore_index=2),
    s(x(2, 3, 2, 1, 2), at(0, 2, 1, 1, 2, 2, 0, 1, shape=(2, 2, 1, 2)), reduction="none"),
    s(x(2, 3, 2, 2), at(0, 2, 1, 1, shape=(2, 2))), s(x(2, 3, 2), at(0, 2, 1, 1, shape=(2, 1, 2))),
    program=lambda torch, *arguments, **settings: torch.nn.functional.nll_loss(*arguments, **settings),
)
STEPS, LABELS = x(5, 2, 4, low=-3, high=-0.2), at(1, 2, 3, 3, shape=(2, 2))
row("ctc_loss",
    *[s(STEPS, LABELS, at(5, 4), at(2, 2), reduction=each) for each in ("mean", "sum", "none")],
    s(STEPS, LABELS, at(5, 4), at(2, 2), 2, "none"), s(STEPS, LABELS, (5, 4), (2, 1), reduction="none"),
    s(STEPS, at(1, 2, 3), at(5, 3), at(1, 2), reduction="none"), s(STEPS, LABELS, at(5, 4), at(0, 2), reduction="none"),
    s(STEPS, LABELS, at(0, 4), at(0, 2), reduction="none"), 
    s(STEPS, LABELS, at(1, 4), at(2, 2), zero_infinity=True),
    s(x(5, 4, low=-3, high=-0.2), at(1, 2), at(5, shape=()), at(2, shape=()), reduction="none"),
    s(x(5, 4, low=-3, high=-0.2), at(1, 2), at(5), at(2)),
    s(STEPS, LABELS, at(5, 4, dtype="int32"), at(2, 2, dtype="int32")),
    s(STEPS, LABELS, at(6, 4), at(2, 2)), s(STEPS, LABELS, at(5, 4), at(3, 2)), s(STEPS, LABELS, at(5), at(2, 2)),
    s(STEPS, LABELS, at(5, 4), at(2)), s(STEPS, LABELS, at(5, 4), at(-1, 2)), s(STEPS, LABELS, at(-1, 4), at(1, 2)),
    s(STEPS, LABELS, at(5, 4), at(2, 2), 4), s(STEPS, at(1, 2, 3), at(5, 4), at(2, 2)),
    s(STEPS, LABELS, x(2), at(2, 2)),
    s(x(5, 0, 4), LABELS, at(5), at(2)), s(STEPS, at(1, 2, shape=(1, 2)), at(5, 4), at(2, 2)),
    smooth="PyTorch's gradient is that of log_softmax's input", ulps=16,
    meta="the lengths are values",
)
