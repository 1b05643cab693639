"""The arithmetic of normalised rows: loops over the rows of matrices that lie row by row, in one or two passes.

The sums may be added in any order, so that LLVM makes vectors of them: each of its lanes adds up a part.
"""

import math


def row_moments(input, eps, mean, rstd):
    """The mean of each row, and 1 / sqrt(variance + eps)."""
    rows, count = input.shape
    one = input.dtype.type(1)
    size = input.dtype.type(count)
    for row in range(rows):
        total = input.dtype.type(0)
        for place in range(count):
            total += input[row, place]
        middle = total / size
        spread = input.dtype.type(0)
        for place in range(count):
            distance = input[row, place] - middle
            spread += distance * distance
        mean[row, 0] = middle
        rstd[row, 0] = one / math.sqrt(spread / size + input.dtype.type(eps))


def row_norm(input, weight, bias, mean, rstd, out):
    """(input - mean) * rstd * weight + bias for each row."""
    rows, count = input.shape
    for row in range(rows):
        middle, scale = mean[row, 0], rstd[row, 0]
        for place in range(count):
            out[row, place] = (input[row, place] - middle) * scale * weight[place] + bias[place]


def row_norm_backward(upstream, input, weight, mean, rstd, grad, of_weight, of_bias):
    """The gradients for input, and what these rows add to those for weight and bias."""
    rows, count = input.shape
    size = input.dtype.type(count)
    for row in range(rows):
        middle, scale = mean[row, 0], rstd[row, 0]
        share = input.dtype.type(0)
        total = input.dtype.type(0)
        for place in range(count):
            given = upstream[row, place]
            standard = (input[row, place] - middle) * scale
            scaled = given * weight[place]
            total += scaled
            share += scaled * standard
            of_weight[place] += given * standard
            of_bias[place] += given
        total, share = total / size, share / size
        for place in range(count):
            standard = (input[row, place] - middle) * scale
            grad[row, place] = (upstream[row, place] * weight[place] - total - standard * share) * scale
