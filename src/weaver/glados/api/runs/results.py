"""What a run left behind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Query as Parameter

from weaver.glados.api.events import CorrelationParameter, TypesParameter, chosen_types
from weaver.glados.api.lists.page_text import page_text
from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.runs.events import run_events
from weaver.glados.api.runs.live import (
    during,
    find_live_result,
    live_points,
    live_positions,
    live_result,
    live_results,
    live_trades,
)
from weaver.glados.api.runs.lookup import RunId, existing_run, kept_blob, stored_result, traded_run
from weaver.glados.api.runs.orders import OrderParameter, SideParameter, StatusParameter, SymbolParameter
from weaver.glados.application import ServicesDep
from weaver.glados.http.connections import HeldResponse
from weaver.glados.http.errors import responses
from weaver.glados.ports import Page, Query, Row
from weaver.glados.schemas.base import LastMoment, Moment, PageOf, finite
from weaver.glados.schemas.events import EventResponse, JournalEntryResponse
from weaver.glados.schemas.runs.results import (
    EquityResponse,
    IndicatorSeries,
    IndicatorsResponse,
    PositionResponse,
    RecordResponse,
    ResultsResponse,
    StatsResponse,
)
from weaver.glados.schemas.trading.orders import FillResponse, OrderResponse, TradeResponse, TradeSide
from weaver.glados.services import Services
from weaver.glados.stored.blobs import EQUITY
from weaver.glados.stored.downsampling import POINTS_MIN
from weaver.glados.stored.equity_text import curve_points, equity_text, stamps_of
from weaver.glados.stored.indicators import (
    INDICATORS,
    StoredIndicator,
    decode_indicators,
    downsampled,
    points_each,
    within,
)
from weaver.glados.stored.positions import POSITIONS, decode_positions
from weaver.model.calendar.instants import instant_of

POINTS = 1_000
POINTS_MAX_IN_ALL = 200_000
"""Of all of a run's indicators in one answer."""
PointsParameter = Annotated[
    int,
    Parameter(
        ge=POINTS_MIN,
        description="How many points at most; extremes are kept where there is room for them. As many as there are, or "
        "more: all of them.",
    ),
]
Filters = Mapping[str, Sequence[str] | None]

router = APIRouter(prefix="/runs/{run_id}", tags=["results"])


@router.get("/results", responses=responses(404))
async def get_results(run_id: RunId, services: ServicesDep) -> ResultsResponse:
    """Statistics, warnings and what pins the run down; 404 while there are none. Of a paper or live run they are as of
    its newest tick, `data` too; they have no `benchmark_return`, `alpha` and `beta`, nor `slippage` where a venue says
    none."""
    if (run := await traded_run(services, run_id)) is not None:
        found = await live_result(services, run)
        warmups = await services.live_results.warmups(found)
        return await services.threads.results.do(live_results, run, found, warmups)
    result = await stored_result(services, run_id)
    return ResultsResponse(
        run_id=run_id,
        stats=StatsResponse.model_validate({name: finite(value) for name, value in result.stats.items()}),
        run=RecordResponse.model_validate(result.record),
        warnings=list(result.warnings),
        positions=dict(result.positions),
        cash_flows=list(result.cash_flows),
    )


@router.get("/equity", response_model=EquityResponse, responses=responses(404))
async def get_equity(
    run_id: RunId,
    services: ServicesDep,
    points: PointsParameter = POINTS,
) -> Response:
    """The equity curve, thinned to `points`; 404 while there is none. Of a paper or live run it is what its strategy's
    own account came to at each tick, up to the newest."""
    if (run := await traded_run(services, run_id)) is not None:
        found = await live_result(services, run)
        drawn = await services.threads.results.do(live_points, found, points)
        return HeldResponse(
            equity_text(run_id, drawn, interval=found.setup.timeframe), count=drawn.bytes, media_type="application/json"
        )
    result = await stored_result(services, run_id, EQUITY)
    curve = await services.threads.results.do(curve_points, kept_blob(result, EQUITY), points)
    text = equity_text(run_id, curve, interval=str(result.record["timeframe"]))
    return HeldResponse(text, count=curve.bytes, media_type="application/json")


@router.get("/trades", response_model=PageOf[TradeResponse], responses=responses(400, 404))
async def list_run_trades(
    run_id: RunId,
    services: ServicesDep,
    paging: PagingDep,
    symbol: SymbolParameter = None,
    side: Annotated[list[TradeSide] | None, Parameter(description="Any of these.")] = None,
    since: Annotated[Moment | None, Parameter(description="Those that ended at this time or later.")] = None,
    until: Annotated[LastMoment | None, Parameter(description="Those that began by this time.")] = None,
    sort: SortParameter = None,
) -> Response:
    """Its closed round trips; with `since` and `until`, those that were open at some time between the two."""
    if (run := await traded_run(services, run_id)) is not None:
        live = await find_live_result(services, run)
        rows = [] if live is None else await services.threads.results.do(live.trade_rows, run_id)
        there = during(rows, since, until)
        chosen = live_trades(there, paging, symbol=symbol, side=side, sort=sort)
        return await page_text(services, chosen, lambda row: TradeResponse(**row), paging)
    filters: Filters = {"symbol": symbol, "side": side}
    query = replace(
        paging.query(filters, sort),
        at_least={} if since is None else {"exit_time": since},
        at_most={} if until is None else {"entry_time": until},
    )
    found = await _rows(services, "trades", run_id, query)
    return await page_text(services, found, lambda row: TradeResponse(**row), paging)


