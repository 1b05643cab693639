"""`python -m demo`: runs the lesson's notebook, trains the network, and leaves pictures and weights in a folder."""

import argparse
from pathlib import Path

import tinytorch
from demo import digits, lesson, pictures
from tinytorch import safetensors

LESSON = Path(__file__).resolve().parent.parent / "notebooks" / "01_tensors.ipynb"


def main() -> None:
    """Run both parts; any failure is an error with its cause, and no later part runs."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=main_description())
    parser.add_argument("--device", default="cpu", help="where the network learns: cpu, cuda, cuda:1 (default: cpu)")
    parser.add_argument("--epochs", type=int, default=digits.EPOCHS, help=f"default: {digits.EPOCHS}")
    parser.add_argument("--out", type=Path, default=Path("demo-output"), help="a folder (default: demo-output)")
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error("argument --epochs: at least 1")
    tinytorch.zeros(1, device=options.device)  # says at once what is missing, before anything long begins
    options.out.mkdir(parents=True, exist_ok=True)

    print(f"1. The lesson: {LESSON.name}")
    cells = lesson.execute(LESSON, options.out / LESSON.name)
    print(f"   {cells} cells ran; with their outputs in {options.out / LESSON.name}\n")

    print(f"2. A network that learns to read digits, on {options.device}")
    history, model, held_back = learn(options.device, options.epochs)
    pictures.learning_curve(history, options.out / "learning_curve.png")
    pictures.predictions(*digits.predict(tinytorch, model, held_back, options.device), options.out / "predictions.png")
    check_saved(model, held_back, options.device, options.out / "weights.safetensors")
    print(f"   learning_curve.png, predictions.png and weights.safetensors are in {options.out}")


def main_description() -> str:
    """What the command says of itself."""
    return "The lesson in a notebook, then a network that learns to read handwritten digits."


def learn(device: str, epochs: int):
    """Train with a progress bar, and print the loss and the accuracy of each epoch."""
    from tqdm import tqdm

    with tqdm(total=epochs * digits.steps_per_epoch(), unit="step", desc="   training", ncols=80) as bar:

        def after_epoch(epoch, loss, accuracy):
            bar.write(f"   epoch {epoch + 1:2d}   loss {loss:.4f}   accuracy on the held-back third {accuracy:.2%}")

        return digits.train(tinytorch, device, epochs, after_step=lambda loss: bar.update(), after_epoch=after_epoch)


def check_saved(model, held_back, device: str, path: Path) -> None:
    """Save the weights, load them into a new network, and compare what both say; a RuntimeError if they differ."""
    safetensors.save_file(model.state_dict(), path)
    again = digits.network(tinytorch, device)
    again.load_state_dict(safetensors.load_file(path, device=device))
    first, second = [digits.predict(tinytorch, each, held_back, device)[2] for each in (model, again)]
    if first != second:
        raise RuntimeError(f"the network that was loaded from {path} answers differently")
    print(f"   the weights were saved, loaded again, and read all {len(first)} digits the same")


if __name__ == "__main__":
    main()
