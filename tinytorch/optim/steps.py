"""What the steps of several optimizers have in common: parts of formulas on raw arrays, rounded in PyTorch's order."""


def real_parts(*lists):
    """The entries that belong together, one of each list; of a complex parameter its real parts, then its imaginary.

    A complex number is a pair of real ones. Entries that are no arrays, such as the number of a step, stay.
    """
    for entries in zip(*lists, strict=True):
        if entries[0].dtype.kind != "c":
            yield entries
            continue
        for part in ("real", "imag"):
            yield tuple([getattr(each, part) if hasattr(each, "dtype") else each for each in entries])


def followed(xp, param, grad, weight_decay, maximize):
    """The gradient that a step goes down: the other way round to climb, and with the share of the weight decay."""
    if maximize:
        grad = xp.negative(grad)
    return xp.add(grad, xp.multiply(param, weight_decay)) if weight_decay else grad


def follow(xp, mean, value, weight):
    """mean += weight * (value - mean), from the nearer end."""
    distance = xp.subtract(value, mean)
    if weight < 0.5:
        xp.add(mean, xp.multiply(distance, weight), out=mean)
    else:
        xp.subtract(value, xp.multiply(distance, 1 - weight), out=mean)


def fade_and_add(xp, mean, fading, one, other, weight):
    """mean = fading * mean + weight * one * other."""
    xp.multiply(mean, fading, out=mean)
    xp.add(mean, xp.multiply(xp.multiply(one, weight), other), out=mean)


def with_values(grad, values):
    """A sparse tensor with the places of a gradient, and other values."""
    from tinytorch.ops.coordinates.tensor import sparse_of  # which is there as soon as a gradient is sparse

    return sparse_of(grad.indices().array, values, grad.shape, True)


def add_ratio(xp, param, above, below, factor):
    """param += factor * above / below."""
    xp.add(param, xp.divide(xp.multiply(above, factor), below), out=param)
