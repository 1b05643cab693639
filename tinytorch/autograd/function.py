"""Functions with a derivative of the user's own, and the context in which their forward leaves things for backward."""

import functools
import itertools
import warnings

from tinytorch.autograd.calls import Call, given_back, raw
from tinytorch.autograd.checks import bind_all, bind_names
from tinytorch.graph import LAST_NUMBER, Node, Part, next_function
from tinytorch.modes import mode, no_grad
from tinytorch.recording import record
from tinytorch.tensor import Tensor, wrap


class FunctionCtx:
    """What `forward` and `backward` of a Function share: any attributes, and the tensors that it keeps."""

    def save_for_backward(self, *tensors):
        """Keep tensors, or None, for backward, which finds them in `saved_tensors`; a later call replaces them."""
        self.to_save = tensors

    def save_for_forward(self, *tensors):
        """Keep tensors for `jvp`, which finds them in `saved_tensors`."""
        self.saved_for_forward = tensors

    def mark_dirty(self, *args):
        """Say which inputs forward wrote to; it has to return them."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args):
        """Say which results have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value):
        """Whether backward gets zeros, and not None, for a result without gradient; it does unless told otherwise."""
        self._materialize = bool(value)

    def mark_shared_storage(self, *pairs):
        """Does nothing: tensors that share memory know it."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that "
            "calls to `set_()` are not tracked",
            category=FutureWarning,
            stacklevel=2,
        )


class BackwardCFunction(FunctionCtx):
    """The context of one call, which is also how the call's node shows itself as `grad_fn`."""

    _materialize, _freed, _kept, _edges = True, False, (), ()
    _node = staticmethod(lambda: None)  # a weak reference, where there is a node
    to_save = dirty_tensors = non_differentiable = saved_for_forward = None

    def name(self):
        """The name of this class, that of the Function with `Backward` behind it."""
        return type(self).__name__

    @property
    def saved_tensors(self):
        """The tensors that forward kept, for backward or, in `jvp`, for that; a RuntimeError if they are gone."""
        return given_back(self) if self.saved_for_forward is None else self.saved_for_forward

    @property
    def saved_variables(self):
        """The old name of `saved_tensors`."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return given_back(self)

    @property
    def _raw_saved_tensors(self):
        return raw(self)

    @property
    def next_functions(self):
        """Where the gradients go: a tuple of (node, number of its output)."""
        return tuple([next_function(edge, self._node()) for edge in self._edges])

    @property
    def graph_node(self):
        """The node itself; a RuntimeError if nothing that it led to is left."""
        node = self._node()
        if node is None:
            raise RuntimeError(f"the results of this {self.name()} are gone, and its node with them")
        return node

    @property
    def metadata(self):
        """A dictionary in which users may keep what they like of this node."""
        return self.graph_node.metadata

    def register_hook(self, fn):
        """Call `fn(grad_inputs, grad_outputs)` when backward has run; a tuple that it returns replaces the first."""
        return self.graph_node.register_hook(fn)

    def register_prehook(self, fn):
        """Call `fn(grad_outputs)` before backward runs; a tuple that it returns takes the gradients' place."""
        return self.graph_node.register_prehook(fn)

    def _sequence_nr(self):
        return self.graph_node.number

    def apply(self, *args):
        """What the Function's backward gives for these gradients; a RuntimeError if it has `backward` and `vjp`."""
        function = self._forward_cls
        has_backward, has_vjp = function.backward is not Function.backward, function.vjp is not Function.vjp
        if has_backward and has_vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                "implement one of them."
            )
        return (function.vjp if has_vjp else function.backward)(self, *args)

    def apply_jvp(self, *args):
        """What the Function's `jvp` gives for these tangents."""
        return self._forward_cls.jvp(self, *args)


