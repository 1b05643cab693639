"""What a call of a module does: `forward`, with the hooks before and after it."""

import functools
import warnings
from collections import OrderedDict

from tinytorch.hooks import RemovableHandle, register
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
        if self._hooks is None:
            self.__dict__["_hooks"] = {}
        return self._hooks.setdefault(kind, OrderedDict())

    def register_forward_pre_hook(self, hook, *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before every forward; what it returns, if not None, are the new arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`, which returns None or a tuple of both.
        """
        return register(self._hooks_of("forward_pre"), (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after every forward; what it returns, if not None, is the new output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it is called, with None for
        the
        output, even when forward raises.
        """
        return register(self._hooks_of("forward"), (hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the module's arguments are known.

        Both are tuples, with None for what is no tensor; a tuple that it returns takes the place of `grad_input`.
        """
        if self._hooks is not None and "backward_of_result" in self._hooks:
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
        if self._hooks is not None and "backward" in self._hooks:
            raise RuntimeError(NOT_BOTH)
        return register(self._hooks_of("backward_of_result"), hook)


NOT_BOTH = (
    "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them."
)


def call_with_hooks(module, args, kwargs):
    """A call of a module that has hooks."""
    called = set()
    output = None
    hooks = module._hooks
    try:
        for hook, with_kwargs in list(module._hooks_of("forward_pre").values()):
            args, kwargs = before(module, hook, with_kwargs, args, kwargs)
        full = None
        if hooks.get("backward") or hooks.get("backward_pre"):
            full = BackwardHook(module, list(hooks.get("backward", {}).values()), pre_hooks(hooks))
            args = full.setup_input_hook(args)
        output = module.forward(*args, **kwargs)
        for number, (hook, with_kwargs, _) in list(module._hooks_of("forward").items()):
            called.add(number)
            replaced = hook(module, args, kwargs, output) if with_kwargs else hook(module, args, output)
            output = output if replaced is None else replaced
        if full is not None:
            output = after(full, output)
        if hooks.get("backward_of_result"):
            hook_result(module, list(hooks["backward_of_result"].values()), output)
        return output
    except BaseException:
        for number, (hook, with_kwargs, always_call) in list(module._hooks_of("forward").items()):
            if always_call and number not in called:
                hook(module, args, kwargs, output) if with_kwargs else hook(module, args, output)
        raise


def pre_hooks(hooks):
    """The hooks before backward."""
    return list(hooks.get("backward_pre", {}).values())


def after(full, output):
    """The output of a module, whose gradients its backward hooks see."""
    if not isinstance(output, Tensor | tuple):
        warnings.warn(
            "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
            f"{type(output)}",
            stacklevel=3,
        )
    return full.setup_output_hook(output)


def hook_result(module, hooks, output):
    """Let the older hooks be called by the last operation of a module."""
    while not isinstance(output, Tensor):
        output = next(iter(output.values())) if isinstance(output, dict) else output[0]
    if output.grad_fn is not None:
        for hook in hooks:
            output.grad_fn.register_hook(functools.partial(hook, module))


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


Calls.__module__ = "torch.nn.modules.module"
