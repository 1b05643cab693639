"""Statements that give a tensor another shape in its place."""

from tests.programs.statements.kinds import statement
from tests.programs.statements.writing import writable


@statement(5)
def view_in_place(world):
    if not world.grad:
        return None
    entry = world.pick(lambda entry: entry.shape and writable(world, entry) and world.allows("reshape", entry))
    if entry is None or (world.mixture and entry.view):  # PyTorch names a renewed view of parts by how it began
        return None
    first, *others = entry.shape
    form, shape = world.choose(
        (
            ("unsqueeze_(0)", (1, *entry.shape)),
            ("squeeze_()", tuple([size for size in entry.shape if size != 1])),
            ("transpose_(0, -1)", (*others[-1:], *others[:-1], first)),
            ("swapaxes_(-1, 0)", (*others[-1:], *others[:-1], first)),
            ("t_()", entry.shape[::-1]),
        )
    )
    if len(entry.shape) > (2 if form == "t_()" else 3):
        return None
    world.wrote(entry, entry.memory.limit)
    entry.shape, entry.dense = shape, False
    return f"{entry.name}.{form}"
