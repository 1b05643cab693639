"""Interpolation and sampling as functions, with the arguments that `torch.nn.functional` gives them."""

import operator
import warnings

from tinytorch.nn.adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from tinytorch.ops import grid as grids
from tinytorch.ops.interpolation import resize
from tinytorch.tensor import Tensor

MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
SMOOTH = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5, "lanczos": 4}  # mode -> dimensions of its input
SMALL = 128  # height and width of a small image together: of it PyTorch takes a factor that gives 1 or 2 to be 1 or 2
SAMPLING, PADDING = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")
NEAREST = ("nearest", "nearest-exact")
MEANS = {3: adaptive_avg_pool1d, 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}  # by the dimensions of the input


def interpolate(
    input: Tensor,
    size: int | None = None,
    scale_factor: list[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """A signal (N, C, W), image (N, C, H, W) or volume (N, C, D, H, W) in another size, or larger by a factor.

    The modes are "nearest", "nearest-exact" and "area" (the mean of all that an element covers) for all, "linear" for
    signals, "bilinear", "bicubic" and (antialiased) "lanczos" for images, "trilinear" for volumes. With `align_corners`
    the middles of the outermost elements stay where they are, else their edges. With `antialias` an element of a small
    result has its share of all that it covers.
    A ValueError or NotImplementedError for settings that do not go together.
    """
    if mode in (*NEAREST, "area") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    size, scales = sizes_and_scales(input, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and input.ndim == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if mode == "area" and input.ndim in MEANS:
        return MEANS[input.ndim](input, size)
    usual = mode in NEAREST and input.ndim in (3, 4, 5)
    if not usual and SMOOTH.get(mode) != input.ndim:
        raise no_such_interpolation(input.ndim, mode)
    if mode == "lanczos" and not antialias:
        raise ValueError("Lanczos mode requires antialias=True")
    if mode == "lanczos" and align_corners:
        raise ValueError("Lanczos mode does not support align_corners=True")
    refuse_sizes(list(input.shape), size)
    if mode == "nearest" and input.ndim == 4 and scales is not None and sum(size) <= SMALL:
        scales = tuple([None if aim in (each, 2 * each) else scale
                        for aim, each, scale in zip(size, input.shape[2:], scales, strict=True)])  # fmt: skip
    return resize(input, size, scales, mode, bool(align_corners), antialias)


def no_such_interpolation(ndim, mode):
    """The error for a mode that does not take input of so many dimensions."""
    if ndim in (3, 4, 5) and mode in ("linear", "bilinear", "trilinear"):
        return NotImplementedError(f"Got {ndim}D input, but {mode} mode needs {SMOOTH[mode]}D input")
    return NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: {MODES} (got {mode})"
    )


def sizes_and_scales(input, size, scale_factor, recompute):
    """The size of the result, and the factors where they shall be used as given; a ValueError unless one is given."""
    spatial = list(input.shape[2:])
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None:
        if isinstance(size, (list, tuple)):
            check_size(size, spatial)
        elif isinstance(size, float):
            raise TypeError(f"upsample(): argument 'output_size' must be tuple of ints, not {type(size).__name__}")
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        given = size if isinstance(size, (list, tuple)) else [size] * len(spatial)
        return tuple([operator.index(each) for each in given]), None
    scales = scale_factor if isinstance(scale_factor, (list, tuple)) else [scale_factor] * len(spatial)
    if len(scales) != len(spatial):
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions of {spatial} and scale_factor of shape {scale_factor}. Please provide input tensor in "
            "(N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    size = tuple([int(each * scale) for each, scale in zip(spatial, scales, strict=True)])
    return size, None if recompute else tuple([float(each) for each in scales])


def check_size(size, spatial):
    """Refuse a size of another number of dimensions, or of fractions."""
    if len(size) != len(spatial):
        raise ValueError(
            "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions "
            f"of {spatial} and output size of {size}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
            "output size in (o1, o2, ...,oK) format."
        )
    if any(isinstance(each, float) or not hasattr(each, "__index__") for each in size):
        raise TypeError(
            "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size "
            f"with types {[type(each) for each in size]}"
        )


def refuse_sizes(shape, size):
    """Refuse to interpolate without elements; a batch may be empty."""
    count = len(size)
    if min(*shape[2:], *size) <= 0:
        before, after = [
            ", ".join([f"{name}: {each}" for name, each in zip("DHW"[-count:], sizes, strict=True)])
            for sizes in (shape[2:], size)
        ]
        between = ") and output (" if count == 1 else ") output ("
        raise RuntimeError(f"Input and output sizes should be greater than 0, but got input ({before}{between}{after})")
    if 0 in shape[1:]:
        raise RuntimeError(f"Non-empty {count + 2}D data tensor expected but got a tensor with sizes {shape}")


def deprecated(name):
    """Warn that a function has a successor."""
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.",
        stacklevel=3,
    )


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """The older name of `interpolate`."""
    deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    """`interpolate` in the mode "nearest"."""
    deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    """`interpolate` in the mode "bilinear" with aligned corners."""
    deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """The input, (N, C, H, W) or (N, C, D, H, W), read at the places of a grid, (N, ..., 2) or (N, ..., 3).

    A place is (x, y) or (x, y, z), from -1 to 1: the middles of the outermost elements with `align_corners`, else their
    edges. Outside there are zeros, the elements at the border, or a reflection. The modes are "bilinear", which is
    trilinear for volumes, "nearest", and "bicubic" for images (Jaderberg et al., 2015). A ValueError for another mode.
    """
    if mode not in SAMPLING:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in PADDING:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    align_corners = corners(align_corners)
    return grids.grid_sampler(input, grid, SAMPLING.index(mode), PADDING.index(padding_mode), align_corners)


def corners(align_corners):
    """What `align_corners` is where it was not said, with PyTorch's warning of it."""
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
            "details.",
            stacklevel=3,
        )
    return False if align_corners is None else align_corners


def affine_grid(theta: Tensor, size: list[int], align_corners: bool | None = None) -> Tensor:
    """The grids of affine maps, (N, 2, 3) or (N, 3, 4), for results of a size (N, C, H, W) or (N, C, D, H, W).

    `grid_sample` reads through them. A ValueError if theta and size do not fit.
    """
    align_corners = corners(align_corners)
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. "
            f"Got size {size}."
        )
    ndim = len(size) - 2
    if theta.ndim != 3 or tuple(theta.shape[1:]) != (ndim, ndim + 1):
        raise ValueError(
            f"Expected a batch of {ndim}D affine matrices of shape Nx{ndim}x{ndim + 1} for size {size}. "
            f"Got {theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. "
            "This is not an intended use case of affine_grid. See the documentation of affine_grid for details.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return grids.affine_grid_generator(theta, size, align_corners)
