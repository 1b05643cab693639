"""functorch: the names that `torch.func` had before it was a part of PyTorch, and modules as functions of tuples."""

import copy
import functools
import warnings

from tinytorch import func, version
from tinytorch.absent import stand_in
from tinytorch.nn.modules.module import Module


def deprecated(function, instead):
    """A function that warns, at each call, of its name in PyTorch today."""

    @functools.wraps(function)
    def warning(*args, **kwargs):
        warnings.warn(
            "We've integrated functorch into PyTorch. As the final step of the integration, "
            f"`functorch.{function.__name__}` is deprecated as of PyTorch 2.0 and will be deleted in a future version "
            f"of PyTorch >= 2.3. Please use `{instead}` instead; see the PyTorch 2.0 release notes and/or the "
            "`torch.func` migration guide for more details https://pytorch.org/docs/main/func.migrating.html",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    return warning


vmap = deprecated(func.vmap, "torch.vmap")
grad = deprecated(func.grad, "torch.func.grad")
grad_and_value = deprecated(func.grad_and_value, "torch.func.grad_and_value")
vjp = deprecated(func.vjp, "torch.func.vjp")
jvp = deprecated(func.jvp, "torch.func.jvp")
jacrev = deprecated(func.jacrev, "torch.func.jacrev")
jacfwd = deprecated(func.jacfwd, "torch.func.jacfwd")
hessian = deprecated(func.hessian, "torch.func.hessian")
functionalize = deprecated(func.functionalize, "torch.func.functionalize")


class FunctionalModule(Module):
    """A module as a function: `function(params, *args)`, whose parameters come in the order of `param_names`."""

    def __init__(self, stateless_model, param_names):
        super().__init__()
        self.stateless_model, self.param_names = stateless_model, param_names

    def forward(self, params, *args, **kwargs):
        """What the module gives with these parameters."""
        values = dict(zip(self.param_names, params, strict=True))
        return func.functional_call(self.stateless_model, values, args, kwargs)


class FunctionalModuleWithBuffers(Module):
    """A module as a function of its parameters and buffers: `function(params, buffers, *args)`."""

    def __init__(self, stateless_model, param_names, buffer_names):
        super().__init__()
        self.stateless_model, self.param_names, self.buffer_names = stateless_model, param_names, buffer_names

    def forward(self, params, buffers, *args, **kwargs):
        """What the module gives with these parameters and buffers."""
        values = dict(zip((*self.param_names, *self.buffer_names), (*params, *buffers), strict=True))
        return func.functional_call(self.stateless_model, values, args, kwargs)


def state(model, disable_autograd_tracking):
    """A copy of a module, with the names and values of its parameters and of its buffers, each a tuple."""
    model = copy.deepcopy(model)
    params, buffers = dict(model.named_parameters()), dict(model.named_buffers())
    if disable_autograd_tracking:
        for each in params.values():
            each.requires_grad_(False)
    return model, tuple(params), tuple(params.values()), tuple(buffers), tuple(buffers.values())


def make_functional(model, disable_autograd_tracking=False):
    """A copy of a module as a function, and the tuple of its parameters, which it takes first.

    They require grad as the module's do, unless `disable_autograd_tracking`.
    """
    model, names, params, _, _ = state(model, disable_autograd_tracking)
    return FunctionalModule(model, names), params


def make_functional_with_buffers(model, disable_autograd_tracking=False):
    """A copy of a module as a function, and the tuples of its parameters and buffers, which it takes first."""
    model, names, params, buffer_names, buffers = state(model, disable_autograd_tracking)
    return FunctionalModuleWithBuffers(model, names, buffer_names), params, buffers


def combine_state_for_ensemble(models):
    """One of several modules of a class as a function, and the tuples of stacked parameters and buffers of all.

    A RuntimeError as `torch.func.stack_module_state` raises it.
    """
    params, buffers = func.stack_module_state(models)
    model = copy.deepcopy(models[0])
    return (
        FunctionalModuleWithBuffers(model, tuple(params), tuple(buffers)),
        tuple(params.values()),
        tuple(buffers.values()),
    )


make_functional = deprecated(make_functional, "torch.func.functional_call")
make_functional_with_buffers = deprecated(make_functional_with_buffers, "torch.func.functional_call")
combine_state_for_ensemble = deprecated(combine_state_for_ensemble, "torch.func.stack_module_state")
make_fx = stand_in(__name__, "make_fx", "graphs of programs")
__version__ = version.__version__
