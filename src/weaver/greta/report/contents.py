"""What a report is made from: a finished run, as a page wants it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.report.carry_line import carry_line
from weaver.greta.results.rows import Flow
from weaver.greta.results.trades import Trade
from weaver.model.account.costs import in_words
from weaver.model.market.bars import Bars

HASH_DIGITS = 16
Stats = Mapping[str, float | int | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """All that stands on a page. `timestamp`, `equity` and `benchmark` have one row per stamp of the run's bars."""

    title: str
    strategy: str
    parameters: Mapping[str, object]
    symbols: Sequence[str]
    timeframe: str
    """As in "5m" or "1d"."""
    quote_currency: str
    costs: str
    """In words, one line."""
    provenance: Mapping[str, str]
    """Label to value: where the figures come from, and what a second run needs."""
    timestamp: NDArray[np.int64]
    """Stamp of each row in nanoseconds since the epoch, UTC, increasing, shape [n >= 1]."""
    equity: NDArray[np.float64]
    benchmark: NDArray[np.float64] | None
    """What the initial cash would have become by buying and holding."""
    bars: Mapping[str, Bars]
    """Of each symbol, from the run's start on."""
    trades: Sequence[Trade]
    """The closed ones, in order of exit."""
    trade_bars: Sequence[tuple[int, int]]
    """Of each trade, the bars of its symbol in which it was entered and left, by their index in `bars`."""
    fills: int
    """How many there are."""
    stats: Stats
    warnings: Sequence[tuple[str, str]]
    """Code and message."""


def contents_of(
    record: Mapping[str, Any],
    *,
    title: str,
    timestamp: NDArray[np.int64],
    equity: NDArray[np.float64],
    benchmark: NDArray[np.float64] | None,
    bars: Mapping[str, Bars],
    trades: Sequence[Trade],
    trade_bars: Sequence[tuple[int, int]],
    fills: int,
    stats: Stats,
    warnings: Sequence[tuple[str, str]],
    flows: Iterable[Flow] = (),
) -> Contents:
    """What a run has, boiled down, with the columns of its curve. `bars` and the places in them begin with the history
    before the run."""
    first = {symbol: int(np.searchsorted(one.timestamp, timestamp[0])) for symbol, one in bars.items()}
    pairs = zip(trades, trade_bars, strict=True)
    symbols: Sequence[str] = record["symbols"]
    return Contents(
        title=title,
        strategy=record["class"],
        parameters=record["parameters"],
        symbols=symbols,
        timeframe=record["timeframe"],
        quote_currency=record["data"][symbols[0]]["quote_currency"],
        costs="; ".join(filter(None, (_costs(record["costs"]), carry_line(flows)))),
        provenance=_provenance(record),
        timestamp=timestamp,
        equity=equity,
        benchmark=benchmark,
        bars={symbol: one.slice(first[symbol], len(one)) for symbol, one in bars.items()},
        trades=trades,
        trade_bars=[(entry - first[trade.symbol], left - first[trade.symbol]) for trade, (entry, left) in pairs],
        fills=fills,
        stats=stats,
        warnings=warnings,
    )


def _costs(costs: Mapping[str, Mapping[str, str]]) -> str:
    """The same for all symbols, or each symbol's; none are written down of a run whose venue knows them alone."""
    if not costs:
        return "as its venue took them"
    written = {symbol: _written(one) for symbol, one in costs.items()}
    if len(set(written.values())) == 1:
        return next(iter(written.values()))
    return "; ".join(f"{symbol}: {text}" for symbol, text in written.items())


def _written(costs: Mapping[str, str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in in_words(costs).items()) or "no costs"


def _provenance(record: Mapping[str, Any]) -> dict[str, str]:
    account: str = record["account"]
    facts = {
        "Weaver": record["version"],
        "Strategy source": record["source_hash"][:HASH_DIGITS],
        "Data": record["data_hash"][:HASH_DIGITS],
        "Account": account if account == "cash" else f"{account}, leverage {record['leverage']}",
        "Seed": str(record["seed"]),
        "Look-ahead check": "done" if record["lookahead_check"] else "not done",
    }
    return facts if record["venue"] is None else {**facts, "Venue": record["venue"]}
