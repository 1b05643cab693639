"""A program that is killed while it saves leaves a whole file: the old one or the new one."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import tinytorch as torch

SAVING = """
import sys
import tinytorch as torch
path, numbers = sys.argv[1], torch.zeros(1 << 18)
print("ready", flush=True)
for turn in range(1, 1 << 20):
    torch.save({"turn": turn, "numbers": numbers.fill_(turn), "more": torch.full((1 << 12,), turn)}, path)
    print(turn, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="programs are killed by a signal")
def test_the_file_is_whole_whenever_the_program_is_killed(tmp_path):
    path, chance, turns = tmp_path / "weights.pt", random.Random(0), set()
    torch.save({"turn": 0, "numbers": torch.zeros(1 << 18), "more": torch.zeros(1 << 12, dtype=torch.int64)}, path)
    for _ in range(5):
        program = subprocess.Popen([sys.executable, "-c", SAVING, str(path)], stdout=subprocess.PIPE, text=True)
        try:
            assert program.stdout.readline() == "ready\n"
            for _ in range(chance.randrange(3)):
                program.stdout.readline()
            time.sleep(chance.random() * 0.02)
        finally:
            program.send_signal(signal.SIGKILL)
            seen, _ = program.communicate()
        found = torch.load(path)
        turns.add(found["turn"])
        assert found["numbers"].tolist() == [found["turn"]] * (1 << 18)
        assert found["more"].tolist() == [found["turn"]] * (1 << 12)
        assert found["turn"] >= max(map(int, seen.split()), default=0)  # what was said to be saved is there
    assert len(turns) > 1


@pytest.mark.skipif(os.name != "posix", reason="programs are killed by a signal")
@pytest.mark.parametrize("step", ["os.chmod", "os.fsync", "os.replace"])
def test_the_old_file_stays_until_the_new_one_takes_its_place(tmp_path, step):
    path = tmp_path / "weights.pt"
    torch.save(torch.ones(3), path)
    program = f"""
import os, signal, sys
import tinytorch as torch
{step} = lambda *arguments, **settings: os.kill(os.getpid(), signal.SIGKILL)
torch.save(torch.zeros(3), sys.argv[1])
"""
    ended = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert torch.load(path).tolist() == [1.0, 1.0, 1.0]
