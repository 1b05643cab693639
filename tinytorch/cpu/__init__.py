"""torch.cpu: the names of `torch.cuda` for the CPU, which has one place and no queues."""

from tinytorch.cpu.place import (
    Event,
    Stream,
    StreamContext,
    current_device,
    current_stream,
    device_count,
    is_available,
    is_initialized,
    set_device,
    stream,
    synchronize,
)
from tinytorch.cpu.rooms import __getattr__
