"""torch.cuda.streams: queues of work and moments in them, and how a thread goes over to a queue for good."""

from tinytorch.devices import cards
from tinytorch.devices.cards import Event, Stream, stream

__all__ = ["Event", "ExternalStream", "Stream", "StreamContext", "get_stream_from_external", "set_stream"]
StreamContext = stream


class ExternalStream(Stream):
    """A queue that another library made; a NotImplementedError, as CuPy's own are the only ones."""

    def __init__(self, stream_ptr, device=None, **settings):
        cards.init()
        raise NotImplementedError("tinytorch takes no streams of other libraries")


def get_stream_from_external(data_ptr, device=None):
    """A queue that another library made."""
    return ExternalStream(data_ptr, device)


def set_stream(stream):
    """Let the work of this thread go to a queue from now on; None changes nothing."""
    if stream is not None:
        stream.queue.use()
