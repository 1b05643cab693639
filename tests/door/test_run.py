"""`python -m tinytorch` runs a program as Python does: the same output, errors, exit codes and surroundings."""

import signal

import pytest

from tests.door.run import DOOR, printed, run

SURROUNDINGS = """
import __main__, inspect, pickle, sys
def f(x):
    return 1 / x
class A:
    pass
print(__name__, globals().get("__file__"), sys.argv, sys.path[0], __package__, type(__loader__), __builtins__)
print(getattr(__spec__, "name", None), vars(__main__) is globals(), pickle.loads(pickle.dumps(A)), __doc__)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with programs in every form."""
    (tmp_path / "package").mkdir()
    (tmp_path / "folder").mkdir()
    for name, text in {
        "program.py": '"""A docstring."""\n' + SURROUNDINGS + "print(inspect.getsource(A))",
        "package/__init__.py": "",
        "package/__main__.py": SURROUNDINGS + "from . import beside\nf(0)",
        "package/beside.py": "print(__name__)",
        "folder/__main__.py": SURROUNDINGS + "f(0)",
        "error.py": SURROUNDINGS + "f(0)",
        "chain.py": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('no') from error",
        "syntax.py": "x = = 1",
        "coding.py": "# -*- coding: latin-1 -*-\nprint('\xe9')",
        "hook.py": "import sys\nsys.excepthook = lambda *each: print('hook', each[0], each[2].tb_lineno)\n1 / 0",
        "last.py": "import atexit, __main__\natexit.register(lambda: print(__main__.__name__))\nprint('first')",
    }.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
    (tmp_path / "link.py").symlink_to(tmp_path / "folder" / "__main__.py")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        "program.py a -b --c=d", "./program.py", "-m package a -b", "-m package.beside", "folder a", "error.py",
        "chain.py", "syntax.py", "coding.py", "hook.py", "last.py", "link.py", "absent.py", "-m absent",
    ],
)  # fmt: skip
def test_a_program_sees_and_shows_what_it_does_under_python(folder, arguments):
    plain, door = (run(*start, *arguments.split(), folder=folder) for start in ((), DOOR))
    assert (plain.stdout, plain.stderr, plain.returncode) == (door.stdout, door.stderr, door.returncode)
    assert plain.stdout or plain.stderr


def test_code_in_the_command_and_from_the_input_runs_as_under_python(folder):
    text = SURROUNDINGS + "f(0)"
    for plain, door in (
        [run(*start, "-c", text, "a", folder=folder) for start in ((), DOOR)],
        [run(*start, "-", "a", folder=folder, text=text) for start in ((), DOOR)],
    ):
        assert (plain.stdout, plain.stderr, plain.returncode) == (door.stdout, door.stderr, door.returncode)


@pytest.mark.parametrize("status", ["", "0", "3", "'bye'", "None", "True"])
def test_an_exit_has_python_s_code_and_words(status):
    plain, door = (run(*start, "-c", f"import sys; sys.exit({status})") for start in ((), DOOR))
    assert (plain.stdout, plain.stderr, plain.returncode) == (door.stdout, door.stderr, door.returncode)


def test_an_interrupt_ends_the_process_as_it_ends_python():
    finished = run(*DOOR, "-c", "raise KeyboardInterrupt")
    assert finished.returncode == run("-c", "raise KeyboardInterrupt").returncode == -signal.SIGINT
    assert finished.stderr.splitlines()[1] == '  File "<string>", line 1, in <module>'


def test_the_debugger_and_the_profiler_run_programs(folder):
    stopped = run(*DOOR, "-m", "pdb", "error.py", folder=folder, text="continue\nquit\n")
    assert "ZeroDivisionError" in stopped.stdout and stopped.stdout == run("-m", "pdb", "error.py", folder=folder,
                                                                           text="continue\nquit\n").stdout  # fmt: skip
    assert "function calls" in printed("-m", "cProfile", "last.py", folder=folder)


def test_without_a_program_it_says_how_it_is_used():
    assert (run(*DOOR).returncode, run(*DOOR).stdout) == (2, "")
    assert run(*DOOR).stderr == run(*DOOR, "--help").stdout != ""
    for option in ("-m", "-c"):
        assert run(*DOOR, option).stderr == f"Argument expected for the {option} option\n"
