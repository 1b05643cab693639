"""The kinds of statement, and when each is valid."""

from math import prod

from tests.programs.world import (
    LARGEST,
    SHAPES,
    Entry,
    Family,
    Memory,
    broadcast,
    dimension,
    numbers,
    written,
)

STATEMENTS = []


def statement(weight):
    """Puts a function that writes one statement, or returns None, on the list as often as `weight` says."""

    def register(function):
        STATEMENTS.extend([function] * weight)
        return function

    return register


def leaf(world, requires=None):
    shape = world.choose(SHAPES)
    requires = world.chance(0.55) if requires is None else requires
    name = world.name()
    world.entries.append(Entry(name, shape, Memory(1.7), Family(requires, requires)))
    flag = ", requires_grad=True" if requires else ""
    return f"{name} = torch.tensor({numbers(world, shape)}, dtype=torch.float64{flag})"


@statement(9)
def arithmetic(world):
    one = world.pick()
    two = world.pick(lambda entry: broadcast(one.shape, entry.shape) is not None)
    shape, operator = broadcast(one.shape, two.shape), world.choose("++--**/")
    if prod(shape) > 48:
        return None
    first, second = one.memory.limit, two.memory.limit
    limit = first + second if operator in "+-" else first * second if operator == "*" else first
    if limit > LARGEST:
        return None
    if operator == "/":
        return world.result(f"{one.name} / ({two.name} * {two.name} + 1.0)", shape, limit, one, two)
    method = {"+": "add", "-": "sub", "*": "mul"}[operator]
    forms = (
        f"{one.name} {operator} {two.name}",
        f"{one.name}.{method}({two.name})",
        f"torch.{method}({one.name}, {two.name})",
    )
    return world.result(world.choose((forms[0], *forms)), shape, limit, one, two, keeps=operator == "*")


@statement(5)
def arithmetic_with_a_number(world):
    entry = world.pick(lambda entry: entry.memory.limit < LARGEST / 2)
    if entry is None:
        return None
    name, number, limit = entry.name, world.number(), entry.memory.limit
    form, limit, keeps = world.choose(
        (
            (f"{name} + {number}", limit + 2, False),
            (f"{number} + {name}", limit + 2, False),
            (f"{name} - {number}", limit + 2, False),
            (f"{number} - {name}", limit + 2, False),
            (f"{name} * {number}", limit * 1.7, False),
            (f"{number} * {name}", limit * 1.7, False),
            (f"{name} / 1.25", limit, False),
            (f"2 * {name}", limit * 2, False),
            (f"1.5 / ({name} * {name} + 0.5)", 3.0, True),
            (f"-{name}", limit, False),
        )
    )
    return world.result(form, entry.shape, limit, entry, keeps=keeps)


@statement(8)
def pointwise(world):
    entry = world.pick()
    name, limit = entry.name, entry.memory.limit
    function, low = world.choose(
        (
            ("exp", 0),
            ("sin", 1.0),
            ("cos", 1.0),
            ("tanh", 1.0),
            ("sigmoid", 1.0),
            ("relu", limit),
            ("abs", limit),
            ("neg", limit),
            ("sqrt", limit + 1),
            ("log", 6.0),
        )
    )
    if function == "exp":
        if limit > 3.5:
            return None
        low = 2.72**limit
    if function in ("sqrt", "log"):
        name = f"({name} * {name} + 0.5)"
    expression = f"torch.{function}({name})" if world.chance(0.4) else f"{name}.{function}()"
    made = world.result(expression, entry.shape, low, entry)
    if world.entries[-1].requires and function in ("exp", "tanh", "sigmoid", "sqrt", "relu"):
        world.entries[-1].memory.kept = True
    return made


@statement(2)
def power(world):
    entry = world.pick(lambda entry: entry.memory.limit < 3.5)
    if entry is None:
        return None
    name, limit = entry.name, entry.memory.limit
    form, limit = world.choose(
        (
            (f"{name} ** 2", limit**2),
            (f"{name}.pow(3)", limit**3),
            (f"({name} * {name} + 0.5) ** -0.5", 1.5),
            (f"({name} * {name} + 0.5).pow(1.5)", (limit**2 + 1) ** 1.5),
        )
    )
    return world.result(form, entry.shape, limit, entry)


@statement(5)
def reduction(world):
    entry = world.pick(lambda entry: entry.shape)
    if entry is None:
        return None
    name, shape, function = entry.name, entry.shape, world.choose(("sum", "sum", "mean"))
    style = world.whole(0, 6)
    if style == 0:
        dims, arguments, keepdim = range(len(shape)), "", False
    elif style == 1 and len(shape) > 1:
        dims, keepdim = (0, len(shape) - 1), world.chance(0.5)
        arguments = "(0, -1), keepdim=True" if keepdim else "(0, -1)"
    else:
        dim, text = dimension(world, entry)
        dims, keepdim = (dim,), world.chance(0.5)
        arguments = f"dim={text}, keepdim=True" if keepdim else str(text)
    count = prod(shape[dim] for dim in dims)
    limit = entry.memory.limit * (count if function == "sum" else 1)
    if limit > LARGEST:
        return None
    kept = [1 if d in dims else size for d, size in enumerate(shape) if keepdim or d not in dims]
    return world.result(f"{name}.{function}({arguments})", tuple(kept), limit, entry, keeps=False)


