"""The threads of the libraries that multiply matrices."""

import pytest

import tinytorch as torch


def test_they_are_as_many_as_the_program_asks_for():
    threadpoolctl = pytest.importorskip("threadpoolctl")

    def found():
        return [each["num_threads"] for each in threadpoolctl.threadpool_info() if "numpy" in each["filepath"]]

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        assert set(found()) == {1}
    finally:
        torch.set_num_threads(before)
    assert torch.get_num_threads() == before
