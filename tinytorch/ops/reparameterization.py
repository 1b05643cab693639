"""How a random number moves with the parameters of its distribution: -(d cdf / d parameter) / pdf, at that number.

The cdf of a gamma or beta distribution has no simple derivative by its parameters; near the ends of the range a series
gives it, for large parameters Rice's saddle point, and between them a rational function that was fitted to it.
"""

from tinytorch import dtypes, errors
from tinytorch.modes import no_grad
from tinytorch.operation import Rule, operation
from tinytorch.ops.places import where_or_places as where
from tinytorch.ops.refusals import not_implemented
from tinytorch.tensor import Tensor

GAMMA = (  # of u = log(x / concentration), a row for each power, of v = log(concentration), a column for each
    ((0.16009398, -0.094634809, 0.025146376, -0.0030648343), (1, 0.32668115, 0.10406089, 0.0014179084)),
    ((0.53487893, 0.1298071, 0.065735949, -0.0015649758), (0.16639465, 0.020070113, -0.0035938915, -0.00058392623)),
    (
        (0.040121004, -0.0065914022, -0.0026286047, -0.0013441777),
        (0.017050642, -0.0021309326, 0.00085092367, -1.5247877e-07),
    ),
)
BETA = (  # of u, a and b, see `beta_rational`: the numerator, then the denominator
    (
        (
            (1.003668233, -0.01061107488, -0.0657888334, 0.01201642863),
            (0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033),
            (-0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013),
        ),
        (
            (0.221950385, -0.3187676331, 0.01799915743, 0.01074823814),
            (-0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057),
            (0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-05),
        ),
        (
            (-0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565),
            (0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181),
            (0.005900514878, -0.001936558688, -9.495446725e-06, 5.385558597e-05),
        ),
    ),
    (
        (
            (1, -0.02924021934, -0.04438342661, 0.007285809825),
            (0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521),
            (-0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149),
        ),
        (
            (0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273),
            (0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956),
            (-0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-05),
        ),
        (
            (0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-05),
            (0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-05),
            (-0.0003477407336, 6.959756487e-05, 1.097287507e-05, -1.650964693e-06),
        ),
    ),
)


def no_second_derivative(error, words):
    """The derivative of a derivative that PyTorch has none for."""

    def refuse_gradient(grad):
        raise error(words)

    return refuse_gradient


NO_GAMMA = no_second_derivative(NotImplementedError, "the derivative for '_standard_gamma_grad' is not implemented.")
NO_DIRICHLET = no_second_derivative(RuntimeError, "derivative for aten::_dirichlet_grad is not implemented")


@operation(
    Rule(method=False, moves=True, operands=("input", "output", "slope"), title="StandardGammaGrad"),
    input=NO_GAMMA,
    output=NO_GAMMA,
)
def standard_gamma_grad_of(xp, input, output, slope):
    """The slope, as one of two tensors that it cannot be differentiated by."""
    return slope.copy()


@operation(
    Rule(method=False, moves=True, operands=("x", "alpha", "total", "slope"), title="DirichletGrad"),
    x=NO_DIRICHLET,
    alpha=NO_DIRICHLET,
    total=NO_DIRICHLET,
)
def dirichlet_grad_of(xp, x, alpha, total, slope):
    """The slope, as one of three tensors that it cannot be differentiated by."""
    return slope.copy()


def standard_gamma_grad(self, output):
    """How numbers of the gamma distribution with rate 1 move with their concentration, `self`, where they are `output`.

    float32 or float64, and computed in the latter; it has no derivative.
    """
    alpha, x = doubles("_standard_gamma_grad", self=self, output=output)
    with no_grad():
        centre = (0.9 * alpha <= x) & (x <= 1.1 * alpha)
        large = where(centre, gamma_centre(alpha, x), gamma_saddle(alpha, x))
        between = where(alpha > 8, large, gamma_rational(alpha, x))
        slope = where(x < 0.800000011920929, gamma_series(alpha, x), between)  # 0.8 in single precision
    return standard_gamma_grad_of(self, output, slope.to(self.dtype))


def dirichlet_grad(x, alpha, total):
    """How numbers of the beta distribution move with `alpha`, over 1 - x, `total` being the sum of both parameters.

    float32 or float64, and computed in the latter; it has no derivative.
    """
    given = x, alpha, total
    x, alpha, total = doubles("_dirichlet_grad", x=x, alpha=alpha, total=total)
    with no_grad():
        beta, edge = total - alpha, total * x * (1 - x)
        slope = where((alpha > 6) & (beta > 6), beta_saddle(x, alpha, beta), beta_rational(x, alpha, total))
        slope = where((x >= 0.5) & (edge < 0.75), -beta_series_beta(1 - x, beta, alpha), slope)
        slope = where((x <= 0.5) & (edge < 2.5), beta_series_alpha(x, alpha, beta), slope)
    return dirichlet_grad_of(*given, slope.to(given[0].dtype))


def doubles(name, **given):
    """Tensors of one dtype, single or double precision, in double precision, without history."""
    first = None
    for position, (parameter, each) in enumerate(given.items(), 1):
        if not isinstance(each, Tensor):
            raise errors.not_a_tensor(name, parameter, position, each)
        first = first or each.dtype
        if first not in (dtypes.float32, dtypes.float64):
            raise not_implemented(f"{name}_cpu", first)
        if each.dtype is not first:
            raise RuntimeError(f"Found dtype {each.dtype.title} but expected {first.title}")
    return [each.detach().to(dtypes.float64) for each in given.values()]


