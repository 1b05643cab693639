"""Pruning under both libraries: masks, names, the stream of random numbers, and what is refused."""

import pytest
import torch
import torch.nn.utils.prune

import tinytorch
import tinytorch.nn.utils.prune
from tests.parity.results import attempt, outcomes, refusal, unlike

BOTH = (tinytorch, torch)
PROGRAMS = [  # with `a` a convolution, `c` a linear layer and `d` an LSTM
    "identity(c,'bias')", "random_unstructured(c,'weight',3)", "random_unstructured(c,'weight',.3)",
    "random_unstructured(c,'weight',0)", "random_unstructured(a,'weight',1.)", "random_unstructured(c,'weight',31)",
    "random_unstructured(c,'weight',1.5)", "random_unstructured(c,'weight',-1)",
    "random_unstructured(c,'weight','a')", "random_unstructured(c,'x',1)", "l1_unstructured(a,'weight',.25)",
    "l1_unstructured(c,'bias',2,importance_scores=torch.arange(5.))",
    "l1_unstructured(c,'bias',2,importance_scores=torch.arange(4.))",
    "random_structured(a,'weight',2,0)", "random_structured(a,'weight',.5,dim=1)",
    "random_structured(c,'bias',1,0)", "random_structured(c,'weight',1,2)", "random_structured(c,'weight',0,1)",
    "random_structured(c,'weight',1,-3)", "ln_structured(a,'weight',.5,2,0)", "ln_structured(a,'weight',1,1,-1)",
    "ln_structured(c,'weight',2,float('inf'),1)", "ln_structured(c,'weight',2,float('-inf'),1)",
    "ln_structured(c,'weight',2,'fro',0)", "ln_structured(c,'weight',9,2,0)", "ln_structured(c,'weight',1,2,-3)",
    "ln_structured(c,'weight',1,2,0,importance_scores=torch.arange(30.).reshape(5,6))",
    "ln_structured(c,'weight',0,2,0)", "custom_from_mask(c,'bias',torch.tensor([0,1,0,1,1]))",
    "custom_from_mask(c,'bias',torch.tensor([0,1]))",
    "global_unstructured([(a,'weight'),(c,'weight')],L1Unstructured,amount=.3)",
    "global_unstructured(((a,'weight'),(c,'bias')),pruning_method=RandomUnstructured,amount=20)",
    "global_unstructured([(a,'weight')],RandomStructured,amount=.3)",
    "global_unstructured(3,L1Unstructured,amount=.3)", "global_unstructured([(a,'weight')],L1Unstructured,3,amount=.3)",
    "global_unstructured([(c,'bias'),(c,'weight')],L1Unstructured,{(c,'bias'):torch.ones(5)*9},amount=12)",
    "(random_unstructured(c,'weight',.3),ln_structured(c,'weight',.3,2,0),l1_unstructured(c,'weight',.5)) and None",
    "(random_structured(a,'weight',.3,0),random_structured(a,'weight',1,0)) and None",
    "(l1_unstructured(c,'weight',.3),global_unstructured([(c,'weight'),(c,'bias')],L1Unstructured,amount=9)) and 1",
    "(l1_unstructured(c,'weight',.3),custom_from_mask(c,'weight',torch.ones(5,6).tril())) and None",
    "(random_unstructured(c,'weight',.3),remove(c,'weight')) and c.weight", "remove(c,'weight')", "is_pruned(m)",
    "l1_unstructured(c,'weight',.3)(torch.ones(2,6))", "l1_unstructured(d,'weight_hh_l0',.3)(torch.ones(2,1,4))",
    "L1Unstructured(2).prune(torch.arange(6.)-3)", "L1Unstructured(2).prune(torch.ones(6),None,torch.arange(6.))",
    "L1Unstructured(2).prune(torch.arange(6.)-3,importance_scores=torch.ones(3))", "len(PruningContainer())",
    "PruningContainer(3)", "BasePruningMethod()", "RandomStructured(1).prune(torch.ones(2,3))",
    "LnStructured(1,2).prune(torch.ones(2,3).cumsum(1))", "L1Unstructured.apply(c,'weight',2).amount",
    "RandomUnstructured", "Identity.apply(c,'bias').PRUNING_TYPE", "CustomFromMask(torch.ones(2)).mask",
]  # fmt: skip


def run(library, text):
    """The value of a program or its refusal, what it did to the modules, and a random number behind it."""
    library.manual_seed(3)
    parts = [library.nn.Conv2d(2, 4, 3), library.nn.Linear(6, 5), library.nn.LSTM(4, 3, 2)]
    module = library.nn.Sequential(*parts)
    names = dict(zip("acd", parts, strict=True), m=module, torch=library) | vars(library.nn.utils.prune)
    library.manual_seed(5)
    value, error = attempt(eval, text, names)
    value = str(value) if isinstance(value, library.nn.Module | type) else value
    state = list(module.state_dict()), [name for name, _ in module.named_parameters()]
    tensors = [*module.state_dict().values(), library.rand(2)]
    return value, error, (state, library.nn.utils.prune.is_pruned(module)), tensors


@pytest.mark.parametrize("text", PROGRAMS)
def test_pruning_is_pytorchs(text):
    found, expected = [run(library, text) for library in BOTH]
    assert list(outcomes(*found[:2], *expected[:2])) == []
    assert found[2] == expected[2]
    assert list(unlike(found[3], expected[3])) == []


def methods(library):
    """Three methods of a program: one that works, one of no type, and one that has no `dim`."""

    class Every(library.nn.utils.prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            mask = default_mask.clone()
            mask.view(-1)[::2] = 0
            return mask

    odd, channels = [type(kind, (Every,), {"PRUNING_TYPE": kind}) for kind in ("x", "structured")]
    return Every, odd, channels


@pytest.mark.parametrize("second", [0, 1, 2])
def test_methods_of_programs_follow_one_another(second):
    found = []
    for library in BOTH:
        library.manual_seed(3)
        module, kinds = library.nn.Linear(3, 2), methods(library)
        kinds[0].apply(module, "weight")
        _, error = attempt(kinds[second].apply, module, "weight")
        found.append((error and refusal(error), list(module.state_dict()), module.weight_mask.tolist()))
    assert found[0] == found[1]


def test_what_is_pruned_learns_and_is_loaded():
    found = []
    for library in BOTH:
        library.manual_seed(3)
        prune, module = library.nn.utils.prune, library.nn.Linear(3, 2)
        prune.l1_unstructured(module, "weight", 0.3)
        optimizer = library.optim.SGD(module.parameters(), 0.1)
        module(library.ones(2, 3)).sum().backward()
        optimizer.step()
        again = prune.identity(library.nn.Linear(3, 2), "weight")
        again.load_state_dict(module.state_dict())
        found.append([module.weight_orig.grad, module(library.ones(2, 3)), again(library.ones(2, 3))])
    assert list(unlike(*found)) == []
