"""`make simulate`: seeds at full size. Each failure says how to run it alone."""

import argparse
import sys
import time
from collections import Counter

from rich.console import Console

from tests.simulation.simulation import Simulation

console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, help="only this one, with all that happened in it")
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    if options.seed is not None:
        sys.exit(one(options.seed))
    sys.exit(many(range(options.first, options.first + options.seeds)))


def one(number: int) -> int:
    """A seed, told in full."""
    seed = Simulation(number, keep_trace=True)
    problems = seed.run()
    console.print("\n".join(seed.world.lines or ()), markup=False)
    for problem in problems:
        console.print(f"FAILED: {problem}", markup=False)
    console.print(f"seed {number}: trace {seed.world.trace}")
    return bool(problems)


def many(numbers: range) -> int:
    """Many, told where they fail."""
    began, failed, counts = time.process_time(), 0, Counter[str]()
    for number in numbers:
        seed = Simulation(number)
        try:
            problems = seed.run()
        except AssertionError as error:
            problems = [str(error)]
        counts.update(counted(seed))
        if problems:
            failed += 1
            console.print(f"FAILED: seed {number} (python -m tests.simulation --seed {number}):", markup=False)
            for problem in problems[:6]:
                console.print(f"  {problem}", markup=False)
    spent = time.process_time() - began
    told = ", ".join(f"{number} {what}" for what, number in counts.items())
    console.print(f"{len(numbers)} seeds, {failed} failed; {told}; {spent:.1f} s of CPU")
    return bool(failed)


def counted(seed: Simulation) -> dict[str, int]:
    """How much happened in a seed."""
    return {
        "orders": len(seed.tables.orders),
        "fills": len(seed.tables.fills),
        "crashes": seed.crashes,
        "lives": seed.lives,
        "steps": seed.steps,
    }


if __name__ == "__main__":
    main()
