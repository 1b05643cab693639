"""`torch` means tinytorch in every import, here and in processes started from here; what is missing says so."""

import pytest

from tests.door.run import DOOR, printed, run

MISSING = {
    "from torch import nope": "ImportError: cannot import name 'nope' from 'tinytorch'",
    "import torch; torch.nope": "AttributeError: module 'torch' has no attribute 'nope': tinytorch lacks it",
    "import torch; torch.nn.Nope": "AttributeError: module 'torch.nn' has no attribute 'Nope': tinytorch lacks it",
    "import torch.nope.x": "ModuleNotFoundError: No module named 'torch.nope': tinytorch, which is torch here, lacks",
}


def test_the_modules_are_tinytorch_s_own():
    assert "tinytorch.nn tinytorch.nn.functional True True" in printed("-c", """if True:
        import sys, torch, torch.nn as nn, torch.nn.functional as F, tinytorch
        from torch.utils.data import DataLoader
        from torch import optim, Tensor
        from torch.optim.lr_scheduler import StepLR
        import torch.utils.data.dataset, torch.nn.modules.linear
        assert sys.modules["torch"] is torch is tinytorch and sys.modules["torch.nn"] is torch.nn
        assert DataLoader is tinytorch.utils.data.DataLoader and optim is tinytorch.optim
        assert torch.optim.lr_scheduler.StepLR is StepLR and torch.nn.modules.linear.Linear is nn.Linear
        assert (torch.__spec__.name, nn.__spec__.name, nn.__name__) == ("tinytorch", "tinytorch.nn", "tinytorch.nn")
        print(nn.__spec__.name, F.__name__, F is tinytorch.nn.functional, callable(torch.tensor))
    """)  # fmt: skip


def test_a_module_does_not_take_the_place_of_the_function_of_its_name():
    assert printed("-c", """if True:
        from torch.nn.utils.weight_norm import weight_norm
        from torch.autograd.gradcheck import GradcheckError
        from torch.nn import utils
        import torch, torch.autograd.gradcheck, torch.nn.utils.spectral_norm, torch.tensor
        print(utils.weight_norm is weight_norm, callable(torch.autograd.gradcheck), callable(torch.tensor))
    """) == "True True True\n"  # fmt: skip


@pytest.mark.parametrize(("code", "words"), MISSING.items())
def test_a_missing_name_says_that_tinytorch_lacks_it(code, words):
    finished = run(*DOOR, "-c", code)
    assert finished.stderr.splitlines()[-1].startswith(words), finished.stderr


def test_a_name_can_be_asked_for():
    assert printed("-c", """if True:
        from importlib.util import find_spec
        print(find_spec("torch") is not None, find_spec("torch.nn") is not None, find_spec("torch.nope"))
        import torch
        print(hasattr(torch, "nope"), getattr(torch, "nope", None), hasattr(torch, "optim"), "optim" in dir(torch))
        try:
            import torch.nope
        except ImportError:
            from torch import nn
        print(nn.__name__, find_spec("torch.nn.modules.linear").name)
    """).splitlines() == [
        "True True None", "False None True True", "tinytorch.nn tinytorch.nn.modules.linear"
    ]  # fmt: skip


def test_the_version_is_that_of_the_pytorch_that_is_followed():
    assert printed("-c", """if True:
        import importlib.metadata as metadata
        import torch
        from packaging import version
        assert metadata.version("torch") == torch.__version__ == torch.version.__version__
        assert torch.__version__ >= "1.9" and torch.__version__ >= (2, 0) and torch.__version__ < "2.100"
        assert version.parse(torch.__version__) >= version.parse("2.13")
        assert metadata.metadata("torch")["Name"] == "torch"
        print([int(each) for each in torch.__version__.split("+")[0].split(".")], type(torch.__version__))
    """) == "[2, 13, 0] <class 'torch.torch_version.TorchVersion'>\n"  # fmt: skip


