"""What a report of a mistake should say of the machine: `python -m tinytorch.utils.collect_env` prints it."""

import collections
import platform
import sys

from tinytorch import __config__
from tinytorch.devices import cards, host
from tinytorch.version import __version__

SystemEnv = collections.namedtuple(
    "SystemEnv",
    "torch_version os libc_version python_version python_platform is_cuda_available cuda_runtime_version "
    "nvidia_gpu_models cpu_info num_threads pip_packages",
)


def get_env_info():
    """The facts, a named tuple; what there is not is None."""
    name, count = host.cpu_model()
    gpus = [cards.get_device_name(each) for each in range(cards.device_count())]
    return SystemEnv(
        torch_version=__version__,
        os=f"{system()} ({platform.machine()})",
        libc_version="-".join(platform.libc_ver()) or None,
        python_version=f"{' '.join(sys.version.split())} ({sys.maxsize.bit_length() + 1}-bit runtime)",
        python_platform=platform.platform(),
        is_cuda_available=cards.is_available(),
        cuda_runtime_version=cards.runtime_version(),
        nvidia_gpu_models="\n".join(f"GPU {number}: {each}" for number, each in enumerate(gpus)) or None,
        cpu_info=f"{name}, {count} processors, {host.cpu_capability()}",
        num_threads=__config__.parallel_info(),
        pip_packages=[f"{each}=={host.version_of(each)}" for each in host.LIBRARIES if host.version_of(each)],
    )


def system():
    """The name and version of the operating system."""
    if sys.platform == "linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except OSError:
            return "Linux"
    return f"macOS {platform.mac_ver()[0]}" if sys.platform == "darwin" else platform.platform()


def pretty_str(envinfo):
    """The facts as text."""
    facts = {name: "Could not collect" if value is None else value for name, value in envinfo._asdict().items()}
    facts["blas"] = " ".join(host.blas())
    facts["pip_packages"] = "\n".join(f"[pip3] {each}" for each in envinfo.pip_packages)
    return WORDS.format(**facts)


WORDS = """tinytorch version: {torch_version}

OS: {os}
Libc version: {libc_version}

Python version: {python_version}
Python platform: {python_platform}
Is CUDA available: {is_cuda_available}
CUDA runtime version: {cuda_runtime_version}
GPU models and configuration: {nvidia_gpu_models}

CPU:
{cpu_info}
BLAS of NumPy: {blas}

{num_threads}
Versions of relevant libraries:
{pip_packages}"""


def get_pretty_env_info():
    """The facts about this machine as text."""
    return pretty_str(get_env_info())


def main():
    """Print the facts."""
    print("Collecting environment information...")
    print(get_pretty_env_info())


if __name__ == "__main__":
    main()
