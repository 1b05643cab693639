"""What a random program may contain: the kinds of statement, when each is valid, where PyTorch is left alone.

A program is a text of one statement a line over float64 tensors named a, b, c ... It is a function of its seed. While
it is written, a small model follows shapes, memory, histories and magnitudes, so that most statements are valid, values
stay small enough to compare, and the refusals are the ones that were meant.
"""

import random
from collections.abc import Callable
from math import prod
from typing import NamedTuple

SHAPES = ((3,), (2, 3), (3, 1), (2, 3, 4), (), (3, 3), (1, 3), (4,), (3, 4), (2, 1))
NAMES = tuple("abcdefghijklmnopqrtuvwxy") + tuple(f"{letter}1" for letter in "abcdefghijklmnopqrtuvwxy")
LARGEST = 60.0  # no value is meant to grow beyond this: sums that cancel would lose the digits that are compared


class Memory:
    """A piece of storage: how large its values may be, and whether a derivative has kept it."""

    __slots__ = ("kept", "limit")

    def __init__(self, limit):
        self.limit, self.kept = limit, False


class Family:
    """A base with its views: they share one history."""

    __slots__ = ("leaf", "requires", "views", "writes")

    def __init__(self, requires, leaf):
        self.requires, self.leaf, self.views, self.writes = requires, leaf, 0, 0


class Entry:
    """What the model knows of one name."""

    __slots__ = ("dense", "family", "memory", "name", "origin", "overlapping", "plain", "seen", "shape", "view")

    def __init__(self, name, shape, memory, family, dense=True, view=False, origin="", overlapping=False):
        self.name, self.shape, self.memory, self.family = name, shape, memory, family
        self.dense, self.view, self.origin, self.overlapping = dense, view, origin, overlapping
        self.seen, self.plain = family.writes, not family.requires

    @property
    def requires(self):
        return self.family.requires

    @property
    def usable(self):
        """False for a view made under no_grad, or one of several, whose base was written to: PyTorch refuses it."""
        return not (self.origin and self.family.requires and self.family.writes != self.seen)

    @property
    def protected(self):
        """True for a leaf that requires a gradient, and for its views: writing to them is refused."""
        return self.family.requires and self.family.leaf


class Rule(NamedTuple):
    """A place where PyTorch contradicts itself: `forbids(kind, entry, other)` keeps it out of the programs."""

    name: str
    reason: str
    forbids: Callable


RULES = (
    Rule(
        "no reading from memory that is written to",
        "x.mul_(y), where y sees other elements of x's memory, depends on the order in which elements are visited",
        lambda kind, entry, other: (
            kind == "write" and other is not None and other is not entry and other.memory is entry.memory
        ),
    ),
    Rule(
        "no flag of and no write to a view whose base got its history later",
        "such a view counts as a leaf, and is refused as one, until it is used or somebody looks at its grad_fn",
        lambda kind, entry, other: kind in ("write", "flag") and entry.view and entry.plain and entry.requires,
    ),
    Rule(
        "no requires_grad_() beside a view",
        "after base.requires_grad_() an older view requires grad without any history, until the next write renews it",
        lambda kind, entry, other: kind == "requires_grad_" and (entry.family.views > 0 or entry.view),
    ),
    Rule(
        "no requires_grad_() on a tensor that a derivative has kept",
        "PyTorch keeps the tensor itself, so what it becomes later decides whether a second derivative reaches it",
        lambda kind, entry, other: kind == "requires_grad_" and entry.memory.kept,
    ),
    Rule(
        "no requires_grad_(False) beside a view",
        "the view keeps its history until the next write, and then gets an AsStridedBackward0 that leads nowhere",
        lambda kind, entry, other: kind == "requires_grad_(False)" and entry.family.views > 0,
    ),
    Rule(
        "no detach_() beside a view",
        "whether the view still requires grad depends on whether somebody looked at its grad_fn before",
        lambda kind, entry, other: kind == "detach_" and entry.family.views > 0,
    ),
)


