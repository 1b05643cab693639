"""Statements that put hooks on gradients; what a hook observes becomes part of what is compared."""

from tests.programs.statements.gradients import alive, term
from tests.programs.statements.kinds import statement

REPLACING = (  # none makes a gradient grow by much: see `world.LARGEST`
    "grad * 0.5", "-grad", "grad + torch.ones_like(grad)", "grad.clone()", "grad * grad.abs().clamp(max=1.0)",
    "torch.zeros_like(grad)", "grad.detach()",
)  # fmt: skip


@statement(4)
def hook_that_observes(world):
    entry = world.pick(lambda entry: entry.requires, kind="flag", dtypes=None, empty=True)
    if entry is None:
        return None
    number = world.gradient()
    world.handles.append(f"handle{number}")
    copied = "None if grad is None else grad.clone()"  # None for one of several results that took no part
    return looked_at(
        entry,
        f"seen{number} = []; handle{number} = {entry.name}.register_hook(lambda grad: seen{number}.append({copied}))",
    )


def looked_at(entry, line):
    """The line that puts a hook on `entry`.

    PyTorch crashes where a hook is put on a view whose history nobody has looked at since its base was written to.
    """
    entry.fixed = True
    return f"{entry.name}.grad_fn; {line}"  # also of a result, which may be a view for PyTorch alone


@statement(3)
def hook_that_replaces(world):
    if not world.grad:
        return None
    entry = world.pick(lambda entry: entry.requires, kind="flag", dtypes=None, empty=True)
    if entry is None:
        return None
    hook = f"{entry.name}.register_hook(lambda grad: None if grad is None else {world.choose(REPLACING)})"
    if world.chance(0.5):
        return looked_at(entry, hook)
    if world.chance(0.3) and entry.family.leaf and not entry.view:
        live = alive(world)
        scalar = " + ".join(term(world, world.choose(live), live) for _ in range(2))
        return f"with {hook}: ({scalar}).backward(retain_graph=True)"
    number = world.gradient()
    world.handles.append(f"handle{number}")
    return looked_at(entry, f"handle{number} = {hook}")


@statement(2)
def hook_removed(world):
    return f"{world.choose(world.handles)}.remove()" if world.handles else None


@statement(2)
def hook_after_accumulation(world):
    entry = world.pick(lambda entry: entry.protected and not entry.view, dtypes=None, empty=True)
    if entry is None:
        return None
    if world.chance(0.3):
        action = world.choose(('setattr(leaf, "grad", None)', "leaf.grad.mul_(0.5)", "leaf.grad.zero_()"))
        return f"{entry.name}.register_post_accumulate_grad_hook(lambda leaf: ({action}, None)[1])"
    number = world.gradient()
    world.handles.append(f"handle{number}")
    return (
        f"seen{number} = []; handle{number} = {entry.name}.register_post_accumulate_grad_hook("
        f"lambda leaf: seen{number}.append(None if leaf.grad is None else leaf.grad.clone()))"
    )
