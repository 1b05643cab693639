"""Hooks of all modules at once: on their calls, their backward, and what is registered in them."""

from collections import OrderedDict

from tinytorch.hooks import RemovableHandle, register

CALLED = ("forward_pre", "forward", "backward_pre", "backward", "backward_of_result")
REGISTERED = ("parameter", "buffer", "module")
FOR_ALL = {kind: OrderedDict() for kind in (*CALLED, *REGISTERED)}  # kind -> hooks by number
WAYS = {"with_kwargs": set(), "always_called": set()}  # numbers of those that are called so
watched = []  # classes that are told whether there are hooks on the calls of all modules


class HandleForAll(RemovableHandle):
    """A handle that lets calls be quick again when the last hook is gone."""

    def remove(self) -> None:
        super().remove()
        tell()


def tell():
    """Let every call ask for hooks, or none."""
    for each in watched:
        each._hooks = {} if any([FOR_ALL[kind] for kind in CALLED]) else None


def registered(kind, hook):
    """The handle of a new hook of one kind."""
    handle = register(FOR_ALL[kind], hook)
    handle.__class__ = HandleForAll
    tell()
    return handle


def register_module_forward_pre_hook(hook) -> RemovableHandle:
    """Call `hook(module, args)` before each forward; what it returns, if not None, are the new arguments."""
    return registered("forward_pre", hook)


def register_module_forward_hook(hook, *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """Call `hook(module, args, output)` after each forward; what it returns, if not None, is the new output.

    With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` also when forward raises.
    """
    handle = registered("forward", hook)
    for way, wanted in (("with_kwargs", with_kwargs), ("always_called", always_call)):
        if wanted:
            WAYS[way].add(handle.id)
    return handle


def register_module_full_backward_hook(hook) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` when the gradients of a module's arguments are known.

    A RuntimeError beside hooks of `register_module_backward_hook`.
    """
    refuse_beside("backward_of_result")
    return registered("backward", hook)


def register_module_full_backward_pre_hook(hook) -> RemovableHandle:
    """Call `hook(module, grad_output)` when the gradients of a module's results are known."""
    return registered("backward_pre", hook)


def register_module_backward_hook(hook) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` with the gradients of each module's last operation alone.

    A RuntimeError beside hooks of `register_module_full_backward_hook`.
    """
    refuse_beside("backward")
    return registered("backward_of_result", hook)


def register_module_parameter_registration_hook(hook) -> RemovableHandle:
    """Call `hook(module, name, parameter)` when one is registered; a parameter that it returns takes its place."""
    return registered("parameter", hook)


def register_module_buffer_registration_hook(hook) -> RemovableHandle:
    """Call `hook(module, name, buffer)` when one is registered; a buffer that it returns takes its place."""
    return registered("buffer", hook)


def register_module_module_registration_hook(hook) -> RemovableHandle:
    """Call `hook(module, name, submodule)` when one is registered; a module that it returns takes its place."""
    return registered("module", hook)


def refuse_beside(kind):
    """Refuse hooks of both kinds on backward."""
    if FOR_ALL[kind]:
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use only "
            "one of them."
        )


def as_registered(kind, module, name, value):
    """What is registered under a name once the hooks have seen it."""
    for hook in FOR_ALL[kind].values():
        replaced = hook(module, name, value)
        value = value if replaced is None else replaced
    return value


for each in [value for name, value in dict(vars()).items() if name.startswith("register_module")]:
    each.__module__ = "torch.nn.modules.module"
