"""torch.cuda: the machine's GPUs and their random numbers; safe to ask where there are none."""

from tinytorch.cuda.rooms import __getattr__
from tinytorch.devices.cards import (
    Event,
    Stream,
    current_device,
    current_stream,
    default_stream,
    device,
    device_count,
    empty_cache,
    get_device_capability,
    get_device_name,
    get_device_properties,
    init,
    is_available,
    is_bf16_supported,
    is_initialized,
    max_memory_allocated,
    mem_get_info,
    memory_allocated,
    memory_reserved,
    reset_peak_memory_stats,
    set_device,
    stream,
    synchronize,
)
from tinytorch.generator import cuda_get_rng_state as get_rng_state
from tinytorch.generator import cuda_initial_seed as initial_seed
from tinytorch.generator import cuda_manual_seed as manual_seed
from tinytorch.generator import cuda_manual_seed_all as manual_seed_all
from tinytorch.generator import cuda_seed as seed
from tinytorch.generator import cuda_seed_all as seed_all
from tinytorch.generator import cuda_set_rng_state as set_rng_state
from tinytorch.ops.legacy import CudaBFloat16Tensor as BFloat16Tensor
from tinytorch.ops.legacy import CudaBoolTensor as BoolTensor
from tinytorch.ops.legacy import CudaByteTensor as ByteTensor
from tinytorch.ops.legacy import CudaCharTensor as CharTensor
from tinytorch.ops.legacy import CudaDoubleTensor as DoubleTensor
from tinytorch.ops.legacy import CudaFloatTensor as FloatTensor
from tinytorch.ops.legacy import CudaHalfTensor as HalfTensor
from tinytorch.ops.legacy import CudaIntTensor as IntTensor
from tinytorch.ops.legacy import CudaLongTensor as LongTensor
from tinytorch.ops.legacy import CudaShortTensor as ShortTensor
