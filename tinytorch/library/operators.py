"""Operators of the program's own: how a call finds its kernel, and what autograd and `vmap` see of it."""

import inspect
import sys
import threading
import types

from tinytorch import ops
from tinytorch.autograd.function import Function
from tinytorch.autograd.graph import increment_version
from tinytorch.modes import mode, no_grad
from tinytorch.ops.join import stack
from tinytorch.tensor import Tensor

running = threading.local()  # `fake`: the operator whose fake implementation runs in this thread


class OpOverload:
    """One operator: its schema, its kernels by device, and what it has for `meta` tensors, autograd and `vmap`."""

    def __init__(self, namespace, name, overload, schema):
        self.namespace, self._opname, self._overloadname = namespace, name, overload or "default"
        self._schema, self.__name__ = schema, f"{name}.{self._overloadname}"
        self.kernels, self.fake, self.backward, self.setup, self.mapped = {}, None, None, None, None
        self.owner = None  # the CustomOpDef: its kernels are no part of the graph, and its results are no inputs
        title = f"GeneratedBackwardFor_{namespace}_{name}_{self._overloadname}"
        self.function = type(title, (OperatorFunction,), {"operator": self})

    def name(self):
        """`namespace::name`, with the overload behind a dot if it has one."""
        return self._schema.name

    def __repr__(self):
        return f"<OpOverload(op='{self.namespace}.{self._opname}', overload='{self._overloadname}')>"

    def __str__(self):
        return f"{self.namespace}.{self._opname}.{self._overloadname}"

    def __call__(self, *args, **kwargs):
        return self.call(*self._schema.bind(args, kwargs))

    def call(self, values, named):
        """What the operator gives for values that are bound: a node of the graph where a gradient is wanted."""
        if self.owner is None and self.backward is None:
            return self.run(values, named)
        if self._schema.is_mutable:
            with no_grad():
                result = self.run(values, named)
            increment_version(self.written(values, named))
            return result
        wanted = mode.grad and any(each.requires_grad for each in tensors_in(values))
        if not wanted and mode.interpreter is None:
            with no_grad():
                return self.run(values, named)
        return Bound(self, named).apply(values)

    def run(self, values, named):
        """What the kernel of the device gives."""
        places = [each.device.type for each in tensors_in([*values, *named.values()])]
        place = places[0] if places else next((each.type for each in values if hasattr(each, "type")), "cpu")
        kernel = self.kernels.get(place, self.kernels.get(None)) if place != "meta" else self.faked
        if kernel is None:
            raise NotImplementedError(
                f"Could not run '{self._schema.name}' with arguments from the '{place.upper()}' backend: it has "
                f"kernels for {sorted(map(str.upper, filter(None, self.kernels)))}."
            )
        result = kernel(*values, **named)
        if self.owner is not None:
            self.check_apart(kernel, values, named, result)
        if self._schema.returns == ["Tensor"] and not isinstance(result, Tensor):
            raise RuntimeError(f"Unable to cast {result!r} to Tensor")
        return result

    def faked(self, *values, **named):
        """What the fake implementation gives for tensors without memory."""
        if self.fake is None and not self._schema.returns:
            return None
        if self.fake is None:
            raise RuntimeError(
                f"There was no fake impl registered for {self.owner or self}. This is necessary for "
                "torch.compile/export/fx tracing to work. Please use "
                f"`{self._opname}.register_fake` to add an fake impl."
            )
        before, running.fake = getattr(running, "fake", None), self
        try:
            return self.fake(*values, **named)
        finally:
            running.fake = before

    def written(self, values, named):
        """The tensors that the operator writes to."""
        every = {**dict(zip([each.name for each in self._schema.positional], values, strict=True)), **named}
        return list(tensors_in(every[each.name] for each in self._schema.arguments if each.is_write))

    def check_apart(self, kernel, values, named, result):
        """A RuntimeError if a result is one of the inputs, or lies in the memory of one."""
        inputs = list(tensors_in([*values, *named.values()]))
        for each in tensors_in([result]):
            if any(each is other or share_memory(each, other) for other in inputs):
                raise RuntimeError(
                    f"{self._opname} (with implementation in {inspect.getmodule(kernel)}): The output of this custom "
                    "operator (1) must not also be an input to this custom operator and (2) may not alias any inputs "
                    "to this custom operator or other returns. The most common way to trigger this error is if we "
                    "have y = custom_op(x) and y and x are the same Tensor. Please instead return a clone of the "
                    "offending output tensor(s) (e.g. return x.clone()) or refactor the custom operator to not "
                    "return y."
                )


