"""Statements about names and objects: what is itself, what is a copy, what is gone."""

from tests.programs.statements.kinds import statement
from tests.programs.world import Entry, Family, Memory, written


@statement(1)
def names_swapped(world):
    one, two = world.pick(dtypes=None), world.pick(dtypes=None)
    if one is None or two is None or one is two:
        return None
    one.name, two.name = two.name, one.name
    return f"{one.name}, {two.name} = {two.name}, {one.name}"


@statement(2)
def name_forgotten(world):
    """Its history stays alive where something else needs it."""
    if len(world.entries) < 5:
        return None
    entry = world.choose(world.entries[1:])
    if entry.dtype == "float64" and sum(other.dtype == "float64" for other in world.entries) < 3:
        return None
    world.entries.remove(entry)
    return f"del {entry.name}"


@statement(2)
def deep_copy(world):
    entry = world.pick(
        lambda entry: (
            (not entry.requires or entry.family.leaf) and not entry.view and not entry.overlapping and entry.dense
        ),
        dtypes=None,
    )
    if entry is None:
        return None
    name = world.name()
    made = Entry(name, entry.shape, Memory(entry.memory.limit), Family(entry.requires, entry.requires), entry.dense)
    made.dtype = entry.dtype
    world.entries.append(made)
    return f"{name} = copy.deepcopy({entry.name})"


@statement(1)
def parameter(world):
    entry = world.pick(lambda entry: entry.dense)
    if entry is None:
        return None
    name = world.name()
    world.entries.append(Entry(name, entry.shape, Memory(entry.memory.limit), Family(True, True), False))
    return f"{name} = torch.nn.Parameter({entry.name}.detach().clone())"


@statement(2)
def itself_or_not(world):
    entry = world.pick(dtypes=None, empty=True)
    if entry is None:
        return None
    forms = ("{0}.contiguous()", "{0}.to(torch.float64)", "{0}.double()", "{0}.cpu()", "{0}.float()", "{0}.detach()",
             "{0}.view_as({0})", "{0}.expand_as({0})", "torch.as_tensor({0})", "{0}.to({0})", "{0}.data",
             "{0}.requires_grad_({0}.requires_grad)", "{0}.to(torch.float64, copy=True)", "{0}.reshape({1})",
             "{0}.type({0}.dtype)", "{0}.to('cpu')", "{0}.clone()", "{0}.real")  # fmt: skip
    form = world.choose(forms).format(entry.name, written(entry.shape) or "()")
    return f"same{world.gradient()} = {form} is {entry.name}"


@statement(1)
def property_asked_for(world):
    entry = world.pick(dtypes=None, empty=True)
    if entry is None:
        return None
    forms = ("{0}.is_contiguous()", "{0}._is_view()", "{0}.retains_grad", "{0}.output_nr", "{0}.is_leaf",
             "{0}.numel() and {0}.storage_offset()", "{0}._base is None", "{0}.grad_fn is None",
             "{0}.is_inference()")  # fmt: skip
    return f"found{world.gradient()} = {world.choose(forms).format(entry.name)}"
