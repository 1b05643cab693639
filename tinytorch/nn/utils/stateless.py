"""Modules without a state of their own: a call with other parameters and buffers, which are put back after it."""

import contextlib
import warnings

from tinytorch.nn.modules.module import Module
from tinytorch.tensor import Tensor

ABSENT = object()  # what stood under a name where nothing stood


def functional_call(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """`torch.func.functional_call` of one dictionary, by a name that is deprecated, as a FutureWarning says."""
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future "
        "version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return call_with(module, parameters_and_buffers, args, kwargs, tie_weights, strict)


def call_with(module, values, args, kwargs, tie_weights, strict):
    """Call a module with the tensors `values`, by name, in the place of its own; an argument is a tuple of one."""
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with replaced(module, values, tie_weights, strict):
        return module(*args, **({} if kwargs is None else kwargs))


@contextlib.contextmanager
def replaced(module, values, tie_weights=False, strict=False):
    """Let a module have the tensors `values` while the block runs; what it assigned then is put into `values`."""
    wanted = with_tied(module, values) if tie_weights else values
    if strict:
        check_names(module, wanted)
    before = []  # (name in `wanted`, module, name in it, what stood there), in the order of the changes
    try:
        for path, tensor in wanted.items():
            check_tensor(tensor)
            parent, _, name = path.rpartition(".")
            owner = submodule(module, parent)
            before.append((path, owner, name, put(owner, name, tensor)))
            check_tensor(before[-1][-1], f"attribute `{name}`: ")
        yield
    finally:
        for path, owner, name, tensor in reversed(before):  # one module may have been changed under two names
            left = put(owner, name, tensor)
            if path in values and left is not ABSENT:
                values[path] = left


def with_tied(module, values):
    """The values by all names: one that is given for a tensor stands for its other names in the module too.

    A ValueError if different ones are given for it.
    """
    names = {}  # id of a tensor -> its names
    for members in (module.named_parameters, module.named_buffers):
        for name, tensor in members(remove_duplicate=False):
            names.setdefault(id(tensor), []).append(name)
    found = dict(values)
    for tied in names.values():
        given = [values[name] for name in tied if name in values]
        if len({id(each) for each in given}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(tied)}, which are tied. Consider using "
                "tie_weights=False"
            )
        found.update(dict.fromkeys(tied, given[0]) if given else {})
    return found


def check_names(module, values):
    """Refuse names that the module has not, and its names that are not given."""
    names = {name for name, _ in module.named_parameters(remove_duplicate=False)}
    names |= {name for name, _ in module.named_buffers(remove_duplicate=False)}
    lines = [
        f"{title} key(s): {', '.join(map(repr, sorted(wrong)))}."
        for title, wrong in (("Unexpected", values.keys() - names), ("Missing", names - values.keys()))
        if wrong
    ]
    if lines:
        raise RuntimeError("Error(s) in reparametrizing for {}:\n\t{}".format(module._get_name(), "\n\t".join(lines)))


def submodule(module, path):
    """The module of a dotted name; an AttributeError or TypeError if there is none."""
    for name in path.split(".") if path else ():
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        module = getattr(module, name)
        if not isinstance(module, Module):
            raise TypeError(f"submodule `{path}`: {module} is not an instance of torch.nn.Module")
    return module


def check_tensor(value, what=""):
    """Refuse what is no tensor."""
    if not (isinstance(value, Tensor) or value is None or value is ABSENT):
        raise TypeError(f"{what}{value} is not an instance of torch.Tensor")


def put(module, name, tensor):
    """Put a tensor under a name of a module, or nothing for ABSENT; what stood there is returned."""
    if name == "":
        raise KeyError('tensor name can\'t be empty string ""')
    for members in (module._parameters, module._buffers):
        if name in members:
            before = members[name]
            members[name] = tensor
            return before
    before = getattr(module, name, ABSENT)
    if tensor is not ABSENT:
        setattr(module, name, tensor)
    elif before is not ABSENT:
        delattr(module, name)
    return before


functional_call.__module__ = "torch.nn.utils.stateless"
