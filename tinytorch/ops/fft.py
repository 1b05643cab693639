"""What `torch.fft` offers: discrete Fourier transforms along one, two or several dimensions.

With `norm` "backward", the default, the inverse is divided by the size; with "forward" the transform itself is; with
"ortho" both are divided by its root.
"""

from tinytorch import dtypes, errors
from tinytorch.creation import as_int, is_count
from tinytorch.delivery import check_target, deliver
from tinytorch.layout import normal_dim
from tinytorch.ops.fourier import BY_ROOT, BY_SIZE, NONE, fft_c2c, fft_c2r, fft_r2c
from tinytorch.ops.join import cat
from tinytorch.ops.refusals import need_tensor

# Along one dimension


def fft(input, n=None, dim=-1, norm=None, *, out=None):
    """The Fourier transform along `dim`: sum over k of input[k] * exp(-2 pi i j k / n), for j from 0 to n - 1.

    The input is cut to length `n` or filled up with zeros. A RuntimeError for half precision and for n below 1.
    """
    return of_complex("fft", input, n, dim, norm, True, out)


def ifft(input, n=None, dim=-1, norm=None, *, out=None):
    """The inverse of `fft` along `dim`, of an input cut to length `n` or filled up with zeros."""
    return of_complex("ifft", input, n, dim, norm, False, out)


def rfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The first n // 2 + 1 elements of the transform of a real input along `dim`: the others are their conjugates."""
    return of_real("rfft", input, n, dim, norm, True, out)


def irfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The inverse of `rfft`: `n` real numbers, 2 * (size - 1) unless it is given, of half a transform."""
    return to_real("irfft", input, n, dim, norm, False, out)


def hfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The `n` real numbers, 2 * (size - 1) unless it is given, that are the transform of half a Hermitian signal."""
    return to_real("hfft", input, n, dim, norm, True, out)


def ihfft(input, n=None, dim=-1, norm=None, *, out=None):
    """The inverse of `hfft`: the first n // 2 + 1 elements of the inverse transform of a real input."""
    return of_real("ihfft", input, n, dim, norm, False, out)


def of_complex(name, input, n, dim, norm, forward, out):
    """One of the two whole transforms along one dimension; that of a real input is cheaper, and the same."""
    check_kind(name, out, True)
    input, dim = prepared(f"fft_{name}", input), as_int(f"fft_{name}", "dim", 3, dim)
    size = size_along(name, input, n, dim, lambda size: size)
    input, dim = resized(input, (dim,), (size,)), (wrapped(dim, input),)
    normalization = normalization_of(name, norm, forward)
    if input.is_complex():
        return given("_fft_c2c", out, fft_c2c(input, dim, normalization, forward))
    found = fft_r2c(input, dim, normalization, False)
    return given("_fft_r2c", out, found if forward else found.conj())


def of_real(name, input, n, dim, norm, forward, out):
    """Half a transform of a real input along one dimension."""
    need_tensor(f"fft_{name}", input)
    refuse_complex(input, f"{name} expects a real input tensor, but got {input.dtype.title}")
    check_kind(name, out, True)
    input, dim = prepared(f"fft_{name}", input), as_int(f"fft_{name}", "dim", 3, dim)
    size = size_along(name, input, n, dim, lambda size: size)
    found = fft_r2c(
        resized(input, (dim,), (size,)), (wrapped(dim, input),), normalization_of(name, norm, forward), True
    )
    return given("_fft_r2c", out, found if forward else found.conj())


