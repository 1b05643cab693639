"""A module that is trained by several processes, which there are none of here."""

import warnings

from tinytorch.nn.modules.module import Module


class DistributedDataParallel(Module):
    """Averages gradients over processes; a ValueError, as there is no group of processes, which it needs."""

    def __init__(
        self,
        module: Module,
        device_ids=None,
        output_device=None,
        dim=0,
        broadcast_buffers=None,
        init_sync=True,
        process_group=None,
        bucket_cap_mb=None,
        find_unused_parameters=False,
        check_reduction=False,
        gradient_as_bucket_view=False,
        static_graph=False,
        delay_all_reduce_named_params=None,
        param_to_hook_all_reduce=None,
        mixed_precision=None,
        device_mesh=None,
        skip_all_reduce_unused_params=False,
        bucket_cap_mb_list=None,
        batched_grad_copy=False,
        forward_sync_buffers=None,
    ) -> None:
        super().__init__()
        if (delay_all_reduce_named_params is None) != (param_to_hook_all_reduce is None):
            raise ValueError(
                "delay_all_reduce_named_params and param_to_hook_all_reduce need to be set at the same time."
            )
        raise ValueError("Default process group has not been initialized, please make sure to call init_process_group.")


class DistributedDataParallelCPU(DistributedDataParallel):
    """The same by a name that is deprecated, as a FutureWarning says."""

    def __init__(self, *args, **kwargs) -> None:
        warnings.warn(
            "`torch.nn.parallel.DistributedDataParallelCPU` is deprecated, please use "
            "`torch.nn.parallel.DistributedDataParallel` instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(*args, **kwargs)


DistributedDataParallel.__module__ = "torch.nn.parallel.distributed"
DistributedDataParallelCPU.__module__ = "torch.nn.parallel"
