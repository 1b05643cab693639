"""Hooks: functions that are called at certain points, and the handles that take them away again."""

import itertools
import weakref
from collections.abc import Callable, MutableMapping

numbers = itertools.count()


class RemovableHandle:
    """What a registration gives: `remove()`, or the end of a `with` block, takes the hook away."""

    def __init__(self, hooks: MutableMapping[int, Callable]) -> None:
        self.hooks = weakref.ref(hooks)
        self.id = next(numbers)

    def remove(self) -> None:
        """Take the hook away, if it and its owner are still there."""
        hooks = self.hooks()
        if hooks is not None:
            hooks.pop(self.id, None)

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exception) -> None:
        self.remove()


RemovableHandle.__module__ = "torch.utils.hooks"


def register(hooks: MutableMapping[int, object], entry: object, prepend: bool = False) -> RemovableHandle:
    """Put a hook, perhaps with its options, behind or before those that are there; `hooks` is an OrderedDict."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = entry
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
