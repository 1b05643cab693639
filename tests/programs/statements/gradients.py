"""Statements that ask for gradients in the middle of a program, and what becomes of `.grad`."""

from tests.programs.statements.kinds import statement
from tests.programs.world import broadcast, numbers


def term(world, entry, live):
    """The text of a scalar of `entry` and perhaps another of the tensors `live`."""
    if entry.complex:
        forms = ("({0} * {0}.conj()).real.sum()", "({0}.real.sin() + {0}.imag * 0.7).sum()",
                 "torch.view_as_real({0}).tanh().sum()")  # fmt: skip
        return world.choose(forms).format(entry.name)
    fits = [other for other in live if not other.complex and broadcast(entry.shape, other.shape) is not None]
    forms = ("({0} * {0}).sum()", "{0}.sin().sum()", "({0} * {1}).sum() * 0.7", "({0}.tanh() * {1}).sum()")
    if entry.dtype == "float32" and entry.memory.limit > 3:
        forms = forms[:3]  # 1 - tanh(x) ** 2 keeps few digits there
    return world.choose(forms).format(entry.name, world.choose(fits).name)


def alive(world, wanted=lambda entry: True):
    return [entry for entry in world.entries if entry.requires and entry.usable and wanted(entry)]


def weight(world, entry):
    """A gradient for a tensor that is no scalar, as text."""
    name = entry.name
    others = [other for other in world.entries if other.shape == entry.shape and other.dtype == entry.dtype]
    form = world.choose(("ones", "other", "numbers", "expanded"))
    if form == "other":
        return (
            world.choose([other for other in others if other.usable]).name + ".detach().clone()"
        )  # or else .grad may share memory with it
    if form == "numbers" and 0 not in entry.shape:
        return f"torch.tensor({numbers(world, entry.shape, entry.complex)}, dtype=torch.{entry.dtype})"
    if form == "expanded":
        return f"torch.tensor({world.number()}, dtype=torch.{entry.dtype}).expand_as({name})"
    return f"torch.ones_like({name})"


def inputs_among(world, live, retains=False):
    """One to three tensors, views and results among them, sometimes one twice; backward `retains` their gradients."""
    found = [world.choose(live) for _ in range(world.whole(1, 4))]
    for entry in found:
        entry.fixed = entry.fixed or retains
    names = list(dict.fromkeys(entry.name for entry in found))
    if world.chance(0.12):
        names.append(world.choose(names))
    return names


def marked(names):
    return "(" + ", ".join(names) + ("," if len(names) == 1 else "") + ")"


@statement(4)
def grad_on_the_way(world):
    if not world.grad:
        return None
    live = alive(world)
    if not live:
        return None
    options = ["retain_graph=True"] if world.chance(0.85) else []
    options += world.choose((["allow_unused=True"], ["allow_unused=True"], ["materialize_grads=True"], []))
    options += ["create_graph=True"] if world.chance(0.3) else []
    inputs = inputs_among(world, live)
    if "materialize_grads=True" not in options and "allow_unused=True" not in options:  # then all have to be reached
        entries = [world.choose(live) for _ in range(world.whole(1, 3))]
        inputs = list(dict.fromkeys(entry.name for entry in entries))
        outputs = " + ".join(term(world, entry, live) for entry in entries)
    elif world.chance(0.5):
        outputs = " + ".join(term(world, world.choose(live), live) for _ in range(world.whole(1, 3)))
    else:
        entries = [world.choose(live[-4:]) for _ in range(world.whole(1, 4))]
        outputs = marked([entry.name for entry in entries])
        weights = [weight(world, entry) if entry.shape or world.chance(0.5) or entry.complex else "None"
                   for entry in entries]  # fmt: skip
        options.insert(0, f"grad_outputs={marked(weights)}")
    names = [f"grad{world.gradient()}" for _ in inputs]
    given = marked(inputs) if len(inputs) > 1 or world.chance(0.5) else inputs[0]
    call = ", ".join([outputs, given, *options])
    return f"{', '.join(names)}, = torch.autograd.grad({call})"


