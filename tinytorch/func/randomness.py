"""What random operations mean while a function is mapped: an error, other numbers for each example, or the same."""

from tinytorch import dtypes
from tinytorch.batching import add_batch, has_level, remove_batch
from tinytorch.devices.batched import UNBATCHED, NoRule
from tinytorch.interpreters import Interpreter, perform
from tinytorch.ops.convert import copy
from tinytorch.ops.random import draw_uniform
from tinytorch.tensor import Tensor

DOUBLE = dtypes.float64.numpy
KINDS = ("error", "different", "same")
FORBIDDEN = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap"
)
NO_DIFFERENT = (
    "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same randomness. "
    "If this is necessary for your usage, please file an issue with functorch."
)
NO_SAME = (
    "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with functorch"
)


class Mapped(Interpreter):
    """What operations mean in a mapped function: batched devices compute, and random numbers are drawn as was asked."""

    def __init__(self, level, randomness):
        self.level, self.randomness = level, randomness

    def __enter__(self):
        self.level.running = True
        return super().__enter__()

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self.level.running = False

    def interpret(self, op, args, out):
        """The operation on tensors of the level and others; a NotImplementedError names one that has no rule."""
        if draws(op, args):
            return self.drawn(op, args, out)
        try:
            return perform(op, args, out)
        except NoRule as error:
            raise NotImplementedError(f"vmap: {op.name}() cannot be batched: {error}") from None

    def drawn(self, op, args, out):
        """Random numbers: for all examples at once, or for one in the place of all."""
        if self.randomness == "error":
            raise RuntimeError(FORBIDDEN)
        if out is not None:
            return self.filled(op, args, out)
        batched = any([self.has(each) for each in args])
        if self.randomness == "same":
            if batched:
                raise RuntimeError(NO_SAME)
            return perform(op, args)
        if op.kind == "creation":
            return self.created(op, args)
        tensors = [each for each in args if isinstance(each, Tensor)]
        ndim = max([each.array.ndim for each in tensors])
        if not batched:  # one number for each example: as many tensors
            args = (args[0].expand(self.level.size, *args[0].array.shape), *args[1:])
        args = tuple([self.whole(each, ndim) for each in args])
        if op.name == "multinomial_of" and ndim == 2:
            rows = perform(op, (args[0].flatten(0, 1), *args[1:]))
            return add_batch(rows.unflatten(0, (self.level.size, -1)), 0, self.level)
        return add_batch(perform(op, args), 0, self.level)

    def created(self, op, args):
        """New random tensors, other ones for each example."""
        size = self.level.size
        if op.name == "draw_permutation":  # the order of random numbers
            count, generator, dtype, device = args
            made = perform(draw_uniform.operation, ((size, count), generator, DOUBLE, device)).argsort(-1)
            return add_batch(made.to(dtypes.of_numpy[dtype]), 0, self.level)
        place = op.parameters.index("size")
        shape = (size, *args[place])
        return add_batch(perform(op, (*args[:place], shape, *args[place + 1 :])), 0, self.level)

    def filled(self, op, args, out):
        """Random numbers in the place of a tensor's values."""
        others = [each for each in args[1:] if isinstance(each, Tensor)]
        if not self.has(out):
            if any([self.has(each) for each in others]):
                raise RuntimeError(UNBATCHED.format("inplace bernoulli"))
            if self.randomness == "different":
                raise RuntimeError(NO_DIFFERENT)
            return perform(op, args, out)
        all_examples = remove_batch(out.detach(), 0, self.level)
        if self.randomness == "different":
            settings = [self.whole(each, out.array.ndim) for each in args[1:]]
            values = add_batch(perform(op, (all_examples, *settings)), 0, self.level)
        else:
            if any([self.has(each) for each in others]):
                raise RuntimeError(NO_SAME)
            values = perform(op, (all_examples.new_empty(out.array.shape), *args[1:]))
        return perform(copy.operation, (out, values, False), out)

    def has(self, value):
        """Whether a value is a tensor with this batch."""
        return isinstance(value, Tensor) and has_level(value, self.level)

    def whole(self, value, ndim):
        """A tensor with all examples in front, in `ndim` dimensions behind; any other value as it is."""
        if not self.has(value):
            return value
        value = remove_batch(value, 0, self.level)
        return value[(slice(None), *[None] * (ndim + 1 - value.array.ndim))]


def draws(op, args):
    """Whether a call of an operation draws random numbers: some do so in training alone."""
    if "generator" not in op.parameters:
        return False
    return "training" not in op.parameters or args[op.parameters.index("training")]