class World:
    """A program being written: its lines, its names, and its random numbers."""

    def __init__(self, seed):
        self.draw = random.Random(seed).random  # the only source: its stream is the same in every Python
        self.lines, self.kinds, self.entries, self.used, self.grad = [], [], [], 0, True

    def chance(self, probability):
        return self.draw() < probability

    def choose(self, items):
        return items[int(self.draw() * len(items))]

    def whole(self, low, high):
        """A whole number, low <= n < high."""
        return low + int(self.draw() * (high - low))

    def number(self):
        return repr(round(0.3 + 1.4 * self.draw(), 2) * (-1 if self.chance(0.3) else 1))

    def name(self):
        self.used += 1
        return NAMES[self.used - 1]

    def pick(self, wanted=lambda entry: True, kind="use"):
        """One usable tensor for which `wanted` is true and no rule forbids, the newer ones more often, or None."""
        found = [entry for entry in self.entries if entry.usable and wanted(entry) and self.allows(kind, entry)]
        if not found:
            return None
        return self.choose(found[-4:] if self.chance(0.5) else found)

    def allows(self, kind, entry, other=None):
        return not any(rule.forbids(kind, entry, other) for rule in RULES)

    def result(self, expression, shape, limit, *inputs, keeps=True, dense=True):
        """Names the result of an expression; `keeps`: its derivative may keep what it was computed from."""
        name = self.name()
        requires = self.grad and any(entry.requires for entry in inputs)
        memory = Memory(limit)
        if requires and keeps:
            for entry in inputs:
                entry.memory.kept = True
        dense = dense and all(entry.dense for entry in inputs)
        self.entries.append(Entry(name, shape, memory, Family(requires, False), dense))
        return f"{name} = {expression}"

    def view(self, expression, entry, shape, dense=False, origin="", overlapping=False):
        """Names a view of `entry`."""
        name = self.name()
        origin = origin or entry.origin or ("" if self.grad else "no_grad")
        made = Entry(name, shape, entry.memory, entry.family, dense, True, origin, overlapping or entry.overlapping)
        made.seen = entry.seen if entry.origin else entry.family.writes
        entry.family.views += 1
        self.entries.append(made)
        return f"{name} = {expression}"

    def wrote(self, entry, limit, other=None):
        """Follows a write into `entry`."""
        entry.memory.limit = max(entry.memory.limit, limit)
        entry.family.writes += 1
        if self.grad and other is not None and other.requires and not entry.family.requires:
            entry.family.requires, entry.family.leaf = True, False


def broadcast(one, two):
    """The common shape, or None."""
    shape = []
    for place in range(1, max(len(one), len(two)) + 1):
        left = one[-place] if place <= len(one) else 1
        right = two[-place] if place <= len(two) else 1
        if left != right and left != 1 and right != 1:
            return None
        shape.append(left if right == 1 else right)
    return tuple(reversed(shape))


def dimension(world, entry):
    """A dimension of `entry` as it is counted, and as it is written: from the front or from the back."""
    dim = world.whole(0, len(entry.shape))
    return dim, dim - len(entry.shape) if world.chance(0.3) else dim


def written(shape):
    return ", ".join(map(str, shape))


def numbers(world, shape):
    """Nested lists of numbers, as text."""
    if shape:
        return "[" + ", ".join(numbers(world, shape[1:]) for _ in range(shape[0])) + "]"
    return "0.0" if world.chance(0.06) else world.number()  # derivatives at 0 are a choice: relu, abs


STATEMENTS, REFUSALS = [], []


def statement(weight):
    """Puts a function that writes one statement, or returns None, on the list as often as `weight` says."""

    def register(function):
        STATEMENTS.extend([function] * weight)
        return function

    return register


def refusal(weight):
    """As `statement`, for statements that are refused; what needs a rare state has a larger weight."""

    def register(function):
        REFUSALS.extend([function] * weight)
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
    entry.family.requires, entry.family.leaf = False, False
    return f"{entry.name}.requires_grad_(False)"


@statement(1)
def retain_grad(world):
    entry = world.pick(lambda entry: entry.requires and not entry.family.leaf and not entry.origin, kind="flag")
    return entry and f"{entry.name}.retain_grad()"


@statement(1)
def another_leaf(world):
    return leaf(world)


@refusal(3)
def write_to_a_leaf(world):
    entry = world.pick(lambda entry: entry.protected)
    if entry is None:
        return None
    forms = ["{0}.add_(0.5)", "{0} *= 2.0", "{0}.zero_()", "{0}[...] = 1.0"]
    if entry.shape:
        forms += ["{0}[0] = 1.0", "{0}[-1].mul_(0.5)", "{0}.unsqueeze(0).exp_()"]
    return world.choose(forms).format(entry.name)


@refusal(1)
def write_to_an_expanded_tensor(world):
    entry = world.pick(lambda entry: entry.overlapping and not entry.protected, kind="write")
    if entry is not None and world.chance(0.7):
        return world.choose(("{0}.add_(1.0)", "{0}.mul_({0})", "{0}.copy_({0} + 1.0)", "{0}[...] = 2.0 * {0}")).format(
            entry.name
        )
    entry = world.pick(lambda entry: not entry.protected and not entry.overlapping)
    return entry and f"{entry.name}.expand(2, {written(entry.shape)}).add_(1.0)".replace(", )", ")")


