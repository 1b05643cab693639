"""torch.library: how programs define operators, and say what they do on a device, in backward and under `vmap`."""

import re
import warnings

from tinytorch.library.inference import infer_schema
from tinytorch.library.operators import OpOverload, OpOverloadPacket, find, running, split
from tinytorch.library.operators import define as define_operator
from tinytorch.library.schema import parse

DEVICES = {"CPU": "cpu", "CUDA": "cuda", "Meta": "meta", "CompositeExplicitAutograd": None,
           "CompositeImplicitAutograd": None, "": None}  # fmt: skip


class CustomOpDef:
    """What `custom_op` gives: the operator, to which further implementations are registered."""

    def __init__(self, namespace, name, schema, fn):
        self._namespace, self._name, self._init_fn = namespace, name, fn
        self._opoverload = define_operator(namespace, parse(f"{namespace}::{name}{schema}"))
        self._opoverload.owner = self

    @property
    def _qualname(self):
        return f"{self._namespace}::{self._name}"

    def __repr__(self):
        return f"<CustomOpDef({self._qualname})>"

    def __call__(self, *args, **kwargs):
        return self._opoverload(*args, **kwargs)

    def register_kernel(self, device_types, fn=None, /):
        """Say what the operator does on a device, or on several; None is every one without a kernel. A decorator."""
        return register_kernel(self, device_types, fn)

    def register_fake(self, fn, /):
        """Say what comes of tensors without memory, such as those of `meta`. A decorator."""
        return register_fake(self, fn)

    def register_autograd(self, backward, /, *, setup_context=None):
        """Say what the derivative is: `backward(ctx, *grads)` gives the gradient, or None, of each argument.

        `setup_context(ctx, inputs, output)` leaves in `ctx` what it needs. A RuntimeError for an operator that writes
        to its arguments.
        """
        register_autograd(self, backward, setup_context=setup_context)

    def register_vmap(self, func=None, /):
        """Say what `vmap` makes of it: `func(info, in_dims, *args)` gives results and where their batch is."""
        return register_vmap(self, func)


def custom_op(name, fn=None, /, *, mutates_args, device_types=None, schema=None, tags=None):
    """Make a function an operator `namespace::name`; without a function, a decorator.

    Its schema is that of the annotations, unless it is given. It has no derivative until `register_autograd`, and may
    give back none of its arguments; those in `mutates_args` it may write to. A ValueError for what no schema can say.
    """

    def made(function):
        text = infer_schema(function, mutates_args=mutates_args) if schema is None else schema
        namespace, title, _ = split(name)
        made = CustomOpDef(namespace, title, text, function)
        written = {each.name for each in made._opoverload._schema.arguments if each.is_write}
        if schema is not None and written != set(mutates_args):
            raise ValueError(
                f"Attempted to create a custom op with `mutates_args={mutates_args}` and `schema={schema}. The schema "
                f"suggests that the op mutates {written}which is different from what was provided to us in "
                "`mutates_args`. Please make these consistent."
            )
        made.register_kernel(device_types, function)
        return made

    return made if fn is None else made(fn)


class Library:
    """Where operators of a namespace are defined (`"DEF"`, `"FRAGMENT"`) or implemented (`"IMPL"`)."""

    def __init__(self, ns, kind, dispatch_key=""):
        if kind not in ("IMPL", "DEF", "FRAGMENT"):
            raise ValueError(f"Unsupported kind: {kind}")
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key

    def __repr__(self):
        return f"Library(kind={self.kind}, ns={self.ns}, dispatch_key={self.dispatch_key})>"

    def define(self, schema, alias_analysis="", *, tags=()):
        """Define an operator by a schema with its name, which is given back."""
        define_operator(self.ns, parse(schema))
        return schema.split("(")[0]

    def impl(self, op_name, fn, dispatch_key="", *, with_keyset=False, allow_override=False):
        """Say what an operator does where PyTorch dispatches to this key: a device, or "" for all.

        A NotImplementedError for keys that are no device: `register_autograd` says what the derivative is.
        """
        key = dispatch_key or self.dispatch_key
        if key not in DEVICES:
            raise NotImplementedError(f"torch.library: tinytorch has no dispatch key {key!r}")
        title = str(op_name) if isinstance(op_name, str) else op_name.name()
        register_kernel(title if "::" in title else f"{self.ns}::{title}", DEVICES[key], fn)


