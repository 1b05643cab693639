"""What is asked of devices, backends and settings on a machine without a GPU: the same answers, or refusals."""

import importlib
import warnings

import pytest
import torch

import tinytorch

ROOMS = ("accelerator", "amp", "backends", "cpu", "mps", "mtia", "utils.deterministic", "xpu")
EXPRESSIONS = r"""
torch.cuda.memory_stats()
torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated(), torch.cuda.memory_reserved()
torch.cuda.max_memory_reserved(), torch.cuda.memory_cached(), torch.cuda.max_memory_cached()
torch.cuda.get_arch_list(), torch.cuda.get_gencode_flags(), torch.cuda.is_tf32_supported(), torch.cuda.has_half
torch.cuda.default_generators, torch.cuda.get_rng_state_all(), torch.cuda.host_memory_stats()
torch.cuda.empty_cache(), torch.cuda.manual_seed_all(3), torch.cuda.seed()
torch.cuda.device_count(), torch.cuda.is_available(), torch.cuda.is_initialized(), torch.cuda.is_bf16_supported()
torch.cuda.stream(None).__enter__()
torch.cuda.nvtx.range_push('a')
torch.cuda.nvtx.range('a').__enter__()
torch.cuda.amp.GradScaler().is_enabled()
torch.cuda.amp.amp_definitely_not_available()
torch.cuda.other
torch.cuda.OutOfMemoryError.__mro__[1]
torch.accelerator.current_accelerator(), torch.accelerator.is_available(), torch.accelerator.device_count()
torch.accelerator.synchronize()
torch.accelerator.memory_allocated()
torch.accelerator.set_device_index(0)
torch.accelerator.device_index(None).__enter__()
torch.mps.synchronize()
torch.mps.empty_cache()
torch.mps.manual_seed(1), torch.mps.device_count(), torch.mps.is_available()
torch.xpu.synchronize()
torch.xpu.get_device_properties()
torch.xpu.manual_seed(1), torch.xpu.empty_cache(), torch.xpu.is_available(), torch.xpu.memory_allocated()
torch.mtia.synchronize()
torch.mtia.is_available(), torch.mtia.device_count()
torch.cpu.current_device(), torch.cpu.is_available(), torch.cpu.synchronize(), torch.cpu.device_count()
torch.cpu.set_device(0), torch.cpu.is_initialized()
torch.cpu.other
torch.backends.cudnn.enabled, torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic
torch.backends.cudnn.is_available(), torch.backends.cudnn.version(), torch.backends.cudnn.allow_tf32
torch.backends.cudnn.is_acceptable(torch.ones(2))
setattr(torch.backends.cudnn, 'benchmark', 3)
setattr(torch.backends.cudnn, 'enabled', None)
setattr(torch.backends.cudnn, 'allow_tf32', 1)
setattr(torch.backends.cudnn, 'fp32_precision', 'x')
setattr(torch.backends.cuda.matmul, 'allow_tf32', 1)
setattr(torch.backends.cuda.matmul, 'other', 1)
torch.backends.cuda.matmul.other
setattr(torch.backends.cuda.matmul, 'allow_fp16_reduced_precision_reduction', 3)
torch.backends.cuda.matmul.allow_tf32, torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction
torch.backends.cuda.is_built(), torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.math_sdp_enabled()
torch.backends.cuda.enable_math_sdp(3)
torch.backends.cuda.enable_flash_sdp(3)
torch.backends.cuda.enable_mem_efficient_sdp(3)
torch.backends.mps.is_available(), torch.backends.mps.is_built()
torch.backends.mps.is_macos13_or_newer()
torch.backends.opt_einsum.is_available(), torch.backends.opt_einsum.enabled, torch.backends.opt_einsum.strategy
setattr(torch.backends.quantized, 'engine', 'other')
setattr(torch.backends.quantized, 'supported_engines', [])
setattr(torch.backends.mkldnn, 'enabled', 3)
torch.backends.mha.get_fastpath_enabled()
torch.backends.cpu.get_cpu_capability()
torch.is_autocast_enabled(), torch.is_autocast_enabled('cpu'), torch.is_autocast_cache_enabled()
torch.is_autocast_enabled('other')
torch.is_autocast_enabled('meta')
torch.is_autocast_enabled(3)
torch.get_autocast_dtype('meta')
torch.get_autocast_dtype('cpu'), torch.get_autocast_dtype('cuda'), torch.get_autocast_dtype('mps')
torch.set_autocast_dtype('cpu', 3)
torch.set_autocast_enabled('cpu', 3)
torch.set_autocast_enabled(3)
torch.set_autocast_cache_enabled(3)
[torch.amp.is_autocast_available(each) for each in ('cpu', 'cuda', 'mps', 'xpu', 'meta', 'hpu', 'lazy')]
torch.autocast('meta')
torch.autocast(3)
torch.autocast('cpu')(3)
torch.autocast('cpu', dtype=torch.float32)._enabled, torch.autocast('cuda')._enabled
torch.device('mps'), torch.device('xpu:1'), torch.device('hpu').type
torch.device('other')
torch.set_num_threads(1.5)
torch.set_num_threads(0)
torch.set_num_interop_threads(0)
torch.set_default_dtype(torch.int32)
torch.set_default_dtype(3)
torch.set_default_device('other')
torch.set_float32_matmul_precision(3)
torch.set_float32_matmul_precision('low')
torch.use_deterministic_algorithms(3)
torch.use_deterministic_algorithms(True, warn_only=1)
torch.set_deterministic_debug_mode('x')
torch.set_deterministic_debug_mode(3)
torch.set_flush_denormal(1)
torch.set_warn_always(1)
torch.utils.deterministic.fill_uninitialized_memory
setattr(torch.utils.deterministic, 'fill_uninitialized_memory', 3)
"""


