"""What a module's state is: how it is given as a dictionary, and how one is loaded."""

import warnings
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from tinytorch.hooks import RemovableHandle, register
from tinytorch.modes import no_grad
from tinytorch.nn.parameter import Parameter, is_lazy
from tinytorch.tensor import Tensor

EXTRA_STATE = "_extra_state"


class _IncompatibleKeys(NamedTuple):
    """What `load_state_dict` found missing, and what it did not expect."""

    missing_keys: list
    unexpected_keys: list

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"

    __str__ = __repr__


class State:
    """The part of a module that is saved and loaded."""

    _version = 1  # of the form of a state; a subclass that changes its own says so with another number

    def state_dict(self, *args, destination=None, prefix: str = "", keep_vars: bool = False):
        """Parameters and lasting buffers by name, of this module and all below it, in their own memory.

        They are detached unless `keep_vars`; they are put into `destination`, if given, behind `prefix`. A
        FutureWarning for arguments that are given by their place.
        """
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead. Refer to "
                "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details.",
                FutureWarning,
                stacklevel=2,
            )
            destination, prefix, keep_vars = by_place(args, destination, prefix, keep_vars)
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in hooks_of(self, "state_dict_pre"):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in hooks_of(self, "state_dict_post"):
            if hook(self, destination, prefix, metadata) is not None:
                raise RuntimeError("state_dict post-hook must return None")
        for hook in hooks_of(self, "state_dict"):
            replaced = hook(self, destination, prefix, metadata)
            destination = destination if replaced is None else replaced
        return destination

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        """Put what this module itself has into `destination`."""
        for name, value in own_state(self).items():
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def load_state_dict(self, state_dict: Mapping, strict: bool = True, assign: bool = False) -> _IncompatibleKeys:
        """Copy values by name into parameters and buffers, or with `assign` put the tensors themselves in their place.

        A RuntimeError, once all that fits was copied, if a shape differs or, with `strict`, a name is missing or not
        expected;
        a TypeError if `state_dict` is no mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        metadata = getattr(state_dict, "_metadata", None)
        values = OrderedDict(state_dict)
        if metadata is not None:
            values._metadata = metadata
        keys, errors = _IncompatibleKeys([], []), []
        load(self, values, "", metadata, assign, keys, errors)
        if strict:
            for title, names in (("Unexpected", keys.unexpected_keys), ("Missing", keys.missing_keys)):
                if names:
                    listed = ", ".join(f'"{name}"' for name in names)
                    errors.insert(0, f"{title} key(s) in state_dict: {listed}. ")
        if errors:
            lines = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{lines}")
        return keys

    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ):
        """Load what this module itself has; what is wrong is added to the three lists."""
        settings = prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        for hook in hooks_of(self, "load_state_dict_pre"):
            hook(self, state_dict, *settings)
        own = own_state(self)
        for name, present in own.items():
            key = prefix + name
            if key in state_dict:
                error = load_one(self, name, key, present, state_dict[key], local_metadata)
                if error is not None:
                    error_msgs.append(error)
            elif strict:
                missing_keys.append(key)
        extra = prefix + EXTRA_STATE
        has_extra = type(self).set_extra_state is not State.set_extra_state
        if has_extra and extra in state_dict:
            self.set_extra_state(state_dict[extra])
        elif strict and has_extra:
            missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        for key in state_dict if strict else ():
            if key.startswith(prefix) and key != extra:
                first, dot, _ = key[len(prefix) :].partition(".")
                if first not in (self._modules if dot else own):
                    unexpected_keys.append(key)

    def get_extra_state(self):
        """What else `state_dict` should have; a subclass that has this has `set_extra_state` too."""
        raise RuntimeError(f"{type(self).__name__} has no extra state")

    def set_extra_state(self, state) -> None:
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(f"{type(self).__name__} has no extra state")

    def register_state_dict_pre_hook(self, hook) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before the state is read."""
        return register(self._hooks_of("state_dict_pre"), hook)

    def register_state_dict_post_hook(self, hook) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` when the state was read; it may change it."""
        return register(self._hooks_of("state_dict_post"), hook)

    def register_load_state_dict_pre_hook(self, hook) -> RemovableHandle:
        """Call `hook` before the module's own state is loaded.

        It gets (module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs).
        """
        return register(self._hooks_of("load_state_dict_pre"), hook)

    def _register_state_dict_hook(self, hook):
        """As `register_state_dict_post_hook`, but what the hook returns, if not None, is the state."""
        return register(self._hooks_of("state_dict"), hook)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        """As `register_load_state_dict_pre_hook`, but the hook gets the module only if asked for."""
        return self.register_load_state_dict_pre_hook(hook if with_module else partial(without_module, hook))

    def register_load_state_dict_post_hook(self, hook) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` when all was loaded; it may change the lists."""
        return register(self._hooks_of("load_state_dict_post"), hook)


def by_place(args, destination, prefix, keep_vars):
    """The settings of `state_dict`, of which those that are what they are by default come from arguments by place."""
    destination = args[0] if destination is None else destination
    prefix = args[1] if len(args) > 1 and prefix == "" else prefix
    return destination, prefix, args[2] if len(args) > 2 and keep_vars is False else keep_vars


def without_module(hook, module, *settings):
    """A call of a hook that is not told its module."""
    hook(*settings)


def consume_prefix_in_state_dict_if_present(state_dict: dict, prefix: str) -> None:
    """Take a prefix such as "module." away from the names of a state, in place."""
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[key.removeprefix(prefix)] = state_dict.pop(key)
    metadata = getattr(state_dict, "_metadata", {})
    for key in [key for key in metadata if key and (key == prefix.replace(".", "") or key.startswith(prefix))]:
        metadata[key[len(prefix) :]] = metadata.pop(key)


def own_state(module):
    """The parameters and lasting buffers of a module itself, by name."""
    lasting = {name: each for name, each in module._buffers.items() if name not in module._non_persistent_buffers_set}
    return {name: each for name, each in (module._parameters | lasting).items() if each is not None}


def load(module, values, prefix, metadata, assign, keys, errors):
    """Load a module and those below it from the values whose names begin with `prefix`."""
    local = dict(metadata.get(prefix[:-1], {})) if metadata is not None else {}
    if assign:
        local["assign_to_params_buffers"] = True
    module._load_from_state_dict(values, prefix, local, True, keys.missing_keys, keys.unexpected_keys, errors)
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            theirs = {key: value for key, value in values.items() if key.startswith(below)}
            load(child, theirs, below, metadata, assign, keys, errors)
    for hook in hooks_of(module, "load_state_dict_post"):
        if hook(module, keys) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, "
                "if incompatible_keys need to be modified, it should be done inplace."
            )


def load_one(module, name, key, present, given, local_metadata):
    """Load one tensor into a module; what is wrong with it is returned, or None."""
    if not isinstance(given, Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
            f"checkpoint but received {type(given)}"
        )
    if is_lazy(present):  # `given` is, too, or its shape had been taken over
        return None
    if present.ndim == 0 and given.shape == (1,):  # as states were written before tensors without dimensions
        given = given[0]
    if given.shape != present.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, the shape in current "
            f"model is {present.shape}."
        )
    assign = local_metadata.get("assign_to_params_buffers", False)
    if present.is_meta and not given.is_meta and not assign:
        warnings.warn(
            f"for {key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, "
            "which is a no-op. (Did you mean to pass `assign=True` to assign items in the state dictionary to their "
            "corresponding key in the module instead of copying them in place?)",
            stacklevel=2,
        )
        return None
    try:
        put(module, name, present, given, assign)
    except Exception as error:  # whatever it is, it is told with all that did not fit
        return (
            f'While copying the parameter named "{key}", whose dimensions in the model are {present.shape} and whose '
            f"dimensions in the checkpoint are {given.shape}, an exception occurred : {error.args}."
        )
    return None


def put(module, name, present, given, assign):
    """Copy one tensor into a module's own, or put it in the place of that."""
    with no_grad():
        if not assign:
            present.copy_(given)
        elif not isinstance(present, Parameter):
            setattr(module, name, given)
        elif isinstance(given, Parameter):
            setattr(module, name, given.requires_grad_(present.requires_grad))
        else:
            setattr(module, name, Parameter(given, present.requires_grad))


def hooks_of(module, kind):
    """The hooks of one kind that a module has."""
    return () if module._hooks is None else list(module._hooks.get(kind, {}).values())


consume_prefix_in_state_dict_if_present.__module__ = "torch.nn.modules.utils"
State.__module__ = _IncompatibleKeys.__module__ = "torch.nn.modules.module"
