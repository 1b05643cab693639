"""Weights that are functions of others, live: how they start and go on, gradients, states, words of refusal."""

import copy
import warnings

import pytest
import torch

import tinytorch
from tests.parity.results import attempt, refusal, unlike

BOTH = (tinytorch, torch)
MADE = [  # the module, its input
    ("utils.weight_norm(nn.Linear(4,3))", (2, 4)),
    ("utils.weight_norm(nn.Linear(4,3),dim=None)", (2, 4)),
    ("utils.weight_norm(nn.Conv1d(4,3,2),dim=1)", (2, 4, 5)),
    ("utils.weight_norm(nn.Linear(4,3),'bias')", (2, 4)),
    ("utils.spectral_norm(nn.Linear(4,3),n_power_iterations=2)", (2, 4)),
    ("utils.spectral_norm(nn.ConvTranspose1d(4,3,2))", (2, 4, 5)),
    ("utils.spectral_norm(nn.Conv2d(4,3,2)).eval()", (2, 4, 5, 5)),
    ("parametrizations.weight_norm(nn.Linear(4,3))", (2, 4)),
    ("parametrizations.weight_norm(nn.Conv2d(4,3,2),dim=1)", (2, 4, 5, 5)),
    ("parametrizations.weight_norm(nn.Linear(4,3),dim=None)", (2, 4)),
    ("parametrizations.spectral_norm(nn.Linear(4,3))", (2, 4)),
    ("parametrizations.spectral_norm(nn.ConvTranspose2d(4,3,2),n_power_iterations=2)", (2, 4, 5, 5)),
    ("parametrizations.spectral_norm(nn.Linear(4,3),'bias').eval()", (2, 4)),
    ("parametrizations.orthogonal(nn.Linear(4,4))", (2, 4)),
    ("parametrizations.orthogonal(nn.Linear(4,3))", (2, 4)),
    ("parametrizations.orthogonal(nn.Linear(3,4),orthogonal_map='cayley')", (2, 3)),
    ("parametrizations.orthogonal(nn.Linear(3,4),orthogonal_map='matrix_exp')", (2, 3)),
    ("parametrizations.orthogonal(nn.Linear(3,4),use_trivialization=False)", (2, 3)),
    ("parametrizations.orthogonal(nn.Linear(3,3),orthogonal_map='cayley',use_trivialization=False)", (2, 3)),
    ("parametrize.register_parametrization(nn.Linear(4,3),'bias',nn.Tanh())", (2, 4)),
    ("parametrize.register_parametrization(parametrizations.weight_norm(nn.Linear(4,3)),'weight',nn.Tanh())", (2, 4)),
]


def names_of(library):
    utils = library.nn.utils
    kinds = ("parametrize", "parametrizations")
    return {"nn": library.nn, "torch": library, "utils": utils} | {name: getattr(utils, name) for name in kinds}


def told(library, text, shape):
    """What a module says and gives over two steps of training, and what is left when its weight is plain again."""
    library.manual_seed(3)
    module = eval(text, names_of(library))
    said = [repr(module), [name for name, _ in module.named_parameters()], list(module.state_dict())]
    given = library.randn(shape)
    gave = []
    for _ in range(2):
        module.zero_grad()
        result = module(given)
        (result**2).sum().backward()
        gave += [result, *[each.grad for each in module.parameters() if each.grad is not None]]
        with library.no_grad():
            for each in module.parameters():
                each -= 0.01 * each.grad if each.grad is not None else 0
    gave += list(module.state_dict().values())
    if "parametriz" in text:
        again = copy.deepcopy(module)
        again.load_state_dict(module.state_dict())
        said += [repr(type(again)), library.nn.utils.parametrize.type_before_parametrizations(again).__name__]
        gave.append(again(given))
        for name in list(module.parametrizations):
            library.nn.utils.parametrize.remove_parametrizations(module, name)
    else:
        kind = "spectral_norm" if "spectral" in text else "weight_norm"
        getattr(library.nn.utils, f"remove_{kind}")(module, "bias" if "'bias'" in text else "weight")
    said += [repr(module), list(module.state_dict()), [name for name, _ in module.named_parameters()]]
    return said, [*gave, *module.state_dict().values()]


