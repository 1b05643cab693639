"""Transforms of whole samples: of all images in nested lists, tuples and dictionaries; everything else stays.

Images are pictures and what `ToImage` made, or, where there is none, the first tensor. torchvision knows what `ToImage`
made by its class; here it carries a mark, which the transforms keep and operations do not.
"""

import enum

import tinytorch as torch
from tinytorch.func.trees import flatten, unflatten
from tinytorch.tensor import Tensor
from tinytorch.vision.backend import is_picture
from tinytorch.vision.transforms.dimensions import InterpolationMode, get_dimensions

SHOWN = (bool, int, float, str, tuple, list, enum.Enum)


class Transform(torch.nn.Module):
    """The base of transforms of samples; a subclass writes `transform(inpt, params)`, and `make_params(flat_inputs)`.

    `make_params` draws once for all images of a sample.
    """

    _transformed_types = (Tensor, is_picture)

    def check_inputs(self, flat_inputs: list) -> None:
        """Refuse samples; a subclass may do so."""

    def make_params(self, flat_inputs: list) -> dict:
        """What is the same for all images of a sample."""
        return {}

    def transform(self, inpt, params: dict):
        """One image after the transform."""
        raise NotImplementedError

    def forward(self, *inputs):
        leaves, structure = flatten(inputs if len(inputs) > 1 else inputs[0])
        self.check_inputs(leaves)
        chosen = self._chosen(leaves)
        params = self.make_params([leaf for leaf, wanted in zip(leaves, chosen, strict=True) if wanted])
        return unflatten([self.transform(leaf, params) if wanted else leaf
                          for leaf, wanted in zip(leaves, chosen, strict=True)], structure)  # fmt: skip

    def _chosen(self, leaves: list) -> list[bool]:
        """Which leaves are transformed: images, or, if there is none, the first tensor."""
        chosen, taken = [], any(is_picture(leaf) or is_image(leaf) for leaf in leaves)
        for leaf in leaves:
            wanted = of_any(leaf, self._transformed_types)
            if wanted and isinstance(leaf, Tensor) and not is_image(leaf):
                wanted, taken = not taken, True
            chosen.append(wanted)
        return chosen

    def extra_repr(self) -> str:
        shown = {name: value for name, value in vars(self).items() if not name.startswith("_") and name != "training"}
        return ", ".join([f"{name}={value}" for name, value in shown.items() if isinstance(value, SHOWN)])


def is_image(value) -> bool:
    """Whether a value is a tensor that `ToImage` made, or a transform of it."""
    return isinstance(value, Tensor) and getattr(value, "_is_image", False)


def marked(tensor: Tensor) -> Tensor:
    """A tensor as an image, which shares its memory."""
    image = tensor.view_as(tensor)
    image._is_image = True
    return image


def like(before, result):
    """The result of a transform, as an image if it was one before; several results are a tuple."""
    if not is_image(before) or is_image(result):
        return result
    if isinstance(result, tuple):
        return tuple([like(before, each) for each in result])
    return marked(result)


def of_any(value, kinds) -> bool:
    """Whether a value is of one of the classes, or one of the functions says so."""
    return any(isinstance(value, kind) if isinstance(kind, type) else kind(value) for kind in kinds)


class OfImages(Transform):
    """A transform of single images, which stands behind this class, as one of samples.

    Several images of a sample are changed alike: for each the stream of random numbers is set back. Where places are
    drawn they have one size, else a ValueError.
    """

    shown = ()
    as_lists = ()  # what v2 keeps as lists

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if isinstance(getattr(self, "interpolation", None), str):
            self.interpolation = InterpolationMode(self.interpolation)
        for name in self.as_lists:
            value = getattr(self, name)
            setattr(self, name, [value] if isinstance(value, int) else list(value))

    def forward(self, *inputs):
        leaves, structure = flatten(inputs if len(inputs) > 1 else inputs[0])
        self.check_inputs(leaves)
        images = [place for place, wanted in enumerate(self._chosen(leaves)) if wanted]
        sizes = {tuple(get_dimensions(leaves[place])) for place in images}
        if len(sizes) > 1 and hasattr(self, "get_params"):
            shown = ", ".join([f"'{size}'" for size in sorted(sizes)])
            raise ValueError(f"Found multiple CxHxW dimensions in the sample: {shown}")
        state = torch.get_rng_state() if len(images) > 1 else None
        for number, place in enumerate(images):
            if number:
                torch.set_rng_state(state)
            leaves[place] = like(leaves[place], super(Transform, self).forward(leaves[place]))
        return unflatten(leaves, structure)

    def __repr__(self) -> str:
        values = [(name, getattr(self, name)) for name in self.shown]
        shown = [f"{name}={value.value if isinstance(value, InterpolationMode) else value}" for name, value in values
                 if value is not None]  # fmt: skip
        return f"{type(self).__name__}({', '.join(shown)})"
