"""The windows of pooling functions from their arguments, and which ones PyTorch refuses in which words."""

from tinytorch.ops.pooling import Windows

NUMBER = {2: "two", 3: "three"}
LETTERS = ("T", "H", "W")


def each(value):
    """A setting as a tuple; a number is a tuple of one, None and no numbers are an empty one."""
    return (value,) if isinstance(value, int) else () if value is None else tuple(value)


def ints_of(name, spatial, title, value, position):
    """A setting with a number for each dimension; a number, or a tuple of one, counts for all."""
    if not isinstance(value, (int, tuple, list)) and not (value is None and title == "stride"):
        raise TypeError(
            f"{name}(): argument '{title}' (position {position}) must be tuple of ints, not {type(value).__name__}"
        )
    value = each(value)
    if len(value) not in (1, spatial) and not (title == "stride" and not value):
        either = {"dilation": "be either"}.get(title, "be" if name == "avg_pool3d" else "either be")
        omitted = "omitted, " if title == "stride" else ""
        raise RuntimeError(f"{name}: {title} must {either} {omitted}a single int, or a tuple of {NUMBER[spatial]} ints")
    return value * spatial if len(value) == 1 else value


def windows_of(name, input, kernel_size, stride, padding, dilation, ceil_mode, spatial):
    """The windows that a pooling function of two or three dimensions is asked for, after PyTorch's refusals."""
    kernel_size = ints_of(name, spatial, "kernel_size", kernel_size, 2)
    stride = ints_of(name, spatial, "stride", stride, 3) or kernel_size
    padding = ints_of(name, spatial, "padding", padding, 4)
    dilation = ints_of(name, spatial, "dilation", dilation, 5)
    windows = Windows(kernel_size, stride, padding, dilation, bool(ceil_mode))
    if name.startswith("max") or spatial == 3:
        refuse_dimensions(input, spatial)
    elif input.ndim < 3:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-input.ndim}, {input.ndim - 1}], but got -3)"
        )
    refuse_windows(input, windows, spatial)
    refuse_shape(name, input, windows, spatial)
    return windows


def refuse_dimensions(input, spatial):
    """Refuse what is neither an image nor a batch of images."""
    if input.ndim not in (spatial + 1, spatial + 2):
        raise RuntimeError(f"non-empty {spatial + 1}D or {spatial + 2}D (batch mode) tensor expected for input")


def refuse_windows(input, windows, spatial):
    """Refuse windows that cannot slide."""
    for kernel, step, zeros, apart in zip(*windows[:4], strict=True):
        if step == 0:
            raise RuntimeError("stride should not be zero")
        if zeros < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {zeros}")
        if zeros > ((kernel - 1) * apart + 1) // 2 and kernel > 0 < apart:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={zeros}, kernel_size={kernel} and "
                f"dilation={apart}"
            )
    names = LETTERS[-spatial:]
    for title, prefix, values in (
        ("kernel size", "k", windows.kernel_size),
        ("stride", "d", windows.stride),
        ("dilation", "dilation", windows.dilation),
    ):
        if min(values) <= 0:
            parts = " ".join([f"{prefix}{letter}: {value}" for letter, value in zip(names, values, strict=True)])
            raise RuntimeError(f"{title} should be greater than zero, but got {parts}")


def refuse_shape(name, input, windows, spatial):
    """Refuse an input without elements, and one in which no window fits."""
    refuse_empty(name, input, spatial)
    kernel_size, padding = windows.kernel_size, windows.padding
    if any(kernel // 2 < zeros for kernel, zeros in zip(kernel_size, padding, strict=True)):
        if spatial == 2:
            words = f"padW = {padding[1]}, padH = {padding[0]}, kW = {kernel_size[1]}, kH = {kernel_size[0]}"
        else:
            kernels, zeros = zip(LETTERS, kernel_size, strict=True), zip(LETTERS, padding, strict=True)
            words = " ".join([f"k{letter}: {size}" for letter, size in kernels])
            words += " " + " ".join([f"pad{letter}: {size}" for letter, size in zeros])
        raise RuntimeError(f"pad should be smaller than or equal to half of kernel size, but got {words}")
    sizes, channels = input.shape[-spatial:], input.shape[-spatial - 1]
    if name == "avg_pool3d" and any(
        size + 2 * zeros < kernel for size, zeros, kernel in zip(sizes, padding, kernel_size, strict=True)
    ):
        image = " ".join([f"{letter}: {size}" for letter, size in zip(LETTERS, sizes, strict=True)])
        kernel = " ".join([f"k{letter}: {size}" for letter, size in zip(LETTERS, kernel_size, strict=True)])
        raise RuntimeError(f"input image ({image}) smaller than kernel size ({kernel})")
    counts = windows.counts(sizes)
    if min(counts) < 1:
        given, found = ["x".join(map(str, (channels, *each))) for each in (sizes, counts)]
        raise RuntimeError(f"Given input size: ({given}). Calculated output size: ({found}). Output size is too small")


def refuse_empty(name, input, spatial):
    """Refuse an input without elements other than a batch without images."""
    lacking = 0 in input.shape[-spatial - 1 :]
    if spatial == 2 and (lacking or input.ndim not in (3, 4)):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
            f"got:{list(input.shape)}"
        )
    if lacking:
        title = "max_pool3d_with_indices_out_cpu_template" if name == "max_pool3d" else name
        raise RuntimeError(
            f"{title}(): Expected input's non-batch dimensions to have positive length, but input has a shape of "
            f"{list(input.shape)} and non-batch dimension 0 has length zero!"
        )


def one_int(name, title, value):
    """A setting of one dimension as a number; PyTorch's words where there are more."""
    value = each(value)
    if len(value) != 1 and (value or title != "stride"):
        raise RuntimeError(f"{name}() argument '{title}' should contain one int (got {len(value)})")
    return value[0] if value else None


def refuse_row(name, input):
    """Refuse what is neither rows (c, length) nor a batch of them, in the words of functions of one dimension."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while "
            f"checking arguments for {name})"
        )


def refuse_max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode):
    """Refuse what `max_pool1d` refuses without indices, where it has words of its own."""
    if input.ndim not in (2, 3) or 0 in input.shape[-2:]:
        raise RuntimeError(
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but "
            f"got:{list(input.shape)}"
        )
    given = (
        ("kernel_size", "an int, list of ints", kernel_size),
        ("stride", "None, an int, list of ints,", stride),
        ("padding", "an int, list of ints,", padding),
        ("dilation", "an int, list of ints,", dilation),
    )
    for title, kinds, value in given:
        if len(each(value)) > 1:
            raise RuntimeError(
                f"max_pool1d() {title} must be {kinds} or tuple of ints of size 1 but got size {len(each(value))}"
            )
    kernel, step, zeros, apart = [(*each(value), None)[0] for _, _, value in given]
    step = kernel if step is None else step
    for title, value in (("kernel_size", kernel), ("stride", step)):
        if value <= 0:
            raise RuntimeError(f"max_pool1d() {title} must be greater than zero, but got {value}")
    if zeros < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {zeros}")
    if zeros > kernel // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={zeros} and "
            f"kernel_size={kernel}"
        )
    if apart <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {apart}")
    count = Windows((kernel,), (step,), (zeros,), (apart,), bool(ceil_mode)).count(input.shape[-1], 0)
    if count <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")
