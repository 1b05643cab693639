"""What programs ask of the machine's GPUs under `torch.cuda`: how many, which, how much memory; also without any."""

from tinytorch.devices import device as device_class
from tinytorch.devices import resolve

CUDA = device_class("cuda")


def module():
    """The module of CUDA devices, which never raises by itself."""
    return CUDA.module


def index_of(device):
    """The number of a GPU given as a device, a string, a number or None for the current one; it must be there."""
    place = CUDA if device is None else device_class(device)
    if place.type != "cuda":
        raise ValueError(f"Expected a cuda device, but got: {place}")
    return resolve(place).index


def is_available():
    """Whether there are CuPy, a driver and a GPU; never raises."""
    return module().is_available()


def device_count():
    """How many GPUs there are: 0 without CuPy or a driver."""
    return module().device_count() if module().is_available() else 0


def is_initialized():
    """Whether there is a GPU to work with."""
    return is_available()


def runtime_version():
    """The version of CUDA's runtime, such as "12.9"; None without a GPU."""
    if not is_available():
        return None
    number = module().runtime().runtimeGetVersion()
    return f"{number // 1000}.{number % 1000 // 10}"


def init():
    """Raise what stands in the way of a GPU."""
    resolve(CUDA)


def is_bf16_supported(including_emulation=True):
    """Whether the GPU computes in bfloat16."""
    return is_available()


def current_device():
    """The number of the GPU that work goes to in this thread."""
    return index_of(None)


def set_device(device):
    """Make a GPU the one that work goes to in this thread."""
    module().set_device(index_of(device))


class device:
    """Within this block work goes to another GPU; None or a negative number changes nothing."""

    def __init__(self, device):
        self.device = device

    def __enter__(self):
        self.before = None
        if self.device is not None and self.device != -1 and is_available():
            self.before = current_device()
            set_device(self.device)

    def __exit__(self, *exception):
        if self.before is not None:
            set_device(self.before)


def synchronize(device=None):
    """Wait until everything that a GPU was asked to do is done."""
    module().synchronize(index_of(device))


def get_device_name(device=None):
    """What the maker calls a GPU."""
    return module().device_name(index_of(device))


def get_device_capability(device=None):
    """A GPU's compute capability as (major, minor)."""
    return module().device_capability(index_of(device))


def mem_get_info(device=None):
    """The free and all bytes of a GPU."""
    return tuple(module().memory_info(index_of(device)))


peaks = {}  # number of a GPU -> the most bytes that were seen


def memory_allocated(device=None):
    """The bytes of a GPU that tensors occupy; 0 without one."""
    if not is_available():
        return 0
    index = index_of(device)
    found = module().memory_allocated(index)
    peaks[index] = max(found, peaks.get(index, 0))
    return found


def max_memory_allocated(device=None):
    """The most bytes that tensors occupied whenever this or `memory_allocated` was asked: CuPy keeps no record."""
    memory_allocated(device)
    return peaks.get(index_of(device), 0) if is_available() else 0


def reset_peak_memory_stats(device=None):
    """Forget the most that was seen."""
    if is_available():
        peaks.pop(index_of(device), None)


def memory_reserved(device=None):
    """The bytes of a GPU that CuPy's pool holds, for tensors and for later; 0 without one."""
    return module().memory_reserved(index_of(device)) if is_available() else 0


def empty_cache():
    """Give the memory that no tensor uses back to the driver; without a GPU there is none."""
    if is_available():
        module().empty_cache()


class Stream:
    """A queue of work for a GPU, in order of its own; `with torch.cuda.stream(s)` puts work into it."""

    def __init__(self, device=None, priority=0, queue=None):
        index = index_of(device)
        self.device = device_class("cuda", index)
        with module().on(index):
            self.queue = module().new_stream() if queue is None else queue

    def synchronize(self):
        """Wait until the work is done."""
        self.queue.synchronize()

    def query(self):
        """Whether the work is done."""
        return self.queue.done

    def record_event(self, event=None):
        """An event behind the work so far."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event):
        """Let later work wait for an event."""
        self.queue.wait_event(event.moment)

    def wait_stream(self, stream):
        """Let later work wait for what another stream has now."""
        self.wait_event(stream.record_event())


def current_stream(device=None):
    """The stream that work goes to in this thread."""
    index_of(device)
    return Stream(device, queue=module().present_stream())


def default_stream(device=None):
    """The stream that work goes to unless another one was chosen."""
    index_of(device)
    return Stream(device, queue=module().null_stream())


class stream:
    """Within this block work goes to a stream; None changes nothing."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        if self.stream is not None:
            self.stream.queue.__enter__()

    def __exit__(self, *exception):
        if self.stream is not None:
            self.stream.queue.__exit__(*exception)


class Event:
    """A moment in a GPU's work: `record`, `synchronize`, and `elapsed_time` in milliseconds between two."""

    def __init__(self, enable_timing=False, blocking=False, interprocess=False):
        index_of(None)
        self.timed = enable_timing
        self.moment = module().new_event(enable_timing)

    def record(self, stream=None):
        """The moment at which the GPU will have done what is in the stream now."""
        self.moment.record(None if stream is None else stream.queue)

    def synchronize(self):
        """Wait for the moment."""
        self.moment.synchronize()

    def wait(self, stream=None):
        """Let later work of a stream wait for the moment."""
        (current_stream() if stream is None else stream).wait_event(self)

    def query(self):
        """Whether the moment has come."""
        return self.moment.done

    def elapsed_time(self, end_event):
        """The milliseconds from this moment to another; both were made with `enable_timing=True`."""
        if not (self.timed and end_event.timed):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        return module().milliseconds(self.moment, end_event.moment)


class Properties:
    """What a GPU is: its name, its compute capability, its memory in bytes, its number of multiprocessors."""

    def __init__(self, facts):
        self.name = facts["name"].decode()
        self.major, self.minor = facts["major"], facts["minor"]
        self.total_memory = facts["totalGlobalMem"]
        self.multi_processor_count = facts["multiProcessorCount"]

    def __repr__(self):
        return (
            f"_CudaDeviceProperties(name='{self.name}', major={self.major}, minor={self.minor}, "
            f"total_memory={self.total_memory >> 20}MB, multi_processor_count={self.multi_processor_count})"
        )


def get_device_properties(device=None):
    """What a GPU is."""
    return Properties(module().runtime().getDeviceProperties(index_of(device)))


for each in (device, stream, Event, Stream):
    each.__module__ = "torch.cuda"