def define(qualname, schema, *, lib=None, tags=()):
    """Define an operator `namespace::name` by a schema without its name."""
    namespace, title, overload = split(qualname)
    if not re.fullmatch(r"\(.*\) -> .*", schema, re.DOTALL):
        raise ValueError(
            'define(qualname, schema, ...): expected schema to look like e.g. "(Tensor x) -> Tensor" but got '
            f'"{schema}"'
        )
    define_operator(namespace, parse(f"{title}{'.' * bool(overload)}{overload}{schema}"))


def impl(qualname, types, func=None, *, lib=None):
    """Say what an operator does on devices, "default" for all; without a function, a decorator.

    Or a Library comes first, then the operator's name and the key of dispatch, as `Library.impl` takes them.
    """
    if isinstance(qualname, Library):
        return lambda function: qualname.impl(types, function, func or "") or function
    types = [types] if isinstance(types, str) else list(types)
    return register_kernel(qualname, [DEVICES.get(each, None if each == "default" else each) for each in types], func)


def register_kernel(op, device_types, func=None, /, *, lib=None):
    """Say what an operator does on a device, or on several, None for all; without a function, a decorator."""

    def register(function):
        operator = operator_of(op)
        for each in [device_types] if device_types is None or isinstance(device_types, str) else device_types:
            if each == "meta":
                operator.fake = function
            else:
                operator.kernels[each] = function
        return function

    return register if func is None else register(func)


def register_fake(op, func=None, /, *, lib=None, _stacklevel=1, allow_override=False):
    """Say what an operator makes of tensors without memory; without a function, a decorator."""

    def register(function):
        operator_of(op).fake = function
        return function

    return register if func is None else register(func)


def impl_abstract(qualname, func=None, *, lib=None, _stacklevel=1):
    """The old name of `register_fake`."""
    warnings.warn(
        "torch.library.impl_abstract was renamed to torch.library.register_fake. Please use that instead; we will "
        "remove torch.library.impl_abstract in a future version of PyTorch.",
        DeprecationWarning,
        stacklevel=2,
    )
    return register_fake(qualname, func)


def register_autograd(op, backward, /, *, setup_context=None, lib=None):
    """Say what the derivative of an operator is, as `CustomOpDef.register_autograd` does."""
    operator = operator_of(op)
    if operator._schema.is_mutable:
        raise RuntimeError(
            f"Cannot register autograd formula for non-functional operator {operator.owner or operator} with schema "
            f"{operator._schema}. Please create a functional operator and register an autograd formula for that."
        )
    operator.backward, operator.setup = backward, setup_context


def register_vmap(op, func=None, /, *, lib=None):
    """Say what `vmap` makes of an operator, as `CustomOpDef.register_vmap` does; without a function, a decorator."""

    def register(function):
        operator_of(op).mapped = function
        return function

    return register if func is None else register(func)


def get_ctx():
    """None: what a fake implementation asks for sizes that depend on values, a RuntimeError while one runs."""
    operator = getattr(running, "fake", None)
    if operator is not None:
        raise RuntimeError(
            f"{operator.name()}: You're trying to run this operator with meta Tensors (as opposed to FakeTensors), but "
            "this operator may return an output Tensor with data-dependent shape. Meta Tensors don't support operators "
            "with outputs that have data-dependent shapes but FakeTensors do."
        )


def operator_of(op):
    """The operator that a name, a CustomOpDef or an operator means."""
    if isinstance(op, CustomOpDef):
        return op._opoverload
    if isinstance(op, OpOverloadPacket):
        return op.default
    return op if isinstance(op, OpOverload) else find(op)