class Bound:
    """A call on its way through a Function, whose arguments are tensors: how lists are flattened and made again."""

    def __init__(self, operator, named):
        self.operator, self.named = operator, named
        self.inputs = self.outputs = self.several = None

    def apply(self, values):
        """What the operator gives, with its node."""
        flat, self.inputs = flattened(values)
        found = self.operator.function.apply(*flat, self)
        return self.given(found if isinstance(found, tuple) else (found,))

    def given(self, flat):
        """The result in its own form."""
        found = grouped(flat, self.outputs)
        return tuple(found) if self.several else found[0]

    def forward(self, context, flat):
        """Run the kernel, let `setup_context` keep what it wants, and give the results one by one."""
        values = tuple(grouped(flat, self.inputs))
        result = self.operator.run(values, self.named)
        if self.operator.setup is not None:
            named = {"keyword_only_inputs": self.named} if self.operator._schema.keywords else {}
            self.operator.setup(ctx=context, inputs=values, **named, output=result)
        return self.spread(result)

    def spread(self, result):
        """The results one by one."""
        self.several = isinstance(result, tuple)
        flat, self.outputs = flattened(result if self.several else (result,))
        return tuple(flat)

    def backward(self, context, grads):
        """What the program's formula gives, one by one."""
        before = context.needs_input_grad
        context.needs_input_grad = tuple(grouped(before[:-1], self.inputs))
        try:
            found = self.operator.backward(context, *grouped(grads, self.outputs))
        finally:
            context.needs_input_grad = before
        found = found if isinstance(found, tuple) else (found,)
        return (*flattened(found)[0], None)


class OperatorFunction(Function):
    """The node of a call; its last argument is the call itself."""

    operator = None

    @staticmethod
    def forward(*args):
        """What `_run` does, which has the context."""

    @staticmethod
    def setup_context(ctx, inputs, output):
        """What `_run` does while the kernel's results are at hand."""

    @classmethod
    def _run(cls, context, args):
        context._sets_up, context.bound = True, args[-1]
        return args[-1].forward(context, args[:-1])

    @staticmethod
    def backward(ctx, *grads):
        bound = ctx.bound
        if bound.operator.backward is None:
            raise RuntimeError(
                f"Trying to backward through {bound.operator} but no autograd formula was registered. Please use "
                "register_autograd to add one."
            )
        return bound.backward(ctx, grads)

    @staticmethod
    def vmap(info, in_dims, *args):
        """What `register_vmap` says, or else each example by itself."""
        *flat, bound = args
        operator, values, dims = bound.operator, grouped(flat, bound.inputs), grouped(in_dims[:-1], bound.inputs)
        if operator.mapped is not None:
            result, places = operator.mapped(info, tuple(dims), *values, **bound.named)
            return bound.spread(result), places if isinstance(places, tuple) else (places,)
        found = []
        for number in range(info.batch_size):
            example = [
                each if dim is None else each.select(dim, number) for each, dim in zip(flat, in_dims, strict=False)
            ]
            found.append(bound.spread(operator.call(tuple(grouped(example, bound.inputs)), bound.named)))
        return tuple([stack(each) for each in zip(*found, strict=True)]), (0,) * len(found[0])


