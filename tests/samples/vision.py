"""Padding, interpolation, sampling at the places of a grid, and channels that become places."""

from tests.samples.table import row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

row("pad",
    s(x(2, 3), (1, 2)), s(x(2, 3), (1, 0, 0, 2), value=1.5), s(x(2, 3), [-1, 1]), s(x(2, 3), (-1, -1)),
    s(transposed(3, 2), (-1, 0)), s(transposed(3, 2), (1, 1, -1, 0)), s(stepped(2, 3), (0, 1)), s(x(0, 3), (1, 1)),
    s(x(), ()), s(x(2, 3), ()), s(x(2, 3), (0, 0)), s(x(3, 2), (2, 2), "constant", -0.5), s(x(1, 2, 3), (0, 0, 1, 1)),
    s(x(2, 3), (-2, -2)), s(x(2, 3), (-4, 4)), s(x(2, 3), (1,)), s(x(2), (1, 1, 1, 1)), s(x(2, 3), (1, 1), "a"),
    *[s(x(*shape), pad, mode) for mode in ("reflect", "replicate", "circular") for shape, pad in (
        ((2, 3), (1, 2)), ((1, 2, 3), (2, -1)), ((2, 3, 4), (1, 1, 2, 0)), ((1, 2, 3, 2), (1, 0, 1, 2)),
        ((1, 2, 2, 3), (1, 1, 1, 0, 1, 1)), ((1, 1, 2, 2, 3), (0, 1, -1, 1, 1, 0)), ((2, 3), (-1, -2)),
        ((2, 3), (-2, -2)), ((2, 3), (4, 0)), ((2, 3), (1, 1, 1, 1)), ((2, 3, 2, 2), (1, 1)), ((0, 2, 3), (1, 1)),
        ((2, 0), (1, 1)), ((1, 0, 3, 3), (1, 1, 1, 1)),
    )],
    s(x(2, 3), (3, 3), "reflect"), s(x(2, 2, 3), (0, 0, 2, 0), "reflect"), s(x(2, 3), (1, 1), "reflect", 1.0),
    s(transposed(2, 3, 2), (1, 1), "reflect"), s(transposed(2, 3, 2), (1, 1), "circular"),
    s(x(2, 3), (5, 4), "replicate"), s(x(2, 3), 1), s(x(2, 3), (1.5, 1)),
)
row("constant_pad_nd", s(x(2, 3), (1, 2)), s(x(2, 3), (1, -1, 0, 1), 2.5), s(x(2), (1, 1, 1, 1)), s(x(2), (1,)))

# Interpolation

SIGNAL, IMAGE, VOLUME = x(1, 2, 4), x(1, 2, 3, 4), x(1, 1, 2, 3, 2)
row("interpolate",
    *[s(input, size, factor, mode) for input, size, factor in (
        (SIGNAL, None, 2), (IMAGE, None, 2), (VOLUME, None, 2), (SIGNAL, 7, None), (IMAGE, (5, 3), None),
        (VOLUME, (3, 2, 5), None),
    ) for mode in ("nearest", "nearest-exact")],
    *[s(input, size, mode=mode, align_corners=corners) for input, size, mode in (
        (SIGNAL, 7, "linear"), (IMAGE, (5, 3), "bilinear"), (VOLUME, (3, 2, 3), "trilinear"),
        (IMAGE, (5, 3), "bicubic"), (IMAGE, (1, 2), "bilinear"), (IMAGE, (1, 2), "bicubic"),
    ) for corners in (True, False)],
    *[s(IMAGE, (2, 2), mode=mode, antialias=True) for mode in ("bilinear", "bicubic", "lanczos")],
    *[s(x(1, 1, 3, 2), (5, 3), mode=mode, antialias=True) for mode in ("bilinear", "bicubic", "lanczos")],
    s(IMAGE, (2, 2), mode="bilinear", antialias=True, align_corners=True), s(IMAGE, 3, mode="bilinear"),
    s(SIGNAL, scale_factor=1.7, mode="linear"), s(IMAGE, scale_factor=(1.7, 0.6), mode="bilinear"),
    s(IMAGE, scale_factor=1.3, mode="bicubic"), s(IMAGE, scale_factor=(1.2, 1.9)), s(SIGNAL, scale_factor=0.6),
    s(IMAGE, scale_factor=(1.7, 0.6), mode="bilinear", recompute_scale_factor=True), s(x(0, 1, 2, 2), 3),
    s(IMAGE, scale_factor=(1.4, 1.6), mode="bilinear", antialias=True),
    s(transposed(1, 2, 3, 4), 3, mode="bilinear"), s(stepped(1, 2, 3), 4), s(x(2, 3, 2, 2), 2, mode="bilinear"),
    s(IMAGE), s(IMAGE, 2, 2), s(IMAGE, 0), s(IMAGE, (2,)), s(IMAGE, (2.5, 2)), s(IMAGE, scale_factor=(2,)),
    s(IMAGE, 2, mode="linear"), s(SIGNAL, 2, mode="bicubic"), s(IMAGE, 2, mode="foo"), s(x(2, 3), 2),
    s(IMAGE, 2, mode="lanczos"), s(IMAGE, 2, mode="nearest", align_corners=True), s(SIGNAL, 2, antialias=True),
    s(IMAGE, 2, mode="lanczos", antialias=True, align_corners=True), s(IMAGE, 2, recompute_scale_factor=True),
    s(x(1, 0, 2, 2), 3), s(x(1, 2, 0, 2), 3), s(x(1, 2, 0), 3, mode="linear"), s(VOLUME, 0), s(SIGNAL, 0),
    ulps=16,  # PyTorch's polynomials of cubic convolution cancel near 2
)
row("upsample", s(IMAGE, 3), s(IMAGE, scale_factor=2, mode="bilinear"), s(IMAGE, (2, 5), None, "bicubic", True))
row("upsample_nearest upsample_bilinear", s(IMAGE, 3), s(IMAGE, scale_factor=2), s(x(2, 3), 2))

