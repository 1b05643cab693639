"""Statements that give several tensors at once, and views of rarer kinds."""

from tests.programs.statements.kinds import statement
from tests.programs.world import dimension, written


@statement(4)
def several_views(world):
    """Parts of a dimension; a write to one of them is refused, and after a write to their base any use."""
    entry = world.pick(lambda entry: entry.shape, dtypes=None)
    if entry is None:
        return None
    dim, text = dimension(world, entry)
    size, shape = entry.shape[dim], entry.shape
    form = world.choose(("split", "chunk", "sizes", "tensor_split"))
    if form == "split":
        step = world.whole(1, size + 1)
        sizes = [min(step, size - start) for start in range(0, size, step)]
        call = f"split({step}, {text})" if world.chance(0.5) else f"split({step}, dim={text})"
    elif form == "chunk":
        count = world.whole(1, size + 1)
        step = -(-size // count)
        sizes = [min(step, size - start) for start in range(0, size, step)]
        call = f"chunk({count}, {text})"
    elif form == "sizes":
        first = world.whole(0, size + 1)
        sizes = [first, size - first]
        call = f"split([{first}, {size - first}], {text})"
    else:
        count = world.whole(1, 4)
        sizes = [size // count + (place < size % count) for place in range(count)]
        call = f"tensor_split({count}, {text})"
    kind = "" if form == "tensor_split" else "several"  # it makes one slice after the other
    if world.chance(0.3):
        place = world.whole(0, len(sizes))
        made = (*shape[:dim], sizes[place], *shape[dim + 1 :])
        return world.view(f"{entry.name}.{call}[{place}]", entry, made, origin=kind)
    origin = entry.origin or kind
    names = [world.view("", entry, (*shape[:dim], size, *shape[dim + 1 :]), origin=origin).split()[0] for size in sizes]
    return ", ".join(names) + ("," if len(names) == 1 else "") + f" = {entry.name}.{call}"


@statement(5)
def view_of_a_rarer_kind(world):
    entry = world.pick(dtypes=None)
    if entry is None:
        return None
    name, shape = entry.name, entry.shape
    kind = world.choose(("unfold", "diagonal", "movedim", "flatten", "unflatten", "expand_as", "mT", "nothing"))
    if kind == "unfold" and shape:
        dim, text = dimension(world, entry)
        size, step = world.whole(1, shape[dim] + 1), world.choose((1, 1, 2, 3))
        made = (*shape[:dim], (shape[dim] - size) // step + 1, *shape[dim + 1 :], size)
        overlapping = "windows" if step < size and made[dim] > 1 else False  # written to in whatever order, not refused
        return world.view(f"{name}.unfold({text}, {size}, {step})", entry, made, overlapping=overlapping)
    if kind == "diagonal" and len(shape) > 1:
        offset = world.choose((0, 0, 1, -1))
        count = min(shape[0] + min(offset, 0), shape[1] - max(offset, 0))
        if count < 1:
            return None
        form = world.choose(("{0}.diagonal({1})", "torch.diagonal({0}, {1}, 0, 1)", "{0}.diagonal({1}, 1, 0)"))
        if form.endswith("1, 0)"):
            form = form.format(name, -offset)
        return world.view(form.format(name, offset), entry, (*shape[2:], count))
    if kind == "movedim" and len(shape) > 1:
        form = world.choose(("{0}.movedim(0, -1)", "torch.moveaxis({0}, 0, -1)"))
        return world.view(form.format(name), entry, (*shape[1:], shape[0]))
    if kind == "flatten" and entry.dense and len(shape) > 1:
        made = (shape[0] * shape[1], *shape[2:])
        return world.view(f"{name}.flatten(0, 1)", entry, made, dense=True)
    if kind == "unflatten" and shape:
        return world.view(f"{name}.unflatten(0, (-1, {shape[0]}))", entry, (1, *shape), dense=entry.dense)
    if kind == "expand_as":
        if len(shape) > 2:
            return None
        made = (2, *shape)
        return world.view(f"{name}.expand_as(torch.zeros({written(made)}))", entry, made, overlapping=True)
    if kind == "mT" and len(shape) > 1:
        form = world.choose(("mT", "T", "swapdims(-1, 0)")) if len(shape) == 2 else "mT"
        return world.view(f"{name}.{form}", entry, (*shape[:-2], shape[-1], shape[-2]))
    if kind == "nothing" and shape:
        return world.view(f"{name}[{world.choose((0, shape[0]))}:0]", entry, (0, *shape[1:]))
    return None


@statement(4)
def values_and_places(world):
    entry = world.pick(lambda entry: entry.shape and entry.dense)
    if entry is None:
        return None
    dim, text = dimension(world, entry)
    before, after = entry.shape[:dim], entry.shape[dim + 1 :]
    form, made = world.choose(
        (
            (f"max({text})", (*before, *after)),
            (f"min({text}, keepdim=True)", (*before, 1, *after)),
            (f"sort(dim={text}, stable=True)", entry.shape),
            (f"sort(dim={text}, descending=True, stable=True)", entry.shape),
        )
    )
    made = world.result(f"{entry.name}.{form}", made, entry.memory.limit, entry, keeps=False, dense=False)
    if world.chance(0.3):
        return made + world.choose(("[0]", ".values"))
    name, call = made.split(" = ")
    return f"{name}, places{world.gradient()} = {call}"


@statement(4)
def joined(world):
    one = world.pick(lambda entry: entry.shape)
    two = one and world.pick(lambda entry: entry.shape == one.shape)
    if one is None or len(one.shape) > 2:
        return None
    limit, (first, *rest) = max(one.memory.limit, two.memory.limit), one.shape
    form, shape = world.choose(
        (
            ("torch.cat(({0}, {1}))", (2 * first, *rest)),
            ("torch.cat([{0}, {1}, {0}], -1)", (*one.shape[:-1], 3 * one.shape[-1])),
            ("torch.stack(({0}, {1}))", (2, *one.shape)),
            ("torch.stack([{0}, {1}], dim=-1)", (*one.shape, 2)),
            ("torch.hstack(({0}, {1}))", (*one.shape[:1], 2 * rest[0]) if rest else (2 * first,)),
            ("torch.where({0} > {1}, {0}, {1} * 0.5)", one.shape),
            ("torch.where({0} > 0.4, {0}, 0.3)", one.shape),
        )
    )
    return world.result(form.format(one.name, two.name), shape, limit, one, two, keeps=False, dense=False)
