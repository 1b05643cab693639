"""Settings of the whole process, as PyTorch 2.13 answers."""

import pytest

import tinytorch as torch
from tinytorch import __config__, settings
from tinytorch.utils import collect_env, deterministic


def test_determinism_is_asked_for_by_mode_number_or_name():
    try:
        torch.use_deterministic_algorithms(True, warn_only=True)
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert torch.get_deterministic_debug_mode() == 1
        torch.set_deterministic_debug_mode("error")
        assert torch.get_deterministic_debug_mode() == 2
        with pytest.raises(RuntimeError, match="expected 0, 1, or 2, but got 3"):
            torch.set_deterministic_debug_mode(3)
    finally:
        torch.set_deterministic_debug_mode(0)
    assert not torch.are_deterministic_algorithms_enabled()


def test_the_number_of_threads_is_positive():
    count = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(count)
    with pytest.raises(RuntimeError, match="set_num_threads expects a positive integer"):
        torch.set_num_threads(0)


def test_a_precision_that_is_none_changes_nothing():
    assert torch.get_float32_matmul_precision() == "highest"
    with pytest.warns(UserWarning, match="is not one of 'highest', 'high', or 'medium'"):
        torch.set_float32_matmul_precision("low")
    assert torch.get_float32_matmul_precision() == "highest"


def test_the_version_is_known_and_that_of_cuda_only_with_a_gpu():
    assert torch.version.__version__ == torch.__version__
    assert torch.version.cuda is None or torch.cuda.is_available()
    assert torch.version.hip is None


def test_memory_that_nobody_wrote_is_filled_where_determinism_is_asked_for():
    try:
        torch.use_deterministic_algorithms(True)
        made = [
            torch.empty(2),
            torch.ones(1).new_empty(1),
            torch.empty_like(torch.ones(1)),
            torch.empty_strided([1], [1]),
        ]
        assert all(each.isnan().all() for each in made)
        assert torch.empty(1, dtype=torch.int32).item() == 2**31 - 1
        assert torch.empty(1, dtype=torch.bool).item() is True
        assert torch.ones(1).resize_(2).isnan().tolist() == [False, True]
        deterministic.fill_uninitialized_memory = False
        assert deterministic.fill_uninitialized_memory is False
        with pytest.raises(RuntimeError, match="expected a bool, but got int"):
            deterministic.fill_uninitialized_memory = 3
    finally:
        deterministic.fill_uninitialized_memory = True
        torch.use_deterministic_algorithms(False)


def test_settings_refuse_what_is_of_another_type():
    with pytest.raises(TypeError, match=r"argument 'mode' \(position 1\) must be bool, not int"):
        torch.use_deterministic_algorithms(1)
    with pytest.raises(TypeError, match="argument 'warn_only' must be bool, not int"):
        torch.use_deterministic_algorithms(True, warn_only=1)
    with pytest.raises(TypeError, match="invalid dtype object: only floating-point types are supported"):
        torch.set_default_dtype("float32")


def test_the_number_of_threads_side_by_side_is_set_once(monkeypatch):
    monkeypatch.setattr(settings.Settings, "interop_threads", None)
    torch.set_num_interop_threads(3)
    assert torch.get_num_interop_threads() == 3
    with pytest.raises(RuntimeError, match="cannot set number of interop threads after parallel work has started"):
        torch.set_num_interop_threads(3)


def test_the_library_says_of_what_it_is_made():
    shown = __config__.show()
    assert f"tinytorch {torch.__version__}" in shown and "numpy" in shown and "BLAS" in shown
    assert f"torch.get_num_threads() : {torch.get_num_threads()}" in __config__.parallel_info()
    facts = collect_env.get_env_info()
    assert facts.is_cuda_available == torch.cuda.is_available()
    assert facts.python_version in collect_env.get_pretty_env_info()


def test_an_assertion_of_a_tensor_is_a_runtime_error():
    torch._assert_async(torch.ones(1))
    with pytest.raises(RuntimeError, match="Expected Tensor with single nonzero value, but got zero"):
        torch._assert_async(torch.zeros(()))
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value is ambiguous"):
        torch._assert_async(torch.ones(2))


def test_an_assertion_can_be_passed_on():
    torch._assert(True, "unused")
    with pytest.raises(AssertionError, match="said so"):
        torch._assert(False, "said so")
