"""Random tensors: drawn anew, like others, and in the place of a tensor's values; the generator is an argument of each."""

from tinytorch import dtypes
from tinytorch.apply import write
from tinytorch.creation import as_int, creation, default_dtype, delivered, finished, place, sizes
from tinytorch.formats import like_strides
from tinytorch.generator import chosen
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, elementwise, operation
from tinytorch.tensor import Tensor

UNCHANGING = Rule(method=False, in_place=False, moves=True, operands=("input",))
INT64 = dtypes.int64.numpy


def nothing(grad):
    """The gradient of values that random numbers replaced."""
    return grad.new_zeros(grad.shape)


@creation
def draw_uniform(xp, size, generator, dtype):
    """Numbers from [0, 1)."""
    return generator.draw("uniform", size, dtype)


@creation
def draw_normal(xp, size, generator, dtype):
    """Numbers of the normal distribution with mean 0 and variance 1."""
    return generator.draw("normal", size, dtype)


@creation
def draw_integers(xp, low, high, size, generator, dtype):
    """Whole numbers from [low, high)."""
    return generator.draw("integers", size, dtype, low, high)


@creation
def draw_permutation(xp, count, generator, dtype):
    """The numbers below `count` in random order."""
    return generator.draw("permutation", count, dtype)


def rand(*size, generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, **named):
    """Numbers of the uniform distribution over [0, 1)."""
    size = sizes("rand", given_sizes("rand", size, named))
    dtype, device = place("rand", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("rand", out, dtype, lambda kind, where: draw_uniform(where, size, chosen(generator, where), kind))
    return finished(draw_uniform(device, size, chosen(generator, device), dtype or default_dtype()), requires_grad)


def randn(*size, generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, **named):
    """Numbers of the normal distribution with mean 0 and variance 1; of a complex dtype each part has variance 1/2."""
    size = sizes("randn", given_sizes("randn", size, named))
    dtype, device = place("randn", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("randn", out, dtype, lambda kind, where: draw_normal(where, size, chosen(generator, where), kind))
    return finished(draw_normal(device, size, chosen(generator, device), dtype or default_dtype()), requires_grad)


def given_sizes(name, size, named):
    """Sizes as they came, or those given by name."""
    if not named:
        return size
    if size or named.keys() - {"size", "names"}:
        raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(named))}'")
    return (named["size"],)


