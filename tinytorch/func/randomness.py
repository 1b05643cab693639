"""What random operations mean while a function is mapped: an error, other numbers for each example, or the same."""

from typing import NamedTuple

from tinytorch import dtypes
from tinytorch.autograd.function import Function
from tinytorch.batching import add_batch, has_level, remove_batch
from tinytorch.devices.batched import UNBATCHED, NoRule
from tinytorch.interpreters import Interpreter, perform
from tinytorch.modes import mode
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


MORE = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"
NO_SETUP = (
    "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override "
    f"the setup_context staticmethod. {MORE}"
)
NO_RULE = (
    "You tried to vmap over {}, but it does not have vmap support. Please override and implement the vmap staticmethod "
    f"or set generate_vmap_rule=True. {MORE}"
)
TWO_RULES = (
    "You tried to vmap over {}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please "
    f"set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. {MORE}"
)


class VmapInfo(NamedTuple):
    """What a Function's `vmap` is told: how many examples there are, and how random numbers are drawn."""

    batch_size: int
    randomness: str


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

    def function(self, call):
        """What a user's Function gives: what its `vmap` says, or with `generate_vmap_rule` its forward for a batch."""
        if not any([self.has(each) for each in call.args]):
            return super().function(call)
        function, own = call.function, call.function.vmap is not Function.vmap
        if not function._sets_up():
            raise RuntimeError(NO_SETUP)
        if own is function.generate_vmap_rule:
            raise RuntimeError((TWO_RULES if own else NO_RULE).format(function.__name__))
        if not own:
            return super().function(call)
        dims = tuple([0 if self.has(each) else None for each in call.args])
        args = [remove_batch(each, 0, self.level) if self.has(each) else each for each in call.args]
        above, mode.interpreter = mode.interpreter, self.below
        try:
            output, places = function.vmap(VmapInfo(self.level.size, self.randomness), dims, *args)
        finally:
            mode.interpreter = above
        if not isinstance(output, tuple):
            return output if places is None else add_batch(output, places, self.level)
        places = places if isinstance(places, tuple) else (places,) * len(output)
        return tuple([
            each if place is None else add_batch(each, place, self.level)
            for each, place in zip(output, places, strict=True)
        ])  # fmt: skip

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
