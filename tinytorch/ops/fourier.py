"""The three Fourier transforms that all others come to: complex to complex, real to complex, complex to real.

Each undoes another one but for a factor, so their derivatives are transforms again, and every order follows.
"""

from tinytorch.operation import Rule, operation

NONE, BY_ROOT, BY_SIZE = range(3)  # what the sums are divided by: nothing, the root of how many are added, or that
NORMS = {True: ("backward", "ortho", "forward"), False: ("forward", "ortho", "backward")}  # forward? -> NumPy's names


@operation(Rule(method=False, title="FftC2C", linear=True),
    input=lambda grad, dim, normalization, forward: fft_c2c(grad, dim, normalization, not forward),
)  # fmt: skip
def fft_c2c(xp, input, dim, normalization, forward):
    """The transform over the dimensions `dim`, with exp(-2 pi i k n / N) if it is the forward one, else exp(+...)."""
    return transformed(xp, input, dim, normalization, forward)


def transformed(xp, input, dim, normalization, forward):
    """The transform over all of `dim`, which may be none."""
    if not dim:
        return input.copy()
    order, norm = transformed_last(input, dim), NORMS[forward][normalization]
    if len(dim) == 1:
        data = (xp.fft.fft if forward else xp.fft.ifft)(input.transpose(order), None, -1, norm)
    else:
        data = (xp.fft.fftn if forward else xp.fft.ifftn)(input.transpose(order), axes=last(dim), norm=norm)
    return laid_back(xp, data, order)


@operation(Rule(method=False, title="FftR2C", linear=True),
    input=lambda grad, input_shape, dim, normalization, onesided: fft_r2c_derivative(
        grad, input_shape, dim, normalization, onesided
    ),
)  # fmt: skip
def fft_r2c(xp, input, dim, normalization, onesided):
    """The forward transform of a real input over the dimensions `dim`; `onesided` leaves out the second half of the
    last of them, which is the conjugate of the first.
    """
    order, norm = transformed_last(input, dim[:-1], dim[-1]), NORMS[True][normalization]
    if len(dim) == 1:
        data = (xp.fft.rfft if onesided else xp.fft.fft)(input.transpose(order), None, -1, norm)
    else:
        data = (xp.fft.rfftn if onesided else xp.fft.fftn)(input.transpose(order), axes=last(dim), norm=norm)
    return laid_back(xp, data, order)


@operation(Rule(method=False, title="FftC2R", linear=True),
    input=lambda grad, dim, normalization: fft_c2r_derivative(grad, dim, normalization),
)  # fmt: skip
def fft_c2r(xp, input, dim, normalization, last_dim_size):
    """The inverse of a one-sided transform over the dimensions `dim`, real, with `last_dim_size` along the last."""
    *others, inner = dim
    if others:
        input = transformed(xp, input, others, normalization, False)
    order = transformed_last(input, (), inner)
    data = xp.fft.irfft(input.transpose(order), last_dim_size, -1, NORMS[False][normalization])
    return laid_back(xp, data, order)


def fft_r2c_derivative(grad, shape, dim, normalization, onesided):
    """The real part of the inverse transform, in which the half that was left out counts as zeros."""
    if not onesided:
        return fft_c2c(grad, dim, normalization, False).real
    return fft_c2r(grad / occurrences(grad, dim[-1], shape[dim[-1]]), dim, normalization, shape[dim[-1]])


def fft_c2r_derivative(grad, dim, normalization):
    """The one-sided transform, in which those that stand for two, themselves and a conjugate, count twice."""
    found = fft_r2c(grad, dim, normalization, True)
    return found * occurrences(found, dim[-1], grad.array.shape[dim[-1]])


def occurrences(half, dim, size):
    """How often each element of a one-sided transform stands in the whole of `size`: once at the ends, twice between.

    It is broadcast against `half` along `dim`; the last element stands once if the size is even.
    """
    count = half.array.shape[dim]
    found = half.new_full((count,), 2)
    found[0] = 1
    if size % 2 == 0:
        found[-1] = 1
    return found.reshape([count if each == dim else 1 for each in range(half.array.ndim)])


# Where the results lie in memory


def transformed_last(input, dims, inner=None):
    """The order of dimensions in which PyTorch transforms: the others first, then `dims`, each by its strides, then
    `inner`.
    """
    transformed = {*dims} if inner is None else {*dims, inner}

    def outer_first(dim):
        return -input.strides[dim]

    others = sorted([each for each in range(input.ndim) if each not in transformed], key=outer_first)
    return (*others, *sorted(dims, key=outer_first), *([] if inner is None else [inner]))


def last(dim):
    """As many last dimensions as are transformed."""
    return tuple(range(-len(dim), 0))


def laid_back(xp, data, order):
    """A result of transposed input as a view in the input's order, whose elements lie as they were transformed."""
    data = xp.ascontiguousarray(data)
    return data if data.ndim < 2 else data.transpose([order.index(dim) for dim in range(len(order))])
