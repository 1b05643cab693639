"""What an operation is: its body on raw arrays, its parameters, its derivatives, its options and its class of nodes."""

from tinytorch import errors
from tinytorch.derivatives import ListNode, OperationNode, SharedNode, camel, wanted_by

registry = {}  # name -> Operation
ASKED = "asked"


class Rule:
    """The options of an operation that are no derivatives; they stand first in its decorator.

    dtype:     "promote" | "float" (integers become the default float) | "bool" (promotes, and gives bool)
    moves:     it only moves elements, so half precision need not be widened
    wide:      half precision is computed in float32 on every device
    method:    whether PyTorch's Tensor has a method of this name
    in_place:  whether it has one with an underscore
    title:     PyTorch's name of its nodes, without "Backward0"
    overload:  a function of the arguments that gives the name of the node, where PyTorch has several; it may be asked
               when somebody looks, and sees then what the node keeps of a tensor, which has a `.shape`
    several:   the name of the parameter that is a list of tensors
    outputs:   the names of several results, where derivatives name them; one beginning with `_` has no gradient
    operands:  the names of the arguments that take part in promotion, where they are not those with a derivative
    numbers:   which operands of an elementwise operation may be Python numbers: "all", "some" (one is a tensor),
               "later" (the first is a tensor), or "none"
    constants: the operands that are no tensors for PyTorch where they are numbers, so that the others alone decide how
               the result lies in memory
    varying:   the name of the last parameter, which may be given as separate numbers: view(2, 3)
    usual:     the function of the vocabulary that the body comes to for floats when its settings have their defaults;
               that of a reduction is called with `dim`, None for a dtype, None for `out`, and `keepdim`
    composed:  PyTorch computes it by operations that have derivatives, so views whose history is not right are refused
    factors:   the settings are factors, which may stand in front of the tensors, without a name: addmm(2, x, 3, y, z)
    special:   a function in the place of the operation for each type that is no size where `varying` ones stand
    writes:    its body can write to `out` in the place of its input, so there is an in-place form
    exact:     whether `out` has to have the dtype of the result, and if it is text, in which words it is refused else;
               ASKED where its dtype is the one that is computed in, as if the setting `dtype` asked for it
    apart:     whether `out` may share no memory at all with an input; else it may be the same
    more_dims: how many dimensions more than its input the result has, which `dim` may name
    overwrites: its in-place form ends the history of what was there, though it has no derivative
    check:     a function of all arguments that raises where PyTorch refuses them; usual calls of float tensors skip it
    linear:    the result is linear in the differentiable inputs taken together, so it maps tangents as it maps values
    product:   the names of two inputs whose product the result is, or has beside what is linear in all other inputs
    tangent:   a formula of the tangent of the result, where the derivatives are not linear as they are written, or slow
               forwards; its first parameter is a tuple of the inputs' tangents or None, the others as a derivative's
    """

    def __init__(self, dtype="promote", **options):
        self.dtype = dtype
        self.moves = options.pop("moves", False)
        self.wide = options.pop("wide", False)
        self.method = options.pop("method", True)
        self.in_place = options.pop("in_place", True)
        self.title = options.pop("title", None)
        self.overload = options.pop("overload", None)
        self.several = options.pop("several", None)
        self.outputs = options.pop("outputs", ())
        self.operands = options.pop("operands", None)
        self.numbers = options.pop("numbers", "some")
        self.constants = options.pop("constants", ())
        self.varying = options.pop("varying", None)
        self.factors = options.pop("factors", False)
        self.more_dims = options.pop("more_dims", 0)
        self.exact = options.pop("exact", None)
        self.apart = options.pop("apart", False)
        self.check = options.pop("check", None)
        self.linear = options.pop("linear", False)
        self.product = options.pop("product", None)
        self.tangent = options.pop("tangent", None)
        self.overwrites = options.pop("overwrites", False)
        self.usual = options.pop("usual", None)
        self.writes = options.pop("writes", False)
        self.composed = options.pop("composed", False)
        self.special = options.pop("special", {})
        if options:
            raise TypeError(f"a Rule has no options {sorted(options)}")


