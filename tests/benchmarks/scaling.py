"""Row 5: time per bar from 100,000 to 10,000,000 bars, and bytes per bar."""

from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.bounds import BAR_MEMORY, SCALING
from tests.benchmarks.check import Check
from tests.benchmarks.contest import Contestant, Sample, Spread, short

STYLES = {"on_bar": "weaver_on_bar", "when": "weaver_when"}


def measure(counts: tuple[int, ...], rounds: int) -> Iterator[str | list[Check]]:
    """Runs of all sizes interleaved, each size in a process of its own; yields progress, then the checks."""
    checks: list[Check] = []
    for style, module in STYLES.items():
        with ExitStack() as stack:
            yield f"scaling, {style}: loading"
            sizes = [stack.enter_context(Contestant(module, count)) for count in counts]
            samples: dict[int, list[Sample]] = {count: [] for count in counts}
            for turn in range(rounds):
                for contestant in sizes:
                    yield f"scaling, {style}: round {turn + 1} of {rounds}, {contestant.count:,} bars"
                    samples[contestant.count].append(contestant.sample())
            checks += _checks(style, samples, sizes[-1].empty_bytes)
    yield checks


def _checks(style: str, samples: dict[int, list[Sample]], empty: int) -> list[Check]:
    per_bar = {count: Spread([sample.cpu / count * 1e9 for sample in runs]).median for count, runs in samples.items()}
    largest = max(samples)
    first = samples[largest][0]  # a later run finds memory that an earlier one left
    told = ", ".join(f"{count:,}: {short(nanoseconds)} ns" for count, nanoseconds in per_bar.items())
    growth, own = (first.peak - empty) / largest, (first.peak - first.loaded) / largest
    return [
        Check(
            what=f"time per bar, {style}: slowest size against fastest",
            measured=max(per_bar.values()) / min(per_bar.values()),
            unit="×",
            spread=told,
            bounds=SCALING,
        ),
        Check(
            what=f"memory per bar, {style}, {largest:,} bars, the bars' own columns included",
            measured=growth,
            unit="B",
            spread=f"without them {short(own)} B",
            bounds=BAR_MEMORY,
        ),
    ]
