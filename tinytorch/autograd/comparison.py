"""Jacobians by backward and by forward mode held against those by differences, and the words of the errors."""

from tinytorch import dtypes
from tinytorch.autograd.jacobians import (
    as_columns,
    as_rows,
    axes_of,
    by_backward,
    by_differences,
    by_differences_along,
    combined,
    is_wanted,
    random_directions,
    results,
    unit_weights,
)
from tinytorch.ops.compare import allclose

NOT_REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different "
    "values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was {}."
)
FAST = (
    "\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. See: "
    "https://github.com/pytorch/pytorch/issues/53876 for more background \nabout fast mode. Below, we recompute "
    "numerical and analytical jacobians in slow mode:\n\nNumerical:\n {numerical}\nAnalytical:\n{analytical}\n\n"
    "The max per-element difference (slow mode) is: {greatest}.\n"
)
SLOW_WOULD_PASS = (
    "\nFast gradcheck failed but element-wise differences are small. This means that the\n"
    "test might've passed in slow_mode!"
)


class GradcheckError(RuntimeError):
    """What `gradcheck` and `gradgradcheck` raise."""


GradcheckError.__module__ = "torch.autograd.gradcheck"


def passes(tensors):
    """In which order parts are looked at, each (number, tensor, unit): first all, by the imaginary part (1j) where they
    are complex, then the complex ones by the real part."""
    units = [1j if each.is_complex() else 1 for each in tensors]
    first = list(zip(range(len(tensors)), tensors, units, strict=True))
    return first, [(number, each, 1) for number, each, unit in first if unit == 1j]


