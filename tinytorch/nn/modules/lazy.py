"""Modules that learn from their first input how large their parameters are."""

from itertools import chain

from tinytorch.modes import no_grad
from tinytorch.nn.parameter import UninitializedParameter, is_lazy


class LazyModuleMixin:
    """What a class has in front of its base to have uninitialized parameters until its first call.

    A subclass has `initialize_parameters(*args, **kwargs)`, which gets the arguments of that call; afterwards the
    module is one of `cls_to_become`, if there is such a class.
    """

    cls_to_become: type | None = None
    _waits = True

    def initialize_parameters(self, *args, **kwargs) -> None:
        """Give the parameters their sizes and values; a subclass says how."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer waits for its size."""
        return any(is_lazy(each) for each in chain(self._parameters.values(), self._buffers.values()))

    def __call__(self, *args, **kwargs):
        if self._waits:
            self._infer_parameters(self, args, kwargs)
            return self(*args, **kwargs)  # which is of another class by now, or waits no longer
        return super().__call__(*args, **kwargs)

    def _infer_parameters(self, module, args, kwargs=None):
        """Initialize the parameters by the arguments of a call."""
        self.initialize_parameters(*args, **(kwargs or {}))
        if self.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        if self.cls_to_become is None:
            self._waits = False
        else:
            self.__class__ = self.cls_to_become

    def _load_from_state_dict(self, state_dict, prefix, *settings):
        for name, each in chain(self._parameters.items(), self._buffers.items()):
            given = state_dict.get(prefix + name)
            if is_lazy(each) and given is not None and not is_lazy(given):
                with no_grad():
                    each.materialize(given.shape)
        super()._load_from_state_dict(state_dict, prefix, *settings)


class LazyLayer(LazyModuleMixin):
    """What the lazy layers here share, which are made of no features first, and get their parameters then."""

    def _wait_for(self, *names: str, kind=UninitializedParameter, **place) -> None:
        """Have parameters or buffers of these names, but None, that wait for their sizes."""
        for name in names:
            if name is not None:
                setattr(self, name, kind(**place))

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once the first call was."""
        if not self._waits:
            super().reset_parameters()

    def _materialize(self, **shapes: tuple[int, ...]) -> None:
        """Give the uninitialized parameters and buffers of these names their shapes, and draw all anew."""
        for name, shape in shapes.items():
            if is_lazy(getattr(self, name)):
                getattr(self, name).materialize(shape)
        super().reset_parameters()


LazyModuleMixin.__module__ = "torch.nn.modules.lazy"
