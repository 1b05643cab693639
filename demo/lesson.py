"""How a notebook is executed: top to bottom, in a real Jupyter kernel that is this very Python."""

import os
import sys
import tempfile
from pathlib import Path

KERNEL = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
ROOT = Path(__file__).resolve().parent.parent


def execute(notebook: Path, result: Path) -> int:
    """Run a notebook and write it with its outputs to `result`; the number of its code cells.

    A FileNotFoundError if it is not there, nbclient's CellExecutionError with the cell and its traceback if one fails.
    """
    import nbformat
    from nbclient import NotebookClient

    content = nbformat.read(notebook, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(content, timeout=600, kernel_name="this", resources={"metadata": {"path": str(ROOT)}})
        client.km = manager(folder)
        client.execute()
    nbformat.write(content, result)
    return sum([cell.cell_type == "code" for cell in content.cells])


def manager(folder: str):
    """A manager of kernels that knows one kernel, this Python, whatever others are installed on the machine."""
    from ipykernel.kernelspec import write_kernel_spec
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager

    write_kernel_spec(os.path.join(folder, "this"), {"argv": [sys.executable, *KERNEL], "display_name": "this Python"})
    specs = KernelSpecManager(kernel_dirs=[folder], ensure_native_kernel=False)
    transport = (
        {"transport": "ipc", "ip": os.path.join(folder, "socket")} if os.name == "posix" else {}
    )  # no open ports
    return AsyncKernelManager(kernel_name="this", kernel_spec_manager=specs, **transport)
