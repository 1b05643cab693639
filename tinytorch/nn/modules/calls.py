"""What a call of a module does: `forward`, with the hooks before and after it."""

from collections import OrderedDict

from tinytorch.hooks import RemovableHandle, register


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


def call_with_hooks(module, args, kwargs):
    """A call of a module that has hooks."""
    called = set()
    output = None
    try:
        for hook, with_kwargs in list(module._hooks_of("forward_pre").values()):
            args, kwargs = before(module, hook, with_kwargs, args, kwargs)
        output = module.forward(*args, **kwargs)
        for number, (hook, with_kwargs, _) in list(module._hooks_of("forward").items()):
            called.add(number)
            replaced = hook(module, args, kwargs, output) if with_kwargs else hook(module, args, output)
            output = output if replaced is None else replaced
        return output
    except BaseException:
        for number, (hook, with_kwargs, always_call) in list(module._hooks_of("forward").items()):
            if always_call and number not in called:
                hook(module, args, kwargs, output) if with_kwargs else hook(module, args, output)
        raise


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
