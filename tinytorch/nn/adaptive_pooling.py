"""Pooling to sizes that are asked for, as functions with the arguments that `torch.nn.functional` gives them."""

from tinytorch.nn.window_settings import one_int, refuse_row
from tinytorch.ops import adaptive_pooling as operations
from tinytorch.ops.pooling import taken_from_planes
from tinytorch.ops.random import rand
from tinytorch.ops.refusals import BOOL, COMPLEX, INTEGER, refuse
from tinytorch.storage import need_tensor
from tinytorch.tensor import Tensor


def adaptive_avg_pool1d(input: Tensor, output_size) -> Tensor:
    """The means of `output_size` windows that share the length of (n, c, length), or (c, length), evenly."""
    need_tensor("adaptive_avg_pool1d", input)
    refuse_row("adaptive_avg_pool1d", input)
    count = row_count("adaptive_avg_pool1d", output_size)
    return adaptive_avg_pool2d(input.unsqueeze(-2), (1, count)).squeeze(-2)


def adaptive_avg_pool2d(input: Tensor, output_size) -> Tensor:
    """The means of windows that share (n, c, height, width), or (c, height, width), evenly.

    `output_size` is one number for both dimensions, or two, where None keeps the input's size.
    """
    return adaptive_means("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size) -> Tensor:
    """The means of windows that share (n, c, depth, height, width), or without n, evenly.

    `output_size` is one number for all dimensions, or three, where None keeps the input's size.
    """
    return adaptive_means("adaptive_avg_pool3d", 3, input, output_size)


def adaptive_max_pool1d(input: Tensor, output_size, return_indices: bool = False) -> Tensor:
    """The largest elements of `output_size` windows that share the length of (n, c, length), or (c, length), evenly."""
    found = adaptive_max_pool1d_with_indices(input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool2d(input: Tensor, output_size, return_indices: bool = False) -> Tensor:
    """The largest elements of windows that share (n, c, height, width), or (c, height, width), evenly.

    `output_size` is one number for both dimensions, or two, where None keeps the input's size.
    """
    found = adaptive_maxima("adaptive_max_pool2d", 2, input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool3d(input: Tensor, output_size, return_indices: bool = False) -> Tensor:
    """The largest elements of windows that share (n, c, depth, height, width), or without n, evenly.

    `output_size` is one number for all dimensions, or three, where None keeps the input's size.
    """
    found = adaptive_maxima("adaptive_max_pool3d", 3, input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool1d_with_indices(input: Tensor, output_size, return_indices: bool = False) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d`, and where in its row the largest element of each window is."""
    name = "adaptive_max_pool1d"
    need_tensor(name, input)
    refuse_row(name, input)
    count = row_count(name, output_size)
    refuse_empty(name, input, "Expected input to have non-zero size for non-batch dimensions, but input has sizes", 2)
    refuse_counts(input.unsqueeze(-2), (1, count))
    values, index = adaptive_maxima("adaptive_max_pool2d", 2, input.unsqueeze(-2), (1, count))
    return values.squeeze(-2), index.squeeze(-2)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size, return_indices: bool = False) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool2d`, and where in its plane, row by row, the largest element of each window is."""
    return adaptive_maxima("adaptive_max_pool2d", 2, input, output_size)


def adaptive_max_pool3d_with_indices(input: Tensor, output_size, return_indices: bool = False) -> tuple[Tensor, Tensor]:
    """`adaptive_max_pool3d`, and where in its volume, row by row, the largest element of each window is."""
    return adaptive_maxima("adaptive_max_pool3d", 3, input, output_size)


def row_count(name, output_size):
    """The one number that functions of one dimension take."""
    for place, value in enumerate(output_size if isinstance(output_size, (tuple, list)) else ()):
        if not isinstance(value, int):
            raise TypeError(
                f"{name}(): argument 'output_size' (position 2) must be tuple of ints, but found element of type "
                f"{type(value).__name__} at pos {place}"
            )
    return one_int(name, "output_size", output_size)


def counts_of(name, spatial, input, output_size, words):
    """The number of windows for each dimension."""
    if isinstance(output_size, int):
        return (output_size,) * spatial
    if input.ndim <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    if len(output_size) != spatial:
        raise RuntimeError(f"{name}{words} {spatial}")
    kept = zip(output_size, input.shape[input.ndim - spatial :], strict=True)
    return tuple([size if count is None else count for count, size in kept])


def refuse_empty(name, input, words, first):
    """Refuse an input in which a dimension that is no batch has no elements."""
    for dim in range(first - 1, input.ndim):
        if input.shape[dim] == 0:
            raise RuntimeError(f"{name}(): {words} {list(input.shape)} with dimension {dim} being empty")


def adaptive_means(name, spatial, input, output_size):
    """The means of windows; of a single one with the node of a mean, as in PyTorch."""
    need_tensor(name, input)
    counts = counts_of(name, spatial, input, output_size, ": output_size must be")
    if min(counts) < 0:
        shown = {2: "{}, {}", 3: "{}, {},{}"}[spatial].format(*counts)
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received {{{shown}}}"
        )
    if set(counts) == {1} and input.ndim > spatial:
        return input.mean(tuple(range(-spatial, 0)), True)
    if input.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(f"{name}(): Expected {spatial + 1}D or {spatial + 2}D tensor, but got {list(input.shape)}")
    words = "Expected input to have non-zero size for non-batch dimensions, but input has sizes"
    refuse_empty(name, input, words, input.ndim - spatial + 1 if spatial == 2 else 2)
    refuse_numbers(name if spatial == 2 else f"{name}_cpu", input, counts)
    return operations.adaptive_avg_pool(input, counts)


def refuse_numbers(kernel, input, counts):
    """Refuse dtypes that are no floating point numbers, where there is something to compute."""
    if input.numel() and 0 not in counts:
        refuse(kernel, BOOL, INTEGER, COMPLEX)(input)


def refuse_counts(input, counts):
    """Refuse a negative number of windows."""
    if min(counts) < 0:
        shape = [*input.shape[: input.ndim - len(counts)], *counts]
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(counts)}: {shape}")


def adaptive_maxima(name, spatial, input, output_size):
    """The largest elements of windows, and where they are."""
    need_tensor(name, input)
    counts = counts_of(name, spatial, input, output_size, "(): internal error: output_size.size() must be")
    if input.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(f"{name}(): Expected {spatial + 1}D or {spatial + 2}D tensor, but got: {list(input.shape)}")
    refuse_empty(name, input, "Expected input to have non-zero size for non-batch dimensions, but input has sizes", 2)
    refuse_counts(input, counts)
    refuse_numbers(name if spatial == 2 else f"{name}_cpu", input, counts)
    index = operations.adaptive_max_places(input, counts)
    return taken_from_planes(input, index, spatial, f"AdaptiveMaxPool{spatial}DBackward0"), index


# Windows that start at random


def fractional_max_pool2d(
    input: Tensor, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
) -> Tensor:
    """The largest elements of windows of (n, c, height, width), or without n, that start at random (Graham, 2014).

    How many there are `output_size` says, or `output_ratio` as a part of each size; a ValueError without either.
    """
    found = fractional_max_pool2d_with_indices(input, kernel_size, output_size, output_ratio, True, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d(
    input: Tensor, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
) -> Tensor:
    """The largest elements of windows of (n, c, depth, height, width), or without n, that start at random.

    How many there are `output_size` says, or `output_ratio` as a part of each size; a ValueError without either.
    """
    found = fractional_max_pool3d_with_indices(input, kernel_size, output_size, output_ratio, True, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool2d_with_indices(
    input: Tensor, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
) -> tuple[Tensor, Tensor]:
    """`fractional_max_pool2d`, and where in its plane, row by row, the largest element of each window is."""
    settings = (kernel_size, output_size, output_ratio, _random_samples)
    return fractional_maxima(
        "fractional_max_pool2d", 2, ("height", "width"), "single Int or tuple of Ints", input, *settings
    )


def fractional_max_pool3d_with_indices(
    input: Tensor, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
) -> tuple[Tensor, Tensor]:
    """`fractional_max_pool3d`, and where in its volume, row by row, the largest element of each window is."""
    names = ("time", "height", "width")
    settings = (kernel_size, output_size, output_ratio, _random_samples)
    return fractional_maxima("fractional_max_pool3d", 3, names, "single Int or tuple of three Ints", input, *settings)


def fractional_maxima(name, spatial, names, kinds, input, kernel_size, output_size, output_ratio, samples):
    """The largest elements of windows that start at random, and where they are."""
    need_tensor(name, input)
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    if output_size is None:
        ratio = (output_ratio,) * spatial if isinstance(output_ratio, float) else output_ratio
        output_size = [int(input.shape[dim - spatial] * ratio[dim]) for dim in range(spatial)]
    if input.ndim <= spatial:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-input.ndim}, {input.ndim - 1}], but got "
            f"{-spatial - 1})"
        )
    if samples is None:
        batch = 1 if input.ndim == spatial + 1 else input.shape[0]
        shape = (batch, input.shape[-spatial - 1], spatial)
        refuse("check_uniform_bounds", BOOL, INTEGER)(input)
        samples = rand(*shape, dtype=input.dtype, device=input.device)
    kernel_size, counts = [
        (value,) * spatial if isinstance(value, int) else tuple(value) for value in (kernel_size, output_size)
    ]
    for title, value in (("kernel_size", kernel_size), ("output_size", counts)):
        if len(value) != spatial:
            raise RuntimeError(f"{name}: {title} must either be a {kinds}")
    for dim in range(input.ndim - spatial - 1, input.ndim):
        if input.shape[dim] == 0:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got{list(input.shape)} "
                f"with dimension {dim} being empty."
            )
    for dim, title in enumerate(names):
        size = input.shape[dim - spatial]
        if counts[dim] + kernel_size[dim] - 1 > size - (spatial == 3):
            place = "fractional_max_pool3d_out" if spatial == 3 else name
            raise RuntimeError(f"{place}(): pool {title} {kernel_size[dim]} too large relative to input {title} {size}")
    refuse_samples(input, samples, spatial)
    refuse_numbers(f"{name}_out_frame", input, counts)
    index = operations.fractional_max_places(input, samples, kernel_size, counts)
    return taken_from_planes(input, index, spatial, f"FractionalMaxPool{spatial}DBackward0"), index


def refuse_samples(input, samples, spatial):
    """Refuse random numbers of which there is not one for each plane and dimension."""
    if samples.dtype is not input.dtype:
        raise RuntimeError("Expect _random_samples to have the same dtype as input")
    if samples.ndim != 3:
        raise RuntimeError(f"Expect _random_samples to have 3 dimensions, got {samples.ndim}")
    if samples.shape[1] != input.shape[-spatial - 1]:
        raise RuntimeError("Expect _random_samples.size(1) equals to input channel size.")
    if samples.shape[2] != spatial:
        raise RuntimeError(f"Expect _random_samples.size(2) equals to {spatial}; got {samples.shape[2]}.")
