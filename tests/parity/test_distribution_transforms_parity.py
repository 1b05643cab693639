"""Transforms and constraints of distributions against PyTorch's: values, inverses, jacobians, shapes, refusals."""

import pytest
import torch

import tinytorch
import tinytorch.distributions
from tests.parity.test_distributions_parity import outcome, same

# fmt: off
TRANSFORMS = (
    'AbsTransform()',
    'AffineTransform(1.0,-2.0)',
    'AffineTransform(torch.tensor([1.,2.,3.]),torch.tensor([2.,-1.,.5]),event_dim=1)',
    'AffineTransform(1.0,2.0,event_dim=2)',
    'ExpTransform()',
    'PowerTransform(2.0)',
    'PowerTransform(torch.tensor([.5,2.,3.]))',
    'SigmoidTransform()',
    'SoftplusTransform()',
    'TanhTransform()',
    'SoftmaxTransform()',
    'StickBreakingTransform()',
    'CorrCholeskyTransform()',
    'LowerCholeskyTransform()',
    'PositiveDefiniteTransform()',
    'CatTransform([ExpTransform(),SigmoidTransform()],dim=-1,lengths=[1,2])',
    'CatTransform([ExpTransform(),TanhTransform(),AbsTransform()],dim=0)',
    'StackTransform([ExpTransform(),SigmoidTransform(),ExpTransform().inv],dim=-1)',
    'StackTransform([ExpTransform(),ExpTransform(),AffineTransform(0.,1.)],dim=1)',
    'ComposeTransform([])',
    'ComposeTransform([ExpTransform(),AffineTransform(1.,2.)])',
    'ComposeTransform([AffineTransform(1.,2.),StickBreakingTransform()])',
    'ComposeTransform([StickBreakingTransform(),StickBreakingTransform().inv,ExpTransform()])',
    'IndependentTransform(ExpTransform(),1)',
    'IndependentTransform(ExpTransform(),2)',
    'ReshapeTransform((3,3),(9,))',
    'ReshapeTransform((3,),(3,1))',
    'CumulativeDistributionTransform(d.Normal(0.,2.))',
    'CatTransform([ExpTransform()],lengths=[1,2])',
    'ReshapeTransform((3,),(2,))',
    'ExpTransform(cache_size=2)',
    'CatTransform([3])',
    'StackTransform([3])',
    'identity_transform',
)
OF_TRANSFORMS = (
    'repr(t)',
    'repr(t.inv)',
    '(repr(t.domain),repr(t.codomain))',
    't.event_dim',
    't.bijective',
    't.sign',
    '(t==t, t==t.inv, t!=t.inv, t==t.with_cache(), t.inv.inv is t)',
    't(x)',
    't.inv(t(x))',
    't.log_abs_det_jacobian(x,t(x))',
    't.inv.log_abs_det_jacobian(t(x),x)',
    't.forward_shape(x.shape)',
    't.inverse_shape(t(x).shape)',
    '(lambda u: (u.inv(u(x)) is x, u(x) is u(x)))(t.with_cache(1))',
    't(torch.tensor([0.1,.2,.3]))',
    't(torch.tensor(0.3))',
    't.forward_shape(torch.Size([]))',
    't.inverse_shape(torch.Size([2,4]))',
    't.forward_shape(torch.Size([2,4]))',
)
CONSTRAINTS = (
    'real',
    'real_vector',
    'boolean',
    'one_hot',
    'nonnegative_integer',
    'positive_integer',
    'integer_interval(0,3)',
    'positive',
    'nonnegative',
    'greater_than(1.)',
    'greater_than_eq(1.)',
    'less_than(1.)',
    'multinomial(3)',
    'unit_interval',
    'interval(0.,torch.tensor([1.,2.,3.]))',
    'half_open_interval(0.,1.)',
    'simplex',
    'lower_triangular',
    'lower_cholesky',
    'corr_cholesky',
    'square',
    'symmetric',
    'positive_semidefinite',
    'positive_definite',
    'cat([constraints.real,constraints.positive],-1,[1,2])',
    'stack([constraints.real,constraints.positive,constraints.unit_interval],-1)',
    'independent(constraints.positive,1)',
    'dependent',
    'MixtureSameFamilyConstraint(constraints.positive)',
    'dependent(event_dim=1)',
    'cat([3])',
)
VALUES = (
    'torch.tensor([0.,1.,0.])',
    'torch.tensor([[1.,0.,0.],[0.,2.,0.],[.5,0.,1.]])',
    'torch.eye(3)',
    "torch.tensor([-1.,2.,float('nan')])",
    'torch.tensor([[.2,.3,.5],[1.,2.,-1.]])',
    'torch.tensor([[2.,1.,0.],[1.,2.,0.],[0.,0.,0.]])',
    'torch.tensor([3,0,1])',
    'torch.tensor(0.5)',
    'torch.ones(2,3)',
)
OF_CONSTRAINTS = (
    'repr(c)',
    'c.is_discrete',
    'c.event_dim',
    'repr(d.biject_to(c))',
    'repr(d.transform_to(c))',
    'd.biject_to(c)(torch.tensor([[.1,.2,.3]]*3))',
    'd.transform_to(c)(torch.tensor([[.1,.2,.3]]*3))',
    'c.check(d.transform_to(c)(torch.tensor([[.1,.2,.3]]*3)))',
)
# fmt: on


def compare(name, made, question):
    """Ask one question about what an expression makes, in PyTorch and here."""
    theirs, ours = [outcome(answered, library, name, made, question) for library in (torch, tinytorch)]
    same(ours, theirs)


def answered(library, name, made, question):
    """The answer of one library."""
    d = library.distributions
    tools = {"torch": library, "d": d, "constraints": d.constraints}
    tools |= {each: getattr(d.transforms, each) for each in d.transforms.__all__}
    tools["x"] = library.tensor([[0.1, -0.2, 0.3], [0.5, 1.0, -1.0], [2.0, 0.7, 0.4]])
    tools[name] = eval(made, tools)
    return eval(question, tools)


@pytest.mark.parametrize("made", TRANSFORMS)
def test_a_transform_is_the_same(made):
    for question in OF_TRANSFORMS:
        compare("t", made, question)


@pytest.mark.parametrize("made", CONSTRAINTS)
def test_a_constraint_is_the_same(made):
    for question in (*OF_CONSTRAINTS, *[f"c.check({value})" for value in VALUES]):
        compare("c", f"constraints.{made}", question)
