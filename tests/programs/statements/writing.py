"""Statements that write into a tensor."""

from tests.programs.statements.kinds import statement
from tests.programs.statements.views import index, view_expression
from tests.programs.world import Entry, broadcast


def writable(world, entry, risky=0.06):
    """True where a write is no refusal; into kept memory only seldom, since backward is refused afterwards."""
    if entry.overlapping or (world.grad and (entry.protected or entry.origin)) or not world.allows("write", entry):
        return False
    return not entry.memory.kept or world.chance(risky)


def write(world, entry, subscript=True):
    """The text of a call or an assignment that writes into `entry`, or None; follows its effect.

    `subscript`: whether `+=` may follow its text: `a[0] += b` is Python and writes twice, `a.t() += b` is none.
    """
    name, limit, shape = entry.name, entry.memory.limit, entry.shape
    kind = world.choose(
        ("add_", "mul_", "sub_", "div_", "copy_", "number", "number", "number", "exp_", "zero_", "fill_", "neg_")
        + (("+=", "*=", "-=", "assigned number") if subscript else ())
    )
    if kind in ("exp_", "zero_", "fill_", "neg_"):
        if kind == "exp_" and limit > 3.5:
            return None
        argument = world.number() if kind == "fill_" else ""
        kept = kind == "exp_" and world.grad and entry.requires
        world.wrote(entry, 2.72**limit if kind == "exp_" else limit if kind == "neg_" else 1.7)
        entry.memory.kept = entry.memory.kept or kept
        return f"{name}.{kind}({argument})"
    if kind.endswith("number"):
        number = world.number()
        calls = (
            (f"{name}.add_({number})", limit + 2),
            (f"{name}.mul_({number})", limit * 1.7),
            (f"{name}.sub_({number})", limit + 2),
            (f"{name}.div_(1.25)", limit),
        )
        form, limit = world.choose(
            calls
            if kind == "number"
            else (
                (f"{name} += {number}", limit + 2),
                (f"{name} *= {number}", limit * 1.7),
                (f"{name} -= {number}", limit + 2),
                (f"{name} /= 1.25", limit),
            )
        )
        if limit > world.largest:
            return None
        world.wrote(entry, limit)
        return form
    other = world.pick(
        lambda other: (
            broadcast(shape, other.shape) == shape
            and not (other.complex and (kind == "div_" or not entry.complex))
            and world.allows("write", entry, other)
        ),
        dtypes=None,
    )
    if other is None:
        return None
    multiplies = kind in ("mul_", "*=")
    grown = limit * other.memory.limit if multiplies else limit + other.memory.limit
    if kind in ("copy_", "div_"):
        grown = max(limit, other.memory.limit)
    if grown > world.largest or (entry is other and kind in ("copy_", "div_")):
        return None
    if world.grad and entry.requires and multiplies:
        other.memory.kept = True
    if multiplies and world.grad and other.requires and entry is other:
        entry.memory.kept = True
    argument = other.name
    if kind == "div_":
        argument = f"{other.name} * {other.name} + 1.0"
        other.memory.kept = other.memory.kept or (world.grad and other.requires)
    world.wrote(entry, grown, other)
    return f"{name}.{kind}({argument})" if kind.endswith("_") else f"{name} {kind} {argument}"


@statement(12)
def in_place(world):
    entry = world.pick(lambda entry: writable(world, entry), dtypes=None)
    return entry and write(world, entry)


@statement(6)
def in_place_on_a_new_view(world):
    entry = world.pick(lambda entry: entry.shape and writable(world, entry), dtypes=None)
    made = entry and view_expression(world, entry)
    if not made or made[3]:
        return None
    part = Entry(made[0], made[1], entry.memory, entry.family, origin=entry.origin, dtype=entry.dtype)
    entry.family.views += 1
    # `v[:] += x` on a view writes to v a second time, after its base got a history: see the rules
    return write(world, part, subscript=made[0].endswith("]") and not entry.view)


@statement(6)
def assignment(world):
    entry = world.pick(lambda entry: entry.shape and writable(world, entry), dtypes=None)
    if entry is None:
        return None
    key, shape = index(world, entry.shape)
    if world.chance(0.1):
        key, shape = world.choose((("...", entry.shape), (":", entry.shape)))
    if world.chance(0.35):
        world.wrote(entry, 2.0)
        return f"{entry.name}[{key}] = {world.number()}"
    other = world.pick(
        lambda other: (
            broadcast(shape, other.shape) == shape
            and other is not entry
            and (
                entry.complex == other.complex or (entry.complex and other.shape)
            )  # PyTorch's fill_ has no such gradient
            and world.allows("write", entry, other)
        ),
        dtypes=None,
    )
    if other is None:
        return None
    world.wrote(entry, other.memory.limit, other)
    return f"{entry.name}[{key}] = {other.name}"


def in_place_on_a_leaf_under_no_grad(world):
    entry = world.pick(lambda entry: entry.protected and not entry.overlapping and not entry.memory.kept, dtypes=None)
    return entry and write(world, entry)
