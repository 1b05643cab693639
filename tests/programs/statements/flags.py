"""Statements that change what is known of a tensor: its flag, its history, its memory."""

from tests.programs.statements.kinds import statement
from tests.programs.world import Entry, Family, Memory


@statement(4)
def detached(world):
    entry = world.pick(dtypes=None, empty=True)
    kind = world.choose(("detach", "detach", "data", "data_write", "detach_"))
    if kind == "data_write":
        if entry.overlapping or (entry.memory.kept and world.chance(0.9)) or 2 * entry.memory.limit > world.largest:
            return None
        entry.memory.limit *= 2
        return f"{entry.name}.data.mul_({world.number()})"
    if kind == "detach_":
        if entry.view or entry.protected or entry.fixed or not world.allows("detach_", entry):
            return None
        entry.family.requires, entry.family.leaf = False, False
        return f"{entry.name}.detach_()"
    name = world.name()
    made = Entry(name, entry.shape, entry.memory, Family(False, False), entry.dense)
    made.overlapping, made.dtype = entry.overlapping, entry.dtype
    world.entries.append(made)
    return f"{name} = {entry.name}.{'data' if kind == 'data' else 'detach()'}"


@statement(1)
def requires_grad(world):
    entry = world.pick(lambda entry: not entry.requires and not entry.overlapping, dtypes=None, empty=True)
    if entry is None or not world.allows("requires_grad_", entry):
        return None
    entry.family.requires, entry.family.leaf = True, True
    return entry.name + world.choose((".requires_grad_()", ".requires_grad = True", ".requires_grad_(True)"))


@statement(1)
def no_longer_requires_grad(world):
    entry = world.pick(
        lambda entry: entry.protected and not entry.view and world.allows("requires_grad_(False)", entry),
        dtypes=None,
    )
    if entry is None or sum(other.protected for other in world.entries) < 3:
        return None
    entry.family.requires, entry.family.leaf, entry.fixed = False, False, True
    return f"{entry.name}.requires_grad_(False)"


@statement(1)
def retain_grad(world):
    entry = world.pick(lambda entry: entry.requires and not entry.family.leaf and not entry.origin, "flag", None)
    if entry is None:
        return None
    entry.fixed = True
    return f"{entry.name}.retain_grad()"


@statement(2)
def data_replaced(world):
    entry = world.pick(
        lambda entry: (
            (not entry.requires or entry.family.leaf)
            and not entry.view
            and not entry.overlapping
            and entry.family.views == 0
        )
    )
    if entry is None or not world.allows("data", entry):
        return None
    other = world.pick(lambda other: other.shape == entry.shape)
    form, limit = world.choose((("torch.full_like({0}, 0.7)", 1.0), ("({1} * 0.5).detach()", other.memory.limit)))
    entry.memory, entry.dense = Memory(limit), False
    return f"{entry.name}.data = " + form.format(entry.name, other.name)
