"""The CPU by the names that GPUs have: one device, which is always done."""


class Stream:
    """A queue of work, which is always empty."""

    def __init__(self, priority=-1):
        self.priority = priority

    def wait_stream(self, stream):
        """Does nothing: there is nothing to wait for."""

    def record_event(self):
        """A moment, which has come."""
        return Event()

    def wait_event(self, event):
        """Does nothing: the moment has come."""

    def synchronize(self):
        """Does nothing: the work is done."""


class Event:
    """A moment in the work, which has come."""

    def __init__(self, *args, **settings):
        pass

    def query(self):
        """Whether the moment has come."""
        return True

    def record(self, stream=None):
        """Does nothing."""

    def synchronize(self):
        """Does nothing."""

    def wait(self, stream=None):
        """Does nothing."""


class StreamContext:
    """Within this block work goes to a queue, as outside."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        return None

    def __exit__(self, *exception):
        return None


def stream(stream):
    """A block whose work goes to a queue."""
    return StreamContext(stream)


def current_stream(device=None):
    """The queue that work goes to."""
    return QUEUE


def is_available():
    """Whether there is a CPU."""
    return True


def is_initialized():
    """Whether the CPU is ready."""
    return True


def synchronize(device=None):
    """Does nothing: the work is done."""


def device_count():
    """How many CPUs there are for PyTorch: one."""
    return 1


def set_device(device):
    """Does nothing: there is one."""


def current_device():
    """The name of the CPU."""
    return "cpu"


QUEUE = Stream()
for each in (Stream, Event, StreamContext):
    each.__module__ = "torch.cpu"
