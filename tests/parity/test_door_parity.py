"""The door beside an installed PyTorch: programs print the same now, and PyTorch is neither imported nor changed."""

import pytest

from tests.door.run import DOOR, PROGRAMS, printed, run
from tests.test_notebooks import difference


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_the_same_under_both(name):
    pytorch = run(PROGRAMS[name])
    assert (pytorch.returncode, pytorch.stderr) == (0, "")
    assert not difference(printed(PROGRAMS[name]), pytorch.stdout)


def test_an_installed_pytorch_is_not_imported():
    code = "import torch, sys; from torch import nn; print(torch.__file__, 'torch._C' in sys.modules, nn.__name__)"
    file, compiled, nn = printed("-c", code).split()
    assert "tinytorch" in file and (compiled, nn) == ("False", "tinytorch.nn")
    assert "site-packages/torch/" in run("-c", "import torch; print(torch.__file__)").stdout


def test_after_pytorch_it_is_too_late():
    finished = run("-c", "import torch, tinytorch; tinytorch.as_torch()")
    assert "RuntimeError: as_torch() comes too late: this process has imported another torch" in finished.stderr


def test_versions_compare_as_pytorch_s():
    from torch.torch_version import TorchVersion as theirs

    from tinytorch.torch_version import TorchVersion as ours

    texts = [
        "2.13.0", "2.13.0+cpu", "1.9", "1.10", "1.10.0a0", "1.10.0rc1", "2.0.0.dev20230101", "2.0.0a0+gitabc",
        "2.0.0.post1", "2.0.0-1", "v2.0", "parrot", "2", "2.13", "1!1.0", "2.0.0.post1.dev2", "2.0b2", "2.0.0+cu118",
        "2.0.0+2", "2.13.0.0", "1.9.beta", "2.0preview1",
    ]  # fmt: skip
    others = [*texts, "", (1, 9), (2, 13), (2, 13, 0), [2, 1]]
    methods = ("__eq__", "__lt__", "__le__", "__gt__", "__ge__")
    for text in texts:
        answers = [
            [[getattr(kind(text), each)(other) for each in methods] for other in others] for kind in (ours, theirs)
        ]
        assert answers[0] == answers[1], text


def test_a_child_without_the_environment_has_pytorch():
    code = "import subprocess, sys; print(subprocess.run([sys.executable, '-E', '-c', 'import torch; print(torch)'], "
    assert "site-packages" in run(*DOOR, "-c", code + "capture_output=True, text=True).stdout)").stdout
