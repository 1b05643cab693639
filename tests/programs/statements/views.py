"""Statements that make views, one or several."""

from math import prod

from tests.programs.statements.kinds import statement
from tests.programs.world import dimension, written

VIEWS = (
    *(
        "view",
        "view",
        "reshape",
        "transpose",
        "t",
        "expand",
        "permute",
        "squeeze",
        "unsqueeze",
        "none",
        "select",
        "narrow",
    ),
    *("slice", "index") * 3,
)


@statement(18)
def view(world):
    entry = world.pick(dtypes=None)
    made = view_expression(world, entry)
    if made is None:
        return None
    expression, shape, dense, overlapping = made
    return world.view(expression, entry, shape, dense, overlapping=overlapping)


def view_expression(world, entry):
    """(text, shape, dense, overlapping) of a view of `entry`, or None."""
    name, shape = entry.name, entry.shape
    kind = world.choose(VIEWS)
    if kind in ("view", "reshape"):
        if (not entry.dense and kind == "view") or prod(shape) > 48:
            return None
        size = prod(shape)
        targets = [(size,), (1, size), (size, 1), *((d, size // d) for d in (2, 3, 4) if size % d == 0)]
        target = world.choose(targets)
        text = written((-1, *target[1:]) if world.chance(0.25) else target)
        return f"{name}.{kind}({text})", target, entry.dense, False
    if kind == "none":
        form, made = world.choose((("[..., None]", (*shape, 1)), ("[None]", (1, *shape))))
        return name + form, made, entry.dense, False
    if kind == "unsqueeze":
        dim = world.whole(0, len(shape) + 1)
        text = dim - len(shape) - 1 if world.chance(0.3) else dim
        return f"{name}.unsqueeze({text})", (*shape[:dim], 1, *shape[dim:]), entry.dense, False
    if kind == "squeeze":
        if world.chance(0.5) or not shape:
            return f"{name}.squeeze()", tuple(size for size in shape if size != 1), entry.dense, False
        dim, text = dimension(world, entry)
        made = shape[:dim] + shape[dim + 1 :] if shape[dim] == 1 else shape
        return f"{name}.squeeze({text})", made, entry.dense, False
    if kind == "expand":
        made = tuple(world.choose((2, 3)) if size == 1 and world.chance(0.7) else size for size in shape)
        lead = (world.choose((1, 2)),) if len(shape) < 3 and world.chance(0.5) else ()
        if not lead and made == shape:
            return None
        text = written(
            [-1 if size == old and world.chance(0.3) else size for size, old in zip(made, shape, strict=True)]
        )
        text = ", ".join(filter(None, (written(lead), text)))
        return f"{name}.expand({text})", lead + made, False, prod(lead + made) != prod(shape)
    if not shape:
        return None
    if kind == "t":
        return None if len(shape) > 2 else (f"{name}.t()", shape[::-1], entry.dense and len(shape) < 2, False)
    if kind == "transpose":
        (one, text), (two, other) = dimension(world, entry), dimension(world, entry)
        made = list(shape)
        made[one], made[two] = made[two], made[one]
        return f"{name}.transpose({text}, {other})", tuple(made), entry.dense and one == two, False
    if kind == "permute":
        order = list(range(len(shape)))
        for place in range(len(order) - 1):
            other = world.whole(place, len(order))
            order[place], order[other] = order[other], order[place]
        made = tuple(shape[dim] for dim in order)
        return f"{name}.permute({written(order)})", made, entry.dense and order == sorted(order), False
    dim, text = dimension(world, entry)
    if kind == "select":
        place = world.whole(-shape[dim], shape[dim])
        made = shape[:dim] + shape[dim + 1 :]
        return f"{name}.select({text}, {place})", made, entry.dense and dim == 0, False
    if kind == "narrow":
        start = world.whole(0, shape[dim])
        length = world.whole(1, shape[dim] - start + 1)
        made = (*shape[:dim], length, *shape[dim + 1 :])
        return f"{name}.narrow({text}, {start}, {length})", made, entry.dense and dim == 0, False
    key, made = index(world, shape, slices_only=kind == "slice")
    return f"{name}[{key}]", made, False, False


def index(world, shape, slices_only=False):
    """A basic index as text, and the shape that it gives; no dimension becomes empty."""
    parts, made, dim = [], [], 0
    while dim < len(shape):
        size = shape[dim]
        if not slices_only and world.chance(0.45):
            parts.append(str(world.whole(-size, size)))
        else:
            start, step = world.whole(0, size), world.choose((1, 1, 1, 2))
            stop = world.choose((size, world.whole(start, size) + 1))
            low = "" if start == 0 else str(start - size if world.chance(0.2) else start)
            high = "" if stop == size else str(stop - size if world.chance(0.2) else stop)
            parts.append(f"{low}:{high}" + (f":{step}" if step > 1 else ""))
            made.append((stop - start + step - 1) // step)
        dim += 1
        if world.chance(0.15):
            parts.append("None")
            made.append(1)
        if dim < len(shape) and world.chance(0.3):
            if world.chance(0.3) and "..." not in parts and dim < len(shape):
                parts.append("...")
            made.extend(shape[dim:])
            break
    return ", ".join(parts), tuple(made)


@statement(3)
def unbind(world):
    entry = world.pick(lambda entry: entry.shape, dtypes=None)
    if entry is None:
        return None
    dim, text = dimension(world, entry)
    shape, size = entry.shape[:dim] + entry.shape[dim + 1 :], entry.shape[dim]
    forms = (f"{entry.name}.unbind({text})", f"torch.unbind({entry.name}, {text})")
    form = entry.name if dim == 0 and world.chance(0.3) else world.choose(forms)
    if world.chance(0.4) and form != entry.name:
        return world.view(f"{form}[{world.whole(-size, size)}]", entry, shape, origin="several")
    origin = entry.origin or "several"
    names = [world.view("", entry, shape, origin=origin).split()[0] for _ in range(size)]
    return ", ".join(names) + ("," if size == 1 else "") + f" = {form}"
