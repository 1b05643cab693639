"""Random tensors: drawn anew, like others, and from other tensors; the generator is an argument of each."""

from tinytorch import dtypes
from tinytorch.creation import (
    as_int,
    creation,
    default_dtype,
    delivered,
    finished,
    given_sizes,
    place,
    place_beside,
    sizes,
)
from tinytorch.delivery import check_target, deliver, written
from tinytorch.generator import at, chosen
from tinytorch.layout import joined_shape
from tinytorch.operation import Rule, operation
from tinytorch.ops.create import empty_like_strides
from tinytorch.ops.refill import normal_, nothing, random_, uniform_
from tinytorch.tensor import Tensor

INT64 = dtypes.int64.numpy


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


def rand(
    *size,
    generator=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    **named,
):
    """Numbers of the uniform distribution over [0, 1)."""
    size = sizes("rand", given_sizes("rand", size, named))
    dtype, device = place("rand", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered(
            "rand", out, dtype, lambda kind, where: draw_uniform(where, size, chosen(generator, where), kind)
        )
    return finished(draw_uniform(device, size, chosen(generator, device), dtype or default_dtype()), requires_grad)


def randn(
    *size,
    generator=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    **named,
):
    """Numbers of the normal distribution with mean 0 and variance 1; of a complex dtype each part has variance 1/2."""
    size = sizes("randn", given_sizes("randn", size, named))
    dtype, device = place("randn", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered(
            "randn", out, dtype, lambda kind, where: draw_normal(where, size, chosen(generator, where), kind)
        )
    return finished(draw_normal(device, size, chosen(generator, device), dtype or default_dtype()), requires_grad)


def randint(
    low,
    high=None,
    size=None,
    *,
    generator=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Whole numbers from [low, high), with one bound from [0, low): int64 unless another dtype is asked for."""
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
        return delivered(
            "randint",
            out,
            dtype,
            lambda kind, where: draw_integers(where, low, high, size, chosen(generator, where), kind),
        )
    return finished(draw_integers(device, low, high, size, chosen(generator, device), dtype or INT64), requires_grad)


def randperm(
    n, *, generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """The numbers 0 to n - 1 in random order: int64 unless another dtype is asked for."""
    n = as_int("randperm", "n", 1, n)
    dtype, device = place("randperm", dtype, device, layout, pin_memory)
    if out is not None:
        return delivered(
            "randperm", out, dtype, lambda kind, where: draw_permutation(where, n, chosen(generator, where), kind)
        )
    return finished(draw_permutation(device, n, chosen(generator, device), dtype or INT64), requires_grad)


def rand_like(
    input,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
    generator=None,
):
    """Numbers from [0, 1) in the shape of a tensor, and in its dtype and on its device unless others are asked for."""
    return like(
        "rand_like", uniform_, input, (), generator, (dtype, layout, device, pin_memory, requires_grad, memory_format)
    )


def randn_like(
    input,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
    generator=None,
):
    """Normal numbers in the shape of a tensor, and in its dtype and on its device unless others are asked for."""
    return like(
        "randn_like", normal_, input, (), generator, (dtype, layout, device, pin_memory, requires_grad, memory_format)
    )


def randint_like(
    input,
    low=0,
    high=None,
    *,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
    memory_format=None,
    generator=None,
):
    """Whole numbers from [low, high) in the shape of a tensor; with one bound, from [0, low)."""
    low, high = (0, low) if high is None else (low, high)
    settings = (dtype, layout, device, pin_memory, requires_grad, memory_format)
    return like(
        "randint_like",
        random_,
        input,
        (as_int("randint_like", "low", 2, low), as_int("randint_like", "high", 3, high)),
        generator,
        settings,
    )


def like(name, fill, input, bounds, generator, settings):
    """A tensor laid out as another, filled by an in-place form."""
    dtype, layout, device, pin_memory, requires_grad, memory_format = settings
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    dtype, device = place_beside(input, name, dtype, device, layout, pin_memory)
    made = empty_like_strides(input, dtype or input.array.dtype, device, memory_format)
    return finished(fill(made, *bounds, generator=generator), requires_grad)


@operation(Rule(method=False, title="Bernoulli", moves=True), input=nothing)
def bernoulli_of(xp, input, generator=None):
    """Ones with the probabilities that a tensor holds, zeros otherwise."""
    return at(generator, xp).draw_from("bernoulli_from", input, input.shape, input.dtype)


def bernoulli(input, p=None, *, generator=None, out=None):
    """Ones with the probabilities that a tensor holds, or all with probability `p`; zeros otherwise."""
    if p is None:
        made = bernoulli_of(input, chosen(generator, input.device))
    else:
        made = input.clone().detach().bernoulli_(p, generator=generator)
    if out is None:
        return made
    check_target("bernoulli", out, made.requires_grad)
    return written(out, made)  # of whatever dtype: PyTorch draws into `out`


@operation(Rule(method=False, moves=True, operands=("input",)))
def multinomial_of(xp, input, num_samples, replacement, generator=None):
    """Indices drawn with the weights of each row."""
    return at(generator, xp).draw_from(
        "multinomial", input, (*input.shape[:-1], num_samples), INT64, num_samples, replacement
    )


def multinomial(input, num_samples, replacement=False, *, generator=None, out=None):
    """`num_samples` indices drawn with the weights of each row, (categories,) or (rows, categories): int64."""
    made = multinomial_of(input, num_samples, replacement, chosen(generator, input.device))
    return made if out is None else deliver("multinomial", out, made, "multinomial expects Long tensor out, got: {3}")


def normal(
    mean=0.0,
    std=1.0,
    size=None,
    *,
    generator=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
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
    if not isinstance(std, Tensor):
        made = normal_mean(mean, std, generator)
    else:
        made = normal_both(mean, std, generator) if isinstance(mean, Tensor) else normal_std(std, mean, generator)
    return made if out is None else deliver("normal", out, made)


@operation(Rule(method=False, moves=True, overload=lambda *_: "NormalBackward1"), mean=nothing)
def normal_mean(xp, mean, std, generator=None):
    """Normal numbers around each element of `mean`, with one spread for all."""
    return xp.add(at(generator, xp).draw("normal", mean.shape, mean.dtype, 0.0, std), mean)


@operation(Rule(method=False, moves=True, overload=lambda *_: "NormalBackward2"), std=nothing)
def normal_std(xp, std, mean, generator=None):
    """Normal numbers around one mean, with a spread of their own each."""
    check_spread(xp, std)
    return xp.add(xp.multiply(at(generator, xp).draw("normal", std.shape, std.dtype), std), mean).astype(std.dtype)


@operation(
    Rule(method=False, moves=True, overload=lambda *_: "NormalBackward3"),
    mean=lambda grad, mean_shape: grad.new_zeros(mean_shape),
    std=lambda grad, std_shape: grad.new_zeros(std_shape),
)
def normal_both(xp, mean, std, generator=None):
    """Normal numbers around each element of `mean`, with a spread of their own each; the shapes broadcast."""
    check_spread(xp, std)
    drawn = at(generator, xp).draw("normal", joined_shape(mean.shape, std.shape), mean.dtype)
    return xp.add(xp.multiply(drawn, std), mean)


def check_spread(xp, std):
    """Refuse spreads that are no spreads."""
    if std.dtype.kind == "c":
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if std.size and xp.anywhere(xp.logical_not(xp.greater_equal(std, 0))):
        raise RuntimeError("normal expects all elements of std >= 0.0")


@creation
def draw_normal_around(xp, mean, std, size, generator, dtype):
    """Normal numbers of `mean` and `std`."""
    return generator.draw("normal", size, dtype, mean, std)


Tensor.bernoulli, Tensor.multinomial = bernoulli, multinomial