class Comparison:
    """A function at its inputs, what it gave there, and how near derivatives have to be to differences."""

    def __init__(self, func, inputs, eps, atol, rtol, nondet_tol, check_grad_dtypes, fast_mode):
        self.func, self.inputs, self.eps, self.atol, self.rtol = func, inputs, eps, atol, rtol
        self.nondet_tol, self.check_grad_dtypes, self.fast_mode = nondet_tol, check_grad_dtypes, fast_mode
        self.places = [place for place, each in enumerate(inputs) if is_wanted(each)]
        self.wanted = [inputs[place] for place in self.places]
        self.everything = results(func(*inputs))
        self.outputs = [each for each in self.everything if each.requires_grad]

    def differences(self, input, along=None):
        """For each differentiable output how it changes with an input, on each axis of that."""
        values = getattr(self.func, "_without_history", self.func)  # which is quicker, and gives the same
        call = lambda: values(*self.inputs)
        if along is None:
            found = by_differences(call, input, self.eps, self.everything)
        else:
            found = by_differences_along(call, input, along, self.eps)
        return self.of_outputs(found)

    def of_outputs(self, found):
        """Of what belongs to all results that of the differentiable ones, or of all where none is."""
        pairs = list(zip(self.everything, found, strict=True))
        return [each for output, each in pairs if output.requires_grad or not self.outputs]

    def directions(self):
        """A direction for each axis of each input, and one for each output."""
        axes = [[each] * len(axes_of(each, 1)) for each in self.wanted]
        drawn = iter(random_directions([each for axis in axes for each in axis] + self.outputs))
        return [[next(drawn) for _ in axis] for axis in axes], list(drawn)

    def expect_zero(self):
        """A GradcheckError if an output changes although none requires grad."""
        least = self.nondet_tol if self.fast_mode else 0
        for input, along in zip(self.wanted, self.directions()[0], strict=True):
            for axes in self.differences(input, along if self.fast_mode else None):
                if any((each.abs() > least).any() for each in axes if each is not None):
                    raise GradcheckError("Numerical gradient for function expected to be zero")

    def backward(self):
        """Compare backward with the differences."""
        if self.fast_mode:
            self.fast_backward()
        else:
            self.slow_backward()

    def slow_backward(self):
        """Compare each entry of the Jacobians."""
        numerical = [self.differences(input) for input in self.wanted]
        for turn in passes(self.outputs):
            for number, output, unit in turn:
                analytical = self.gradients(output, lambda output=output, unit=unit: unit_weights(output, unit))
                for place, (one, axes) in enumerate(zip(analytical, numerical, strict=True)):
                    other = combined(axes[number], unit)
                    if not near(one, other, self.rtol, self.atol):
                        raise GradcheckError(mismatch(number, place, output, unit, other, one))

    def fast_backward(self):
        """Compare one sum of the entries of each Jacobian J, direction * J * weights."""
        directions, weights = self.directions()
        numerical = [self.differences(each, along) for each, along in zip(self.wanted, directions, strict=True)]
        for turn in passes(self.outputs):
            pulled = []
            for number, output, unit in turn:
                weight = (weights[number] * unit).to(output.dtype).reshape(output.shape)
                pulled.append(self.gradients(output, lambda weight=weight: [weight]))
            for place, (along, axes) in enumerate(zip(directions, numerical, strict=True)):
                for (number, output, unit), found in zip(turn, pulled, strict=True):
                    one = projected(found[place].reshape(-1), along)
                    other = (combined(axes[number], unit) * weights[number]).sum()
                    room = self.atol * sum(each.sum().item() for each in along) * weights[number].sum().item()
                    if not near(one, other, self.rtol, room):
                        columns = by_backward(output, self.wanted, unit_weights(output, unit))[place]
                        whole = combined(self.differences(self.wanted[place])[number], unit)
                        words = self.in_slow_mode(whole, as_columns(columns, self.wanted[place]))
                        raise GradcheckError(mismatch(number, place, output, unit, other, one) + words)

    def forward(self):
        """Compare forward mode with the differences."""
        if self.fast_mode:
            self.fast_forward()
        else:
            self.slow_forward()

    def slow_forward(self):
        """Compare each entry of the Jacobians."""
        numerical = [self.differences(input) for input in self.wanted]
        for turn in passes(self.wanted):
            pushed = [self.tangents(place, unit_weights(input, unit)) for place, input, unit in turn]
            for number in range(len(self.outputs)):
                for (place, input, unit), found in zip(turn, pushed, strict=True):
                    one, other = found[number], numerical[place][number][unit == 1j]
                    if not near(one, other, self.rtol, self.atol):
                        raise GradcheckError(mismatch(number, place, input, unit, other, one, forward=True))

    def fast_forward(self):
        """Compare how the outputs change when each input moves in one direction."""
        directions = random_directions(self.wanted)
        pairs = zip(self.wanted, directions, strict=True)
        numerical = [self.differences(each, [along] * len(axes_of(each, 1))) for each, along in pairs]
        for turn in passes(self.wanted):
            for place, input, unit in turn:
                along = directions[place]
                found = self.tangents(place, [(along * unit).to(input.dtype).reshape(input.shape)])
                for number, rows in enumerate(found):
                    one, other = rows[0], numerical[place][number][unit == 1j]
                    if not near(one, other, self.rtol, self.atol * along.sum().item()):
                        rows = self.tangents(place, unit_weights(input, unit))[number]
                        words = self.in_slow_mode(self.differences(input)[number][unit == 1j], rows)
                        raise GradcheckError(mismatch(number, place, input, unit, other, one, forward=True) + words)

    def tangents(self, place, tangents):
        """The rows of the Jacobians of an input, or their products with tangents, by forward mode."""
        found = as_rows(self.func, self.inputs, self.places[place], tangents)
        return self.of_outputs(found or [each.new_zeros((0, each.numel())) for each in self.everything])

    def in_slow_mode(self, numerical, analytical):
        """What the whole Jacobians say where a fast check failed."""
        words = FAST.format(numerical=numerical, analytical=analytical, greatest=(numerical - analytical).abs().max())
        return words + SLOW_WOULD_PASS if near(analytical, numerical, self.rtol, self.atol) else words

    def gradients(self, output, weights):
        """The Jacobian of an output for each input, or its products with weights, if backward gives it twice."""
        first, second = [by_backward(output, self.wanted, weights()) for _ in range(2)]
        pairs = zip(self.wanted, first, strict=True)
        if self.check_grad_dtypes and not all(
            each is None or each.dtype is input.dtype for input, columns in pairs for each in columns
        ):
            raise GradcheckError("Gradient has dtype mismatch")
        found, again = [
            [as_columns(columns, input) for columns, input in zip(each, self.wanted, strict=True)]
            for each in (first, second)
        ]
        pairs = zip(found, again, strict=True)
        if any(one.numel() and (one - other).abs().max() > self.nondet_tol for one, other in pairs):
            raise GradcheckError(NOT_REENTRANT.format(self.nondet_tol))
        return found


def projected(gradient, along):
    """The sum of a gradient's entries with the directions in which the axes of the input were moved."""
    if not gradient.is_complex():
        return (gradient * along[0]).sum()
    return (gradient.real * along[0]).sum() + (gradient.imag * along[1]).sum() * 1j


def near(one, other, rtol, atol):
    """Whether each number differs by at most atol + rtol * |other|."""
    common = dtypes.promote_types(one.dtype, other.dtype)
    return allclose(one.to(common), other.to(common), rtol, atol)


def mismatch(number, place, looked_at, unit, numerical, analytical, forward=False):
    """Both Jacobians, in the words of the error; `looked_at` is the output, or in forward mode the input."""
    part, element, how = "imaginary" if unit == 1j else "real", "outputs", ""
    if forward:
        element, how = "inputs", "computed with forward mode "
    prefix = f"While considering the {part} part of complex {element} only, " if looked_at.is_complex() else ""
    return (
        f"{prefix}Jacobian {how}mismatch for output {number} with respect to input {place},\nnumerical:{numerical}\n"
        f"analytical:{analytical}\n"
    )
