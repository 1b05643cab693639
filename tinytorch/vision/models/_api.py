"""Models by name, and published weights: what they are, where they lie, and how a builder takes them."""

import fnmatch
import functools
import importlib
import inspect
import warnings
from dataclasses import dataclass, field
from enum import Enum

from tinytorch import hub
from tinytorch.vision.models._meta import _IMAGENET_CATEGORIES
from tinytorch.vision.transforms._presets import ImageClassification
from tinytorch.vision.transforms.dimensions import InterpolationMode

WHERE = "https://download.pytorch.org/models/"
BUILDERS = {}  # name of a model -> its builder


@dataclass
class Weights:
    """Published weights: where their file lies, a function that gives their transforms, and what is known."""

    url: str
    transforms: object
    meta: dict = field(default_factory=dict)


class WeightsEnum(Enum):
    """The published weights of a model; `DEFAULT` are the best of them."""

    @classmethod
    def verify(cls, obj):
        """The weights that were given, by name too; None for None, a TypeError for those of another model."""
        if isinstance(obj, str):
            return cls[obj.replace(cls.__name__ + ".", "")]
        if obj is not None and not isinstance(obj, cls):
            raise TypeError(
                f"Invalid Weight class provided; expected {cls.__name__} but received {type(obj).__name__}."
            )
        return obj

    def get_state_dict(self, *args, **kwargs) -> dict:
        """The weights, from the folder of `torch.hub` or the network; a RuntimeError where there is neither.

        The arguments are those of `torch.hub.load_state_dict_from_url`.
        """
        try:
            return hub.load_state_dict_from_url(self.url, *args, **kwargs)
        except OSError as error:
            raise RuntimeError(
                f"{self.url} is not in the folder of torch.hub and cannot be downloaded: {error}; without a network "
                "build the model with weights=None and call model.load_state_dict(torch.load(path))"
            ) from error

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}"

    @property
    def url(self) -> str:
        """Where the file lies."""
        return self.value.url

    @property
    def transforms(self):
        """A function that gives the transforms for images."""
        return self.value.transforms

    @property
    def meta(self) -> dict:
        """What is known of the weights."""
        return self.value.meta


def published(name: str, parameters, *versions, default: int = -1) -> type[WeightsEnum]:
    """The weights of a model: for each version its name, file, size of images, and settings of the transforms.

    `parameters` is how many there are, a tuple if the versions differ in it.
    """
    members = {}
    for number, (version, file, crop_size, settings) in enumerate(versions):
        settings = {"crop_size": crop_size, **settings}
        if "interpolation" in settings:
            settings["interpolation"] = InterpolationMode(settings["interpolation"])
        preset = functools.partial(ImageClassification, **settings)
        count = parameters[number] if isinstance(parameters, tuple) else parameters
        members[version] = Weights(WHERE + file, preset, {"num_params": count, "categories": _IMAGENET_CATEGORIES})
    members["DEFAULT"] = members[versions[default][0]]
    return WeightsEnum(name, members, module="tinytorch.vision.models.weights")


def fixed(kwargs: dict, name: str, value) -> None:
    """Set an argument; a ValueError if it was given otherwise."""
    if kwargs.setdefault(name, value) != value:
        raise ValueError(f"The parameter '{name}' expected value {value} but got {kwargs[name]} instead.")


def builder(weights_class: type[WeightsEnum], load=None, prepare=None):
    """A function that builds a model of keywords becomes a builder, `build(*, weights=None, progress=True, **kwargs)`.

    With weights the model has their classes. `prepare(kwargs, weights)` may say more of it, and give a function that
    finishes the model; `load(state)` gives the names of today to weights. The older arguments, `pretrained=True` and
    weights without a name, are taken with a warning.
    """

    def wrap(build):
        @functools.wraps(build)
        def call(*args, **kwargs):
            weights = weights_class.verify(chosen(build.__name__, weights_class, args, kwargs))
            progress = kwargs.pop("progress", True)
            if weights is None:
                return build(**kwargs)
            fixed(kwargs, "num_classes", len(weights.meta["categories"]))
            finish = prepare(kwargs, weights) if prepare else None
            model = build(**kwargs)
            state = weights.get_state_dict(progress=progress, check_hash=True)
            model.load_state_dict(load(state) if load else state)
            if finish:
                finish(model)
            return model

        call.weights_class = weights_class
        call.__signature__ = SIGNATURE
        return register_model()(call)

    return wrap


