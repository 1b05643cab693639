"""torch.compile and torch.compiler: what programs say to a compiler that there is not, so their code runs as it is."""

import contextlib
import functools
from collections.abc import Sized

from tinytorch import absent
from tinytorch.nn.modules.compiling import BACKENDS, DEBUGGING, check_compile
from tinytorch.nn.modules.module import Module

STANCES = (
    "default", "eager_then_compile", "aot_eager_then_compile", "force_eager", "eager_on_recompile", "fail_on_recompile",
)  # fmt: skip


class Compiler:
    """What was asked of the compiler."""

    backend = "inductor"


class OptimizedModule(Module):
    """What `torch.compile` gives for a module: the module stands under `_orig_mod`, and its attributes are its own."""

    def __init__(self, mod, dynamo_ctx=None):
        super().__init__()
        del self.__dict__["training"]  # the module's own counts
        self._modules["_orig_mod"] = mod

    def forward(self, *args, **kwargs):
        return self._modules["_orig_mod"](*args, **kwargs)

    @property
    def training(self):
        return self._modules["_orig_mod"].training

    @training.setter
    def training(self, mode):
        self._modules["_orig_mod"].training = mode

    def __getattr__(self, name):
        if name == "_modules":  # before there are any, as in a copy that is being made
            raise AttributeError(name)
        module = self._modules["_orig_mod"]
        return module if name == "_orig_mod" else getattr(module, name)

    def __setattr__(self, name, value):
        if name == "_orig_mod":
            self._modules[name] = value
        elif hasattr(type(self), name):
            super().__setattr__(name, value)
        else:
            setattr(self._modules["_orig_mod"], name, value)

    def __delattr__(self, name):
        delattr(self._modules["_orig_mod"], name)

    def __len__(self):
        module = self._modules["_orig_mod"]
        if isinstance(module, Sized):
            return len(module)
        raise TypeError(f"{type(module).__name__} does not support len()")

    def __bool__(self):
        return True

    def __reduce_ex__(self, protocol):
        return type(self), (self._modules["_orig_mod"],)


def compile(model=None, **settings):
    """A function around this one, or an `OptimizedModule` around a module, which run it as it is: nothing is compiled.

    Without a function it is a decorator. The settings are PyTorch's: `fullgraph`, `dynamic`, `backend`, `mode`,
    `options`, `disable` and others. A RuntimeError for a mode or a backend that PyTorch does not know, and a
    NotImplementedError for a backend of the program's own, as there is no graph for it.
    """
    if model is None:
        return functools.partial(compile, **settings)
    check_compile(**settings)
    if not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    return model if settings.get("disable") else around(model)


def around(model):
    """A function or module that does what another one does."""
    if isinstance(model, Module):
        return OptimizedModule(model)

    @functools.wraps(model)
    def as_it_is(*args, **kwargs):
        return model(*args, **kwargs)

    as_it_is._torchdynamo_orig_callable = model
    return as_it_is


def disable(fn=None, recursive=True, *, reason=None):
    """A function or module that is not to be compiled, with the same form as that of `compile`; also a decorator."""
    return around if fn is None else around(fn)


def as_it_is(fn):
    """A function as it is: what it is marked with speaks to a compiler."""
    return fn


assume_constant_result = wrap_numpy = as_it_is


def allow_in_graph(fn):
    """A function, or a list or tuple of functions, as they are; an AssertionError for what cannot be called."""
    for each in fn if isinstance(fn, (list, tuple)) else [fn]:
        assert callable(each), "allow_in_graph expects a callable"
    return fn


def substitute_in_graph(original_fn, *, can_constant_fold_through=False, skip_signature_check=False):
    """A decorator that leaves a function as it is."""
    return as_it_is


def nested_compile_region(fn=None, **settings):
    """A function as it is, as a decorator with or without arguments."""
    return as_it_is if fn is None else fn


class set_stance(contextlib.ContextDecorator):
    """How a compiler is to take what it compiled before, for good or for a block; a RuntimeError for another name."""

    def __init__(self, stance="default", *, skip_guard_eval_unsafe=False, force_backend=None):
        if stance not in STANCES:
            raise RuntimeError(
                f"invalid torch.compile stance 'DynamoStance(stance={stance!r}, "
                f"skip_guard_eval_unsafe={skip_guard_eval_unsafe}, backend={force_backend!r})'"
            )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return None


def list_backends(exclude_tags=("debug", "experimental")):
    """The names of the compilers that PyTorch knows; each stands for none here."""
    return sorted(BACKENDS if exclude_tags else BACKENDS + DEBUGGING)


def set_default_backend(backend):
    """Remember the name of a compiler; None is PyTorch's own again."""
    check_compile(backend=backend)
    Compiler.backend = backend or "inductor"


def get_default_backend():
    """The name that was set last."""
    return Compiler.backend


def reset():
    """Forget what was compiled: nothing was."""


def cudagraph_mark_step_begin():
    """Say that a step begins; nobody listens."""


def is_compiling():
    """Whether this code is compiled: False."""
    return False


is_dynamo_compiling = is_exporting = is_compiling

absent.stand_ins(__name__, "compiled programs", "load_compiled_function save_cache_artifacts load_cache_artifacts")
