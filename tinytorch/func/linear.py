"""The linear approximation of a function: its Jacobian, kept as the record of one run, times any tangents."""

from tinytorch.func.reverse import vjp
from tinytorch.func.trees import flatten, map_tree, unflatten


def linearize(func, *primals):
    """What `func` gives for `primals`, and a function of tangents that multiplies them with its Jacobian there.

    `func` runs once. The function, `jvp_fn(*tangents)`, gives what `jvp` would: what comes back from a gradient is
    linear in that, so its own derivative leads forward. A RuntimeError for tangents of another structure, shape, dtype
    or device than the primals.
    """
    output, pull = vjp(func, *primals)
    push = vjp(pull, map_tree(lambda each: each.new_zeros(each.shape), output))[1]
    leaves, structure = flatten(primals)
    forms = [{"shape": each.shape, "device": each.device, "dtype": each.dtype} for each in leaves]

    def jvp_fn(*tangents):
        given, given_structure = flatten(tangents)
        if given_structure != structure:
            raise RuntimeError(
                f"Expected the tangents {given_structure} to have the same argspec as the primals {structure}"
            )
        for place, (each, form) in enumerate(zip(given, forms, strict=True)):
            for name, wanted in form.items():
                if getattr(each, name) != wanted:
                    raise RuntimeError(
                        f"tangent:{place} with {name} {getattr(each, name)} in flattened pytree doesn't match the "
                        f"{name} {wanted} of the corresponding primal."
                    )
        return push(unflatten(given, structure))[0]

    return output, jvp_fn


linearize.__module__ = "torch.func"