@refusal(2)
def write_to_one_of_several_views(world):
    entry = world.pick(lambda entry: entry.origin == "several" and entry.requires, kind="write")
    if entry is not None and world.chance(0.6):
        return world.choose(("{0}.mul_(2.0)", "{0}.add_(1.0)")).format(entry.name)
    entry = world.pick(lambda entry: entry.requires and not entry.family.leaf and entry.shape)
    return entry and f"{entry.name}.unbind(0)[0].mul_(3.0)"


@refusal(8)
def write_to_a_view_of_no_grad(world):
    entry = world.pick(lambda entry: entry.origin == "no_grad" and entry.requires, kind="write")
    return entry and f"{entry.name}.mul_(2.0)"


@refusal(8)
def use_of_a_view_that_is_no_longer_valid(world):
    found = [entry for entry in world.entries if not entry.usable]
    return f"{world.choose(found).name}.sin()" if found else None


@refusal(1)
def view_across_strides(world):
    entry = world.pick(lambda entry: len(entry.shape) > 1 and min(entry.shape) > 1 and entry.dense)
    return entry and world.choose(("{0}.transpose(0, -1).view(-1)", "{0}.transpose(0, 1).view({1})")).format(
        entry.name, prod(entry.shape)
    )


@refusal(1)
def mismatched_shapes(world):
    one = world.pick()
    two = world.pick(lambda entry: broadcast(one.shape, entry.shape) is None)
    return two and world.choose(("{0} + {1}", "{0}.mul({1})", "torch.sub({0}, {1})", "{0} / {1}")).format(
        one.name, two.name
    )


@refusal(1)
def write_of_a_larger_shape(world):
    one = world.pick(lambda entry: not entry.protected and not entry.overlapping and not entry.origin, kind="write")
    two = one and world.pick(
        lambda entry: broadcast(one.shape, entry.shape) not in (None, one.shape) and entry.memory is not one.memory
    )
    forms = ("{0}.add_({1})", "{0} *= {1}", "{0}.copy_({1})", "{0}.sub_({1})")
    return two and world.choose(forms).format(one.name, two.name)


@refusal(1)
def assignment_of_a_wrong_shape(world):
    one = world.pick(
        lambda entry: entry.shape and not entry.protected and not entry.overlapping and not entry.origin, kind="write"
    )
    two = one and world.pick(lambda entry: broadcast(one.shape, entry.shape) is None)
    return two and f"{one.name}[...] = {two.name}"


@refusal(1)
def matrix_product_of_wrong_sizes(world):
    one = world.pick(lambda entry: 0 < len(entry.shape) < 3)
    two = one and world.pick(lambda entry: 0 < len(entry.shape) < 3 and entry.shape[0] != one.shape[-1])
    return two and f"{one.name} @ {two.name}"


@refusal(1)
def dimension_out_of_range(world):
    entry = world.pick()
    rank = len(entry.shape) or 1
    forms = (
        "{0}.sum({1})",
        "{0}.mean(dim={2})",
        "{0}.unsqueeze({3})",
        "{0}.squeeze({1})",
        "{0}.transpose(0, {1})",
        "{0}.unbind({1})",
    )
    return world.choose(forms).format(entry.name, rank, -rank - 1, len(entry.shape) + 1)


@refusal(2)
def index_out_of_range(world):
    entry = world.pick()
    if not entry.shape:
        return world.choose(("{0}[0]", "{0}[:]", "{0}.select(0, 0)", "x1, y1 = {0}")).format(entry.name)
    forms = (
        "{0}[{1}]",
        "{0}[..., {2}]",
        "{0}[{1}] = 1.0",
        "{0}.select(0, {1})",
        "{0}[{3}]",
        "{0}.narrow(0, 1, {1})",
        "{0}[::-1]",
    )
    size = entry.shape[0]
    return world.choose(forms).format(entry.name, size, -entry.shape[-1] - 1, ", ".join("0" * (len(entry.shape) + 1)))


@refusal(2)
def impossible_shape(world):
    entry = world.pick(lambda entry: prod(entry.shape) > 1)
    forms = (
        "{0}.reshape({1})",
        "{0}.view({1}, -1)",
        "{0}.expand({1})",
        "{0}.permute({2})",
        "{0}.expand(2)",
        "{0}.view(-1, -1)",
    )
    if entry is None:
        return None
    if len(entry.shape) > 2:
        forms += ("{0}.t()",)
    order = ", ".join(map(str, range(len(entry.shape) + 1)))
    return world.choose(forms).format(entry.name, prod(entry.shape) + 1, order)


