"""The rules of the house, each a function that reads the sources and returns what breaks it."""

import ast
import functools
import graphlib
import io
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {  # path from the root -> text
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("tinytorch", "tests", "benchmarks", "demo")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
FLOORS = (  # from the ground up: imports go down, or along a floor
    "dtypes errors deprecations modes devices kernels torch_version rooms",  # modes: `with device(...)` sets a switch
    "storage sharing layout formats generator tensor recording batching graph derivatives declaration evaluate keeping"
    " apply binding factors lanes view_lanes operation plans delivery creation update interpreters array_derivatives"
    " inference anomaly accumulation arrivals edges forward tangents engine sweep paths hooks node_hooks saved printing"
    " return_types codes overriding overriding_names",
    "ops",
    "accelerator amp autograd backends cpu cuda distributions fft func functional functorch linalg masked mps mtia"
    " multiprocessing naming nn optim random serialization settings signal special utils version testing distributed"
    " safetensors xpu absent ao compiler export futures fx hub jit library nested onnx overrides package profiler"
    " quantization sparse types _dynamo _inductor _utils _C __config__ classes entrance checking children",
    "__init__ __main__",
    "vision",  # what programs import beside torch
)
FLOOR_OF = {room: height for height, rooms in enumerate(FLOORS) for room in rooms.split()}
DOORS = {
    f"tinytorch/{name}.py"
    for name in (
        "linalg", "random", "fft", "functional", "special", "nn/functional", "autograd/anomaly_mode",
        "autograd/grad_mode",
       
        "vision/transforms/functional", "vision/transforms/transforms", "vision/transforms/v2/functional",
        "vision/models/mobilenet",
    )
}  # fmt: skip
NO_DOORS = {"tinytorch/devices/__init__.py": "holds the device class and finds the modules by name"}
ARRAYS_ALLOWED = {  # rooms above devices/ and kernels/ that import NumPy, and why
    "tinytorch/dtypes.py": "names NumPy's dtype behind each of ours",
    "tinytorch/printing.py": "formats numbers that are on the host already",
    "tinytorch/utils/tensorboard/summary.py": "writes numbers that are on the host already into files of events",
}
MACHINERY = {
    "__init__.py",
    "compile.py",
    "memory.py",
    "blas.py",
    "source.py",
    "team.py",
}  # files of kernels/cpu and kernels/cuda that hold no kernels
NO_FORMULA = {
    "random.py": "the bits of a stream are not a formula",
    "samplers.py": "neither are those of samplers that reject",
}
REFUSED = {"maximum.reduce", "minimum.reduce", "logical_or.reduce", "maximum.accumulate", "minimum.accumulate"}  # CuPy
NO_NAMES = {"utils.py", "helpers.py", "common.py", "misc.py", "base.py"}


def library(sources):
    """Path, text and syntax tree of each file of the package."""
    return [(path, text, tree_of(text)) for path, text in sources.items() if path.startswith("tinytorch/")]


@functools.cache
def tree_of(text):
    """The syntax tree of a text, which no rule changes."""
    return ast.parse(text)


def module_of(path):
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(path, tree, sources):
    """The modules that a file imports, at any depth: (line, dotted name)."""
    modules = {module_of(each) for each in sources}
    package = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{start}.{alias.name}" for alias in node.names]
            yield from {(node.lineno, name if name in modules else start) for name in names}


def room_of(module):
    return module.split(".")[1] if "." in module else "__init__"


def public(body):
    """The public functions and classes of a file or class, less the setters of properties."""
    for node in body:
        decorators = {getattr(each, "attr", "") for each in getattr(node, "decorator_list", ())}
        named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if named and not decorators & {"setter", "deleter"}:
            yield node


def signatures(body, prefix=""):
    """The public names with the names of their parameters, methods as `Class.method`."""
    found = {}
    for node in public(body):
        is_class = isinstance(node, ast.ClassDef)
        found[prefix + node.name] = [] if is_class else parameters(node.args)
        found |= signatures(node.body, node.name + ".") if is_class else {}
    return found


def parameters(arguments):
    every = (*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg)
    return [each.arg for each in every if each]


def imports_go_down(sources):
    """A room imports rooms of its own floor and of those below; a room that no floor names is an error."""
    for path, _, tree in library(sources):
        own = room_of(module_of(path))
        if own not in FLOOR_OF:
            yield f"{path}: the table of floors does not name '{own}'"
        for line, target in imports_of(path, tree, sources):
            if target.split(".")[0] == "tinytorch" and FLOOR_OF.get(room_of(target), 9) > FLOOR_OF.get(own, 0):
                yield f"{path}:{line}: imports {target}, which stands above it"


def imports_form_no_circle(sources):
    """No module imports itself through others, imports inside functions included."""
    graph = {}
    for path, _, tree in library(sources):
        graph[module_of(path)] = {name for _, name in imports_of(path, tree, sources)}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield "a circle: " + " <- ".join(error.args[1])


def is_door(path):
    """Whether a file only lists the names that users find there."""
    return path in DOORS or (path.endswith("/__init__.py") and path not in NO_DOORS)


def statements(body):
    """The statements of a body, those that only editors read among them."""
    for node in body:
        yield from node.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" else [node]


def doors_hold_only_imports(sources):
    """A door holds its docstring, imports, also those for editors alone, `__all__`, `__version__` and its opener."""
    for path, _, tree in library(sources):
        if is_door(path):
            for node in statements(tree.body[ast.get_docstring(tree) is not None :]):
                names = {ast.unparse(each) for each in getattr(node, "targets", [])}
                says_what_it_is = names and names <= {"__all__", "__version__", "(__getattr__, __dir__)"}
                if not says_what_it_is and not isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"{path}:{node.lineno}: code in a door"


def kernels_are_mirrored(sources):
    """`kernels/cpu` and `kernels/cuda` have the same files and kernels, with the parameters of their formulas.

    A kernel is a function that `reference.py` has, or, in the files that have no formula, a name that `__all__` lists.
    """
    trees = {path.removeprefix("tinytorch/kernels/"): tree for path, _, tree in library(sources)}
    formulas = signatures(trees.get("reference.py", ast.Module([])).body)
    files = {file.split("/")[1] for file in trees if file.startswith(("cpu/", "cuda/"))}
    for file in sorted(file for file in files if file not in MACHINERY):
        bodies = [trees[f"{device}/{file}"].body for device in ("cpu", "cuda") if f"{device}/{file}" in trees]
        found = [signatures(body) for body in bodies]
        kernels = {name for body in bodies for name in listed(body)} if file in NO_FORMULA else set(formulas)
        if len(bodies) < 2 or (file in NO_FORMULA and not all(map(listed, bodies))):
            yield f"kernels/{file}: only one of cpu and cuda has it, or lists its kernels in `__all__`"
            continue
        for name in sorted(found[0].keys() | found[1].keys()):
            ways = [each[name] for each in found if name in each]
            if len(ways) < 2 and name in kernels:
                yield f"kernels/{file}: only one of cpu and cuda has '{name}'"
            if len(ways) == 2 and file not in NO_FORMULA and name.split(".")[0] not in formulas:
                yield f"kernels/{file}: reference.py has no '{name}'"
            ways += [formulas[name][1:]] if name in formulas else []  # the first is xp
            if any(way != ways[0] for way in ways):
                yield f"kernels/{file}: the parameters of '{name}' differ: {ways}"


def listed(body):
    """The names in `__all__`."""
    lists = [node.value for node in body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
    return [name for each in lists for name in ast.literal_eval(each)]


def arrays_stay_below(sources):
    """NumPy and CuPy are imported in `devices/`, `kernels/` and the rooms that have a reason."""
    for path, _, tree in library(sources):
        if room_of(module_of(path)) not in ("devices", "kernels") and path not in ARRAYS_ALLOWED:
            for line, target in imports_of(path, tree, sources):
                if target.split(".")[0] in ("numpy", "cupy"):
                    yield f"{path}:{line}: imports {target}"


def dotted_after_xp(node):
    """`["linalg", "qr"]` for `xp.linalg.qr` and `device.xp.linalg.qr`; nothing for other attributes."""
    names = []
    while isinstance(node, ast.Attribute) and node.attr != "xp":
        names.insert(0, node.attr)
        node = node.value
    return names if "xp" in (getattr(node, "attr", ""), getattr(node, "id", "")) else []


def vocabulary_is_on_both_devices(sources):
    """Every `xp.<name>` is a name that CuPy has, a kernel of ours, or a function that the CUDA device adds."""
    import cupy
    import cupyx.scipy.special

    ours = {"device", "library", "at_once", "quick", "shows_values"}  # what a vocabulary says of itself
    for path, _, tree in library(sources):
        if path == "tinytorch/kernels/reference.py":
            ours |= signatures(tree.body).keys()
        elif path == "tinytorch/devices/vocabulary.py":
            ours |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        elif path == "tinytorch/devices/cuda.py":
            ours |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            ours |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    for path, _, tree in library(sources):
        for node in ast.walk(tree):
            names = dotted_after_xp(node)
            if names and names[0] not in ours:
                found = cupyx.scipy if names[0] == "special" else cupy
                for name in names:
                    found = getattr(found, name, None)
                if found is None or ".".join(names) in REFUSED:
                    yield f"{path}:{node.lineno}: CuPy has no xp.{'.'.join(names)}"


def names_a_shape(node):
    """Whether an expression counts by a shape; how many dimensions there are, `len(shape)`, is no such count."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len":
        return False
    name = getattr(node, "attr", getattr(node, "id", ""))
    return (
        name in ("shape", "size", "numel")
        or name.endswith("_shape")
        or any(map(names_a_shape, ast.iter_child_nodes(node)))
    )


def loops_have_reasons(sources):
    """In `ops/` a loop that counts to a size, element by element, has a comment on its line."""
    for path, text, tree in library(sources):
        if path.startswith("tinytorch/ops/"):
            tokens = tokenize.generate_tokens(io.StringIO(text).readline)
            reasons = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
            for node in ast.walk(tree):
                over = getattr(node, "iter", getattr(node, "test", None) if isinstance(node, ast.While) else None)
                counts = isinstance(node, ast.For | ast.While) or getattr(getattr(over, "func", 0), "id", "") == "range"
                if over is not None and counts and names_a_shape(over) and over.lineno not in reasons:
                    yield f"{path}:{over.lineno}: a loop over a shape without a reason beside it"


def public_names_have_docstrings(sources):
    """Public functions, classes and their methods say what they do; overrides and arrays' methods need not."""
    for path, _, tree in library(sources):
        for node in public(tree.body):
            own = isinstance(node, ast.ClassDef) and not node.bases and room_of(module_of(path)) != "devices"
            methods = public(node.body) if own else ()
            for each in (node, *methods):
                if ast.get_docstring(each) is None:
                    yield f"{path}:{each.lineno}: '{each.name}' has no docstring"


def files_say_what_they_know(sources):
    """Every file begins with a docstring, a file of the package is one story, and its name says which.

    A door is as long as its list of names.
    """
    for path, text in sources.items():
        if ast.get_docstring(tree_of(text)) is None:
            yield f"{path}: does not begin with a docstring"
        if path.split("/")[-1] in NO_NAMES:
            yield f"{path}: a name that says nothing"
        if path.startswith("tinytorch/") and not is_door(path) and text.count("\n") > 450:
            yield f"{path}: has {text.count(chr(10))} lines"


NEEDS_CUPY = pytest.mark.skipif(sys.platform == "darwin", reason="CuPy has no build for macOS")
DOC, CPU, CUDA, FORMULAS = (
    '"""What it knows."""\n',
    *(f"tinytorch/kernels/{name}.py" for name in ("cpu/a", "cuda/a", "reference")),
)
OPS, TENSOR = "tinytorch/ops/a.py", "tinytorch/tensor.py"
BITS = ("tinytorch/kernels/cpu/random.py", "tinytorch/kernels/cuda/random.py")
BROKEN = [  # rule, sources that break it, words of the complaint
    (imports_go_down, {TENSOR: "from tinytorch.ops import sum"}, "stands above"),
    (imports_go_down, {"tinytorch/dtypes.py": "def f():\n    import tinytorch"}, "stands above"),
    (imports_go_down, {OPS: "from ..nn.modules import linear"}, "tinytorch.nn.modules, which"),
    (imports_go_down, {"tinytorch/attic.py": ""}, "does not name 'attic'"),
    (
        imports_form_no_circle,
        {"tinytorch/graph.py": "from . import tensor", TENSOR: "import tinytorch.graph"},
        "circle",
    ),
    (doors_hold_only_imports, {"tinytorch/nn/__init__.py": DOC + "import a\n__all__ = ['a']\nb = 1"}, ":4: code"),
    (doors_hold_only_imports, {"tinytorch/nn/functional.py": "def relu(): pass"}, "code in a door"),
    (doors_hold_only_imports, {"tinytorch/fft.py": "if TYPE_CHECKING:\n    import a\n    b = 1"}, ":3: code"),
    (kernels_are_mirrored, {CPU: "def f(x): pass"}, "a.py: only one of cpu and cuda has it"),
    (kernels_are_mirrored, {CPU: "def f(x): pass", CUDA: "", FORMULAS: "def f(xp, x): pass"}, "cuda has 'f'"),
    (kernels_are_mirrored, {CPU: "def f(x): pass", CUDA: "def f(y): pass"}, "parameters of 'f' differ"),
    (kernels_are_mirrored, {CPU: "def f(x): pass", CUDA: "def f(x): pass"}, "reference.py has no 'f'"),
    (kernels_are_mirrored, dict.fromkeys(BITS, "def f(x): pass"), "or lists its kernels"),
    (kernels_are_mirrored, {BITS[0]: "def f(x): pass\n__all__ = ['f']", BITS[1]: "__all__ = ['f']"}, "cuda has 'f'"),
    (arrays_stay_below, {OPS: "from numpy import exp"}, "imports numpy"),
    (arrays_stay_below, {TENSOR: "def f():\n    import cupy.linalg"}, ":2: imports cupy.linalg"),
    pytest.param(vocabulary_is_on_both_devices, {OPS: "device.xp.spacing(1)"}, "xp.spacing", marks=NEEDS_CUPY),
    pytest.param(vocabulary_is_on_both_devices, {OPS: "xp.maximum.reduce(1)"}, "maximum.reduce", marks=NEEDS_CUPY),
    (loops_have_reasons, {OPS: "for i in range(input.shape[0]):\n    pass  # late"}, ":1: a loop"),
    (loops_have_reasons, {OPS: "a = [f(i) for i in range(input.numel())]"}, "a loop"),
    (public_names_have_docstrings, {OPS: "def f(): pass"}, "'f' has no docstring"),
    (public_names_have_docstrings, {TENSOR: f"class A:\n    {DOC}    def f(self): pass"}, "'f' has no docstring"),
    (files_say_what_they_know, {"tests/test_a.py": "a = 1"}, "begin with a docstring"),
    (files_say_what_they_know, {"tinytorch/nn/utils.py": DOC}, "says nothing"),
    (files_say_what_they_know, {TENSOR: DOC + "a = 1\n" * 450}, "has 451 lines"),
]
KEPT = {  # as the rules want it: every rule is silent about these
    OPS: DOC + f"from tinytorch import tensor\n\n\ndef f(xp, s):\n    {DOC}    for i in range(s.shape[0]):  # few\n"
    "        xp.linalg.qr(i)\n    return [xp.g(i) for i in range(len(s.shape))]\n",
    TENSOR: DOC,
    "tinytorch/nn/functional.py": DOC + "from tinytorch.ops.a import f\n",
    CPU: DOC + f"import numpy\n\n\ndef g(x, *, out=None):\n    {DOC}",
    CUDA: DOC + f"def g(x, *, out=None):\n    {DOC}",
    FORMULAS: DOC + f"def g(xp, x, *, out=None):\n    {DOC}",
}
RULES = [
    imports_go_down, imports_form_no_circle, doors_hold_only_imports, kernels_are_mirrored, arrays_stay_below,
    pytest.param(vocabulary_is_on_both_devices, marks=NEEDS_CUPY), loops_have_reasons, public_names_have_docstrings,
    files_say_what_they_know,
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_the_sources_keep_the_rule(rule):
    assert "tests/test_architecture.py" in SOURCES
    complaints = list(rule(SOURCES))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("rule", "sources", "words"), BROKEN)
def test_a_broken_rule_is_noticed(rule, sources, words):
    assert words in "\n".join(rule(sources))


@pytest.mark.parametrize("rule", RULES)
def test_a_kept_rule_gives_no_complaint(rule):
    assert list(rule(KEPT)) == []
