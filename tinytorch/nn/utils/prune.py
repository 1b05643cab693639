"""Pruning: parameters times masks of zeros and ones, computed anew before each call of their module."""

from collections.abc import Iterable

from tinytorch.nn.utils.convert_parameters import parameters_to_vector
from tinytorch.nn.utils.pruning import (
    BasePruningMethod,
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    PruningContainer,
    RandomStructured,
    RandomUnstructured,
    hooks_of,
    prunes,
)
from tinytorch.ops.create import ones_like


def identity(module, name):
    """Prune nothing of a parameter, but as if: with a mask of ones; the module is returned."""
    Identity.apply(module, name)
    return module


def random_unstructured(module, name, amount):
    """Prune elements of a parameter at random; the module is returned.

    >>> import tinytorch as torch
    >>> layer = torch.nn.utils.prune.random_unstructured(torch.nn.Linear(2, 3), "weight", amount=1)
    >>> torch.sum(layer.weight_mask == 0)
    tensor(1)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module, name, amount, importance_scores=None):
    """Prune the smallest elements of a parameter; the module is returned."""
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module, name, amount, dim):
    """Prune channels of a parameter at random; the module is returned."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module, name, amount, n, dim, importance_scores=None):
    """Prune the channels of a parameter that have the smallest `n`-norm; the module is returned."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module, name, mask):
    """Prune a parameter by a mask; the module is returned."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(parameters, pruning_method, importance_scores=None, **kwargs) -> None:
    """Prune elements of several parameters, pairs of a module and a name, as if they were one.

    A TypeError for a method that prunes no single elements; `importance_scores` has scores for some of the pairs.
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    importance_scores = {} if importance_scores is None else importance_scores
    if not isinstance(importance_scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    scores = parameters_to_vector(
        [importance_scores.get((module, name), getattr(module, name)) for module, name in parameters]
    )
    masks = parameters_to_vector(
        [getattr(module, name + "_mask", ones_like(getattr(module, name))) for module, name in parameters]
    )
    container = PruningContainer()
    container._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {method.PRUNING_TYPE}"
        )
    container.add_pruning_method(method)
    mask = container.compute_mask(scores, masks)
    start = 0
    for module, name in parameters:
        values = getattr(module, name)
        custom_from_mask(module, name, mask=mask[start : start + values.numel()].view_as(values))
        start += values.numel()


def remove(module, name):
    """Make the pruned values of a parameter its own, without a mask; a ValueError if it was not pruned."""
    hooks = hooks_of(module)
    for number, hook in hooks.items():
        if prunes(hook, name):
            hook.remove(module)
            del hooks[number]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module) -> bool:
    """Whether anything is pruned in a module or below it."""
    hooks = [hook for each in module.modules() for hook in hooks_of(each).values()]
    return any(isinstance(hook, BasePruningMethod) for hook in hooks)


for each in (
    identity, random_unstructured, l1_unstructured, random_structured, ln_structured, custom_from_mask,
    global_unstructured, remove, is_pruned,
):  # fmt: skip
    each.__module__ = "torch.nn.utils.prune"
