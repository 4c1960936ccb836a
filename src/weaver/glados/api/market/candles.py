"""Candles for charts, straight from the bar store."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier, LastMoment, Moment
from weaver.glados.schemas.market.data import CandlesResponse
from weaver.glados.stored.equity_text import stamps_of
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import InputError, NotFound
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.store import ParquetBarStore

router = APIRouter(tags=["data"])

LIMIT_MAX = 5000


@router.get("/candles", response_model=CandlesResponse, responses=responses(400, 404, 409))
async def get_candles(
    services: ServicesDep,
    symbol: Annotated[Identifier, Query(description="A symbol of the bar store.")],
    timeframe: Annotated[
        Identifier | None,
        Query(description="A stored one, or a multiple of one; by default the finest that is stored.", examples=["1d"]),
    ] = None,
    start: Annotated[Moment | None, Query(description="Bars that start at this time or later.")] = None,
    end: Annotated[
        LastMoment | None, Query(description="Bars that start before this time; a bare date: all of that day too.")
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=LIMIT_MAX, description="How many items at most; more bars are put together.")
    ] = 1000,
) -> Response:
    """Bars as open, high, low, close and volume. Where there are more than `limit`, each item holds so many
    neighbouring bars (first open, highest high, lowest low, last close, sum of volume) that all of them fit."""
    wanted = None if timeframe is None else Timeframe.parse(timeframe)
    if start is not None and end is not None and start > end:
        raise InputError(f"start {start.isoformat()} is after end {end.isoformat()}: change the two, or leave one out")
    text = await services.threads.bars.do(_text, services.bars, symbol, wanted, start, end, limit)
    return Response(text, media_type="application/json")


def _text(
    store: ParquetBarStore,
    symbol: str,
    timeframe: Timeframe | None,
    start: datetime | None,
    end: datetime | None,
    limit: int,
) -> bytes:
    """A `CandlesResponse`, made where it holds nobody up: five thousand items take a while."""
    if timeframe is None:
        entry = store.find(symbol)
        if entry is None:
            raise NotFound(f"{symbol} is not in the bar store: GET /data lists what is")
        timeframe = entry.timeframe
    found = store.candles(symbol, timeframe, _instant(start), _instant(end), limit)
    head = {
        "symbol": symbol,
        "timeframe": str(timeframe),
        "total": found.total,
        "downsampled": found.together > 1,
        "bars_per_item": found.together,
    }
    return orjson.dumps({**head, "items": _items(found.bars)}, option=orjson.OPT_UTC_Z)


def _items(bars: Bars) -> list[dict[str, object]]:
    """As a `CandleResponse` has them, which would take twice the time."""
    columns = [stamps_of(bars.timestamp), stamps_of(bars.end)]
    numbers = [getattr(bars, name).tolist() for name in COLUMNS[len(columns) :]]
    return [dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns, *numbers, strict=True)]


def _instant(time: datetime | None) -> int | None:
    return None if time is None else instant_of(time)
