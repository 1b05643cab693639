"""Maxima and means over windows."""

from tests.samples.table import INF, NAN, Input, at, expanded, row, s, stepped, transposed, x

# fmt: off
# A table, filled line by line.

odd = Input((1, 1, 4, 4), dtype="float32", grad=False,
            values=(NAN, 1., NAN, 2., 3., 4., 5., 6., -INF, -INF, -INF, -INF, -INF, -INF, -INF, -INF))
level = Input((1, 1, 4, 4), values=(1.,) * 16)

row("max_pool1d",
    s(x(2, 2, 7), 2), s(x(2, 7), 3, 2, 1), s(x(1, 2, 8), 2, 1, 1, 2, True), s(x(2, 2, 7), 2, return_indices=True),
    s(x(2, 7), 3, 2, 1, 1, True, True), s(transposed(2, 3, 5), 2), s(x(0, 2, 5), 2), s(x(1, 2, 5), 2, []),
    s(x(1, 2, 5), 2, padding=2), s(x(1, 2, 5), 2, padding=-1), s(x(1, 2, 5), 0), s(x(1, 2, 5), 2, 0), s(x(5), 2),
    s(x(1, 2, 5), (2, 2)), s(x(1, 2, 5), 6), s(x(1, 2, 5), 2, dilation=0), s(x(2, 0, 5), 2), s(x(1, 1, 2, 5), 2),
    s(x(1, 2, 5), 6, return_indices=True), s(x(1, 2, 5), (2, 2), return_indices=True), s(x(5), 2, return_indices=True),
)
row("max_pool2d",
    s(x(2, 2, 4, 5), 2), s(x(2, 5, 6), 3, 2, 1), s(x(1, 2, 5, 6), (2, 3), (2, 1), (1, 0), (2, 1), True),
    s(x(1, 2, 5, 5), 2, return_indices=True), s(x(1, 2, 5, 5), 3, 1, 1, return_indices=True), s(odd, 2),
    s(odd, 3, 1, 1),
    s(odd, 2, return_indices=True), s(odd, 3, 1, 1, return_indices=True),
  s(x(1, 2, 5, 5), 2, ceil_mode=True),
    s(x(1, 2, 6, 6), 2, 3, 1, ceil_mode=True), s(transposed(1, 2, 5, 4), 2), s(stepped(1, 2, 4, 4), (2,)),
    s(expanded(2, 2, 4, 4), 2), s(x(1, 2, 4, 4), 2, []), s(x(0, 2, 4, 4), 2),
    s(x(1, 2, 4, 4), 2, padding=2), s(x(1, 2, 4, 4), 2, padding=-1), s(x(1, 2, 4, 4), 0), s(x(1, 2, 4, 4), -1),
    s(x(1, 2, 4, 4), 2, 0), s(x(1, 2, 4, 4), (2, 2, 2)), s(x(1, 2, 4, 4), 2, (2, 2, 2)),
    s(x(1, 2, 4, 4), 2, padding=(1, 1, 1)), s(x(1, 2, 4, 4), 2, dilation=(1, 1, 1)), s(x(1, 2, 4, 4), 2, dilation=0),
    s(x(1, 2, 4, 4), 5), s(x(4, 4), 2), s(x(1, 1, 2, 4, 4), 2), s(x(2, 0, 4, 4), 2), s(x(2, 2, 0, 4), 2),
    s(x(1, 2, 5, 5), 3, dilation=2, padding=2), s(x(1, 2, 4, 4), 2.0),
)
row("max_pool3d",
    s(x(1, 2, 3, 4, 5), 2), s(x(2, 4, 4, 4), 3, 2, 1),
    s(x(1, 1, 4, 5, 4), (1, 2, 3), (1, 2, 1), (0, 1, 1), (1, 1, 2), True),
    s(x(1, 2, 4, 4, 4), 2, return_indices=True), s(x(0, 2, 4, 4, 4), 2), s(transposed(1, 2, 2, 4, 3), 2),
    s(x(1, 2, 4, 4, 4), 2, padding=2), s(x(1, 2, 4, 4, 4), 0), s(x(1, 2, 4, 4, 4), 2, 0), s(x(1, 2, 4, 4, 4), (2, 2)),
    s(x(1, 2, 4, 4, 4), 2, (2, 2)), s(x(1, 2, 4, 4, 4), 5), s(x(4, 4, 4), 2), s(x(2, 0, 4, 4, 4), 2),
    s(x(1, 2, 4, 4, 4), 2, dilation=0), s(x(1, 2, 4, 4, 4), 2, dilation=(1, 1)), s(x(1, 2, 4, 4, 4), 2, padding=(1, 1)),
)
row("max_pool1d_with_indices", s(x(2, 2, 7), 2), s(x(2, 7), 3, 2, 1), s(x(2, 7), 0))
row("max_pool2d_with_indices",
    s(x(2, 2, 4, 5), 2), s(x(2, 5, 6), 3, 2, 1, 1, True), s(level, 2), s(level, 3, 1, 1), s(level, 3, 2, 1, 2),
    smooth="of equal elements the first has the gradient",
)
row("max_pool3d_with_indices", s(x(1, 2, 3, 4, 5), 2))

