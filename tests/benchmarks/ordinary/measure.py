"""The ordinary strategies, each beside the bare loop and backtesting.py's twin of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.bounds import NONE
from tests.benchmarks.check import Check, times_as_fast
from tests.benchmarks.contest import PEERS, Contestant, Sample, Spread, short
from tests.benchmarks.ordinary.rows import ROWS, Row
from tests.benchmarks.report import Table

HEADS = (
    "name", "strategy", "processor time (lowest–highest)", "µs/bar", "against the loop", "trades", "backtesting.py",
    "Weaver is faster by", "the same work",
)  # fmt: skip
OTHER_SHARE, OTHER_FEW = 0.01, 3
"""Of the trades that may differ: an exact tie of two averages, or of a price and its rounding, falls either way."""

Trades = Counter[tuple[str, float, float, float]]


@dataclass(slots=True)
class Measured:
    """A row's samples, each with the bare loop's and the peer's of its round, and what it agrees with."""

    row: Row
    own: list[Sample] = field(default_factory=list)
    loop: list[Sample] = field(default_factory=list)
    peer: list[Sample] = field(default_factory=list)
    trades: Trades = field(default_factory=Counter)
    agreement: str = "–"

    @property
    def to_loop(self) -> Spread:
        """How many times as fast as the bare loop."""
        return Spread([loop.cpu / own.cpu for own, loop in zip(self.own, self.loop, strict=True)])

    @property
    def to_peer(self) -> Spread:
        """How many times as fast as the peer."""
        return Spread([peer.cpu / own.cpu for own, peer in zip(self.own, self.peer, strict=True)])


@dataclass(frozen=True, slots=True)
class Ordinary:
    """All rows, measured."""

    count: int
    rows: dict[str, Measured]

    def checks(self) -> list[Check]:
        """Against the bare loop, those with a gate before those without; then against the peer."""
        to_loop = [
            times_as_fast(f"{one.row.what}, against the bare loop", one.to_loop, one.row.bounds)
            for one in self.rows.values()
        ]
        to_peer = [
            times_as_fast(f"{one.row.what}, against backtesting.py", one.to_peer, bounds=NONE)
            for one in self.rows.values() if one.peer
        ]  # fmt: skip
        return to_loop + to_peer

    def table(self) -> Table:
        """One line a row, under `HEADS`."""
        title = f"Ordinary strategies, {self.count:,} one-minute bars"
        return Table(title=title, heads=HEADS, rows=[self._cells(name, one) for name, one in self.rows.items()])

    def _cells(self, name: str, one: Measured) -> tuple[str, ...]:
        seconds = Spread([sample.cpu for sample in one.own])
        peer = (f"{Spread([sample.cpu for sample in one.peer])} s", f"{one.to_peer} ×") if one.peer else ("–", "–")
        own = (f"{seconds} s", short(seconds.median / self.count * 1e6), f"{one.to_loop} ×", f"{one.own[0].trades:,}")
        return (name, one.row.what, *own, *peer, one.agreement)


def measure(names: Iterable[str], count: int, rounds: int) -> Iterator[str | Ordinary]:
    """Row after row, its contestants interleaved; yields progress, and last what was measured."""
    found: dict[str, Measured] = {}
    with Contestant("floor", count) as loop:
        for name in names:
            row = ROWS[name]
            one = found[name] = Measured(row)
            with ExitStack() as stack:
                yield f"{row.what}: warming up"
                own = stack.enter_context(Contestant(f"weaver_ordinary:{name}", count))
                peer = row.peer and stack.enter_context(
                    Contestant(f"backtesting_py_ordinary:{row.peer}", count, python=PEERS)
                )
                for turn in range(rounds):
                    yield f"{row.what}: round {turn + 1} of {rounds}"
                    one.loop.append(loop.sample())
                    one.own.append(own.sample())
                    if peer:
                        one.peer.append(peer.sample())
                one.trades = own.closed_trades()
                one.agreement = _agreement(one, peer.closed_trades() if peer else None, found)
    yield Ordinary(count, found)


def _agreement(one: Measured, peers: Trades | None, found: dict[str, Measured]) -> str:
    """Whose trades these are too, at which prices; RuntimeError where they differ."""
    if peers is not None:
        return _same(one, peers, "backtesting.py's")
    if one.row.same_as in found:
        return _same(one, found[one.row.same_as].trades, f"those of {one.row.same_as}")
    return "–"


def _same(one: Measured, theirs: Trades, whose: str) -> str:
    own, other, common = one.trades.total(), theirs.total(), (one.trades & theirs).total()
    if max(own, other) - common > max(OTHER_FEW, OTHER_SHARE * own):
        raise RuntimeError(f"{one.row.what}: {own:,} trades, {common:,} of which are among {whose} {other:,}")
    if common == own == other:
        return f"all {own:,} trades are {whose}, to the price"
    return f"{common:,} of {own:,} trades are among {whose} {other:,}, to the price"
