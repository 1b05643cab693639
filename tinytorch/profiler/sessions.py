"""The profiler that programs enter: it records in the steps that its schedule says, and tells what it saw."""

import json

from tinytorch.profiler.averages import EventList
from tinytorch.profiler.recording import ACCELERATORS, ProfilerActivity, Recorder, record_function, warn_of_absent
from tinytorch.profiler.steps import ProfilerAction
from tinytorch.profiler.trace import export_chrome_trace

RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:
    """Records the operations of this thread in a `with`, or between `start` and `stop`.

    `schedule` says what to do in each step, which `step` ends; `on_trace_ready(profiler)` is called when a recording is
    complete. The time is that of the host; memory, stacks, modules and numbers of operations are not recorded.
    """

    def __init__(
        self,
        *,
        activities=None,
        schedule=None,
        on_trace_ready=None,
        record_shapes=False,
        profile_memory=False,
        with_stack=False,
        with_flops=False,
        with_modules=False,
        experimental_config=None,
        execution_trace_observer=None,
        acc_events=False,
        use_cuda=None,
        custom_trace_id_callback=None,
        post_processing_timeout_s=None,
    ):
        self.schedule = schedule or (lambda step: ProfilerAction.RECORD)
        self.record_steps = schedule is not None
        self.on_trace_ready, self.record_shapes = on_trace_ready, record_shapes
        self.accelerator = next((name for name in ACCELERATORS if ProfilerActivity[name] in (activities or ())), None)
        self.step_num, self.metadata = 0, {}
        self.recorder = self.region = self.recorded = None
        self.current_action = self.schedule(0)

    def start(self):
        """Begin with step 0."""
        self._enter()
        if self.record_steps:
            self._region()

    def stop(self):
        """End the last step; what it recorded is complete."""
        self._leave_region()
        if self.recorder is not None:
            self._complete()

    def step(self):
        """End a step, and begin the next."""
        self._leave_region()
        before = self.current_action
        self.step_num += 1
        self.current_action = self.schedule(self.step_num)
        if before is ProfilerAction.RECORD_AND_SAVE or (before in RECORDING and self.current_action not in RECORDING):
            self._complete()
        self._enter()
        if self.record_steps:
            self._region()

    def _enter(self):
        if self.current_action in RECORDING and self.recorder is None:
            warn_of_absent(self.accelerator, stacklevel=1)
            self.recorder = Recorder(self.record_shapes)
            self.recorder.__enter__()

    def _complete(self):
        recorder, self.recorder = self.recorder, None
        recorder.__exit__(None, None, None)
        self.recorded = EventList(recorder.events)
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def _region(self):
        self.region = record_function(f"ProfilerStep#{self.step_num}")
        self.region.__enter__()

    def _leave_region(self):
        if self.region is not None:
            self.region.__exit__(None, None, None)
            self.region = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def events(self):
        """What was recorded last, call by call; an AssertionError before there is anything."""
        if self.recorded is None:
            raise AssertionError("Profiler must be initialized before getting key averages")
        return self.recorded

    def key_averages(self, group_by_input_shape=False, group_by_stack_n=0, group_by_overload_name=False):
        """What was recorded last, by name; steps count as one."""
        averaged = self.events().key_averages(group_by_input_shape)
        steps = [each for each in averaged if each.key.startswith("ProfilerStep#")]
        for each in steps[1:]:
            steps[0].add(each)
            averaged.remove(each)
        if steps:
            steps[0].key = "ProfilerStep*"
        return averaged

    def export_chrome_trace(self, path):
        """Write what was recorded last as a trace."""
        export_chrome_trace(self.events(), path, self.metadata)

    def add_metadata(self, key, value):
        """Add a text to the trace."""
        self.metadata[key] = value

    def add_metadata_json(self, key, value):
        """Add a value that is given as JSON."""
        self.metadata[key] = json.loads(value)

    def export_stacks(self, path, metric="self_cpu_time_total"):
        """Absent: no stacks are recorded."""
        raise NotImplementedError("profile.export_stacks: tinytorch records no stacks")

    def export_memory_timeline(self, path, device=None):
        """Absent: no memory is recorded."""
        raise NotImplementedError("profile.export_memory_timeline: tinytorch records no memory")
