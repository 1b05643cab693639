"""Records the demonstration's training under PyTorch in demo.json: `python -m tests.golden.record_demo`."""

import json
from pathlib import Path

PATH = Path(__file__).with_name("demo.json")


def record() -> None:
    """Train with PyTorch on the CPU and write every loss and accuracy."""
    import torch

    from demo import digits

    torch.use_deterministic_algorithms(True)
    history, _, _ = digits.train(torch)
    PATH.write_text(json.dumps({"torch": torch.__version__, **history._asdict()}, indent=1) + "\n")


if __name__ == "__main__":
    record()