row("avg_pool1d",
    s(x(2, 2, 7), 2), s(x(2, 7), 3, 2, 1), s(x(1, 2, 8), 3, 2, 1, True, False), s(transposed(2, 3, 5), 2),
    s(x(0, 2, 5), 2), s(x(1, 2, 5), (2,), (1,), (1,)), s(x(5), 2), s(x(1, 2, 5), (2, 2)), s(x(1, 2, 5), 6),
    s(x(1, 2, 5), 0),
    s(x(1, 2, 5), 2, padding=2), s(x(1, 2, 5), 2, 0), s(x(2, 0, 5), 2),
)
row("avg_pool2d",
    s(x(2, 2, 4, 5), 2), s(x(2, 5, 6), 3, 2, 1), s(x(1, 2, 5, 6), (2, 3), (2, 1), (1, 0), True, False),
    s(x(1, 2, 5, 6), 3, 2, 1, True), s(x(1, 2, 5, 5), 2, 1, 1, False, False), s(x(1, 2, 4, 4), 2, divisor_override=3),
    s(x(1, 2, 6, 6), 2, 3, 1, True), s(x(1, 2, 5, 5), 1, 2), s(transposed(1, 2, 5, 4), 2), s(stepped(1, 2, 4, 4), (2,)),
    s(expanded(2, 2, 4, 4), 2), s(x(0, 2, 4, 4), 2), s(odd, 2), s(x(1, 2, 4, 4), 2, []),
    s(x(1, 2, 4, 4), 2, padding=2), s(x(1, 2, 4, 4), 0), s(x(1, 2, 4, 4), 2, 0), s(x(1, 2, 4, 4), (2, 2, 2)),
    s(x(1, 2, 4, 4), 2, (2, 2, 2)), s(x(1, 2, 4, 4), 2, padding=(1, 1, 1)), s(x(1, 2, 4, 4), 5), s(x(4, 4), 2),
    s(x(1, 1, 2, 4, 4), 2), s(x(2, 0, 4, 4), 2), s(x(1, 2, 4, 4), 2, divisor_override=0), s(x(1, 2, 4, 4), -1),
)
row("avg_pool3d",
    s(x(1, 2, 3, 4, 5), 2), s(x(2, 4, 4, 4), 3, 2, 1),
    s(x(1, 1, 4, 5, 4), (1, 2, 3), (1, 2, 1), (0, 1, 1), True, False),
    s(x(1, 1, 4, 4, 4), 2, divisor_override=5), s(x(0, 2, 4, 4, 4), 2), s(x(1, 2, 4, 4, 4), (2, 2)), s(x(4, 4, 4), 2),
    s(x(1, 2, 4, 4, 4), 5), s(x(1, 2, 4, 4, 4), 2, (2, 2)), s(x(1, 2, 4, 4, 4), 2, padding=(1, 1)),
    s(x(2, 0, 4, 4, 4), 2),
    s(x(1, 2, 4, 4, 4), 2, divisor_override=0),
)
row("lp_pool1d", s(x(2, 2, 6, low=0.2), 2, 2), s(x(2, 7, low=0.2), 3, 3, 2, True), s(x(2, 6), INF, 2),
    s(x(2, 6), -INF, 2),
    ulps=16)
row("lp_pool2d",
    s(x(2, 2, 4, 4, low=0.2), 2, 2), s(x(2, 5, 5, low=0.2), 3, (2, 3), 1), s(x(1, 1, 4, 4), INF, 2),
    s(x(1, 1, 4, 4), 1, 2), s(x(1, 1, 4, 4, low=0.2), 2, (2, 2, 2)), ulps=16,
)
row("lp_pool3d", s(x(1, 2, 4, 4, 4, low=0.2), 2, 2), s(x(1, 4, 4, 4, low=0.2), 3, 2, 1), ulps=16)

