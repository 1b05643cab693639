"""Derivatives on raw arrays: the code of a formula, with functions of arrays under the names of the operations.

Where nothing is recorded a gradient need not be a tensor: `lambda grad, result: grad * conj(result)` means the same of
two arrays, in half of the time where they are small. A formula that names anything but operators, operations on each
element, those marked with `by_body` and functions with an `on_arrays` of their own keeps to tensors, as does each case
that is not the usual one.
"""

import builtins
import dis
import functools
import types

from tinytorch import dtypes
from tinytorch.arrivals import as_tensors
from tinytorch.derivatives import shape_of, strides_of, wanted_by
from tinytorch.graph import detached
from tinytorch.lanes import function_of
from tinytorch.layout import in_rows

FLOAT32, FLOAT64 = dtypes.float32.numpy, dtypes.float64.numpy
OPERATORS = {"+", "-", "*", "/"}  # others are rounded or named otherwise
ATTRIBUTES = {
    "LOAD_ATTR",
    "LOAD_METHOD",
    "BINARY_SUBSCR",
    "UNARY_INVERT",
    "IMPORT_NAME",
}  # what a tensor has of its own
HANDING_ON = (lambda grad, value: pull(grad, value)).__code__.co_code  # of a formula that is one call of all it gets


class Unusual(Exception):
    """Raised where a formula has to see tensors: a value that was written over, or of another dtype or order."""


def pull(node, grad, edges):
    """The gradients, raw arrays or tensors, that a node sends along its edges, given its own, a raw array.

    None where an edge is None.
    """
    dtype = grad.dtype if type(grad) is not list and not detached.data else None
    if (dtype is FLOAT32 or dtype is FLOAT64) and node.twins is not None and node.args is not None:
        twins = node.twins.get(node.device.xp) or find_twins(node)
        try:
            return [None if edge is None else twins[place](node, grad) for place, edge in enumerate(edges)]
        except Unusual:
            pass
    return pull_at_once(node, grad, edges)


def pull_at_once(node, grad, edges):
    """The same of a node that gives all its gradients at once, or that has to see tensors."""
    dtype = grad.dtype if type(grad) is not list and not detached.data else None
    if (dtype is FLOAT32 or dtype is FLOAT64) and node.at_once is not None and node.args is not None:
        whole = node.at_once.get(node.device.xp) or find_whole(node)
        try:
            return whole(node, grad, [edge is not None for edge in edges])
        except Unusual:
            pass
    return pull_by_tensors(node, grad, edges)


def pull_by_tensors(node, grad, edges):
    """The same as tensors, by the derivatives as they are written."""
    device = node.device
    return node.backward(as_tensors(grad, device), edges)


def find_twins(node):
    """For each derivative of a kind of nodes a function of the node and its gradient."""
    device = node.device
    found = tuple([twin_of(node.operation, formula, device) for formula in node.formulas])
    if not device.batched:  # such a device ends with its level
        node.twins[device.xp] = found
    return found


def find_whole(node):
    """The one derivative of a kind of nodes as a function of the node, its gradient and which inputs need theirs."""
    device, op = node.device, node.operation
    found = whole_of(op, op.shared[op.inputs], device)
    if not device.batched:
        node.at_once[device.xp] = found
    return found


def whole_of(op, formula, device):
    """Such a derivative as a function of the node, its gradient, an array, and for each input whether it needs one."""
    function, calls, ordered, getters = taken_apart(op, formula, device)
    if function is None:
        return refuse

    def whole(node, grad, needed):
        if (calls and not grad.ndim) or (ordered and grad.ndim > 1 and not grad.flags.c_contiguous):
            raise Unusual
        return function(grad, *[get(node, grad.dtype) for get in getters], needed)

    return whole


def twin_of(op, formula, device):
    """A derivative as a function of the node and its gradient, an array."""
    function, calls, ordered, getters = taken_apart(op, formula, device)
    if function is None:
        return refuse
    wanted = wanted_by(formula)
    if len(wanted) == 1 and ordered:
        position = op.parameters.index(wanted[0]) if wanted[0] in op.parameters else None
        if position in op.operands:
            return with_operand(function, position, calls)
        if position is None and wanted[0] == "result":
            return with_result(function, calls)

    def twin(node, grad):
        if (calls and not grad.ndim) or (ordered and grad.ndim > 1 and not grad.flags.c_contiguous):
            raise Unusual
        return function(grad, *[get(node, grad.dtype) for get in getters])

    return twin


def taken_apart(op, formula, device):
    """What `on_arrays` says of a formula, and how the values that it names are found; None first if they cannot be."""
    found = on_arrays(formula, device) if hasattr(device.array, "__mul__") else None
    if found is None:
        return None, False, False, ()
    function, calls, ordered, computes = found
    getters = [getter(op, name, ordered, computes) for name in wanted_by(formula) if name != "needed"]
    return (None, False, False, ()) if None in getters else (function, calls, ordered, getters)


