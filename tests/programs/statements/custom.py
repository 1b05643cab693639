"""Statements that record what users wrote: functions with a backward of their own, what is kept, what runs again."""

from tests.programs.statements.hooks import looked_at
from tests.programs.statements.kinds import statement
from tests.programs.statements.writing import writable
from tests.programs.world import broadcast

CLASS = (
    '{name} = type("{name}", (torch.autograd.Function,), {{"forward": staticmethod(lambda context, {inputs}: '
    '{forward}), "backward": staticmethod({before}lambda context, {grads}: {backward}{after})}})'
)
ONE = (  # forward, backward, largest value
    ("(context.save_for_backward(x), x * x)[1]", "2.0 * context.saved_tensors[0] * grad", lambda limit: limit**2),
    ("(setattr(context, 'factor', 0.5), x * 0.5)[1]", "grad * context.factor", lambda limit: limit),
    ("(context.save_for_backward(y := x.tanh()), y)[1]", "grad * (1.0 - context.saved_tensors[0] ** 2)", lambda _: 1.0),
    ("x.sin()", "grad", lambda limit: 1.0),
    ("x.clone()", "grad.clamp(-0.5, 0.5)", lambda limit: limit),
    (
        "(context.set_materialize_grads(False), x * 2.0)[1]",
        "None if grad is None else grad * 2.0",
        lambda limit: 2 * limit,
    ),
)


def applied(world, forward, backward, inputs="x", grads="grad", once=False):
    """The class of a function, as text, and its name."""
    name = f"Function{world.gradient()}"
    before, after = ("torch.autograd.function.once_differentiable(", ")") if once else ("", "")
    return name, CLASS.format(
        name=name, inputs=inputs, forward=forward, grads=grads, backward=backward, before=before, after=after
    )


@statement(3)
def function_of_a_user(world):
    entry = world.pick(lambda entry: not entry.origin)
    forward, backward, grown = world.choose(ONE)
    if entry is None or grown(entry.memory.limit) > world.largest:
        return None
    name, text = applied(world, forward, backward, once=world.chance(0.1))
    made = world.result(f"{name}.apply({entry.name})", entry.shape, grown(entry.memory.limit), entry, dense=False)
    world.entries[-1].memory.kept = world.entries[-1].requires
    return f"{text}; {made}"


@statement(2)
def function_of_a_user_of_two(world):
    one = world.pick(lambda entry: not entry.origin)
    two = one and world.pick(lambda entry: broadcast(one.shape, entry.shape) == one.shape and not entry.origin)
    if two is None or one.memory.limit * two.memory.limit > world.largest:
        return None
    kept = "(a := context.saved_tensors[0], b := context.saved_tensors[1])"
    form = world.choose(("product", "needed", "constant", "several"))
    saved = "(context.save_for_backward(x, y), x * y)[1]"
    limit, arguments, inputs, grads = one.memory.limit * two.memory.limit, f"{one.name}, {two.name}", "x, y", "grad"
    fitted = "(grad * a).sum_to_size(b.shape)"
    backward = f"({kept}, grad * b, {fitted})[1:]"
    if form == "needed":
        backward = f"({kept}, grad * b if context.needs_input_grad[0] else None, {fitted})[1:]"
    elif form == "constant":
        saved, backward, arguments = (
            "(setattr(context, 'y', y), x * y)[1]",
            "(grad * context.y, None)",
            f"{one.name}, 0.7",
        )
    elif form == "several":
        saved = "(context.save_for_backward(x, y), x * y, x + y)[1:]"
        backward = f"({kept}, grad * b + other, {fitted} + other.sum_to_size(b.shape))[1:]"
        grads = "grad, other"
    name, text = applied(world, saved, backward, inputs, grads)
    inputs = (one,) if form == "constant" else (one, two)
    made = world.result(f"{name}.apply({arguments})", one.shape, limit, *inputs, dense=False)
    if form == "several":
        second = world.result("", one.shape, one.memory.limit + two.memory.limit, *inputs, dense=False).split()[0]
        # multiplied, as PyTorch fails an assertion where one of several results retains its gradient and is written to
        made = f"{made.split()[0]}, {second} = (part * 1.0 for part in {name}.apply({arguments}))"
    return f"{text}; {made}"


@statement(1)
def function_of_a_user_in_place(world):
    entry = world.pick(
        lambda entry: writable(world, entry) and not entry.view and 2 * entry.memory.limit < world.largest
    )
    if entry is None:
        return None
    name, text = applied(world, "(context.mark_dirty(x), x.mul_(1.5))[1]", "grad * 1.5")
    world.wrote(entry, 1.5 * entry.memory.limit)
    return f"{text}; {name}.apply({entry.name})"


@statement(2)
def kept_in_another_form(world):
    one = world.pick(lambda entry: entry.memory.limit < 3.5 and not entry.origin)
    two = one and world.pick(lambda entry: broadcast(one.shape, entry.shape) == one.shape and not entry.origin)
    if two is None:
        return None
    hooks = world.choose(
        (
            "torch.autograd.graph.saved_tensors_hooks(lambda kept: kept.detach().clone(), lambda kept: kept)",
            "torch.autograd.graph.saved_tensors_hooks(lambda kept: kept.tolist(), lambda kept: torch.tensor(kept, "
            "dtype=torch.float64))",
            "torch.autograd.graph.saved_tensors_hooks(lambda kept: kept, lambda kept: kept.detach() * 0.5)",
            "torch.autograd.graph.save_on_cpu()",
        )
    )
    form, limit = world.choose(
        (("{0} * {1}", one.memory.limit * two.memory.limit), ("{0}.sin()", 1.0), ("{0}.exp()", 2.72**one.memory.limit))
    )
    if limit > world.largest:
        return None
    inputs = (one, two) if "{1}" in form else (one,)
    made = world.result(form.format(one.name, two.name), one.shape, limit, *inputs, dense=False)
    world.entries[-1].memory.kept = world.entries[-1].requires
    return f"with {hooks}: {made}"


@statement(2)
def computed_again(world):
    """A checkpoint: its inside runs a second time in backward."""
    one = world.pick(lambda entry: not entry.origin)
    two = one and world.pick(lambda entry: broadcast(one.shape, entry.shape) == one.shape and not entry.origin)
    if two is None or not world.grad or one.memory.limit * two.memory.limit > world.largest:
        return None
    inside, inputs, limit = world.choose(
        (
            ("lambda x: (x * x).sin()", (one,), 1.0),
            ("lambda x: x.tanh().cos()", (one,), 1.0),
            ("lambda x, y: x * y.sin()", (one, two), one.memory.limit),
            ("lambda x, y: (x * y).tanh() + x", (one, two), one.memory.limit + 1),
        )
    )
    arguments = ", ".join(entry.name for entry in inputs)
    expression = f"torch.utils.checkpoint.checkpoint({inside}, {arguments}, use_reentrant=False)"
    for entry in inputs:
        entry.fixed = True  # it holds them as they are
    return world.result(expression, one.shape, limit, *inputs, dense=False)


@statement(2)
def hook_on_a_node(world):
    entry = world.pick(lambda entry: entry.requires and not entry.family.leaf and not entry.origin, "flag", None)
    if entry is None:
        return None
    number = world.gradient()
    world.handles.append(f"handle{number}")
    copied = "[None if grad is None else grad.clone() for grad in got]"
    register, given = world.choose((("register_hook", "given, got"), ("register_prehook", "got")))
    hook = f"{register}(lambda {given}: seen{number}.extend({copied}))"
    return looked_at(entry, f"seen{number} = []; handle{number} = {entry.name}.grad_fn.{hook}")
