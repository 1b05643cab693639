"""torch.backends: settings take what PyTorch's take, and questions are answered truthfully."""

import sys
import types

import pytest

import tinytorch as torch
from tinytorch import backends
from tinytorch.ops.einsum import Order, package


def test_settings_of_cudnn_are_noted_and_refuse_what_is_no_bool():
    before = backends.cudnn.benchmark
    try:
        backends.cudnn.benchmark = True
        assert backends.cudnn.benchmark is True
        with pytest.raises(RuntimeError, match="set_benchmark_cudnn expects a bool, but got int"):
            backends.cudnn.benchmark = 3
    finally:
        backends.cudnn.benchmark = before
    with backends.cudnn.flags(enabled=False, deterministic=True):
        assert (backends.cudnn.enabled, backends.cudnn.deterministic) == (False, True)
    assert (backends.cudnn.enabled, backends.cudnn.deterministic) == (True, False)
    assert not backends.cudnn.is_available() and backends.cudnn.version() is None


def test_the_precision_of_products_has_two_names():
    matmul = backends.cuda.matmul
    try:
        matmul.allow_tf32 = True
        assert torch.get_float32_matmul_precision() == "high"
        torch.set_float32_matmul_precision("highest")
        assert matmul.allow_tf32 is False
    finally:
        torch.set_float32_matmul_precision("highest")
    with pytest.raises(AttributeError, match="Unknown attribute other"):
        matmul.other = 1
    with pytest.raises(RuntimeError, match="set_allow_tf32_cublas expects a bool, but got int"):
        matmul.allow_tf32 = 1


def test_ways_to_attention_can_be_allowed_for_a_block():
    with pytest.warns(FutureWarning, match=r"`torch.backends.cuda.sdp_kernel\(\)` is deprecated"):
        block = backends.cuda.sdp_kernel(enable_flash=False, enable_mem_efficient=False)
        block.__enter__()
    assert not backends.cuda.flash_sdp_enabled() and backends.cuda.math_sdp_enabled()
    block.__exit__(None, None, None)
    assert backends.cuda.flash_sdp_enabled()
    backends.cuda.enable_flash_sdp(False)
    assert not backends.cuda.flash_sdp_enabled()
    backends.cuda.enable_flash_sdp(True)


def test_engines_and_packages_that_are_not_there_are_refused():
    with pytest.raises(RuntimeError, match="quantized engine QNNPACK is not supported"):
        backends.quantized.engine = "qnnpack"
    with pytest.raises(RuntimeError, match="other is not a valid value for quantized engine"):
        backends.quantized.engine = "other"
    if not backends.opt_einsum.is_available():
        with pytest.raises(ValueError, match="opt_einsum is not available, so setting `enabled` to True"):
            backends.opt_einsum.set_flags(True)


@pytest.fixture
def asked(monkeypatch):
    """What a package opt_einsum that takes the last two tensors first was asked."""
    calls = []

    def contract_path(equation, *operands, optimize):
        calls.append((equation, [tuple(each.shape) for each in operands], optimize))
        return [(1, 2), (0, 1)], "a report"

    package.cache_clear()
    monkeypatch.setitem(sys.modules, "opt_einsum", types.SimpleNamespace(contract_path=contract_path))
    monkeypatch.setattr(Order, "enabled", True)
    monkeypatch.setattr(Order, "strategy", "auto")
    yield calls
    package.cache_clear()


def test_einsum_asks_opt_einsum_for_the_order_of_three_tensors(asked):
    a, b, c = torch.arange(6.0).view(2, 3), torch.arange(12.0).view(3, 4), torch.arange(8.0).view(4, 2)
    found = torch.einsum("ij,jk,kl->il", a, b, c)
    assert torch.equal(found, a @ b @ c) and asked == [("ij,jk,kl->il", [(2, 3), (3, 4), (4, 2)], "auto")]
    assert torch.equal(torch.einsum("ij,jk", a, b), a @ b) and len(asked) == 1


def test_programs_say_whether_and_how_opt_einsum_is_asked(asked, monkeypatch):
    monkeypatch.setattr(backends.opt_einsum, "strategy", "auto-hq")
    monkeypatch.setattr(backends.opt_einsum, "enabled", True)
    x = torch.ones(2, 2)
    torch.einsum("ij,jk,kl", x, x, x)
    assert asked[0][2] == "auto-hq"
    with backends.opt_einsum.flags(strategy="greedy"):
        torch.einsum("ij,jk,kl", x, x, x)
    with backends.opt_einsum.flags(enabled=False):
        torch.einsum("ij,jk,kl", x, x, x)
        with pytest.raises(ValueError, match="opt_einsum is not enabled, so setting a `strategy` to optimal"):
            backends.opt_einsum.set_flags(None, "optimal")
    assert [each[2] for each in asked] == ["auto-hq", "greedy"] and backends.opt_einsum.strategy == "auto-hq"
    with pytest.raises(ValueError, match="must be one of the following"):
        backends.opt_einsum.set_flags(None, "other")


def test_questions_are_answered():
    assert not backends.mps.is_available() and not backends.mps.is_built()
    assert not backends.mkldnn.is_available() and not backends.openmp.is_available()
    assert backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2", "AVX512", "VSX", "Z VECTOR")
    assert isinstance(backends.mkl.is_available(), bool)
