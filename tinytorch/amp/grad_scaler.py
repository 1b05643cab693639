"""`GradScaler`: losses are multiplied by a scale, so that gradients in half precision do not vanish, and gradients are
divided by it before a step, which is left out where they are not finite."""

import collections
import enum
import inspect
import warnings

from tinytorch import dtypes
from tinytorch.amp.scaling import _amp_foreach_non_finite_check_and_unscale_, _amp_update_scale_
from tinytorch.devices import cards
from tinytorch.modes import no_grad
from tinytorch.ops.create import full
from tinytorch.tensor import Tensor


class OptState(enum.Enum):
    """What was done with an optimizer since the last `update`."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


def fresh_state():
    """The state of an optimizer of which nothing was asked since the last `update`."""
    return {"stage": OptState.READY, "found_inf_per_device": {}}


class GradScaler:
    """Scales losses, and steps only with finite gradients; the scale is learned: less after a step that was left out,
    more after `growth_interval` steps that were not.

    Args:
        device: "cuda" or "cpu"; with "cuda" and no GPU it warns and does nothing.
        init_scale, growth_factor, backoff_factor, growth_interval: the scale, and how it changes.
        enabled: if False, losses come back as they are, and `step` is that of the optimizer.

    >>> import tinytorch as torch
    >>> weight = torch.nn.Parameter(torch.ones(1))
    >>> optimizer, scaler = torch.optim.SGD([weight], lr=0.5), GradScaler("cpu", init_scale=4.0)
    >>> scaler.scale(weight.sum()).backward()
    >>> weight.grad
    tensor([4.])
    >>> scaler.step(optimizer)
    >>> scaler.update()
    >>> weight.item(), scaler.get_scale()
    (0.5, 4.0)
    """

    def __init__(
        self, device="cuda", init_scale=2.0**16, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000,
        enabled=True,
    ):  # fmt: skip
        self._device, self._enabled = device, enabled
        if device == "cuda" and enabled and not cards.is_available():
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
            self._enabled = False
        if self._enabled:
            if growth_factor <= 1.0:
                raise AssertionError("The growth factor must be > 1.0.")
            if backoff_factor >= 1.0:
                raise AssertionError("The backoff factor must be < 1.0.")
            self._init_scale, self._scale = init_scale, None
            self._growth_factor, self._backoff_factor = growth_factor, backoff_factor
            self._growth_interval, self._init_growth_tracker, self._growth_tracker = growth_interval, 0, None
            self._per_optimizer_states = collections.defaultdict(fresh_state)

    depth = 2  # how far above the program stands that is warned

    def scale(self, outputs):
        """A loss, or a list of losses, times the scale; a ValueError for what is no tensor and has none."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            if self._scale is None:
                self._lazy_init_scale_growth_tracker(outputs.device)
            return outputs * self._scale.to(outputs.device)
        if isinstance(outputs, collections.abc.Iterable):
            found = map(self.scale, outputs)
            return type(outputs)(found) if isinstance(outputs, (list, tuple)) else found
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer):
        """Divide the gradients of an optimizer by the scale before `step` does so, to clip them for example.

        A RuntimeError if it was done since the last `update`, or for gradients of float16 a ValueError.
        """
        if not self._enabled:
            return
        self._check_scale_growth_tracker("unscale_")
        state = self._per_optimizer_states[id(optimizer)]
        if state["stage"] is OptState.UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if state["stage"] is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        inverse = self._scale.double().reciprocal().float()
        state["found_inf_per_device"] = self._unscale_grads_(optimizer, inverse, self._number(0.0), False)
        state["stage"] = OptState.UNSCALED

    def step(self, optimizer, *args, **kwargs):
        """The optimizer's step with gradients divided by the scale, unless one of them is not finite.

        A RuntimeError for a closure, and for a second step before `update`.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._check_scale_growth_tracker("step")
        state = self._per_optimizer_states[id(optimizer)]
        if state["stage"] is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if getattr(optimizer, "_step_supports_amp_scaling", False):
            found = self._step_of_its_own(optimizer, state, *args, **kwargs)
        else:
            if state["stage"] is OptState.READY:
                self.unscale_(optimizer)
            if not state["found_inf_per_device"]:
                raise AssertionError("No inf checks were recorded for this optimizer.")
            found = self._maybe_opt_step(optimizer, state, *args, **kwargs)
        state["stage"] = OptState.STEPPED
        return found

    def update(self, new_scale=None):
        """The scale for what comes, by what the steps since the last `update` found; or a new one that is given."""
        if not self._enabled:
            return
        scale, tracker = self._check_scale_growth_tracker("update")
        if isinstance(new_scale, float):
            scale.fill_(new_scale)
        elif new_scale is not None:
            reason = (
                "new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with "
                "requires_grad=False."
            )
            if new_scale.device.type != self._device or new_scale.numel() != 1 or new_scale.requires_grad:
                raise AssertionError(reason)
            scale.copy_(new_scale)
        else:
            found = [
                each.to(scale.device)
                for state in self._per_optimizer_states.values()
                for each in state["found_inf_per_device"].values()
            ]
            if not found:
                raise AssertionError("No inf checks were recorded prior to update.")
            _amp_update_scale_(
                scale, tracker, sum(found[1:], found[0]), self._growth_factor, self._backoff_factor,
                self._growth_interval,
            )  # fmt: skip
        self._per_optimizer_states = collections.defaultdict(fresh_state)

    # Settings and state

    def get_scale(self):
        """The scale; 1.0 if nothing is scaled."""
        if not self._enabled:
            return 1.0
        scale = self._get_scale_async()
        return self._init_scale if scale is None else scale.item()

    def get_growth_factor(self):
        """By which the scale is multiplied after enough steps."""
        return self._growth_factor

    def set_growth_factor(self, new_factor):
        """Set the factor of growth."""
        self._growth_factor = new_factor

    def get_backoff_factor(self):
        """By which the scale is multiplied after a step that was left out."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor):
        """Set the factor after a step that was left out."""
        self._backoff_factor = new_factor

    def get_growth_interval(self):
        """After how many steps the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval):
        """Set after how many steps the scale grows."""
        self._growth_interval = new_interval

    def is_enabled(self):
        """Whether anything is scaled."""
        return self._enabled

    def state_dict(self):
        """The scale, its settings and the count of steps; an empty dictionary if nothing is scaled."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._get_growth_tracker(),
        }

    def load_state_dict(self, state_dict):
        """Go on from a state of `state_dict`; a RuntimeError if it is empty."""
        if not self._enabled:
            return
        if len(state_dict) == 0:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._init_scale, self._init_growth_tracker = state_dict["scale"], state_dict["_growth_tracker"]
        if self._scale is not None:
            self._scale.fill_(state_dict["scale"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        if self._growth_tracker is not None:
            self._growth_tracker.fill_(state_dict["_growth_tracker"])

    def __getstate__(self):
        state = self.__dict__.copy()
        if self._enabled:
            if self._per_optimizer_states:
                raise AssertionError(
                    "A GradScaler instance may only be pickled at the beginning of an iteration, or at the end after "
                    "scaler.update()."
                )
            state["_init_scale"], state["_init_growth_tracker"] = self.get_scale(), self._get_growth_tracker()
            state["_scale"] = state["_growth_tracker"] = None
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)

    # Names that PyTorch has for those who derive from it

    def _number(self, value):
        """A float32 beside the scale."""
        return full((), value, dtype=dtypes.float32, device=self._scale.device)

    def _lazy_init_scale_growth_tracker(self, dev):
        if self._growth_tracker is not None:
            raise AssertionError("_growth_tracker initialized before _scale")
        self._scale = full((), self._init_scale, dtype=dtypes.float32, device=dev)
        self._growth_tracker = full((), self._init_growth_tracker, dtype=dtypes.int32, device=dev)

    def _check_scale_growth_tracker(self, funcname):
        for name, value in (("_scale", self._scale), ("_growth_tracker", self._growth_tracker)):
            if value is None:
                raise AssertionError(
                    f"Attempted {funcname} but {name} is None.  This may indicate your script did not use "
                    "scaler.scale(loss or outputs) earlier in the iteration."
                )
        return self._scale, self._growth_tracker

    def _get_scale_async(self):
        return self._scale

    def _get_growth_tracker(self):
        if not self._enabled:
            return 0
        return self._init_growth_tracker if self._growth_tracker is None else self._growth_tracker.item()

    def _unscale_grads_(self, optimizer, inv_scale, found_inf, allow_fp16):
        grads, found = collections.defaultdict(list), {}  # (device, dtype) -> gradients; device -> what was found there
        with no_grad():
            for group in optimizer.param_groups:
                for param in group["params"]:
                    if not isinstance(param, Tensor):
                        raise AssertionError(f"expected param to be torch.Tensor, got {type(param).__name__}")
                    if param.grad is None:
                        continue
                    if not allow_fp16 and param.grad.dtype is dtypes.float16:
                        raise ValueError("Attempting to unscale FP16 gradients.")
                    grads[param.grad.device, param.grad.dtype].append(param.grad)
            for (device, _), values in grads.items():
                if device not in found:
                    found[device] = found_inf.to(device, copy=True)
                _amp_foreach_non_finite_check_and_unscale_(values, found[device], inv_scale.to(device))
        return found

    def _maybe_opt_step(self, optimizer, optimizer_state, *args, **kwargs):
        if not sum(each.item() for each in optimizer_state["found_inf_per_device"].values()):
            return optimizer.step(*args, **kwargs)
        return None

    def _step_of_its_own(self, optimizer, state, *args, **kwargs):
        """The step of an optimizer that divides by the scale itself, and looks for what is not finite."""
        if "grad_scaler" in inspect.signature(optimizer.step).parameters:
            warnings.warn(
                "GradScaler is going to stop passing itself as a keyword argument to the passed "
                "optimizer. In the near future GradScaler registers `grad_scale: Tensor` and "
                "`found_inf: Tensor` to the passed optimizer and let the optimizer use them directly.",
                FutureWarning,
                stacklevel=3,
            )
            return optimizer.step(*args, **kwargs | {"grad_scaler": self})
        if state["stage"] is OptState.READY:
            self._check_inf_per_device(optimizer)
        found = state["found_inf_per_device"].values()
        optimizer.grad_scale = None if state["stage"] is OptState.UNSCALED else self._scale
        optimizer.found_inf = sum(each.to(self._scale.device) for each in found)
        result = optimizer.step(*args, **kwargs)
        del optimizer.grad_scale, optimizer.found_inf
        return result

    def _check_inf_per_device(self, optimizer):
        self._check_scale_growth_tracker("_check_inf_per_device")
        found = self._unscale_grads_(optimizer, self._number(1.0), self._number(0.0), True)
        self._per_optimizer_states[id(optimizer)]["found_inf_per_device"] = found
        return found

    def _found_inf_per_device(self, optimizer):
        return self._per_optimizer_states[id(optimizer)]["found_inf_per_device"]
