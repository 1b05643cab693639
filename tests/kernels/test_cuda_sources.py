"""The CUDA sources compile: NVRTC needs neither a GPU nor a driver."""

import importlib
import pkgutil

import pytest

import tinytorch.devices.atomics
import tinytorch.kernels.cuda
from tinytorch.kernels.cuda import source

nvrtc = pytest.importorskip("cuda.bindings.nvrtc", reason="the CUDA compiler is not installed (no build for macOS)")

for module in pkgutil.iter_modules(tinytorch.kernels.cuda.__path__):
    importlib.import_module(f"tinytorch.kernels.cuda.{module.name}")  # each adds its sources


def compiler_log(text):
    """What NVRTC complains of; empty when the source compiles for an H100 without a warning."""
    error, program = nvrtc.nvrtcCreateProgram(text.encode(), b"kernel.cu", 0, [], [])
    assert error == nvrtc.nvrtcResult.NVRTC_SUCCESS
    options = [option.encode() for option in (*source.OPTIONS, "--gpu-architecture=sm_90")]
    (error,) = nvrtc.nvrtcCompileProgram(program, len(options), options)
    _, size = nvrtc.nvrtcGetProgramLogSize(program)
    log = b" " * size
    nvrtc.nvrtcGetProgramLog(program, log)
    said = log.decode().strip("\0 \n")
    return said if error == nvrtc.nvrtcResult.NVRTC_SUCCESS else said or str(error)


def machine_code(text):
    """The PTX of a source."""
    _, program = nvrtc.nvrtcCreateProgram(text.encode(), b"kernel.cu", 0, [], [])
    options = [option.encode() for option in (*source.OPTIONS, "--gpu-architecture=compute_90")]
    assert nvrtc.nvrtcCompileProgram(program, len(options), options) == (nvrtc.nvrtcResult.NVRTC_SUCCESS,)
    _, size = nvrtc.nvrtcGetPTXSize(program)
    code = b" " * size
    nvrtc.nvrtcGetPTX(program, code)
    return code.decode()


def test_the_kernels_are_found():
    assert {"sigmoid", "sigmoid_backward", "bias_sigmoid"} <= source.sources.keys()


@pytest.mark.parametrize("name", source.sources)
def test_every_source_compiles_without_a_warning(name):
    assert compiler_log(source.sources[name]) == ""


@pytest.mark.parametrize("name", source.sources)
def test_a_misspelt_source_is_refused(name):
    assert "retrun" in compiler_log(source.sources[name].replace("return", "retrun"))


@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_backward", "bias_sigmoid"])
def test_memory_is_read_and_written_16_bytes_at_a_time(name):
    code = machine_code(source.sources[name])
    for access in ("ld.global.v4.f32", "st.global.v4.f32", "ld.global.v2.f64", "st.global.v2.f64"):
        assert access in code or access.replace(".f", ".b") in code, access


def test_a_kernel_that_goes_element_by_element_fails_the_same_check():
    code = machine_code(source.sources["sigmoid"].replace("alignas(16)", "").replace("16 / sizeof(T)", "1"))
    assert ".v4." not in code
