"""The samplers that reject: how many uniform numbers each takes depends on the numbers, as PyTorch's CPU does it.

Each goes through the elements from `start` on and takes uniforms from `chances`. It returns the element that these did
not suffice for, or the number of elements, and how many uniforms the finished ones took: the rest is not used up.
They are plain loops over numbers, so that lists do for the interpreter, and arrays for a compiler.
"""

import math

TAIL = (  # Stirling's formula for log(k!) is too small by this much, for k from 0 to 9
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
    0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
)  # fmt: skip


def gamma(exponents, offsets, chances, results, start, waiting):
    """Gamma numbers by Marsaglia and Tsang (2000): d * v, v the cube of 1 + x / sqrt(9 d) of a normal x, d an offset.

    With an exponent above 0 the result is u ** exponent times that. Normal numbers come in pairs, by Box and Muller
    (1958); `waiting` is the second of the last pair or nan, and the third result.
    """
    place, size = 0, len(chances)
    for element in range(start, len(results)):
        first, kept, scale = place, waiting, 1.0
        d = offsets[element]
        if not d > 0:  # also nan
            results[element] = math.nan
            continue
        c = 1.0 / math.sqrt(9.0 * d)
        if exponents[element] > 0:
            if place == size:
                return element, first, kept
            scale = (1.0 - chances[place]) ** exponents[element]
            place += 1
        while True:
            if place + 3 > size:
                return element, first, kept
            if waiting == waiting:
                x, waiting = waiting, math.nan
            else:
                turn = 2.0 * math.pi * chances[place]
                radius = math.sqrt(-2.0 * math.log1p(-chances[place + 1]))
                x, waiting = radius * math.cos(turn), radius * math.sin(turn)
                place += 2
            y = 1.0 + c * x
            if y <= 0:
                continue
            v = y * y * y
            u = 1.0 - chances[place]
            place += 1
            square = x * x
            if u < 1.0 - 0.033100001513957977 * square * square or (  # 0.0331 in single precision
                math.log(u) < 0.5 * square + d * (1.0 - v + math.log(v))
            ):
                results[element] = scale * d * v
                break
    return len(results), place, waiting


def poisson(rates, chances, results, start):
    """Poisson numbers: below a rate of 10 by multiplying uniforms, above by transformed rejection (Hormann, 1993)."""
    place, size = 0, len(chances)
    for element in range(start, len(results)):
        first, rate, count = place, rates[element], 0
        if rate == 0:
            results[element] = 0.0
            continue
        if rate < 10:
            product, bound = 1.0, math.exp(-rate)
            while True:
                if place == size:
                    return element, first
                product *= chances[place]
                place += 1
                if product <= bound:
                    break
                count += 1
            results[element] = float(count)
            continue
        root, logarithm = math.sqrt(rate), math.log(rate)
        b = 0.931 + 2.53 * root
        a = -0.059 + 0.02483 * b
        inverse = 1.1239 + 1.1328 / (b - 3.4)
        limit = 0.9277 - 3.6224 / (b - 2)
        while True:
            if place + 2 > size:
                return element, first
            u, v = chances[place] - 0.5, chances[place + 1]
            place += 2
            us = 0.5 - abs(u)
            if us == 0:
                continue
            k = math.floor((2 * a / us + b) * u + rate + 0.43)
            if us >= 0.07 and v <= limit:
                break
            if k < 0 or (us < 0.013 and v > us) or v == 0:
                continue
            if math.log(v) + math.log(inverse) - math.log(a / (us * us) + b) <= (
                -rate + k * logarithm - math.lgamma(k + 1.0)
            ):
                break
        results[element] = float(k)
    return len(results), place


def binomial(counts, chances_of_one, spreads, middles, modes, odds, chances, results, start):
    """Binomial numbers with a chance up to 1 / 2: by geometric steps where few are expected, else by rejection.

    `spreads`, `middles`, `modes` and `odds` are sqrt(n p (1 - p)), n p, floor((n + 1) p) and p / (1 - p), rounded as
    the dtype does; the rejection is BTRS (Hormann, 1993).
    """
    place, size = 0, len(chances)
    for element in range(start, len(results)):
        first, count, chance = place, counts[element], chances_of_one[element]
        if count <= 0 or chance <= 0 or chance != chance:
            results[element] = 0.0 if chance == chance else chance
            continue
        middle = middles[element]
        if middle < 10:
            failure, total, found = math.log1p(-chance), 0.0, 0
            while True:
                if place == size:
                    return element, first
                if chances[place] > 0:
                    total += math.ceil(math.log(chances[place]) / failure)
                else:
                    total = math.inf
                place += 1
                if total > count:
                    break
                found += 1
            results[element] = float(found)
            continue
        spread, mode, ratio = spreads[element], modes[element], odds[element]
        b = 1.15 + 2.53 * spread
        a = -0.0873 + 0.0248 * b + 0.01 * chance
        c = middle + 0.5
        limit = 0.92 - 4.2 / b
        alpha = (2.83 + 5.1 / b) * spread
        while True:
            if place + 2 > size:
                return element, first
            u, v = chances[place] - 0.5, chances[place + 1]
            place += 2
            us = 0.5 - abs(u)
            if us == 0:
                continue
            k = float(math.floor((2 * a / us + b) * u + c))
            if k < 0 or k > count:
                continue
            if (us >= 0.07 and v <= limit) or v == 0:
                break
            bound = (
                (mode + 0.5) * math.log((mode + 1) / (ratio * (count - mode + 1)))
                + (count + 1) * math.log((count - mode + 1) / (count - k + 1))
                + (k + 0.5) * math.log(ratio * (count - k + 1) / (k + 1))
            )
            for sign, number in ((1, mode), (1, count - mode), (-1, k), (-1, count - k)):
                if number < 10:
                    bound += sign * TAIL[int(number)]
                else:
                    square = (number + 1) * (number + 1)
                    bound += sign * (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (number + 1)
            if math.log(v * alpha / (a / (us * us) + b)) <= bound:
                break
        results[element] = k
    return len(results), place
