"""What every test may rely on: the devices that it runs on, and how warnings, threads and chance are set."""

import gc
import importlib.util
import os

import hypothesis
import pytest

import tinytorch
from tinytorch import devices, overriding
from tinytorch.rooms import open_all

open_all("tinytorch.ops")  # so that tests of every operation see them all

DEVICES = ("cuda",) if os.environ.get("TINYTORCH_TEST_DEVICE") == "cuda" else ("cpu", "strict")
collect_ignore = [] if importlib.util.find_spec("torch") else ["parity"]

# Shared machines are slow at times, and a run for everyone must say the same twice.
hypothesis.settings.register_profile("everywhere", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("everywhere")


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.cuda) if name == "cuda" else name for name in DEVICES])
def device(request):
    """The name of a device that the test is to use: `cpu` and `strict`, or `cuda` alone under `make test-cuda`."""
    if request.param == "strict":
        from tests.devices import strict

        devices.register("strict", strict)
    return request.param


def pytest_collection_finish(session):
    """The tests that were found stay to the end: the collector need not look through them again and again."""
    gc.freeze()


def pytest_runtest_setup(item):
    """Start chance at 0, ask no classes of other tests, and skip what needs a GPU where none can be used, as
    `.to("cuda")` says it."""
    if item.get_closest_marker("cuda"):
        reason = devices.device("cuda").module.unavailable_reason(None)
        if reason is not None:
            pytest.skip(str(reason))
    while overriding.classes:
        overriding.classes.popitem()[1]()  # what a class that died would do
    tinytorch.manual_seed(0)  # a process starts from any seed, and a run for everyone must say the same twice
