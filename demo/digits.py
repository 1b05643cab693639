"""A network that learns to read handwritten digits, written for PyTorch's names: `torch` is a parameter.

The digits are the 1,797 pictures of 8 x 8 pixels that scikit-learn carries (Alpaydin and Kaynak, 1998); two thirds
train, one third is held back.
"""

import importlib
from typing import NamedTuple

SEED = 0
HELD_BACK = 599  # of 1,797
BATCH_SIZE = 32
EPOCHS = 15


class History(NamedTuple):
    """The loss of each step, and the mean loss and the accuracy on the held-back digits of each epoch."""

    losses: list
    epoch_losses: list
    accuracies: list


def read(torch):
    """The digits as a training set and a held-back set: images (64,) of float32 from 0 to 1, and labels 0 to 9."""
    from sklearn.datasets import load_digits

    data = importlib.import_module(f"{torch.__name__}.utils.data")
    images, labels = load_digits(return_X_y=True)
    every = data.TensorDataset(torch.tensor(images / 16, dtype=torch.float32), torch.tensor(labels))
    return data.random_split(every, [len(every) - HELD_BACK, HELD_BACK])


def steps_per_epoch() -> int:
    """How many batches the training set has."""
    return -(-(1797 - HELD_BACK) // BATCH_SIZE)


def network(torch, device):
    """64 pixels, 128 hidden units, 10 digits."""
    nn = torch.nn
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)).to(device)


def train(torch, device="cpu", epochs=EPOCHS, after_step=lambda loss: None, after_epoch=lambda *numbers: None):
    """Train a new network; its History, the network, and the held-back digits.

    `after_step(loss)` and `after_epoch(epoch, mean loss, accuracy)` are called on the way. The numbers that are drawn
    come from the CPU's generator, so that the same network learns in the same order on each device.
    """
    data = importlib.import_module(f"{torch.__name__}.utils.data")
    torch.manual_seed(SEED)
    training, held_back = read(torch)
    model = network(torch, device)
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    batches = data.DataLoader(training, batch_size=BATCH_SIZE, shuffle=True)
    history = History([], [], [])
    for epoch in range(epochs):
        for images, labels in batches:
            loss = loss_of(model(images.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            history.losses.append(loss.item())
            after_step(history.losses[-1])
        recent = history.losses[-len(batches) :]
        history.epoch_losses.append(sum(recent) / len(recent))
        _, labels, answers = predict(torch, model, held_back, device)
        right = [answer == label for answer, label in zip(answers, labels, strict=True)]
        history.accuracies.append(sum(right) / len(right))
        after_epoch(epoch, history.epoch_losses[-1], history.accuracies[-1])
    return history, model, held_back


def predict(torch, model, digits, device):
    """The images (n, 8, 8), their labels and what the network says they are, as lists."""
    images, labels = digits.dataset[digits.indices]
    with torch.no_grad():
        answers = model(images.to(device)).argmax(dim=1)
    return images.reshape(-1, 8, 8).tolist(), labels.tolist(), answers.tolist()
