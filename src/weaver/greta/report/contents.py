"""What a report is made from: a finished run, as a page wants it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.greta.report.carry_line import carry_line
from weaver.greta.results.rows import Flow
from weaver.greta.results.trades import Trade
from weaver.model.account.costs import in_words
from weaver.model.calendar.sessions import calendar_for, calendar_named
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.run import RunMode

HASH_DIGITS = 16
COSTS_SHOWN = 12
Stats = Mapping[str, float | int | None]


class Indicator(Protocol):
    """A column that the strategy computed, as it stood at the close of each of its symbol's bars."""

    @property
    def name(self) -> str: ...
    @property
    def symbol(self) -> str: ...
    @property
    def place(self) -> str | None:
        """`over` the price, `below` it; None: as its size has it."""
        ...

    @property
    def timestamp(self) -> NDArray[np.int64]:
        """Stamps of bars, ns, rising."""
        ...

    @property
    def values(self) -> NDArray[np.float64]:
        """NaN where undefined."""
        ...


class ReportFill(NamedTuple):
    """An execution. `time` in ns; `slippage` per unit, None where its venue did not say it."""

    order_id: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    commission: Decimal
    slippage: Decimal | None
    time: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """All that stands on a page. `timestamp`, `session`, `equity`, `cash` and `benchmark` have one row per stamp of the
    run's bars."""

    title: str
    mode: RunMode
    strategy: str
    source: str | None
    """The strategy's text, where it is known."""
    parameters: Mapping[str, object]
    symbols: Sequence[str]
    timeframe: str
    """As in "5m" or "1d"."""
    zone: str
    """The exchange's, in which times are shown: an IANA name."""
    quote_currency: str
    costs: Mapping[str, str]
    """Of whom, and what in words."""
    provenance: Mapping[str, str]
    """Label to value: where the figures come from, and what a second run needs."""
    timestamp: NDArray[np.int64]
    """Stamp of each row in nanoseconds since the epoch, UTC, increasing, shape [n >= 1]."""
    session: NDArray[np.integer[Any]]
    """The day by which each row's return is grouped, not falling."""
    returns_per_year: float
    """How many of those there are in a year."""
    equity: NDArray[np.float64]
    cash: NDArray[np.float64]
    on_margin: NDArray[np.float64] | None
    """What futures were worth that nothing was paid for; None: none was held."""
    benchmark: NDArray[np.float64] | None
    """What the initial cash would have become by buying and holding."""
    benchmark_name: str
    bars: Mapping[str, Bars]
    """Of each symbol, from the run's start on."""
    indicators: Sequence[Indicator]
    levels: Mapping[str, Sequence[tuple[str, int, int, float]]]
    """Of each symbol, the prices at which orders waited: kind, first and last bar by their index in `bars`, price."""
    splits: Mapping[str, Sequence[tuple[int, Fraction]]]
    """Of each symbol, the bar before which one took effect, and its ratio."""
    trades: Sequence[Trade]
    """The closed ones, in order of exit."""
    trade_bars: Sequence[tuple[int, int]]
    """Of each trade, the bars of its symbol in which it was entered and left, by their index in `bars`."""
    fills: Sequence[ReportFill]
    stats: Stats
    warnings: Sequence[tuple[str, str]]
    """Code and message."""


def contents_of(
    record: Mapping[str, Any],
    *,
    timestamp: NDArray[np.int64],
    bars: Mapping[str, Bars],
    levels: Mapping[str, Sequence[tuple[str, int, int, float]]],
    splits: Mapping[str, Sequence[tuple[int, Fraction]]],
    trades: Sequence[Trade],
    trade_bars: Sequence[tuple[int, int]],
    flows: Iterable[Flow] = (),
    **given: Any,
) -> Contents:
    """What a run has, boiled down, with the columns of its curve. `bars` and the places in them begin with the history
    before the run; `given` are fields of `Contents` as they stand there."""
    first = {symbol: int(np.searchsorted(one.timestamp, timestamp[0])) for symbol, one in bars.items()}
    pairs = zip(trades, trade_bars, strict=True)
    symbols: Sequence[str] = record["symbols"]
    data = record["data"][symbols[0]]
    return Contents(
        strategy=record["class"],
        source=record.get("source") or None,
        parameters=record["parameters"],
        symbols=symbols,
        timeframe=record["timeframe"],
        quote_currency=data["quote_currency"],
        zone=_zone(data),
        costs={**_costs(record["costs"]), **_carried(flows)},
        provenance=_provenance(record) | _checked(record, given["mode"]),
        timestamp=timestamp,
        bars={symbol: one.slice(first[symbol], len(one)) for symbol, one in bars.items()},
        levels={
            symbol: [
                (kind, max(start - first[symbol], 0), last - first[symbol], price) for kind, start, last, price in own
            ]
            for symbol, own in levels.items()
        },
        splits={
            symbol: [(bar - first[symbol], ratio) for bar, ratio in own if bar >= first[symbol]]
            for symbol, own in splits.items()
        },
        trades=trades,
        trade_bars=[(entry - first[trade.symbol], left - first[trade.symbol]) for trade, (entry, left) in pairs],
        **given,
    )


def _zone(data: Mapping[str, Any]) -> str:
    """Of the clocks at a symbol's exchange."""
    named = data.get("calendar")
    calendar = calendar_named(named) if named else calendar_for(AssetClass(data.get("asset", AssetClass.STOCK)))
    return calendar.zone.key


def _costs(costs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The same for all symbols, or each symbol's; none are written down of a run whose venue knows them alone."""
    if not costs:
        return {"Costs": "as its venue took them"}
    written = {symbol: _written(one) for symbol, one in costs.items()}
    if len(set(written.values())) == 1:
        return {"Costs": next(iter(written.values()))}
    shown = {f"Costs of {symbol}": text for symbol, text in list(written.items())[:COSTS_SHOWN]}
    more = len(written) - len(shown)
    return {**shown, "Costs of others": f"of {more} more symbols, see the record"} if more else shown


def _carried(flows: Iterable[Flow]) -> dict[str, str]:
    """What holding cost, if it did."""
    line = carry_line(flows)
    return {"Held for": line.removeprefix("held for: ")} if line else {}


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
    }
    against = record.get("benchmark")
    if against:
        facts["Benchmark"] = f"{against['symbol']} {against['timeframe']}, {against['hash'][:HASH_DIGITS]}"
    return facts if record["venue"] is None else {**facts, "Venue": record["venue"]}


def _checked(record: Mapping[str, Any], mode: RunMode) -> dict[str, str]:
    """What trades has nothing ahead to look at."""
    if mode is not RunMode.BACKTEST:
        return {}
    return {"Look-ahead check": "done" if record["lookahead_check"] else "not done"}