# Sampling

SPREAD = {"low": -1.37, "high": 1.41}
GRID, GRID3 = x(1, 2, 3, 2, **SPREAD), x(1, 2, 1, 2, 3, **SPREAD)
row("grid_sample",
    *[s(input, grid, mode, padding, corners) for input, grid, modes in (
        (IMAGE, GRID, ("bilinear", "nearest", "bicubic")), (VOLUME, GRID3, ("bilinear", "nearest")),
    ) for mode in modes for padding in ("zeros", "border", "reflection") for corners in (True, False)],
    s(x(2, 3, 1, 2), x(2, 2, 2, 2, **SPREAD), align_corners=True),
    s(transposed(2, 1, 2, 3), x(2, 1, 2, 2, low=-0.9, high=1.3)),
    s(x(1, 1, 1, 1), GRID, "bilinear", "reflection", True), s(x(1, 0, 2, 2), GRID), s(IMAGE, x(1, 0, 2, 2)),
    s(x(0, 1, 2, 2), x(0, 1, 2, 2)), s(IMAGE, x(1, 2, 2)), s(IMAGE, x(2, 2, 2, 2)), s(IMAGE, x(1, 2, 2, 3)),
    s(IMAGE, GRID, "a"), s(IMAGE, GRID, "nearest", "a"), s(VOLUME, GRID3, "bicubic"), s(x(1, 1, 0, 2), GRID),
    s(SIGNAL, x(1, 2, 1)), s(IMAGE, x(1, 2, 3, 2, dtype="float64")),
)
row("grid_sampler", s(IMAGE, GRID, 0, 0, True), s(VOLUME, GRID3, 1, 2, False), s(IMAGE, GRID3, 0, 0, False))
row("grid_sampler_2d", s(IMAGE, GRID, 0, 1, False), s(VOLUME, GRID3, 0, 0, False))
row("grid_sampler_3d", s(VOLUME, GRID3, 0, 1, False), s(IMAGE, GRID, 0, 0, False))
row("affine_grid",
    *[s(x(2, 2, 3), (2, 1, 3, 2), align_corners=each) for each in (True, False)],
    *[s(x(1, 3, 4), [1, 2, 2, 3, 1], align_corners=each) for each in (True, False)],
    s(x(1, 2, 3), (1, 1, 2, 2)), s(x(1, 2, 3), (1, 1, 2)), s(x(1, 2, 3), (1, 1, 2, 2, 2)), s(x(1, 2, 3), (2, 1, 2, 2)),
    s(x(2, 3), (1, 1, 2, 2)), s(x(1, 2, 3), (1, 1, 0, 2)), s(transposed(1, 2, 3), (1, 1, 2, 2)),
)
row("affine_grid_generator", s(x(1, 2, 3), (1, 1, 2, 3), True), s(x(1, 2, 3), (1, 1, 2), False))

# Channels and places

row("pixel_shuffle",
    s(x(1, 4, 2, 3), 2), s(x(2, 9, 1, 1), 3), s(x(4, 2, 2), 2), s(x(2, 1, 4, 1, 2), 2), s(transposed(1, 4, 2, 3), 2),
    s(x(0, 4, 2, 2, grad=False), 2), s(x(1, 2, 2), 2), s(x(4, 2), 2), s(x(1, 4, 2, 2), 0), s(x(4, 2, 2), 1),
    s(x(4, 2, 2), 1.5),
)
row("pixel_unshuffle",
    s(x(1, 1, 4, 6), 2), s(x(2, 3, 3), 3), s(transposed(1, 4, 2), 2), s(x(1, 3, 4), 2), s(x(1, 4, 3), 2), s(x(4, 4), 2),
    s(x(1, 4, 4), -1),
)
row("channel_shuffle native_channel_shuffle",
    s(x(1, 4, 2, 2), 2), s(x(2, 6, 1), 3), s(transposed(1, 4, 2), 2), s(x(1, 0, 2, grad=False), 2), s(x(1, 4, 2), 3),
    s(x(1, 4, 2), 0), s(x(4, 2), 2),
)
