"""Random numbers in the place of a tensor's values: `uniform_`, `normal_` and the other in-place forms."""

from tinytorch.apply import write
from tinytorch.generator import at, chosen
from tinytorch.layout import memory_order
from tinytorch.operation import Rule, elementwise
from tinytorch.tensor import Tensor

UNCHANGING = Rule(method=False, in_place=False, moves=True, operands=("input",))


def nothing(grad):
    """The gradient of values that random numbers replaced."""
    return grad.new_zeros(grad.shape)


@elementwise(UNCHANGING, input=nothing)
def uniform(xp, input, low=0, high=1, generator=None, out=None):
    """Numbers from [low, high)."""
    return filled_by(out, input, at(generator, xp), "uniform", low, high)


@elementwise(Rule(method=False, in_place=False, moves=True, operands=("input",), title="Normal"), input=nothing)
def normal_fill(xp, input, mean=0, std=1, generator=None, out=None):
    """Normal numbers of `mean` and `std`."""
    return filled_by(out, input, at(generator, xp), "normal", mean, std, bool(input.flags.c_contiguous))


@elementwise(
    Rule(
        method=False,
        in_place=False,
        moves=True,
        operands=("input",),
        overload=lambda input, low, high, *_: f"RandomBackward{2 if high is None else 1 if low is None else 0}",
    ),
    input=nothing,
)
def random(xp, input, low=None, high=None, generator=None, out=None):
    """Whole numbers from [low, high); without `low` from 0 on."""
    low = 0 if low is None and high is not None else low
    return filled_by(out, input, at(generator, xp), "integers", low, high)


@elementwise(
    Rule(method=False, in_place=False, moves=True, operands=("input",), overload=lambda *_: "BernoulliBackward2"),
    input=nothing,
)
def bernoulli_fill(xp, input, p=0.5, generator=None, out=None):
    """Ones with probability `p`, zeros otherwise."""
    return filled_by(out, input, at(generator, xp), "bernoulli", p)


@elementwise(
    Rule(method=False, in_place=False, moves=True, operands=("input",), overload=lambda *_: "BernoulliBackward1"),
    input=nothing,
    probabilities=nothing,
)
def bernoulli_fill_each(xp, input, probabilities, generator=None, out=None):
    """Ones with a probability of their own each."""
    chances = xp.broadcast_to(probabilities, input.shape)
    order = memory_order(input.shape, [input])
    drawn = generator.draw_from(
        "bernoulli_from", chances.transpose(order), [input.shape[dim] for dim in order], input.dtype
    )
    drawn = drawn.transpose([order.index(dim) for dim in range(input.ndim)])
    if out is None:
        return drawn
    out[...] = drawn
    return out


@elementwise(UNCHANGING, input=nothing)
def exponential(xp, input, lambd=1, generator=None, out=None):
    """Waiting times of mean 1 / lambd."""
    return filled_by(out, input, at(generator, xp), "exponential", lambd)


@elementwise(UNCHANGING, input=nothing)
def geometric(xp, input, p, generator=None, out=None):
    """How many trials it takes to the first success."""
    return filled_by(out, input, at(generator, xp), "geometric", p)


@elementwise(UNCHANGING, input=nothing)
def log_normal(xp, input, mean=1, std=2, generator=None, out=None):
    """exp of normal numbers of `mean` and `std`."""
    return filled_by(out, input, at(generator, xp), "log_normal", mean, std)


@elementwise(UNCHANGING, input=nothing)
def cauchy(xp, input, median=0, sigma=1, generator=None, out=None):
    """Numbers of the Cauchy distribution."""
    return filled_by(out, input, at(generator, xp), "cauchy", median, sigma)


def filled_by(out, input, generator, distribution, *settings):
    """Random numbers in the place of a tensor's values, drawn in the order in which these lie in memory."""
    place = input if out is None else out
    if place.flags.c_contiguous:
        drawn = generator.draw(distribution, place.shape, place.dtype, *settings)
    else:
        order = memory_order(place.shape, [place])
        shape = [place.shape[dim] for dim in order]
        drawn = generator.draw(distribution, shape, place.dtype, *settings).transpose(
            [order.index(dim) for dim in range(place.ndim)]
        )
    if out is None:
        return drawn
    out[...] = drawn
    return out


def filled(fill, self, *settings, generator):
    """One of the operations above as an in-place form."""
    return write(fill.operation, (self, *settings, chosen(generator, self.device)))


def uniform_(self, low=0, high=1, *, generator=None, **named):
    """Fill with numbers from [from, to), the two bounds' names in PyTorch."""
    low, high = named.pop("from", low), named.pop("to", high)
    if named:
        raise TypeError(f"uniform_() got an unexpected keyword argument '{next(iter(named))}'")
    return filled(uniform, self, low, high, generator=generator)


def normal_(self, mean=0, std=1, *, generator=None):
    """Fill with normal numbers of `mean` and `std`."""
    return filled(normal_fill, self, mean, std, generator=generator)


def random_(self, low=None, high=None, *, generator=None, **named):
    """Fill with whole numbers from [from, to); with one bound from 0 to it; without, from all that the dtype holds."""
    low, high = named.pop("from", low), named.pop("to", high)
    if named:
        raise TypeError(f"random_() got an unexpected keyword argument '{next(iter(named))}'")
    if high is None and low is not None:
        low, high = None, low
    return filled(random, self, low, high, generator=generator)


def bernoulli_(self, p=0.5, *, generator=None):
    """Fill with ones with probability `p`, one for all or a tensor of one each, and zeros otherwise."""
    if isinstance(p, Tensor):
        return filled(bernoulli_fill_each, self, p, generator=generator)
    return filled(bernoulli_fill, self, p, generator=generator)


def exponential_(self, lambd=1, *, generator=None):
    """Fill with waiting times of mean 1 / lambd."""
    return filled(exponential, self, lambd, generator=generator)


def geometric_(self, p, *, generator=None):
    """Fill with how many trials of probability `p` it takes to the first success."""
    return filled(geometric, self, p, generator=generator)


def log_normal_(self, mean=1, std=2, *, generator=None):
    """Fill with exp of normal numbers of `mean` and `std`."""
    return filled(log_normal, self, mean, std, generator=generator)


def cauchy_(self, median=0, sigma=1, *, generator=None):
    """Fill with numbers of the Cauchy distribution."""
    return filled(cauchy, self, median, sigma, generator=generator)


for each in (uniform_, normal_, random_, bernoulli_, exponential_, geometric_, log_normal_, cauchy_):
    setattr(Tensor, each.__name__, each)
