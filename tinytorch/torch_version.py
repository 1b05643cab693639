"""The version of the library as text that compares as versions do: "1.10" is above "1.9"."""

import re

FORM = re.compile(r"\s*v?(\d+(?:\.\d+)*)[-_.]?(?:(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(.*)", re.IGNORECASE)
STAGES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}


class TorchVersion(str):
    """A version, which is compared with text and with tuples of numbers, `(1, 10)`; a TypeError for other values."""

    __slots__ = ()

    def compared(self, other):
        """The keys of two versions, or two texts if one is none."""
        if isinstance(other, (tuple, list)):
            other = ".".join(map(str, other))
        if not isinstance(other, str):
            raise TypeError(f"cannot compare a version with {type(other).__name__}")
        keys = key(self), key(other)
        return (str(self), str(other)) if None in keys else keys

    def __lt__(self, other):
        ours, theirs = self.compared(other)
        return ours < theirs

    def __le__(self, other):
        ours, theirs = self.compared(other)
        return ours <= theirs

    def __gt__(self, other):
        return not self <= other

    def __ge__(self, other):
        return not self < other

    def __eq__(self, other):
        if not isinstance(other, (str, tuple, list)):
            return False
        ours, theirs = self.compared(other)
        return ours == theirs

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def key(text):
    """What orders versions: the numbers without zeros at the end, then whether it is released; None for no version."""
    found = FORM.fullmatch(text)
    if found is None:
        return None
    numbers, stage, number, rest = found.groups()
    numbers = [int(each) for each in numbers.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    develops = "dev" in rest.partition("+")[0]
    released = (STAGES[stage.lower()], int(number or 0)) if stage else (-1 if develops else 3, 0)
    local = rest.partition("+")[2]
    return numbers, released, local
