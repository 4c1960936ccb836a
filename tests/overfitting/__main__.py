"""`python -m tests.overfitting --seeds N`: what is said of noise and of a planted edge, as tables."""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.overfitting.noise import KINDS, Said, expected_rejections, planted, said_of

FIGURES = ("psr", "deflated", "deflated_by_correlation", "deflated_by_clusters", "familywise")


def show(name: str, said: Said) -> None:
    print(f"\n{name}, {said.seeds} seeds")
    print(f"  probability of overfitting, mean: {said.overfitting:.3f}; verdicts: {said.verdicts}")
    print("  called skilled at 95 %:", ", ".join(f"{figure} {said.rejected[figure]:.1%}" for figure in FIGURES))
    print(
        "  reality checks at most 0.05:",
        ", ".join(f"{check} {share:.1%}" for check, share in said.p_below.items()),
        "; uniform, by Kolmogorov-Smirnov:",
        ", ".join(f"{check} p = {p:.3f}" for check, p in said.uniform.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    seeds = range(parser.parse_args().seeds)
    kinds = {**KINDS, "one of forty earns a Sharpe ratio of 4.0": partial(planted, edge=4.0 / 252**0.5 * 0.01)}
    print(f"expected of the best of 40 independent ones: {expected_rejections(40):.2%} deflated at 95 %")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for name, said in zip(kinds, pool.map(partial(said_of, seeds=seeds), kinds.values()), strict=True):
            show(name, said)


if __name__ == "__main__":
    main()
