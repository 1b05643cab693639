"""What every optimizer has: groups of parameters, a state for each parameter, hooks, and the frame of a step."""

import functools
import importlib
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import ClassVar

from tinytorch import errors
from tinytorch.hooks import RemovableHandle, register
from tinytorch.modes import enable_grad, no_grad
from tinytorch.optim.own_steps import (  # noqa: F401 - where programs look for them
    ParamsT,
    _default_to_fused_or_foreach,
    _dispatch_sqrt,
    _get_scalar_dtype,
    _get_value,
    _stack_if_compiling,
    _use_grad_for_differentiable,
    _view_as_real,
)
from tinytorch.tensor import Tensor

hooks_before_every_step: OrderedDict = OrderedDict()
hooks_after_every_step: OrderedDict = OrderedDict()


class Required:
    """The default of an option that each group has to give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = Required()


def register_optimizer_step_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before every step of every optimizer; it may return new (args, kwargs)."""
    return register(hooks_before_every_step, hook)


def register_optimizer_step_post_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after every step of every optimizer."""
    return register(hooks_after_every_step, hook)


def hooked(step: Callable) -> Callable:
    """A step with the hooks around it; a step that a subclass calls through `super()` runs without them."""

    @functools.wraps(step)
    def call(self, *args, **kwargs):
        if type(self).step is not call:
            return step(self, *args, **kwargs)
        if not (self._step_pre_hooks or self._step_post_hooks or hooks_before_every_step or hooks_after_every_step):
            if self._opt_called is False:
                self._opt_called = True
            return step(self, *args, **kwargs)
        for hook in [*hooks_before_every_step.values(), *self._step_pre_hooks.values()]:
            changed = hook(self, (self, *args), kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(
                        f"{step} must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                    )
                (_, *args), kwargs = changed
        if self._opt_called is False:
            self._opt_called = True
        result = step(self, *args, **kwargs)
        for hook in [*self._step_post_hooks.values(), *hooks_after_every_step.values()]:
            hook(self, (self, *args), kwargs)
        return result

    return call


class Optimizer:
    """The base of all optimizers: `params` is an iterable of tensors, of pairs (name, tensor), or of groups (dicts).

    A group has its tensors under "params", and may have its own values of the options; `defaults` stand in for
    the rest. A subclass writes `update(group, params, grads)`, or a whole `step`.
    """

    def __init_subclass__(cls, **settings):
        super().__init_subclass__(**settings)
        if "step" in vars(cls):
            cls.step = hooked(cls.step)

    def __init__(self, params: Iterable, defaults: dict):
        self.defaults = defaults
        self.make_hooks()
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{errors.type_name(params.array)}"
            )
        self.state = defaultdict(dict)
        self.param_groups = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def make_hooks(self) -> None:
        """Begin without hooks."""
        self._step_pre_hooks, self._step_post_hooks = OrderedDict(), OrderedDict()
        self._state_dict_pre_hooks, self._state_dict_post_hooks = OrderedDict(), OrderedDict()
        self._load_state_dict_pre_hooks, self._load_state_dict_post_hooks = OrderedDict(), OrderedDict()

    def __reduce_ex__(self, protocol):
        return new_object, (found_by(type(self)),), self.__getstate__()

    def __getstate__(self) -> dict:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        if "_step_pre_hooks" not in self.__dict__:
            self.make_hooks()
        for group in self.param_groups:
            for name, default in self.late_options.items():
                group.setdefault(name, default)

    _opt_called = None  # False from the first scheduler on until a step is taken, then True
    _own_step = None  # what stood in the place of `step` when the last scheduler was made
    late_options: ClassVar[dict] = {}  # options that files of older versions lack, with what they stood for

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            text += f"\nParameter Group {number}\n"
            text += "".join([f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params"])
        return f"{text})"

    # Groups

    def add_param_group(self, param_group: dict) -> None:
        """Add a group of parameters, a dict with the tensors under "params" and any options; the dict is completed."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        self.name_params(param_group)
        for param in param_group["params"]:
            self.check_param(param)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        params = set(param_group["params"])
        if len(params) < len(param_group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in param_group) != ("param_names" in group):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with' if 'param_names' in param_group else 'without'} names to the optimizer"
                )
            if not params.isdisjoint(group["params"]):
                raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    @staticmethod
    def name_params(group: dict) -> None:
        """Make the tensors of a group a list, and put the names, where pairs (name, tensor) were given, beside it."""
        params = group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        names = [each[0] for each in params if isinstance(each, tuple)]
        group["params"] = [each[1] if isinstance(each, tuple) else each for each in params]
        if names:
            if len(names) < len(params):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
            group["param_names"] = names

    @staticmethod
    def check_param(param) -> None:
        """Refuse what is no tensor, and what was computed."""
        if not isinstance(param, Tensor):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type_title(param)}")
        if not (param.is_leaf or param._retains_grad):
            raise ValueError("can't optimize a non-leaf Tensor")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or, with `set_to_none=False`, fill them with zeros."""
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is None:
                    continue
                if set_to_none:
                    param.grad = None
                elif param.grad.is_leaf:
                    param.grad.requires_grad_(False).zero_()
                else:
                    param.grad.detach_().zero_()

    # Steps

    def step(self, closure: Callable | None = None):
        """Update every parameter that has a gradient; `closure` computes the loss first, which is returned."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for params in by_device([each for each in group["params"] if each.grad is not None]):
                    grads = [each.grad for each in params]
                    if any([each._operate is not None for each in grads]):
                        self.check_sparse(group)
                    self.update(group, params, grads)
        return loss

    def check_sparse(self, group: dict) -> None:
        """Refuse sparse gradients; those that take them ask only about the options of the group."""
        raise RuntimeError(f"{type(self).__name__} does not support sparse gradients")

    def update(self, group: dict, params: list, grads: list) -> None:
        """Update the parameters of one group that have gradients, all of one device; each optimizer has its own."""
        raise NotImplementedError

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return new (args, kwargs)."""
        return register(self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return register(self._step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before `state_dict`."""
        return register(self._state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after `state_dict`; it may return another dict."""
        return register(self._state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before `load_state_dict`; it may return another dict."""
        return register(self._load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after `load_state_dict`."""
        return register(self._load_state_dict_post_hooks, hook, prepend)

    # Saving and loading

    def state_dict(self) -> dict:
        """The state and the groups, with the parameters numbered in their order; the tensors are not copied."""
        for hook in self._state_dict_pre_hooks.values():
            hook(self)
        numbers = {}
        for place, param in enumerate([each for group in self.param_groups for each in group["params"]]):
            numbers.setdefault(param, place)
        groups = [
            {name: value for name, value in group.items() if name != "params"}
            | {"params": [numbers[each] for each in group["params"]]}
            for group in self.param_groups
        ]
        state = {numbers[key] if isinstance(key, Tensor) else key: value for key, value in self.state.items()}
        state_dict = {"state": state, "param_groups": groups}
        for hook in self._state_dict_post_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        return state_dict

    def load_state_dict(self, state_dict: dict) -> None:
        """Take over a state and its options; tensors go to each parameter's device and, but for "step", dtype.

        A ValueError if the groups are not as many, or not as long, as those of this optimizer.
        """
        state_dict = state_dict.copy()
        for hook in self._load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        groups, saved = self.param_groups, deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(group["params"]) != len(other["params"]) for group, other in zip(groups, saved, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        params, options = {}, {}  # number -> parameter, and its group as it was saved
        for group, other in zip(groups, saved, strict=True):
            params.update(zip(other["params"], group["params"], strict=True))
            options.update(dict.fromkeys(other["params"], other.copy()))
            other["params"] = group["params"]
            if "param_names" in group:
                other.setdefault("param_names", group["param_names"])
        state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in params:
                state[params[key]] = fitted(params[key], value, options[key])
            else:
                state[key] = value
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._load_state_dict_post_hooks.values():
            hook(self)


Optimizer.step = hooked(Optimizer.step)


def found_by(cls):
    """How pickle finds a class: one of ours by "module:name", as its `__module__` is PyTorch's; another by itself."""
    ours = cls.__module__ == "torch.optim" or cls.__module__.startswith("torch.optim.")
    return f"tiny{cls.__module__}:{cls.__name__}" if ours else cls


def new_object(cls):
    """An object without attributes, for pickle: of a class, or of "module:name"."""
    if isinstance(cls, str):
        module, _, name = cls.partition(":")
        cls = getattr(importlib.import_module(module), name)
    return object.__new__(cls)


def fitted(param: Tensor, value, options: dict, key=None):
    """A value of a saved state as the state of `param`, with the tensors in it on its device and in its dtype."""
    if isinstance(value, Tensor):
        if key == "step":  # on the CPU, and whole numbers must not be rounded to half precision
            return value.float().to(param.device) if options.get("capturable") or options.get("fused") else value
        return value.to(param.device, param.dtype) if param.is_floating_point() else value.to(param.device)
    if isinstance(value, dict):
        return {name: fitted(param, each, options, name) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return type(value)(fitted(param, each, options) for each in value)
    return value


def by_device(params: list) -> list:
    """The parameters in lists of one device each."""
    if not params or all(each.device is params[0].device for each in params):
        return [params] if params else []
    lists = {}
    for each in params:
        lists.setdefault(each.device, []).append(each)
    return list(lists.values())


def type_title(value) -> str:
    """The name of a type as PyTorch's messages have it."""
    module = type(value).__module__
    return type(value).__qualname__ if module in ("builtins", None) else f"{module}.{type(value).__qualname__}"


def number(value) -> float:
    """An option that is a number or a tensor of one element, as a number."""
    return value.item() if isinstance(value, Tensor) else value


def check_rate(lr) -> None:
    """Refuse a learning rate below 0, or one of several numbers."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    if not lr >= 0.0:
        raise ValueError(f"Invalid learning rate: {lr}")


def check_not_negative(**options) -> None:
    """Refuse options below 0, under the names that they are given."""
    for name, value in options.items():
        if not value >= 0.0:
            raise ValueError(f"Invalid {name} value: {value}")


def check_beta_range(betas) -> None:
    """Refuse betas outside [0, 1)."""
    for place, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {place}: {beta}")


def check_modes(foreach, fused, differentiable) -> None:
    """Refuse ways to compute a step that exclude each other, or that there are none of."""
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if differentiable:
        raise NotImplementedError("differentiable=True: write the step with operations of tensors instead")


Optimizer.__module__ = "torch.optim.optimizer"
