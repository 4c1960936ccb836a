"""A finished backtest as the report wants it."""

from collections.abc import Mapping, Sequence, Set, Sized
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from weaver.greta.report.source import Floats, Instants
from weaver.greta.results.trades import DelistedTrade
from weaver.model.market.bars import Bars

if TYPE_CHECKING:
    from weaver.greta.result import BacktestResult
    from weaver.greta.results.trades import Trade

HASH_DIGITS = 16


class PageSource:
    """What a report is made from, taken from a result."""

    def __init__(self, result: "BacktestResult") -> None:
        self._result, self._run = result, result.run
        self.title = result.title
        self.strategy: str = self._run["class"]
        self.parameters: Mapping[str, object] = self._run["parameters"]
        self.symbols: Sequence[str] = self._run["symbols"]
        self.timeframe: str = self._run["timeframe"]
        self.quote_currency: str = self._run["data"][self.symbols[0]]["quote_currency"]
        self.timestamp: Instants = result.curve.timestamp
        self.equity: Floats = result.curve.equity
        self.cash: Floats = result.curve.cash
        self.benchmark: Floats | None = result.curve.benchmark
        self.fills: Sized = range(result.fill_count)
        self.stats: Mapping[str, float | int | None] = result.stats
        self.warnings: Sequence[tuple[str, str]] = result.warnings

    @cached_property
    def trades(self) -> Sequence["Trade"]:
        """The closed ones, in order of exit."""
        return list(self._result.trades)

    @cached_property
    def trade_bars(self) -> Sequence[tuple[int, int | None]]:
        """The first bar that is drawn is that of the run's first row."""
        first = {symbol: self._first(bars) for symbol, bars in self._result.bars.items()}
        pairs = zip(self.trades, self._result.trade_bars, strict=True)
        return [(entry - first[trade.symbol], left - first[trade.symbol]) for trade, (entry, left) in pairs]

    @cached_property
    def delisted(self) -> Set[int]:
        """Those whose kind says so."""
        return {index for index, trade in enumerate(self.trades) if isinstance(trade, DelistedTrade)}

    @cached_property
    def bars(self) -> Mapping[str, Bars]:
        """Each symbol's bars from the run's start on."""
        return {symbol: bars.slice(self._first(bars), len(bars)) for symbol, bars in self._result.bars.items()}

    def _first(self, bars: Bars) -> int:
        return int(np.searchsorted(bars.timestamp, self.timestamp[0]))

    @property
    def costs(self) -> str:
        """One line: the same for all symbols, or each symbol's."""
        written = {symbol: _costs(costs) for symbol, costs in self._run["costs"].items()}
        if len(set(written.values())) == 1:
            return next(iter(written.values()))
        return "; ".join(f"{symbol}: {text}" for symbol, text in written.items())

    @property
    def provenance(self) -> Mapping[str, str]:
        """Where the figures come from, and what a second run needs."""
        run = self._run
        told = {
            "Weaver": run["version"],
            "Strategy source": run["source_hash"][:HASH_DIGITS],
            "Data": run["data_hash"][:HASH_DIGITS],
            "Account": run["account"] if run["account"] == "cash" else f"{run['account']}, leverage {run['leverage']}",
            "Seed": str(run["seed"]),
            "Look-ahead check": "done" if run["lookahead_check"] else "not done",
        }
        return told if run["venue"] is None else {**told, "Venue": run["venue"]}


def _costs(costs: Mapping[str, str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in costs.items()) or "no costs"
