"""What keeping large buffers changes, in processes of their own, as it is for a whole process."""

import os
import subprocess
import sys

import pytest

from tinytorch.kernels.cpu.memory import runs_on_glibc

FAULTS = """
import numpy, resource
from tinytorch.kernels.cpu.memory import keep_large_buffers
print(keep_large_buffers())
x = numpy.ones(16_000_000, numpy.float32)
y = numpy.negative(x)
del y
before = resource.getrusage(resource.RUSAGE_SELF)
for _ in range(5):
    y = numpy.negative(x)
    del y
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before.ru_minflt)
"""


def faults(setting):
    """Whether buffers are kept, and the page faults of five results of 64 MB."""
    environment = os.environ | {"TINYTORCH_MALLOC": setting}
    kept, count = subprocess.check_output([sys.executable, "-c", FAULTS], env=environment, text=True).split()
    return kept, int(count)


@pytest.mark.skipif(not runs_on_glibc(), reason="needs glibc")
def test_a_large_result_reuses_the_memory_of_an_earlier_one():
    kept, count = faults("1")
    assert kept == "True"
    assert count < 50  # a single result has 31 huge or 15,625 small pages


@pytest.mark.skipif(not runs_on_glibc(), reason="needs glibc")
def test_the_switch_leaves_malloc_as_it_is():
    kept, count = faults("0")
    assert kept == "False"
    assert count > 100
