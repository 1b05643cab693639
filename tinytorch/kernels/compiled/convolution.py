"""The arithmetic of windows that slide over planes, each with its own weights: loops along lines, three weights each.

`flat` is the memory of the planes, `starts` says where each begins in it. Neighbours in a window are `inside` elements
apart, windows `across`: two numbers each, for lines and for places in them. LLVM makes vectors of the loops in which
windows are one or two places apart; indices without a sign spare it the question whether they count from the end.
"""

from numpy import uintp


def depthwise(flat, starts, inside, across, weight, out):
    """The sums of windows times weights, (planes, lines, places); the weights of planes are (planes, rows, columns)."""
    planes, lines, places = out.shape
    rows, columns = weight.shape[1:]
    by, more = uintp(across[1]), uintp(inside[1])
    twice = more + more
    for plane in range(planes):
        for line in range(lines):
            sums = out[plane, line]
            for row in range(rows):
                begin = starts[plane] + line * across[0] + row * inside[0]
                column = 0
                while column < columns:
                    at = uintp(begin + column * inside[1])
                    one = weight[plane, row, column]
                    if columns - column < 3 or across[1] > 2:
                        for place in range(places):
                            sums[place] += flat[at + uintp(place) * by] * one
                        column += 1
                        continue
                    two, three = weight[plane, row, column + 1], weight[plane, row, column + 2]
                    if across[1] == 1:
                        for place in range(places):
                            here = at + uintp(place)
                            sums[place] += flat[here] * one + flat[here + more] * two + flat[here + twice] * three
                    else:
                        for place in range(places):
                            here = at + uintp(place) * uintp(2)
                            sums[place] += flat[here] * one + flat[here + more] * two + flat[here + twice] * three
                    column += 3


def depthwise_weight(flat, starts, inside, across, upstream, out):
    """Add the sums of windows times the gradients that came to them to `out`, (planes, rows, columns)."""
    planes, lines, places = upstream.shape
    rows, columns = out.shape[1:]
    by, more = uintp(across[1]), uintp(inside[1])
    twice = more + more
    zero = upstream.dtype.type(0)
    for plane in range(planes):
        for line in range(lines):
            given = upstream[plane, line]
            for row in range(rows):
                begin = starts[plane] + line * across[0] + row * inside[0]
                column = 0
                while column < columns:
                    at = uintp(begin + column * inside[1])
                    one = two = three = zero
                    if columns - column < 3 or across[1] > 2:
                        for place in range(places):
                            one += flat[at + uintp(place) * by] * given[place]
                        out[plane, row, column] += one
                        column += 1
                        continue
                    if across[1] == 1:
                        for place in range(places):
                            here, grad = at + uintp(place), given[place]
                            one += flat[here] * grad
                            two += flat[here + more] * grad
                            three += flat[here + twice] * grad
                    else:
                        for place in range(places):
                            here, grad = at + uintp(place) * uintp(2), given[place]
                            one += flat[here] * grad
                            two += flat[here + more] * grad
                            three += flat[here + twice] * grad
                    out[plane, row, column] += one
                    out[plane, row, column + 1] += two
                    out[plane, row, column + 2] += three
                    column += 3
