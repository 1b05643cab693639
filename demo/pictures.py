"""The pictures of the demonstration: how the loss fell, and what the network says to some digits."""

from pathlib import Path

INK, LOSS, RIGHT, WRONG, GRID = "#222222", "#1f6fb2", "#2a7f4f", "#c0392b", "#dddddd"
ROWS, COLUMNS = 4, 10


def learning_curve(history, path: Path) -> None:
    """The loss, of each step and on average, and the accuracy on the held-back digits, over the epochs."""
    figure, (left, right) = figure_of(1, 2, size=(10, 4))
    epochs = list(range(1, len(history.epoch_losses) + 1))
    per_epoch = len(history.losses) // len(epochs)
    steps = [(step + 1) / per_epoch for step in range(len(history.losses))]
    left.plot(steps, history.losses, color=LOSS, alpha=0.3, linewidth=0.8, label="each batch")
    left.plot(
        [each - 0.5 for each in epochs],
        history.epoch_losses,
        color=LOSS,
        marker="o",
        markersize=4,
        label="mean of an epoch",
    )
    left.set(title="Loss on the training digits", xlabel="epoch", ylabel="cross entropy", yscale="log")
    left.legend(frameon=False)
    percent = [100 * each for each in history.accuracies]
    right.plot(epochs, percent, color=RIGHT, marker="o", markersize=4)
    right.axhline(95, color=INK, linewidth=0.8, linestyle=":")
    right.set(
        title=f"Accuracy on held-back digits: {percent[-1]:.1f} %",
        xlabel="epoch",
        ylabel="% read correctly",
    )
    right.set_ylim(min(80, min(percent) - 2), 100)
    for axes in (left, right):
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)
    save(figure, path)


def predictions(images: list, labels: list, answers: list, path: Path) -> None:
    """Held-back digits with what the network says; those that it gets wrong come first, in red, with the truth."""
    order = sorted(range(len(labels)), key=lambda place: answers[place] == labels[place])
    mistakes = [place for place in order if answers[place] != labels[place]]
    wrong = mistakes[: ROWS * COLUMNS // 2]
    shown = wrong + [place for place in order if answers[place] == labels[place]][: ROWS * COLUMNS - len(wrong)]
    figure, grid = figure_of(ROWS, COLUMNS, size=(10, 5.4))
    figure.get_layout_engine().set(h_pad=0.08)
    for axes in grid.flat:
        axes.axis("off")
    for axes, place in zip(grid.flat, shown, strict=False):
        right = answers[place] == labels[place]
        axes.imshow(images[place], cmap="gray_r", vmin=0, vmax=1)
        text = f"{answers[place]}" if right else f"{answers[place]}, is {labels[place]}"
        axes.set_title(text, fontsize=11, color=RIGHT if right else WRONG, fontweight="normal" if right else "bold")
    figure.suptitle(f"{len(labels) - len(mistakes)} of {len(labels)} held-back digits read correctly; mistakes first")
    save(figure, path)


def figure_of(rows: int, columns: int, size: tuple):
    """A figure without a window, and its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns)


def save(figure, path: Path) -> None:
    """Write the figure to a file."""
    figure.savefig(path, dpi=150, facecolor="white")
