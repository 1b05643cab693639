"""Errors that happen in another process or thread, and are raised where their result was wanted."""

import sys
import traceback


class ExceptionWrapper:
    """The error that is handled now: its class and its traceback as text, which can be sent."""

    def __init__(self, exc_info=None, where: str = "in background"):
        kind, error, trace = sys.exc_info() if exc_info is None else exc_info
        self.exc_type = kind
        self.exc_msg = "".join(traceback.format_exception(kind, error, trace))
        self.where = where

    def reraise(self):
        """Raise an error of the class with the traceback as its message, or a RuntimeError where it wants others."""
        message = f"Caught {self.exc_type.__name__} {self.where}.\nOriginal {self.exc_msg}"
        if self.exc_type is KeyError:
            message = KeyErrorMessage(message)
        elif getattr(self.exc_type, "message", None):
            raise self.exc_type(message=message)
        try:
            error = self.exc_type(message)
        except Exception:  # the class is the user's: it may want anything
            raise RuntimeError(message) from None
        raise error


class KeyErrorMessage(str):
    """A text that a KeyError, which shows the `repr` of its argument, shows as it is."""

    __slots__ = ()

    def __repr__(self):
        return str(self)
