"""How measurements are shown and kept: the table, the JSON file, the picture, the comparison with an earlier run."""

import datetime
import json
import math
import os
import platform
import statistics
from itertools import groupby
from pathlib import Path

from benchmarks.harness import Measurement

HEADINGS = {"torch": "PyTorch", "numpy": "NumPy", "cupy": "CuPy"}


def heading(label):
    return HEADINGS.get(label, label)


def group_of(name):
    """The part of a row's name before its last slash."""
    return name.rpartition("/")[0]


class Table:
    """The table, line by line as rows are measured: the time of each framework, the first one's ratio to the others."""

    def __init__(self, labels):
        self.first, *self.others = labels

    def head(self):
        """The headings of the columns."""
        columns = [f"{heading(label):>12}  {'ratio [quartiles]':20}" for label in self.others]
        return "".join([f"{'row':40}{heading(self.first):>12}", *columns]).rstrip()

    def line(self, measurement, at_most):
        """A row, with a mark at each ratio above its aim, and another if other processes had much of the machine."""
        if measurement.failure:
            return f"{measurement.name:40}  FAILED  {measurement.failure}"
        line = f"{measurement.name:40}{figure(measurement, self.first):>12}"
        for label in self.others:
            if label not in measurement.samples:
                line += " " * 34
                continue
            ratio = measurement.ratio(self.first, label)
            spread = f"{ratio.median:.2f} [{ratio.low:.2f} {ratio.high:.2f}]" + missed(ratio.median, at_most.get(label))
            line += f"{figure(measurement, label):>12}  {spread:20}"
        return line.rstrip() + disturbed(measurement)

    def mean_line(self, group, measurements, at_most):
        """The geometric means of a group's ratios."""
        parts = [f"{f'{group}: geometric mean':40}"]
        for label, mean in geometric_means(measurements, self.first, self.others).items():
            parts.append(f"{mean:.2f} x {heading(label)}" + missed(mean, at_most.get(label)))
        return "  ".join(parts if len(parts) > 1 else [*parts, "none"])


def figure(measurement, label):
    """The median of a framework with its unit, in three to five digits."""
    median = measurement.median(label)
    return f"{median:,.{2 if median < 100 else 1 if median < 1000 else 0}f} {measurement.unit}"


def disturbed(measurement):
    """A mark where other processes took more than a twentieth of the processors: threads of such rows wait for them."""
    return (
        f"  ! others {measurement.others:.0%}" if measurement.others is not None and measurement.others > 0.05 else ""
    )


def missed(ratio, aim):
    return f" > {aim:g}" if aim is not None and ratio > aim else ""


def geometric_means(measurements, first, others):
    """The geometric mean of the ratios to each other framework, over the rows that have one.

    A group has none where a ratio is 0, as it is for a row that takes no memory at all.
    """
    means = {}
    for label in others:
        ratios = [m.ratio(first, label).median for m in measurements if label in m.samples]
        if ratios and min(ratios) > 0:
            means[label] = statistics.geometric_mean(ratios)
    return means


def machine():
    """The name of the processor, its cores and how busy they were, where the system says it."""
    about = {"system": platform.platform(), "cores": os.cpu_count(), "processor": platform.machine()}
    processors = Path("/proc/cpuinfo")
    if processors.exists():
        names = [line.split(":")[1].strip() for line in processors.read_text().splitlines() if "model name" in line]
        about["processor"] = names[0] if names else about["processor"]
    if hasattr(os, "getloadavg"):
        about["load"] = round(os.getloadavg()[0], 2)
    return about


def write_json(path, about, measurements, labels):
    """Everything that was measured, every sample included, with the ratios of the first framework to the others."""
    first, *others = labels
    rows = [
        {
            **vars(measurement),
            "ratios": {
                label: measurement.ratio(first, label)._asdict() for label in others if label in measurement.samples
            },
        }
        for measurement in measurements
    ]
    record = {"date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), **about, "rows": rows}
    Path(path).write_text(json.dumps(record, indent=1) + "\n")


def read_json(path):
    """The measurements of an earlier run, by name."""
    rows = json.loads(Path(path).read_text())["rows"]
    measurements = [Measurement(**{name: value for name, value in row.items() if name != "ratios"}) for row in rows]
    return {measurement.name: measurement for measurement in measurements}


def slower(before, now, labels):
    """A sentence for each row whose ratio rose by more than the two spreads together, and the number of rows compared.

    Ratios are compared, to PyTorch where both runs have it, since times of two runs differ with the machine's mood.
    """
    first, *others = labels
    sentences, compared = [], 0
    for measurement in now:
        then = before.get(measurement.name)
        common = [label for label in others if then and label in then.samples and label in measurement.samples]
        if not common or first not in then.samples:
            continue
        compared += 1
        old, new = then.ratio(first, common[0]), measurement.ratio(first, common[0])
        if new.median - old.median > (new.high - new.low) + (old.high - old.low):
            sentences.append(
                f"{measurement.name}: {old.median:.2f} [{old.low:.2f} {old.high:.2f}] became "
                f"{new.median:.2f} [{new.low:.2f} {new.high:.2f}] x {heading(common[0])}" + disturbed(measurement)
            )
    return sentences, compared


def draw(path, measurements, labels):
    """A picture of the ratios to the second framework; to the left of 1 the first needs less."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    first, other = labels[0], labels[1]
    rows = [measurement for measurement in measurements if other in measurement.samples]
    figure = Figure(figsize=(9, 1.2 + 0.24 * (len(rows) + 2 * len({group_of(row.name) for row in rows}))))
    axes = figure.add_subplot()
    places, names, place = [], [], 0
    for number, (group, members) in enumerate(groupby(rows, lambda row: group_of(row.name))):
        axes.text(0, place, f" {group}", transform=axes.get_yaxis_transform(), va="center", weight="bold")
        place += 1
        for row in members:
            ratio = row.ratio(first, other)
            spread = [[ratio.median - ratio.low], [ratio.high - ratio.median]]
            axes.barh(
                place,
                ratio.median - 1,
                left=1,
                xerr=spread,
                color=colormaps["tab10"](number % 10),
                ecolor="0.2",
                capsize=2,
            )
            places.append(place)
            names.append(row.name.rpartition("/")[2])
            place += 1
        place += 0.5
    farthest = max(2, *(max(row.ratio(first, other).high, 1 / row.ratio(first, other).low) for row in rows)) * 1.1
    powers = [2.0**power for power in range(-math.ceil(math.log2(farthest)), math.ceil(math.log2(farthest)) + 1)]
    axes.set(xscale="log", xlim=(1 / farthest, farthest), ylim=(place, -1), yticks=places, yticklabels=names)
    axes.set_xticks([power for power in powers if 1 / farthest <= power <= farthest], minor=False)
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlabel(
        f"{heading(first)} / {heading(other)}: median and quartiles (left of 1: {heading(first)} needs less)"
    )
    axes.tick_params(axis="y", labelsize=8)
    figure.savefig(path, dpi=120, bbox_inches="tight")
