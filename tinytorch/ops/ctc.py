"""Connectionist temporal classification (Graves et al., 2006): the likelihood of a sequence of labels, however it is
spread over the steps of a longer one, with blanks between.

A path walks over the labels with a blank before, between and behind them: 2 * labels + 1 states. Each state adds up the
paths that lead to it, in logarithms, for all sequences of a batch at once.
"""

from tinytorch import dtypes
from tinytorch.operation import Rule, operation
from tinytorch.ops.compare import where
from tinytorch.ops.join import stack_of as stack
from tinytorch.ops.margin_loss import MEAN, summarised
from tinytorch.ops.values import tensor
from tinytorch.tensor import Tensor


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction=MEAN, zero_infinity=False):
    """Minus the logarithm of the probability of the targets: (t, n, classes) or (t, classes), (n, s) or one behind the
    other, (total,); the lengths are tensors or tuples of n.

    The mean is that of the losses over their target's length. `zero_infinity` makes those 0 that are infinite, as the
    target is longer than the input. A RuntimeError for lengths that do not fit.
    """
    if isinstance(input_lengths, Tensor) != isinstance(target_lengths, Tensor):
        raise TypeError("ctc_loss(): input_lengths and target_lengths must both be tensors, or both tuples of ints")
    batched = log_probs.ndim == 3
    if not batched:
        log_probs = log_probs.unsqueeze(1)
        targets = targets.unsqueeze(0) if targets.ndim == 1 else targets
    inputs, lengths = [
        as_lengths(name, each, log_probs)
        for name, each in (("input_lengths", input_lengths), ("target_lengths", target_lengths))
    ]
    check_ctc(log_probs, targets, inputs, lengths, blank)
    labels = in_rows(targets.long(), lengths)
    losses = ctc(log_probs, labels, stack([inputs, lengths]), blank)
    if zero_infinity:
        losses = where(losses == float("inf"), 0, losses)
    if reduction == MEAN:
        return (losses / lengths.clamp(min=1).to(losses.dtype)).mean()
    scalar = isinstance(input_lengths, tuple | list) or input_lengths.ndim == 0
    losses = losses.squeeze(0) if not batched and scalar else losses
    return summarised(losses, reduction)


def as_lengths(name, lengths, log_probs):
    """Lengths, which may be a tuple or a number, as a vector of int64."""
    if not isinstance(lengths, Tensor):
        return tensor(list(lengths), dtype=dtypes.int64, device=log_probs.device)
    if lengths.dtype.category != dtypes.INTEGER:
        raise RuntimeError(f"{name} must be integral")
    return lengths.long().reshape(-1)


def check_ctc(log_probs, targets, inputs, lengths, blank):
    """Refuse sequences, labels and lengths that do not fit."""
    where_from = "(while checking arguments for ctc_loss_allocate_outputs)"
    if not log_probs.numel():
        raise RuntimeError("log_probs tensor must not be empty")
    if log_probs.ndim != 3:
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {log_probs.ndim}-dimensional tensor for argument #1 'log_probs' "
            f"{where_from}"
        )
    if targets.ndim > 2 or not targets.ndim:
        raise RuntimeError(
            f"Expected 1 to 2 dimensions, but got {targets.ndim}-dimensional tensor for argument #2 'targets' "
            f"{where_from}"
        )
    if log_probs.dtype not in (dtypes.float32, dtypes.float64):
        raise NotImplementedError(f"\"ctc_loss_cpu\" not implemented for '{log_probs.dtype.title}'")
    steps, batch, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    for name, each in (("input_lengths", inputs), ("target_lengths", lengths)):
        if each.shape != (batch,):
            raise RuntimeError(f"{name} must be of size batch_size")
        least = each.min().item()
        if least < 0:
            raise RuntimeError(f"Expected {name} to have value at least 0, but got value {least} {where_from}")
    longest = inputs.max().item()
    if longest > steps:
        raise RuntimeError(
            f"Expected input_lengths to have value at most {steps}, but got value {longest} {where_from}"
        )
    most, total = lengths.max().item(), lengths.sum().item()
    named = [("at least ", 1, most)] if targets.ndim == 2 else []
    for words, dim, size in [("", 0, batch if targets.ndim == 2 else total), *named]:
        if targets.shape[dim] < size or (not words and targets.shape[dim] != size):
            raise RuntimeError(
                f"Expected tensor to have size {words}{size} at dimension {dim}, but got size {targets.shape[dim]} for "
                f"argument #2 'targets' {where_from}"
            )


def in_rows(targets, lengths):
    """The labels of each sequence in a row of their own, where they came one behind the other."""
    if targets.ndim == 2:
        return targets
    most = lengths.max().item()
    places = (lengths.cumsum(0) - lengths).unsqueeze(1) + tensor(list(range(max(most, 1))), device=lengths.device)
    return targets[places.clamp(max=max(targets.shape[0] - 1, 0))] if targets.shape[0] else places * 0