def shown(library, expression):
    """What an expression gives as text, or its refusal, and the warnings without where they come from."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = repr(eval(expression, {"torch": library}))
        except Exception as error:  # whatever it is, it is compared
            found = f"{type(error).__name__}: {error}"
    return found, [(each.category, str(each.message).partition(" (Triggered")[0]) for each in caught]


@pytest.fixture(scope="module", autouse=True)
def rooms_are_open():
    for room in ROOMS:
        importlib.import_module(f"tinytorch.{room}")


@pytest.fixture
def mutable(monkeypatch):
    """PyTorch's databases of operators, imported by other tests, forbid to set flags of its backends; not here."""
    monkeypatch.setitem(torch.backends.flags_frozen.__globals__, "__allow_nonbracketed_mutation_flag", True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what a machine without a GPU answers")
@pytest.mark.parametrize("expression", EXPRESSIONS.strip().splitlines())
def test_the_same_is_answered(expression, mutable):
    assert shown(tinytorch, expression) == shown(torch, expression)


KINDS = ("bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128")
SETTINGS = (
    {}, {"low": 0, "high": 5}, {"low": -3}, {"noncontiguous": True}, {"exclude_zero": True}, {"low": 3, "high": 1},
    {"high": float("nan")}, {"low": 1e30, "high": 1e35}, {"low": -1e39, "high": 1e39}, {"requires_grad": True},
    {"low": 2, "high": 2}, {"low": 0.3, "high": 2.7},
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_tensors_for_tests_are_pytorchs(kind):
    for shape in ((3, 4), (), (7,), ([2, 3],)):
        for settings in SETTINGS:
            made = []
            for library in (tinytorch, torch):
                library.manual_seed(5)
                call = f"torch.testing.make_tensor(*{shape}, dtype=torch.{kind}, device='cpu', **settings)"
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        tensor = eval(call, {"torch": library, "settings": settings})
                        made.append((tuple(tensor.shape), tensor.stride(), tensor.requires_grad, str(tensor.tolist())))
                    except ValueError as error:
                        made.append(str(error))
            assert made[0] == made[1], (shape, settings)
