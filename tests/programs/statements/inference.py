"""Statements in inference mode; what is made there has no version, and outside is read only."""

from tests.programs.refusals import refusal
from tests.programs.statements.kinds import statement
from tests.programs.statements.writing import in_place_on_a_leaf_under_no_grad, writable, write

INSIDE = ("{0} * 1.5", "{0}.sin()", "{0} + {0}", "{0}.clone()", "{0}.tanh() * 0.5", "torch.ones_like({0})")


@statement(3)
def made_in_inference_mode(world):
    entry = world.pick()
    if entry is None or 2 * entry.memory.limit > world.largest:
        return None
    name = f"inferred{world.gradient()}"
    world.inferred.append((name, entry.shape))
    lines = [f"{name} = {world.choose(INSIDE).format(entry.name)}"]
    if world.chance(0.3):
        lines.append(f"{name}.{world.choose(('mul_(0.5)', 'neg_()', 'zero_()', 'unsqueeze(0).add_(1.0)'))}")
    block = world.choose(("torch.inference_mode()", "torch.inference_mode(True)"))
    return f"with {block}: " + "; ".join(lines)


@statement(2)
def written_in_inference_mode(world):
    before, world.grad = world.grad, False
    leaf = in_place_on_a_leaf_under_no_grad(world) if world.chance(0.3) else None
    entry = None if leaf else world.pick(lambda entry: writable(world, entry))
    line = leaf or (entry and write(world, entry))
    world.grad = before
    return line and f"with torch.inference_mode(): {line}"


@statement(8)
def inferred_outside(world):
    if not world.inferred:
        return None
    name, shape = world.choose(world.inferred)
    style = world.choose(("view", "again", "added", "asked"))
    if style == "view":
        made = f"inferred{world.gradient()}"
        world.inferred.append((made, (1, *shape)))
        return f"{made} = {name}.unsqueeze(0)"
    if style == "again":
        return f"with torch.inference_mode(): {name}.{world.choose(('mul_(0.5)', 'zero_()', 'fill_(0.4)'))}"
    if style == "asked":
        return f"found{world.gradient()} = {name}.is_inference(), {name}.requires_grad, {name}.is_leaf"
    entry = world.pick(lambda entry: entry.shape == shape)
    if entry is None or entry.memory.limit + 40 > world.largest:
        return None
    return world.result(f"{entry.name} + {name}.clamp(-30.0, 30.0)", shape, entry.memory.limit + 30, entry, keeps=False)


@refusal(12)
def inferred_where_it_may_not_be(world):
    if not world.inferred:
        return None
    name, shape = world.choose(world.inferred)
    entry = world.pick(lambda entry: entry.shape == shape and entry.requires)
    forms = ["{0}.requires_grad_()", "{0}._version"]  # PyTorch refuses a write only after it has written
    forms += ["{1} * {0}", "({1}.sin() * {0})"] if entry is not None else []
    return world.choose(forms).format(name, entry and entry.name)
