"""Rows 1 and 2: the averages crossover on one-minute bars, each contestant against the bare loop and Weaver; and beside
them one whose exits rest as orders, which the bare loop does not know."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import bounds
from tests.benchmarks.bounds import Bounds
from tests.benchmarks.check import Check, times_as_fast
from tests.benchmarks.contest import NAUTILUS, PEERS, WEAVER, Contestant, Sample, Spread, short
from tests.benchmarks.report import Table

HEADS = ("engine", "runs", "processor time (lowest–highest)", "bars/s", "against the loop", "peak memory", "trades")
TRADES_TOLERANCE = 10  # exact ties of the two averages make engines differ by a trade
EQUITY_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A contestant: its module and environment."""

    name: str
    module: str
    python: Path


ENTRANTS = (
    Entrant(name="Weaver, on_bar", module="weaver_on_bar", python=WEAVER),
    Entrant(name="Weaver, on_bar, two averages", module="weaver_averages_on_bar", python=WEAVER),
    Entrant(name="Weaver, when", module="weaver_when", python=WEAVER),
    Entrant(name="vectorbt, from_signals", module="vectorbt_signals", python=PEERS),
    Entrant(name="vectorbt, with its statistics", module="vectorbt_stats", python=PEERS),
    Entrant(name="backtesting.py", module="backtesting_py", python=PEERS),
    Entrant(name="backtrader", module="backtrader_sma", python=PEERS),
    Entrant(name="nautilus_trader", module="nautilus_sma", python=NAUTILUS),
)


BRACKETS = (
    Entrant(name="Weaver, brackets, on_bar", module="weaver_bracket_on_bar", python=WEAVER),
    Entrant(name="Weaver, brackets, when", module="weaver_bracket_when", python=WEAVER),
    Entrant(name="backtesting.py, brackets", module="backtesting_py_bracket", python=PEERS),
)


@dataclass(slots=True)
class Contest:
    """What was measured: per contestant its samples, each with the floor's sample just before it."""

    count: int
    pairs: dict[str, list[tuple[Sample, Sample]]] = field(default_factory=dict)

    def to_floor(self, name: str) -> Spread:
        """How many times faster than the bare loop."""
        return Spread([floor.cpu / own.cpu for own, floor in self.pairs[name]])

    def to_peer(self, name: str, peer: str) -> Spread:
        """How many times faster than a peer, round by round."""
        mine, theirs = self.pairs[name], self.pairs[peer]
        return Spread([their.cpu / own.cpu for (own, _), (their, _) in zip(mine, theirs, strict=True)])

    def checks(self) -> list[Check]:
        """The gates of both styles."""
        return [
            self._check("Weaver, on_bar", None, bounds.ON_BAR),
            self._check("Weaver, on_bar", "backtesting.py", bounds.ON_BAR_TO_BACKTESTING_PY),
            self._check("Weaver, on_bar", "backtrader", bounds.ON_BAR_TO_BACKTRADER),
            self._check("Weaver, on_bar", "nautilus_trader", bounds.ON_BAR_TO_NAUTILUS),
            self._check("Weaver, on_bar, two averages", None),
            self._check("Weaver, when", None, bounds.WHEN),
            self._check("Weaver, when", "vectorbt, from_signals", bounds.WHEN_TO_VECTORBT),
            self._check("Weaver, when", "vectorbt, with its statistics"),
            self._check("Weaver, brackets, on_bar", "backtesting.py, brackets"),
            self._check("Weaver, brackets, when", "backtesting.py, brackets"),
        ]

    def table(self) -> Table:
        """Per contestant: seconds, million bars a second, ratio to the loop, peak memory, trades."""
        floors = [floor for pairs in self.pairs.values() for _, floor in pairs]
        rows = [_row("bare Python loop", self.count, floors, "1")]
        for name, pairs in self.pairs.items():
            rows.append(_row(name, self.count, [own for own, _ in pairs], str(self.to_floor(name))))
        return Table(title=f"{self.count:,} one-minute bars", heads=HEADS, rows=rows)

    def _check(self, name: str, peer: str | None, bounds: Bounds = bounds.NONE) -> Check:
        ratio = self.to_floor(name) if peer is None else self.to_peer(name, peer)
        return times_as_fast(f"{name}, against {'the bare loop' if peer is None else peer}", ratio, bounds)


def run_contest(count: int, rounds: int) -> Iterator[str | Contest]:
    """Run all rounds; yields what is happening, and at the end the contest."""
    contest = Contest(count)
    with ExitStack() as stack:
        floor = stack.enter_context(Contestant("floor", count))
        ready = []
        for entrant in (*ENTRANTS, *BRACKETS):
            yield f"warming up {entrant.name}"
            ready.append((entrant, stack.enter_context(Contestant(entrant.module, count, python=entrant.python))))
        references = dict[bool, Sample]()
        for turn in range(rounds):
            for entrant, contestant in ready:
                yield f"round {turn + 1} of {rounds}: {entrant.name}"
                before, own = floor.sample(), contestant.sample()
                is_bracket = entrant in BRACKETS
                _agree(entrant.name, own, references.setdefault(is_bracket, own if is_bracket else before))
                contest.pairs.setdefault(entrant.name, []).append((own, before))
    yield contest


def _row(name: str, count: int, samples: list[Sample], ratio: str) -> tuple[str, ...]:
    seconds = Spread([sample.cpu for sample in samples])
    peak = max(sample.peak for sample in samples) / 1e6
    speed = short(count / seconds.median / 1e6)
    return (name, str(len(samples)), f"{seconds} s", f"{speed} M", ratio, f"{peak:,.0f} MB", f"{samples[0].trades:,}")


def _agree(name: str, own: Sample, first: Sample) -> None:
    if abs(own.trades - first.trades) > TRADES_TOLERANCE or abs(own.equity - first.equity) > EQUITY_TOLERANCE:
        raise RuntimeError(
            f"{name} did other work: {own.trades} trades and {own.equity:.4f} at the end, "
            f"the first to do it {first.trades} and {first.equity:.4f}"
        )
