"""`python -m tests.naive.sweep FROM TO`: greta against the naive engine on the scenarios of many seeds, both ways each."""

import sys

from tests.naive.compare import disagreement
from tests.naive.generate import random_scenario

EVERY = 500


def sweep(first: int, stop: int) -> int:
    """How many seeds of [first, stop) the engines differ on; each is printed, progress goes to stderr."""
    wrong = 0
    for seed in range(first, stop):
        scenario = random_scenario(seed)
        difference = disagreement(scenario) or disagreement(scenario, by_signal=True)
        if difference:
            wrong += 1
            print(f"seed {seed}: {difference}", flush=True)
        if (seed - first) % EVERY == EVERY - 1 or seed == stop - 1:
            print(f"\r{seed - first + 1} of {stop - first} seeds, {wrong} differ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return wrong


if __name__ == "__main__":
    begin, end = (int(argument) for argument in sys.argv[1:3])
    sys.exit(bool(sweep(begin, end)))
