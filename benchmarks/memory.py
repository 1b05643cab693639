"""Rows for memory: what a statement adds at its peak, and what a graph keeps for backward."""

from benchmarks.harness import Row

# Compilers and thread pools take memory once; a run on other sizes before the measurement leaves them out of it.
WARM = "normal(300_000, requires_grad=True).sigmoid().sum().backward()\n"


def layers(x, w):
    """Eight products and eight sigmoids of the size of x: what they keep is what their derivatives need."""
    for _ in range(8):
        x = (x * w).sigmoid()
    return x.sum()


def train(step, steps):
    """The loss after so many steps."""
    for _ in range(steps):
        loss = step()
    return loss


rows = [
    Row(
        "memory/peak/sigmoid 16M",
        "x.sigmoid()",
        WARM + "x = normal(16_000_000)",
        arrays="1 / (1 + xp.exp(-x))",
        arrays_given="x = normal(16_000_000)",
        measure="peak",
    ),
    Row(
        "memory/peak/sigmoid 16M, both ways",
        "x.sigmoid().sum().backward()",
        WARM + "x = normal(16_000_000, requires_grad=True)",
        result="x.grad",
        measure="peak",
    ),
    Row(
        "memory/peak/20 steps, batch 1024",
        "train(step, 20)",
        WARM + "from benchmarks.training import network\nstep = network(torch, device, 1024, 'Adam')",
        arrays="train(step, 20)",
        arrays_given="from benchmarks.training import network_by_hand\nstep = network_by_hand(xp, 1024, 'Adam')",
        room=__name__,
        measure="peak",
    ),
    Row(
        "memory/kept/16 layers of 4M",
        "loss = layers(x, w)",
        WARM + "x, w = normal(4_000_000, requires_grad=True), normal(4_000_000, seed=1)",
        result="loss",
        room=__name__,
        measure="kept",
        atol=1.0,  # a float32 sum of 4e6 numbers of one sign, about 2e6: four units in its last place
        devices=("cpu",),
    ),
]
