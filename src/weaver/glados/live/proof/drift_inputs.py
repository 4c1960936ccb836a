"""What a drift is computed from: a run's backtest as a worker is asked for it, and both sides in the same shape."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from weaver.glados.live.figures.given_bars import GivenBars, all_bars
from weaver.glados.live.figures.results import LiveResult
from weaver.glados.ports import BacktestOutcome, RecordedMarket
from weaver.model.calendar.instants import time_of
from weaver.model.errors import NotFound
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, Split
from weaver.model.orders.actions import Side
from weaver.model.run import Run, RunMode
from weaver.veda.inputs import ListedSymbol
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.parity.bars import StoredBarsCompared, compare_bars
from weaver.veda.parity.compared import ComparedFill, ComparedOrder, RunAccount, pnl_of
from weaver.veda.runs.recorded.codec import encode_setup
from weaver.veda.runs.recorded.warmup import encode_bars
from weaver.walle.bars.folder.catalogue import corporate_action_json
from weaver.walle.bars.store import ParquetBarStore

ONE = Decimal(1)
KEPT_OPTIONS = frozenset({"cash", "account", "leverage", "shorting", "maintenance", "costs", "seed"})
"""Of a run's: the others say where its bars come from, or what is done with a result."""


def backtest_of(run: Run, found: LiveResult) -> Run:
    """The same as a backtest, from its first bar to the newest."""
    setup = found.setup
    stamps = [one.bars().timestamp for one in found.given.values()]
    first = min(int(some[0]) for some in stamps if len(some))
    last = max(int(some[-1]) for some in stamps if len(some))
    options = {name: value for name, value in run.options.items() if name in KEPT_OPTIONS}
    return replace(
        run,
        mode=RunMode.BACKTEST,
        symbols=tuple(one.symbol for one in setup.symbols),
        timeframe=setup.timeframe,
        start_time=time_of(min(setup.start, first)),
        end_time=time_of(last),
        config=setup.parameters,
        strategy_source=setup.source,
        venue=setup.venue or None,
        options={**options, "lookahead_check": False},
    )


def market_of(found: LiveResult, warmups: Mapping[str, bytes], store: ParquetBarStore) -> RecordedMarket:
    """The bars that it was given with their splits; dividends and delistings are those that are stored."""
    return RecordedMarket(
        setup=encode_setup(found.setup),
        bars={symbol: encode_bars(bars) for symbol, bars in all_bars(found.given, warmups).items()},
        actions={
            symbol: [corporate_action_json(one) for one in (*given.splits, *_payments(symbol, store))]
            for symbol, given in found.given.items()
        },
    )


def closes_of(found: LiveResult, warmups: Mapping[str, bytes]) -> dict[str, Decimal]:
    """The newest close of each symbol of its backtest; of one without any bar, what it was last traded at."""
    traded = {fill.symbol: fill.price for fill in found.fills}
    bars = all_bars(found.given, warmups).items()
    return {**traded, **{symbol: Decimal(repr(float(one.close[-1]))) for symbol, one in bars if len(one)}}


def stored_compared(found: LiveResult, store: ParquetBarStore) -> list[StoredBarsCompared]:
    """The bars since its start beside those that are stored, of each symbol that is."""
    compared = []
    for given in found.given.values():
        bars = given.bars()
        stored = _stored(bars, store)
        if stored is not None:
            compared.append(compare_bars(bars, stored))
    return compared


def not_stored_told(listed: Sequence[ListedSymbol], stored: Sequence[StoredBarsCompared]) -> list[str]:
    """What the backtest cannot know, as stocks of the run are not stored. `listed`: its symbols."""
    known = {one.symbol for one in stored}
    absent = [one.symbol for one in listed if one.asset_class == AssetClass.STOCK and one.symbol not in known]
    if not absent:
        return []
    what = f"of {', '.join(absent)} no bars of this timeframe are stored, and so no dividends and delistings"
    return [f"{what}: the backtest has none of them, whatever the run was paid"]


