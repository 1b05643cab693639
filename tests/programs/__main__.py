"""How a batch runs by hand: `python -m tests.programs --count 2000 --seed 0 --jobs 2` prints differences, shrunk."""

import argparse
import importlib
import time
from concurrent.futures import ProcessPoolExecutor

import torch

from tests.programs.generate import generate
from tests.programs.run import compare, run
from tests.programs.shrink import report


def differing(seeds, library, names):
    """The seeds of a batch whose programs differ, with the aspect that differs first."""
    torch.set_num_threads(1)
    subject, found = importlib.import_module(library), []
    for seed in seeds:
        text = generate(seed).text
        differences = compare(run(text, torch), run(text, subject), names)
        if differences:
            found.append((seed, differences[0].aspect))
    return found


def main():
    parser = argparse.ArgumentParser(
        prog="python -m tests.programs", description="Random programs under two libraries."
    )
    parser.add_argument("--count", type=int, default=2000, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first one")
    parser.add_argument("--jobs", type=int, default=1, help="processes at work")
    parser.add_argument("--show", type=int, default=5, help="how many differences are shrunk and printed")
    parser.add_argument("--library", default="tinytorch", help="the module that is held against PyTorch")
    parser.add_argument("--without-names", action="store_true", help="the names of grad_fn do not count")
    options = parser.parse_args()
    names, seeds, start = (
        not options.without_names,
        range(options.seed, options.seed + options.count),
        time.perf_counter(),
    )
    if options.jobs == 1:
        found = differing(seeds, options.library, names)
    else:
        parts = [seeds[job :: options.jobs] for job in range(options.jobs)]
        with ProcessPoolExecutor(options.jobs) as pool:
            batches = pool.map(differing, parts, [options.library] * options.jobs, [names] * options.jobs)
            found = sorted(pair for batch in batches for pair in batch)
    seconds = time.perf_counter() - start
    shown = {}
    for seed, aspect in found:  # one of each aspect first
        shown.setdefault(aspect, seed)
    order = list(shown.values()) + [seed for seed, _ in found if seed not in shown.values()]
    for seed in order[: options.show]:
        print(f"seed {seed}")
        print(report(generate(seed).text, torch, importlib.import_module(options.library), names))
        print()
    aspects = sorted({aspect for _, aspect in found}, key=lambda aspect: -sum(aspect == other for _, other in found))
    for aspect in aspects:
        print(f"{sum(aspect == other for _, other in found):6} programs differ first in {aspect}")
    print(f"{len(found)} of {options.count} programs differ; {options.count / seconds:.0f} programs/s")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