class OpOverloadPacket:
    """All operators of one name, `torch.ops.namespace.name`; a call takes the first one that the arguments fit."""

    def __init__(self, namespace, name):
        self._qualified_op_name, self.__name__ = f"{namespace}::{name}", name

    def overloads(self):
        """The names of the overloads."""
        return [name for name, each in vars(self).items() if isinstance(each, OpOverload)]

    def __call__(self, *args, **kwargs):
        every = [getattr(self, name) for name in self.overloads()]
        for each in every[:-1]:
            try:
                bound = each._schema.bind(args, kwargs)
            except RuntimeError:
                continue
            return each.call(*bound)
        return every[-1](*args, **kwargs)

    def __str__(self):
        return self._qualified_op_name.replace("::", ".")

    def __repr__(self):
        return f"<OpOverloadPacket(op='{self}')>"


class OpNamespace(types.ModuleType):
    """The operators of one namespace, `torch.ops.namespace`."""

    __file__ = "torch.ops"

    def __init__(self, name):
        super().__init__(f"torch.ops.{name}")
        self.packets = []

    def __getattr__(self, name):
        title = vars(self)["__name__"].removeprefix("torch.ops.")
        raise AttributeError(f"'_OpNamespace' '{title}' object has no attribute '{name}'")

    def __iter__(self):
        return iter(self.packets)


def define(namespace, schema):
    """A new operator of a namespace, which takes the place of one of the same name."""
    title, _, overload = schema.name.rpartition("::")[2].partition(".")
    schema.name = f"{namespace}::{title}" + (f".{overload}" if overload else "")
    room = vars(ops).get(namespace)
    if not isinstance(room, OpNamespace):
        if namespace == "aten" or f"{ops.__name__}.{namespace}" in sys.modules or room is not None:
            raise NotImplementedError(f"torch.ops.{namespace}: tinytorch keeps what is its own there")
        room = OpNamespace(namespace)
        setattr(ops, namespace, room)
    if title not in room.packets:
        setattr(room, title, OpOverloadPacket(namespace, title))
        room.packets.append(title)
    made = OpOverload(namespace, title, overload, schema)
    setattr(getattr(room, title), made._overloadname, made)
    return made


def find(name):
    """The operator of a qualified name; an AttributeError if there is none."""
    namespace, title, overload = split(name)
    room = vars(ops).get(namespace)
    room = room if isinstance(room, OpNamespace) else OpNamespace(namespace)
    return getattr(getattr(room, title), overload or "default")


def split(name):
    """The namespace, name and overload of a qualified name; a ValueError if it is none."""
    parts = name.split("::")
    if len(parts) != 2:
        raise ValueError(
            f'Expected `qualname` to be of the form "namespace::name", but got {name}. The qualname passed to the '
            "torch.library APIs must consist of a namespace and a name, e.g. aten::sin"
        )
    return (parts[0], *parts[1].partition(".")[::2])


def tensors_in(values):
    """The tensors among values and in lists of them."""
    for each in values:
        if isinstance(each, Tensor):
            yield each
        elif isinstance(each, (list, tuple)):
            yield from tensors_in(each)


def share_memory(one, other):
    """Whether two tensors with elements lie in the same memory."""
    if not one.numel() or not other.numel() or one.device != other.device or one.is_meta:
        return False
    return one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()


def flattened(values):
    """Values with the tensors of each list by themselves, and the lists' lengths, None for a value that is no list."""
    flat, lengths = [], []
    for each in values:
        is_list = isinstance(each, list) and all(one is None or isinstance(one, Tensor) for one in each)
        lengths.append(len(each) if is_list else None)
        flat.extend(each if is_list else [each])
    return flat, lengths


def grouped(flat, lengths):
    """What `flattened` took apart."""
    left = iter(flat)
    return [next(left) if length is None else [next(left) for _ in range(length)] for length in lengths]
