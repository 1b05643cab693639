"""Programs without in-place operations, as those want them who record programs."""

import functools


def functionalize(func, *, remove="mutations"):
    """A function that gives what `func` gives, and changes those of its arguments that `func` changes.

    In PyTorch the operations that are recorded of it are free of what `remove` says, "mutations" or
    "mutations_and_views"; here operations are not recorded as programs, so it is `func` that is called. A RuntimeError
    for another `remove`.
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are:\n"
            "     remove='mutations': all inplace and out= operators will be removed from the program, and replaced "
            "with their out-of-place equivalents.\n"
            "     remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be "
            "replaced with their non-aliasing counterparts, {view}_copy.\n"
        )

    @functools.wraps(func)
    def function(*args, **kwargs):
        return func(*args, **kwargs)

    return function


functionalize.__module__ = "torch.func"
