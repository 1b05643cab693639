"""How the notebooks get their outputs: `python -m notebooks` runs each, or those named, and stores what it shows."""

import sys
from pathlib import Path

import nbformat

from demo import lesson

FOLDER = Path(__file__).parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def store(notebook: Path) -> None:
    """Run a notebook and write it with its outputs, without versions and times, which every run would change."""
    lesson.execute(notebook, notebook)
    content = nbformat.read(notebook, as_version=4)
    content.metadata = nbformat.from_dict(METADATA)
    for cell in content.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    notebook.write_text(nbformat.writes(content) + "\n", encoding="utf-8")


def joined(outputs: list) -> list:
    """Outputs with what was printed in one piece, however many messages brought it."""
    found = []
    for output in outputs:
        before = found[-1] if found else None
        if before and output.output_type == before.output_type == "stream" and output.name == before.name:
            before.text += output.text
        else:
            found.append(output)
    return found


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(FOLDER.glob("*.ipynb")):
        store(Path(name))
        print(name)
