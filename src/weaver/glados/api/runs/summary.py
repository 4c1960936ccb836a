"""A run's record as people read it: its figures in all or of one day, and its report."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse

from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.glados.api.runs.live import live_positions, live_record, live_result
from weaver.glados.api.runs.lookup import RunId, kept_blob, stored_result, traded_run
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.live.figures.report import report_of
from weaver.glados.live.figures.stretch import Stretch, stretch_of
from weaver.glados.schemas.base import Day
from weaver.glados.schemas.runs.results import Sampling
from weaver.glados.schemas.runs.summary import Notice, OrderCounts, RunSummaryResponse
from weaver.glados.services import Services
from weaver.glados.stored.blobs import REPORT, decode_report
from weaver.model.calendar.instants import time_of
from weaver.model.errors import InputError, NotFound
from weaver.model.numbers.money import plain
from weaver.model.run import Run

NOTICES_MAX = 100
NOTICES = (
    "run.Halted", "run.Error", "risk.Refused", "risk.LimitBreached", "risk.Unprotected", "risk.ProtectionRestored",
    "market.BarLate", "market.BarCorrected", "orders.Rejected",
)  # fmt: skip
"""Events that a summary tells of."""
REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The page's own scripts run, in an origin of their own: they reach neither the network nor the API."""
DayParameter = Annotated[Day | None, Parameter(description="One session of the run alone; left out: all of it so far.")]

router = APIRouter(prefix="/runs/{run_id}", tags=["results"])


@router.get("/summary", responses=responses(404))
async def get_summary(run_id: RunId, services: ServicesDep, day: DayParameter = None) -> RunSummaryResponse:
    """What a paper or live run came to, in all so far or on one day, while it trades and afterwards; 404 before it has
    begun, for a day that it has nothing on, and for a backtest. A day's notices are those recorded on it."""
    run = await traded_run(services, run_id)
    if run is None:
        raise NotFound(
            f"run {run_id} is a backtest, which has no days: GET /api/v1/runs/{run_id}/results has its figures"
        )
    found = await live_result(services, run)
    stretch = await services.threads.results.do(stretch_of, found, day)
    notices, total = await _notices(services, run_id, day)
    return await services.threads.results.do(_summary, run, stretch, notices, total)


@router.get(
    "/report.html",
    response_class=HTMLResponse,
    responses={
        **responses(400, 404),
        200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "The page."},
    },
)
async def get_report(
    run_id: RunId,
    services: ServicesDep,
    day: DayParameter = None,
    accept_encoding: Annotated[str, Header(description="The page is stored with gzip, and sent so if it may be.")] = "",
) -> Response:
    """Its report, a page that needs nothing else; 404 while there is none. Of a paper or live run: as it stands now, or
    of one of its days."""
    headers = {"Content-Security-Policy": REPORT_POLICY, "X-Frame-Options": "SAMEORIGIN", "Vary": "Accept-Encoding"}
    if (run := await traded_run(services, run_id)) is not None:
        return HTMLResponse(await _live_report(services, run, day), headers=headers)
    if day is not None:
        raise InputError(f"run {run_id} is a backtest, which has no days: leave `day` out")
    blob = kept_blob(await stored_result(services, run_id, REPORT), REPORT)
    if "gzip" in accept_encoding.lower():
        return HTMLResponse(blob, headers={**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(await services.threads.results.do(decode_report, blob), headers=headers)


async def _live_report(services: Services, run: Run, day: date | None) -> str:
    found = await live_result(services, run)
    warmups = await services.live_results.warmups(found)
    notices, _ = await _notices(services, run.id, day)

    def made() -> str:
        told = [(one.type, one.text) for one in map(Notice.of, notices)]
        record = live_record(run, found, warmups).model_dump(mode="json", by_alias=True)
        return report_of(stretch_of(found, day), mode=run.mode, record=record, warnings=told)

    return await services.threads.results.do(made)


async def _notices(services: Services, run_id: str, day: date | None) -> tuple[list[Event], int]:
    """The newest, in order, and how many there are."""
    wanted = EventFilter(types=NOTICES, run_id=run_id)
    total = await services.log.count(wanted)
    if day is None:
        return [*await services.log.read(wanted, limit=NOTICES_MAX, skip=max(total - NOTICES_MAX, 0))], total
    events = [one for one in await services.log.read(wanted, limit=max(total, 1)) if one.ts.date() == day]
    return events[-NOTICES_MAX:], len(events)


def _summary(run: Run, stretch: Stretch, notices: list[Event], total: int) -> RunSummaryResponse:
    first, last = (time_of(stretch.points[k].time) if stretch.points else None for k in (0, -1))
    slippage = stretch.slippage
    return RunSummaryResponse(
        run_id=run.id,
        name=run.name,
        strategy_id=run.strategy_id,
        mode=run.mode,
        status=run.status,
        symbols=list(run.symbols),
        day=stretch.day,
        first=first,
        last=last,
        sampled=Sampling(interval=stretch.found.setup.timeframe, rows=len(stretch.points)),
        start_equity=plain(stretch.initial),
        end_equity=plain(stretch.equity),
        pnl=plain(stretch.pnl),
        total_return=float(stretch.pnl / stretch.initial) if stretch.initial else None,
        realised_pnl=plain(stretch.realised_pnl),
        unrealised_pnl=plain(stretch.unrealised_pnl),
        orders=OrderCounts(total=len(stretch.orders), by_status=stretch.order_counts),
        fills=len(stretch.fills),
        trades=len(stretch.trades),
        wins=sum(one.pnl > 0 for one in stretch.trades),
        commission=plain(stretch.commission),
        slippage=None if slippage is None else plain(slippage),
        exposure=stretch.exposure,
        max_drawdown=stretch.max_drawdown,
        positions=live_positions(stretch.holdings),
        notices=[Notice.of(one) for one in notices],
        notices_total=total,
        started_at=run.started_at,
        ended_at=run.completed_at or run.stopped_at,
    )
