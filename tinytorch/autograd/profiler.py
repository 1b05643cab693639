"""torch.autograd.profiler: the older profiler, of one block, and the marks of regions."""

import warnings

from tinytorch.profiler.averages import EventList, FunctionEventAvg
from tinytorch.profiler.recording import FunctionEvent, Recorder, record_function, warn_of_absent
from tinytorch.profiler.trace import export_chrome_trace

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "record_function"]


class profile:
    """Records the operations of this thread in a `with`; the time is that of the host."""

    def __init__(
        self,
        enabled=True,
        *,
        use_cuda=False,
        use_device=None,
        record_shapes=False,
        with_flops=False,
        profile_memory=False,
        with_stack=False,
        with_modules=False,
        use_kineto=False,
        use_cpu=True,
        experimental_config=None,
        acc_events=False,
        custom_trace_id_callback=None,
        post_processing_timeout_s=None,
        activity_filters=None,
    ):
        self.enabled, self.record_shapes = enabled, record_shapes
        if use_cuda:
            warnings.warn(
                "The attribute `use_cuda` will be deprecated soon, please use ``use_device = 'cuda'`` instead.",
                FutureWarning,
                stacklevel=2,
            )
        if enabled:
            warn_of_absent("CUDA" if use_cuda else (use_device or "").upper(), stacklevel=2)
        self.recorder = self.function_events = None

    def __enter__(self):
        if self.enabled:
            if self.recorder is not None:
                raise RuntimeError("Profiler context manager is not reentrant")
            self.recorder = Recorder(self.record_shapes)
            self.recorder.__enter__()
        return self

    def __exit__(self, *exception):
        if self.enabled:
            self.recorder.__exit__(*exception)
            self.function_events = EventList(self.recorder.events)

    def recorded(self):
        """What was recorded; a RuntimeError before the end."""
        if self.function_events is None:
            raise RuntimeError("Profiler didn't finish running")
        return self.function_events

    def table(self, sort_by=None, row_limit=100, **settings):
        """The calls as a table, one by one."""
        return self.recorded().table(sort_by, row_limit, **settings)

    def key_averages(self, group_by_input_shape=False, group_by_stack_n=0, group_by_overload_name=False):
        """The averages by name."""
        return self.recorded().key_averages(group_by_input_shape)

    def total_average(self):
        """All calls as one."""
        return self.recorded().total_average()

    @property
    def self_cpu_time_total(self):
        """The time of all, in microseconds."""
        return self.recorded().self_cpu_time_total

    def export_chrome_trace(self, path):
        """Write what was recorded as a trace."""
        export_chrome_trace(self.recorded(), path)

    def __str__(self):
        return "<unfinished torch.autograd.profile>" if self.function_events is None else str(self.function_events)

    __repr__ = __str__


class emit_nvtx:
    """Marks for NVIDIA's profiler, which tinytorch does not give: a NotImplementedError where they are enabled."""

    def __init__(self, enabled=True, record_shapes=False):
        self.enabled = enabled

    def __enter__(self):
        if self.enabled:
            raise NotImplementedError(f"{type(self).__name__}: tinytorch gives no marks to other profilers")
        return self

    def __exit__(self, *exception):
        return None


class emit_itt(emit_nvtx):
    """Marks for Intel's profiler, likewise."""
