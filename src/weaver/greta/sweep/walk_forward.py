"""What a walk-forward gives back."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.warnings import ResultWarning
from weaver.greta.report.display import NOTHING
from weaver.greta.results.json_text import equity_text, indented_text, value_text
from weaver.greta.results.rows import EquityRow
from weaver.greta.results.statistics import Stats
from weaver.greta.results.table import Table
from weaver.greta.results.trades import Trade
from weaver.greta.sweep.cards import COLUMNS, card, shown, title_of, told

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardWindow:
    """A window: what was chosen on its training sessions, and what came of it on those after them."""

    number: int
    """From 1 on."""
    train_start: datetime
    """The stamp of the first bar that it was trained on, UTC."""
    train_end: datetime
    """The stamp of the last."""
    test_start: datetime
    """The stamp of the first bar that was traded."""
    test_end: datetime
    """The stamp of the last."""
    trials: int
    """How many were run on the training sessions."""
    parameters: Mapping[str, Any] | None
    """Those of the best of them; None: none had an objective, and nothing was traded."""
    train_objective: float | None
    """What the search is after, where it was chosen."""
    test_objective: float | None
    """The same of the sessions after."""
    train_stats: Stats | None
    """As `weaver.backtest` gives them."""
    test_stats: Stats
    """As `weaver.backtest` gives them, from the cash that the window before left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How much a parameter changes from window to window."""

    name: str
    """Its own."""
    values: Sequence[Any]
    """What was chosen, window by window."""
    changes: float | None
    """The share of windows in which it is another than in the one before; None of a single window."""
    spread: float | None
    """Of numbers, their standard deviation as a share of the range that was searched; None where there is none."""


class WalkForwardResult:
    """A finished walk-forward: its windows, and the one curve that trading them in turn would have given.

    Each window is traded from the cash that the one before left, and closes what it holds at its last close, for which
    it pays as for any order. So the curve is what somebody would have had who chose parameters again and again, and
    knew nothing of what came after.
    """

    def __init__(
        self,
        *,
        strategy: str,
        record: Mapping[str, Any],
        windows: Sequence[ForwardWindow],
        stability: Sequence[Stability],
        stats: Stats,
        timestamp: NDArray[np.int64],
        equity: Floats,
        cash: Floats,
        benchmark: Floats,
        trades: Sequence[Trade],
        warnings: Sequence[ResultWarning],
    ) -> None:
        self.strategy = strategy
        """The strategy's id."""
        self.walk_forward: Mapping[str, Any] = record
        """What it pins down of itself: source, space, search, objective, scheme, seed, options, hashes, version."""
        self.stats = stats
        """Every statistic of the joined curve, out of sample, by its name; None where it cannot be said."""
        self.stability = list(stability)
        """How much each parameter changes."""
        self.warnings = list(warnings)
        """Doubts about bars and strategy, the gravest first. With the parameters that were chosen last the strategy is
        backtested on all bars, and checked for look-ahead."""
        self._windows, self._trades = windows, trades
        self.timestamp, self.curve, self.cash, self.benchmark = timestamp, equity, cash, benchmark

    @property
    def windows(self) -> Table[ForwardWindow]:
        """All windows, in order."""
        return Table(self._windows, ForwardWindow)

    @property
    def trades(self) -> Table[Trade]:
        """The closed round trips of all windows, out of sample, in order."""
        return Table(self._trades, Trade)

    @property
    def equity(self) -> Table[EquityRow]:
        """The joined curve, out of sample: one row for each stamp."""
        rows = zip(self.timestamp.tolist(), self.curve.tolist(), self.cash.tolist(), strict=True)
        return Table([EquityRow(*row) for row in rows], EquityRow)

    @property
    def efficiency(self) -> float | None:
        """The annual growth out of sample as a share of what the chosen parameters had in sample, on average (Pardo
        2008, chapter 11); None where they had none."""
        inside = [window.train_stats["cagr"] for window in self._windows if window.train_stats is not None]
        known = [float(value) for value in inside if value is not None]
        outside = self.stats["cagr"]
        average = math.fsum(known) / len(known) if known else 0.0
        return None if outside is None or average <= 0.0 else outside / average

    @property
    def degradation(self) -> float | None:
        """The average objective out of sample, less that in sample, where both are known."""
        pairs = [(one.train_objective, one.test_objective) for one in self._windows]
        known = [after - before for before, after in pairs if before is not None and after is not None]
        return math.fsum(known) / len(known) if known else None

    def to_json(self) -> str:
        """The whole as one JSON object, as `weaver walk-forward --json` writes it; the same run, the same bytes."""
        return "".join(self.json_pieces())

    def json_pieces(self) -> Iterator[str]:
        """The same piece by piece, for whoever writes a long one to a file."""
        yield '{\n"walk_forward": '
        yield indented_text(self.walk_forward)
        yield ',\n"stats": '
        yield indented_text(self.stats)
        yield f',\n"efficiency": {value_text(self.efficiency)},\n"degradation": {value_text(self.degradation)}'
        yield ',\n"warnings": '
        yield value_text([one._asdict() for one in self.warnings])
        yield ',\n"stability": '
        yield indented_text(
            [{"name": one.name, "changes": one.changes, "spread": one.spread} for one in self.stability]
        )
        yield ',\n"windows": [\n'
        yield ",\n".join(value_text(window_json(window)) for window in self._windows)
        yield "\n]"
        yield from equity_text(self.timestamp, self.curve, self.cash)
        yield "\n}\n"

    @property
    def title(self) -> str:
        """The strategy's name, how many windows, and what was chosen by."""
        return title_of(self.strategy, len(self._windows), "window", self.walk_forward["objective"])

    def window_rows(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of a table of the windows."""
        objective, names = str(self.walk_forward["objective"]), [one.name for one in self.stability]
        word = COLUMNS.get(objective, objective)
        head = ["trained from", "traded from", "to", *names, f"{word} before", "after", "return"]
        rows = []
        for one in self._windows:
            days = [f"{moment:%Y-%m-%d}" for moment in (one.train_start, one.test_start, one.test_end)]
            chosen = [NOTHING if one.parameters is None else shown(one.parameters[name]) for name in names]
            values = [told(objective, value) for value in (one.train_objective, one.test_objective)]
            rows.append([*days, *chosen, *values, told("total_return", one.test_stats["total_return"])])
        return head, rows

    def _repr_html_(self) -> str:
        figures = {name: told(name, self.stats[name]) for name in ("total_return", "benchmark_return", "sharpe")}
        said = (
            f"All tests in turn: return {figures['total_return']} (buy and hold {figures['benchmark_return']}), Sharpe "
            f"{figures['sharpe']}; efficiency {told('efficiency', self.efficiency)}."
        )
        return card(self.title, [said], *self.window_rows(), warnings=self.warnings)

    def __repr__(self) -> str:
        objective = self.walk_forward["objective"]
        inside, outside = _average(self._windows, "train_objective"), _average(self._windows, "test_objective")
        told = f"{len(self._windows)} windows, {objective} {_shown(inside)} in sample, {_shown(outside)} after"
        return f"<WalkForwardResult {self.strategy}: {told}>"


def window_json(window: ForwardWindow) -> dict[str, Any]:
    """A window as JSON."""
    return {
        "number": window.number,
        **{
            name: getattr(window, name).isoformat().replace("+00:00", "Z")
            for name in ("train_start", "train_end", "test_start", "test_end")
        },
        "trials": window.trials,
        "parameters": None if window.parameters is None else dict(window.parameters),
        "train_objective": window.train_objective,
        "test_objective": window.test_objective,
        "train_stats": window.train_stats,
        "test_stats": window.test_stats,
    }


def _average(windows: Sequence[ForwardWindow], name: str) -> float | None:
    values = [getattr(window, name) for window in windows]
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
