"""torch.backends.cpu: what the processor can do."""

from tinytorch.devices import host


def get_cpu_capability():
    """The widest instructions that are used, such as "AVX2"; "DEFAULT" where none of the known ones are."""
    return host.cpu_capability()
