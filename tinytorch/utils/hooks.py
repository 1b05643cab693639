"""Hooks on the backward of a whole module: what they see, and how they are put around a call."""

import warnings

from tinytorch.autograd.function import Function
from tinytorch.hooks import RemovableHandle
from tinytorch.modes import mode
from tinytorch.tensor import Tensor

__all__ = ["BackwardHook", "RemovableHandle", "unserializable_hook"]


def unserializable_hook(f):
    """Mark a hook as one that may be lost when its tensor is saved."""
    f.__torch_unserializable__ = True
    return f


class BackwardHookFunction(Function):
    """The same tensors, under one node at which hooks see all their gradients."""

    @staticmethod
    def forward(ctx, *args):
        """The arguments themselves."""
        ctx.mark_non_differentiable(*[each for each in args if not each.requires_grad])
        return args

    @staticmethod
    def backward(ctx, *grads):
        """The gradients themselves."""
        return grads


class BackwardHook:
    """The backward hooks of a module during one call: a node before it and a node behind it see its gradients."""

    def __init__(self, module, user_hooks, user_pre_hooks):
        self.module, self.user_hooks, self.user_pre_hooks = module, user_hooks, user_pre_hooks
        self.grad_outputs = self.inputs = self.outputs = None
        self.count = 0

    def setup_input_hook(self, args):
        """The arguments of the call, whose gradients are seen."""
        self.count = len(args)
        args, self.inputs, node = behind_one_node(args)
        if node is not None:
            node.register_hook(self.at_inputs)
        return args

    def setup_output_hook(self, result):
        """The result of the call, whose gradients are seen."""
        results, self.outputs, node = behind_one_node(result if isinstance(result, tuple) else (result,))
        if node is not None:
            self.size = len(results)
            node.register_hook(self.at_outputs)
        return results if isinstance(result, tuple) else results[0]

    def at_outputs(self, _, grads):
        """Call the hooks before backward; if no argument has a gradient, those after it too."""
        grads = spread(self.outputs, grads, self.size)
        for hook in self.user_pre_hooks:
            grads = replaced(grads, hook(self.module, grads), "pre hook returned an invalid number of grad_output")
        self.grad_outputs = grads
        if self.inputs is None:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                "inputs require gradients. See "
                "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook "  # noqa: E501
                "for more details.",
                stacklevel=5,
            )
            for hook in self.user_hooks:
                made = hook(self.module, (None,) * self.count, grads)
                if made is not None and not (isinstance(made, tuple) and all(each is None for each in made)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
            self.grad_outputs = None
        return tuple([grads[place] for place in self.outputs])

    def at_inputs(self, grads, _):
        """Call the hooks after backward, unless the gradients come from elsewhere than the module's results."""
        if self.grad_outputs is None:
            return None
        grads = spread(self.inputs, grads, self.count)
        for hook in self.user_hooks:
            made = hook(self.module, grads, self.grad_outputs)
            grads = replaced(grads, made, "hook returned an invalid number of grad_input")
        self.grad_outputs = None
        return tuple([grads[place] for place in self.inputs])


def behind_one_node(values):
    """Values with their tensors under one node, where the tensors are, and the node; None if nothing is recorded."""
    places = [place for place, each in enumerate(values) if isinstance(each, Tensor)]
    if not mode.grad or not any(values[place].requires_grad for place in places):
        return values, None, None
    made = BackwardHookFunction.apply(*[values[place] for place in places])
    node = next(each.grad_fn for each in made if each.grad_fn is not None)
    found = list(values)
    for place, each in zip(places, made, strict=True):
        found[place] = each
    return (tuple(found) if type(values) is tuple else type(values)(*found)), places, node


def spread(places, values, size):
    """Values at their places in a tuple, with None elsewhere."""
    found = dict(zip(places, values, strict=True))
    return tuple([found.get(place) for place in range(size)])


def replaced(grads, made, words):
    """What a hook gave for gradients: the same if it gave None; it has to be as many."""
    if made is not None and len(made) != len(grads):
        raise RuntimeError(f"Backward {words}, got {len(made)}, but expected {len(grads)}")
    return grads if made is None else made


BackwardHookFunction.__module__ = "torch.nn.modules._functions"
BackwardHook.__module__ = "torch.utils.hooks"
