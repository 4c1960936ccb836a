"""Where bars are missing, for whoever draws a series' time."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Query

from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier
from weaver.glados.schemas.market.data import GapResponse, GapsResponse
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import NotFound
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.files.checks.gaps import gaps_of

router = APIRouter(tags=["data"])

LIMIT_MAX = 1000


@router.get("/gaps", responses=responses(400, 404, 409))
async def get_gaps(
    services: ServicesDep,
    symbol: Annotated[Identifier, Query(description="A symbol of the bar store.")],
    timeframe: Annotated[
        Identifier | None, Query(description="A stored one; by default the finest that is stored.", examples=["1d"])
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most: the longest, if not all.")] = 200,
) -> GapsResponse:
    """The stretches of trading time in which a stored series has no bar, in order of time."""
    wanted = None if timeframe is None else Timeframe.parse(timeframe)
    return await services.threads.bars.do(_gaps, services.bars, symbol, wanted, limit)


def _gaps(store: ParquetBarStore, symbol: str, timeframe: Timeframe | None, limit: int) -> GapsResponse:
    entry = store.find(symbol, timeframe)
    if entry is None:
        of_it = "" if timeframe is None else f" {timeframe}"
        raise NotFound(f"{symbol}{of_it} is not in the bar store: GET /data lists what is")
    stored = store.read(symbol, entry.timeframe)
    found = gaps_of(stored.bars, calendar_of(stored.instrument))
    longest = sorted(found, key=attrgetter("missing"), reverse=True)[:limit]
    return GapsResponse(
        symbol=symbol,
        timeframe=str(entry.timeframe),
        total=len(found),
        items=[GapResponse.of(gap) for gap in sorted(longest, key=attrgetter("start"))],
    )
