"""`torch.torch_version`: a version that is a string, and compares as a version."""

import re

PARTS = (  # compiled by the first comparison
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<stage>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<number>\d*))?"
    r"(?P<post>-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?P<dev>[-_.]?dev[-_.]?\d*)?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
STAGES = {"alpha": "a", "beta": "b", "preview": "rc", "pre": "rc", "c": "rc"}


class TorchVersion(str):
    """A string that compares with strings and with tuples of numbers as the version it names (PEP 440).

    With what names no version it compares as a string.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        return self.compared("__eq__", other)

    def __lt__(self, other):
        return self.compared("__lt__", other)

    def __le__(self, other):
        return self.compared("__le__", other)

    def __gt__(self, other):
        return self.compared("__gt__", other)

    def __ge__(self, other):
        return self.compared("__ge__", other)

    def compared(self, method, other):
        """The answer of a comparison."""
        text = other if isinstance(other, str) or not hasattr(other, "__iter__") else ".".join(map(str, other))
        own, theirs = order(self), order(text)
        if own is None or theirs is None:
            return getattr(str, method)(self, other)
        return getattr(own, method)(theirs)


def order(text):
    """A version as a tuple that sorts as versions do; None for what is none."""
    found = re.fullmatch(PARTS, text.strip(), re.IGNORECASE) if isinstance(text, str) else None
    if found is None:
        return None
    release = [int(each) for each in found["release"].split(".")]
    while len(release) > 1 and not release[-1]:
        release.pop()
    stage = (found["stage"] or "").lower()
    if stage:
        before = (STAGES.get(stage, stage), int(found["number"] or 0))
    else:  # a development release alone comes before every alpha, and a final one after every candidate
        before = ("" if found["dev"] and not found["post"] else "z", 0)
    post, dev = (last_number(found[each]) for each in ("post", "dev"))
    pieces = re.split(r"[-_.]", found["local"].lower()) if found["local"] else []
    local = [(1, int(each), "") if each.isdigit() else (0, 0, each) for each in pieces]
    return int(found["epoch"] or 0), release, before, -1 if post is None else post, dev is None, dev or 0, local


def last_number(text):
    """The number at the end of a part, 0 where it has none; None without the part."""
    return None if text is None else int("".join(re.findall(r"\d+", text)) or 0)


TorchVersion.__module__ = "torch.torch_version"