@operation(
    Rule(method=False, title="CtcLoss", operands=("log_probs", "targets", "lengths")),
    log_probs=lambda grad, log_probs, targets, lengths, blank, result: ctc_backward(
        grad, log_probs, targets, lengths, result.detach(), blank
    ),
)
def ctc(xp, log_probs, targets, lengths, blank):
    """Minus the logarithm of the probability of each row of targets: (t, n, classes), (n, s) -> (n,).

    `lengths`, (2, n), has those of the inputs and of the targets.
    """
    input_lengths, target_lengths = lengths[0], lengths[1]
    batch = log_probs.shape[1]
    states = extended(xp, targets, blank)
    forward = forward_sums(xp, emissions(xp, log_probs, states), states)
    rows, last = xp.arange(batch), xp.multiply(target_lengths, 2)
    ends = forward[xp.maximum(xp.subtract(input_lengths, 1), 0), rows]
    end = ends[rows, last]
    before = xp.where(xp.greater(last, 0), ends[rows, xp.maximum(xp.subtract(last, 1), 0)], -xp.inf)
    losses = xp.negative(log_of_sums(xp, end, before))
    nothing = xp.where(xp.equal(target_lengths, 0), 0.0, xp.inf)
    return xp.where(xp.equal(input_lengths, 0), nothing, losses).astype(log_probs.dtype, copy=False)


def extended(xp, targets, blank):
    """The labels of the states: the targets, with a blank before, between and behind them."""
    states = xp.full((targets.shape[0], 2 * targets.shape[1] + 1), blank, "int64")
    states[:, 1::2] = targets
    return states


def emissions(xp, log_probs, states):
    """The logarithm of the probability that each state's label has at each step: (t, n, states)."""
    return xp.take_along_axis(log_probs, states[None, :, :], 2)


def jumps(xp, states):
    """What a path to a state from two before costs: nothing, or minus infinity between blanks and between equals."""
    return xp.where(xp.not_equal(states[:, 2:], states[:, :-2]), 0.0, -xp.inf)


def log_of_sums(xp, *terms):
    """log(exp(a) + exp(b) + ...), where all may be minus infinity."""
    largest = terms[0]
    for each in terms[1:]:
        largest = xp.maximum(largest, each)
    shift = xp.where(xp.equal(largest, -xp.inf), 0, largest)
    total = xp.exp(xp.subtract(terms[0], shift))
    for each in terms[1:]:
        total = xp.add(total, xp.exp(xp.subtract(each, shift)))
    return xp.add(xp.log(total), shift)


def forward_sums(xp, emitted, states):
    """The logarithms of the sums over all paths that lead to each state at each step, (t, n, states)."""
    sums = xp.full(emitted.shape, -xp.inf, emitted.dtype)
    sums[0, :, :2] = emitted[0, :, :2]
    jump = jumps(xp, states)
    for step in range(1, emitted.shape[0]):  # each step needs the one before
        one, two = shifted(xp, sums[step - 1], 1), shifted(xp, sums[step - 1], 2)
        two[:, 2:] = xp.add(two[:, 2:], jump)
        sums[step] = xp.add(log_of_sums(xp, sums[step - 1], one, two), emitted[step])
    return sums


def shifted(xp, values, count):
    """The values, moved by `count` states to the right, or to the left if it is negative; minus infinity comes in."""
    result = xp.full(values.shape, -xp.inf, values.dtype)
    if count > 0:
        result[:, count:] = values[:, :-count]
    else:
        result[:, :count] = values[:, -count:]
    return result


def no_derivative(grad):
    """PyTorch has none either."""
    raise RuntimeError("derivative for aten::_ctc_loss_backward is not implemented")


@operation(
    Rule(method=False, operands=("upstream", "log_probs", "targets", "lengths", "losses")),
    upstream=no_derivative,
    log_probs=lambda grad: no_derivative(grad),
)
def ctc_backward(xp, upstream, log_probs, targets, lengths, losses, blank):
    """exp(log_probs) less the share of all paths that pass through each class at each step, times the gradient.

    As PyTorch's, it is the gradient of what `log_softmax` made the log_probs of, on which that has no effect.
    """
    steps, batch, classes = log_probs.shape
    states = extended(xp, targets, blank)
    emitted = emissions(xp, log_probs, states)
    paths = xp.add(forward_sums(xp, emitted, states), backward_sums(xp, emitted, states, lengths))
    passing = xp.exp(xp.add(paths, losses.reshape(1, batch, 1)))
    named = xp.equal(states[:, :, None], xp.arange(classes)).astype(passing.dtype)
    share = xp.matmul(passing.transpose(1, 0, 2), named).transpose(1, 0, 2)
    grad = xp.multiply(xp.subtract(xp.exp(log_probs), share), upstream.reshape(1, batch, 1))
    counted = xp.less(xp.arange(steps).reshape(steps, 1), lengths[0])
    counted = xp.logical_and(counted, xp.not_equal(upstream, 0))
    return xp.where(counted[:, :, None], grad, 0).astype(log_probs.dtype, copy=False)


def backward_sums(xp, emitted, states, lengths):
    """The logarithms of the sums over all paths that lead from each state at each step to an end, (t, n, states)."""
    last = xp.multiply(lengths[1], 2).reshape(-1, 1)
    place = xp.arange(states.shape[1])
    an_end = xp.logical_or(xp.equal(place, last), xp.equal(place, xp.subtract(last, 1)))
    end = xp.where(an_end, xp.zeros((), emitted.dtype), -xp.inf)
    sums = xp.full(emitted.shape, -xp.inf, emitted.dtype)
    jump = jumps(xp, states)
    for step in range(emitted.shape[0] - 1, -1, -1):  # each step needs the one behind it
        if step + 1 < emitted.shape[0]:
            later = xp.add(sums[step + 1], emitted[step + 1])
            one, two = shifted(xp, later, -1), shifted(xp, later, -2)
            two[:, :-2] = xp.add(two[:, :-2], jump)
            sums[step] = log_of_sums(xp, later, one, two)
        sums[step] = xp.where(xp.equal(lengths[0], step + 1).reshape(-1, 1), end, sums[step])
    return sums