def example(*, weights=None, progress: bool = True, **kwargs):
    """What the builders take."""


SIGNATURE = inspect.signature(example)


def chosen(name: str, weights_class, args: tuple, kwargs: dict):
    """The weights among the arguments, also in the forms of before 0.13, with torchvision's warnings of these."""
    if len(args) > 2:
        raise TypeError(f"{name}() takes at most 2 positional arguments ({len(args)} given)")
    if args:
        names = ("weights", "progress")[: len(args)]
        kwargs.update(zip(names, args, strict=True))
        shown = "' and '".join(names)
        warnings.warn(
            f"Using '{shown}' as positional parameter(s) is deprecated since 0.13 and may be removed in the future. "
            "Please use keyword parameter(s) instead.",
            stacklevel=4,
        )
    weights = kwargs.pop("weights", None)
    old = isinstance(weights, bool)
    if not old and "pretrained" not in kwargs:
        return weights
    wanted = weights if old else kwargs.pop("pretrained")
    if not old:
        warnings.warn(
            "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, "
            "please use 'weights' instead.",
            stacklevel=4,
        )
    first = next(iter(weights_class)) if wanted else None
    message = (
        "Arguments other than a weight enum or `None` for 'weights' are deprecated since 0.13 and may be removed in "
        f"the future. The current behavior is equivalent to passing `weights={first}`."
    )
    if wanted:
        message += f" You can also use `weights={weights_class.__name__}.DEFAULT` to get the most up-to-date weights."
    warnings.warn(message, stacklevel=4)
    return first


def register_model(name: str | None = None):
    """A builder becomes known to `get_model`; a ValueError if its name is taken."""

    def wrap(build):
        key = build.__name__ if name is None else name
        if key in BUILDERS:
            raise ValueError(f"An entry is already registered under the name '{key}'.")
        BUILDERS[key] = build
        return build

    return wrap


def list_models(module=None, include=None, exclude=None) -> list[str]:
    """The names of the models that are there, those of a package, or those that fit patterns such as "resnet*"."""
    found = {
        name
        for name, build in BUILDERS.items()
        if module is None or build.__module__.rsplit(".", 1)[0] == module.__name__
    }
    if include:
        patterns = [include] if isinstance(include, str) else include
        found = {name for pattern in patterns for name in fnmatch.filter(found, pattern)}
    for pattern in [exclude] if isinstance(exclude, str) else exclude or ():
        found -= set(fnmatch.filter(found, pattern))
    return sorted(found)


def get_model_builder(name: str):
    """The builder of a model; a ValueError if there is none."""
    if (build := BUILDERS.get(name.lower())) is None:
        raise ValueError(f"Unknown model {name.lower()}")
    return build


def get_model(name: str, **config):
    """A model by its name, `get_model("resnet18", num_classes=10)`."""
    return get_model_builder(name)(**config)


def get_model_weights(name) -> type[WeightsEnum]:
    """The weights that were published for a model, given by its name or builder."""
    build = get_model_builder(name) if isinstance(name, str) else name
    if not hasattr(build, "weights_class"):
        raise ValueError("The WeightsEnum class for the specific method couldn't be retrieved.")
    return build.weights_class


def get_weight(name: str) -> WeightsEnum:
    """Published weights by their name, `get_weight("ResNet50_Weights.DEFAULT")`."""
    parts = name.split(".")
    if len(parts) != 2:
        raise ValueError(f"Invalid weight name provided: '{name}'.")
    classes = vars(importlib.import_module(__name__.rsplit(".", 1)[0]))
    found = classes.get(parts[0])
    if not (isinstance(found, type) and issubclass(found, WeightsEnum)):
        raise ValueError(f"The weight enum '{parts[0]}' for the specific method couldn't be retrieved.")
    return found[parts[1]]
