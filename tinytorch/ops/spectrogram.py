"""Short-time Fourier transforms: the spectra of a signal's frames, and the signal of its frames' spectra."""

from tinytorch import dtypes, errors
from tinytorch.batching import all_examples
from tinytorch.creation import as_int
from tinytorch.operation import Rule, operation
from tinytorch.ops.complex import view_as_real
from tinytorch.ops.fft import resized
from tinytorch.ops.fourier import BY_ROOT, BY_SIZE, NONE, fft_c2c, fft_c2r, fft_r2c
from tinytorch.ops.join import cat
from tinytorch.ops.ranges import arange
from tinytorch.ops.refusals import need_tensor
from tinytorch.ops.slices import index_select
from tinytorch.tensor import Tensor

# Spectra of a signal


def stft(
    input,
    n_fft,
    hop_length=None,
    win_length=None,
    window=None,
    center=True,
    pad_mode="reflect",
    normalized=False,
    onesided=None,
    return_complex=None,
    align_to_window=None,
):
    """The Fourier transforms of frames of `n_fft` elements, `hop_length` apart (a quarter of a frame without it).

    Each frame of a signal of shape (L) or (N, L) is multiplied by the window, which is filled up with zeros on both
    sides; the result has shape (N, frequencies, frames). With `center` the signal is padded on both sides by half a
    frame, as `pad_mode` says; `normalized` divides by the root of `n_fft`; `onesided` (the default for real signals)
    leaves out the conjugates. A RuntimeError for sizes that do not fit, and for a real signal without `return_complex`.
    """
    need_tensor("stft", input)
    if center and align_to_window is not None:
        raise RuntimeError("stft align_to_window should only be set when center = false")
    n_fft = as_int("stft", "n_fft", 2, n_fft)
    source = padded(input, n_fft // 2, pad_mode) if center else input
    hop = n_fft // 4 if hop_length is None else hop_length
    length = n_fft if win_length is None else win_length
    warn_without(window, STFT_WINDOW)
    flags = {"normalized": normalized, "onesided": onesided, "return_complex": return_complex}
    call = described("stft", source, (n_fft, hop, length), window, flags | {"align_to_window": align_to_window}) + " "
    as_complex = check_form(source, window, return_complex, call)
    check_frames(source, n_fft, hop, length, window, call)
    signal = source.unsqueeze(0) if source.array.ndim == 1 else source
    if not center and align_to_window:
        around = (n_fft - length) // 2
        signal = zeros_around(signal, around, around)
    frames = framed(signal, n_fft, hop)  # (N, L) -> (N, frames, n_fft)
    whole = window_of(window, length, n_fft, source)
    frames = frames if whole is None else frames * whole
    if frames.dtype.title in ("Half", "BFloat16"):
        raise RuntimeError(f"MKL FFT doesn't support tensors of type: {frames.dtype.title}")
    norm = BY_ROOT if normalized else NONE
    if frames.is_complex():
        if onesided:
            raise RuntimeError("Cannot have onesided output if window or input is complex")
        found = fft_c2c(frames, (2,), norm, True)
    else:
        found = fft_r2c(frames, (2,), norm, onesided is None or bool(onesided))
    found = found.transpose_(1, 2)
    found = found.squeeze_(0) if source.array.ndim == 1 else found
    return found if as_complex else view_as_real(found)


def check_form(input, window, return_complex, call):
    """Whether the result is to be complex: a real signal without `return_complex` is refused."""
    if return_complex is None:
        return_complex = input.is_complex() or (window is not None and window.is_complex())
        if not return_complex:
            raise RuntimeError(
                "stft requires the return_complex parameter be given for real inputs, and will further require that "
                "return_complex=True in a future PyTorch release."
            )
    if not return_complex:
        errors.warn_once(
            "stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex "
            "tensors for all inputs, and return_complex=False will raise an error.\nNote: you can still call "
            "torch.view_as_real on the complex output to recover the old return format.",
            stacklevel=4,
        )
    if input.dtype.category < dtypes.FLOAT:
        raise RuntimeError(f"{call}: expected a tensor of floating point or complex values")
    return return_complex


def check_frames(input, n_fft, hop, length, window, call):
    """Refuse a signal that is no signal, and frames and windows that do not fit."""
    if input.array.ndim not in (1, 2):
        raise RuntimeError(f"{call}: expected a 1D or 2D tensor")
    size = input.array.shape[-1]
    if not 0 < n_fft <= size:
        raise RuntimeError(f"{call}: expected 0 < n_fft < {size}, but got n_fft={length}")
    if hop <= 0:
        raise RuntimeError(f"{call}: expected hop_length > 0, but got hop_length={hop}")
    if not 0 < length <= n_fft:
        raise RuntimeError(f"{call}: expected 0 < win_length <= n_fft, but got win_length={length}")
    if window is not None and window.array.shape != (length,):
        raise RuntimeError(
            f"{call}: expected a 1D window tensor of size equal to win_length={length}, but got window with size "
            f"{list(window.array.shape)}"
        )


# The signal of its spectra


def istft(
    input,
    n_fft,
    hop_length=None,
    win_length=None,
    window=None,
    center=True,
    normalized=False,
    onesided=None,
    length=None,
    return_complex=False,
):
    """The signal whose frames have these spectra, of shape (N, frequencies, frames): what `stft` does, undone.

    Frames that overlap are added and divided by the sum of the squared windows, as fits them best (Griffin and Lim
    1984). With `center` half a frame is cut off on both sides; `length` cuts the signal or fills it up with zeros. A
    RuntimeError for sizes that do not fit, and where windows are 0 everywhere.
    """
    need_tensor("istft", input)
    n_fft = as_int("istft", "n_fft", 2, n_fft)
    hop = n_fft // 4 if hop_length is None else hop_length
    size = n_fft if win_length is None else win_length
    warn_without(window, ISTFT_WINDOW)
    flags = {"center": center, "normalized": normalized, "onesided": onesided, "length": length}
    call = described("istft", input, (n_fft, hop, size), window, flags | {"return_complex": return_complex})
    onesided = check_spectra(input, n_fft, hop, size, window, onesided, call + " ")
    whole = input.new_ones(size, dtype=input.dtype.to_real()) if window is None else window
    whole = window_of(whole, size, n_fft, whole)
    spectra = (input if input.array.ndim == 3 else input.unsqueeze(0)).transpose(1, 2)
    norm = BY_ROOT if normalized else BY_SIZE
    if return_complex:
        if onesided:
            raise RuntimeError("Cannot have onesided output if window or input is complex")
        frames = fft_c2c(spectra, (2,), norm, False)
    else:
        if window is not None and window.is_complex():
            raise RuntimeError("Complex windows are incompatible with return_complex=False")
        half = spectra if onesided else spectra.narrow(2, 0, n_fft // 2 + 1)
        frames = fft_c2r(half, (2,), norm, n_fft)
    signal = overlap_add(frames * whole, hop)
    weight = overlap_add((whole * whole).expand(1, frames.array.shape[1], n_fft), hop)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else -start if center else signal.array.shape[1]
    weight = weight[:, start:end]
    if all_examples(weight).abs().min() < 1e-11:
        raise RuntimeError(f"{call} window overlap add min: 1\n[ CPUBoolType{{}} ]")
    found = signal[:, start:end] / weight
    found = found if input.array.ndim == 3 else found.squeeze(0)
    if end > signal.array.shape[1]:
        errors.warn_once(
            "The length of signal is shorter than the length parameter. Result is being padded with zeros in the "
            "tail. Please check your center and hop_length settings.",
            stacklevel=4,
        )
        found = resized(found, (-1,), (length,))
    return found


def check_spectra(input, n_fft, hop, size, window, onesided, call):
    """Whether the spectra are halves; sizes that do not fit are refused."""
    if not input.is_complex():
        raise RuntimeError(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True."
        )
    shape = input.array.shape
    if len(shape) < 2:
        raise errors.dimension(-3, len(shape) + 1)
    if not input.array.size:
        raise RuntimeError(f"{call}: input tensor cannot be empty.")
    if len(shape) > 3:
        raise RuntimeError(f"{call}: expected a tensor with 3 or 4 dimensions, but got {len(shape) + 1}")
    onesided = shape[-2] != n_fft if onesided is None else onesided
    name, count = ("n_fft / 2 + 1", n_fft // 2 + 1) if onesided else ("n_fft", n_fft)
    if shape[-2] != count:
        raise RuntimeError(
            f"{call}: expected the frequency dimension (3rd to the last) of the input tensor to match {name} when "
            f"onesided={bool(onesided)}, but got {shape[-2]}"
        )
    if not 0 < hop <= size:
        raise RuntimeError(f"{call}: expected 0 < hop_length <= win_length")
    if not 0 < size <= n_fft:
        raise RuntimeError(f"{call}: expected 0 < win_length <= n_fft")
    if window is not None and window.array.shape != (size,):
        raise RuntimeError(f"{call}: Invalid window shape. window has to be 1D and length of `win_length`")
    return onesided


@operation(
    Rule(method=False, linear=True),
    input=lambda grad, input_shape, step: framed(grad, input_shape[2], step),
)
def overlap_add(xp, input, step):
    """The sum of frames that begin `step` apart: (N, frames, size) -> (N, size + step * (frames - 1))."""
    count, frames, size = input.shape
    parts = -(-size // step)
    whole = xp.zeros((count, frames + parts - 1, step), input.dtype)
    for part in range(parts):  # the frames are cut into pieces as long as a step, which are few
        piece = input[:, :, part * step : (part + 1) * step]
        place = slice(None), slice(part, part + frames), slice(piece.shape[2])
        whole[place] = xp.add(whole[place], piece)
    return whole.reshape(count, -1)[:, : size + step * (frames - 1)].copy()


@operation(
    Rule(method=False, moves=True, linear=True),
    input=lambda grad, input_shape, step: resized(overlap_add(grad, step), (1,), (input_shape[1],)),
)
def framed(xp, input, size, step):
    """The frames of `size` that begin `step` apart: (N, L) -> (N, frames, size)."""
    count, length = input.shape
    row, unit = [each // input.itemsize for each in input.strides]
    flat, start = xp.storage(input)
    return xp.strided(flat, (count, (length - size) // step + 1, size), (row, step * unit, unit), start).copy()


# Around a signal


def padded(input, around, mode):
    """A signal with `around` elements more at both ends, which repeat others or are zeros."""
    if mode == "constant":
        return zeros_around(input, around, around)
    if mode not in SOURCES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    shape = input.array.shape
    size = shape[-1] if shape else 1
    if mode == "reflect" and around >= size:
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({around}, {around}) at dimension 2 of input {[1] * (3 - len(shape)) + list(shape)}"
        )
    if mode == "circular" and around > size:
        raise RuntimeError("Padding value causes wrapping around more than once.")
    return index_select(input, -1, SOURCES[mode](arange(-around, size + around, device=input.device), size - 1))


SOURCES = {  # the place whose element stands at a place before or behind the signal, of which `last` is the last
    "reflect": lambda place, last: last - (last - place.abs()).abs(),
    "replicate": lambda place, last: place.clamp(0, last),
    "circular": lambda place, last: place % (last + 1),
}


def zeros_around(input, before, behind):
    """A tensor with zeros before and behind its last dimension."""
    if not before and not behind:
        return input
    lead = input.array.shape[:-1]
    return cat((input.new_zeros((*lead, before)), input, input.new_zeros((*lead, behind))), -1)


def window_of(window, length, n_fft, other):
    """A window filled up with zeros to a whole frame; None if there is none, and ones as long as a frame would do."""
    if length == n_fft:
        return window
    before = (n_fft - length) // 2
    window = other.new_ones(length) if window is None else window
    return zeros_around(window, before, n_fft - length - before)


# Words


def described(name, input, sizes, window, flags):
    """A call as PyTorch's refusals show it; `sizes` are those of a frame, of a step and of the window."""
    shown = "None" if window is None else f"{type_name(window)}{{{list(window.array.shape)}}}"
    rest = "".join([f", {flag}={int(value) if value is not None else None}" for flag, value in flags.items()])
    return (
        f"{name}({type_name(input)}{list(input.array.shape)}, n_fft={sizes[0]}, hop_length={sizes[1]}, "
        f"win_length={sizes[2]}, window={shown}{rest})"
    )


def type_name(tensor):
    """The name of a tensor's type, as C++ prints it."""
    title = tensor.dtype.title
    return f"CPU{title}Type" if tensor.is_complex() or title == "BFloat16" else f"torch.{title}Tensor"


NO_WINDOW = "A window was not provided. A rectangular window will be applied"
ONES = (
    "To suppress this warning and use a rectangular window, explicitly set `window=torch.ones(n_fft, device=<device>)`."
)
STFT_WINDOW = (
    f"{NO_WINDOW},which is known to cause spectral leakage. Other windows such as torch.hann_window or "
    f"torch.hamming_window are recommended to reduce spectral leakage.{ONES}"
)
ISTFT_WINDOW = f"{NO_WINDOW}.Please provide the same window used by stft to make the inversion lossless.{ONES}"


def warn_without(window, words):
    """Warn, once, of a window that is not given."""
    if window is None:
        errors.warn_once(words, stacklevel=4)


Tensor.stft, Tensor.istft = stft, istft
