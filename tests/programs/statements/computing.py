"""Statements that compute one tensor from others."""

from math import prod

from tests.programs.statements.kinds import statement
from tests.programs.world import SHAPES, Entry, Family, Memory, broadcast, dimension, numbers


def leaf(world, requires=None):
    shape = world.choose(SHAPES)
    dtype = world.choose(world.mixture) if world.mixture and requires is None and world.chance(0.5) else "float64"
    requires = world.chance(0.55) if requires is None else requires
    name = world.name()
    made = Entry(name, shape, Memory(1.7), Family(requires, requires), dtype=dtype)
    world.entries.append(made)
    flag = ", requires_grad=True" if requires else ""
    if made.complex:
        made.memory.limit = 2.4
    return f"{name} = torch.tensor({numbers(world, shape, made.complex)}, dtype=torch.{dtype}{flag})"


@statement(1)
def another_leaf(world):
    return leaf(world)


@statement(9)
def arithmetic(world):
    one = world.pick(dtypes=None)
    two = world.pick(lambda entry: broadcast(one.shape, entry.shape) is not None, dtypes=None)
    shape, operator = broadcast(one.shape, two.shape), world.choose("++--**/")
    if prod(shape) > 48:
        return None
    first, second = one.memory.limit, two.memory.limit
    limit = first + second if operator in "+-" else first * second if operator == "*" else first
    if limit > world.largest:
        return None
    if one.dtype != two.dtype and not (one.dense and two.dense):  # the order in memory is a tie, decided by bytes
        return None
    if operator == "/":
        if two.complex:
            return None
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
    entry = world.pick(lambda entry: entry.memory.limit < world.largest / 2, dtypes=None)
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
            (f"-{name}", limit, False),
            *(() if entry.complex else ((f"1.5 / ({name} * {name} + 0.5)", 3.0, True),)),
        )
    )
    return world.result(form, entry.shape, limit, entry, keeps=keeps)


@statement(8)
def pointwise(world):
    entry = world.pick()
    if entry is None:
        return None
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
    if form.endswith(".pow(1.5)") and not world.allows("power", entry):
        return None
    return world.result(form, entry.shape, limit, entry)


@statement(5)
def reduction(world):
    entry = world.pick(lambda entry: entry.shape and not entry.memory.normal, dtypes=None)
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
    if limit > world.largest:
        return None
    kept = [1 if d in dims else size for d, size in enumerate(shape) if keepdim or d not in dims]
    return world.result(f"{name}.{function}({arguments})", tuple(kept), limit, entry, keeps=False)


@statement(4)
def matrix_product(world):
    def fits(one, two):
        if not one.shape or not two.shape or len(one.shape) + len(two.shape) > 5:
            return False
        inner = two.shape[-2] if len(two.shape) > 1 else two.shape[0]
        return one.shape[-1] == inner and one.shape[-1] * one.memory.limit * two.memory.limit < world.largest

    one = world.pick(lambda entry: entry.shape)
    two = one and world.pick(lambda entry: fits(one, entry))
    if two is None:
        return None
    lead = broadcast(one.shape[:-2], two.shape[:-2])
    shape = lead + one.shape[-2:-1] + (two.shape[-1:] if len(two.shape) > 1 else ())
    limit = one.shape[-1] * one.memory.limit * two.memory.limit
    form = world.choose((f"{one.name} @ {two.name}", f"torch.matmul({one.name}, {two.name})"))
    return world.result(form, shape, limit, one, two)


@statement(8)
def clone(world):
    entry = world.pick(dtypes=None, empty=True)
    return world.result(f"{entry.name}.clone()", entry.shape, entry.memory.limit, entry, keeps=False)