def gamma_series(alpha, x):
    """For small x: the cdf is x ** alpha times the sum of (-x) ** i / (i! (alpha + i))."""
    factor, first, second = 1, 1 / alpha, 1 / (alpha * alpha)
    for i in range(1, 6):
        factor = factor * (-x / i)
        first = first + factor / (alpha + i)
        second = second + factor / ((alpha + i) * (alpha + i))
    power, density = x.pow(alpha), x.pow(alpha - 1) * (-x).exp()
    slope = (x.log() - alpha.digamma()) * (power * first) - power * second
    return zero_for_nan(-slope / density)


def gamma_centre(alpha, x):
    """Where the saddle point's formula is 0 / 0, x near alpha: its expansion."""
    square = alpha * alpha
    numerator = 1440 * square + 6 * x * (53 - 120 * x) - 65 * x * x / alpha + alpha * (107 + 3600 * x)
    return (1 + 24 * alpha * (1 + 12 * alpha)) * numerator / (1244160 * square * square)


def gamma_saddle(alpha, x):
    """For large alpha: Rice's saddle point."""
    ratio, gap = (x / alpha).log(), alpha - x
    root = (8 * alpha).sqrt()
    power = (x - alpha - alpha * ratio).pow(-1.5)
    term = ratio * (root / gap + where(x < alpha, -power, power))
    term = term - (2 / alpha).sqrt() * (alpha + x) / (gap * gap)
    return -(1 + 1 / (12 * alpha) * (1 + 1 / (24 * alpha))) * (x * term) / root


def gamma_rational(alpha, x):
    """Between them: exp of a rational function of log(x / alpha) and log(alpha)."""
    u, v = (x / alpha).log(), alpha.log()
    sides = []
    for rows in zip(*GAMMA, strict=True):
        c = [first + u * (second + u * third) for first, second, third in zip(*rows, strict=True)]
        sides.append(c[0] + v * (c[1] + v * (c[2] + v * c[3])))
    return (sides[0] / sides[1]).exp()


def beta_series_alpha(x, alpha, beta):
    """For x near 0, by alpha: a Taylor series."""
    factor = alpha.digamma() - (alpha + beta).digamma() - x.log()
    power, series = 1, 1 / alpha * (factor + 1 / alpha)
    for i in range(1, 11):
        power = power * ((i - beta) * x / i)
        series = series + power / (alpha + i) * (factor + 1 / (alpha + i))
    return zero_for_nan(x * (1 - x).pow(-beta) * series)


def beta_series_beta(x, alpha, beta):
    """For x near 0, by beta: a Taylor series."""
    factor = (alpha + beta).digamma() - beta.digamma()
    power, betas, slopes, series = 1, 1, 0, factor / alpha
    for i in range(1, 9):
        power = power * (-x / i)
        slopes = slopes * (beta - i) + betas
        betas = betas * (beta - i)
        series = series + power / (alpha + i) * (slopes + factor * betas)
    return zero_for_nan(-(1 - x).pow(1 - beta) * series)


def beta_saddle(x, alpha, beta):
    """For large alpha and beta: Rice's saddle point, and its expansion where that is 0 / 0, x near the mean."""
    total = alpha + beta
    mean, square = alpha / total, beta * beta
    spread = (alpha * beta / (total + 1)).sqrt() / total
    inner = (453 + 1620 * beta * (1 - x) - 455 * x) * beta + alpha * (8 * (1 - x) * (135 * beta - 11))
    inner = 3 * (59 + 180 * beta - 90 * x) * square + alpha * inner
    inner = (43 + 20 * (16 + 27 * beta) * x) * square * beta + alpha * inner
    numerator = (
        (1 + 12 * alpha) * (1 + 12 * beta) / (total * total) / (1 - x) * (47 * x * square * square + alpha * inner)
    )
    centre = numerator / (12960 * alpha * alpha * alpha * square * (1 + 12 * total))

    stirling = [1 + 1 / (12 * each) + 1 / (288 * each * each) for each in (alpha, beta, total)]
    gap = alpha * (x - 1) + beta * x
    term = 2 * (alpha * alpha) * (x - 1) + alpha * beta * (x - 1) - x * square
    term = term / ((2 * alpha / beta).sqrt() * total.pow(1.5) * gap * gap)
    logarithm = (alpha / (total * x)).log()
    power = (beta * (beta / (total * (1 - x))).log() + alpha * logarithm).pow(-1.5)
    term = term + 0.5 * logarithm * ((8 * alpha * beta / total).sqrt() / gap + where(x < mean, power, -power))
    saddle = stirling[0] * stirling[1] / stirling[2] * (-x / (2 * alpha * beta / total).sqrt()) * term
    return where((mean - 0.1 * spread <= x) & (x <= mean + 0.1 * spread), centre, saddle)


def beta_rational(x, alpha, total):
    """Elsewhere: an estimate, corrected by a rational function of u = log(x), a and b."""
    u = x.log()
    a = alpha.log() - u
    b = total.log() - a
    sides = []
    for side in BETA:
        made = 0
        for i, rows in enumerate(side):
            for j, c in enumerate(rows):
                made = made + u**i * a**j * (c[0] + b * (c[1] + b * (c[2] + b * c[3])))
        sides.append(made)
    return sides[0] / sides[1] * (x * (total.digamma() - alpha.digamma()) / (total - alpha))


def zero_for_nan(values):
    """Values, 0 where a series broke down."""
    return where(values.isnan(), 0.0, values)