found = at(0, 3, 8, 10, 2, 7, 9, 15, shape=(1, 2, 2, 2))
row("max_unpool1d",
    s(x(1, 2, 2), at(0, 3, 1, 2, shape=(1, 2, 2)), 2), s(x(2, 2), at(0, 4, 1, 2, shape=(2, 2)), 2, output_size=(5,)),
    s(x(1, 2, 2), at(0, 4, 1, 2, shape=(1, 2, 2)), 2),
    s(x(1, 2, 2), at(0, 3, 1, 2, shape=(1, 2, 2)), 2, output_size=(9,)),
    s(x(1, 2, 2), at(0, 3, 1, 2, shape=(1, 2, 2), dtype="int32"), 2),
)
row("max_unpool2d",
    s(x(1, 2, 2, 2), found, 2), s(x(2, 2, 2), at(0, 3, 8, 10, 2, 7, 9, 15, shape=(2, 2, 2)), 2),
    s(x(1, 2, 2, 2), found, 2, output_size=(5, 4)), s(x(1, 2, 2, 2), found, 2, output_size=(1, 2, 5, 5)),
    s(x(1, 2, 2, 2), found, 2, output_size=(7, 5)), s(x(1, 2, 2, 2), found, 2, output_size=(5,)),
    s(x(1, 2, 2, 2), found, 3, 1), s(x(1, 2, 2, 2), found, 1), s(x(1, 2, 2, 2), found, 2, padding=1),
    s(x(1, 2, 1, 2), found, 2), s(x(2, 2), at(0, 1, 2, 3, shape=(2, 2)), 2),
    s(x(0, 2, 2, 2), at(shape=(0, 2, 2, 2)), 2),
    s(x(1, 0, 2, 2), at(shape=(1, 0, 2, 2)), 2), s(x(1, 2, 2, 2), at(0, 3, 8, 10, -1, 7, 9, 15, shape=(1, 2, 2, 2)), 2),
)
row("max_unpool3d",
    s(x(1, 1, 1, 2, 2), at(0, 3, 8, 10, shape=(1, 1, 1, 2, 2)), 2),
    s(x(1, 1, 2, 2), at(0, 3, 8, 31, shape=(1, 1, 2, 2)), 2),
    s(x(1, 1, 1, 2, 2), at(0, 3, 8, 99, shape=(1, 1, 1, 2, 2)), 2), s(x(2, 2), at(0, 1, 2, 3, shape=(2, 2)), 2),
    s(x(1, 1, 1, 2, 2), at(0, 3, 8, 10, shape=(1, 1, 1, 2, 2)), 2, 0),
    s(x(1, 1, 1, 2, 2), at(0, 3, 8, 10, shape=(1, 1, 1, 2, 2), dtype="int32"), 2),
)

