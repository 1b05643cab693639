"""The base of data sets of images: a folder, transforms of images and of targets, and what it prints."""

import os

from tinytorch.utils.data import Dataset


class StandardTransform:
    """A transform of the image and one of the target, as one of both."""

    def __init__(self, transform=None, target_transform=None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input, target) -> tuple:
        return applied(self.transform, input), applied(self.target_transform, target)

    def __repr__(self) -> str:
        lines = [type(self).__name__]
        for head, transform in (("Transform: ", self.transform), ("Target transform: ", self.target_transform)):
            if transform is not None:
                first, *others = repr(transform).splitlines()
                lines += [head + first, *[" " * len(head) + line for line in others]]
        return "\n".join(lines)


def applied(transform, value):
    """A value after a transform, if there is one."""
    return value if transform is None else transform(value)


class VisionDataset(Dataset):
    """The base of data sets of images; a subclass writes `__getitem__(index)` and `__len__()`.

    There is either `transforms`, of image and target, or `transform` and `target_transform`; a ValueError for both.
    """

    _repr_indent = 4

    def __init__(self, root=None, transforms=None, transform=None, target_transform=None) -> None:
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def __getitem__(self, index: int):
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def _sample(self, image, target) -> tuple:
        """What an index gives: image and target, each after its transform."""
        return applied(self.transform, image), applied(self.target_transform, target)

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            lines.append(f"Root location: {self.root}")
        lines += self.extra_repr().splitlines()
        if getattr(self, "transforms", None) is not None:
            lines.append(repr(self.transforms))
        return "\n".join([f"Dataset {type(self).__name__}", *[" " * self._repr_indent + line for line in lines]])

    def extra_repr(self) -> str:
        """More lines of the text."""
        return ""
