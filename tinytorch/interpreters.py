"""Interpreters: what operations mean while a block of a program runs, as `vmap` and forward mode want it.

They stand on one another, a stack for each thread. An operation asks the one on top, which may call operations itself,
also the one that it was asked about: these ask the one below.
"""

from tinytorch.apply import apply
from tinytorch.modes import interpreters, mode
from tinytorch.tensor import Tensor


class Interpreter:
    """One entry of the stack while its `with` block runs; a kind of it defines `interpret`."""

    below = None
    topmost = False  # whether those that are entered later lie under it, as autocast's casts come before all else

    def interpret(self, op, args, out):
        """What a call of an operation gives: `args` are all parameters, `out` the tensor to write into or None."""
        raise NotImplementedError(f"{type(self).__name__} does not say what operations mean")

    def function(self, call):
        """What a call of a user's Function gives: what the interpreter below says, or `call.run()`, whose operations
        are interpreted one by one. `call` has a `function`, `args` and, after `run`, `results` and `tangents`."""
        return call.run() if self.below is None else self.below.function(call)

    def __call__(self, op, args, out=None):
        if not self.topmost:
            sparse = without_array(op, args, out)
            if sparse is not None:  # what its call is made of is interpreted, one by one
                return sparse._operate(op, args, out)
        try:
            mode.interpreter = self.below
            return self.interpret(op, args, out)
        finally:
            mode.interpreter = self

    def __enter__(self):
        top = mode.interpreter
        interpreters.append(self)
        if top is None or not top.topmost:
            self.below, mode.interpreter = top, self
        else:
            self.below, top.below = top.below, self
        return self

    def __exit__(self, *exception):
        top = mode.interpreter
        if top is None or not top.topmost or top is self:
            mode.interpreter = self.below
        else:
            top.below = self.below
        interpreters.remove(self)


def without_array(op, args, out):
    """A tensor among the arguments of a call of a class that says itself what operations mean, or None."""
    several = args[op.several] if op.several is not None and type(args[op.several]) in (list, tuple) else ()
    for each in (*args, *several, out):
        if isinstance(each, Tensor) and each._operate is not None:
            return each
    return None


def perform(op, args, out=None):
    """A call of an operation of any kind, also one that makes tensors or updates lists of them, in normal form."""
    if mode.interpreter is None and op.compute is not None:
        return op.compute(args)
    return apply(op, args, out)
