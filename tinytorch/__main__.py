"""`python -m tinytorch program.py`: runs a PyTorch program as Python would, with this library for its `torch`."""

import builtins
import linecache
import os
import pkgutil
import runpy
import sys
from importlib.machinery import BuiltinImporter, SourceFileLoader
from io import open_code
from types import ModuleType

from tinytorch.entrance import as_torch

USAGE = """usage: python -m tinytorch [-m module | -c code | - | program.py] [argument ...]

Runs a PyTorch program unchanged: `torch` is tinytorch in it, and in the processes that it starts. An installed PyTorch
is not touched. Python's own options stand before -m: python -u -m tinytorch program.py
"""


def main(arguments: list) -> None:
    """Run what the arguments name, as the module `__main__`; what it raises is shown as if Python itself ran it."""
    if not arguments or arguments[0] in ("-h", "--help"):
        (sys.stdout if arguments else sys.stderr).write(USAGE)
        sys.exit(0 if arguments else 2)
    as_torch()
    module = sys.modules["__main__"] = ModuleType("__main__")
    module.__builtins__, module.__loader__ = builtins, BuiltinImporter
    try:
        start(arguments, vars(module))
    except SystemExit:
        raise
    except BaseException as error:
        show(error)
        raise  # for the exit code: 1, or that of an interrupt


def start(arguments, room):
    """Set what a program may read of how it was started, and run it with `room` as its globals."""
    first, *rest = arguments
    path = first if os.path.isabs(first) else os.path.join(os.getcwd(), first)
    if first == "-m":
        if not rest:
            sys.exit("Argument expected for the -m option")
        sys.argv[:] = ["-m", *rest[1:]]
        runpy._run_module_as_main(rest[0])
    elif first == "-c":
        if not rest:
            sys.exit("Argument expected for the -c option")
        sys.argv[:] = ["-c", *rest[1:]]
        path_begins_with("")
        if sys.version_info >= (3, 13):  # from there on errors show the lines of such code
            linecache.cache["<string>"] = len(rest[0]), None, rest[0].splitlines(True), "<string>"
        exec(compile(rest[0], "<string>", "exec", dont_inherit=True), room)
    elif first == "-":
        sys.argv[:] = arguments
        path_begins_with("")
        room.update(__file__="<stdin>")
        exec(compile(sys.stdin.read(), "<stdin>", "exec", dont_inherit=True), room)
    elif pkgutil.get_importer(first) is not None:  # a folder or an archive, which has a __main__.py
        sys.argv[:] = arguments
        path_begins_with(path)
        runpy._run_module_as_main("__main__", alter_argv=False)
    else:
        sys.argv[:] = arguments
        path_begins_with(os.path.dirname(os.path.realpath(path)))
        try:
            with open_code(path) as file:
                text = file.read()
        except OSError as error:
            sys.stderr.write(f"{sys.executable}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}\n")
            sys.exit(2)
        room.update(__file__=path, __cached__=None, __loader__=SourceFileLoader("__main__", path))
        exec(compile(text, path, "exec", dont_inherit=True), room)


def path_begins_with(folder):
    """Put the program's folder where Python put the current one for `-m`."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def show(error):
    """Show an error without the frames of this file, by the hook that the program has; Python then shows it no more."""
    hook, frames = sys.excepthook, error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    hook(type(error), error.with_traceback(frames), frames)

    def shown(*_):
        sys.excepthook = hook

    sys.excepthook = shown


if __name__ == "__main__":
    main(sys.argv[1:])
