"""Statements that compute with functions of rarer kinds."""

from math import prod

from tests.programs.statements.kinds import statement
from tests.programs.statements.writing import writable
from tests.programs.world import broadcast, dimension

# Of one tensor: the text, and the largest value for a largest value of the input.
POINTWISE = (
    ("{0}.square()", lambda limit: limit**2), ("{0}.clamp(-0.9, 0.8)", lambda limit: 1.0),
    ("{0}.softmax(-1)", lambda limit: 1.0), ("{0}.log_softmax(-1)", lambda limit: 2 * limit + 2),
    ("torch.nn.functional.softplus({0})", lambda limit: limit + 1), ("{0}.atan()", lambda limit: 1.6),
    ("torch.nn.functional.gelu({0})", lambda limit: limit), ("{0}.erf()", lambda limit: 1.0),
    ("torch.nn.functional.silu({0})", lambda limit: limit), ("{0}.asinh()", lambda limit: limit),
    ("{0}.cumsum(0)", lambda limit: 4 * limit), ("{0}.flip(0)", lambda limit: limit),
    ("{0}.roll(1, 0)", lambda limit: limit), ("({0} * {0} + 1.0).reciprocal()", lambda limit: 1.0),
    ("({0} * {0} + 1.0).rsqrt()", lambda limit: 1.0),
)  # fmt: skip
REDUCING = (
    ("{0}.amax({1})", lambda limit, count: limit), ("{0}.prod({1})", lambda limit, count: limit**count),
    ("{0}.logsumexp({1})", lambda limit, count: limit + 2), ("{0}.max({1}).values", lambda limit, count: limit),
    ("{0}.var({1}, correction=0)", lambda limit, count: limit**2),
    ("({0} + 3.0).norm(dim={1})", lambda limit, count: 2 * limit + 6),
    ("{0}.select({1}, 0) * 1.0", lambda limit, count: limit), ("{0}.square().mean({1})", lambda limit, count: limit**2),
)  # fmt: skip
BINARY = (
    ("torch.maximum({0}, {1})", max), ("torch.minimum({0}, {1})", max),
    ("torch.atan2({0}, {1} * {1} + 0.5)", lambda *_: 1.6), ("{0}.lerp({1}, torch.full_like({0}, 0.3))", max),
    ("torch.addcmul({0}, {0}, {1}, value=0.5)", lambda one, two: one + one * two),
    ("torch.hypot({0}, {1} * {1} + 0.5)", lambda one, two: one + two**2 + 1),
    ("torch.sub({0}, {1}, alpha=0.5)", lambda one, two: one + two),
    ("torch.where({0} > {1}, {0}, {1})", max),
)  # fmt: skip


@statement(5)
def function_of_one(world):
    entry = world.pick(lambda entry: entry.shape and entry.origin != "no_grad")  # of it some functions keep nothing
    form, grown = world.choose(POINTWISE)
    if entry is None or grown(entry.memory.limit) > world.largest:
        return None
    line = follows(world, form.format(entry.name), entry.shape, grown(entry.memory.limit), entry)
    world.entries[-1].memory.normal = "softmax(" in form
    return line


def follows(world, expression, shape, limit, *inputs):
    """A result that its own derivative may keep."""
    line = world.result(expression, shape, limit, *inputs, dense=False)
    world.entries[-1].memory.kept = world.entries[-1].requires
    return line


@statement(3)
def function_that_reduces(world):
    entry = world.pick(lambda entry: entry.shape and not entry.memory.normal)
    if entry is None:
        return None
    dim, text = dimension(world, entry)
    form, grown = world.choose(REDUCING)
    shape, count = entry.shape[:dim] + entry.shape[dim + 1 :], entry.shape[dim]
    if grown(entry.memory.limit, count) > world.largest:
        return None
    return follows(world, form.format(entry.name, text), shape, grown(entry.memory.limit, count), entry)


@statement(4)
def function_of_two(world):
    one = world.pick()
    two = one and world.pick(lambda entry: broadcast(one.shape, entry.shape) == one.shape)
    form, grown = world.choose(BINARY)
    if two is None or grown(one.memory.limit, two.memory.limit) > world.largest:
        return None
    limit = grown(one.memory.limit, two.memory.limit)
    return follows(world, form.format(one.name, two.name), one.shape, limit, one, two)


