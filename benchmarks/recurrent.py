"""Rows for recurrent layers: whole sequences, forward and backward, and the steps of a program that reads letters."""

from benchmarks.harness import Row

LAYERS = {"LSTM": 4, "GRU": 3, "RNN": 1}  # how many gates each has
SUMS = {"rtol": 1e-4, "atol": 1e-4}  # of the gradients of 1,600 rows


def filled(torch, kind, inputs, hidden, normal):
    """A layer or a cell with the same parameters under every framework."""
    module = getattr(torch.nn, kind)(inputs, hidden)
    with torch.no_grad():
        for seed, parameter in enumerate(module.parameters()):
            parameter.copy_(normal(*parameter.shape, seed=seed) * hidden**-0.5 / 2)
    return module


def trained(layer, x, upstream):
    """One pass forward and backward."""
    layer.zero_grad()
    layer(x)[0].backward(upstream)


def letters(cell, steps, state):
    """A cell that goes letter by letter, and backward through all."""
    cell.zero_grad()
    for x in steps:
        state = cell(x, state)
    (state[0] if isinstance(state, tuple) else state).sum().backward()


rows = [
    *(
        Row(
            f"layers/recurrent/{kind} {steps} x {batch}",
            "trained(layer, x, upstream)",
            f"layer = filled(torch, {kind!r}, {inputs}, {hidden}, normal).to(device)\n"
            f"x, upstream = normal({steps}, {batch}, {inputs}), normal({steps}, {batch}, {hidden}, seed=9)",
            result="layer.weight_hh_l0.grad",
            room=__name__,
            at_most={"torch": 1.0},
            **SUMS,
        )
        for kind in LAYERS
        for steps, batch, inputs, hidden in ((50, 32, 128, 128), (25, 1, 64, 96))
    ),
    *(
        Row(
            f"layers/recurrent/{kind}Cell 10 x 1",
            "letters(cell, steps, state)",
            f"cell = filled(torch, '{kind}Cell', 64, 96, normal).to(device)\n"
            "steps = [normal(1, 64, seed=seed) for seed in range(10)]\n"
            f"state = {'(normal(1, 96), normal(1, 96))' if kind == 'LSTM' else 'normal(1, 96)'}",
            result="cell.weight_hh.grad",
            room=__name__,
            **SUMS,
        )
        for kind in LAYERS
    ),
]
