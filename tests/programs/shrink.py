"""How a program that differs becomes a small one: lines are left out while the difference remains."""

from tests.programs.run import compare, run


def shrink(text, differs):
    """The fewest lines for which `differs(text)` stays true: delta debugging (Zeller and Hildebrandt, 2002)."""
    lines, size = text.splitlines(), len(text.splitlines()) // 2
    while size:
        start, removed = 0, False
        while start < len(lines):
            fewer = lines[:start] + lines[start + size :]
            if differs("\n".join(fewer) + "\n"):
                lines, removed = fewer, True
            else:
                start += size
        if not (removed and size == 1):
            size //= 2
    return "\n".join(lines) + "\n"


def smallest(text, differences):
    """The text reduced while the first of `differences(text)` stays of the same aspect."""

    def aspect(candidate):
        found = differences(candidate)
        return (found[0].aspect, found[0].line == "at the end") if found else None

    wanted = aspect(text)
    return shrink(text, lambda candidate: aspect(candidate) == wanted)


def report(text, reference, subject, names=True):
    """The smallest text that still differs, the differences, and both outcomes line by line."""
    text = smallest(text, lambda text: compare(run(text, reference), run(text, subject), names))
    expected, actual = run(text, reference), run(text, subject)
    parts = [text, *map(str, compare(expected, actual, names)[:8]), ""]
    for title, outcome in (("expected", expected), ("actual", actual)):
        parts.append(f"{title}:")
        for step in outcome.steps:
            parts.append(f"    {step.line}")
            parts.extend([f"        {step.error[0]}: {step.message}"] if step.error else [])
            for name, (version, requires, values) in step.changed.items():
                history = f", grad_fn {step.made[name][3]}" if step.made.get(name) else ""
                parts.append(f"        {name}: {values}, version {version}, requires_grad {requires}{history}")
        for name, (requires, leaf, history, grad) in outcome.final.items():
            grad = f", grad {grad[1]}" if grad else ""
            parts.append(f"    {name} at the end: requires_grad {requires}, is_leaf {leaf}, grad_fn {history}{grad}")
    return "\n".join(parts)
