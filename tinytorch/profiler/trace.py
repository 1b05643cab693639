"""Recorded events as a file that browsers show on a line of time (chrome://tracing, Perfetto)."""

import gzip
import json
import os
import socket
import time


def export_chrome_trace(events, path, metadata=None):
    """Write events into a file, which is compressed if its name ends in `.gz`."""
    process = os.getpid()
    entries = [
        {
            "ph": "X",
            "cat": "cpu_op" if each.name.startswith("aten::") else "user_annotation",
            "name": each.name,
            "pid": process,
            "tid": each.thread,
            "ts": each.time_range.start,
            "dur": each.time_range.elapsed_us(),
            "args": {"Input Dims": each.input_shapes} if each.input_shapes else {},
        }
        for each in events
    ]
    trace = {"schemaVersion": 1, "displayTimeUnit": "ms", "traceName": str(path), **(metadata or {})}
    data = json.dumps({**trace, "traceEvents": entries}).encode()
    with open(path, "wb") as file:
        file.write(gzip.compress(data) if str(path).endswith(".gz") else data)


def tensorboard_trace_handler(dir_name, worker_name=None, use_gzip=False, use_python_export=False):
    """A function for `on_trace_ready`, which writes a trace into a folder, with the time in its name."""

    def write(profiler):
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        ending = ".gz" if use_gzip else ""
        profiler.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json{ending}"))

    return write
