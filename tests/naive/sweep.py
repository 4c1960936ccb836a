"""`python -m tests.naive.sweep FROM TO`: greta against the naive engine on the scenarios of many seeds."""

import sys

from tests.naive.compare import disagreement
from tests.naive.generate import random_scenario

EVERY = 500


def sweep(first: int, stop: int) -> int:
    """How many seeds of [first, stop) the engines differ on, tick by tick or by signals; progress goes to stderr."""
    wrong = 0
    for seed in range(first, stop):
        scenario = random_scenario(
            seed, any_price=True, any_time=True, any_word=True, any_carry=True, any_contract=bool(seed % 3)
        )
        difference = disagreement(scenario) or disagreement(scenario, by_signal=True)
        if difference:
            wrong += 1
            sys.stdout.write(f"seed {seed}: {difference}\n")
            sys.stdout.flush()
        if (seed - first) % EVERY == EVERY - 1 or seed == stop - 1:
            sys.stderr.write(f"\r{seed - first + 1} of {stop - first} seeds, {wrong} differ")
            sys.stderr.flush()
    sys.stderr.write("\n")
    return wrong


if __name__ == "__main__":
    begin, end = (int(argument) for argument in sys.argv[1:3])
    sys.exit(bool(sweep(begin, end)))
