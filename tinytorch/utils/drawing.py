"""How boxes and lines look: a picture as SVG text, which Jupyter shows."""

import html

from tinytorch.utils.layered import Place, arrange, routed

SIZE, LINE, MARGIN = 12, 16, 14  # of letters, of lines of text, around everything; in pixels
LETTER = 0.61 * SIZE  # the width of a letter of a monospaced font
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"
COLOURS = {  # kind of box -> how it is filled, its edge
    "leaf": ("#e4eefb", "#9cb8da"),
    "again": ("#f4f8fe", "#b9cde6"),
    "operation": ("#f7f7f5", "#c6c6c0"),
    "result": ("#e3f3e3", "#98c49a"),
    "more": ("#ffffff", "#c6c6c0"),
}
DASHED = ("again", "more")
TEXTS = {"shape": "#555c66", "kept": "#94651a", "freed": "#a3a8b0", "stale": "#b3423a", "faint": "#8b919b"}
STROKE, TIP = "#9aa0a8", 6  # of lines: their colour, and how long they go straight before they end


class Box:
    """What a box says: a title, of which the end may be fainter, and lines, each (kind, text)."""

    def __init__(self, kind, title, ending="", lines=(), hint=""):
        self.kind, self.title, self.ending, self.lines, self.hint = kind, title, ending, lines, hint
        letters = max(len(title) + len(ending), *(len(text) for _, text in lines), 1)
        self.place = Place(LETTER * letters + 22, LINE * (1 + len(lines)) + 12, self)


def picture(boxes, rows, sources, caption):
    """The SVG text of boxes that stand in rows, with lines from their sources and a line of text below."""
    table, ties = routed({each: box.place for each, box in boxes.items()}, rows, sources)
    width, height = arrange(table, ties)
    width = max(width, LETTER * len(caption)) + 2 * MARGIN
    height += 2 * MARGIN + LINE + 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}" font-size="{SIZE}">',
        '<defs><marker id="tip" markerWidth="7" markerHeight="7" refX="6" refY="3.5" orient="auto">'
        f'<path d="M0,1 L6,3.5 L0,6 z" fill="{STROKE}"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
    ]
    parts += [curve(upper, lower) for upper, lower in ties]
    parts += [drawn(place) for row in table for place in row if place.box is not None]
    parts.append(text(MARGIN, height - MARGIN, caption, TEXTS["faint"]))
    return "\n".join([*parts, "</svg>"])


def curve(upper, lower):
    """A line from the foot of one box, or of the row that it passes, to the next, with a tip where it ends at a box."""
    x, end, foot, top = upper.x + MARGIN, lower.x + MARGIN, upper.foot + MARGIN, lower.top + MARGIN - TIP
    start = (upper.top if upper.box is None else upper.y + upper.height / 2) + MARGIN
    finish, tip = top + TIP, ""
    if lower.box is not None:
        finish, tip = lower.y - lower.height / 2 + MARGIN, ' marker-end="url(#tip)"'
    bend = (foot + top) / 2
    return (
        f'<path d="M{x:.1f},{start:.1f} L{x:.1f},{foot:.1f} C{x:.1f},{bend:.1f} {end:.1f},{bend:.1f} '
        f'{end:.1f},{top:.1f} L{end:.1f},{finish:.1f}" fill="none" stroke="{STROKE}"{tip}/>'
    )


def drawn(place):
    """A box with its text; the pointer shows its hint."""
    box = place.box
    left, top = place.x - place.width / 2 + MARGIN, place.y - place.height / 2 + MARGIN
    fill, edge = COLOURS[box.kind]
    dashes = ' stroke-dasharray="4 3"' if box.kind in DASHED else ""
    middle = place.x + MARGIN
    seam = middle + LETTER * (len(box.title) - len(box.ending)) / 2  # between the title and its fainter end
    parts = [
        f"<g><title>{html.escape(box.hint)}</title>",
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{place.width:.1f}" height="{place.height:.1f}" rx="6" '
        f'fill="{fill}" stroke="{edge}"{dashes}/>',
        text(seam, top + 6 + SIZE, box.title, "#23272e", ' text-anchor="end" font-weight="bold"'),
    ]
    if box.ending:
        parts.append(text(seam, top + 6 + SIZE, box.ending, TEXTS["faint"]))
    for number, (kind, words) in enumerate(box.lines, 1):
        parts.append(text(middle, top + 6 + LINE * number + SIZE, words, TEXTS[kind], ' text-anchor="middle"'))
    return "".join([*parts, "</g>"])


def text(x, y, words, colour, more=""):
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{more}>{html.escape(words)}</text>'