@statement(1)
def outer_product(world):
    one, two = world.pick(lambda entry: len(entry.shape) == 1), world.pick(lambda entry: len(entry.shape) == 1)
    if one is None or two is None:
        return None
    limit, shape = one.memory.limit * two.memory.limit, one.shape + two.shape
    if limit > world.largest or prod(shape) > 48:
        return None
    return world.result(f"torch.outer({one.name}, {two.name})", shape, limit, one, two)


# In place: the text, the largest value, and whether the derivative keeps the value before or the result.
IN_PLACE = (
    ("{0}.clamp_(-0.9, 0.8)", lambda limit: 1.0, False), ("{0}.sigmoid_()", lambda limit: 1.0, True),
    ("{0}.tanh_()", lambda limit: 1.0, True), ("{0}.relu_()", lambda limit: limit, True),
    ("{0}.abs_()", lambda limit: limit, False), ("{0}.pow_(2)", lambda limit: limit**2, False),
    ("{0}.square_()", lambda limit: limit**2, False), ("{0}.sin_()", lambda limit: 1.0, False),
    ("{0}.cos_()", lambda limit: 1.0, False), ("{0} **= 2", lambda limit: limit**2, False),
    ("{0}.cumsum_(0)", lambda limit: 4 * limit, False),
     ("{0}.clamp_min_(0.1)", lambda limit: limit + 1, False),
    ("torch.nn.functional.relu({0}, inplace=True)", lambda limit: limit, True),
)  # fmt: skip


@statement(4)
def function_in_place(world):
    entry = world.pick(lambda entry: writable(world, entry))
    form, grown, keeps = world.choose(IN_PLACE)
    if entry is None or grown(entry.memory.limit) > world.largest:
        return None
    if "cumsum" in form and not entry.shape:
        return None
    world.wrote(entry, grown(entry.memory.limit))
    entry.memory.kept = entry.memory.kept or (keeps and world.grad and entry.requires)
    return form.format(entry.name)


@statement(3)
def function_of_two_in_place(world):
    entry = world.pick(lambda entry: writable(world, entry))
    other = entry and world.pick(
        lambda other: (
            broadcast(entry.shape, other.shape) == entry.shape
            and other is not entry
            and world.allows("write", entry, other)
        )
    )
    if other is None:
        return None
    one, two = entry.memory.limit, other.memory.limit
    form, limit = world.choose(
        (
            ("{0}.lerp_({1}.expand_as({0}), torch.full_like({0}, 0.3))", max(one, two)),
            ("{0}.addcmul_({1}, {1}, value=0.5)", one + two * two),
            ("{0}.sub_({1}, alpha=0.5)", one + two),
            ("{0}.add_({1}.detach())", one + two),
            ("{0}.hypot_({1} * {1} + 0.5)", one + two * two + 1),
            ("{0} /= {1} * {1} + 1.0", one),
            ("{0}.copy_({1}.to(torch.float32))", two),
        )
    )
    if limit > world.largest or ("float32" in form and not world.mixture):
        return None
    if other.requires and world.grad:
        other.memory.kept = True
    if "hypot" in form and world.grad and (entry.requires or other.requires):
        entry.memory.kept = True
    world.wrote(entry, limit, None if "detach" in form else other)
    return form.format(entry.name, other.name)


@statement(3)
def written_into_out(world):
    """A result written over a tensor; refused where a gradient would be recorded, so mostly without recording."""
    entry = world.pick(lambda entry: not entry.overlapping and entry.dense and (not entry.requires or not world.grad))
    if entry is None or (entry.memory.kept and world.chance(0.9)) or not world.allows("write", entry):
        return None
    recorded = world.grad
    one = world.pick(
        lambda other: (
            other.shape == entry.shape and other.memory is not entry.memory and not (recorded and other.requires)
        )
    )
    if one is None:
        return None
    forms = ("add({1}, {1}, out={0})", "mul({1}, 0.5, out={0})", "sin({1}, out={0})", "sub({1}, 0.7, out={0})",
             "tanh({1}, out={0})", "clamp({1}, -0.5, 0.5, out={0})")  # fmt: skip
    if 2 * one.memory.limit > world.largest:
        return None
    world.wrote(entry, 2 * one.memory.limit)
    return "torch." + world.choose(forms).format(entry.name, one.name)