def test_as_torch_does_the_same_in_a_running_python_and_twice_is_once():
    assert run("-c", """if True:
        import sys, tinytorch
        tinytorch.as_torch()
        before = list(sys.meta_path)
        tinytorch.as_torch()
        import torch.nn as nn
        print(sys.meta_path == before, sys.modules["torch"] is tinytorch, nn is tinytorch.nn)
    """).stdout == "True True True\n"  # fmt: skip


def test_another_torch_that_is_there_already_is_an_error(tmp_path):
    (tmp_path / "torch.py").write_text("", encoding="utf-8")
    finished = run("-c", "import torch, tinytorch; tinytorch.as_torch()", folder=tmp_path)
    assert f"imported another torch already, {tmp_path / 'torch.py'}. Call it before" in finished.stderr
    assert printed("-c", "import torch; print(torch.__name__)", folder=tmp_path) == "tinytorch\n"


def test_python_packages_find_it_too(tmp_path):
    (tmp_path / "package.py").write_text("import torch\nones = torch.ones(2)", encoding="utf-8")
    assert printed("-c", "import package; print(package.ones)", folder=tmp_path) == "tensor([1., 1.])\n"


CHILD = "import torch, subprocess, sys; print(subprocess.run([sys.executable, {}], capture_output=True, text=True))"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("'-c', 'import torch; print(torch.__name__)'", "stdout='tinytorch\\n', stderr=''"),
        ("'-c', 'import sys; print(any([\"tinytorch.tensor\" in sys.modules]))'", "stdout='False\\n', stderr=''"),
        ("'-c', 'import sys; print([each for each in sys.path if \"children\" in each])'", "stdout='[]\\n', stderr=''"),
        ("'-c', 'import torch.nope'", "torch.nope\\': tinytorch, which is torch here, lacks it"),
        ("'-m', 'torch.utils.dlpack'", "returncode=0, stdout='', stderr=''"),
    ],
)
def test_a_process_that_a_program_starts_has_it_too(arguments, words):
    assert words in printed("-c", CHILD.format(arguments))


def test_the_child_of_a_child_has_it_and_the_sitecustomize_that_was_there_runs(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.customized = __file__", encoding="utf-8")
    inner = "import torch, sys, sitecustomize; print(torch.__name__, sys.customized == sitecustomize.__file__)"
    outer = CHILD.format(repr("-c") + ", " + repr(CHILD.format(repr("-c") + ", " + repr(inner))))
    assert "tinytorch True" in printed("-c", outer, paths=[tmp_path])


def test_a_python_of_another_environment_keeps_its_own():
    code = "import os; os.environ['TINYTORCH_AS_TORCH'] = '/elsewhere'\n"
    inner = "'-c', 'import sys; print([each for each in sys.meta_path if each.__module__ == \"tinytorch.entrance\"])'"
    assert "stdout='[]\\n', stderr=''" in printed("-c", code + CHILD.format(inner))


def test_processes_of_multiprocessing_have_it_however_they_start(tmp_path):
    (tmp_path / "program.py").write_text(
        """if True:
        import multiprocessing, sys, torch
        from torch.utils.data import TensorDataset
        def work(queue, data, model):
            queue.put((data.__class__.__module__, torch.__name__, type(model).__name__, len(data)))
        if __name__ == "__main__":
            for way in multiprocessing.get_all_start_methods():
                context = multiprocessing.get_context(way)
                queue = context.SimpleQueue()
                data, model = TensorDataset(torch.ones(3)), torch.nn.Linear(2, 2)
                process = context.Process(target=work, args=(queue, data, model))
                process.start()
                print(*queue.get())
                process.join()
        """,
        encoding="utf-8",
    )
    lines = set(printed(tmp_path / "program.py").splitlines())
    assert lines == {"torch.utils.data.dataset tinytorch Linear 3"}


def test_classes_can_be_pickled_by_the_names_that_they_have():
    code = "import pickle, torch; each = {}; print(pickle.loads(pickle.dumps(each)) is each)"
    for name in ("torch.nn.Linear", "torch.optim.SGD", "torch.utils.data.TensorDataset", "torch.Tensor"):
        assert printed("-c", code.format(name)) == "True\n"
