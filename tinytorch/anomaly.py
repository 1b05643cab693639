"""Anomaly mode: where each node was made, and which node of a backward failed or gave nan.

Only while the mode is on, `record` has another code, which notes the lines of the program that led to a new node, and
the node whose derivative was at work, in the node's `metadata`.
"""

import sys
import warnings
from pathlib import Path

from tinytorch import dtypes, recording
from tinytorch.batching import all_examples
from tinytorch.modes import anomaly, mode
from tinytorch.recording import record, record_and_note, recorded, recorded_and_noted

PACKAGE = str(Path(__file__).resolve().parent)
NOTING = ((record, record_and_note), (recorded, recorded_and_noted))
CODES = [(function, (function.__code__, noting.__code__)) for function, noting in NOTING]
NOTHING_KNOWN = "No forward pass information available. Enable detect anomaly during forward pass for more information."


class set_detect_anomaly:
    """Switches anomaly mode on or off, in all threads: at once as a function, for a block as a context manager.

    With `check_nan` a gradient that is nan is an error in it.
    """

    def __init__(self, mode, check_nan=True):
        self.prev, self.prev_check_nan = anomaly.enabled, anomaly.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        set_anomaly_enabled(self.prev, self.prev_check_nan)


class detect_anomaly:
    """Anomaly mode for a block: a backward that fails tells where its node was made.

    With `check_nan` it also fails where a gradient is nan: a RuntimeError. Warns that it takes time.
    """

    def __init__(self, check_nan=True):
        self.prev, self.prev_check_nan, self.check_nan = anomaly.enabled, anomaly.check_nan, check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self):
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exception):
        set_anomaly_enabled(self.prev, self.prev_check_nan)


def set_anomaly_enabled(enabled, check_nan=True):
    """Set anomaly mode on or off, and whether it looks for nan."""
    anomaly.enabled, anomaly.check_nan = bool(enabled), bool(check_nan)
    for function, codes in CODES:
        function.__code__ = codes[anomaly.enabled]


def is_anomaly_enabled():
    """Whether anomaly mode is on."""
    return anomaly.enabled


def is_anomaly_check_nan_enabled():
    """Whether anomaly mode looks for nan."""
    return anomaly.check_nan


def note(node):
    """Keep with a new node the lines that led to it, and the node whose derivative made it."""
    import traceback  # which takes longer to import than most rooms, and is wanted in this mode alone

    frames, frame = [], sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            frames.append((frame, frame.f_lineno))
        frame = frame.f_back
    metadata = node.metadata
    metadata["traceback_"] = traceback.StackSummary.extract(reversed(frames)).format()
    if mode.evaluated is not None:
        metadata["parent_"] = mode.evaluated


def evaluate(node, gradient, edges):
    """The gradients that a node gives, in anomaly mode: those that are nan are an error."""
    before, mode.evaluated = mode.evaluated, node
    try:
        gradients = node.backward(gradient, edges)
        for place, each in enumerate(gradients if anomaly.check_nan else ()):
            if each is not None and each.dtype.category >= dtypes.FLOAT and all_examples(each.isnan()).any():
                raise RuntimeError(f"Function '{node.name()}' returned nan values in its {place}th output.")
    finally:
        mode.evaluated = before
    return gradients


def explain(node):
    """Warn of where a node was made whose part of backward failed, and of where those were made that led to it."""
    metadata = node.metadata
    lines = "".join(metadata.get("traceback_", ()))
    made = f"Traceback of forward call that caused the error:\n{lines}" if lines else NOTHING_KNOWN
    warn(f"Error detected in {node.name()}. {made}")
    while (node := metadata.get("parent_")) is not None:
        metadata = node.metadata
        lines = "".join(metadata.get("traceback_", ()))
        made = f"Traceback of forward call that induced the previous calculation:\n{lines}" if lines else NOTHING_KNOWN
        warn(f"\n\nPrevious calculation was induced by {node.name()}. {made}")


def warn(message):
    """Warn at the line of the program that called us."""
    depth, frame = 2, sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, stacklevel=depth)


recording.note = note
set_detect_anomaly.__module__ = detect_anomaly.__module__ = "torch.autograd.anomaly_mode"
