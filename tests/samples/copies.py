"""Copies of views, parts that history takes for no views, and places by index."""

from tests.samples.table import at, mask, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

# Copies of views
plain = (s(x(2, 3)), s(transposed(3, 2)), s(stepped(2, 2)), s(x()), s(x(0, 3)))
row("alias_copy detach_copy", *plain)
row("t_copy", *plain, s(x(3)), s(x(2, 2, 2)))
row("as_strided_copy", s(x(2, 3), (3, 2), (1, 3)), s(x(6), (2, 2), (1, 1), 1), s(x(2, 3), (2,), (9,)))
row("diagonal_copy", s(x(3, 3)), s(x(2, 3), 1), s(x(2, 2, 3), 0, 1, 2), s(transposed(3, 2), -1))
row("expand_copy", s(x(1, 3), (2, 3)), s(x(3), (2, -1)), s(x(), (2, 2)), s(x(2, 3), (2, 4)))
row("permute_copy", s(x(2, 3), (1, 0)), s(x(2, 3, 2), (2, 0, -2)), s(x(2, 3), (0, 0)))
row("select_copy", s(x(2, 3), 0, 1), s(x(2, 3), -1, -1), s(x(2, 3), 0, 2))
row("slice_copy", s(x(4, 2)), s(x(4, 2), 0, 1, 3), s(x(2, 5), 1, 0, 5, 2), s(x(4), 0, -3), s(x(4), 0, 0, 4, -1))
row("split_copy", s(x(5, 2), 2), s(x(2, 5), 3, 1), s(x(2, 3), -1), s(x(2), [1, 1]))
row("split_with_sizes_copy unsafe_split_with_sizes",
    s(x(5, 2), [2, 3]), s(x(2, 5), [1, 1, 3], 1), s(transposed(3, 2), [1, 2]), s(x(3), [1, 1]), s(x(2), [3, -1]),
)
row("squeeze_copy", s(x(2, 1, 3)), s(x(2, 1, 3), 1), s(x(2, 1, 3), 0), s(x(1, 2, 1), (0, 2)))
row("transpose_copy", s(x(2, 3), 0, 1), s(x(2, 3, 2), -1, 0), s(x(2), 0, 1))
row("unbind_copy", s(x(2, 3)), s(x(2, 3), 1), s(transposed(3, 2), -1), s(x(), 0))
row("unfold_copy", s(x(5), 0, 2, 1), s(x(2, 4), -1, 2, 2), s(x(3), 0, 4, 1))
row("unsqueeze_copy", s(x(2, 3), 0), s(x(2, 3), -1), s(x(2), 3))
row("view_copy", s(x(2, 3), (3, 2)), s(transposed(3, 2), (6,)), s(x(2, 3), (4,)))
row("view_as_real_copy", s(x(2, 3)))
row("view_as_complex_copy", s(x(3, 2)), s(x(3)))
row("shown_copy", apart="seen through alias_copy and the others")

# Parts that history takes for no views
row("unsafe_chunk", s(x(5, 2), 2), s(x(2, 5), 3, 1), s(transposed(3, 2), 2), s(x(3), 0), s(x(), 2))
row("unsafe_split", s(x(5, 2), 2), s(x(2, 5), 3, 1), s(transposed(3, 2), 2), s(x(3), 0), s(x(), 2), s(x(3), -1))
row("unsafe_parts unsafe_sized_parts", apart="seen through unsafe_split and unsafe_split_with_sizes")

# Classes
row("one_hot",
    s(at(0, 2)), s(at(0, 2), 4), s(at(1, 0, shape=(2, 1))), s(at(1, shape=())), s(at(0, 2), 2), s(at(0, -2)),
    s(at(dtype="int64")), s(at(dtype="int64"), 3), s(at(0, 1, dtype="int32")), s(at(0), 0),
    meta="the shape depends on the values",
)

# Indices
row("index_reduce",
    *[s(x(3, 2), 0, at(0, 2, 0), x(3, 2), reduce) for reduce in ("prod", "mean", "amax", "amin")],
    s(x(2, 3), 1, at(1, 1), x(2, 2), "prod", include_self=False), s(transposed(3, 2), 0, at(1, 1), x(2, 2), "mean"),
    s(x(3), 0, at(1, 1, dtype="int32"), x(2), "amax"), s(x(), 0, at(0, shape=()), x(), "prod"),
    s(x(3), 0, at(3), x(1), "mean"), s(x(3), 0, at(0), x(1), "sum"), s(x(3), 0, at(0), x(2), "mean"),
    s(x(3), 0, at(0), x(1, dtype="float64"), "mean"), s(x(3), 0, at(0, shape=(1, 1)), x(1), "mean"),
    s(x(3, 2), 0, at(0), x(1, 3), "mean"), s(x(3), 0, at(0.0, dtype="float32"), x(1), "mean"),
    smooth="a tie, or a zero, is a kink",
)
row("unravel_index",
    s(at(3, 5), (2, 3)), s(at(5, shape=()), (2, 3)), s(at(3, 5), 6), s(at(3, 7, -1, -9), (2, 3)), s(at(0.5), (2, 3)),
    s(at(3, 5, dtype="int32"), [2, 3]), s(at(3, 5, shape=(1, 2)), (2, 3)), s(at(3), (-2, 3)), s(at(3), (2.0, 3)),
    s(mask(True), (2,)),
)
row("nonzero_static",
    s(at(0, 3, 1, 0, shape=(2, 2)), size=3), s(at(0, 3, 1), size=1), s(at(0, 3), size=3, fill_value=7),
    s(x(2), size=-1),
    s(at(1, shape=()), size=2), s(x(2, 0), size=1),
    meta="the places depend on the values",
)
row("as_strided_scatter",
    s(x(2, 3), x(2, grad=False), (2,), (1,)), s(x(6), x(2, 2, grad=False), (2, 2), (2, 1), 1),
    s(x(2, 3), x(2), (3,), (1,)),
    s(x(2, 3), x(2), (2,), (9,)), s(x(4, grad=False), x(2), (2,), (2,)),
)
row("slice_inverse",
    s(x(2, 3), x(2, 3)), s(x(2, 3), stepped(2, 2), 1),
    program=lambda torch, input, src, *settings: torch.slice_inverse(input, src, *settings),
)
row("fill_diagonal",
    s(x(2, 3), 1.5), s(transposed(3, 2), 2), s(x(7, 2), 1.0), s(x(7, 2), 1.0, True), s(x(2, 7), 1.0, True),
    s(x(2), 1.0),
    s(x(2, 2, 2), 1.0), s(x(2, 2, 3), 1.0), s(x(2, 2), x()), s(x(2, 2), x(1)),
    in_place_only=True,
)