row("adaptive_avg_pool1d",
    s(x(2, 2, 7), 3), s(x(2, 6), 3), s(x(1, 2, 3), 7), s(x(1, 2, 3), 6), s(x(1, 2, 5), 1), s(transposed(1, 2, 5), 2),
    s(x(1, 2, 5, grad=False), 0), s(x(0, 2, 5), 2), s(x(1, 2, 5), (2,)), s(x(1, 2, 5), (2, 2)), s(x(1, 2, 5), -1),
    s(x(5), 2),
    s(x(1, 2, 5), (None,)), s(x(2, 2, 0), 2),
)
row("adaptive_avg_pool2d",
    s(x(2, 2, 5, 7), 3), s(x(2, 6, 4), (3, 2)), s(x(1, 2, 3, 4), (5, None)), s(x(1, 2, 3, 4), 1),
    s(x(1, 2, 4, 4), (2, 1)),
    s(transposed(1, 2, 5, 4), 3), s(odd, 3), s(x(1, 2, 3, 3, grad=False), 0), s(x(0, 2, 4, 4), 2), s(x(1, 2, 4, 4), -1),
    s(x(1, 2, 4, 4), (2,)), s(x(1, 2, 4, 4), (2, 2, 2, 2)), s(x(4, 4), 2), s(x(1, 1, 2, 4, 4), 2), s(x(2, 2, 0, 4), 2),
)
row("adaptive_avg_pool3d",
    s(x(1, 2, 3, 4, 5), 2), s(x(2, 4, 4, 4), (2, 4, 3)), s(x(1, 2, 3, 3, 3), 1), s(x(1, 2, 3, 3, 3), (None, 2, 1)),
    s(x(1, 2, 4, 4, 4), -1), s(x(1, 2, 4, 4, 4), (2, 2)), s(x(4, 4, 4), 2), s(x(2, 0, 4, 4, 4), 2),
)
row("adaptive_max_pool1d",
    s(x(2, 2, 7), 3), s(x(2, 6), 3, True), s(x(1, 2, 3), 7, return_indices=True), s(x(1, 2, 5, grad=False), 0),
    s(x(0, 2, 5), 2),
    s(x(1, 2, 5), (2, 2)), s(x(1, 2, 5), -1), s(x(5), 2), s(x(2, 0, 5), 2),
)
row("adaptive_max_pool2d",
    s(x(2, 2, 5, 7), 3), s(x(2, 6, 4), (3, 2), True), s(x(1, 2, 3, 4), (5, None), True), s(x(1, 2, 3, 4), 1),
    s(transposed(1, 2, 5, 4), 3, True), s(odd, 3, True), s(odd, 2, True), s(x(1, 2, 3, 3, grad=False), 0),
    s(x(0, 2, 4, 4), 2), s(x(1, 2, 4, 4), -1), s(x(1, 2, 4, 4), (2,)), s(x(4, 4), 2), s(x(2, 0, 4, 4), 2),
)
row("adaptive_max_pool3d",
    s(x(1, 2, 3, 4, 5), 2), s(x(2, 4, 4, 4), (2, 4, 3), True), s(x(1, 2, 3, 3, 3), (None, 2, 1)), s(x(4, 4, 4), 2),
    s(x(1, 2, 4, 4, 4), (2, 2)), s(x(2, 0, 4, 4, 4), 2), s(x(1, 2, 4, 4, 4), -1),
)
row("adaptive_max_pool1d_with_indices", s(x(2, 2, 7), 3))
row("adaptive_max_pool2d_with_indices",
    s(x(2, 2, 5, 7), 3), s(level, 3), smooth="of equal elements the first has the gradient",
)
row("adaptive_max_pool3d_with_indices", s(x(1, 2, 3, 4, 5), 2))

row("fractional_max_pool2d",
    s(x(2, 2, 6, 7), 2, 3), s(x(2, 6, 7), (2, 3), (3, 2), return_indices=True), s(x(1, 2, 8, 8), 2, None, (0.5, 0.6)),
    s(x(1, 2, 6, 6), 2, 1), s(odd, 2, 2, return_indices=True), s(x(0, 2, 6, 6), 2, 3), s(x(1, 2, 6, 6), 2),
    s(x(1, 2, 6, 6), 2, 6), s(x(6, 6), 2, 2), s(x(1, 0, 6, 6), 2, 2), s(x(1, 2, 6, 6), (2,), 2),
    s(x(1, 2, 6, 6), 2, (2,)),
    s(x(1, 2, 6, 6), 2, 3, None, True, x(1, 2, 2, low=0.1, high=0.9, grad=False)),
    s(x(1, 2, 6, 6), 2, 3, None, False, x(1, 2, 3, low=0.1, high=0.9, grad=False)),
    s(x(1, 2, 6, 6), 2, 3, None, False, x(1, 3, 2, low=0.1, high=0.9, grad=False)), random=True,
)
row("fractional_max_pool3d",
    s(x(1, 2, 6, 7, 5), 2, 3), s(x(2, 6, 7, 5), (2, 3, 1), (3, 2, 2), return_indices=True),
    s(x(1, 2, 6, 6, 6), 2, None, (0.5, 0.5, 0.5)), s(x(1, 2, 6, 6, 6), 2, 6), s(x(1, 2, 6, 6, 6), 2),
    s(x(6, 6, 6), 2, 2), s(x(1, 2, 6, 6, 6), (2, 2), 2), s(x(1, 2, 6, 6, 6), 2, (2, 2)), random=True,
)
row("fractional_max_pool2d_with_indices", s(x(2, 2, 6, 7), 2, 3), random=True)
row("fractional_max_pool3d_with_indices", s(x(1, 2, 6, 7, 5), 2, 3), random=True)

row("max_pool max_pool_places taken_from_planes placed_in_planes", apart="seen through max_pool1d, 2d and 3d")
row("max_unpool", apart="seen through max_unpool1d, 2d and 3d")
row("avg_pool avg_pool_backward", apart="seen through avg_pool1d, 2d and 3d")
row("adaptive_avg_pool adaptive_avg_pool_backward", apart="seen through adaptive_avg_pool1d, 2d and 3d")
row("adaptive_max_places", apart="seen through adaptive_max_pool1d, 2d and 3d")
row("fractional_max_places", apart="seen through fractional_max_pool2d and 3d")
