"""Results of paper and live runs, in the shapes of a backtest's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from weaver.glados.api.lists.paging import Paging
from weaver.glados.api.lists.sorting import sorted_by
from weaver.glados.live.figures.given_bars import all_bars
from weaver.glados.live.figures.results import LiveResult
from weaver.glados.ports import Page, Row
from weaver.glados.schemas.runs.results import (
    CashFlowResponse,
    DataFacts,
    PositionResponse,
    RecordResponse,
    ResultsResponse,
    Sampling,
    StatsResponse,
    WarningResponse,
)
from weaver.glados.services import Services
from weaver.glados.stored.blobs import EquityColumns
from weaver.glados.stored.downsampling import downsampled_rows
from weaver.glados.stored.equity_text import CurvePoints
from weaver.model.calendar.instants import time_of
from weaver.model.errors import InputError, NotFound
from weaver.model.market.bars import data_hash
from weaver.model.numbers.money import plain
from weaver.model.run import Run
from weaver.veda.positions.sub_ledger import Holding
from weaver.veda.runs.recorded.replaying import altered_told
from weaver.walle.bars.folder.catalogue import corporate_action_json

ORIGIN = "recorded"
ALTERED = "altered_record"
_SORTED_BY = (
    "number", "symbol", "side", "entry_time", "exit_time", "pnl", "return", "quantity", "entry_price", "exit_price",
    "commission", "bars", "mae", "mfe",
)  # fmt: skip
_AMOUNTS = frozenset({"pnl", "quantity", "entry_price", "exit_price", "commission"})


async def find_live_result(services: Services, run: Run) -> LiveResult | None:
    """What a run has come to; None before it has begun."""
    return await services.live_results.find(run, services.trading.name_of(run))


async def live_result(services: Services, run: Run) -> LiveResult:
    """What a run has come to. Raises NotFound before it has begun."""
    found = await find_live_result(services, run)
    if found is None:
        raise NotFound(f"run {run.id} is {run.status} and has not begun: there is nothing to show yet")
    return found


def live_points(found: LiveResult, points: int) -> CurvePoints:
    """At most `points` of its curve."""
    whole = found.curve
    if not len(whole.timestamp):
        return CurvePoints(columns=whole, total=0)
    rows = downsampled_rows([whole.equity, whole.cash], points)
    some = EquityColumns(timestamp=whole.timestamp[rows], equity=whole.equity[rows], cash=whole.cash[rows])
    return CurvePoints(columns=some, total=len(whole.timestamp))


def live_results(run: Run, found: LiveResult, warmups: Mapping[str, bytes]) -> ResultsResponse:
    """Its figures, and what pins it down. warmups: the bars before it, by symbol, as they are kept."""
    return ResultsResponse(
        run_id=run.id,
        stats=live_stats(found),
        run=live_record(run, found, warmups),
        warnings=_doubts(found),
        positions={one.symbol: plain(one.quantity) for one in found.holdings},
        cash_flows=[
            CashFlowResponse(timestamp=one.time, symbol=one.symbol, kind=one.kind, amount=plain(one.amount))
            for one in found.flows
        ],
        sampled=Sampling(interval=found.setup.timeframe, rows=len(found.all_points)),
    )


def live_stats(found: LiveResult) -> StatsResponse:
    """Its statistics, as they are sent."""
    return StatsResponse.model_validate(found.stats())


def _doubts(found: LiveResult) -> list[WarningResponse]:
    if (tick := found.altered) is None:
        return []
    message = f"{altered_told(tick.number, tick.time)}; the figures are of it as it stands now"
    return [WarningResponse(code=ALTERED, message=message)]


def live_positions(holdings: Sequence[Holding]) -> list[PositionResponse]:
    """What is held, as it is sent."""
    return [
        PositionResponse(
            symbol=one.symbol,
            quantity=plain(one.quantity),
            average_price=None if one.average_price is None else plain(one.average_price),
            cost=plain(one.cost),
            close=None if one.price is None else plain(one.price),
            market_value=None if one.market_value is None else plain(one.market_value),
            unrealised_pnl=None if one.unrealised_pnl is None else plain(one.unrealised_pnl),
        )
        for one in holdings
    ]


def live_trades(
    rows: Sequence[Row], paging: Paging, *, symbol: Sequence[str] | None, side: Sequence[str] | None, sort: str | None
) -> Page[Row]:
    """A page of its closed round trips. Raises InputError."""
    if sort is not None and sort.removeprefix("-") not in _SORTED_BY:
        raise InputError(f"trades cannot be sorted by {sort!r}, but by {', '.join(_SORTED_BY)}")
    chosen = [row for row in rows if (not symbol or row["symbol"] in symbol) and (not side or row["side"] in side)]
    found = sorted_by(chosen, sort, {name: partial(_key, name) for name in _SORTED_BY})
    return Page(items=found[paging.first : paging.first + paging.page_size], total=len(found))


def during(rows: Sequence[Row], since: datetime | None, until: datetime | None) -> list[Row]:
    """The trades that were open at some time between the two."""
    return [
        row
        for row in rows
        if (since is None or row["exit_time"] >= since) and (until is None or row["entry_time"] <= until)
    ]


def _key(name: str, row: Row) -> Any:
    return Decimal(row[name]) if name in _AMOUNTS else row[name]


def _data(found: LiveResult, warmups: Mapping[str, bytes]) -> dict[str, DataFacts]:
    """The bars that it was given by now, those before its start among them."""
    every, listed = all_bars(found.given, warmups), {one.symbol: one for one in found.setup.symbols}
    return {
        symbol: DataFacts(
            origin=ORIGIN,
            tz=None,
            hash=bars.content_hash(),
            bars=len(bars),
            asset=listed[symbol].asset_class,
            tick=plain(listed[symbol].tick),
            tick_given=listed[symbol].is_tick_given,
            lot=plain(listed[symbol].lot),
            minimum=plain(listed[symbol].minimum),
            quote_currency=listed[symbol].quote_currency,
            calendar=listed[symbol].calendar,
            actions=[{**corporate_action_json(one)} for one in found.given[symbol].splits],
            warnings=[],
        )
        for symbol, bars in every.items()
    }


def live_record(run: Run, found: LiveResult, warmups: Mapping[str, bytes]) -> RecordResponse:
    """What it was begun with, and the bars that it was given since. warmups: as of `live_results`."""
    setup, data = found.setup, _data(found, warmups)
    return RecordResponse(
        strategy=run.strategy_id,
        class_=run.strategy_id,
        source=run.strategy_source,
        source_hash=run.source_hash,
        parameters=dict(setup.parameters),
        symbols=list(run.symbols),
        timeframe=setup.timeframe,
        from_=time_of(setup.start).isoformat(),
        to=None,
        warmup=None,
        cash=plain(setup.cash),
        account=setup.account,
        leverage=plain(setup.leverage),
        shorting=setup.shorting,
        maintenance=plain(setup.maintenance),
        costs={},
        close_at_end=False,
        lookahead_check=False,
        seed=setup.seed,
        venue=setup.venue or None,
        data=data,
        data_hash=data_hash({symbol: one.hash for symbol, one in data.items()}),
        version=setup.weaver_version,
    )
