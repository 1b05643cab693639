"""Transforms of transforms, for samples."""

from collections.abc import Sequence

import tinytorch as torch
from tinytorch.vision.transforms.v2.samples import Transform


class Several(Transform):
    """What they share: a list of transforms; a TypeError or ValueError for what is none."""

    def __init__(self, transforms) -> None:
        super().__init__()
        if not isinstance(transforms, (Sequence, torch.nn.ModuleList)):
            raise TypeError("Argument transforms should be a sequence of callables")
        if not transforms:
            raise ValueError("Pass at least one transform")
        self.transforms = transforms

    def _through(self, transforms, inputs: tuple):
        """The sample after transforms."""
        for transform in transforms:
            outputs = transform(*inputs)
            inputs = outputs if len(inputs) > 1 else (outputs,)
        return inputs if len(inputs) > 1 else inputs[0]

    def _lines(self) -> str:
        return "\n".join([f"    {each}" for each in self.transforms])


class Compose(Several):
    """Transforms one after the other."""

    def forward(self, *inputs):
        return self._through(self.transforms, inputs)

    def extra_repr(self) -> str:
        return self._lines()


class RandomApply(Several):
    """Transforms one after the other with a probability, else none."""

    def __init__(self, transforms, p: float = 0.5) -> None:
        super().__init__(transforms)
        if not 0.0 <= p <= 1.0:
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        self.p = p

    def forward(self, *inputs):
        return self._through(() if torch.rand(1) >= self.p else self.transforms, inputs)

    def extra_repr(self) -> str:
        return self._lines()


class RandomChoice(Several):
    """One of the transforms, chosen by the weights `p`; a ValueError unless there is one for each."""

    def __init__(self, transforms, p: list[float] | None = None) -> None:
        super().__init__(transforms)
        p = [1] * len(transforms) if p is None else p
        if len(p) != len(transforms):
            raise ValueError(f"Length of p doesn't match the number of transforms: {len(p)} != {len(transforms)}")
        self.p = [each / sum(p) for each in p]

    def forward(self, *inputs):
        return self.transforms[int(torch.multinomial(torch.tensor(self.p), 1))](*inputs)


class RandomOrder(Several):
    """All transforms in a random order."""

    def forward(self, *inputs):
        return self._through(
            [self.transforms[place] for place in torch.randperm(len(self.transforms)).tolist()], inputs
        )


class Identity(Transform):
    """Samples as they are."""

    def transform(self, inpt, params: dict):
        return inpt


class Lambda(Transform):
    """A function of all values of a sample, or of those of some classes."""

    _transformed_types = (object,)

    def __init__(self, lambd, *types: type) -> None:
        super().__init__()
        self.lambd = lambd
        self.types = types or self._transformed_types

    def transform(self, inpt, params: dict):
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt

    def extra_repr(self) -> str:
        name = getattr(self.lambd, "__name__", None)
        return ", ".join([*[name] * bool(name), f"types={[each.__name__ for each in self.types]}"])