@statement(3)
def grad_in_an_expression(world):
    """A result of a gradient with a graph: later derivatives go through it, up to the fourth order."""
    if not world.grad:
        return None
    entry = world.pick(lambda entry: entry.requires and 2.5 * entry.memory.limit < world.largest)
    if entry is None:
        return None
    other = world.pick(lambda other: broadcast(entry.shape, other.shape) == entry.shape and other is not entry)
    name = entry.name
    forms = ["{0}.sin()", "{0}.tanh()", "{0} * {0}", "{0}.sigmoid() * {0}.cos()"]
    forms += ["{0}.sin() * {1}"] if other is not None and other.memory.limit < 2 else []
    inner = world.choose(forms).format(name, other and other.name)
    gradient = f"torch.autograd.grad(({inner}).sum(), {name}, create_graph=True)[0]"
    if world.chance(0.3):
        gradient = f"torch.autograd.grad({gradient}.sin().sum(), {name}, create_graph=True)[0]"
    inputs = (entry, other) if other is not None and "{1}" in inner else (entry,)
    if other is not None and other.requires:
        other.memory.kept = True
    return world.result(f"{name} * {gradient}", entry.shape, 4 * entry.memory.limit, *inputs)


@statement(4)
def backward_on_the_way(world):
    if not world.grad:
        return None
    live = alive(world)
    if not live:
        return None
    options = ["retain_graph=True"] if world.chance(0.85) else []
    options += ["create_graph=True"] if world.chance(0.08) else []
    if world.chance(0.4):
        options.append(f"inputs={marked(inputs_among(world, live, True))}")
    style = world.choose(("scalar", "scalar", "weighted", "several"))
    if style == "scalar":
        scalar = " + ".join(term(world, world.choose(live), live) for _ in range(world.whole(1, 3)))
        return f"({scalar}).backward({', '.join(options)})"
    if style == "weighted":
        entry = world.choose(live[-4:])
        return f"{entry.name}.backward({', '.join([weight(world, entry), *options])})"
    entries = [world.choose(live) for _ in range(world.whole(1, 4))]
    weights = marked([weight(world, entry) for entry in entries])
    return f"torch.autograd.backward({', '.join([marked([entry.name for entry in entries]), weights, *options])})"


@statement(2)
def backward_from_leaves(world):
    if not world.grad:
        return None
    leaves = [entry for entry in alive(world) if entry.family.leaf and not entry.origin]
    if not leaves:
        return None
    scalar = " + ".join(term(world, world.choose(leaves), leaves) for _ in range(world.whole(1, 3)))
    return f"({scalar}).backward()"


@statement(3)
def gradient_kept(world):
    entry = world.pick(lambda entry: entry.protected and not entry.view, dtypes=None, empty=True)
    if entry is None:
        return None
    forms = ("{0}.grad = None", "{0}.grad is None or {0}.grad.zero_()", "{0}.grad = {0}.detach().clone()",
             "{0}.grad = torch.ones_like({0})", "{0}.grad is None or {0}.grad.mul_(0.5)", "del {0}.grad",
             "{0}.grad is None or {0}.grad.detach_()")  # fmt: skip
    return world.choose(forms).format(entry.name)


@statement(1)
def gradient_step(world):
    entry = world.pick(lambda entry: entry.protected and not entry.view and not entry.memory.kept, dtypes=None)
    if entry is None or entry.memory.limit + 1 > world.largest:
        return None
    world.wrote(entry, entry.memory.limit + 1)
    move = f"{entry.name}.sub_({entry.name}.grad.clamp(-1.0, 1.0) * 0.1)"
    if entry.complex:
        move = f"{entry.name}.sub_({entry.name}.grad * 0.001)"
    return f"with torch.no_grad(): {entry.name}.grad is None or {move}"
