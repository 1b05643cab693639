"""Measurements side by side: a row for each statement, a column for each description, a table for each label."""

import enum
import math

from tinytorch.utils.benchmark.measurement import Measurement, ordered_unique, select_unit, trim_sigfig, unit_to_english

BEST, GOOD, BAD, VERY_BAD, BOLD, END = "\033[92m", "\033[34m", "\033[2m\033[91m", "\033[31m", "\033[1m", "\033[0m"


class Colorize(enum.Enum):
    """Among which times colours tell the best."""

    NONE, COLUMNWISE, ROWWISE = "none", "columnwise", "rowwise"


class Compare:
    """Tables of measurements; those of the same are one. A ValueError for what is no Measurement."""

    def __init__(self, results):
        self._results = []
        self.extend_results(results)
        self._trim = self._warn = False
        self._colorize = Colorize.NONE

    def extend_results(self, results):
        """Add measurements."""
        for each in results:
            if not isinstance(each, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(each)} instead.")
        self._results.extend(results)

    def trim_significant_figures(self):
        """Show as many digits as the times can bear."""
        self._trim = True

    def highlight_warnings(self):
        """Say which times vary much."""
        self._warn = True

    def colorize(self, rowwise=False):
        """Show the best and the worst of each column, or row, in colours."""
        self._colorize = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def print(self):
        """Print the tables."""
        print(str(self))

    def __str__(self):
        groups = {}
        for each in Measurement.merge(self._results):
            groups.setdefault(each.label, []).append(each)
        return "\n".join([Table(group, self._colorize, self._trim, self._warn).render() for group in groups.values()])


class Table:
    """The measurements of one label."""

    def __init__(self, results, colorize, trim, warn):
        self.results, self.colorize, self.trim = results, colorize, trim
        self.unit, self.scale = select_unit(min([each.median for each in results]))
        self.row_keys = sorted(ordered_unique(map(row_key, results)), key=lambda key: key[:2])
        self.column_keys = ordered_unique([each.description for each in results])
        self.cells = {(row_key(each), each.description): each for each in results}
        self.several_places = len({each.env for each in results}) > 1
        self.warn = warn and any(each.has_warnings for each in results)

    def render(self):
        """The table as text."""
        columns = [self.column(each) for each in self.column_keys]
        names = [""] + ["" if each is None else each for each in self.column_keys]
        lines = [[name, *texts] for name, *texts in zip(self.row_names(), *columns, strict=True)]
        widths = [max(map(len, texts)) for texts in zip(names, *lines, strict=True)]
        head = "  |  ".join([name.center(width) for name, width in zip(names, widths, strict=True)])
        rows, threads = [head], None
        for key, line in zip(self.row_keys, lines, strict=True):
            if key[0] != threads:
                threads = key[0]
                rows.append(f"{threads} threads: ".ljust(len(head), "-"))
            texts = [text.center(width) for text, width in zip(line[1:], widths[1:], strict=True)]
            rows.append("  |  ".join([line[0].ljust(widths[0]), *self.coloured(key, texts)]))
        title = f" {self.results[0].label or ''} ".center(len(head) - 2, "-")
        rows = [f"[{title}]", *rows, "", f"Times are in {unit_to_english(self.unit)}s ({self.unit})."]
        if self.warn:
            rows.append("(! XX%) Measurement has high variance, where XX is the IQR / median * 100.")
        return "\n".join(rows) + "\n"

    def row_names(self):
        """How each row begins: with the place, where there are several and it changes, and the name."""
        width = max([len(each.env) for each in self.results]) if self.several_places else 0
        before, names = (None, None), []
        for key in self.row_keys:
            place = f"({key[1]})" if self.several_places and key[:2] != before else ""
            before = key[:2]
            names.append(f"  {place.ljust(width + 4)}{key[2]}")
        return names

    def column(self, description):
        """The times of a column as text."""
        found = [self.cells.get((key, description)) for key in self.row_keys]
        there = [each for each in found if each is not None]
        digits = [math.ceil(math.log10(each.median / self.scale)) for each in there]
        decimals = 1
        if self.trim:
            pairs = zip(there, digits, strict=True)
            decimals = min([max(each.significant_figures - before, 0) for each, before in pairs])
        width = max(digits) + decimals + (decimals > 0)
        warns = self.warn and any(each.has_warnings for each in there)

        def text(each):
            value = each.median / self.scale
            value = trim_sigfig(value, each.significant_figures) if self.trim else value
            spread = f" (! {each.iqr / each.median * 100:.0f}%)" if warns and each.has_warnings else ""
            return f"{value:>{width}.{decimals}f}{spread:>{7 if warns else 0}}"

        empty = " " * len(f"{1:>{width}.{decimals}f}{'':>{7 if warns else 0}}")
        return [empty if each is None else text(each) for each in found]

    def coloured(self, key, texts):
        """The texts of a row in the colours of their times."""
        if self.colorize is Colorize.NONE:
            return texts
        row = [self.cells.get((key, each)) for each in self.column_keys]
        finished = []
        for description, each, text in zip(self.column_keys, row, texts, strict=True):
            rivals = row
            if self.colorize is Colorize.COLUMNWISE:
                rivals = [self.cells.get((other, description)) for other in self.row_keys if other[0] == key[0]]
            medians = [rival.median for rival in rivals if rival is not None]
            finished.append(text if each is None else coloured(text, each.median, min(medians)))
        return finished


def row_key(measurement):
    """What the measurements of a row have in common."""
    return measurement.num_threads, measurement.env, measurement.as_row_name


def coloured(text, value, best):
    """A text in the colour of a value beside the best one."""
    if value <= best * 1.01 or value <= best + 100e-9:
        return f"{BEST}{BOLD}{text}{END}{END}"
    if value <= best * 1.1:
        return f"{GOOD}{BOLD}{text}{END}{END}"
    if value >= best * 5:
        return f"{VERY_BAD}{BOLD}{text}{END}{END}"
    return f"{BAD}{text}{END}{END}" if value >= best * 2 else text