@pytest.mark.parametrize(("text", "shape"), MADE)
def test_a_weight_that_is_computed_is_pytorchs(text, shape):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        one, other = [told(library, text, shape) for library in BOTH]
    assert str(one[0]).replace("tinytorch", "torch") == str(other[0])
    assert list(unlike(one[1], other[1])) == []


REFUSED = [
    "utils.weight_norm(utils.weight_norm(nn.Linear(2,2)))", "utils.spectral_norm(utils.spectral_norm(nn.Linear(2,2)))",
    "utils.weight_norm(nn.LazyLinear(2))", "utils.spectral_norm(nn.LazyLinear(2))",
    "utils.spectral_norm(nn.Linear(2,2,bias=False),'bias')", "utils.spectral_norm(nn.Linear(2,2),n_power_iterations=0)",
    "utils.remove_weight_norm(nn.Linear(2,2))", "utils.remove_spectral_norm(nn.Linear(2,2))",
    "parametrizations.spectral_norm(nn.ReLU())", "parametrizations.spectral_norm(nn.Linear(2,2),dim=2)",
    "parametrizations.spectral_norm(nn.Linear(2,2),n_power_iterations=0)", "parametrizations.orthogonal(nn.ReLU())",
    "parametrizations.orthogonal(nn.Linear(2,2),'bias')", "parametrizations.orthogonal(nn.Linear(2,2),'weight','x')",
    "setattr(parametrizations.orthogonal(nn.Linear(2,2)),'weight',torch.ones(3,3))",
    "setattr(parametrizations.orthogonal(nn.Linear(2,2),use_trivialization=False),'weight',torch.ones(2,2))",
    "parametrize.register_parametrization(nn.Linear(2,2),'x',nn.Tanh())",
    "parametrize.register_parametrization(nn.Linear(2,2),'weight',nn.Linear(2,3))",
    "parametrize.register_parametrization(parametrizations.weight_norm(nn.Linear(2,2)),'weight',nn.Linear(2,3))",
    "parametrize.register_parametrization(nn.Linear(2,2),'bias',nn.Flatten(0).type)",
    "setattr(parametrize.register_parametrization(nn.Linear(2,2),'bias',nn.Tanh()),'bias',torch.ones(2))",
    "parametrize.remove_parametrizations(nn.Linear(2,2),'weight')",
    "parametrize.remove_parametrizations(parametrizations.weight_norm(nn.Linear(2,2)),'weight',False)",
    "parametrize.ParametrizationList([],torch.ones(2))",
    "__import__('pickle').dumps(parametrizations.weight_norm(nn.Linear(2,2)))",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refusals_are_pytorchs(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        (found, error), (_, refused) = [attempt(eval, text, names_of(library)) for library in BOTH]
    assert refused is not None
    assert error is not None and refusal(error).replace("tinytorch", "torch") == refusal(refused), found


class Symmetric:
    """A parametrization of one's own in either library, with the way back if asked for."""

    def __new__(cls, library, back):
        class Symmetric(library.nn.Module):
            def forward(self, X):
                return X.triu() + X.triu(1).T

        Symmetric.right_inverse = lambda self, A: A.triu()
        if not back:
            del Symmetric.right_inverse
        return Symmetric()


@pytest.mark.parametrize("back", [False, True])
def test_a_parametrization_of_ones_own_goes_both_ways(back):
    found = []
    for library in BOTH:
        library.manual_seed(0)
        parametrize = library.nn.utils.parametrize
        layer = parametrize.register_parametrization(library.nn.Linear(3, 3), "weight", Symmetric(library, back))
        first = layer.weight
        if back:
            layer.weight = library.ones(3, 3)
        with parametrize.cached():
            assert layer.weight is layer.weight
        assert layer.weight is not layer.weight
        found.append([first, layer.weight, *layer.state_dict().values(), parametrize.is_parametrized(layer, "bias")])
    assert list(unlike(found[0], found[1])) == []


def test_the_state_of_the_older_weight_norm_is_loaded():
    found = []
    for library in BOTH:
        library.manual_seed(0)
        with pytest.warns(FutureWarning, match="is deprecated in favor of"):
            old = library.nn.utils.weight_norm(library.nn.Linear(2, 2))
        new = library.nn.utils.parametrizations.weight_norm(library.nn.Linear(2, 2))
        new.load_state_dict(old.state_dict())
        found.append([new.weight, old.weight])
    assert list(unlike(found[0], found[1])) == []
