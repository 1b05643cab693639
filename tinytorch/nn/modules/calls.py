"""What a call of a module does: `forward`, with the hooks before and after it."""

import functools
import warnings
from collections import OrderedDict

from tinytorch.hooks import RemovableHandle, register
from tinytorch.nn.modules.hooks_for_all import FOR_ALL, WAYS, watched
from tinytorch.tensor import Tensor
from tinytorch.utils.hooks import BackwardHook


class Calls:
    """The part of a module that is called."""

    _hooks = None  # kind -> hooks by number, once there is one; a class attribute, so that most modules have none

    def __call__(self, *args, **kwargs):
        if self._hooks is None:
            return self.forward(*args, **kwargs)
        return call_with_hooks(self, args, kwargs)

    def forward(self, *input):
        """What the module computes; every subclass says it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def _hooks_of(self, kind):
        """The hooks of one kind, in the order in which they are called."""
        return self.__dict__.setdefault("_hooks", {}).setdefault(kind, OrderedDict())

    def register_forward_pre_hook(self, hook, *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before every forward; what it returns, if not None, are the new arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`, which returns None or a tuple of both.
        """
        handle = register(self._hooks_of("forward_pre"), hook, prepend)
        if with_kwargs:
            self._hooks_of("forward_pre_with_kwargs")[handle.id] = True
        return handle

    def register_forward_hook(
        self, hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after every forward; what it returns, if not None, is the new output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it is called, with None for
        the output, even when forward raises.
        """
        handle = register(self._hooks_of("forward"), hook, prepend)
        if with_kwargs:
            self._hooks_of("forward_with_kwargs")[handle.id] = True
        if always_call:
            self._hooks_of("forward_always_called")[handle.id] = True
        return handle

    def register_full_backward_hook(self, hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the module's arguments are known.

        Both are tuples, with None for what is no tensor; a tuple that it returns takes the place of `grad_input`.
        """
        if "backward_of_result" in self.__dict__.get("_hooks", ()):
            raise RuntimeError(NOT_BOTH)
        return register(self._hooks_of("backward"), hook, prepend)

    def register_full_backward_pre_hook(self, hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when the gradients of the module's results are known, before it goes on.

        A tuple that it returns takes the place of `grad_output`.
        """
        return register(self._hooks_of("backward_pre"), hook, prepend)

    def register_backward_hook(self, hook) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` with the gradients of the last operation of the module alone.

        It is the older form; `register_full_backward_hook` is that of the whole module.
        """
        if "backward" in self.__dict__.get("_hooks", ()):
            raise RuntimeError(NOT_BOTH)
        return register(self._hooks_of("backward_of_result"), hook)


NOT_BOTH = (
    "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them."
)
ATTRIBUTES = {  # by which PyTorch's users find, count and clear the hooks
    "_forward_pre_hooks": "forward_pre",
    "_forward_hooks": "forward",
    "_backward_pre_hooks": "backward_pre",
    "_backward_hooks": "backward",
    "_state_dict_pre_hooks": "state_dict_pre",
    "_state_dict_hooks": "state_dict",
    "_load_state_dict_pre_hooks": "load_state_dict_pre",
    "_load_state_dict_post_hooks": "load_state_dict_post",
}


def attribute_of(kind):
    """The hooks of one kind as an attribute, which can be replaced."""

    def replace(module, hooks):
        module._hooks_of(kind)
        module._hooks[kind] = hooks

    return property(lambda module: module._hooks_of(kind), replace, doc=f"The hooks of the kind {kind}, by number.")


for name, kind in ATTRIBUTES.items():
    setattr(Calls, name, attribute_of(kind))


def entries(module, kind):
    """The hooks of one kind with their numbers: those of all modules, then its own."""
    return [*FOR_ALL[kind].items(), *module._hooks.get(kind, {}).items()]


def hooks_for(module, kind):
    """The hooks of one kind, without their numbers."""
    return [hook for _, hook in entries(module, kind)]


def call_with_hooks(module, args, kwargs):
    """A call of a module that has hooks."""
    called = set()
    output = None
    try:
        for number, hook in entries(module, "forward_pre"):
            args, kwargs = before(module, hook, number in ways(module, "forward_pre_with_kwargs"), args, kwargs)
        full, hooks = None, (hooks_for(module, "backward"), hooks_for(module, "backward_pre"))
        if any(hooks):
            full = BackwardHook(module, *hooks)
            args = full.setup_input_hook(args)
        output = module.forward(*args, **kwargs)
        for number, hook in entries(module, "forward"):
            called.add(number)
            replaced = seen(module, number, hook, args, kwargs, output)
            output = output if replaced is None else replaced
        if full is not None:
            output = after(full, output)
        of_result = hooks_for(module, "backward_of_result")
        if of_result:
            hook_result(module, of_result, args, output)
        return output
    except Exception:
        for number, hook in entries(module, "forward"):
            always = ways(module, "forward_always_called") | WAYS["always_called"]
            if number in always and number not in called:
                see_anyway(module, number, hook, args, kwargs, output)
        raise


def ways(module, kind):
    """The numbers of a module's own hooks that are called in some way."""
    return module._hooks.get(kind, {}).keys()


def seen(module, number, hook, args, kwargs, output):
    """What a hook after forward returns."""
    if number in ways(module, "forward_with_kwargs") or number in WAYS["with_kwargs"]:
        return hook(module, args, kwargs, output)
    return hook(module, args, output)


def see_anyway(module, number, hook, args, kwargs, output):
    """Call a hook after an error, whose own error is only warned of."""
    try:
        seen(module, number, hook, args, kwargs, output)
    except Exception as error:  # the hook is the user's: the error of the module is the one to raise
        whose = "global module" if number in FOR_ALL["forward"] else "module"
        warnings.warn(
            f"{whose} forward hook with ``always_call=True`` raised an exception that was silenced as another error "
            f"was raised in forward: {error}",
            stacklevel=3,
        )


def after(full, output):
    """The output of a module, whose gradients its backward hooks see."""
    if not isinstance(output, Tensor | tuple):
        warnings.warn(
            "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
            f"{type(output)}",
            stacklevel=3,
        )
    return full.setup_output_hook(output)


def hook_result(module, hooks, args, output):
    """Let the older hooks be called by the last operation of a module."""
    found = output
    while not isinstance(found, Tensor):
        found = next(iter(found.values())) if isinstance(found, dict) else found[0]
    if found.grad_fn is not None:
        for hook in hooks:
            found.grad_fn.register_hook(functools.partial(hook, module))
        missing = what_is_missed(args, output, found.grad_fn)
        if missing:
            warnings.warn(missing, FutureWarning, stacklevel=3)


def what_is_missed(args, output, node):
    """What the older hooks do not see of a module with these arguments and results, in PyTorch's words; or None."""
    instead = "Please use register_full_backward_hook to get the documented behavior."
    outputs = (output,) if isinstance(output, Tensor) else output
    for given, does, part in ((outputs, "return", "output"), (args, "take as input", "input")):
        if not isinstance(given, tuple) or not all([isinstance(each, Tensor) for each in given]):
            return (
                f"Using non-full backward hooks on a Module that does not {does} a single Tensor or a tuple of Tensors "
                f"is deprecated and will be removed in future versions. This hook will be missing some of the "
                f"grad_{part}. {instead}"
            )
    nodes = {each.grad_fn for each in outputs if each.grad_fn is not None}
    if not nodes or (len(nodes) == 1 and node not in nodes):
        return (
            "Using a non-full backward hook when outputs are nested in python data structure is deprecated and will be "
            "removed in future versions. This hook will be missing some grad_output."
        )
    if len(nodes) > 1:
        return (
            "Using a non-full backward hook when outputs are generated by different autograd Nodes is deprecated and "
            f"will be removed in future versions. This hook will be missing some grad_output. {instead}"
        )
    if {each.grad_fn for each in args if each.grad_fn is not None} != {each for each, _ in node.next_functions}:
        return (
            "Using a non-full backward hook when the forward contains multiple autograd Nodes is deprecated and will "
            f"be removed in future versions. This hook will be missing some grad_input. {instead}"
        )
    return None


def before(module, hook, with_kwargs, args, kwargs):
    """The arguments after one hook that is called before forward."""
    if not with_kwargs:
        replaced = hook(module, args)
        if replaced is not None:
            args = replaced if isinstance(replaced, tuple) else (replaced,)
        return args, kwargs
    replaced = hook(module, args, kwargs)
    if replaced is None:
        return args, kwargs
    if not isinstance(replaced, tuple) or len(replaced) != 2:
        raise RuntimeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {replaced}."
        )
    return replaced


watched.append(Calls)
Calls.__module__ = "torch.nn.modules.module"
