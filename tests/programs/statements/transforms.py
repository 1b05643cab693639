"""Statements with functions of functions, and with tensors that carry a tangent."""

from tests.programs.statements.kinds import statement
from tests.programs.world import broadcast

FORMS = (  # of x alone, with derivatives below 2
    "x.sin()", "x.tanh()", "x.sigmoid() * x.cos()", "x.cos() * 0.7",
)  # fmt: skip


@statement(3)
def transformed(world):
    entry = world.pick(lambda entry: not entry.origin and entry.dense and 3 * entry.memory.limit < world.largest)
    other = entry and world.pick(
        lambda other: other.shape == entry.shape and not other.origin and entry.requires >= other.requires
    )
    if other is None or not world.grad or other.memory.limit * 3 > world.largest:
        return None
    form, name, tangent = world.choose(FORMS), entry.name, other.name
    forms = [
        (f"torch.func.grad(lambda x: ({form}).sum())({name})", (entry,), 2.0),
        (f"torch.func.grad(lambda x: ({form} * {tangent}).sum())({name})", (entry, other), 2 * other.memory.limit),
        (f"torch.func.vjp(lambda x: {form}, {name})[1]({tangent})[0]", (entry, other), 2 * other.memory.limit),
        (f"torch.func.jvp(lambda x: {form}, ({name},), ({tangent},))[1]", (entry, other), 2 * other.memory.limit),
        (f"torch.func.grad(lambda x: torch.func.grad(lambda y: y.sin().sum())(x).sin().sum())({name})", (entry,), 2.0),
    ]
    if entry.shape:
        forms += [
            (f"torch.func.vmap(lambda x: {form})({name})", (entry,), 2.0),
            (f"torch.func.vmap(lambda x, y: {form} * y)({name}, {tangent})", (entry, other), other.memory.limit),
            (f"torch.func.vmap(torch.func.grad(lambda x: ({form}).sum()))({name})", (entry,), 2.0),
        ]
    text, inputs, limit = world.choose(forms)
    made = world.result(f"{text} + {name} * 0.1", entry.shape, limit + entry.memory.limit, *inputs, dense=False)
    held(world, inputs)
    return made


@statement(2)
def carried_tangent(world):
    entry = world.pick(lambda entry: not entry.origin and entry.dense and 3 * entry.memory.limit < world.largest)
    other = entry and world.pick(lambda other: other.shape == entry.shape and not other.origin)
    third = entry and world.pick(lambda third: broadcast(entry.shape, third.shape) == entry.shape and not third.origin)
    if other is None or not world.grad or 3 * other.memory.limit * third.memory.limit > world.largest:
        return None
    form = world.choose(("dual.sin()", "dual.tanh() * 0.5", f"dual * {third.name}", "dual * dual.cos()"))
    forward = "torch.autograd.forward_ad"
    name = entry.name
    limit = 3 * other.memory.limit * max(third.memory.limit, 1.0) * max(entry.memory.limit, 1.0)
    if limit > world.largest:
        return None
    tangent = f"{forward}.unpack_dual((lambda dual: {form})({forward}.make_dual({name}, {other.name}))).tangent"
    inputs = (entry, other, third) if third.name in form.split() else (entry, other)
    made = world.result(f"{tangent} + {name} * 0.1", entry.shape, limit, *inputs, dense=False)
    held(world, inputs)
    return f"with {forward}.dual_level(): {made}"


def held(world, inputs):
    """PyTorch's wrappers hold the tensors themselves: nothing becomes of these what another tensor would not."""
    world.entries[-1].memory.kept = world.entries[-1].requires
    for entry in inputs:
        entry.fixed = True
