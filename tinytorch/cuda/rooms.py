"""What else there is under `torch.cuda`: rooms that are imported when somebody looks, and the names of theirs."""

import importlib
import sys

ROOMS = ("amp", "comm", "graphs", "memory", "nccl", "nvtx", "profiler", "random", "streams")
NAMES = {  # room -> the names of it that stand in `torch.cuda` itself
    "memory": (
        "caching_allocator_alloc caching_allocator_delete caching_allocator_enable change_current_allocator "
        "get_allocator_backend get_per_process_memory_fraction host_memory_stats list_gpu_processes max_memory_cached "
        "max_memory_reserved memory_cached memory_snapshot memory_stats memory_stats_as_nested_dict memory_summary "
        "reset_accumulated_memory_stats reset_max_memory_allocated reset_max_memory_cached "
        "set_per_process_memory_fraction MemPool OutOfMemoryError use_mem_pool"
    ),
    "graphs": "CUDAGraph graph graph_pool_handle is_current_stream_capturing make_graphed_callables",
    "random": "get_rng_state_all set_rng_state_all default_generators",
    "streams": "ExternalStream StreamContext set_stream get_stream_from_external",
    "queries": (
        "can_device_access_peer clock_rate CudaError cudart current_blas_handle DeferredCudaCallError "
        "device_memory_used device_of get_arch_list get_gencode_flags get_sync_debug_mode has_half has_magma "
        "ipc_collect is_tf32_supported memory_usage power_draw set_sync_debug_mode temperature utilization "
        "_initialized _is_compiled _lazy_init _lazy_call"
    ),
}  # fmt: skip
PLACES = {name: room for room, names in NAMES.items() for name in names.split()}


def __getattr__(name):
    """A room of `torch.cuda`, or a name that one of them has; an AttributeError for others."""
    if name in ROOMS:
        return importlib.import_module(f"tinytorch.cuda.{name}")
    if name not in PLACES:
        raise AttributeError(f"module 'torch.cuda' has no attribute '{name}'")
    found = getattr(importlib.import_module(f"tinytorch.cuda.{PLACES[name]}"), name)
    setattr(sys.modules["tinytorch.cuda"], name, found)
    return found
