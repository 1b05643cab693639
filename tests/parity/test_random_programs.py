"""2,000 random programs under tinytorch and PyTorch, and the proof that faults of a library are found by them."""

import collections
import contextlib
import subprocess
import sys
from unittest import mock

import pytest
import torch

import tinytorch
from tests.programs.generate import generate
from tests.programs.refusals import REFUSALS
from tests.programs.run import compare, run
from tests.programs.shrink import report, smallest
from tests.programs.statements import STATEMENTS
from tests.programs.world import RULES

SIZE = 100
Tensor = torch.Tensor


@pytest.mark.parametrize("block", range(20))
def test_random_programs_do_what_pytorch_does(block):
    seeds = range(block * SIZE, (block + 1) * SIZE)
    found = [seed for seed in seeds if differences(generate(seed).text)]
    if found:
        shown = report(generate(found[0]).text, torch, tinytorch)
        pytest.fail(f"{len(found)} of {SIZE} programs differ: {found}; seed {found[0]} shrunk:\n{shown}", pytrace=False)


def differences(text):
    return compare(run(text, torch), run(text, tinytorch))


@contextlib.contextmanager
def planted(name):
    """PyTorch with one fault, in its Tensor if no other owner is named, while a program runs."""
    with contextlib.ExitStack() as stack:
        for place, broken in FAULTS[name].items():
            owner, method = place if isinstance(place, tuple) else (Tensor, place)
            stack.enter_context(mock.patch.object(owner, method, broken))
        yield torch


def forgets_history(self, other, original=Tensor.mul_):
    with torch.no_grad():
        return original(self, other)


class WrongSine(torch.autograd.Function):
    """A sine whose derivative is one part in a million off."""

    @staticmethod
    def forward(context, input):
        context.save_for_backward(input)
        return input.sin()

    @staticmethod
    def backward(context, grad):
        return grad * context.saved_tensors[0].cos() * (1 + 1e-6)


class OnceDifferentiable(torch.autograd.Function):
    """A cosine whose first derivative is right and whose second one is lost."""

    @staticmethod
    def forward(context, input):
        context.save_for_backward(input)
        return input.cos()

    @staticmethod
    def backward(context, grad):
        return grad * -context.saved_tensors[0].detach().sin()


def accepts_leaves(self, other, original=Tensor.add_):
    with torch.set_grad_enabled(not (self.is_leaf and self.requires_grad) and torch.is_grad_enabled()):
        return original(self, other)


def writes_before_it_refuses(self, other, original=Tensor.add_):
    try:
        return original(self, other)
    except RuntimeError:
        self.data.view(-1)[:1].fill_(9.0)
        raise


def counts_twice(self, original=Tensor.zero_):
    return original(original(self))


def counts_no_version(self, other, original=Tensor.copy_):
    if self.requires_grad or (isinstance(other, Tensor) and other.requires_grad):
        return original(self, other)
    original(self.data, other)
    return self


def overwrites(self, retain_graph=None, original=Tensor.backward):
    for tensor in leaves(self):
        tensor.grad = None
    return original(self, retain_graph=retain_graph)


def never_materialized(*arguments, original=torch.autograd.grad, **options):
    if options.pop("materialize_grads", False):
        options["allow_unused"] = True
    return original(*arguments, **options)


def without_graph(*arguments, original=torch.autograd.grad, **options):
    return tuple(found if found is None else found.detach() for found in original(*arguments, **options))


def keeps_graph(self, gradient=None, retain_graph=None, create_graph=False, inputs=None, original=Tensor.backward):
    return original(self, gradient, True, create_graph, inputs)


def for_all_leaves(self, gradient=None, retain_graph=None, create_graph=False, inputs=None, original=Tensor.backward):
    return original(self, gradient, retain_graph, create_graph)


def asks_in_vain(self, hook, original=Tensor.register_hook):
    return original(self, lambda grad: (hook(grad), None)[1])


