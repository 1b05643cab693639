"""The error function and its relatives: complements, inverses, and the normal distribution."""

import math

from tinytorch.operation import Rule, elementwise
from tinytorch.ops.refusals import COMPLEX, refuse


def special_rule(name, title=None, operands=1):
    """The Rule of a function of floats that has its place in `torch.special` alone, and so no method."""
    title = title or f"Special{name.capitalize()}"
    return Rule(
        "float", method=False, in_place=False, title=title, check=refuse(f"{name}_cpu", COMPLEX, operands=operands)
    )


@elementwise(
    Rule("float", check=refuse("erf_vml_cpu", COMPLEX)),
    input=lambda grad, input: grad * (2 / math.sqrt(math.pi) * (-(input * input)).exp()),
)
def erf(xp, input):
    """The error function, 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to the input."""
    return xp.special.erf(input)


@elementwise(
    Rule("float", check=refuse("erfc_vml_cpu", COMPLEX)),
    input=lambda grad, input: grad * (-2 / math.sqrt(math.pi) * (-(input * input)).exp()),
)
def erfc(xp, input):
    """1 - erf(input), exact where erf is near 1."""
    return xp.special.erfc(input)


@elementwise(
    special_rule("erfcx"),
    input=lambda grad, input, result: grad * (2 * input * result - 2 / math.sqrt(math.pi)),
)
def erfcx(xp, input):
    """exp(input * input) * erfc(input), which does not vanish for large inputs."""
    return xp.special.erfcx(input)


@elementwise(
    Rule("float", check=refuse("erfinv_vml_cpu", COMPLEX)),
    input=lambda grad, result: grad * (math.sqrt(math.pi) / 2 * (result * result).exp()),
)
def erfinv(xp, input):
    """The number whose error function is input; infinite at -1 and 1, nan beyond."""
    return xp.special.erfinv(input)


@elementwise(
    Rule(
        "float",
        method=False,
        in_place=False,
        overload=lambda input: "MulBackward1",  # PyTorch composes it
        check=refuse("erf_vml_cpu", COMPLEX),
    ),
    input=lambda grad, input: grad * ((input * input * -0.5).exp() / math.sqrt(2 * math.pi)),
)
def ndtr(xp, input):
    """The probability that a number of the standard normal distribution is below input."""
    return xp.special.ndtr(input)


@elementwise(
    special_rule("log_ndtr", title="SpecialLogNdtr"),
    input=lambda grad, input: grad / (erfcx(input * -math.sqrt(0.5)) * math.sqrt(math.pi / 2)),
)
def log_ndtr(xp, input):
    """log(ndtr(input)), exact where ndtr is near 0."""
    return xp.special.log_ndtr(input)


@elementwise(
    special_rule("ndtri"),
    input=lambda grad, result: grad * (math.sqrt(2 * math.pi) * (result * result * 0.5).exp()),
)
def ndtri(xp, input):
    """The number whose ndtr is input; infinite at 0 and 1, nan beyond."""
    return xp.special.ndtri(input)