def randint(low, high=None, size=None, *, generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
            requires_grad=False):  # fmt: skip
    """Whole numbers from [low, high), or from [0, low) where `high` is not given: int64 unless another dtype is asked for."""
    if size is None:
        high, size = None, high
    if not isinstance(size, (tuple, list)):
        place_of_size, kind = (2 if high is None else 3), type(size).__name__
        raise TypeError(f"randint(): argument 'size' (position {place_of_size}) must be tuple of ints, not {kind}")
    size = sizes("randint", (size,))
    if high is None:
        low, high = 0, as_int("randint", "high", 1, low)
    else:
        low, high = as_int("randint", "low", 1, low), as_int("randint", "high", 2, high)
    dtype, device = place("randint", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("randint", out, dtype, lambda kind, where: draw_integers(where, low, high, size, chosen(generator, where), kind))
    return finished(draw_integers(device, low, high, size, chosen(generator, device), dtype or INT64), requires_grad)


def randperm(n, *, generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """The numbers 0 to n - 1 in random order: int64 unless another dtype is asked for."""
    n = as_int("randperm", "n", 1, n)
    dtype, device = place("randperm", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered("randperm", out, dtype, lambda kind, where: draw_permutation(where, n, chosen(generator, where), kind))
    return finished(draw_permutation(device, n, chosen(generator, device), dtype or INT64), requires_grad)


def rand_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None, generator=None):
    """Numbers from [0, 1) in the shape of a tensor, and in its dtype and on its device unless others are asked for."""
    return like("rand_like", uniform_, input, (), generator, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def randn_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None, generator=None):
    """Normal numbers in the shape of a tensor, and in its dtype and on its device unless others are asked for."""
    return like("randn_like", normal_, input, (), generator, (dtype, layout, device, pin_memory, requires_grad, memory_format))


def randint_like(input, low=0, high=None, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False,
                 memory_format=None, generator=None):  # fmt: skip
    """Whole numbers from [low, high) in the shape of a tensor; with one bound, from [0, low)."""
    low, high = (0, low) if high is None else (low, high)
    settings = (dtype, layout, device, pin_memory, requires_grad, memory_format)
    return like("randint_like", random_, input, (as_int("randint_like", "low", 2, low), as_int("randint_like", "high", 3, high)), generator, settings)


def like(name, fill, input, bounds, generator, settings):
    """A tensor laid out as another, filled by an in-place form."""
    from tinytorch.ops.create import empty_like_strides

    dtype, layout, device, pin_memory, requires_grad, memory_format = settings
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    dtype, device = place(name, dtype, device or input.device, layout, pin_memory)
    made = empty_like_strides(input, dtype or input.array.dtype, device, memory_format)
    return finished(fill(made, *bounds, generator=generator), requires_grad)


# In the place of a tensor's values


@elementwise(UNCHANGING, input=nothing)
def uniform(xp, input, low, high, generator, out=None):
    """Numbers from [low, high)."""
    return placed(out, generator.draw("uniform", input.shape, input.dtype, low, high), input)


@elementwise(Rule(method=False, in_place=False, moves=True, operands=("input",), title="Normal"), input=nothing)
def normal_fill(xp, input, mean, std, generator, out=None):
    """Normal numbers of `mean` and `std`."""
    return placed(out, generator.draw("normal", input.shape, input.dtype, mean, std, bool(input.flags.c_contiguous)), input)


@elementwise(
    Rule(method=False, in_place=False, moves=True, operands=("input",),
         overload=lambda input, low, high, generator: f"RandomBackward{2 if high is None else 1 if low is None else 0}"),
    input=nothing,
)  # fmt: skip
def random(xp, input, low, high, generator, out=None):
    """Whole numbers from [low, high); without `low` from 0 on."""
    low = 0 if low is None and high is not None else low
    return placed(out, generator.draw("integers", input.shape, input.dtype, low, high), input)


@elementwise(
    Rule(method=False, in_place=False, moves=True, operands=("input",), overload=lambda *_: "BernoulliBackward2"), input=nothing
)
def bernoulli_fill(xp, input, p, generator, out=None):
    """Ones with probability `p`, zeros otherwise."""
    return placed(out, generator.draw("bernoulli", input.shape, input.dtype, p), input)


@elementwise(
    Rule(method=False, in_place=False, moves=True, operands=("input",), overload=lambda *_: "BernoulliBackward1"),
    input=nothing,
    probabilities=nothing,
)
def bernoulli_fill_each(xp, input, probabilities, generator, out=None):
    """Ones with a probability of their own each."""
    return placed(out, generator.draw_from("bernoulli_from", xp.broadcast_to(probabilities, input.shape), input.dtype), input)


@elementwise(UNCHANGING, input=nothing)
def exponential(xp, input, lambd, generator, out=None):
    """Waiting times of mean 1 / lambd."""
    return placed(out, generator.draw("exponential", input.shape, input.dtype, lambd), input)


@elementwise(UNCHANGING, input=nothing)
def geometric(xp, input, p, generator, out=None):
    """How many trials it takes to the first success."""
    return placed(out, generator.draw("geometric", input.shape, input.dtype, p), input)


@elementwise(UNCHANGING, input=nothing)
def log_normal(xp, input, mean, std, generator, out=None):
    """exp of normal numbers of `mean` and `std`."""
    return placed(out, generator.draw("log_normal", input.shape, input.dtype, mean, std), input)


@elementwise(UNCHANGING, input=nothing)
def cauchy(xp, input, median, sigma, generator, out=None):
    """Numbers of the Cauchy distribution."""
    return placed(out, generator.draw("cauchy", input.shape, input.dtype, median, sigma), input)


def placed(out, drawn, input):
    """The numbers that were drawn, in the place of a tensor's values or as a result of their own."""
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


# Random results of tensors


@operation(Rule(method=False, title="Bernoulli", moves=True), input=nothing)
def bernoulli_of(xp, input, generator):
    """Ones with the probabilities that a tensor holds, zeros otherwise."""
    return generator.draw_from("bernoulli_from", input)


def bernoulli(input, p=None, *, generator=None, out=None):
    """Ones with the probabilities that a tensor holds, or all with probability `p`; zeros otherwise."""
    if p is None:
        made = bernoulli_of(input, chosen(generator, input.device))
    else:
        made = input.clone().detach().bernoulli_(p, generator=generator)
    return made if out is None else out.copy_(made)


@operation(Rule(method=False, moves=True, operands=("input",)))
def multinomial_of(xp, input, num_samples, replacement, generator):
    """Indices drawn with the weights of each row."""
    return generator.draw_from("multinomial", input, num_samples, replacement)


def multinomial(input, num_samples, replacement=False, *, generator=None, out=None):
    """`num_samples` indices drawn with the weights of each row, (categories,) or (rows, categories): int64."""
    made = multinomial_of(input, num_samples, replacement, chosen(generator, input.device))
    return made if out is None else out.copy_(made)


def normal(mean=0.0, std=1.0, size=None, *, generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=False,
           requires_grad=False):  # fmt: skip
    """Normal numbers: `mean` and `std` are numbers, then `size` says how many, or tensors with one for each result."""
    if size is not None:
        size = sizes("normal", (size,))
        dtype, device = place("normal", dtype, device, layout, pin_memory)
        make = lambda kind, where: draw_normal_around(where, mean, std, size, chosen(generator, where), kind)
        if out is not None:
            return delivered("normal", out, dtype, make)
        return finished(make(dtype or default_dtype(), device), requires_grad)
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        kinds = ", ".join(type(each).__name__ for each in (mean, std))
        raise TypeError(f"normal() received an invalid combination of arguments - got ({kinds})")
    generator = chosen(generator, (mean if isinstance(mean, Tensor) else std).device)
    made = normal_around(mean, std, generator)
    return made if out is None else out.copy_(made)


@operation(
    Rule(method=False, moves=True, overload=lambda mean, std, generator: f"NormalBackward{around(mean) + 2 * around(std)}"),
    mean=lambda grad, mean_shape: grad.new_zeros(mean_shape),
    std=lambda grad, std_shape: grad.new_zeros(std_shape),
)
def normal_around(xp, mean, std, generator):
    """Normal numbers around each element of `mean`, with `std` for all or an element of its own."""
    if not around(std):
        return xp.add(generator.draw("normal", mean.shape, mean.dtype, 0.0, std), mean)
    check_spread(xp, std)
    shape, dtype = (joined_shape(mean.shape, std.shape), mean.dtype) if around(mean) else (std.shape, std.dtype)
    return xp.add(xp.multiply(generator.draw("normal", shape, dtype), std), mean)


def around(value):
    """Whether a mean or a spread is a tensor, or what a node keeps of one."""
    return hasattr(value, "shape")


def check_spread(xp, std):
    """Refuse spreads that are no spreads."""
    if std.dtype.kind == "c":
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if xp.device != "meta" and std.size and not xp.all(xp.greater_equal(std, 0)).item():
        raise RuntimeError("normal expects all elements of std >= 0.0")


@creation
def draw_normal_around(xp, mean, std, size, generator, dtype):
    """Normal numbers of `mean` and `std`."""
    return generator.draw("normal", size, dtype, mean, std)


for each in (uniform_, normal_, random_, bernoulli_, exponential_, geometric_, log_normal_, cauchy_, bernoulli, multinomial):
    setattr(Tensor, each.__name__, each)
