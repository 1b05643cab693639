"""Records in door.json what the programs in tests/door print under PyTorch: `python -m tests.golden.record_door`."""

import json
from pathlib import Path

from tests.door.run import PROGRAMS, run

PATH = Path(__file__).with_name("door.json")


def recorded():
    """The text that each program prints, by its name."""
    return {name: run(path).stdout for name, path in PROGRAMS.items()}


if __name__ == "__main__":
    PATH.write_text(json.dumps(recorded(), indent=1) + "\n", encoding="utf-8")