class FunctionMeta(type):
    """Gives each Function the class of its contexts."""

    def __init__(cls, name, bases, attributes):
        own = {"_forward_cls": cls, "_autograd_function_id": next(function_numbers), "__module__": ROOM}
        cls._backward_cls = type(f"{name}Backward", (BackwardCFunction,), own)
        super().__init__(name, bases, attributes)


ROOM = "torch.autograd.function"
function_numbers = itertools.count()


class Function(metaclass=FunctionMeta):
    """An operation of the user's own: a subclass says what it computes, and its derivative, and is called by `apply`.

    `forward(ctx, *args)` computes, unrecorded, and leaves in `ctx` what `backward(ctx, *grad_outputs)` needs, which
    gives a gradient, or None, for each argument. Or forward has no `ctx`, and `setup_context(ctx, inputs, output)`
    leaves it there. All are static methods.

    >>> import tinytorch as torch
    >>> class Exp(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, input):
    ...         result = input.exp()
    ...         ctx.save_for_backward(result)
    ...         return result
    ...
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (result,) = ctx.saved_tensors
    ...         return grad * result
    >>> Exp.apply(torch.tensor([0.0], requires_grad=True))
    tensor([1.], grad_fn=<ExpBackward>)
    """

    generate_vmap_rule = False

    def __init__(self, *args, **kwargs):
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args, **kwargs):
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args, **kwargs):
        """What the Function computes; every subclass says it."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        """What is left in `ctx`, if forward does not get it."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """The gradient of each argument, given that of each result."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx, *grad_inputs):
        """The tangent of each result, given that of each argument."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info, in_dims, *args):
        """What the Function gives for arguments with one dimension more: a tuple of its results and where they have
        it."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args, **kwargs):
        """Call the Function; an interpreter at work says what that means."""
        if cls._sets_up():
            args = bind_all(cls.forward, args, kwargs)
        elif kwargs:
            args = bind_names(cls.forward, args, kwargs)
        call = Call(cls, args)
        try:
            return call.run() if mode.interpreter is None else mode.interpreter.function(call)
        finally:
            call.context.saved_for_forward = None

    @classmethod
    def _sets_up(cls):
        """Whether forward has no context."""
        return cls.setup_context is not Function.setup_context

    @classmethod
    def _run(cls, context, args):
        """What forward gives, when all that backward needs is in the context."""
        context._sets_up = cls._sets_up()
        if not context._sets_up:
            return cls.forward(context, *args)
        output = cls.forward(*args)
        cls.setup_context(context, args, output)
        return output


class InplaceFunction(Function):
    """A Function of an older kind."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace


def once_differentiable(fn):
    """Say of a `backward` that what it gives cannot be differentiated: it runs unrecorded, and to try raises."""

    @functools.wraps(fn)
    def wrapper(ctx, *args, **kwargs):
        with no_grad():
            outputs = fn(ctx, *args, **kwargs)
        if not mode.grad or not any(isinstance(each, Tensor) and each.requires_grad for each in args):
            return outputs
        several = isinstance(outputs, tuple)
        refused = refusing(outputs if several else (outputs,))
        return refused if several else refused[0]

    return wrapper


class Error(Node):
    """The node of what cannot be differentiated twice; like those of leaves, it runs as soon as it is reached."""

    __slots__ = ()
    title = "Error"

    def name(self):
        """PyTorch's name of this kind of node."""
        return "torch::autograd::Error"

    def backward(self, grad, wanted):
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


def refusing(outputs):
    """The same tensors with a history that raises when it is walked."""
    node, made = None, []
    for number, each in enumerate(outputs):
        if each is None:
            made.append(None)
            continue
        if node is None:
            node = record(Error, (), (), None, each.array, each.device)
            node.number = LAST_NUMBER
        made.append(wrap(each.array, each.device, Part(node, number, len(outputs), each.array), each.counter))
    return tuple(made)


for each in (FunctionCtx, BackwardCFunction, FunctionMeta, Function, InplaceFunction):
    each.__module__ = ROOM
