"""Statements that read and write at tensors of indices and where masks say."""

from math import prod

from tests.programs.statements.kinds import statement
from tests.programs.statements.writing import writable
from tests.programs.world import broadcast, dimension


def places(world, size, count, negative=True, distinct=False):
    """A tensor of indices as text."""
    if distinct:
        order = list(range(size))
        for place in range(size - 1):
            other = world.whole(place, size)
            order[place], order[other] = order[other], order[place]
        found = order[:count]
    else:
        found = [world.whole(-size if negative else 0, size) for _ in range(count)]
    return f"torch.tensor({found})"


def mask(world, shape):
    """A tensor of booleans as text, and how many are true."""
    count = prod(shape)
    flags = [world.chance(0.6) for _ in range(count)]

    def nested(sizes, start):
        if not sizes:
            return str(flags[start])
        step = prod(sizes[1:])
        return "[" + ", ".join(nested(sizes[1:], start + place * step) for place in range(sizes[0])) + "]"

    return f"torch.tensor({nested(shape, 0)})", sum(flags)


def key(world, shape, distinct=False):
    """A key with tensors, as text, and the shape that it selects."""
    style = world.choose(("first", "last", "two", "mask", "row mask", "with slice", "list"))
    count = world.whole(1, 4)
    if distinct:
        count = min(count, shape[0], shape[-1])
    if style == "last":
        return f"..., {places(world, shape[-1], count, distinct=distinct)}", (*shape[:-1], count)
    if style == "two" and len(shape) > 1 and not distinct:
        first, second = places(world, shape[0], count), places(world, shape[1], count)
        return f"{first}, {second}", (count, *shape[2:])
    if style == "mask":
        text, true = mask(world, shape)
        return text, (true,)
    if style == "row mask":
        text, true = mask(world, shape[:1])
        return text, (true, *shape[1:])
    if style == "with slice" and len(shape) > 1:
        return f":1, {places(world, shape[1], count, distinct=distinct)}", (1, count, *shape[2:])
    if style == "list":
        text = places(world, shape[0], count, distinct=distinct).removeprefix("torch.tensor(").removesuffix(")")
        return text, (count, *shape[1:])
    return places(world, shape[0], count, distinct=distinct), (count, *shape[1:])


@statement(4)
def read_at_tensors(world):
    entry = world.pick(lambda entry: entry.shape and (entry.dense or len(entry.shape) < 3), dtypes=None)
    if entry is None:
        return None
    if world.chance(0.3):
        dim, text = dimension(world, entry)
        count = world.whole(1, 4)
        shape = (*entry.shape[:dim], count, *entry.shape[dim + 1 :])
        form = f"{entry.name}.index_select({text}, {places(world, entry.shape[dim], count, negative=False)})"
    else:
        text, shape = key(world, entry.shape)
        form = f"{entry.name}[{text}]"
    return world.result(form, shape, entry.memory.limit, entry, keeps=False, dense=False)


@statement(4)
def assignment_at_tensors(world):
    entry = world.pick(lambda entry: entry.shape and writable(world, entry), dtypes=None)
    if entry is None:
        return None
    text, shape = key(world, entry.shape, distinct=True)
    if world.chance(0.4):
        world.wrote(entry, 2.0)
        return f"{entry.name}[{text}] = {world.number()}"
    other = world.pick(
        lambda other: (
            broadcast(shape, other.shape) == shape and other is not entry and world.allows("write", entry, other)
        ),
        dtypes=(entry.dtype,),
    )
    if other is None or len(other.shape) > len(shape):
        return None
    world.wrote(entry, other.memory.limit, other)
    return f"{entry.name}[{text}] = {other.name}"


@statement(5)
def written_at_indices(world):
    entry = world.pick(lambda entry: entry.shape and writable(world, entry))
    if entry is None:
        return None
    dim, text = dimension(world, entry)
    size, limit = entry.shape[dim], entry.memory.limit
    count = world.whole(1, 4)
    shape = (*entry.shape[:dim], count, *entry.shape[dim + 1 :])
    other = world.pick(
        lambda other: other.shape == shape and world.allows("write", entry, other) and other is not entry
    )
    # PyTorch keeps a source, although no derivative needs it: one that nobody can write to
    source = f"torch.ones({shape}, dtype=torch.float64)" if other is None else f"({other.name} * 1.0)"
    grown = limit + 3 * (1.0 if other is None else other.memory.limit)
    name, any_places = entry.name, places(world, size, count, negative=False)
    forms = [
        (f"{name}.index_add_({text}, {any_places}, {source})", grown),
        (f"{name}.index_add_({text}, {any_places}, {source}, alpha=0.5)", grown),
        (f"{name}.index_put_(({places(world, entry.shape[0], 3)},), torch.tensor(0.7, dtype=torch.float64), "
         "accumulate=True)", limit + 2.1),
        (f"{name}.index_fill_({text}, {any_places}, {world.number()})", limit + 2),
        (f"{name}.scatter_({text}, torch.zeros({shape}, dtype=torch.int64), {world.number()})", limit + 2),
        (f"{name}.scatter_add_({text}, torch.zeros({shape}, dtype=torch.int64), {source})", grown),
    ]  # fmt: skip
    if count <= size:
        distinct = places(world, size, count, distinct=True)
        forms += [(f"{name}.index_copy_({text}, {distinct}, {source})", max(limit, grown - limit))]
    form, grown = world.choose(forms)
    if grown > world.largest:
        return None
    world.wrote(entry, grown, other if source in form else None)
    return form


@statement(4)
def written_where_a_mask_says(world):
    entry = world.pick(lambda entry: writable(world, entry))
    if entry is None:
        return None
    other = world.pick(lambda other: broadcast(entry.shape, other.shape) == entry.shape and other is not entry)
    number = world.pick(lambda other: other.shape == () and world.allows("write", entry, other) and other is not entry)
    condition = mask(world, entry.shape)[0]
    if other is not None and world.chance(0.5):
        condition = f"{other.name} > 0.3"
    forms = [(f"{entry.name}.masked_fill_({condition}, {world.number()})", None)]
    if number is not None:
        forms += [
            (f"{entry.name}.masked_fill_({condition}, {number.name})", number),
            (f"{entry.name}.fill_({number.name})", number),
        ]
    form, source = world.choose(forms)
    world.wrote(entry, max(entry.memory.limit, 2.0 if source is None else source.memory.limit), source)
    return form


@statement(2)
def masked(world):
    entry = world.pick()
    if entry is None:
        return None
    forms = ("{0}.masked_fill({0} > 0.4, 0.3)", "{0}.masked_fill({1}, -1.0)", "torch.where({1}, {0}, -0.7)")
    form = world.choose(forms).format(entry.name, mask(world, entry.shape)[0])
    return world.result(form, entry.shape, max(entry.memory.limit, 1.0), entry, keeps=False, dense=False)
