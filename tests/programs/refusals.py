"""The statements that PyTorch refuses, each in a kind of its own."""

from math import prod

from tests.programs.world import broadcast, written

REFUSALS = []


def refusal(weight):
    """As `statement`, for statements that are refused; what needs a rare state has a larger weight."""

    def register(function):
        REFUSALS.extend([function] * weight)
        return function

    return register


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
    entry = world.pick(lambda entry: entry.overlapping is True and not entry.protected, kind="write")
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


@refusal(24)
def write_to_a_view_of_no_grad(world):
    entry = world.pick(lambda entry: entry.origin == "no_grad" and entry.requires, kind="write")
    return entry and f"{entry.name}.mul_(2.0)"


@refusal(16)
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


@refusal(2)
def wrong_hook(world):
    form, wanted = world.choose(
        (
            ("{0}.register_hook(lambda grad: grad)", lambda entry: not entry.requires),
            ("{0}.register_post_accumulate_grad_hook(print)", lambda entry: not entry.requires),
            (
                "{0}.register_post_accumulate_grad_hook(print)",
                lambda entry: entry.requires and not entry.family.leaf and not entry.view,
            ),
        )
    )
    entry = world.pick(wanted, kind="flag")
    return entry and form.format(entry.name)


@refusal(2)
def wrong_request_for_gradients(world):
    entry = world.pick(lambda entry: entry.requires and not entry.origin, kind="flag")
    if entry is None:
        return None
    forms = (
        "torch.autograd.grad({0}.sum(), {0}, torch.ones(7, dtype=torch.float64))",
        "torch.autograd.grad({0}.sum(), {0}, allow_unused=False, materialize_grads=True)",
        "{0}.sum().backward(inputs=())",
        "{0}.sum().backward(inputs=[{0}.detach()])",
        "torch.autograd.backward([{0}.sum(), {0}.mean()], [None])",
        "torch.autograd.grad([{0}.sum(), {0}.mean()], {0}, [None])",
    )
    return world.choose(forms).format(entry.name)


@refusal(1)
def wrong_grad(world):
    entry = world.pick(lambda entry: entry.protected and not entry.view)
    forms = (
        "{0}.grad = torch.ones(7, dtype=torch.float64)",
        "{0}.grad = 1.0",
        "{0}.grad = torch.ones_like({0}, dtype=torch.int64)",
        "{0}.grad = {0}",
    )
    return entry and world.choose(forms).format(entry.name)


@refusal(1)
def copy_of_a_result(world):
    entry = world.pick(lambda entry: entry.requires and not entry.family.leaf and not entry.view and not entry.plain)
    return entry and f"copy.deepcopy({entry.name})"


@refusal(1)
def recorded_out(world):
    entry = world.pick(lambda entry: entry.requires)
    other = entry and world.pick(
        lambda other: other.shape == entry.shape and other.memory is not entry.memory and not other.overlapping
    )
    return other and world.choose(("torch.sin({0}, out={1})", "torch.add({0}, 1.0, out={1})")).format(
        entry.name, other.name
    )


@refusal(20)
def complex_numbers_into_real_ones(world):
    one = world.pick(lambda entry: not entry.protected and not entry.overlapping and not entry.origin, kind="write")
    two = one and world.pick(
        lambda entry: broadcast(one.shape, entry.shape) == one.shape, dtypes=("complex64", "complex128")
    )
    forms = ("{0}.add_({1})", "{0} *= {1}", "{0}.sub_({1})", "{0} /= {1}")
    return two and world.choose(forms).format(one.name, two.name)
