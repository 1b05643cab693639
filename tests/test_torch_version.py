"""The version: text that compares as versions do."""

import pytest

import tinytorch as torch
from tinytorch.torch_version import TorchVersion


def test_the_library_s_version_is_one():
    assert type(torch.__version__) is TorchVersion and isinstance(torch.__version__, str)
    assert torch.version.__version__ == torch.__version__


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("1.9.1", "1.10"), ("1.10", (1, 11)), ("2.0a1", "2.0"), ("2.0rc1", "2.0"), ("2.0a2", "2.0b1"),
        ("2.0", "2.0+cpu"), ("1.13.1+cu117", "2.0"), ("2.1.0.dev20230101", "2.1"), ("2.0", "2.0.1"),
    ],
)  # fmt: skip
def test_versions_are_ordered(less, more):
    less = TorchVersion(less)
    assert less < more and less <= more and less != more and not less > more and not less >= more


def test_zeros_at_the_end_do_not_count():
    version = TorchVersion("1.10.0")
    assert version == "1.10" and version == (1, 10) and version >= (1, 10) and hash(version) == hash("1.10.0")
    assert version != "no version" and version != 3


def test_what_is_no_version_is_refused():
    with pytest.raises(TypeError):
        _ = TorchVersion("1.0") < 2