@router.get("/fills", response_model=PageOf[FillResponse], responses=responses(400, 404))
async def list_run_fills(
    run_id: RunId,
    services: ServicesDep,
    paging: PagingDep,
    order_id: OrderParameter = None,
    symbol: SymbolParameter = None,
    side: SideParameter = None,
    sort: SortParameter = None,
) -> Response:
    """Its fills."""
    filters: Filters = {"symbol": symbol, "side": side, "order_id": order_id}
    found = await _rows(services, "fills", run_id, paging.query(filters, sort))
    return await page_text(services, found, lambda row: FillResponse(**row), paging)


@router.get("/orders", response_model=PageOf[OrderResponse], responses=responses(400, 404))
async def list_run_orders(
    run_id: RunId,
    services: ServicesDep,
    paging: PagingDep,
    symbol: SymbolParameter = None,
    side: SideParameter = None,
    status: StatusParameter = None,
    sort: SortParameter = None,
) -> Response:
    """Its orders."""
    filters: Filters = {"symbol": symbol, "side": side, "status": status}
    found = await _rows(services, "orders", run_id, paging.query(filters, sort))
    return await page_text(services, found, lambda row: OrderResponse(**row), paging)


@router.get("/events", response_model=PageOf[EventResponse], responses=responses(400, 404))
async def list_run_events(
    run_id: RunId,
    services: ServicesDep,
    paging: PagingDep,
    type: TypesParameter = None,
    corr_id: CorrelationParameter = None,
    newest_first: Annotated[bool, Parameter(description="The other way round.")] = False,
) -> Response:
    """Its events: those of the log by `seq`, then those that are kept with its result (`seq` null), in order. With
    `corr_id`: what led to one, and what came of it."""
    found = await run_events(
        services, run_id, paging, types=chosen_types(type), corr_id=corr_id, newest_first=newest_first
    )
    return await page_text(services, found, EventResponse.of, paging)


@router.get("/log", response_model=PageOf[JournalEntryResponse], responses=responses(404))
async def list_run_log(run_id: RunId, services: ServicesDep, paging: PagingDep) -> Response:
    """What its strategy wrote with `self.log`."""
    types = ("strategy.Log",)
    found = await run_events(services, run_id, paging, types=types)
    return await page_text(services, found, lambda event: JournalEntryResponse.model_validate(event.payload), paging)


@router.get("/indicators", responses=responses(404))
async def get_run_indicators(
    run_id: RunId,
    services: ServicesDep,
    points: PointsParameter = POINTS,
    start: Annotated[Moment | None, Parameter(description="From this time on, and the point before it.")] = None,
    end: Annotated[
        LastMoment | None,
        Parameter(description="Before this time, and the point after it; a bare date: all of that day."),
    ] = None,
) -> IndicatorsResponse:
    """What its strategy computed from prices, each thinned to `points` in the stretch that is asked for; empty before
    its end."""
    async with services.database.transaction() as transaction:
        await existing_run(transaction, run_id)
        result = await transaction.records.find_result(run_id, blobs=[INDICATORS])
    if result is None or INDICATORS not in result.blobs:
        return IndicatorsResponse(run_id=run_id, items=[], left_out=0)
    stretch = (None if start is None else instant_of(start), None if end is None else instant_of(end))
    return await services.threads.results.do(_indicators, run_id, result.blobs[INDICATORS], points, stretch)


@router.get("/positions", responses=responses(404))
async def list_run_positions(run_id: RunId, services: ServicesDep, paging: PagingDep) -> PageOf[PositionResponse]:
    """What it held at its end, at its last closes; empty before that. Of a paper or live run: what it holds now."""
    if (traded := await traded_run(services, run_id)) is not None:
        live = await find_live_result(services, traded)
        return paging.cut([] if live is None else live_positions(live.holdings))
    async with services.database.transaction() as transaction:
        await existing_run(transaction, run_id)
        result = await transaction.records.find_result(run_id, blobs=[POSITIONS])
    held = sorted(result.positions.items()) if result else []
    worth = decode_positions(result.blobs[POSITIONS]) if result and POSITIONS in result.blobs else {}
    return paging.cut(
        [PositionResponse(symbol=symbol, quantity=quantity, **worth.get(symbol, {})) for symbol, quantity in held]
    )


async def _rows(services: Services, table: str, run_id: str, query: Query) -> Page[Row]:
    async with services.database.transaction() as transaction:
        await existing_run(transaction, run_id)
        return await transaction.records.rows(table, run_id, query)


def _indicators(run_id: str, blob: bytes, points: int, stretch: tuple[int | None, int | None]) -> IndicatorsResponse:
    kept = decode_indicators(blob)
    seen = within(kept, *stretch)
    drawn = downsampled(seen, points_each(points, len(seen.items), in_all=POINTS_MAX_IN_ALL))
    items = [_series(*three) for three in zip(drawn.items, seen.items, kept.items, strict=True)]
    return IndicatorsResponse(run_id=run_id, items=items, left_out=drawn.left_out)


def _series(item: StoredIndicator, seen: StoredIndicator, kept: StoredIndicator) -> IndicatorSeries:
    """An indicator as it is drawn, of what it has in the stretch that is seen, of what is kept of it."""
    column = item.column
    is_thinned = len(column.values) < len(seen.column.values) or len(kept.column.values) < item.total
    return IndicatorSeries(
        name=column.name,
        symbol=column.symbol,
        timeframe=column.timeframe,
        place=column.place,
        timestamp=stamps_of(column.timestamp),
        values=[finite(value) for value in column.values.tolist()],
        total=item.total,
        downsampled=is_thinned,
    )
