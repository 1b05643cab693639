"""How workers end when the program ends, is interrupted or is killed in the middle of a pass."""

import os
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys, time
import tinytorch as torch

class Slow(torch.utils.data.Dataset):
    def __len__(self):
        return 1000
    def __getitem__(self, index):
        return torch.full((9000,), float(index))

if __name__ == "__main__":
    loader = torch.utils.data.DataLoader(Slow(), num_workers=2, persistent_workers=sys.argv[1] == "persistent")
    passing = iter(loader)
    next(passing)
    print(*[worker.pid for worker in passing._workers], flush=True)
    if sys.argv[1] == "wait":
        for batch in passing:
            time.sleep(0.1)
"""


def runs(process):
    """Whether a process is there, and no zombie."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("way", "sent", "code", "words"),
    [
        ("leave", None, 0, ""),
        ("persistent", None, 0, ""),
        ("wait", signal.SIGINT, -signal.SIGINT, "KeyboardInterrupt"),
        ("wait", signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
def test_no_worker_outlives_the_program(tmp_path, way, sent, code, words):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    command = [sys.executable, str(path), way]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, start_new_session=True, **pipes) as program:
        workers = program.stdout.readline().split()
        assert len(workers) == 2
        if sent == signal.SIGINT:
            os.killpg(program.pid, sent)  # as a terminal does it
        elif sent:
            program.send_signal(sent)
        printed = program.stderr.read()
    assert program.returncode == code
    assert printed.count("KeyboardInterrupt") == bool(words) and printed.count("Traceback") == bool(words)
    end = time.monotonic() + 10
    while any(map(runs, workers)):
        assert time.monotonic() < end
        time.sleep(0.01)
