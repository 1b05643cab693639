"""Records in programs.json.gz what PyTorch does with random programs: `python -m tests.golden.record_programs`."""

import gzip
import json
import pathlib

import torch

from tests.programs.generate import generate
from tests.programs.run import run

COUNT = 300
PATH = pathlib.Path(__file__).with_name("programs.json.gz")


def rounded(value):
    """Twelve digits, three more than are compared."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


def main():
    torch.set_num_threads(1)
    programs = []
    for seed in range(COUNT):
        text = generate(seed).text
        outcome = run(text, torch)
        steps = [rounded(step._replace(line=None, message="")) for step in outcome.steps]
        programs.append({"seed": seed, "text": text, "steps": steps, "final": rounded(outcome.final)})
    record = {"torch": torch.__version__, "programs": programs}
    with gzip.GzipFile(PATH, "wb", mtime=0) as file:  # no time stamp: the same programs are the same bytes
        file.write(json.dumps(record, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
