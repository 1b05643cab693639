"""Lists and dictionaries that cannot be changed: what nodes have as arguments, so that their users are known."""

from tinytorch.utils._pytree import register_pytree_node

HELP = (
    "If you are attempting to modify the kwargs or args of a torch.fx.Node object,\n"
    "instead create a new copy of it and assign the copy to the node:\n\n"
    "    new_args = ...  # copy and mutate args\n"
    "    node.args = new_args"
)


def refuse(self, *args, **kwargs):
    """Refuse to change, in a TypeError that says what to do."""
    raise TypeError(f"{type(self).__name__!r} object does not support mutation. {HELP}")


class immutable_list(list):
    """A list that cannot be changed."""

    __delitem__ = __iadd__ = __imul__ = __setitem__ = append = clear = extend = insert = refuse
    pop = remove = reverse = sort = refuse

    def __hash__(self):
        return hash(tuple(self))

    def __reduce__(self):
        return type(self), (tuple(self),)


class immutable_dict(dict):
    """A dictionary that cannot be changed."""

    __delitem__ = __ior__ = __setitem__ = clear = pop = popitem = setdefault = update = refuse

    def __hash__(self):
        return hash(frozenset(self.items()))

    def __reduce__(self):
        return type(self), (tuple(self.items()),)


register_pytree_node(immutable_list, lambda tree: (list(tree), None), lambda parts, _: immutable_list(parts))
register_pytree_node(
    immutable_dict,
    lambda tree: (list(tree.values()), tuple(tree)),
    lambda parts, keys: immutable_dict(zip(keys, parts, strict=True)),
)