def writes_behind(self, mask, value, original=Tensor.masked_fill_):
    if self.requires_grad or (isinstance(value, Tensor) and value.requires_grad):
        return original(self, mask, value)
    original(self.data, mask, value)
    return self


def without_gradient(self, memo, original=Tensor.__deepcopy__):
    made = original(self, memo)
    made.grad = None
    return made


def leaves(tensor):
    waiting, seen = [tensor.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting.extend(edge for edge, _ in node.next_functions)
            if hasattr(node, "variable"):
                yield node.variable


FAULTS = {
    "mul_ forgets the history": {"mul_": forgets_history},
    "the derivative of sin is slightly wrong": {"sin": lambda self: WrongSine.apply(self)},
    "cos has no second derivative": {"cos": lambda self: OnceDifferentiable.apply(self)},
    "add_ accepts leaves": {"add_": accepts_leaves},
    "add_ writes before it refuses": {"add_": writes_before_it_refuses},
    "zero_ counts two versions": {"zero_": counts_twice},
    "copy_ counts no version": {"copy_": counts_no_version},
    "detach copies": {"detach": lambda self, original=Tensor.detach: original(self).clone()},
    "transpose copies": {"transpose": lambda self, *dims, original=Tensor.transpose: original(self, *dims).clone()},
    "clone makes dense": {"clone": lambda self, original=Tensor.clone: original(self.contiguous())},
    "view accepts all strides": {"view": lambda self, *shape: self.reshape(*shape)},
    "exp keeps a copy": {"exp": lambda self, original=Tensor.exp: original(self).clone()},
    "unbind gives single views": {
        "unbind": lambda self, dim=0: tuple(self.select(dim, place) for place in range(self.shape[dim]))
    },
    "relu passes the gradient at zero": {"relu": lambda self: self.clamp(min=0)},
    "backward overwrites the gradient": {"backward": overwrites},
    "detach_ is ignored": {"detach_": lambda self: self},
    "retain_grad is ignored": {"retain_grad": lambda self: None},
    "requires_grad_ is ignored": {"requires_grad_": lambda self, flag=True: self},
    "a hook is dropped": {
        "register_hook": lambda self, hook, original=Tensor.register_hook: original(self, lambda grad: None)
    },
    "a hook replaces nothing": {"register_hook": asks_in_vain},
    "a hook cannot be removed": {(torch.utils.hooks.RemovableHandle, "remove"): lambda self: None},
    "a hook after accumulation is dropped": {"register_post_accumulate_grad_hook": lambda self, hook: None},
    "materialize_grads is ignored": {(torch.autograd, "grad"): never_materialized},
    "create_graph is ignored": {(torch.autograd, "grad"): without_graph},
    "backward keeps its graph": {"backward": keeps_graph},
    "backward ignores its inputs": {"backward": for_all_leaves},
    "masked_fill_ counts no version": {"masked_fill_": writes_behind},
    "index_put_ does not accumulate": {
        "index_put_": lambda self, key, values, accumulate=False, original=Tensor.index_put_: original(
            self, key, values
        )
    },
    "split gives single views": {
        "split": lambda self, *sizes, original=Tensor.split, **named: tuple(
            self.as_strided(part.shape, part.stride(), part.storage_offset())
            for part in original(self.detach(), *sizes, **named)
        )
    },
    "unfold copies": {"unfold": lambda self, *sizes, original=Tensor.unfold: original(self, *sizes).clone()},
    "conj does nothing": {"conj": lambda self: self},
    "the real part is a copy": {"real": property(lambda self: torch.real(self).clone())},
    "contiguous always copies": {"contiguous": lambda self: self.clone(memory_format=torch.contiguous_format)},
    "a deep copy has no gradient": {"__deepcopy__": without_gradient},
    "set_grad_enabled is ignored": {(torch, "set_grad_enabled"): lambda mode: contextlib.nullcontext()},
}


def differences_by(name, text):
    """Where PyTorch with the fault differs from PyTorch; the names of grad_fn do not count."""
    expected = run(text, torch)
    with planted(name) as subject:
        return compare(expected, run(text, subject), names=False)


def seed_that_finds(name, limit=500):
    return next((seed for seed in range(limit) if differences_by(name, generate(seed).text)), None)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_within_500_programs(name):
    assert seed_that_finds(name) is not None


def test_a_difference_is_shrunk_to_the_lines_that_show_it():
    name = "zero_ counts two versions"
    text = smallest(generate(seed_that_finds(name)).text, lambda text: differences_by(name, text))
    lines = text.splitlines()
    assert differences_by(name, text)
    assert "zero_" in lines[-1]
    for place in range(len(lines)):
        assert not differences_by(name, "\n".join(lines[:place] + lines[place + 1 :]))


@pytest.fixture(scope="module")
def sample():
    """For each of 1,000 programs the pairs of (kind, step) under PyTorch."""
    programs = [generate(seed) for seed in range(1000)]
    return [list(zip(program.kinds, run(program.text, torch).steps, strict=True)) for program in programs]


def test_pytorch_agrees_with_itself():
    texts = [generate(seed).text for seed in range(100)]
    assert not any(compare(run(text, torch), run(text, torch)) for text in texts)


def test_every_kind_of_statement_occurs(sample):
    seen = {kind for program in sample for kind, _ in program}
    assert {function.__name__ for function in STATEMENTS + REFUSALS} <= seen


def test_most_programs_reach_their_derivatives(sample):
    reached = collections.Counter()
    for program in sample:
        valid = {kind for kind, step in program if not step.error}
        reached["first"] += bool(valid & {"grad with a graph", "grad", "backward"})
        reached["second"] += "second derivative" in valid
    assert reached["first"] > 900
    assert reached["second"] > 800


def test_a_few_statements_are_refused_and_each_refusal_has_a_kind(sample):
    steps = [step for program in sample for _, step in program]
    refused = [step for step in steps if step.error]
    assert 0.03 < len(refused) / len(steps) < 0.1
    kinds = collections.Counter(step.error[1] for step in refused)
    assert not [kind for kind in kinds if kind.startswith("unclassified")]
    assert len(kinds) >= 30
    assert kinds["undefined name"] < len(refused) / 8  # what only follows from another refusal


def test_the_statements_of_each_kind_are_mostly_valid(sample):
    seen, valid = collections.Counter(), collections.Counter()
    for program in sample:
        seen.update(kind for kind, _ in program)
        valid.update(kind for kind, step in program if not step.error)
    kinds = {function.__name__ for function in STATEMENTS}
    assert not [kind for kind in kinds if valid[kind] < 0.9 * seen[kind]]


def test_no_statement_that_is_meant_to_be_refused_is_valid(sample):
    planned = {function.__name__ for function in REFUSALS}
    valid = collections.Counter(
        kind for program in sample for kind, step in program if kind in planned and not step.error
    )
    assert not valid


def with_and_without_a_look(before, after, name):
    """The requires_grad of `name` after both texts, when its grad_fn is looked at between them and when it is not."""
    flags = []
    for between in (f"{name}.grad_fn\n", ""):
        outcome = run(before + between + after, torch)
        flags.append(outcome.final[name][0])
    return flags


def test_pytorch_crashes_where_a_hook_is_put_on_a_stale_view_that_nobody_looked_at():
    lines = "a = torch.ones(2, requires_grad=True)\nb = a[:1]\nwith torch.no_grad(): a.mul_(2.0)\n"
    assert run(lines + "b.grad_fn; b.register_hook(print)\n", torch).steps[-1].error is None
    program = f"import torch\n{lines}b.register_hook(print)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode < 0


def test_rule_memory_that_is_read_and_written_is_refused_only_when_it_is_dense():
    text = "a = torch.arange(6.0)\na[1:].add_(a[:-1])\na[2::2].add_(a[:4:2])\n"
    _, dense, strided = run(text, torch).steps
    assert dense.error == ("RuntimeError", "overlapping memory")
    assert strided.error is None


def test_rule_requires_grad_beside_a_view_leaves_the_view_without_history():
    final = run("a = torch.zeros(3)\nb = a[:2]\na.requires_grad_()\n", torch).final
    assert final["b"] == (True, True, None, None)


def test_rule_requires_grad_on_a_kept_tensor_changes_what_a_second_derivative_reaches():
    def second_derivative(flag_afterwards):
        a, b = torch.ones(2, requires_grad=True), torch.ones(2)
        product = a * b
        if flag_afterwards:
            b.requires_grad_()
        (first,) = torch.autograd.grad(product.sum(), a, create_graph=True)
        return first.requires_grad

    assert second_derivative(True) and not second_derivative(False)


def test_data_replaced_on_a_kept_tensor_changes_what_a_derivative_computes_with():
    text = "a = torch.ones(2, requires_grad=True)\nb = a.exp().sin()\na.data = torch.zeros(2)\nb.sum().backward()\n"
    kept = "a = torch.ones(2, requires_grad=True)\nb = a.sin()\na.data = torch.zeros(2)\nb.sum().backward()\n"
    assert run(kept, torch).final["a"][3][1] == [1.0, 1.0]
    assert run(text, torch).final["a"][3][1] != [1.0, 1.0]


def test_rule_requires_grad_false_beside_a_view_leaves_a_history_that_leads_nowhere():
    text = "a = torch.zeros(3, requires_grad=True)\nb = a[:2]\na.requires_grad_(False)\na.mul_(2.0)\n"
    final = run(text, torch).final
    assert final["a"][:3] == (False, True, None)
    assert final["b"][:3] == (True, False, "AsStridedBackward0")


def test_rule_a_view_whose_base_got_its_history_later_counts_as_a_leaf_until_somebody_looks():
    text = "a = torch.zeros(3)\nb = a[:2]\nc = torch.ones(3, requires_grad=True)\na.mul_(c)\n"
    assert run(text + "b.mul_(2.0)\n", torch).steps[-1].error == ("RuntimeError", "write to a leaf")
    assert run(text + "b.grad_fn\nb.mul_(2.0)\n", torch).steps[-1].error is None


def test_rule_detach_beside_a_view_depends_on_who_looked():
    before = "a = torch.zeros(3)\nb = a[:2]\nc = torch.ones(3, requires_grad=True)\na.mul_(c)\n"
    assert with_and_without_a_look(before, "a.detach_()\n", "b") == [True, False]


def test_rule_a_write_after_an_in_place_view_of_a_tensor_that_retains_its_gradient_fails_inside_pytorch():
    text = "a = torch.ones(2, 3, requires_grad=True)\nb = a * 2\nb.retain_grad()\nb.t_()\nb.mul_(2.0)\n"
    assert "INTERNAL ASSERT FAILED" in run(text, torch).steps[-1].error[1]


def test_rule_equal_elements_of_a_power_may_differ():
    def values(count):
        return torch.full((count,), 0.5, dtype=torch.float64).pow(1.5).unique().numel()

    assert [values(count) for count in range(1, 9)] == [1] * 8
    assert values(23) == (1 if torch.backends.cpu.get_cpu_capability() == "DEFAULT" else 2)


def test_pytorch_adds_some_gradients_before_it_refuses_a_backward():
    text = (
        "a = torch.ones(2, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\ns = (b.exp() + a).sum()\n"
        "s.backward()\ns.backward()\n"
    )
    outcome = run(text, torch)
    assert outcome.steps[-1].error == ("RuntimeError", "second backward")
    assert outcome.steps[-2].grads["a"][1] == [1.0, 1.0]
    assert outcome.final["a"][3][1] == [2.0, 2.0]


def test_each_rule_has_its_experiment():
    assert len(RULES) == sum(name.startswith("test_rule_") for name in globals())