def to_real(name, input, n, dim, norm, forward, out):
    """Real numbers from half a transform along one dimension."""
    check_kind(name, out, False)
    input, dim = prepared(f"fft_{name}", input, True), as_int(f"fft_{name}", "dim", 3, dim)
    size = size_along(name, input, n, dim, lambda size: (size - 1) * 2)
    half = input if n is None else resized(input, (dim,), (size // 2 + 1,))
    half = half.conj() if forward else half
    return given("_fft_c2r", out, fft_c2r(half, (wrapped(dim, input),), normalization_of(name, norm, forward), size))


# Along several dimensions


def fft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """The Fourier transform over two dimensions, of an input cut to the sizes `s` or filled up with zeros."""
    return of_complex_nd("fft2", input, s, dim, norm, True, out)


def ifft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """The inverse of `fft2`, of an input cut to the sizes `s` or filled up with zeros."""
    return of_complex_nd("ifft2", input, s, dim, norm, False, out)


def rfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """The transform of a real input over two dimensions, without the second half along the last of them."""
    return rfft_nd("rfft2", input, s, dim, norm, out)


def irfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """The inverse of `rfft2`: real numbers of the sizes `s`, of which the last is 2 * (size - 1) unless given."""
    return irfft_nd("irfft2", input, s, dim, norm, out)


def hfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """The real transform over two dimensions of half a Hermitian signal."""
    return hfft_nd("hfft2", input, s, dim, norm, out)


def ihfft2(input, s=None, dim=(-2, -1), norm=None, *, out=None):
    """The inverse of `hfft2`: the first half, along the last dimension, of the inverse transform of a real input."""
    return ihfft_nd("ihfft2", input, s, dim, norm, out)


def fftn(input, s=None, dim=None, norm=None, *, out=None):
    """The Fourier transform over the dimensions `dim`, all without it, or the last ones if sizes `s` are given."""
    return of_complex_nd("fftn", input, s, dim, norm, True, out)


def ifftn(input, s=None, dim=None, norm=None, *, out=None):
    """The inverse of `fftn`, of an input cut to the sizes `s` or filled up with zeros."""
    return of_complex_nd("ifftn", input, s, dim, norm, False, out)


def rfftn(input, s=None, dim=None, norm=None, *, out=None):
    """The transform of a real input over the dimensions `dim`, without the second half along the last of them."""
    return rfft_nd("rfftn", input, s, dim, norm, out)


def irfftn(input, s=None, dim=None, norm=None, *, out=None):
    """The inverse of `rfftn`: real numbers of the sizes `s`, of which the last is 2 * (size - 1) unless given."""
    return irfft_nd("irfftn", input, s, dim, norm, out)


def hfftn(input, s=None, dim=None, norm=None, *, out=None):
    """The real transform over the dimensions `dim` of half a Hermitian signal."""
    return hfft_nd("hfftn", input, s, dim, norm, out)


def ihfftn(input, s=None, dim=None, norm=None, *, out=None):
    """The inverse of `hfftn`: the first half, along the last dimension, of the inverse transform of a real input."""
    return ihfft_nd("ihfftn", input, s, dim, norm, out)


def of_complex_nd(name, input, s, dim, norm, forward, out):
    """One of the two whole transforms over several dimensions."""
    need_tensor(f"fft_{name}", input)
    dims, sizes = described(name, input, s, dim)
    input = prepared(f"fft_{name}", input, True)
    check_kind("fftn", out, True)
    normalization = normalization_of(name, norm, forward)
    return given("_fft_c2c", out, fft_c2c(resized(input, dims, sizes), dims, normalization, forward))


def rfft_nd(name, input, s, dim, norm, out):
    """Half a transform of a real input over several dimensions."""
    need_tensor(f"fft_{name}", input)
    refuse_complex(input, f"rfftn expects a real-valued input tensor, but got {input.dtype.title}")
    check_kind("rfftn", out, True)
    input = prepared(f"fft_{name}", input)
    dims, sizes = described(name, input, s, dim, least="rfftn")
    return given("_fft_r2c", out, fft_r2c(resized(input, dims, sizes), dims, normalization_of(name, norm, True), True))


def irfft_nd(name, input, s, dim, norm, out):
    """Real numbers from half a transform over several dimensions."""
    check_kind("irfftn", out, False)
    input = prepared(f"fft_{name}", input, True)
    dims, sizes, size = described_half(name, input, s, dim, "irfftn")
    return given("_fft_c2r", out, fft_c2r(resized(input, dims, sizes), dims, normalization_of(name, norm, False), size))


def hfft_nd(name, input, s, dim, norm, out):
    """The transform of half a Hermitian signal: whole over all dimensions but the last, then to real numbers."""
    check_kind("hfftn", out, False)
    input = prepared(f"fft_{name}", input, True)
    dims, sizes, size = described_half(name, input, s, dim, "hfftn")
    normalization, half = normalization_of(name, norm, True), resized(input, dims, sizes)
    if len(dims) > 1:
        half = fft_c2c(half, dims[:-1], normalization, True)
    return given("_fft_c2r", out, fft_c2r(half.conj(), dims[-1:], normalization, size))


def ihfft_nd(name, input, s, dim, norm, out):
    """Half the inverse transform of a real input: half along the last dimension, then whole over the others."""
    need_tensor(f"fft_{name}", input)
    refuse_complex(input, f"Only supports floating-point dtypes, but found: {input.dtype.title}")
    check_kind("ihfftn", out, True)
    input = prepared(f"fft_{name}", input)
    dims, sizes = described(name, input, s, dim, least="ihfftn")
    normalization = normalization_of(name, norm, False)
    half = fft_r2c(resized(input, dims, sizes), dims[-1:], normalization, True).conj()
    return given("_fft_c2c", out, half if len(dims) < 2 else fft_c2c(half, dims[:-1], normalization, False))


# What the arguments mean


def prepared(name, input, needs_complex=False):
    """The input as a floating point tensor, complex where that is needed; a RuntimeError for half precision."""
    need_tensor(name, input)
    if input.dtype.category < dtypes.FLOAT:
        input = input.to(dtypes.get_default_dtype())
    if input.dtype.title in ("Half", "BFloat16"):
        raise RuntimeError(f"Unsupported dtype {input.dtype.title}")
    return input.to(input.dtype.to_complex()) if needs_complex and not input.is_complex() else input


def refuse_complex(input, words):
    """Refuse a complex input where a real one is transformed."""
    if input.is_complex():
        raise RuntimeError(words)


def check_kind(name, out, complex):
    """Refuse an `out` that is complex where the result is not, or the other way round."""
    if out is None:
        return
    check_target(f"fft_{name}", out)
    if out.is_complex() != complex or out.dtype.category < dtypes.FLOAT:
        kind = "complex" if complex else "floating point"
        raise RuntimeError(f"{name} expects a {kind} output tensor, but got {out.dtype.title}")


def given(name, out, result):
    """A result, or `out` with its values."""
    return result if out is None else deliver(name, out, result)


def wrapped(dim, input):
    """A dimension counted from the front; a tensor without dimensions has none."""
    if not input.array.ndim:
        raise errors.no_dimensions(dim)
    return normal_dim(dim, input.array.ndim)


def size_along(name, input, n, dim, otherwise):
    """The length of a transform: the one given, or that which follows from the input's."""
    dim = wrapped(dim, input)
    return counted(otherwise(input.array.shape[dim]) if n is None else as_int(f"fft_{name}", "n", 2, n))


def counted(size):
    """A length that something can be transformed in."""
    if size < 1:
        raise RuntimeError(f"Invalid number of data points ({size}) specified")
    return size


def normalization_of(name, norm, forward):
    """What a transform is divided by under PyTorch's name of a norm."""
    divided = {None: not forward, "backward": not forward, "forward": forward}
    if norm == "ortho":
        return BY_ROOT
    if norm is not None and not isinstance(norm, str):
        raise TypeError(f"fft_{name}(): argument 'norm' must be str, not {type(norm).__name__}")
    if norm not in divided:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    return BY_SIZE if divided[norm] else NONE


def described(name, input, s, dim, least=None):
    """The dimensions of a transform, counted from the front, and its length along each; -1 is the input's own.

    `least` is the name to refuse under if there is no dimension.
    """
    dims = numbers_of(f"fft_{name}", "dim", 3, dim)
    sizes = numbers_of(f"fft_{name}", "s", 2, s)
    shape = input.array.shape
    if dims is not None:
        dims = tuple([wrapped(each, input) for each in dims])
        if len(set(dims)) < len(dims):
            raise RuntimeError("FFT dims must be unique")
    if sizes is not None:
        if dims is not None and len(dims) != len(sizes):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
        if len(sizes) > len(shape):
            raise RuntimeError(f"Got shape with {len(sizes)} values but input tensor only has {len(shape)} dimensions.")
    if dims is None:
        dims = tuple(range(len(shape)))[len(shape) - len(shape if sizes is None else sizes) :]
    sizes = [-1] * len(dims) if sizes is None else sizes
    sizes = [counted(shape[each] if size == -1 else size) for each, size in zip(dims, sizes, strict=True)]
    if least and not dims:
        raise RuntimeError(f"{least} must transform at least one axis")
    return dims, sizes


def described_half(name, input, s, dim, least):
    """The dimensions, the lengths of the half that is transformed, and the length of the result along the last."""
    dims, sizes = described(name, input, s, dim, least)
    asked = -1 if s is None else numbers_of(f"fft_{name}", "s", 2, s)[-1]
    size = 2 * (input.array.shape[dims[-1]] - 1) if asked == -1 else asked
    return dims, [*sizes[:-1], counted(size) // 2 + 1], size


def numbers_of(name, parameter, position, values):
    """Whole numbers as a tuple; one alone is one of them, None stays."""
    if values is None:
        return None
    values = (values,) if is_count(values) else values
    if not isinstance(values, (tuple, list)) or (values and not is_count(values[0])):
        kind = type(values).__name__
        raise TypeError(f"{name}(): argument '{parameter}' (position {position}) must be tuple of ints, not {kind}")
    for place, each in enumerate(values):
        if not is_count(each):
            raise TypeError(
                f"{name}(): argument '{parameter}' failed to unpack the object at pos {place + 1} with error "
                f'"type must be tuple of ints,but got {type(each).__name__}"'
            )
    return tuple([each.__index__() for each in values])


def resized(input, dims, sizes):
    """The input cut to a length along each of some dimensions, or filled up with zeros."""
    for dim, size in zip(dims, sizes, strict=True):
        present = input.array.shape[dim]
        if present > size:
            input = input.narrow(dim, 0, size)
        elif present < size:
            shape = list(input.array.shape)
            shape[dim] = size - present
            input = cat((input, input.new_zeros(shape)), dim)
    return input
