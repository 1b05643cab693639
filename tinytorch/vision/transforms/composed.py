"""Transforms of transforms: one after the other, some of them, one of them, or in any order."""

import random
from collections.abc import Sequence

import tinytorch as torch


def listed(head: str, transforms, tail: str = "\n)") -> str:
    """The text of a transform that holds others, a line for each."""
    return head + "".join([f"\n    {each}" for each in transforms]) + tail


class Compose:
    """Transforms one after the other.

    >>> from tinytorch.vision import transforms
    >>> transforms.Compose([transforms.CenterCrop(10), transforms.ToTensor()])
    Compose(
        CenterCrop(size=(10, 10))
        ToTensor()
    )
    """

    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, img):
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listed(f"{type(self).__name__}(", self.transforms)


class Lambda:
    """A function as a transform; a TypeError for what cannot be called."""

    def __init__(self, lambd):
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def __call__(self, img):
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RandomTransforms:
    """What `RandomOrder` and `RandomChoice` share: a list of transforms; a TypeError for what is no list."""

    def __init__(self, transforms):
        if not isinstance(transforms, Sequence):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = transforms

    def __call__(self, *args, **kwargs):
        raise NotImplementedError

    def __repr__(self) -> str:
        return listed(f"{type(self).__name__}(", self.transforms)


class RandomApply(torch.nn.Module):
    """Transforms one after the other with a probability, else none."""

    def __init__(self, transforms, p: float = 0.5):
        super().__init__()
        self.transforms = transforms
        self.p = p

    def forward(self, img):
        if self.p < torch.rand(1):
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return listed(f"{type(self).__name__}(\n    p={self.p}", self.transforms)


class RandomOrder(RandomTransforms):
    """All transforms in an order that Python's `random` shuffles."""

    def __call__(self, img):
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for place in order:
            img = self.transforms[place](img)
        return img


class RandomChoice(RandomTransforms):
    """One of the transforms, which Python's `random` chooses by the weights `p`."""

    def __init__(self, transforms, p: Sequence | None = None):
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError("Argument p should be a sequence")
        self.p = p

    def __call__(self, *args):
        return random.choices(self.transforms, weights=self.p)[0](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"
