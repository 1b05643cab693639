"""Checkpoints: parts of a network whose intermediate results are not kept, but computed again when backward wants them.

Without reentrance, hooks on what is kept leave a `Holder` in the place of each tensor; the first that is read in a walk
of gradients runs the function again, which fills all of them. With it, the part is a Function whose backward runs
another backward.
"""

import contextlib
import warnings
import weakref

from tinytorch import generator
from tinytorch.amp.autocast_mode import regions
from tinytorch.autograd.calls import Kept
from tinytorch.autograd.function import Function
from tinytorch.devices import CPU, resolve
from tinytorch.engine import backward
from tinytorch.interpreters import Interpreter, perform
from tinytorch.modes import enable_grad, mode, no_grad
from tinytorch.recording import numbers
from tinytorch.saved import Packing, hooks_at_work, packed
from tinytorch.tensor import Tensor
from tinytorch.utils._pytree import tree_leaves


class CheckpointError(RuntimeError):
    """What was computed again does not fit what was computed first."""


def noop_context_fn():
    """Two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function, *args, use_reentrant=None, context_fn=noop_context_fn, determinism_check="default", debug=False,
    early_stop=True, **kwargs,
):  # fmt: skip
    """What `function` gives for these arguments; what it keeps for backward is forgotten, and computed again there.

    Args:
        use_reentrant: False is recommended; True runs a backward in backward, and takes no keyword arguments.
        context_fn: gives two contexts, for the first run and for the second.
        determinism_check: "default" compares shape, dtype and device of what both runs keep, "none" does not.
        debug: a CheckpointError lists the operations of both runs.
        early_stop: the second run ends with the last tensor that is needed.
        preserve_rng_state: by keyword, True unless told otherwise: both runs draw the same random numbers.

    A ValueError for arguments that do not go together, in backward a CheckpointError if the runs differ.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, "
            "calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but "
            "if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for "
            "more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve, *args)
    if Settings.debug if Settings.debug is not None else debug:
        if context_fn is not noop_context_fn:
            raise ValueError("debug=True is incompatible with non-default context_fn")
        context_fn = logged
    if determinism_check not in CHECKS:
        raise ValueError(f"determinism_check should be one of {list(CHECKS)}, but got {determinism_check}")
    first, second = context_fn()
    if not mode.grad:
        return function(*args, **kwargs)
    stop = early_stop if Settings.early_stop is None else Settings.early_stop
    region = Region(
        function, args, kwargs, Surroundings(preserve, args), (first, second), CHECKS[determinism_check], stop
    )
    with Packing(region.pack, region.unpack), first:
        found = function(*args, **kwargs)
    region.finished = True
    return found


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    """What a Sequential, or a list of functions, gives for `input`, with a checkpoint around each segment but the last.

    A ValueError for other keyword arguments than `preserve_rng_state`.
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. "
            "In version 2.9 we will raise an exception if use_reentrant is not passed. use_reentrant=False is "
            "recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True. "
            "Refer to docs for more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions.children() if hasattr(functions, "children") else functions)
    size = len(functions) // segments
    for start in range(0, size * (segments - 1), size):
        segment = in_turn(functions[start : start + size])
        input = checkpoint(segment, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return in_turn(functions[size * (segments - 1) :])(input)


def in_turn(functions):
    """Functions one after the other as one."""

    def run(input):
        for each in functions:
            input = each(input)
        return input

    return run


class Settings:
    """What holds for all checkpoints, where it is not None."""

    early_stop = debug = None


@contextlib.contextmanager
def set_checkpoint_early_stop(enable):
    """Within this block checkpoints stop early, or do not, whatever they are told."""
    before, Settings.early_stop = Settings.early_stop, enable
    try:
        yield
    finally:
        Settings.early_stop = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled):
    """Within this block checkpoints list their operations in errors, or do not, or with None as each was told."""
    before, Settings.debug = Settings.debug, enabled
    try:
        yield
    finally:
        Settings.debug = before


def get_device_states(*args):
    """The numbers of the GPUs on which tensors among the arguments live, and the states of their random numbers."""
    places = [each.device for each in tree_leaves(args) if isinstance(each, Tensor)]
    places = [place.real for place in places if place.type not in ("cpu", "meta")]
    return [place.index for place in places], [generator.default_of(place).get_state() for place in places]


def set_device_states(devices, states, *, device_type=None):
    """Let the random numbers of these GPUs go on from what `get_device_states` found."""
    for index, state in zip(devices, states, strict=False):
        generator.default_of(resolve(f"{device_type or 'cuda'}:{index}")).set_state(state)


class Surroundings:
    """The random numbers, the default device and the state of autocast that the first run found."""

    def __init__(self, preserve_rng_state, args):
        self.device, self.regions = mode.device, regions()
        self.states = ()
        if preserve_rng_state:
            for place in (CPU, *[each.device.real for each in args if isinstance(each, Tensor)]):
                generator.default_of(place)  # which makes it, if it is not there yet
            self.states = [(each, each.get_state()) for each in generator.defaults.values() if each.stream is not None]

    @contextlib.contextmanager
    def again(self):
        """Within this block they are as they were then."""
        device, mode.device = mode.device, self.device
        before = [(each, each.get_state()) for each, _ in self.states]
        for each, state in self.states:
            each.set_state(state)
        try:
            with contextlib.ExitStack() as stack:
                for each in self.regions:
                    stack.enter_context(each)
                yield
        finally:
            mode.device = device
            for each, state in before:
                each.set_state(state)


# Without reentrance


class Stop(Exception):
    """Ends a second run: all that is needed was computed."""


class Holder:
    """What stands for a tensor that is computed again: the tensor for each walk of gradients that did so."""

    __slots__ = ("__weakref__", "values")

    def __init__(self):
        self.values = {}


def form_of(tensor):
    """What a tensor that is computed again has in common with the first."""
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


CHECKS = {"default": form_of, "none": lambda tensor: None}


class Region:
    """One call under a checkpoint: how it is run again, and who waits for what it keeps."""

    def __init__(self, function, args, kwargs, surroundings, contexts, check, early_stop):
        self.function, self.kwargs, self.surroundings, self.contexts = function, kwargs, surroundings, contexts
        self.check, self.early_stop, self.finished, self.holders, self.forms = check, early_stop, False, [], []
        self.walks, self.unchecked = set(), False
        self.args = [kept_argument(each) if isinstance(each, Tensor) else each for each in args]

    def pack(self, tensor):
        """Put a Holder in the place of a tensor."""
        holder = Holder()
        self.holders.append(weakref.ref(holder))
        self.forms.append(self.check(tensor))
        return holder

    def unpack(self, holder):
        """The tensor that a Holder stands for, which is computed again if this walk has not done so."""
        walk = next(numbers) if mode.walk is None else mode.walk[0]
        try:
            if walk not in self.walks:
                self.run_again(walk)
            if walk not in holder.values:
                raise CheckpointError(
                    "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. "
                    "If you are calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please "
                    "open an issue with details on your use case."
                )
        except CheckpointError as error:
            if isinstance(self.contexts[0], Log):
                raise CheckpointError(f"{error}\n{listed(*self.contexts)}") from error
            raise
        return holder.values.pop(walk)

    def run_again(self, walk):
        """Run the function once more, and give each Holder that is left its tensor."""
        run = SecondRun(self, walk)
        args = [each.read(None) if isinstance(each, Kept) else each for each in self.args]
        hooked = Packing(run.pack, lambda tensor: tensor)
        with contextlib.suppress(Stop), hooked, enable_grad(), self.surroundings.again(), self.contexts[1]:
            self.function(*args, **self.kwargs)
        self.walks.add(walk)
        if not self.unchecked:
            self.check_run(walk, run.count)

    def check_run(self, walk, count):
        """Refuse a second run that kept other tensors than the first."""
        if count != len(self.holders):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.holders)}\n"
                f"Number of tensors saved during recomputation: {count}.{TIP}"
            )
        differ = ""
        for place, (holder, form) in enumerate(zip([each() for each in self.holders], self.forms, strict=True)):
            if holder is not None and (found := self.check(holder.values[walk])) != form:
                differ += f"tensor at position {place}:\nsaved metadata: {form}\nrecomputed metadata: {found}\n"
        if differ:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                f"during the forward pass.\n{differ}.{TIP}"
            )


TIP = "\n\nTip: To see a more detailed error message, pass `debug=True` to `torch.utils.checkpoint.checkpoint(...)`."


def kept_argument(tensor):
    """A tensor that is an argument, as a node would keep it: hooks around the checkpoint take it too."""
    kept, at_work = Kept(tensor, None, 1), hooks_at_work()
    if at_work is not None:
        kept.exchange(packed(tensor, *at_work))
    return kept


class SecondRun:
    """The tensors that are kept when a region runs again, in their order."""

    def __init__(self, region, walk):
        self.region, self.walk, self.count = region, walk, 0

    def pack(self, tensor):
        """Give a tensor to the Holder that waits for it; the last one ends the run, if it may."""
        region, place, value = self.region, self.count, tensor.detach()
        self.count += 1
        if place >= len(region.holders):
            if region.finished:
                raise CheckpointError(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                    f"forward pass.{TIP}"
                )
            region.unchecked = True  # backward runs inside of the first run, which is not done yet
            return value
        holder = region.holders[place]()
        if holder is not None:
            holder.values[self.walk] = value
        if region.early_stop and self.count == len(region.holders):
            raise Stop
        return value


class Log(Interpreter):
    """Writes down the operations that run under it."""

    def __init__(self):
        self.names = []

    def interpret(self, op, args, out):
        self.names.append(op.name)
        return perform(op, args, out)


def logged():
    """Two contexts that write down the operations of the first run and of the second."""
    return Log(), Log()


def listed(first, second):
    """The operations of two runs as text."""
    return (
        f"Operations executed during the original forward: {', '.join(first.names)}\n"
        f"Operations executed during recomputation: {', '.join(second.names)}"
    )


# With reentrance


class CheckpointFunction(Function):
    """A part of a network that runs unrecorded, and once more in backward, where another backward goes through it."""

    @staticmethod
    def forward(ctx, run_function, preserve_rng_state, *args):
        """Run the function and keep its arguments."""
        if not any(isinstance(each, Tensor) and each.requires_grad for each in args):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)
        ctx.run_function, ctx.surroundings = run_function, Surroundings(preserve_rng_state, args)
        ctx.others = [None if isinstance(each, Tensor) else each for each in args]
        ctx.places = [place for place, each in enumerate(args) if isinstance(each, Tensor)]
        ctx.save_for_backward(*[args[place] for place in ctx.places])
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx, *grads):
        """Run the function again, and backward through it."""
        if mode.walk is not None and mode.walk[3] is not None:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` "
                "parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call "
                ".backward() without passing the `inputs` argument."
            )
        inputs = list(ctx.others)
        for place, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
            inputs[place] = tensor.detach().requires_grad_(tensor.requires_grad)
        with ctx.surroundings.again(), enable_grad():
            outputs = ctx.run_function(*inputs)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        pairs = [
            (each, grad)
            for each, grad in zip(outputs, grads, strict=False)
            if isinstance(each, Tensor) and each.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([each for each, _ in pairs], [grad for _, grad in pairs])
        return (None, None, *[each.grad if isinstance(each, Tensor) else None for each in inputs])


for each in (
    CheckpointError, CheckpointFunction, checkpoint, checkpoint_sequential, noop_context_fn, set_checkpoint_early_stop,
    set_checkpoint_debug_enabled, get_device_states, set_device_states,
):  # fmt: skip
    each.__module__ = "torch.utils.checkpoint"