class Operation:
    """A declared operation of the kind "elementwise", "general" or "view"."""

    def __init__(self, body, kind, rule, shared, formulas):
        self.body, self.kind, self.rule, self.name = body, kind, rule, body.__name__
        self.read_parameters(body)
        self.read_derivatives(shared, formulas)
        operands = rule.operands or self.inputs or [n for n in self.parameters if n not in self.defaults]
        self.operands = tuple([self.parameters.index(name) for name in operands])
        self.companions = tuple([p for p in range(self.positional) if p not in self.operands])
        self.dims = tuple([p for p, name in enumerate(self.parameters) if name in ("dim", "dim0", "dim1")])
        self.exact = exact_words(kind, rule.exact)
        self.formulas = {(name,): formula for name, formula in formulas.items()} | shared  # by the inputs they serve
        self.shared = shared  # those of them that serve several inputs at once
        self.node = self.make_node(rule.title or camel(self.name))
        self.plans = {}  # devices, dtypes and types of a call -> what it casts, if it is elementwise
        self.nodes = {}  # PyTorch's name of an overload -> the class of its nodes
        self.call = self.compute = None  # how it is called; how it computes, if not as all others do

    def read_parameters(self, body):
        """The parameters of the body without `xp` and `out`: names, defaults, and which are given by name only."""
        code, defaults = body.__code__, body.__defaults__ or ()  # inspect takes twenty times as long
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        defaults = dict(zip(names[code.co_argcount - len(defaults) : code.co_argcount], defaults, strict=True))
        defaults |= body.__kwdefaults__ or {}
        self.parameters = tuple([name for name in names if name not in ("xp", "out")])
        self.defaults = {name: defaults[name] for name in self.parameters if name in defaults}
        self.keywords = tuple([name for name in names[code.co_argcount :] if name != "out"])
        self.positional = len(self.parameters) - len(self.keywords)
        self.has_out = "out" in names
        self.several = None if self.rule.several is None else self.parameters.index(self.rule.several)

    def read_derivatives(self, shared, formulas):
        """Which inputs have a derivative, and what each names of the call."""
        self.wants = {name: wanted_by(formula) for name, formula in formulas.items()}
        for group, formula in shared.items():
            self.wants.update({name: wanted_by(formula) for name in group})
        for name in self.wants:
            if name not in self.parameters:
                raise TypeError(f"{self.name} has a derivative for '{name}', which is no parameter of it")
        for name, formula in formulas.items():
            formula.__name__ = formula.__qualname__ = f"{self.name}.{name}"  # so that tracebacks name it
        self.inputs = tuple([name for name in self.parameters if name in self.wants])
        self.input_positions = tuple([self.parameters.index(name) for name in self.inputs])
        self.differentiable = bool(self.inputs)
        self.traced = self.differentiable or self.rule.composed  # whether a call asks for the history of its tensors
        framed = {
            want.rpartition("_")[0]
            for wants in self.wants.values()
            for want in wants
            if want.endswith(("_shape", "_strides"))
        }
        self.framed = tuple([name in framed for name in self.parameters])  # whose shape or strides a derivative names
        named = {want for wants in self.wants.values() for want in wants}
        self.recalled = tuple([name in named for name in self.rule.outputs])  # which results a derivative names
        self.kept = {}  # which inputs want a gradient -> which parameters, and whether the result, are kept

    def make_node(self, title):
        """The class of this operation's nodes, which carries PyTorch's name."""
        base = SharedNode if self.shared else ListNode if self.rule.several in self.inputs else OperationNode
        attributes = {"__slots__": (), "title": title, "operation": self, "overloaded": self.rule.overload is not None}
        return type(f"{title}Backward0", (base,), attributes)

    def node_for(self, args):
        """The class of nodes for a call: one for all, or one for each of PyTorch's overloads."""
        if self.rule.overload is None:
            return self.node
        name = self.rule.overload(*args)
        if name not in self.nodes:
            title = name.rstrip("0123456789").removesuffix("Backward")
            self.nodes[name] = type(name, (self.node,), {"__slots__": (), "title": title, "overloaded": False})
        return self.nodes[name]

    def counts_numbers(self, place):
        """Whether a number at this place is a tensor without dimensions for PyTorch."""
        return self.parameters[place] not in self.rule.constants

    def keeps(self, wanted):
        """Which parameters, and last whether the result, backward needs; `wanted` has a flag for each edge."""
        found = self.kept.get(wanted)
        if found is None:
            flags = wanted
            if self.rule.several in self.inputs:
                entries = len(wanted) - len(self.inputs) + 1
                flags = (any(wanted[:entries]), *wanted[entries:])
            named = set()
            for name, flag in zip(self.inputs, flags, strict=True):
                named.update(self.wants[name] if flag else ())
            found = tuple([name in named for name in self.parameters])
            results = named & {"result", *self.rule.outputs}
            found = self.kept[wanted] = (*found, bool(results - set(self.parameters)))
        return found

    def __repr__(self):
        return f"<operation {self.name}>"


def exact_words(kind, exact):
    """In which words an `out` of another dtype is refused, or None where the result is cast to it: by elementwise
    operations, unless their rule says otherwise."""
    if exact in (True, ASKED) or (exact is None and kind != "elementwise"):
        return errors.FOUND_DTYPE if kind == "elementwise" else errors.OTHER_DTYPE
    return exact or None
