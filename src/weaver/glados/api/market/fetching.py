"""History from a venue into the bar store."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Response

from weaver.events.factory import EventFactory
from weaver.events.payloads import DataFetchProgress, DataImported
from weaver.glados.api.market.owner import check_owner
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.jobs import Report
from weaver.glados.ports import VenueHistory
from weaver.glados.process.upkeep import in_background
from weaver.glados.schemas.market.data import FetchRequest, FetchResponse
from weaver.glados.schemas.market.jobs import JobResponse
from weaver.glados.services import Services
from weaver.model.errors import InputError, NotFound, Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.importing import Imported
from weaver.walle.fetch.fetching import Fetched, Step, Wanted, fetch
from weaver.walle.fetch.sources.catalogue import start_at

router = APIRouter(tags=["data"])
PROGRESS_SECONDS = 1.0
"""How often an event tells how far a fetch is."""


@router.post("/data/fetch", status_code=201, responses=responses(400, 404, 409, 503))
async def fetch_data(
    services: ServicesDep, response: Response, body: FetchRequest, corr_id: CorrelationId
) -> JobResponse:
    """Download bars, splits and dividends, prices as they were traded: a job, whose state GET /jobs/{id} tells, with
    events `data.FetchProgress` and, of each series that was stored, `data.Imported`. What is cut short goes on where it
    was when the same is asked for again. 503 where the source cannot be used: no keys, say."""
    check_owner(services)
    timeframe = Timeframe.parse(body.timeframe)
    async with AsyncExitStack() as stack:
        history = await _opened(services, stack, body.source, body.exchange)
        end = history.now() if body.end is None else min(body.end, history.now())
        start = start_at(body.source, timeframe, end) if body.start is None else body.start
        wanted = Wanted(symbols=body.symbols, timeframe=timeframe, start=start, end=end)
        work = _Work(services, history, wanted, stack.pop_all(), corr_id)
    job = services.jobs.submit("data.fetch", work.done, corr_id=corr_id, clean_up=lambda: None)
    work.job_id = job.id
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobResponse.of(job)


async def _opened(services: Services, stack: AsyncExitStack, source: str, exchange: str | None) -> VenueHistory:
    """Raises NotFound, and Unavailable where the source cannot be used."""
    try:
        return await stack.enter_async_context(services.open_history(source, exchange))
    except NotFound:
        raise
    except InputError as error:
        raise Unavailable(str(error)) from error


class _Work:
    """One job."""

    job_id = ""

    def __init__(
        self, services: Services, history: VenueHistory, wanted: Wanted, connection: AsyncExitStack, corr_id: str
    ) -> None:
        self._services, self._history, self._wanted = services, history, wanted
        self._connection, self._corr_id = connection, corr_id
        self._events = EventFactory(producer="data", now=services.now, new_id=services.new_id)
        self._newest: tuple[str, float] | None = None

    async def done(self, report: Report) -> Mapping[str, Any]:
        """Fetch, store, and say so in the log."""

        def tell(step: Step) -> None:
            self._newest = (step.symbol, step.share)
            report(f"{step.symbol}: {step.waits}" if step.waits else step.symbol, step.share)

        services = self._services
        async with self._connection, in_background(self._told()):
            found = await fetch(
                self._history, services.bars, self._wanted, off_loop=services.threads.changes.do, wait=services.wait,
                report=tell,
            )  # fmt: skip
        await self._tell_stored(found)
        return FetchResponse.of(found).model_dump(mode="json")

    async def _told(self) -> None:
        told = None
        while True:
            await self._services.wait(PROGRESS_SECONDS)
            if self._newest is not None and self._newest != told:
                symbol, share = told = self._newest
                payload = DataFetchProgress(job_id=self.job_id, symbol=symbol, fraction=share)
                await self._services.log.append([self._events.event(payload, corr_id=self._corr_id)])

    async def _tell_stored(self, found: Sequence[Fetched]) -> None:
        entries = [one.outcome.outcome.entry for one in found if isinstance(one.outcome, Imported)]
        payloads = [
            DataImported(
                symbol=entry.symbol, timeframe=str(entry.timeframe), bars=entry.rows, content_hash=entry.content_hash
            )
            for entry in entries
        ]
        if payloads:
            await self._services.log.append(
                [self._events.event(payload, corr_id=self._corr_id) for payload in payloads]
            )
