"""Random numbers: the same seed gives the same numbers."""

from tests.samples.table import Named, row, s, transposed, x

# fmt: off
# A table, filled line by line.

# Random numbers: the same seed gives the same numbers
row("rand randn", s(3), s(2, 3), s(20), s((2, 2)), s(0), s(17, dtype=Named("float64")), random=True, makes=True)
row("randint", s(10, (3,)), s(-5, 5, (2, 3)), s(5, 5, (2,)), random=True, makes=True)
row("randperm", s(5), s(1), s(0), s(30), random=True, makes=True)
row("rand_like randn_like", s(x(2, 3)), s(x(20)), random=True)
row("bernoulli", s(x(2, 3, low=0.1, high=0.9)), s(x(20, low=0.1, high=0.9)), random=True)
row("multinomial",
    s(x(4, low=0.1), 2), s(x(2, 3, low=0.1), 2), s(x(3, low=0.1), 5, True), s(x(3, low=0.1), 5), random=True,
)
for name, settings in {
    "uniform": ((), (-1, 2)), "normal": ((), (1, 2)), "random": ((), (10,), (-3, 3)), "bernoulli_": ((), (0.2,)),
    "exponential": ((), (2,)), "geometric": ((0.3,),), "log_normal": ((), (0, 1)), "cauchy": ((), (1, 2)),
}.items():
    form = f"{name.rstrip('_')}_"
    row(name, *[s(x(*shape), *each) for each in settings for shape in ((2, 3), (20,))],
        s(transposed(3, 2), *settings[-1]), random=True, ulps=16,
        program=lambda torch, input, *settings, form=form: getattr(input.clone(), form)(*settings))

row("normal_of",
    s(x(2, 3), 2.0), s(0.5, x(2, 3, low=0.1)), s(x(3), x(2, 1, low=0.1)), s(1.0, 2.0, (20,)), random=True, ulps=16,
    program=lambda torch, *settings: torch.normal(*settings),
)
