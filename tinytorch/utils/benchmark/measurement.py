"""What was measured: the times of a statement, how far they can be trusted, and how they print."""

import dataclasses
import math
import textwrap
from typing import Any

MOST_FIGURES = 4
LEAST_INTERVAL = 25e-9  # seconds: clocks tell no less
SPREAD, GREAT_SPREAD = 0.1, 0.25  # of the middle half, as a share of the median, from which a measurement warns
SCALES = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}


@dataclasses.dataclass(repr=False, frozen=True)
class TaskSpec:
    """What is measured."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self):
        """The label, or the statement, and the label below it."""
        below = f": {self.sub_label}" if self.sub_label else ""
        if self.label is not None or "\n" not in self.stmt:
            return (self.stmt if self.label is None else self.label) + below
        inside = f" ({self.sub_label})" if self.sub_label else ""
        return f"stmt:{inside}\n{textwrap.indent(self.stmt, '  ')}"

    def setup_str(self):
        """What is done before, if anything."""
        if self.setup == "pass" or not self.setup:
            return ""
        return f"setup:\n{textwrap.indent(self.setup, '  ')}" if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self):
        """The title, the description and what is done before."""
        sections = [self.title, self.description or "", self.setup_str()]
        return "\n".join([f"{each}\n" if "\n" in each else each for each in sections if each])


FIELDS = tuple([each.name for each in dataclasses.fields(TaskSpec)])


@dataclasses.dataclass(repr=False)
class Measurement:
    """The times of a statement that ran `number_per_run` times in each run; `times` are those of one."""

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = None

    def __getattr__(self, name):
        if name in FIELDS:
            return getattr(self.task_spec, name)
        raise AttributeError(f"'Measurement' object has no attribute '{name}'")

    @property
    def times(self):
        """The seconds of one statement, in each run."""
        return [each / self.number_per_run for each in self.raw_times]

    @property
    def median(self):
        """The time in the middle."""
        return quantile(self.times, 0.5)

    @property
    def mean(self):
        """The average."""
        return math.fsum(self.times) / len(self.times)

    @property
    def iqr(self):
        """How far the middle half of the times reaches."""
        return quantile(self.times, 0.75) - quantile(self.times, 0.25)

    @property
    def significant_figures(self):
        """How many digits the times can bear, by how they vary."""
        count = len(self.raw_times)
        middle = sorted(self.times)[count // 4 : math.ceil(3 * count / 4)]
        average = math.fsum(middle) / len(middle)
        deviation = math.sqrt(math.fsum([(each - average) ** 2 for each in middle]) / len(middle))
        interval = max(1.645 * deviation / math.sqrt(len(middle)), LEAST_INTERVAL)
        return min(max(math.floor(math.log10(self.median / interval)), 1), MOST_FIGURES)

    @property
    def has_warnings(self):
        """Whether the times vary much."""
        return not self.meets_confidence(SPREAD)

    def meets_confidence(self, threshold=SPREAD):
        """Whether the middle half reaches less far than this share of the median."""
        return self.iqr / self.median < threshold

    @property
    def title(self):
        """The title of what was measured."""
        return self.task_spec.title

    @property
    def env(self):
        """Where it was measured."""
        return "Unspecified env" if self.task_spec.env is None else self.task_spec.env

    @property
    def as_row_name(self):
        """Its name in a table."""
        return self.sub_label or self.stmt or "[Unknown]"

    def __repr__(self):
        count = len(self.raw_times)
        unit, scale = select_unit(self.median)
        middle = f"{self.median / scale:.2f} {unit}"
        runs = f"{count} measurement{'s' if count > 1 else ''}, {self.number_per_run} runs "
        runs += "per measurement" if count > 1 else ""
        threads = f"{self.num_threads} thread{'s' if self.num_threads > 1 else ''}"
        place = f"<torch.utils.benchmark.utils.common.Measurement object at {id(self):#x}>"
        lines = [place, self.task_spec.summarize()]
        lines.append(f"  Median: {middle}" if count > 1 else f"  {middle}")
        if count >= 4:
            low, high = [quantile(self.times, each) / scale for each in (0.25, 0.75)]
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({low:.2f} to {high:.2f})")
        lines.append(f"  {runs}, {threads}")
        if self.has_warnings:
            share = f"  WARNING: Interquartile range is {self.iqr / self.median * 100:.1f}% of the median measurement."
            great = not self.meets_confidence(GREAT_SPREAD)
            cause = "suggests significant environmental influence" if great else "could indicate system fluctuation"
            lines += [share, f"           This {cause}."]
        return "\n".join(lines)

    @staticmethod
    def merge(measurements):
        """Measurements of the same as one, with the times of all."""
        groups = {}
        for each in measurements:
            groups.setdefault(each.task_spec, []).extend(each.times)
        return [Measurement(1, times, task) for task, times in groups.items()]


def quantile(values, share):
    """The value below which a share of all lies, between two in a straight line."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def select_unit(t):
    """The unit in which seconds are best told, and how long it is."""
    unit = {-3: "ns", -2: "us", -1: "ms"}.get(math.floor(math.log10(t) / 3), "s")
    return unit, SCALES[unit]


def unit_to_english(u):
    """The name of a unit."""
    return {"ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second"}[u]


def trim_sigfig(x, n):
    """A number with so many digits."""
    assert n == int(n), "Number of significant figures must be an integer"
    scale = 10.0 ** (math.ceil(math.log10(abs(x))) - n)
    return round(float(f"{x / scale:.7g}")) * scale  # of a float32's digits, as PyTorch has them


def ordered_unique(elements):
    """Each element once, in the order of the first."""
    return list(dict.fromkeys(elements))
