"""Modules as functions of their parameters and buffers, one by one or many of a kind at once."""

from collections import Counter
from collections.abc import Sequence

from tinytorch.nn.utils.stateless import call_with
from tinytorch.ops.join import stack


def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """Call a module with other parameters and buffers, by name, which it has for the time of this call.

    Args:
        parameter_and_buffer_dicts: a dictionary, or a sequence of dictionaries that share no name. A buffer that the
            module assigns anew is assigned there; names that are not there keep the module's own tensors.
        args: a tuple of arguments, or one argument.
        tie_weights: a tensor that the module has under several names gets one value, given under any of them.
        strict: refuse names that the module has not, and want all that it has.

    A ValueError for a name in two dictionaries or two values of one tensor, a RuntimeError as `strict` says, a
    TypeError for what is no tensor, an AttributeError for a module that is not there.
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        values = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, Sequence):
        values = one_dictionary(parameter_and_buffer_dicts)
    else:
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    return call_with(module, values, args, kwargs, tie_weights, strict)


def one_dictionary(dictionaries):
    """The entries of dictionaries, which share no name."""
    if not all(isinstance(each, dict) for each in dictionaries):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    counts = Counter([name for each in dictionaries for name in each])
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: value for each in dictionaries for name, value in each.items()}


def stack_module_state(models):
    """The parameters and the buffers of modules of one class, by name: two dictionaries of stacked tensors.

    They are leaves of their own, which require grad as the modules' did: `vmap` over dimension 0 of them, with
    `functional_call`, calls all the modules at once. A RuntimeError if there is no module, or if they differ in class,
    in `training` or in what requires grad.
    """
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({bool(each.training) for each in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(each) is not type(models[0]) for each in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    return (
        stacked([dict(each.named_parameters()) for each in models]),
        stacked([dict(each.named_buffers()) for each in models]),
    )


def stacked(states):
    """The tensors of each name, stacked."""
    found = {}
    for name in states[0]:
        tensors = [each[name] for each in states]
        wanted = tensors[0].requires_grad
        if any(each.requires_grad is not wanted for each in tensors):
            raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
        found[name] = stack(tensors)
        if wanted:
            found[name] = found[name].detach().requires_grad_()
    return found


functional_call.__module__ = stack_module_state.__module__ = "torch.func"