@refusal(2)
def wrong_flag(world):
    form, wanted = world.choose(
        (
            ("{0}.detach_()", lambda entry: entry.view and entry.requires),
            ("{0}.requires_grad_(False)", lambda entry: entry.requires and not entry.family.leaf),
            ("{0}.retain_grad()", lambda entry: not entry.requires),
            ("{0}.numpy()", lambda entry: entry.requires),
        )
    )
    entry = world.pick(wanted, kind="flag")
    return entry and form.format(entry.name)


@refusal(1)
def wrong_use_as_a_number(world):
    entry = world.pick(lambda entry: prod(entry.shape) > 1)
    return entry and world.choose(("{0}.item()", "float({0})", "bool({0})")).format(entry.name)


@refusal(1)
def wrong_backward(world):
    form, wanted = world.choose(
        (
            ("{0}.backward()", lambda entry: entry.requires and prod(entry.shape) > 1),
            ("{0}.sum().backward()", lambda entry: not entry.requires),
            ("torch.autograd.grad({0}.sum(), {0})", lambda entry: not entry.requires),
            ("torch.autograd.grad({0}.detach().requires_grad_().sum(), {0})", lambda entry: entry.requires),
        )
    )
    entry = world.pick(wanted)
    return entry and form.format(entry.name)


def gradients(world):
    """The last statements: a scalar of several tensors, its gradients, their gradients, and backward."""
    live = [entry for entry in world.entries if entry.requires and entry.usable]
    if not live:
        return
    results = [entry for entry in live if not entry.family.leaf] or live
    chosen = [world.choose(results[-3:]) for _ in range(2)] + [world.choose(results) for _ in range(world.whole(0, 3))]
    terms = []
    for entry in chosen:
        fits = [other for other in live if broadcast(entry.shape, other.shape) is not None]
        other = world.choose(fits).name
        terms.append(
            world.choose(
                ("({0} * {0}).sum()", "{0}.sin().sum()", "({0} * {1}).sum() * 0.7", "({0}.tanh() * {1}).sum()")
            ).format(entry.name, other)
        )
    scalar = "s = " + " + ".join(terms)
    wanted = [entry for entry in live if entry.family.leaf][:3]
    wanted += [world.choose(results) for _ in range(world.whole(1, 3))]
    inputs = list(dict.fromkeys(entry.name for entry in wanted))
    firsts, seconds = [f"d{name}" for name in inputs], [f"dd{name}" for name in inputs]
    target = "({},)".format(", ".join(inputs))

    def add(kind, line):
        world.lines.append(line)
        world.kinds.append(kind)

    add("scalar", scalar)
    if world.chance(0.12):  # without a graph of its own: the second call is refused
        if world.chance(0.5):
            add("backward", "s.backward()")
            add("backward again", "s.backward()")
        else:
            add("grad", f"{', '.join(firsts)}, = torch.autograd.grad(s, {target}, allow_unused=True)")
            add("grad again", f"torch.autograd.grad(s, {target})")
        return
    add(
        "grad with a graph",
        f"{', '.join(firsts)}, = torch.autograd.grad(s, {target}, create_graph=True, allow_unused=True)",
    )
    if world.chance(0.15):
        add("grad without allow_unused", f"torch.autograd.grad(s, {target}, retain_graph=True)")
    add("scalar of gradients", f"z = sum((g * g).sum() for g in ({', '.join(firsts)},) if g is not None)")
    retain = ", retain_graph=True" if world.chance(0.8) else ""
    add("second derivative", f"{', '.join(seconds)}, = torch.autograd.grad(z, {target}, allow_unused=True{retain})")
    if world.chance(0.6):
        again = world.chance(0.3)
        add("backward", f"s.backward({'retain_graph=True' if again else ''})")
        if again or world.chance(0.3):
            add("backward again", "z.backward()" if world.chance(0.3) else "s.backward()")


class Program(NamedTuple):
    """The text, and the name of the kind of each of its lines."""

    text: str
    kinds: list


def generate(seed):
    """The program of a seed: 5 to 25 statements, then gradients."""
    world = World(seed)
    for number in range(world.whole(2, 5)):
        world.lines.append(leaf(world, requires=True if number == 0 else None))
        world.kinds.append("leaf")
    length = len(world.lines) + world.whole(4, 19)
    while len(world.lines) < length:
        refused = world.chance(0.06)
        kind = world.choose(REFUSALS if refused else STATEMENTS)
        line = kind(world)
        if line is not None:
            world.lines.append(line)
            world.kinds.append(kind.__name__)
    gradients(world)
    return Program("\n".join(world.lines) + "\n", world.kinds)
