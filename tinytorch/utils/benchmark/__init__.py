"""torch.utils.benchmark: how long a statement takes, measured often enough to say so, and tables that compare."""

from tinytorch.utils.benchmark.comparison import Colorize, Compare
from tinytorch.utils.benchmark.measurement import (
    Measurement,
    TaskSpec,
    ordered_unique,
    select_unit,
    trim_sigfig,
    unit_to_english,
)
from tinytorch.utils.benchmark.timing import Language, Timer, set_torch_threads, timer
