"""Every public function of torch, its functional rooms and Tensor that tinytorch has not, with the reason."""

import fnmatch
import inspect
import types
import warnings

import pytest
import torch

import tinytorch

REASONS = {  # patterns of names
    "they copy and resize parts of sparse tensors, which hardly any program does": (
        "*sparse* *indices_copy values_copy hsmm"
    ),
    "there are no quantized tensors, nor code for one maker's 8-bit arithmetic": (
        "*quant* *_qparams_* q_* qscheme int_repr dequantize fbgemm_* scaled_mm scaled_grouped_mm grouped_mm"
    ),
    "there are no nested tensors": "to_padded_tensor",
    "there is no complex32": "chalf",
    "they are other libraries' kernels, which PyTorch's own functions call": "cudnn_* miopen_* mkldnn_* to_mkldnn",
    "they are steps of batch normalization over several processes": "batch_norm_*",
    "they belong to autocast on other makers' devices": "*autocast_ipu* *autocast_xla*",
    "they belong to the compiler, to tracing and to symbolic sizes": (
        "cond while_loop sym_* parse_* import_ir_module* merge_type_from_type_comment unify_type_list fork "
        "wait classproperty boolean_dispatch assert_int_or_pair get_file_path"
    ),
    "they belong to other formats of files, or to other ways to load": "from_file to_dlpack module_load",
    "they belong to other devices and to their streams": (
        "ipu xpu mtia get_device_module record_stream is_vulkan_available const_data_ptr "
        "profiler_allow_cudagraph_cupti_lazy_reinit_cuda12"
    ),
    "PyTorch has removed them and only says so": (
        "eig symeig solve lstsq matrix_rank resize resize_as reinforce Optional index"
    ),
    "they are set-up of PyTorch's own": (
        "compiled_with_cxx11_abi init_num_threads prepare_multiprocessing_environment thread_safe_generator"
    ),
    "there are no data pipes": "argument_validation runtime_validation",
    "they show how a transform sees a tensor, and are for those who look for mistakes in it": "debug_unwrap",
    "it belongs to a language of shapes that there is not yet": "rearrange",
    "they stand in `nn.functional` or `linalg`, under the names that programs use": (
        "binary_cross_entropy_with_logits kl_div frobenius_norm nuclear_norm native_norm norm_except_dim"
    ),
    "hardly any of the programs that were counted uses them": "hash_tensor segment_reduce lobpcg",
}
ROOMS = ("", "nn.functional", "linalg", "fft", "special", "signal.windows", "masked", "func", "autograd.functional",
         "utils.data", "Tensor")  # fmt: skip


def found(library, room):
    """A room of a library."""
    for part in filter(None, room.split(".")):
        library = getattr(library, part)
    return library


def functions(room):
    """The public functions of a room, by name."""
    for name in dir(room):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = getattr(room, name, None)
        other = inspect.isclass(value) or isinstance(value, types.ModuleType)
        if callable(value) and not (other or name.startswith("_")):
            yield name


@pytest.mark.parametrize("room", ROOMS)
def test_each_absent_function_has_its_reason(room):
    ours, patterns = found(tinytorch, room), " ".join(REASONS.values()).split()
    absent = [name for name in functions(found(torch, room)) if not hasattr(ours, name)]
    assert [name for name in absent if not any(fnmatch.fnmatchcase(name, each) for each in patterns)] == []


def test_each_reason_is_needed():
    absent = {
        name for room in ROOMS for name in functions(found(torch, room)) if not hasattr(found(tinytorch, room), name)
    }
    patterns = " ".join(REASONS.values()).split()
    assert [each for each in patterns if not fnmatch.filter(absent, each)] == []
