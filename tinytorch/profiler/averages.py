"""Recorded events by name: how often, how long together and on average, and the table that shows it."""


class Unmeasured:
    """What PyTorch's events tell too and none is asked here: memory, operations and the GPU's own time, which are 0.

    So tables can be sorted by them, as programs do that were written for a GPU.
    """

    cpu_memory_usage = self_cpu_memory_usage = device_memory_usage = self_device_memory_usage = 0
    cuda_memory_usage = self_cuda_memory_usage = flops = 0
    device_time = device_time_total = self_device_time_total = 0
    cuda_time = cuda_time_total = self_cuda_time_total = 0


class FunctionEventAvg(Unmeasured):
    """The calls of one name, added up; times are in microseconds."""

    def __init__(self, key, input_shapes=None):
        self.key, self.input_shapes = key, input_shapes or []
        self.count, self.cpu_time_total, self.self_cpu_time_total = 0, 0.0, 0.0

    def add(self, other):
        """Add a call, or the calls of another name; they are returned."""
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        return self

    @property
    def cpu_time(self):
        """The time of one call, on average."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def cpu_time_str(self):
        """The time of one call, with its unit."""
        return as_time(self.cpu_time)

    @property
    def cpu_time_total_str(self):
        """The time of all calls, with its unit."""
        return as_time(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self):
        """The time of all calls less that of what they called, with its unit."""
        return as_time(self.self_cpu_time_total)

    def __repr__(self):
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str} input_shapes={self.input_shapes}>"
        )


class EventList(list):
    """Events, or their averages, which print as a table."""

    def __str__(self):
        return self.table()

    @property
    def self_cpu_time_total(self):
        """The time of all, in which nothing is counted twice."""
        return sum([each.self_cpu_time_total for each in self])

    def key_averages(self, group_by_input_shape=False, group_by_stack_n=0, group_by_overload_name=False):
        """The averages by name, or by name and shapes, in the order in which the names first came."""
        found = {}
        for each in self:
            key = (each.key, str(each.input_shapes) if group_by_input_shape else "")
            if key not in found:
                found[key] = FunctionEventAvg(each.key, each.input_shapes if group_by_input_shape else None)
            found[key].add(each)
        averages = EventList(found.values())
        averages.by_shape = group_by_input_shape
        return averages

    by_shape = False

    def total_average(self):
        """All of them as one."""
        total = FunctionEventAvg("Total")
        for each in self:
            total.add(each)
        return total

    def table(
        self,
        sort_by=None,
        row_limit=100,
        max_src_column_width=75,
        max_name_column_width=55,
        max_shapes_column_width=80,
        header=None,
        top_level_events_only=False,
        time_unit=None,
    ):
        """The events as PyTorch prints them, from the greatest value of `sort_by`; an AttributeError for no such value.

        `time_unit` is "s", "ms" or "us" for all times, or None: each has its own.
        """
        if not self:
            return ""
        events = self if sort_by is None else sorted(self, key=lambda each: getattr(each, sort_by), reverse=True)
        name_width = min(max([len(each.key) for each in self]) + 4, max_name_column_width)
        heads = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls"]
        widths = [name_width] + [12] * 6
        if self.by_shape:
            heads.append("Input Shapes")
            widest = max([len(str(each.input_shapes)) for each in self]) + 4
            widths.append(min(max(widest, 12), max_shapes_column_width))
        total = self.self_cpu_time_total

        def line(cells):
            return "".join([f"{cell: >{width}}  " for cell, width in zip(cells, widths, strict=True)])

        rule = line(["-" * width for width in widths])
        lines = [] if header is None else ["=" * (len(rule) - 2), header]
        lines += [rule, line(heads), rule]
        for each in events[: row_limit if row_limit >= 0 else None]:
            if top_level_events_only and getattr(each, "cpu_parent", None) is not None:
                continue
            cells = row(each, total, max_name_column_width, time_unit)
            lines.append(line([*cells, shortened(str(each.input_shapes), max_shapes_column_width)][: len(widths)]))
        return "\n".join([*lines, rule, f"Self CPU time total: {as_time(total, time_unit)}", ""])


def row(event, total, name_width, time_unit):
    """What the table says of one event."""
    return [
        shortened(event.key, name_width),
        share(event.self_cpu_time_total, total),
        as_time(event.self_cpu_time_total, time_unit),
        share(event.cpu_time_total, total),
        as_time(event.cpu_time_total, time_unit),
        as_time(event.cpu_time, time_unit),
        str(event.count),
    ]


def shortened(text, width):
    """A text of less than a width, with dots where it is cut."""
    return f"{text[: width - 3]}..." if len(text) >= width - 3 else text


def share(part, total):
    """A part in percent."""
    return f"{100 * part / total if total else 0.0:.2f}%"


def as_time(microseconds, unit=None):
    """A time with its unit."""
    if unit is None:
        unit = "s" if microseconds >= 1e6 else "ms" if microseconds >= 1e3 else "us"
    return f"{microseconds / {'s': 1e6, 'ms': 1e3, 'us': 1}[unit]:.3f}{unit}"
