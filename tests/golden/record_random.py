"""Records in random.json what PyTorch's CPU generator draws: `python tests/golden/record_random.py`.

A case is a seed and a row of draws from one generator: kind, dtype, shape, settings, and the bytes of the result in
hexadecimal, or their SHA-256 where there are many. Record on a processor that is not Intel's: there PyTorch draws
`bernoulli_(p)` and `exponential_` from MKL.
"""

import hashlib
import json
from pathlib import Path

import torch

EVERY_FLOAT = ("float16", "bfloat16", "float32", "float64")
LONG = 70_001  # more than a block, and no multiple of 16

DRAWS = [
    *((("uniform", name, [size], settings),)
      for name in EVERY_FLOAT for size in (5, LONG) for settings in ([0, 1], [-0.0357, 0.0357])),
    (("uniform", "complex64", [3], [0, 1]),),
    *((("normal", name, [size], settings),)
      for name in EVERY_FLOAT[:3] for size in (16, 17, 40, LONG) for settings in ([0, 1], [0.5, 0.02])),
    *((("normal", "float64", [size], [0, 1]),) for size in (16, 17, 40)),
    (("normal", "complex64", [20], [0, 1]),),
    (("normal", "float32", [5], [0, 1]), ("normal", "float32", [5], [0, 1]), ("normal", "float64", [1], [1, 3])),
    (("normal", "float32", [3], [0, 1]), ("normal", "float32", [16], [0, 1]), ("normal", "float16", [2], [0, 1])),
    *((("integers", name, [9], []),) for name in ("bool", "uint8", "int8", "int16", "int32", "int64", *EVERY_FLOAT)),
    *((("integers", "int64", [9], settings),)
      for settings in ([0, 10], [-5, 2**28], [0, 2**28 - 1], [0, 2**28], [-(2**63), None])),
    (("integers", "int64", [LONG], [0, 10]),),
    (("integers", "uint8", [LONG], [3, 200]),),
    *((("permutation", "int64", [count], []),) for count in (0, 1, 2, 10, 1797, LONG)),
    (("permutation", "float32", [40], []),),
    *((("bernoulli", name, [size], [0.3]),) for name in ("bool", "float32") for size in (9, LONG)),
    *((("bernoulli_from", name, [9], [0.5]),) for name in EVERY_FLOAT),
    (("exponential", "float32", [9], [2.0]),),
    (("geometric", "int64", [9], [0.2]),),
    (("log_normal", "float32", [9], [0.0, 0.5]),),
    (("cauchy", "float32", [9], [0.0, 2.0]),),
    (("multinomial", "float32", [6], [4, True]), ("multinomial", "float32", [6], [4, False])),
]  # fmt: skip
SIZES_OF_STATES = (0, 1, 3, 624, 700)  # words drawn before the state is recorded


def draw(generator, kind, name, shape, settings):
    """The tensor of one draw."""
    dtype = getattr(torch, name)
    if kind == "integers":
        return torch.empty(shape, dtype=dtype).random_(*settings, generator=generator)
    if kind == "permutation":
        return torch.randperm(*shape, dtype=dtype, generator=generator)
    if kind == "bernoulli_from":
        return torch.bernoulli(torch.full(shape, *settings, dtype=dtype), generator=generator)
    if kind == "multinomial":
        weights = torch.arange(1, shape[0] + 1, dtype=dtype)
        return torch.multinomial(weights, *settings, generator=generator)
    return getattr(torch.empty(shape, dtype=dtype), f"{kind}_")(*settings, generator=generator)


def recorded(tensor):
    """The bytes of a tensor in hexadecimal, or their hash."""
    content = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
    return content.hex() if len(content) <= 400 else "sha256 " + hashlib.sha256(content).hexdigest()


def main():
    """Draw every case and write them all."""
    cases = []
    for seed, draws in enumerate(DRAWS):
        generator = torch.Generator().manual_seed(seed)
        cases.append({"seed": seed, "draws": [[*each, recorded(draw(generator, *each))] for each in draws]})
    states = []
    for size in SIZES_OF_STATES:
        generator = torch.Generator().manual_seed(7)
        torch.rand(size, generator=generator)
        states.append([size, recorded(generator.get_state())])
    torch.randn(1, generator=generator)
    kept = generator.get_state()[5024:].numpy().tobytes().hex()
    path = Path(__file__).with_name("random.json")
    lines = ",\n".join(json.dumps(case) for case in cases)
    last = f'"states": {json.dumps(states)},\n"kept": "{kept}"'
    path.write_text(f'{{"torch": "{torch.__version__}",\n"cases": [\n{lines}\n],\n{last}}}\n')


if __name__ == "__main__":
    main()
