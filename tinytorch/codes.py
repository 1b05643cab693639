"""Functions that have another code while a mode is on: it asks the mode first; off, nothing is paid for it."""

import types

LAYERS = ("autocast", "overrides")  # from the inside: the last is asked first
copies = {}  # function -> those that do the same under other names, which `naming.py` makes
around = {}  # function -> its own code, {layer: what is asked there}, {layers: the code for them}


def put(function, layer, asking):
    """Let the calls of a function come to `asking(usual)(args, settings)`, where `usual` is what they came to before.

    `asking` is the same each time for a function and a layer.
    """
    if function not in around:
        around[function] = function.__code__, {}, {}
        function.__wrapped__ = copy_of(function)  # by which `inspect.signature` sees the function's own parameters
    around[function][1][layer] = asking
    recode(function)


def take(function, layer):
    """End what `put` began."""
    del around[function][1][layer]
    recode(function)


def recode(function):
    """Give a function the code for the layers that are on."""
    own, layers, codes = around[function]
    chosen = tuple([each for each in LAYERS if each in layers])
    code = codes.get(chosen, own)
    if chosen and code is own:
        for each in chosen:
            call = layers[each](copy_of(function, code))
            constants = tuple([call if constant == PLACE else constant for constant in stand_in.__code__.co_consts])
            code = stand_in.__code__.replace(
                co_consts=constants, co_freevars=own.co_freevars, co_name=own.co_name, co_filename=own.co_filename
            )
        codes[chosen] = code
    function.__code__ = code


def copy_of(function, code=None):
    """Another function that does the same, or what another code says, under the same names and defaults."""
    made = types.FunctionType(
        code or function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    made.__doc__, made.__module__, made.__qualname__ = function.__doc__, function.__module__, function.__qualname__
    made.__dict__.update(function.__dict__)
    return made


def own_code(function):
    """The code of a function when no mode is on, which tells its parameters."""
    return around[function][0] if function in around else function.__code__


def stand_in(*args, **settings):
    """What a function does while a layer is on: the call that asks stands in the text's place, as a constant, for the
    function's names and defaults are not those of this one."""
    call = "the function that asks"
    return call(args, settings)


PLACE = "the function that asks"
