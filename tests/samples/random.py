"""Random numbers: the same seed gives the same numbers."""

from tests.samples.table import Named, at, row, s, transposed, x

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

# Samplers that reject: the gradient is that of the distribution's quantiles
PATH = "a step of the sampler may be accepted or not"
row("standard_gamma_of",
    s(x(2, 3, low=0.1, high=4)), s(x(20, low=0.1, high=12)), s(transposed(3, 2, low=0.1)), s(x(low=0.5)), s(x(0, 2)),
    random=True, ulps=16, smooth=PATH, program=lambda torch, input: torch._standard_gamma(input),
)
row("sample_dirichlet_of",
    s(x(2, 3, low=0.1, high=4)), s(x(20, low=0.1, high=12)), random=True, ulps=16, smooth=PATH,
    program=lambda torch, input: torch._sample_dirichlet(input),
)
row("poisson_of",
    s(x(2, 3, low=0.1, high=4)), s(x(20, low=0.1, high=30)), s(transposed(3, 2, low=0.1)), s(x(2, 3)), random=True,
    program=lambda torch, input: torch.poisson(input),
)
row("binomial_of",
    s(at(3.0, 10.0, 50.0, dtype=""), x(3, low=0.1, high=0.9)), s(x(2, 1, low=1, high=9), x(3, low=0.1, high=0.9)),
    random=True, smooth=PATH, program=lambda torch, *arguments: torch.binomial(*arguments),
)
row("standard_gamma_grad_of",
    s(x(2, 3, low=0.1, high=4), x(2, 3, low=0.1, high=4)), s(x(20, low=0.1, high=30), x(20, low=0.1, high=30)),
    s(x(low=0.5), x(low=0.5)), smooth=PATH, ulps=1 << 12,
    program=lambda torch, *arguments: torch._standard_gamma_grad(*arguments),
)
row("dirichlet_grad_of",
    s(x(2, 3, low=0.1, high=0.9), x(2, 3, low=0.1, high=4), x(2, 3, low=4.5, high=9)),
    s(x(20, low=0.01, high=0.99), x(20, low=0.1, high=30), x(20, low=30.5, high=60)), smooth=PATH, ulps=1 << 12,
    program=lambda torch, *arguments: torch._dirichlet_grad(*arguments),
)

# Dropout, and what draws on its way
row("dropout alpha_dropout",
    s(x(2, 3), 0.5, True), s(x(20), 0.3, True), s(x(2, 3), 0.5, False), s(x(2, 3), 1.0, True), s(x(2, 3), 0.0, True),
    s(x(2, 3), 1.5, True), s(transposed(3, 2), 0.5, True), s(x(0, 2), 0.5, True), random=True,
)
row("dropout1d", s(x(2, 3, 2), 0.5, True), s(x(3, 2), 0.5, True), s(x(3), 0.5, True), random=True)
row("dropout2d", s(x(2, 3, 2, 2), 0.5, True), s(x(3, 2, 2), 0.5, True), s(x(3), 0.5, True), random=True)
row("dropout3d",
    s(x(2, 3, 1, 2, 2), 0.5, True), s(x(3, 1, 2, 2), 0.5, True), s(x(2, 3), 0.5, True), s(x(2), -1.0), random=True,
)
row("feature_dropout", s(x(2, 3, 2), 0.5, True), s(x(2, 3), 0.5, False), s(x(2), 0.5, True), s(x(2), 2.0, True),
    random=True)
row("feature_alpha_dropout",
    s(x(2, 3, 2), 0.5, True), s(x(2, 3), 0.5, False), s(x(2), 0.5, True), s(x(2, 3), 1.0, True), s(x(2), 2.0),
    random=True,
)
row("native_dropout",
    s(x(2, 3), 0.5, True), s(x(20), 0.3, None), s(x(2, 3), 0.5, False), s(x(2, 3), 1.0, True), s(x(0), 0.5, True),
    random=True,
)
row("torch_dropout", s(x(2, 3), 0.5, True), s(x(2, 3), 1.5, True), random=True,
    program=lambda torch, *arguments: torch.dropout(*arguments))
row("rrelu",
    s(x(2, 3)), s(x(2, 3), 0.1, 0.5), s(x(2, 3), 0.1, 0.5, True), s(x(30), training=True),
    s(transposed(3, 2), training=True),
    s(x()), s(x(0, 2)), s(x(2), 0.5, 0.1), s(x(2), float("inf"), 0.1), random=True,
)
row("gumbel_softmax",
    s(x(2, 3)), s(x(20)), s(x(2, 3), 0.5, True), s(x(2, 3), hard=True, dim=0), s(transposed(3, 2), 2.0),
    random=True, ulps=16,
)
for name, settings in {
    "relu_": (), "elu_": (0.5,), "celu_": (0.5,), "selu_": (), "leaky_relu_": (0.2,), "hardtanh_": (-0.5, 0.5),
    "threshold_": (0.1, 0.7), "rrelu_": (0.1, 0.3, True),
}.items():
    row(f"{name}functional",
        s(x(2, 3), *settings), s(transposed(3, 2), *settings), s(x(), *settings), random=True,
        program=lambda torch, input, *settings, name=name: getattr(torch.nn.functional, name)(input.clone(), *settings))
