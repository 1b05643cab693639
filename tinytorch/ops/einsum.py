"""Einstein's summation: products of tensors whose dimensions are named by letters, as batches of matrix products."""

import functools
import math

from tinytorch.ops.matmul import bmm, dot
from tinytorch.tensor import Tensor

DOTS = "..."
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Order:
    """Whether the package opt_einsum is asked which of more than two tensors come first, and how it is to think."""

    enabled, strategy = True, "auto"


@functools.cache
def package():
    """The package opt_einsum; None where it is not installed."""
    try:
        import opt_einsum
    except ImportError:
        return None
    return opt_einsum


def einsum(*args):
    """Sums of products by a formula: `einsum("ij,jk->ik", a, b)` names the dimensions of each tensor and of the result.

    A letter that the result does not have is summed over; `...` stands for dimensions that broadcast; without `->` the
    result has the letters that stand once, in alphabetical order. Instead of a formula each tensor may be followed by a
    list of numbers for its dimensions, and a last list names those of the result. A RuntimeError says what is wrong
    with
    a formula.
    """
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    equation, operands = as_equation(args)
    inputs, output = parsed(equation, operands)
    pairs = None
    if len(operands) > 2 and Order.enabled and package() is not None:
        pairs = package().contract_path(equation, *operands, optimize=Order.strategy)[0]
    return contracted(inputs, output, operands, pairs)


def as_equation(args):
    """The formula and the tensors; lists of numbers become letters."""
    if isinstance(args[0], Tensor):
        named = [letters(each) for each in args[1::2]]
        operands = args[: len(args) - len(args) % 2 : 2]
        equation = ",".join(named[: len(operands)])
        return (f"{equation}->{letters(args[-1])}" if len(args) % 2 else equation), list(operands)
    operands = args[1:]
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return args[0], list(operands)


def letters(numbers):
    """A list of numbers from 0 to 51 and Ellipsis as letters."""
    found = ""
    for each in numbers:
        if each is Ellipsis:
            found += DOTS
        elif 0 <= each < len(LETTERS):
            found += LETTERS[each]
        else:
            raise ValueError("einsum(): subscripts in subscript list are not within range [0, 52)")
    return found


def parsed(equation, operands):
    """The labels of each operand's dimensions and of the result's; a dimension of an ellipsis has a number for a
    label."""
    left, arrow, right = equation.partition("->")
    sides = [[]]
    place, end = 0, len(left)
    while place < end:
        each = left[place]
        number = len(sides) - 1
        if each == ".":
            if left[place : place + 3] != DOTS:
                raise RuntimeError(f"einsum(): found '.' for operand {number} that is not part of any ellipsis")
            if DOTS in sides[-1]:
                raise RuntimeError(f"einsum(): found '.' for operand {number} for which an ellipsis was already found")
            sides[-1].append(DOTS)
            place += 2
        elif each == ",":
            sides.append([])
        elif each in LETTERS:
            sides[-1].append(each)
        elif each != " ":
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {place} in the equation string, subscripts must be in "
                "[a-zA-Z]"
            )
        place += 1
    if len(sides) != len(operands):
        more = "fewer" if len(operands) < len(sides) else "more"
        raise RuntimeError(f"einsum(): {more} operands were provided than specified in the equation")
    widths = []
    for number, (labels, operand) in enumerate(zip(sides, operands, strict=True)):
        named, ndim = len([each for each in labels if each != DOTS]), operand.array.ndim
        if (DOTS not in labels and named != ndim) or named > ndim:
            more = "is more than" if DOTS in labels else "does not match"
            rest = "" if DOTS in labels else " and no ellipsis was given"
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) {more} the number of dimensions "
                f"({ndim}) for operand {number}{rest}"
            )
        widths.append(ndim - named)
    width = max([size for size, labels in zip(widths, sides, strict=True) if DOTS in labels], default=0)
    dots = list(range(width))
    inputs = [
        [one for each in labels for one in (dots[width - size :] if each == DOTS else [each])]
        for labels, size in zip(sides, widths, strict=True)
    ]
    check_sizes(inputs, operands)
    every = [each for labels in inputs for each in labels]
    if not arrow:
        return inputs, dots + sorted(
            {each for each in every if isinstance(each, str) and every.count(each) == 1}, key=LETTERS.index
        )
    return inputs, parsed_output(right, every, dots, len(left) + 2)


