"""Calls of several modules, each with arguments of its own."""

from tinytorch.nn.modules.module import Module


def parallel_apply(modules: list[Module], inputs: list, kwargs_tup: list | None = None, devices: list | None = None):
    """What each module gives for its inputs, one after the other: a GPU works while the next one is told what to do.

    An AssertionError unless there are as many inputs, keywords and devices as modules.
    """
    count = len(modules)
    if count != len(inputs):
        raise AssertionError(f"The number of modules {count} is not equal to the number of inputs {len(inputs)}")
    for each in (kwargs_tup, devices):
        if each is not None and len(each) != count:
            raise AssertionError(f"Modules and what they are called with differ in number: {count} and {len(each)}")
    found = []
    for module, input, named in zip(modules, inputs, kwargs_tup or [{}] * count, strict=True):
        found.append(module(*(input if isinstance(input, list | tuple) else (input,)), **named))
    return found


parallel_apply.__module__ = "torch.nn.parallel.parallel_apply"
