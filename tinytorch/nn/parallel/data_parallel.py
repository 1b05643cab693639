"""A module that is called with a part of the batch on each GPU."""

from itertools import chain

from tinytorch.devices.cards import device_count, index_of
from tinytorch.modes import mode
from tinytorch.nn.modules.module import Module
from tinytorch.nn.parallel.parallel_apply import parallel_apply
from tinytorch.nn.parallel.replicate import replicate
from tinytorch.nn.parallel.scatter_gather import gather, place_of, scatter_kwargs
from tinytorch.tensor import Tensor


class DataParallel(Module):
    """Calls a module with the batch in parts, one on each GPU, and joins the results on `output_device`.

    Without GPUs, and with one, it calls the module. A RuntimeError if a parameter is not on the first of `device_ids`.

    >>> import tinytorch as torch
    >>> torch.nn.DataParallel(torch.nn.Linear(2, 3))
    DataParallel(
      (module): Linear(in_features=2, out_features=3, bias=True)
    )
    """

    def __init__(self, module: Module, device_ids=None, output_device=None, dim: int = 0) -> None:
        super().__init__()
        count = device_count()
        self.module = module
        if not count:
            self.device_ids = []
            return
        chosen = range(count) if device_ids is None else device_ids
        self.dim = dim
        self.device_ids = [number_of(each) for each in chosen]
        self.output_device = number_of(self.device_ids[0] if output_device is None else output_device)
        self.src_device_obj = place_of(self.device_ids[0])
        if len(self.device_ids) == 1:
            self.module.to(self.src_device_obj)

    def forward(self, *inputs, **kwargs):
        if not self.device_ids:
            return self.module(*inputs, **kwargs)
        check_place(self.module, self.src_device_obj)
        inputs, kwargs = self.scatter(inputs, kwargs, self.device_ids)
        if not inputs:
            inputs, kwargs = ((),), ({},)
        if len(self.device_ids) == 1:
            return self.module(*inputs[0], **kwargs[0])
        replicas = self.replicate(self.module, self.device_ids[: len(inputs)])
        return self.gather(self.parallel_apply(replicas, inputs, kwargs), self.output_device)

    def replicate(self, module: Module, device_ids) -> list[Module]:
        """The module on each of these GPUs."""
        return replicate(module, device_ids, not mode.grad)

    def scatter(self, inputs: tuple, kwargs: dict | None, device_ids):
        """Arguments and keywords for each of these GPUs."""
        return scatter_kwargs(inputs, kwargs, device_ids, self.dim)

    def parallel_apply(self, replicas, inputs, kwargs) -> list:
        """What each replica gives."""
        return parallel_apply(replicas, inputs, kwargs, self.device_ids[: len(replicas)])

    def gather(self, outputs, output_device):
        """The results as one."""
        return gather(outputs, output_device, self.dim)


def data_parallel(
    module: Module, inputs, device_ids=None, output_device=None, dim: int = 0, module_kwargs: dict | None = None
) -> Tensor:
    """One call of a module as `DataParallel` makes it; a RuntimeError without a GPU."""
    if not device_count():
        raise RuntimeError("device type could not be determined")
    inputs = inputs if isinstance(inputs, tuple) else () if inputs is None else (inputs,)
    numbers = [number_of(each) for each in (range(device_count()) if device_ids is None else device_ids)]
    check_place(module, place_of(numbers[0]))
    inputs, named = scatter_kwargs(inputs, module_kwargs, numbers, dim)
    if not inputs:
        inputs, named = ((),), ({},)
    if len(numbers) == 1:
        return module(*inputs[0], **named[0])
    numbers = numbers[: len(inputs)]
    outputs = parallel_apply(replicate(module, numbers), inputs, named, numbers)
    return gather(outputs, number_of(numbers[0] if output_device is None else output_device), dim)


def number_of(device):
    """The number of a GPU given as a number, a name or a device."""
    return device if type(device) is int else index_of(device)


def check_place(module, place):
    """Refuse a module that is not on a device with all that it has."""
    for each in chain(module.parameters(), module.buffers()):
        if each.device != place:
            raise RuntimeError(
                f"module must have its parameters and buffers on device {place} (device_ids[0]) but found one of them "
                f"on device: {each.device}"
            )


DataParallel.__module__ = data_parallel.__module__ = "torch.nn.parallel.data_parallel"