def refuse(node, grad, needed=None):
    """The twin of a formula that needs tensors."""
    raise Unusual


def with_operand(function, position, calls):
    """The twin of a formula that names one operand: the most frequent one, and so without a call more."""
    place = 2 * position

    def twin(node, grad):
        value, versions = node.args[position], node.versions
        if versions is not None and (counter := versions[place]) is not None:
            if counter[0] != versions[place + 1] or value.dtype is not node.dtype:
                raise Unusual
            if value.ndim > 1 and not (value.flags.c_contiguous or in_rows(value)):
                raise Unusual
        ndim = grad.ndim
        if (calls and not ndim) or (ndim > 1 and not grad.flags.c_contiguous):
            raise Unusual
        return function(grad, value)

    return twin


def with_result(function, calls):
    """The twin of a formula that names the result, which has the dtype and the shape of the gradient."""

    def twin(node, grad):
        value, versions, ndim = node.result, node.versions, grad.ndim
        if versions[-2][0] != versions[-1] or (calls and not ndim):
            raise Unusual
        if ndim > 1 and not (value.flags.c_contiguous and grad.flags.c_contiguous):
            raise Unusual
        return function(grad, value)

    return twin


def getter(op, name, ordered, computes):
    """How a value that a formula names is found in a node; None where only tensors will do."""
    if name in op.parameters:
        position = op.parameters.index(name)
        if position == op.several:
            return None
        if position not in op.operands:
            return setting(position)
        return functools.partial(operand, position, ordered, computes)
    if name == "result":
        return functools.partial(result, ordered)
    for ending, found in (("_shape", shape_of), ("_strides", strides_of)):
        if name.endswith(ending) and name.removesuffix(ending) in op.parameters:
            position = op.parameters.index(name.removesuffix(ending))
            return lambda node, dtype, found=found: found(node, position)
    return None


def setting(position):
    """An argument that is no tensor."""
    return lambda node, dtype: node.args[position]


def operand(position, ordered, computes, node, dtype):
    """A number, or the array of an argument that was kept, if nobody wrote to it since.

    Integers only where the formula itself does not compute with them, as NumPy's promotion is not PyTorch's.
    """
    value, versions = node.args[position], node.versions
    if versions is None or (counter := versions[2 * position]) is None:
        return value
    if not computes and value.dtype.kind in "iu":
        dtype = value.dtype
    return usual(value, counter[0] != versions[2 * position + 1], ordered, dtype)


def result(ordered, node, dtype):
    """The result that was kept, if nobody wrote to it since."""
    return usual(node.result, node.versions[-2][0] != node.versions[-1], ordered, dtype)


def usual(value, stale, ordered, dtype):
    """An array that a formula may see: no other has the gradient's dtype, and the order in memory that it needs."""
    if stale or value.dtype is not dtype or (ordered and not (value.flags.c_contiguous or in_rows(value))):
        raise Unusual
    return value


def by_body(any_order=False):
    """Let formulas call an operation on arrays, where its body computes all that it does: such as lie row by row, or in
    `any_order`."""

    def mark(call):
        make = functools.partial(functools.partial, call.operation.body)
        call.on_arrays = in_any_order(make) if any_order else make
        return call

    return mark


def in_any_order(make):
    """Mark what makes a function of arrays for a library of arrays: how they lie in memory does not matter to it."""
    make.any_order = True
    return make


def on_arrays(formula, device):
    """A formula as a function of arrays of a device, whether it calls operations on each element, whether it needs
    arrays that lie row by row, and whether it computes itself or only hands on; None where it needs tensors."""
    code = formula.__code__
    names = {"__name__": formula.__module__, "__builtins__": builtins}  # as in a module: it silences warnings
    if code.co_freevars:  # names of a function around it, of which nothing is known
        return None
    calls = computes = False
    for each in dis.get_instructions(code):
        if each.opname in ATTRIBUTES or (each.opname == "BINARY_OP" and each.argrepr not in OPERATORS):
            return None
        computes = computes or each.opname == "BINARY_OP"
    ordered = computes
    for name in code.co_names:
        value = formula.__globals__.get(name)
        own, operation = getattr(value, "on_arrays", None), getattr(value, "operation", None)
        if own is not None:
            names[name] = own(device.xp)
            ordered = ordered or not hasattr(own, "any_order")
        elif operation is not None and operation.kind == "elementwise":
            names[name] = function_of(operation, device)
            calls = ordered = computes = True
        elif type(value) in (int, float):
            names[name] = value
        else:
            return None
    if code.co_code == HANDING_ON and code.co_argcount == 2:
        function = names[code.co_names[0]]
    else:
        function = types.FunctionType(code, names, formula.__name__, formula.__defaults__)
    return function, calls, ordered, computes
