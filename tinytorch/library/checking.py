"""opcheck: whether an operator of the program's own does on given arguments what it was registered with."""

from tinytorch.library.definitions import CustomOpDef
from tinytorch.library.operators import OpOverload, OpOverloadPacket, tensors_in
from tinytorch.ops.convert import to
from tinytorch.tensor import Tensor
from tinytorch.testing.comparison import assert_close


class OpCheckError(Exception):
    """What an operator does is not what it was registered with."""


def opcheck(op, args, kwargs=None, *, test_utils=None, raise_exception=True, atol=None, rtol=None):
    """Check an operator on these arguments: a dictionary from each test to "SUCCESS", or to what was wrong.

    `test_schema`: it writes to what the schema says, and to nothing else. `test_autograd_registration`: it can be
    called. `test_faketensor`: its fake implementation gives shapes and dtypes as its kernel does.
    `test_aot_dispatch_dynamic`: backward gives a gradient where one is wanted. An OpCheckError for the first that
    fails, unless `raise_exception` is false; a ValueError for what is no operator, or no test.
    """
    if (rtol is None) != (atol is None):
        raise ValueError("opcheck(op, ...): if you specify one of rtol/atol, you must specify both")
    if isinstance(op, CustomOpDef):
        op = op._opoverload
    elif isinstance(op, OpOverloadPacket):
        op = op.default
    if not isinstance(op, OpOverload):
        raise ValueError(
            "opcheck(op, ...): op must be instance of torch._ops.OpOverload, e.g. torch.ops.aten.sin.default, got "
            f"{type(op)}"
        )
    wanted = tuple(TESTS) if test_utils is None else (test_utils,) if isinstance(test_utils, str) else test_utils
    if not isinstance(wanted, (tuple, list)) or not set(wanted) <= set(TESTS):
        raise ValueError(
            f"opcheck(op, ..., test_utils={wanted}), expected test_utils to be subset of {tuple(TESTS)} but it was not"
        )
    found = {}
    for name in wanted:
        try:
            TESTS[name](op, *copied(args, kwargs or {}), {"rtol": rtol, "atol": atol})
            found[name] = "SUCCESS"
        except Exception as error:  # whatever a program's kernel raises is what the test found
            if raise_exception:
                raise OpCheckError(
                    f"opcheck(op, ...): {name} failed with {error} (scroll up for stack trace)"
                ) from error
            found[name] = error
    return found


def check_schema(op, args, kwargs, tolerances):
    """A RuntimeError if an argument changes that the schema does not name as written."""
    values, named = op._schema.bind(args, kwargs)
    before = list(map(cloned, [*values, *named.values()]))
    op(*args, **kwargs)
    arguments = [*op._schema.positional, *op._schema.keywords]
    for argument, then, now in zip(arguments, before, [*values, *named.values()], strict=True):
        same = all(a.equal(b) for a, b in zip(tensors_in([then]), tensors_in([now]), strict=True))
        if not same and not argument.is_write:
            raise RuntimeError(f"Argument {argument.name} is not defined as mutable but was mutated")


def check_call(op, args, kwargs, tolerances):
    """Call it."""
    op(*args, **kwargs)


def check_fake(op, args, kwargs, tolerances):
    """An AssertionError if the fake implementation gives other shapes, strides or dtypes."""
    fake_args, fake_kwargs = copied(args, kwargs, lambda each: to(each.detach(), "meta"))
    given, expected = op(*fake_args, **fake_kwargs), op(*args, **kwargs)
    for fake, real in zip(tensors_in([given]), tensors_in([expected]), strict=True):
        for name in ("shape", "dtype"):
            if getattr(fake, name) != getattr(real, name):
                raise AssertionError(f"Mismatch in {name}: {getattr(fake, name)} and {getattr(real, name)}")
        if fake.numel() and fake.stride() != real.stride():
            raise AssertionError(f"Stride mismatch! Strides are {fake.stride()} and {real.stride()}")


def check_backward(op, args, kwargs, tolerances):
    """An AssertionError if two runs, each with backward, give different gradients."""
    found = []
    for _ in range(2):
        own_args, own_kwargs = copied(args, kwargs)
        results = [each for each in tensors_in([op(*own_args, **own_kwargs)]) if each.requires_grad]
        if results:
            sum(each.abs().sum() for each in results).backward()
        leaves = tensors_in([*own_args, *own_kwargs.values()])
        found.append([each.grad for each in leaves if each.requires_grad and each.grad is not None])
    assert_close(*found, **tolerances)


TESTS = {
    "test_schema": check_schema,
    "test_autograd_registration": check_call,
    "test_faketensor": check_fake,
    "test_aot_dispatch_dynamic": check_backward,
}


def copied(args, kwargs, copy=None):
    """Arguments with tensors of their own."""
    copy = copy or cloned
    return [mapped(each, copy) for each in args], {name: mapped(each, copy) for name, each in kwargs.items()}


def cloned(value):
    """A value, its tensors with memory of their own."""
    return mapped(value, lambda each: each.detach().clone().requires_grad_(each.requires_grad))


def mapped(value, change):
    """A value with its tensors changed."""
    if isinstance(value, Tensor):
        return change(value)
    return type(value)(mapped(each, change) for each in value) if isinstance(value, (list, tuple)) else value
