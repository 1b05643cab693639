"""Derivatives: from the names in a formula to what a node kept for it."""

from tinytorch import errors
from tinytorch.graph import Frame, Node, Nowhere, Packed, recall, recall_output, recall_result, revive
from tinytorch.modes import levels, with_tangents


def wanted_by(formula):
    """The names that a derivative needs: all its parameters but the first, the gradient."""
    code = formula.__code__  # a signature of inspect takes eighty times as long, and there are a thousand
    return code.co_varnames[1 : code.co_argcount]


def camel(name):
    """`sigmoid_backward` as PyTorch names its node: `SigmoidBackward`."""
    return "".join(part.capitalize() for part in name.strip("_").split("_"))


class Wired:
    """What a class of nodes has for backward alone: made when a node is first asked for it, as most never are."""

    def __init__(self, make):
        self.make = make

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, node, kind):
        found = self.make(kind.operation)
        setattr(kind.operation.node, self.name, found)  # for the classes of PyTorch's overloads too
        return found


def alone(op):
    """The formulas of an operation that serve one input each, by its name."""
    return {names[0]: formula for names, formula in op.formulas.items() if names not in op.shared}


def derivatives_of(op):
    """For each input its derivative as a function of the node and the gradient; None where it shares one."""
    formulas = alone(op)
    return tuple([wired(op, formulas[name]) if name in formulas else None for name in op.inputs])


def groups_of(op):
    """The derivatives that serve several inputs: the places of these, and a function as above."""
    return tuple([
        (tuple([op.inputs.index(name) for name in names]), wired(op, formula)) for names, formula in op.shared.items()
    ])  # fmt: skip


def formulas_of(op):
    """For each input its derivative as it was written; None where an operation has no such plain ones."""
    plain = not op.shared and not op.rule.outputs and op.rule.several not in op.inputs
    return tuple([op.formulas[name,] for name in op.inputs]) if plain else None


class OperationNode(Node):
    """A node whose inputs have a derivative each."""

    __slots__ = ()
    derivatives = Wired(derivatives_of)
    formulas = Wired(formulas_of)
    twins = Wired(lambda op: None if formulas_of(op) is None else {})

    def recall_all(self, packed=False):
        if not packed and self.args is not None and Packed in [type(value) for value in (*self.args, self.result)]:
            return
        for derivative, edge in zip(self.derivatives, self.edges, strict=False):
            if edge is not None and type(edge) is not Nowhere:
                for get in derivative.getters:
                    get(self)

    def backward(self, grad, wanted):
        return [
            derivative(self, grad) if want is not None else None
            for derivative, want in zip(self.derivatives, wanted, strict=True)
        ]


class SharedNode(Node):
    """A node with derivatives that serve several inputs at once; they are told who `needed` them."""

    __slots__ = ()
    derivatives = Wired(derivatives_of)
    groups = Wired(groups_of)
    at_once = Wired(lambda op: {} if (*op.inputs,) in op.shared and not op.rule.outputs else None)

    def backward(self, grad, wanted):
        gradients = [
            derivative(self, grad) if want is not None and derivative is not None else None
            for derivative, want in zip(self.derivatives, wanted, strict=True)
        ]
        for positions, derivative in self.groups:
            needed = tuple([wanted[position] is not None for position in positions])
            if any(needed):
                for position, gradient in zip(positions, derivative(self, grad, needed), strict=True):
                    gradients[position] = gradient
        return gradients


class ListNode(Node):
    """A node whose first input is a list of tensors, with an edge for each."""

    __slots__ = ()
    derivatives = Wired(derivatives_of)

    def backward(self, grad, wanted):
        first, *others = self.derivatives
        count = len(wanted) - len(others)
        gradients = list(first(self, grad)) if any(want is not None for want in wanted[:count]) else [None] * count
        for derivative, want in zip(others, wanted[count:], strict=True):
            gradients.append(derivative(self, grad) if want is not None else None)
        return gradients


def wired(op, formula):
    """A derivative as a function of the node and the gradient; what it names is looked up there."""
    getters = tuple(getter(op, name) for name in wanted_by(formula) if name != "needed")
    derivative = called(formula, getters)
    derivative.getters = getters
    return derivative


def called(formula, getters):
    """A formula as a function of the node and the gradient."""
    if wanted_by(formula)[-1:] == ("needed",):
        return lambda node, grad, needed: formula(grad, *[get(node) for get in getters], needed)
    if not getters:
        return lambda node, grad: formula(grad)
    if len(getters) == 1:
        (get,) = getters
        return lambda node, grad: formula(grad, get(node))
    if len(getters) == 2:
        get, get_second = getters
        return lambda node, grad: formula(grad, get(node), get_second(node))
    return lambda node, grad: formula(grad, *[get(node) for get in getters])


def getter(op, name):
    """How a derivative's argument of this name is found in a node; an unknown name is a TypeError."""
    if name in op.parameters:
        position = op.parameters.index(name)
        if position == op.several:
            differentiable = name in op.inputs
            return lambda node: recall_list(node, position, differentiable)
        edge = edge_index(op, name)
        return lambda node: argument(node, position, edge)
    if name in op.rule.outputs:
        place = op.rule.outputs.index(name)
        return lambda node: recall_output(node, place)
    if name == "result":
        return recall_result
    if name.endswith("_shape") and name.removesuffix("_shape") in op.parameters:
        position = op.parameters.index(name.removesuffix("_shape"))
        return lambda node: shape_of(node, position)
    if name.endswith("_strides") and name.removesuffix("_strides") in op.parameters:
        position = op.parameters.index(name.removesuffix("_strides"))
        return lambda node: strides_of(node, position)
    if name.endswith("_shapes") and name.removesuffix("_shapes") == op.rule.several:
        position = op.several
        return lambda node: shapes_of(node, position)
    raise TypeError(f"a derivative of {op.name} names '{name}', which is no parameter, shape, 'result' or output")


def edge_index(op, name):
    """The place of an input among a node's edges, from the end if a list of tensors stands before it; or None."""
    if name not in op.inputs:
        return None
    index = op.inputs.index(name)
    return index - len(op.inputs) if op.rule.several in op.inputs else index


def argument(node, position, edge):
    """An argument of a recorded call: a kept tensor, or a setting as it is."""
    versions = node.versions
    if versions is None or versions[2 * position] is None:
        if node.args is None:
            raise errors.freed()
        return node.args[position]
    return recall(node, position, None if edge is None else node.edges[edge])


def recall_list(node, position, differentiable):
    """A list of tensors that was kept; where they have a derivative, the node has an edge for each."""
    if node.args is None:
        raise errors.freed()
    values = node.args[position]
    counters, versions = node.versions[2 * position], node.versions[2 * position + 1]
    edges = node.edges if differentiable else (None,) * len(values)
    found = [
        revive(value, edge, counter, version, node.device)
        for value, edge, counter, version in zip(values, edges, counters, versions, strict=False)
    ]
    return [with_tangents(node, (position, place), each) for place, each in enumerate(found)] if levels else found


def frame(array):
    """The shape and the strides of an array."""
    return Frame((array.shape, array.strides))


def shape_of(node, position):
    """The shape of a tensor argument, which every node keeps."""
    if node.args is None:
        raise errors.freed()
    value = node.args[position]
    return value if type(value) is tuple else value.shape


def strides_of(node, position):
    """The strides, in bytes, of a tensor argument."""
    if node.args is None:
        raise errors.freed()
    return node.args[position].strides


def shapes_of(node, position):
    """The shapes of a list of tensors."""
    if node.args is None:
        raise errors.freed()
    return [value.shape for value in node.args[position]]
