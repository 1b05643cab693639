"""Views, and copies."""

from tests.samples.table import Named, row, s, stepped, transposed, unary, x

# fmt: off
# A table, filled line by line.

# Views and shapes
row("view",
    s(x(2, 3), (3, 2)), s(x(2, 3), (-1,)), s(x(), (1, 1)), s(x(0, 3), (3, 0)), s(x(2, 3), (4,)),
    s(transposed(3, 2), (6,)),
)
row("reshape_alias",
    s(x(2, 3), (3, 2)), s(stepped(2, 2), (2, 1, 2)), oracle=lambda torch, input, size: input.view(size),
)
row("unsafe_view",
    s(x(2, 3), (3, 2)), s(x(4), (2, 2)), oracle=lambda torch, input, size: torch.ops.aten._unsafe_view(input, size),
)
row("expand",
    s(x(1, 3), (2, 3)), s(x(3), (2, -1)), s(x(), (2, 2)), s(x(2, 1), (2, 2, 3)), s(x(2, 3), (2, 4)),
    s(transposed(3, 1), (3, 2)),
)
row("transpose swapaxes swapdims",
    s(x(2, 3), 0, 1), s(x(2, 3, 2), -1, 0), s(x(), 0, 0), s(transposed(3, 2), 0, 1), s(x(2), 0, 1),
)
row("t", s(x(2, 3)), s(x(3)), s(x()), s(x(2, 2, 2)))
row("permute", s(x(2, 3), (1, 0)), s(x(2, 3, 2), (2, 0, -2)), s(x(), ()), s(x(2, 3), (0, 0)), s(x(2, 3), (0,)))
row("unsqueeze", s(x(2, 3), 0), s(x(2, 3), -1), s(transposed(3, 2), 1), s(x(), 0), s(x(2), 3))
row("squeeze", s(x(2, 1, 3)), s(x(2, 1, 3), 1), s(x(2, 1, 3), 0), s(x(1, 2, 1), (0, 2)), s(x(), 0), s(x(1), 2))
row("select", s(x(2, 3), 0, 1), s(x(2, 3), -1, -1), s(transposed(3, 2), 1, 0), s(x(2, 3), 0, 2), s(x(), 0, 0))
row("narrow", s(x(2, 3), 1, 1, 2), s(x(4), 0, -3, 2), s(transposed(3, 2), 0, 1, 1), s(x(3), 0, 2, 2), s(x(3), 0, 0, -1))
row("unbind", s(x(2, 3)), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(), 0))
row("stack",
    s([x(2, 3), x(2, 3)]), s([x(3), x(3)], 1), s([transposed(3, 2), x(3, 2)], -1), s([x(), x()]), s([x(2), x(3)]),
)
row("basic_index",
    s(x(2, 3), (0,)), s(x(2, 3), (slice(None), 1)), s(x(4), (slice(1, None, 2),)), s(x(2, 3), (..., None, 0)),
    s(x(2, 3), (None, slice(0, 1))), oracle=lambda torch, input, key: input[key],
)
row("embed",
    s(x(3), (2, 3), (1,)), s(x(2), (2, 3), (slice(None), 0)), s(x(), (2,), (0,)),
    oracle=lambda torch, input, shape, key: embedded(input, shape, key),
)
plain, turned, row_of = ((2, 3), (3, 1), 0), ((3, 2), (1, 3), 0), ((3,), (1,), 3)
repeated, windows = ((2, 3), (0, 1), 0), ((2, 2), (1, 1), 0)
row("view_of_base",
    *[s(x(2, 3), plain, view) for view in (turned, row_of, repeated, windows)],
    oracle=lambda torch, input, base, view: input.as_strided(*view),
)
row("region",
    *[s(x(2, 3), plain, view) for view in (turned, row_of, windows)],
    oracle=lambda torch, input, base, view: input.as_strided(*view).clone().contiguous(),
)
row("region_scatter",
    s(x(2, 3), x(3), plain, row_of), s(x(2, 3), x(3, 2), plain, turned),
    oracle=lambda torch, input, source, base, view: written(input, source, view),
)
row("region_embed",
    s(x(3, 2), plain, turned), s(x(3), plain, row_of), s(x(2, 3), plain, repeated), s(x(2, 2), plain, windows),
    oracle=lambda torch, input, base, view: gathered_back(torch, input, base, view),
)


def embedded(input, shape, key):
    """Zeros with the input at a key."""
    whole = input.new_zeros(shape)
    whole[key] = input
    return whole


def written(input, source, view):
    """A copy with a region replaced; PyTorch 2.13's as_strided_scatter has a wrong derivative."""
    copy = input.clone()
    copy.as_strided(*view).copy_(source)
    return copy


def gathered_back(torch, input, base, view):
    """The derivative of a view of a base, in PyTorch's own arithmetic."""
    places = torch.arange(base[0][0] * base[0][1]).as_strided(*view).reshape(-1)
    return input.new_zeros(base[0]).reshape(-1).index_add(0, places, input.reshape(-1)).reshape(base[0])


# Copies
row("clone",
    *unary(), s(x(1, 3, 2)), s(transposed(3, 2), memory_format=Named("contiguous_format")),
    s(transposed(3, 2), memory_format=Named("preserve_format")), s(x(2, 3, 2, 2), memory_format=Named("channels_last")),
    s(x(2, 3), memory_format=Named("channels_last")),
)
row("contiguous_copy", *unary(), oracle=lambda torch, input: input.clone(memory_format=torch.contiguous_format))
row("copy",
    s(x(2, 3), x(2, 3)), s(x(2, 3), x(3)), s(transposed(3, 2), x(3, 2)), s(x(2, 3), x()), s(x(3), x(2, 3)),
    s(x(3), x(3, dtype="int64")), in_place_only=True,
)
row("fill", s(x(2, 3), 1.5), s(x(2, 3), 2), s(x(2), x()), s(x(0), 1), s(x(2), x(2)), in_place_only=True)
row("zero", s(x(2, 3)), s(transposed(3, 2)), s(x()), in_place_only=True)
