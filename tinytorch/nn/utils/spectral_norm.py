"""A weight over its largest singular value, which a step of power iteration estimates before every call in training."""

from typing import TypeVar

from tinytorch.modes import no_grad
from tinytorch.nn.modules.conv import _ConvTransposeNd
from tinytorch.nn.modules.module import Module
from tinytorch.nn.normalization import normalize
from tinytorch.nn.parameter import Parameter, is_lazy
from tinytorch.nn.utils.weight_norm import found
from tinytorch.tensor import Tensor

Layer = TypeVar("Layer", bound=Module)


class SpectralNorm:
    """The hook: `name_orig` is learned, the buffers `name_u` and `name_v` are the singular vectors so far."""

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        check_iterations(n_power_iterations)
        self.name = name
        self.n_power_iterations = n_power_iterations
        self.dim = dim
        self.eps = eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """The weight over its largest singular value, after better estimates of the vectors if asked for."""
        weight, u, v = [getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v")]
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v = normalize(matrix.T.mv(u), dim=0, eps=self.eps, out=v)
                    u = normalize(matrix.mv(v), dim=0, eps=self.eps, out=u)
                u, v = u.clone(), v.clone()  # which backward keeps while the buffers go on
        return weight / u.dot(matrix.mv(v))

    def remove(self, module: Module) -> None:
        """Give the module its weight back as one parameter."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for name in (self.name, f"{self.name}_u", f"{self.name}_v", f"{self.name}_orig"):
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


class Versioned:
    """The hook that writes the form of the state beside it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, module: Module, state_dict, prefix, local_metadata) -> None:
        local_metadata.setdefault("spectral_norm", {})[f"{self.name}.version"] = 1


def spectral_norm(
    module: Layer, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Layer:
    """The module, with a parameter over its largest singular value as a matrix, rows along `dim` (Miyato et al., 2018).

    `dim` is 1 for transposed convolutions and 0 for others. A RuntimeError the second time, a ValueError for no weight.
    """
    if found(module, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, output_dim(module) if dim is None else dim, eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if is_lazy(weight):
        raise ValueError(
            "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy "
            "forward before applying spectral normalization"
        )
    vectors = drawn_vectors(as_matrix(weight, hook.dim), eps)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)
    for part, vector in zip("uv", vectors, strict=True):
        module.register_buffer(f"{name}_{part}", vector)
    module.register_forward_pre_hook(hook)
    module.register_state_dict_post_hook(Versioned(name))
    return module


def remove_spectral_norm(module: Layer, name: str = "weight") -> Layer:
    """The module without what `spectral_norm` did; a ValueError if it did nothing."""
    key = found(module, SpectralNorm, name)
    if key is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    module._hooks_of("forward_pre").pop(key).remove(module)
    hooks = module._hooks_of("state_dict_post")
    for other in [other for other, each in hooks.items() if isinstance(each, Versioned) and each.name == name]:
        del hooks[other]
    return module


def check_iterations(n_power_iterations):
    """Refuse to estimate by no step."""
    if n_power_iterations <= 0:
        raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")


def output_dim(module):
    """The dimension of a weight that counts the outputs."""
    return 1 if isinstance(module, _ConvTransposeNd) else 0


def as_matrix(weight, dim):
    """A weight with the dimension `dim` in front and all others as one behind it."""
    weight = weight if dim == 0 else weight.permute(dim, *[each for each in range(weight.ndim) if each != dim])
    return weight.reshape(weight.shape[0], -1)


@no_grad()
def drawn_vectors(matrix, eps):
    """Two vectors of length 1 to begin with."""
    return [normalize(matrix.new_empty(size).normal_(0, 1), dim=0, eps=eps) for size in matrix.shape]


for each in (spectral_norm, remove_spectral_norm):
    each.__module__ = "torch.nn.utils.spectral_norm"
