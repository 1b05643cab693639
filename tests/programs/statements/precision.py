"""Statements about dtypes: conversions, real and complex numbers; only in programs that are mixtures."""

from tests.programs.statements.kinds import statement
from tests.programs.world import broadcast

COMPLEX = ("complex64", "complex128")


@statement(3)
def conversion(world):
    entry = world.pick(dtypes=None, empty=True) if world.mixture else None
    if entry is None:
        return None
    targets = [dtype for dtype in (*world.mixture, "float64") if dtype != entry.dtype]
    if entry.complex:
        targets = [dtype for dtype in targets if dtype in COMPLEX]
    if not targets:
        return None
    dtype = world.choose(targets)
    short = {"float32": "float()", "float64": "double()"}.get(dtype, f"to(torch.{dtype})")
    form = world.choose((f"to(torch.{dtype})", f"to(dtype=torch.{dtype})", short, f"type(torch.{dtype})"))
    return world.result(f"{entry.name}.{form}", entry.shape, entry.memory.limit, entry, keeps=False, dtype=dtype)


@statement(4)
def complex_function(world):
    entry = world.pick(lambda entry: entry.memory.limit < 3, dtypes=COMPLEX) if world.mixture else None
    if entry is None:
        return None
    other = world.pick(lambda other: broadcast(entry.shape, other.shape) == entry.shape, dtypes=COMPLEX)
    limit, real = entry.memory.limit, "float32" if entry.dtype == "complex64" else "float64"
    form, grown, dtype, inputs = world.choose(
        (
            ("{0} * {0}.conj()", limit**2, entry.dtype, (entry,)),
            ("{0}.conj() * {1}", limit * other.memory.limit, None, (entry, other)),
            ("{0} - {1}.conj()", limit + other.memory.limit, None, (entry, other)),
            ("{0}.abs()", limit, real, (entry,)),
            ("{0}.exp()", 2.72**limit, entry.dtype, (entry,)),
            ("{0} * 1.5j", 1.5 * limit, entry.dtype, (entry,)),
            ("({0} * {0}.conj()).real", limit**2, real, (entry,)),
            ("{0}.real * {1}.imag", limit * other.memory.limit, None, (entry, other)),
            ("torch.view_as_real({0}).sum(-1)", 2 * limit, real, (entry,)),
            ("{0}.conj_physical()", limit, entry.dtype, (entry,)),
        )
    )
    if grown > world.largest:
        return None
    if dtype is None and form.startswith("{0}.real"):
        return None if entry.dtype != other.dtype else multiplied(world, entry, other, grown, real)
    expression = form.format(entry.name, other.name)
    made = world.result(expression, entry.shape, grown, *inputs, dense=False, dtype=dtype)
    world.entries[-1].memory.kept = world.entries[-1].requires
    world.entries[-1].fixed = form.endswith(".real")  # a view, whose history may know the old shape
    return made


def multiplied(world, entry, other, limit, real):
    expression = f"{entry.name}.real * {other.name}.imag"
    return world.result(expression, entry.shape, limit, entry, other, dense=False, dtype=real)


@statement(4)
def view_of_a_part(world):
    entry = world.pick(dtypes=COMPLEX) if world.mixture else None
    if entry is None:
        return None
    real = "float32" if entry.dtype == "complex64" else "float64"
    if len(entry.shape) < 3 and world.chance(0.4):
        return world.view(f"torch.view_as_real({entry.name})", entry, (*entry.shape, 2), dtype=real)
    return world.view(f"{entry.name}.{world.choose(('real', 'imag'))}", entry, entry.shape, dtype=real)


@statement(2)
def complex_of_two(world):
    one = world.pick(dtypes=("float64", "float32")) if world.mixture else None
    two = one and world.pick(lambda other: other.shape == one.shape, dtypes=(one.dtype,))
    if two is None or one.memory.limit + two.memory.limit > world.largest:
        return None
    dtype = "complex64" if one.dtype == "float32" else "complex128"
    limit = one.memory.limit + two.memory.limit
    expression = f"{one.name} + {two.name} * 1j"
    return world.result(expression, one.shape, limit, one, two, keeps=False, dense=False, dtype=dtype)
