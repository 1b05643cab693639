"""Statements that run while recording is switched off, or on again."""

from tests.programs.statements.computing import arithmetic
from tests.programs.statements.kinds import statement
from tests.programs.statements.views import view
from tests.programs.statements.writing import assignment, in_place, in_place_on_a_leaf_under_no_grad

BLOCKS = (
    ("torch.no_grad()", False), ("torch.no_grad()", False), ("torch.set_grad_enabled(False)", False),
    ("torch.enable_grad(), torch.no_grad()", False), ("torch.enable_grad()", True),
    ("torch.no_grad(), torch.enable_grad()", True), ("torch.no_grad(), torch.set_grad_enabled(True)", True),
)  # fmt: skip


@statement(5)
def under_a_switch(world):
    block, inside = world.choose(BLOCKS)
    before, world.grad, lines = world.grad, inside, []
    kinds = (view, in_place, assignment, arithmetic) + (() if inside else (in_place_on_a_leaf_under_no_grad,))
    for _ in range(world.whole(1, 3)):
        line = world.choose(kinds)(world)
        if line is not None:
            lines.append(line)
    world.grad = before
    return f"with {block}: " + "; ".join(lines) if lines else None


@statement(2)
def in_a_switched_function(world):
    decorator, inside = world.choose(
        (("torch.no_grad()", False), ("torch.no_grad", False), ("torch.enable_grad()", True),
         ("torch.set_grad_enabled(False)", False))
    )  # fmt: skip
    before, world.grad = world.grad, inside
    line = world.choose((view, arithmetic))(world)
    world.grad = before
    if line is None:
        return None
    name, expression = line.split(" = ", 1)
    return f"{name} = {decorator}(lambda: {expression})()"


@statement(1)
def recording_off_from_here(world):
    if not world.grad:
        return None
    world.grad = False
    return "torch.set_grad_enabled(False)"


def recording_on_from_here(world):
    world.grad = True
    return "torch.set_grad_enabled(True)"


@statement(1)
def recording_asked_for(world):
    return f"enabled{world.gradient()} = torch.is_grad_enabled()"
