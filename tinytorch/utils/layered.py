"""Where the boxes of a layered graph stand: in rows, with few crossing lines, each near what it is tied to.

A line that passes a row takes a place in it (Sugiyama, Tagawa and Toda, 1981); the order within the rows is that of the
means of the neighbours, the places are the nearest to these means that keep the boxes apart.
"""

import itertools
from bisect import bisect, insort

BETWEEN, APART = 18, 30  # from box to box in a row, from row to row, in pixels
FOLLOWS = 0.02  # how much the wish counts of what leads to one place alone: it stands beside, and moves nothing


class Place:
    """What stands in a row: a box of some size, or a point that a line passes through."""

    def __init__(self, width=4, height=0, box=None):
        self.width, self.height, self.box = width, height, box
        self.x = self.y = self.top = self.foot = 0.0  # the middle; where its row begins and ends


def routed(places, rows, sources):
    """Rows of places from the top, and the ties from row to row: (upper, lower), through the rows that a line passes.

    `places` has the place of each thing, `rows` the number of its row from the foot, `sources` those that lead to it.
    """
    last = max(rows.values())
    table = [[] for _ in range(last + 1)]
    for each, row in rows.items():
        table[last - row].append(places[each])
    ties = []
    for each, row in rows.items():
        for source in sources[each]:
            below = places[each]
            for passed in range(row + 1, rows[source]):
                above = Place()
                table[last - passed].append(above)
                ties.append((above, below))
                below = above
            ties.append((places[source], below))
    return table, ties


def arrange(table, ties):
    """Give each place its `x` and `y`, the middle of its box, from 0 on; the picture's width and height."""
    above, below = {}, {}
    for upper, lower in ties:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    order(table, above, below)
    for row in table:
        spread(row, [place.x for place in row])
    both = {place: [*above.get(place, ()), *below.get(place, ())] for row in table for place in row}
    weight = {place: FOLLOWS if len(ties) == 1 and place not in above else 1.0 for place, ties in both.items()}
    towards = {place: [each for each in ties if weight[each] == 1.0] or ties for place, ties in both.items()}
    for _ in range(15):
        for row in [*table, *reversed(table)]:
            spread(row, [middle(place, towards[place]) for place in row], [weight[place] for place in row])
    top = 0.0
    for row in table:
        foot = top + max(place.height for place in row)
        for place in row:
            place.top, place.foot, place.y = top, foot, (top + foot) / 2
        top = foot + APART
    left = min(place.x - place.width / 2 for row in table for place in row)
    for row in table:
        for place in row:
            place.x -= left
    return max(place.x + place.width / 2 for row in table for place in row), top - APART


def order(table, above, below):
    """Sort each row by the means of its neighbours above, then below, and keep the order with the fewest crossings."""
    number(table)
    best, least = [list(row) for row in table], crossings(table, below)
    for _ in range(12):
        for rows, ties in ((table, above), (table[::-1], below)):
            for row in rows:
                row.sort(key=lambda place, ties=ties: middle(place, ties.get(place, ())))
                spread(row, [middle(place, ties.get(place, ())) for place in row])
            found = crossings(table, below)
            if found < least:
                best, least = [list(row) for row in table], found
    for row, places in zip(table, best, strict=True):
        row[:] = places
    number(table)


def number(table):
    """Let the places of each row stand in their order, evenly."""
    for row in table:
        for index, place in enumerate(row):
            place.x = index * 100.0


def crossings(table, below):
    """How many pairs of lines cross between the rows."""
    count = 0
    for row, following in itertools.pairwise(table):
        position = {place: index for index, place in enumerate(following)}
        ends = []  # those of the lines so far, sorted
        for place in row:
            found = sorted([position[each] for each in below.get(place, ())])
            count += sum(len(ends) - bisect(ends, each) for each in found)
            for each in found:
                insort(ends, each)
    return count


def middle(place, ties):
    """The mean of what a place is tied to; its own if that is nothing."""
    return sum([each.x for each in ties]) / len(ties) if ties else place.x


def spread(row, wishes, weights=None):
    """The places nearest to `wishes`, by least squares with weights, at which those of a row stand in order and apart.

    Less the room that the ones before take, they must not fall: neighbours that would are pooled at their mean.
    """
    room, pools = [0.0], []  # a pool: sum of weighted wishes, of weights, how many
    for place, following in itertools.pairwise(row):
        room.append(room[-1] + (place.width + following.width) / 2 + BETWEEN)
    for wish, taken, weight in zip(wishes, room, weights or [1.0] * len(row), strict=True):
        total, count = (wish - taken) * weight, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / weight:
            before = pools.pop()
            total, weight, count = total + before[0], weight + before[1], count + before[2]
        pools.append((total, weight, count))
    found = [total / weight for total, weight, count in pools for _ in range(count)]
    for place, x, taken in zip(row, found, room, strict=True):
        place.x = x + taken