@statement(4)
def matrix_product(world):
    def fits(one, two):
        if not one.shape or not two.shape or len(one.shape) + len(two.shape) > 5:
            return False
        inner = two.shape[-2] if len(two.shape) > 1 else two.shape[0]
        return one.shape[-1] == inner and one.shape[-1] * one.memory.limit * two.memory.limit < LARGEST

    one = world.pick(lambda entry: entry.shape)
    two = one and world.pick(lambda entry: fits(one, entry))
    if two is None:
        return None
    lead = broadcast(one.shape[:-2], two.shape[:-2])
    shape = lead + one.shape[-2:-1] + (two.shape[-1:] if len(two.shape) > 1 else ())
    limit = one.shape[-1] * one.memory.limit * two.memory.limit
    form = world.choose((f"{one.name} @ {two.name}", f"torch.matmul({one.name}, {two.name})"))
    return world.result(form, shape, limit, one, two)


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
    entry = world.pick()
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
        if limit > LARGEST:
            return None
        world.wrote(entry, limit)
        return form
    other = world.pick(lambda other: broadcast(shape, other.shape) == shape and world.allows("write", entry, other))
    if other is None:
        return None
    multiplies = kind in ("mul_", "*=")
    grown = limit * other.memory.limit if multiplies else limit + other.memory.limit
    if kind in ("copy_", "div_"):
        grown = max(limit, other.memory.limit)
    if grown > LARGEST or (entry is other and kind in ("copy_", "div_")):
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
    entry = world.pick(lambda entry: writable(world, entry))
    return entry and write(world, entry)


@statement(6)
def in_place_on_a_new_view(world):
    entry = world.pick(lambda entry: entry.shape and writable(world, entry))
    made = entry and view_expression(world, entry)
    if not made or made[3]:
        return None
    part = Entry(made[0], made[1], entry.memory, entry.family, origin=entry.origin)
    entry.family.views += 1
    # `v[:] += x` on a view writes to v a second time, after its base got a history: see the rules
    return write(world, part, subscript=made[0].endswith("]") and not entry.view)


@statement(6)
def assignment(world):
    entry = world.pick(lambda entry: entry.shape and writable(world, entry))
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
            broadcast(shape, other.shape) == shape and other is not entry and world.allows("write", entry, other)
        )
    )
    if other is None:
        return None
    world.wrote(entry, other.memory.limit, other)
    return f"{entry.name}[{key}] = {other.name}"


@statement(4)
def under_no_grad(world):
    world.grad = False
    lines = []
    for _ in range(world.whole(1, 3)):
        line = world.choose((view, view, in_place, assignment, arithmetic, in_place_on_a_leaf_under_no_grad))(world)
        if line is not None:
            lines.append(line)
    world.grad = True
    return "with torch.no_grad(): " + "; ".join(lines) if lines else None


def in_place_on_a_leaf_under_no_grad(world):
    entry = world.pick(lambda entry: entry.protected and not entry.overlapping and not entry.memory.kept)
    return entry and write(world, entry)


@statement(4)
def detached(world):
    entry = world.pick()
    kind = world.choose(("detach", "detach", "data", "data_write", "detach_"))
    if kind == "data_write":
        if entry.overlapping or (entry.memory.kept and world.chance(0.9)) or 2 * entry.memory.limit > LARGEST:
            return None
        entry.memory.limit *= 2
        return f"{entry.name}.data.mul_({world.number()})"
    if kind == "detach_":
        if entry.view or entry.protected or not world.allows("detach_", entry):
            return None
        entry.family.requires, entry.family.leaf = False, False
        return f"{entry.name}.detach_()"
    name = world.name()
    made = Entry(name, entry.shape, entry.memory, Family(False, False), entry.dense, overlapping=entry.overlapping)
    world.entries.append(made)
    return f"{name} = {entry.name}.{'data' if kind == 'data' else 'detach()'}"


@statement(4)
def clone(world):
    entry = world.pick()
    return world.result(f"{entry.name}.clone()", entry.shape, entry.memory.limit, entry, keeps=False)


@statement(3)
def unbind(world):
    entry = world.pick(lambda entry: entry.shape)
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


@statement(1)
def requires_grad(world):
    entry = world.pick(lambda entry: not entry.requires and not entry.overlapping)
    if entry is None or not world.allows("requires_grad_", entry):
        return None
    entry.family.requires, entry.family.leaf = True, True
    return f"{entry.name}.requires_grad_()"


@statement(1)
def no_longer_requires_grad(world):
    entry = world.pick(
        lambda entry: entry.protected and not entry.view and world.allows("requires_grad_(False)", entry)
    )
    if entry is None or sum(other.protected for other in world.entries) < 3:
        return None
    entry.family.requires, entry.family.leaf, entry.fixed = False, False, True
    return f"{entry.name}.requires_grad_(False)"


@statement(1)
def retain_grad(world):
    entry = world.pick(lambda entry: entry.requires and not entry.family.leaf and not entry.origin, kind="flag")
    if entry is None:
        return None
    entry.fixed = True
    return f"{entry.name}.retain_grad()"


@statement(1)
def another_leaf(world):
    return leaf(world)
