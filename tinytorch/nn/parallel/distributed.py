"""A module that is trained by all processes of a group, of which there is one here: its gradients are the average."""

import contextlib
import warnings

from tinytorch.devices.cards import index_of
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parameter import is_lazy


class DistributedDataParallel(Module):
    """Calls a module, whose gradients are those of the one process that there is.

    A ValueError before `torch.distributed.init_process_group`, and for devices that do not fit; a RuntimeError for a
    module of which nothing is learned.
    """

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
        from tinytorch.distributed.world import _get_default_group  # a room that few programs enter

        super().__init__()
        if (delay_all_reduce_named_params is None) != (param_to_hook_all_reduce is None):
            raise ValueError(
                "delay_all_reduce_named_params and param_to_hook_all_reduce need to be set at the same time."
            )
        self.process_group = _get_default_group() if process_group is None else process_group
        parameters = list(module.parameters())
        check_module(parameters, device_ids)
        self.device_ids, self.output_device = places(parameters, device_ids, output_device)
        self.dim = dim
        self.module = module
        self.device = parameters[0].device
        self.broadcast_buffers = True if broadcast_buffers is None else broadcast_buffers
        self.find_unused_parameters = find_unused_parameters
        self.gradient_as_bucket_view = gradient_as_bucket_view
        self.static_graph = static_graph
        self.require_backward_grad_sync = True

    def forward(self, *inputs, **kwargs):
        return self.module(*inputs, **kwargs)

    @contextlib.contextmanager
    def no_sync(self):
        """Let gradients be added up while the block runs; there are no others that they could be averaged with."""
        before = self.require_backward_grad_sync
        self.require_backward_grad_sync = False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def join(self, divide_by_initial_world_size=True, enable=True, throw_on_early_termination=False):
        """A block that waits for processes that have more inputs, which there are none of."""
        return contextlib.nullcontext()


def check_module(parameters, device_ids):
    """Refuse what PyTorch refuses, in its order."""
    if not any([each.requires_grad for each in parameters]):
        raise RuntimeError(
            "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a gradient."
        )
    if device_ids is not None and len(device_ids) > 1:
        raise ValueError("device_ids can only be None or contain a single element.")
    kinds = {each.device.type for each in parameters}
    if len(kinds) != 1:
        raise ValueError(
            "DistributedDataParallel's input module must be on the same type of devices, but input module parameters "
            f"locate in {kinds}."
        )
    if any([is_lazy(each) for each in parameters]):
        raise RuntimeError(
            "Modules with uninitialized parameters can't be used with `DistributedDataParallel`. Run a dummy forward "
            "pass to correctly initialize the modules"
        )


def places(parameters, device_ids, output_device):
    """The GPU of the inputs, in a list, and that of the results; None for a module on the CPU or on several GPUs."""
    devices = {each.device for each in parameters}
    if device_ids and parameters[0].device.type != "cpu" and len(devices) == 1:
        numbers = [each if type(each) is int else index_of(each) for each in (*device_ids, output_device or 0)]
        return numbers[:1], numbers[0] if output_device is None else numbers[1]
    if device_ids or output_device:
        raise ValueError(
            "DistributedDataParallel device_ids and output_device arguments only work with "
            "single-device/multiple-device GPU modules or CPU modules, but got device_ids "
            f"{device_ids}, output_device {output_device}, and module parameters {devices}."
        )
    return None, None


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
