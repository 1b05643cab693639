"""Modules called with other parameters and buffers, against PyTorch: values, flags, what is left behind, refusals."""

import pytest

from tests.parity.trees import assert_alike


def linear(torch):
    module = torch.nn.Linear(2, 2)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        module.bias.copy_(torch.tensor([0.5, -0.5]))
    return module


def counted(torch):
    class Counted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Parameter(torch.tensor(1.0))
            self.second = self.first
            self.below = linear(torch)
            self.register_buffer("calls", torch.tensor(0.0))
            self.plain = torch.tensor(0.0)

        def forward(self, input, other=None):
            self.calls = self.calls + 1
            self.plain = self.plain + 5
            return self.below(input) * self.first + self.second + (0 if other is None else other)

    return Counted()


VALUES = {
    "nothing": lambda torch: {},
    "a parameter": lambda torch: {"first": torch.tensor(3.0)},
    "a parameter that requires grad": lambda torch: {"below.bias": torch.ones(2, requires_grad=True)},
    "its second name": lambda torch: {"second": torch.tensor(3.0)},
    "two values": lambda torch: {"second": torch.tensor(3.0), "first": torch.tensor(4.0)},
    "a buffer": lambda torch: {"calls": torch.tensor(3.0), "plain": torch.tensor(2.0)},
    "all": lambda torch: {
        "first": torch.tensor(3.0), "second": torch.tensor(3.0), "calls": torch.tensor(0.0),
        "below.weight": torch.ones(2, 2), "below.bias": torch.ones(2),
    },
    "none": lambda torch: {"below.bias": None},
    "a new name": lambda torch: {"new": torch.ones(2)},
    "a new name below": lambda torch: {"below.new": torch.ones(2)},
    "no module": lambda torch: {"new.one": torch.ones(2)},
    "no name": lambda torch: {"": torch.ones(2)},
    "a number": lambda torch: {"first": 3.0},
    "a name of a number": lambda torch: {"below.in_features": torch.ones(2)},
    "a shape that does not fit": lambda torch: {"below.weight": torch.ones(3, 3)},
    "two dictionaries": lambda torch: ({"first": torch.tensor(3.0)}, {"calls": torch.tensor(3.0)}),
    "a name twice": lambda torch: [{"first": torch.tensor(3.0)}, {"first": torch.tensor(3.0)}],
    "a list of numbers": lambda torch: [{}, 3],
    "a number alone": lambda torch: 3,
}  # fmt: skip
ARGUMENTS = {
    "one": lambda torch: {"args": torch.ones(2)},
    "a tuple": lambda torch: {"args": (torch.ones(2), torch.tensor(1.0))},
    "by name": lambda torch: {"args": torch.ones(2), "kwargs": {"other": torch.tensor(1.0)}},
    "none": lambda torch: {},
}


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("arguments", ARGUMENTS)
@pytest.mark.parametrize("tie_weights", [True, False])
@pytest.mark.parametrize("strict", [True, False])
def test_a_call_with_other_parameters_is_pytorchs(values, arguments, tie_weights, strict):
    def call(torch):
        module, given = counted(torch), VALUES[values](torch)
        before = list(module.named_parameters(remove_duplicate=False))
        try:
            found = torch.func.functional_call(
                module, given, **ARGUMENTS[arguments](torch), tie_weights=tie_weights, strict=strict
            )
            return found, given, module.calls, module.plain
        finally:
            after = module.named_parameters(remove_duplicate=False)
            assert not hasattr(module, "new") and not hasattr(module.below, "new")
            assert all(one[1] is other[1] for one, other in zip(before, after, strict=True))

    assert_alike(call)


@pytest.mark.parametrize(
    "models",
    [
        lambda torch: [],
        lambda torch: [linear(torch), linear(torch)],
        lambda torch: torch.nn.ModuleList([counted(torch), counted(torch), counted(torch)]),
        lambda torch: [linear(torch), linear(torch).eval()],
        lambda torch: [linear(torch), torch.nn.Sequential(linear(torch))],
        lambda torch: [linear(torch), linear(torch).requires_grad_(False)],
        lambda torch: [linear(torch).requires_grad_(False)] * 2,
        lambda torch: [linear(torch), torch.nn.Linear(3, 2)],
    ],
)
def test_stacked_states_are_pytorchs(models):
    def call(torch):
        parameters, buffers = torch.func.stack_module_state(models(torch))
        return parameters, buffers, [each.is_leaf for each in parameters.values()]

    assert_alike(call)


def test_the_old_name_warns_as_pytorchs():
    def call(torch):
        with pytest.warns(FutureWarning) as warned:
            found = torch.nn.utils.stateless.functional_call(linear(torch), {"weight": torch.eye(2)}, torch.ones(2))
        return found, [str(each.message) for each in warned]

    assert_alike(call)


@pytest.mark.parametrize("remove", ["mutations", "mutations_and_views", "views", None])
def test_a_functionalized_function_gives_what_pytorchs_gives(remove):
    def call(torch):
        x = torch.ones(3)
        return torch.func.functionalize(lambda x: x.view(3).add_(1) * 2, remove=remove)(x), x

    assert_alike(call)
