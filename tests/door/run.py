"""How a program is run in a process of its own, under this library, or as Python does it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = {path.stem: path for path in sorted(Path(__file__).with_name("programs").glob("*.py"))}
DOOR = ("-m", "tinytorch")


def run(*arguments, folder=None, text=None, paths=(), **environment):
    """Run Python with these arguments to its end; `folder` is the current one, `text` what it reads."""
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *paths))), **environment}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=folder, input=text, env=known, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip


def printed(*arguments, **settings):
    """What a program prints under this library; an AssertionError with the rest if it fails or says something else."""
    finished = run(*DOOR, *arguments, **settings)
    assert (finished.returncode, finished.stderr) == (0, ""), finished.stderr
    return finished.stdout
