"""The command `python -m benchmarks`: which rows run, under which frameworks, and what is written."""

import argparse
import os
import sys
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

from benchmarks import convolution, imports, kernels, memory, normalization, overhead, recurrent, report, training
from benchmarks.harness import RowFailure, Team, measure

ROWS = [
    *overhead.rows,
    *kernels.rows,
    *convolution.rows,
    *normalization.rows,
    *recurrent.rows,
    *training.rows,
    *memory.rows,
    *imports.rows,
]
GROUP_AT_MOST = overhead.group_at_most


def arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--only", default="*", metavar="GLOB", help="rows by name, such as 'overhead/*' or '*sigmoid*'")
    parser.add_argument("--rounds", type=int, default=11, help="samples of each row and framework")
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured")
    parser.add_argument("--picture", metavar="FILE", help="draw the ratios")
    parser.add_argument("--against", metavar="FILE", help="an earlier JSON file: print the rows that got slower")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every framework alike")
    parser.add_argument(
        "--frameworks",
        metavar="NAMES",
        help="modules with PyTorch's names (default: tinytorch, and torch if it is there)",
    )
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error("--rounds has to be at least 1")
    if chosen.against and not Path(chosen.against).is_file():
        parser.error(f"--against: there is no file {chosen.against}")
    for written in filter(None, (chosen.json, chosen.picture)):  # asked now, not after the measurements
        if not Path(written).absolute().parent.is_dir():
            parser.error(f"there is no folder for {written}")
    if chosen.picture and find_spec("matplotlib") is None:
        parser.error("--picture needs matplotlib")
    return chosen


def usable(team, asked_for):
    """What each framework says of itself; PyTorch without the device is left out, unless it was asked for by name."""
    about = {}
    for label in list(team.members):
        about[label] = team.worker(label).ask("describe")
        if about[label]["available"]:
            continue
        if asked_for or label != "torch":
            raise RowFailure(f"{label} cannot use the device {team.device}")
        print(f"{report.heading(label)} {about.pop(label)['version']} cannot use {team.device}: no such column")
        del team.members[label]
    return about


def main():
    chosen = arguments()
    rows = [row for row in ROWS if fnmatch(row.name, chosen.only) and chosen.device in row.devices]
    if not rows:
        sys.exit(
            f"no row on {chosen.device} is named {chosen.only}; there are:\n" + "\n".join(row.name for row in ROWS)
        )
    before = report.read_json(chosen.against) if chosen.against else {}
    frameworks = (
        chosen.frameworks.split(",") if chosen.frameworks else ["tinytorch", *["torch"] * bool(find_spec("torch"))]
    )
    arrays = {"cpu": "numpy", "cuda": "cupy"}[chosen.device]
    machine = report.machine()
    with Team(frameworks, arrays, chosen.device, chosen.threads) as team:
        try:
            frameworks = usable(team, chosen.frameworks is not None)
        except RowFailure as failure:
            sys.exit(str(failure))
        about = {"device": chosen.device, "threads": chosen.threads, "rounds": chosen.rounds, "machine": machine}
        about |= {"python": sys.version.split()[0], "frameworks": frameworks}
        print(machine["processor"], f"load {machine.get('load', 'unknown')}", f"{chosen.threads} threads", sep=", ")
        print(", ".join(f"{report.heading(label)} {what['version']}" for label, what in frameworks.items()), end="\n\n")
        labels = list(team.members)
        measurements = run(rows, team, chosen.rounds, report.Table(labels))
    if chosen.json:
        report.write_json(chosen.json, about, measurements, labels)
    if chosen.picture:
        report.draw(chosen.picture, measurements, labels)
    if chosen.against:
        sentences, compared = report.slower(before, measurements, labels)
        print(f"{compared} rows compared with {chosen.against}, {len(sentences)} got slower", *sentences, sep="\n  ")
    failures = [measurement for measurement in measurements if measurement.failure]
    if failures:
        sys.exit(f"{len(failures)} of {len(measurements)} rows FAILED: " + ", ".join(row.name for row in failures))


def run(rows, team, rounds, table):
    """Measures the rows, printing each as it is done, and the means of each group."""
    print(table.head())
    measurements, group = [], []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        group.append(measure(row, team, rounds))
        print(table.line(group[-1], row.at_most), flush=True)
        name = report.group_of(row.name)
        if following is None or report.group_of(following.name) != name:
            if len(group) > 1:
                print(table.mean_line(name, group, GROUP_AT_MOST.get(name, {})))
            print()
            measurements += group
            group = []
    return measurements


if __name__ == "__main__":
    main()
