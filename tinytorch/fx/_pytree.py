"""torch.fx._pytree: the leaves of nested containers of a structure that is known."""

from tinytorch.utils._pytree import tree_flatten


def tree_flatten_spec(pytree, spec):
    """The leaves of a tree of the structure `spec`; a dictionary's in the order of the keys there.

    A RuntimeError if it has another structure.
    """
    if spec.is_leaf():
        return [pytree]
    if spec.type in (dict, list, tuple):
        places = spec.keys if spec.type is dict else range(len(spec.parts))
        return [leaf for place, part in zip(places, spec.parts, strict=True)
                for leaf in tree_flatten_spec(pytree[place], part)]  # fmt: skip
    leaves, real = tree_flatten(pytree)
    if real != spec:
        raise RuntimeError(f"Real spec {real} of object {pytree} is different from expected spec {spec}.")
    return leaves
