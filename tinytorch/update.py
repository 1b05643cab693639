"""The decorator of operations that write into lists of tensors and have no derivative, such as an optimizer's step.

The body is `def name(xp, list, list, *, setting, ...)`; the lists hold raw arrays of one device; those that are written
to are named in the decorator. Such a call passes the interpreter in normal form, as every operation does.
"""

from tinytorch import dtypes, errors
from tinytorch.batching import UNBATCHED, together
from tinytorch.declaration import Operation, Rule
from tinytorch.modes import interpreters, mode
from tinytorch.tensor import count_write

updates = {}  # name -> Operation


def update(*written):
    """Declare an operation that writes into the lists of tensors named `written`; a parameter before `*` is a list."""

    def make(body):
        op = Operation(body, "update", Rule(method=False, in_place=False), {}, {})
        places = tuple([op.parameters.index(name) for name in written])
        if op.name in updates:
            raise TypeError(f"the update {op.name} is declared twice")
        if not places or max(places) >= op.positional:
            raise TypeError(f"the update {op.name} writes into lists, which stand before its settings")
        updates[op.name] = op
        names = frozenset(op.keywords)

        def call(*lists, **settings):
            if len(lists) != op.positional or settings.keys() - names:
                raise TypeError(f"{op.name}() takes {', '.join(op.parameters)}")
            settings = op.defaults | settings
            if len(settings) != len(names):
                raise TypeError(f"{op.name}() misses the settings {sorted(names - settings.keys())}")
            args = (*lists, *[settings[name] for name in op.keywords])
            if interpreters and mode.interpreter is not None:
                return mode.interpreter(op, args, None)
            return op.compute(args)

        op.compute = lambda args: compute(op, places, args)
        op.call = call
        call.operation = op
        call.__name__ = call.__qualname__ = op.name
        call.__doc__ = body.__doc__
        return call

    return make


def compute(op, places, args):
    """Run the body on the arrays of the lists and count a new version of every tensor that it wrote to."""
    lists = args[: op.positional]
    written = [lists[place] for place in places]
    if not written[0]:
        return
    everything = [each for tensors in lists for each in tensors]
    if any([each.device.batched for each in everything]):
        lists = together(op, lists, None, everything)
        if any([each is not before for place, tensors in zip(places, written, strict=True)
                for each, before in zip(lists[place], tensors, strict=True)]):  # fmt: skip
            raise RuntimeError(UNBATCHED.format(op.name))
    device = written[0][0].device
    for tensor in [each for tensors in written for each in tensors]:
        if tensor.device is not device:
            raise errors.devices_differ(tensor.device, device)
    for tensors in written:
        for each in tensors:
            count_write(each)
    arrays = [[each.array for each in tensors] for tensors in lists]
    settings = dict(zip(op.keywords, args[op.positional :], strict=True))
    if any(each.dtype in dtypes.HALVES for values in arrays for each in values):
        compute_wide(op, device, places, arrays, settings)
    else:
        op.body(device.xp, *arrays, **settings)


def compute_wide(op, device, places, arrays, settings):
    """Run the body on float32 in the place of half precision, where the device computes so; round what it wrote."""
    wide = [[widened(each, device.module.compute_dtype(each.dtype)) for each in values] for values in arrays]
    op.body(device.xp, *wide, **settings)
    for place in places:
        for array, result in zip(arrays[place], wide[place], strict=True):
            if result is not array:
                array[...] = result.astype(array.dtype)


def widened(array, dtype):
    """The array in a dtype, itself if it is of that dtype."""
    return array if array.dtype == dtype else array.astype(dtype)
