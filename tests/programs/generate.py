"""How a random program is written: leaves, statements and refusals in turn, then gradients of first and second order.

A program is a text of one statement a line over tensors named a, b, c ..., of float64 unless it is a mixture. It is a
function of its seed. While it is written, a small model follows shapes, memory, histories and magnitudes, so that most
statements are valid, values stay small enough to compare, and the refusals are the ones that were meant.
"""

from typing import NamedTuple

from tests.programs.refusals import REFUSALS
from tests.programs.statements import STATEMENTS
from tests.programs.statements.computing import leaf
from tests.programs.statements.gradients import term
from tests.programs.statements.switches import recording_on_from_here
from tests.programs.world import World


def gradients(world):
    """The last statements: a scalar of several tensors, its gradients, their gradients, and backward."""
    live = [entry for entry in world.entries if entry.requires and entry.usable]
    if not live:
        return
    results = [entry for entry in live if not entry.family.leaf] or live
    chosen = [world.choose(results[-3:]) for _ in range(2)] + [world.choose(results) for _ in range(world.whole(0, 3))]
    scalar = "s = " + " + ".join(term(world, entry, live) for entry in chosen)
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
    square = "(g * g.conj()).real.sum()" if world.mixture else "(g * g).sum()"
    add("scalar of gradients", f"z = sum({square} for g in ({', '.join(firsts)},) if g is not None)")
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
        if not world.grad and world.chance(0.35):
            world.lines.append(recording_on_from_here(world))
            world.kinds.append("recording_on_from_here")
        refused = world.grad and world.chance(0.06)
        kind = world.choose(REFUSALS if refused else STATEMENTS)
        line = kind(world)
        if line is not None:
            world.lines.append(line)
            world.kinds.append(kind.__name__)
    if not world.grad:
        world.lines.append(recording_on_from_here(world))
        world.kinds.append("recording_on_from_here")
    gradients(world)
    return Program("\n".join(world.lines) + "\n", world.kinds)
