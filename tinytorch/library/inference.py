"""Schemas from annotations: what `infer_schema` reads off a Python function."""

import collections.abc
import inspect
import types
import typing

from tinytorch import dtypes
from tinytorch.devices import device
from tinytorch.tensor import Tensor

NUMBER = typing.Union[int, float, bool]  # noqa: UP007  as PyTorch's `torch.types.Number`
RETURNS = {Tensor: "Tensor", typing.List[Tensor]: "Tensor[]", list[Tensor]: "Tensor[]",  # noqa: UP006
           int: "SymInt", float: "float", bool: "bool", NUMBER: "Scalar"}  # fmt: skip


def parameters():
    """Every annotation of a parameter, and its type in a schema."""
    found = {}
    for annotation, name, lists, optional_lists in (
        (Tensor, "Tensor", True, False), (int, "SymInt", True, True), (float, "float", True, True),
        (bool, "bool", True, True), (str, "str", False, False), (NUMBER, "Scalar", True, False),
        (dtypes.dtype, "ScalarType", False, False), (device, "Device", False, False),
    ):  # fmt: skip
        found |= {annotation: name, typing.Optional[annotation]: f"{name}?"}  # noqa: UP045
        if lists:
            found |= dict.fromkeys(sequences(annotation), f"{name}[]")
        if annotation is Tensor:
            found |= dict.fromkeys(sequences(typing.Optional[Tensor]), "Tensor?[]")  # noqa: UP045
        if optional_lists:
            found |= {typing.Optional[each]: f"{name}[]?" for each in sequences(annotation)}  # noqa: UP045
    return found


def sequences(annotation):
    """The annotations of a sequence of these."""
    return (
        typing.Sequence[annotation],
        typing.List[annotation],  # noqa: UP006
        types.GenericAlias(collections.abc.Sequence, (annotation,)),
        types.GenericAlias(list, (annotation,)),
    )


PARAMETERS = parameters()


def infer_schema(prototype_function, /, *, mutates_args, op_name=None, tags=()):
    """The schema of a function with annotations, as text: `(Tensor x, SymInt k=1) -> Tensor`.

    `mutates_args` names the arguments that it writes to, or is "unknown", which is all tensors. A ValueError for what
    no schema can say.
    """
    signature = inspect.signature(prototype_function)
    unknown = mutates_args == "unknown"
    if isinstance(mutates_args, str) and not unknown:
        raise ValueError(
            "mutates_args must either be a sequence of the names of the arguments that are mutated or the string "
            "'unknown'. "
        )

    def refuse(what):
        raise ValueError(f"infer_schema(func): {what} Got func with signature {signature})")

    parts, alone = [], False
    for number, (name, parameter) in enumerate(signature.parameters.items()):
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            refuse("We do not support positional-only args, varargs, or varkwargs.")
        if parameter.kind == parameter.KEYWORD_ONLY and not alone:
            parts.append("*")
            alone = True
        if parameter.annotation is parameter.empty:
            refuse(f"Parameter {name} must have a type annotation.")
        kind = PARAMETERS.get(resolved(parameter.annotation, prototype_function, refuse))
        if kind is None:
            refuse(
                f"Parameter {name} has unsupported type {parameter.annotation}. The valid types are: "
                f"{PARAMETERS.keys()}."
            )
        if name in mutates_args and not unknown and not kind.startswith("Tensor"):
            refuse(f"Parameter {name} is in mutable_args but only Tensors or collections of Tensors can be mutated")
        if kind.startswith("Tensor") and (unknown or name in mutates_args):
            kind = f"Tensor(a{number}!){kind.removeprefix('Tensor')}"
        parts.append(f"{kind} {name}{default_of(name, parameter.default, refuse)}")
    absent = set() if unknown else set(mutates_args) - set(signature.parameters)
    if absent:
        refuse(
            f"{absent} in mutates_args were not found in the custom op's signature. mutates_args should contain the "
            "names of all args that the custom op mutates, or just the string 'unknown' if you don't know."
        )
    given = returned(resolved(signature.return_annotation, prototype_function, refuse), refuse)
    return f"{op_name or ''}({', '.join(parts)}) -> {given}"


def resolved(annotation, function, refuse):
    """The annotation itself, where it is written as text."""
    if isinstance(annotation, str):
        try:
            return eval(annotation, function.__globals__)
        except (NameError, AttributeError, SyntaxError, TypeError) as error:
            refuse(f"Unsupported type annotation {annotation}. It is not a type. ({type(error).__name__}: {error})")
    return annotation


def default_of(name, default, refuse):
    """How a default stands behind its parameter, if there is one."""
    if default is inspect.Parameter.empty:
        return ""
    if default is None or isinstance(default, (int, float)):
        return f"={default}"
    if isinstance(default, (str, device)):
        return f'="{default}"'
    if isinstance(default, dtypes.dtype):
        return f"={str(default).removeprefix('torch.')}"
    refuse(
        f"Parameter {name} has an unsupported default value type {type(default)}. Please file an issue on GitHub so "
        "we can prioritize this."
    )


def returned(annotation, refuse):
    """The type of a result in a schema."""
    if annotation is None:
        return "()"
    if annotation is inspect.Parameter.empty:
        refuse("No return type annotation was provided. Please add one.")
    several = typing.get_origin(annotation) is tuple
    parts = typing.get_args(annotation) if several else (annotation,)
    if any(each not in RETURNS for each in parts):
        refuse(f"Return has unsupported type {annotation}. The valid types are: {RETURNS}.")
    names = ", ".join(RETURNS[each] for each in parts)
    return names if not several else f"(({names}))" if len(parts) == 1 else f"({names})"
