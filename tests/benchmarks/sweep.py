"""The sweep: 200 pairs of averages on one-minute bars, with all statistics, against vectorbt's way of many columns, a
loop over `weaver.backtest`, backtesting.py, and a kernel compiled for this one strategy."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.bounds import NONE, Bounds
from tests.benchmarks.check import Check, times_as_fast
from tests.benchmarks.contest import PEERS, WEAVER, Contestant, Sample, Spread, short
from tests.benchmarks.report import Table
from tests.benchmarks.speed import Entrant
from tests.benchmarks.sweep_grid import FEW, PAIRS

HEADS = ("engine", "pairs", "runs", "wall time (lowest–highest)", "pairs/s", "peak memory", "closed trades")
ONE, TWO, LOOP = "Weaver, one process", "Weaver, two processes", "a loop over weaver.backtest"
VECTORBT, KERNEL, BACKTESTING = "vectorbt, from_signals, its statistics", "a kernel for this strategy", "backtesting.py"
ENTRANTS = (
    Entrant(name=ONE, module="weaver_sweep:1", python=WEAVER),
    Entrant(name=TWO, module="weaver_sweep:2", python=WEAVER),
    Entrant(name=LOOP, module="weaver_sweep:loop", python=WEAVER),
    Entrant(name=VECTORBT, module="vectorbt_sweep", python=PEERS),
    Entrant(name=KERNEL, module="kernel_sweep", python=PEERS),
    Entrant(name=BACKTESTING, module="backtesting_py_sweep", python=PEERS),
)
TO_VECTORBT = Bounds(gate=10, goal=None)
TO_ONE = Bounds(gate=1.6, goal=1.9)
TO_KERNEL = Bounds(gate=None, goal=1)
MEMORY = Bounds(gate=0.25, goal=None)
TRADES_SHARE, EQUITY_SHARE = 0.002, 1e-5
"""By how much engines may differ: exact ties of two averages."""


@dataclass(slots=True)
class Swept:
    """Of each contestant its samples, round by round."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def rate(self, name: str) -> Spread:
        """Pairs a second of wall time."""
        count = len(FEW) if name == BACKTESTING else len(PAIRS)
        return Spread([count / one.wall for one in self.samples[name]])

    def ratio(self, name: str, peer: str) -> Spread:
        """How many times faster than a peer, round by round."""
        pairs = zip(self.rate(name).values, self.rate(peer).values, strict=True)
        return Spread([mine / theirs for mine, theirs in pairs])

    def checks(self) -> list[Check]:
        """The gates, and what is told beside them."""
        peak = {name: max(one.peak for one in found) for name, found in self.samples.items()}
        return [
            times_as_fast("Sweep, one process, against vectorbt", self.ratio(ONE, VECTORBT), TO_VECTORBT),
            times_as_fast("Sweep, two processes against one", self.ratio(TWO, ONE), TO_ONE),
            times_as_fast("Sweep, one process, against the kernel", self.ratio(ONE, KERNEL), TO_KERNEL),
            times_as_fast("Sweep, one process, against the loop", self.ratio(ONE, LOOP), NONE),
            times_as_fast("Sweep, one process, against backtesting.py", self.ratio(ONE, BACKTESTING), NONE),
            Check(
                what="Sweep's peak memory, of vectorbt's", measured=peak[ONE] / peak[VECTORBT], unit="×", bounds=MEMORY
            ),
        ]

    def table(self) -> Table:
        """Per contestant: seconds, pairs a second, peak memory, trades."""
        return Table(title="200 pairs × one-minute bars", heads=HEADS, rows=[self._row(name) for name in self.samples])

    def _row(self, name: str) -> tuple[str, ...]:
        found = self.samples[name]
        seconds, peak = Spread([one.wall for one in found]), max(one.peak for one in found) / 1e6
        count = len(FEW) if name == BACKTESTING else len(PAIRS)
        rate = short(self.rate(name).median)
        return (name, str(count), str(len(found)), f"{seconds} s", rate, f"{peak:,.0f} MB", f"{found[0].trades:,}")


def measure(count: int, rounds: int) -> Iterator[str | Swept]:
    """Run all rounds, interleaved; yields what is happening, and at the end what was measured."""
    found = Swept()
    with ExitStack() as stack:
        ready = []
        for entrant in ENTRANTS:
            yield f"warming up {entrant.name}"
            ready.append((entrant, stack.enter_context(Contestant(entrant.module, count, python=entrant.python))))
        for turn in range(rounds):
            for entrant, contestant in ready:
                yield f"round {turn + 1} of {rounds}: {entrant.name}"
                own = contestant.sample()
                first = found.samples[ONE][0] if ONE in found.samples else own
                if entrant.name != BACKTESTING:
                    _agree(entrant.name, own, first)
                found.samples.setdefault(entrant.name, []).append(own)
    yield found


def _agree(name: str, own: Sample, first: Sample) -> None:
    trades, equity = abs(own.trades - first.trades) / first.trades, abs(own.equity / first.equity - 1)
    if trades > TRADES_SHARE or equity > EQUITY_SHARE:
        found = f"{own.trades:,} trades to {own.equity:,.2f}"
        raise RuntimeError(f"{name} does other work: {found}, not {first.trades:,} to {first.equity:,.2f}")
