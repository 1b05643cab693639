"""Which rooms are opened when somebody first asks for them: what `import tinytorch` does without makes it shorter."""

import sys
from importlib import import_module

LAZY = {  # package -> rooms in it; and as room.name what stands in such a room and is found in the package too
    "tinytorch": "_C __config__ _dynamo _inductor _utils accelerator ao backends compiler cpu distributed distributions"
    " export func futures fx hub jit masked mps mtia multiprocessing nested onnx optim package profiler quantization"
    " serialization signal sparse testing types utils xpu compiler.compile func.vmap"
    " serialization.load serialization.save",
    "tinytorch.autograd": "functional profiler profiler_legacy",
    "tinytorch.nn": "attention common_types grad parallel utils parallel.DataParallel",
    "tinytorch.utils": "_pytree _python_dispatch benchmark checkpoint collect_env cpp_extension data deterministic"
    " dlpack hooks mobile_optimizer model_zoo weak",
}


def opener(package):
    """The `__getattr__` of a package, which imports a room at its first use, and its `__dir__`, which names them all.

    A name that is not there is an AttributeError in PyTorch's words, which says whose it is not.
    """
    places = {place.rpartition(".")[2]: place for place in LAZY[package].split()}

    def opened(name):
        if name not in places:
            known = package.replace("tinytorch", "torch", 1)
            raise AttributeError(f"module '{known}' has no attribute '{name}': tinytorch lacks it")
        room, _, member = places[name].rpartition(".")
        found = getattr(import_module(f"{package}.{room}"), member) if room else import_module(f"{package}.{member}")
        return vars(sys.modules[package]).setdefault(name, found)

    return opened, lambda: sorted({*vars(sys.modules[package]), *places})