def live_account(
    found: LiveResult, orders: Sequence[LiveOrder], closes: Mapping[str, Decimal], end: datetime
) -> RunAccount:
    """What a run came to by the newest of its ticks (`end`), and since. `orders`: all of it, and perhaps newer ones."""
    fills: dict[str, list[ComparedFill]] = defaultdict(list)
    late, multipliers = list[ComparedFill](), multipliers_of(found)
    for one in found.fills:
        fill = ComparedFill(
            symbol=one.symbol,
            side=one.side,
            quantity=one.quantity,
            price=one.price,
            commission=one.commission,
            slippage=one.slippage,
            time=one.filled_at,
            ratio=_ratio(found.given.get(one.symbol), one.filled_at),
            multiplier=multipliers.get(one.symbol, ONE),
        )
        if one.filled_at > end:
            late.append(fill)
        else:
            fills[one.order_id].append(fill)
    return RunAccount(
        orders=tuple(_order(one, fills[one.id]) for one in orders if one.placed_at <= end or fills[one.id]),
        late=tuple(late),
        flows=sum((flow.amount for flow in found.flows), Decimal(0)),
        held=found.ledger.held,
        closes=worth_at({**closes, **found.closes}, multipliers),
        pnl=found.ledger.equity(found.closes) - found.setup.cash,
    )


def multipliers_of(found: LiveResult) -> dict[str, Decimal]:
    """By symbol."""
    return {one.symbol: one.multiplier for one in found.setup.symbols}


def worth_at(closes: Mapping[str, Decimal], multipliers: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What a unit of each symbol is worth at its close."""
    return {symbol: close * multipliers.get(symbol, ONE) for symbol, close in closes.items()}


def backtest_account(outcome: BacktestOutcome, found: LiveResult, closes: Mapping[str, Decimal]) -> RunAccount:
    """What its backtest came to, of what the live run has come to."""
    multipliers = multipliers_of(found)
    closes = worth_at(closes, multipliers)
    fills: dict[str, list[ComparedFill]] = defaultdict(list)
    for row in outcome.fills:
        fills[row["order_id"]].append(_fill_of_row(row, found.given, multipliers))
    flows = sum((Decimal(row["amount"]) for row in outcome.result.cash_flows), Decimal(0))
    held = {symbol: Decimal(quantity) for symbol, quantity in outcome.result.positions.items()}
    every = tuple(fill for some in fills.values() for fill in some)
    return RunAccount(
        orders=tuple(_order_of_row(row, fills[row["id"]]) for row in outcome.orders),
        flows=flows,
        held=held,
        closes=closes,
        pnl=pnl_of(every, flows=flows, held=held, closes=closes),
    )


def _order(order: LiveOrder, fills: Iterable[ComparedFill]) -> ComparedOrder:
    return ComparedOrder(
        number=order.number,
        symbol=order.symbol,
        side=order.side,
        order_type=str(order.order_type),
        order_class=str(order.order_class),
        quantity=order.quantity,
        filled=order.filled,
        status=str(order.status),
        reason=order.reason,
        placed_at=order.placed_at,
        fills=tuple(fills),
    )


def _order_of_row(row: Mapping[str, Any], fills: Iterable[ComparedFill]) -> ComparedOrder:
    return ComparedOrder(
        number=row["number"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        order_type=row["order_type"],
        order_class=row["order_class"],
        quantity=None if row["quantity"] is None else Decimal(row["quantity"]),
        filled=Decimal(row["filled_quantity"]),
        status=row["status"],
        reason=row["reason"] or "",
        placed_at=datetime.fromisoformat(row["placed_at"]),
        fills=tuple(fills),
    )


def _fill_of_row(
    row: Mapping[str, Any], given: Mapping[str, GivenBars], multipliers: Mapping[str, Decimal]
) -> ComparedFill:
    time = datetime.fromisoformat(row["filled_at"])
    return ComparedFill(
        symbol=row["symbol"],
        side=Side(row["side"]),
        quantity=Decimal(row["quantity"]),
        price=Decimal(row["price"]),
        commission=Decimal(row["commission"]),
        slippage=Decimal(row["slippage"]),
        time=time,
        ratio=_ratio(given.get(row["symbol"]), time),
        multiplier=multipliers.get(row["symbol"], ONE),
    )


def _ratio(given: GivenBars | None, time: datetime) -> Fraction:
    """How many shares of the newest there are for one of then."""
    ratio = Fraction(1)
    for split in () if given is None else given.splits:
        if time.date() < split.ex_date:
            ratio *= split.ratio
    return ratio


def _payments(symbol: str, store: ParquetBarStore) -> list[CorporateAction]:
    try:
        return [one for one in store.actions(symbol) if not isinstance(one, Split)]
    except NotFound:
        return []


def _stored(bars: Bars, store: ParquetBarStore) -> Bars | None:
    if not len(bars):
        return None
    try:
        return store.read(bars.symbol, bars.timeframe, int(bars.timestamp[0]), int(bars.timestamp[-1]) + 1).bars
    except NotFound:
        return None
