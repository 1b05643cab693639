"""Settings of the whole process, as PyTorch 2.13 answers."""

import pytest

import tinytorch as torch


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


def test_an_assertion_can_be_passed_on():
    torch._assert(True, "unused")
    with pytest.raises(AssertionError, match="said so"):
        torch._assert(False, "said so")