def parsed_output(right, every, dots, start):
    """The labels of the result."""
    output, place = [], 0
    while place < len(right):
        each = right[place]
        if each == ".":
            if right[place : place + 3] != DOTS:
                raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
            output += dots
            place += 2
        elif each in LETTERS:
            if each in output:
                raise RuntimeError(f"einsum(): output subscript {each} appears more than once in the output")
            if each not in every:
                raise RuntimeError(
                    f"einsum(): output subscript {each} does not appear in the equation for any input operand"
                )
            output.append(each)
        elif each != " ":
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {start + place} in the equation string, subscripts must "
                "be in "
                "[a-zA-Z]"
            )
        place += 1
    return output


def check_sizes(inputs, operands):
    """Refuse sizes of one label that do not broadcast."""
    sizes = {}
    for number, (labels, operand) in enumerate(zip(inputs, operands, strict=True)):
        own = {}
        for label, size in zip(labels, operand.array.shape, strict=True):  # dimensions, of which there are few
            if own.setdefault(label, size) != size:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {number} but the sizes don't match, {size} "
                    "!= "
                    f"{own[label]}"
                )
            seen = sizes.setdefault(label, size)
            if 1 not in (size, seen) and size != seen:
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {size} for operand {number} which does not broadcast with "
                    f"previously seen size {seen}"
                )
            sizes[label] = max(size, seen) if 0 not in (size, seen) else 0


def contracted(inputs, output, operands, pairs):
    """The result: each operand takes the order result, rest, with size 1 where it lacks a label; then pair by pair.

    `pairs` are places among those that are left, where each product comes last; without it, from left to right.
    """
    order = output + sorted({each for labels in inputs for each in labels if each not in output}, key=str)
    aligned = [align(operand, labels, order) for operand, labels in zip(operands, inputs, strict=True)]
    keep, rest = len(output), list(aligned)
    for number in range(len(aligned) - 1):
        first, second = sorted(pairs[number]) if pairs else (0, 1)
        other, result = rest.pop(second), rest.pop(first)
        done = [dim for dim in range(keep, len(order)) if all(each.array.shape[dim] == 1 for each in rest)]
        rest.insert(len(rest) if pairs else 0, pair(result, other, done))
    result = rest[0]
    if len(order) == keep:
        return result
    left = [dim for dim in range(keep, len(order)) if result.array.shape[dim] != 1]
    if len(aligned) == 1:
        return result.sum(list(range(keep, len(order))))
    summed = result.sum(left, True) if left else result
    return summed.reshape(summed.array.shape[:keep])


def align(operand, labels, order):
    """An operand with the diagonals of repeated labels, its dimensions in the common order, with size 1 where it
    has none."""
    labels = list(labels)
    for label in list(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            operand = operand.diagonal(0, first, second)
            del labels[second], labels[first]
            labels.append(label)
    present = [label for label in order if label in labels]
    operand = operand.permute([labels.index(label) for label in present])
    for dim, label in enumerate(order):
        if label not in labels:
            operand = operand.unsqueeze(dim)
    return operand


def pair(left, right, done):
    """The product of two aligned tensors, summed over the dimensions `done`, which keep size 1."""
    ndim = left.array.ndim
    for dim in done:  # what only one of them has is summed there
        one, other = left.array.shape[dim], right.array.shape[dim]
        if one != 1 == other:
            left = left.sum(dim, True)
        elif other != 1 == one:
            right = right.sum(dim, True)
    inner = [dim for dim in done if left.array.shape[dim] != 1]
    if not inner:
        return left * right
    if len(done) == ndim:
        return dot(left.flatten(), right.flatten()).reshape([1] * ndim)
    kinds = {"both": [], "left": [], "right": []}
    for dim in range(ndim):
        one, other = left.array.shape[dim], right.array.shape[dim]
        if dim not in inner:
            kinds["both" if one == other or (one != 1 and other != 1) else "left" if one != 1 else "right"].append(dim)
    both, only_left, only_right = kinds["both"], kinds["left"], kinds["right"]
    if only_left and only_right and only_right[-1] < only_left[0]:  # so that the product needs no other order
        left, right, only_left, only_right = right, left, only_right, only_left
    sizes = {dim: max(left.array.shape[dim], right.array.shape[dim]) for dim in range(ndim)}
    sizes |= {dim: 0 for dim in range(ndim) if 0 in (left.array.shape[dim], right.array.shape[dim])}
    batch, n, m, k = [math.prod([sizes[dim] for dim in dims]) for dims in (both, only_left, only_right, inner)]
    first = left.permute([*both, *only_left, *inner, *only_right]).reshape(batch, n, k)
    second = right.permute([*both, *inner, *only_right, *only_left]).reshape(batch, k, m)
    order = [*both, *only_left, *inner, *only_right]
    product = bmm(first, second).view([1 if dim in inner else sizes[dim] for dim in order])
    back = [order.index(dim) for dim in range(ndim)]
    return product if back == list(range(ndim)) else product.permute(back)
