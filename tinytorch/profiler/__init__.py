"""torch.profiler: how long each operation of a block of a program takes."""

from tinytorch.profiler import regions
from tinytorch.profiler.recording import ProfilerActivity, record_function, supported_activities
from tinytorch.profiler.sessions import profile
from tinytorch.profiler.steps import ProfilerAction, schedule
from tinytorch.profiler.trace import tensorboard_trace_handler
