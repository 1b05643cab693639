"""torch.compile: functions and modules run as they are, and look as PyTorch's compiled ones do."""

import copy
import pickle

import pytest

import tinytorch as torch
from tinytorch import _dynamo, compiler
from tinytorch.nn import Linear, Sequential


def test_a_compiled_module_stands_around_the_module():
    model = Linear(2, 1)
    compiled = torch.compile(model)
    assert list(compiled.state_dict()) == ["_orig_mod.weight", "_orig_mod.bias"]
    assert compiled._orig_mod is model and compiled.in_features == 2
    assert repr(compiled) == ("OptimizedModule(\n  (_orig_mod): Linear(in_features=2, out_features=1, bias=True)\n)")
    assert compiled(torch.ones(2)).tolist() == model(torch.ones(2)).tolist()


def test_what_is_set_on_a_compiled_module_is_set_on_the_module():
    model = Linear(2, 1)
    compiled = torch.compile(model)
    compiled.note = 5
    compiled.eval()
    assert model.note == 5 and not model.training and not compiled.training
    del compiled.note
    assert not hasattr(model, "note")
    compiled._orig_mod = other = Linear(3, 3)
    assert compiled._orig_mod is other and compiled.in_features == 3


def test_a_compiled_module_is_copied_and_pickled():
    compiled = torch.compile(Sequential(Linear(2, 2)))
    for other in (copy.deepcopy(compiled), pickle.loads(pickle.dumps(compiled))):
        assert type(other) is _dynamo.OptimizedModule and len(other) == 1
        assert other(torch.ones(2)).tolist() == compiled(torch.ones(2)).tolist()


def test_a_function_is_compiled_with_and_without_brackets():
    @torch.compile
    def one(x):
        "documented"
        return x + 1

    @torch.compile(mode="reduce-overhead", dynamic=True, fullgraph=True)
    def two(x):
        return x + 2

    assert (one(1), two(1), one.__name__, one.__doc__) == (2, 3, "one", "documented")
    assert torch.compile(two, disable=True) is two


def test_settings_that_pytorch_does_not_know_are_refused():
    with pytest.raises(RuntimeError, match="Unrecognized mode=fast, should be one of: default, lite, reduce-overhead"):
        torch.compile(abs, mode="fast")
    with pytest.raises(_dynamo.exc.InvalidBackend, match="Invalid backend: 'own'"):
        torch.compile(abs, backend="own")
    with pytest.raises(RuntimeError, match="Either mode or options can be specified"):
        torch.compile(abs, mode="default", options={})
    with pytest.raises(AssertionError, match="A callable function is expected"):
        torch.compile(3)
    with pytest.raises(RuntimeError, match="Unrecognized mode"):
        Linear(1, 1).compile(mode="fast")
    with pytest.raises(RuntimeError, match=r"invalid torch\.compile stance"):
        compiler.set_stance("often")


def test_a_backend_of_the_program_s_own_is_refused_as_it_wants_a_graph():
    with pytest.raises(NotImplementedError, match="tinytorch has no graphs of programs"):
        torch.compile(abs, backend=lambda graph, inputs: graph.forward)


def test_marks_and_settings_are_taken():
    from tinytorch import _inductor

    _dynamo.config.suppress_errors = True
    _dynamo.config.suppress_errors = False
    _inductor.config.coordinate_descent_tuning = True
    _inductor.config.triton.unique_kernel_names = True
    compiler.cudagraph_mark_step_begin()
    _dynamo.reset()
    _dynamo.mark_dynamic(torch.ones(2), 0)
    with compiler.set_stance("force_eager"):
        assert not compiler.is_compiling()

    @compiler.disable
    def function():
        return 1

    assert function() == 1 and compiler.allow_in_graph(function) is function
