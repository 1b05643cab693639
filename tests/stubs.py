"""Writes `tinytorch/tensor.pyi`: `python -m tests.stubs`, after a method was added or changed.

Operations attach themselves to Tensor when they are imported, which an editor does not do; the stub tells it what there
is then.
"""

import contextlib
import functools
import inspect
import itertools
import pathlib
import warnings

import tinytorch
from tests.observation import REFUSALS, Call
from tests.samples import rows
from tinytorch import tensor
from tinytorch.tensor import Tensor

PATH = pathlib.Path(tinytorch.__file__).with_name("tensor.pyi")
HEAD = '''"""What Tensor has once all operations are imported; written by `python -m tests.stubs`, not by hand."""

import builtins
from typing import Any


class Size(tuple[builtins.int, ...]):
    """The shape of a tensor: a tuple that prints as PyTorch's."""

    def numel(self) -> builtins.int:
        """The number of elements."""


'''
RESULTS = {  # what a method or a property gives, where its samples do not say it
    "Tensor": """H T mH mT real imag data bfloat16 bool byte cdouble cfloat char contiguous cpu cuda detach divide
        double expand_as float half index_put int long new_empty new_empty_strided new_full new_ones new_tensor
        new_zeros pin_memory repeat reshape_as resolve_conj resolve_neg short sum_to_size to type_as view_as
        where __getitem__""",
    "tuple[Tensor, ...]": "dsplit hsplit vsplit",
    "Tensor | None": "grad _base",
    "Size": "shape",
    "builtins.bool": """requires_grad is_leaf retains_grad is_contiguous is_complex is_floating_point equal allclose
        __bool__ __contains__ _is_view""",
    "builtins.int": """ndim dim ndimension numel nelement element_size itemsize nbytes storage_offset data_ptr
        get_device output_nr _version __len__ __int__ __index__""",
    "builtins.float": "__float__",
    "builtins.complex": "__complex__",
    "builtins.str": "__repr__ __format__",
    "None": "backward retain_grad __setitem__",
    "Any": "__array__ __deepcopy__ __dlpack__ __dlpack_device__ __iter__ __reduce_ex__ is_coalesced",
}
RESULT_OF = {name: result for result, names in RESULTS.items() for name in names.split()}


@functools.cache
def kinds_of_results():
    """What each method of the table of samples gives: the types of its results in all samples."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, row in rows.items():
            method = getattr(Tensor, name, None)
            asked = row.samples if method and not row.apart and not row.program else ()
            for sample, dtype in itertools.product(asked, ("float32", "int64")):
                call = Call(tinytorch, row, name, sample, (dtype,))
                with contextlib.suppress(*REFUSALS, AttributeError):
                    positional, named = call.arguments(call.leaves)
                    found.setdefault(name, set()).add(type(method(*positional, **named)))
    return found


def result_of(name, value):
    """The annotation of what a method or property gives."""
    if name in RESULT_OF or isinstance(value, property):
        return RESULT_OF.get(name, "builtins.bool" if name.startswith("is_") else "Any")
    kinds = kinds_of_results().get(name, {Tensor} if hasattr(value, "operation") or name.endswith("_") else set())
    if kinds and all(issubclass(kind, tuple) for kind in kinds):
        return "tuple[Tensor, ...]"
    return "Tensor" if kinds == {Tensor} else "builtins.bool" if name.startswith("is_") else "Any"


def default_of(value):
    """A default as the stub shows it."""
    return repr(value) if isinstance(value, (bool, int, str, type(None), tuple)) else "..."


def signature_of(value):
    """A method's parameters without annotations, NumPy's names for them left out."""
    found, starred = [], False
    for place, each in enumerate(inspect.signature(value).parameters.values()):
        name = "self" if place == 0 else each.name
        if each.kind is each.VAR_KEYWORD:
            if each.name != "alias":
                found.append(f"**{name}")
            continue
        if each.kind is each.VAR_POSITIONAL:
            name, starred = f"*{name}", True
        if each.kind is each.KEYWORD_ONLY and not starred:
            found.append("*")
            starred = True
        found.append(name if each.default is each.empty else f"{name}={default_of(each.default)}")
    return ", ".join(found)


def sentence_of(value):
    """The first paragraph of a docstring in one line, or ""."""
    return " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())


def described(head, value, indent):
    """A definition with its sentence."""
    text = sentence_of(value).replace("\\", "\\\\").replace('"""', "'''")
    text = f"{text} " if text.endswith('"') else text
    return f'{indent}{head}:\n{indent}    """{text}"""\n' if text else f"{indent}{head}: ...\n"


def member(name, value):
    """One member of a class, as lines of the stub."""
    if isinstance(value, property):
        setter = f"    @{name}.setter\n    def {name}(self, value: Any) -> None: ...\n" if value.fset else ""
        return "    @property\n" + described(f"def {name}(self) -> {result_of(name, value)}", value, "    ") + setter
    return described(f"def {name}({signature_of(value)}) -> {result_of(name, value)}", value, "    ")


def is_shown(name, value):
    """Whether a member is users' own: no slot, no state of ours."""
    special = name.startswith("__") and name not in ("__module__", "__doc__", "__slots__", "__dict__", "__weakref__")
    public = not name.startswith("_") or name in ("_version", "_base", "_is_view")
    return (special or public) and (isinstance(value, property) or inspect.isfunction(value)) and name != "__new__"


def tensor_class():
    """The class Tensor, as lines of the stub."""
    first = "    device: Any\n\n    def __new__(cls, *sizes: Any, device: Any = None) -> Tensor: ...\n"
    members = [member(*each) for each in sorted(vars(Tensor).items()) if is_shown(*each)]
    return described("class Tensor", Tensor, "") + first + "".join(members)


def function(name, value):
    """A function beside the classes, with its parameters by their names alone."""
    return described(f"def {name}({', '.join(inspect.signature(value).parameters)}) -> Any", value, "")


def stub():
    """The whole stub."""
    functions = [
        function(name, value) for name, value in sorted(vars(tensor).items())
        if inspect.isfunction(value) and value.__module__ == tensor.__name__
    ]  # fmt: skip
    return HEAD + "\n".join([tensor_class(), "TENSORS: set[builtins.type]\n", *functions])


if __name__ == "__main__":
    PATH.write_text(stub(), encoding="utf-8")
