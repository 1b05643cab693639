"""torch.futures: a value, or an error, that comes later, and what is to happen with it then."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Future(Generic[T]):
    """A value that one thread sets and others wait for; `devices` are accepted, as results need no streams here."""

    def __init__(self, *, devices=None):
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._value = self._error = None
        self._callbacks = []

    def done(self) -> bool:
        """Whether the value or the error is set."""
        return self._set.is_set()

    def wait(self):
        """The value, once it is set; the error is raised."""
        self._set.wait()
        return self.value()

    def value(self):
        """The value that is set, or the error, raised; a RuntimeError before there is one."""
        if not self.done():
            raise RuntimeError("the Future is not completed yet: wait() waits for its value")
        if self._error is not None:
            raise self._error
        return self._value

    def set_result(self, result) -> None:
        """Set the value and run the callbacks; a RuntimeError the second time."""
        self._complete(result, None)

    def set_exception(self, result) -> None:
        """Set an error, which `wait` and `value` raise; an AssertionError for what is none."""
        assert isinstance(result, Exception), f"{result} is of type {type(result)}, not an Exception."
        self._complete(None, result)

    def _complete(self, value, error):
        with self._lock:
            if self.done():
                raise RuntimeError(
                    "Attempting to mark a completed Future as complete again. Note that a Future can only be marked "
                    "completed once."
                )
            self._value, self._error = value, error
            self._set.set()
        for each in self._callbacks:
            each(self)

    def add_done_callback(self, callback) -> None:
        """Call `callback(future)` when this is done, or now if it is."""
        with self._lock:
            if not self.done():
                self._callbacks.append(callback)
                return
        callback(self)

    def then(self, callback) -> "Future":
        """A Future of what `callback(future)` gives, which is called when this is done."""
        following = Future()
        self.add_done_callback(lambda done: settle(following, callback, done))
        return following


def settle(future, function, *args, **settings):
    """Set a Future to what a function gives, or to the error that it raises."""
    try:
        result = function(*args, **settings)
    except Exception as error:  # whatever it is: who waits gets it
        future.set_exception(error)
    else:
        future.set_result(result)
    return future


def collect_all(futures) -> Future:
    """A Future of the list of these, done when they all are."""
    futures, together, lock = list(futures), Future(), threading.Lock()
    left = [len(futures)]
    if not futures:
        together.set_result(futures)

    def count(done):
        with lock:
            left[0] -= 1
            last = left[0] == 0
        if last:
            together.set_result(futures)

    for each in futures:
        each.add_done_callback(count)
    return together


def wait_all(futures) -> list:
    """The values of these Futures, once all are done; the first error is raised."""
    return [each.wait() for each in collect_all(futures).wait()]


Future.__module__ = "torch.futures"
