"""Holding a paper or live run against what it should have done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, Response

from weaver.glados.api.runs.lookup import RunId, existing_run
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.jobs import Report
from weaver.glados.schemas.market.jobs import JobResponse
from weaver.glados.schemas.runs.parity import DriftResponse, ParityResponse, ReplayResponse
from weaver.glados.services import Services
from weaver.model.errors import NotFound
from weaver.model.run import Run

router = APIRouter(prefix="/runs/{run_id}", tags=["parity"])
Look = Callable[[Run, Report], Awaitable[Mapping[str, Any]]]
Kept = TypeVar("Kept", ReplayResponse, DriftResponse)


@router.post("/replay", status_code=201, responses=responses(404, 409))
async def replay_run(run_id: RunId, services: ServicesDep, response: Response, corr_id: CorrelationId) -> JobResponse:
    """Feed what was recorded of a paper or live run to its strategy once more, up to the newest tick, and compare every
    decision: a job, whose `result` is a ReplayResponse. 409: a backtest, or a run that has not begun."""

    async def look(run: Run, report: Report) -> Mapping[str, Any]:
        return ReplayResponse.of(await services.parity.replay(run, report=report)).model_dump(mode="json")

    return await _submitted(services, response, run_id, "run.replay", look, corr_id)


@router.post("/drift", status_code=201, responses=responses(404, 409))
async def drift_run(run_id: RunId, services: ServicesDep, response: Response, corr_id: CorrelationId) -> JobResponse:
    """Backtest a paper or live run's strategy on the bars that it was given, with the costs that it assumes, and hold
    orders, fill prices and P&L side by side: a job, whose `result` is a DriftResponse. 409: a backtest, or a run that
    has not begun."""

    async def look(run: Run, report: Report) -> Mapping[str, Any]:
        return DriftResponse.of(await services.parity.drift(run, report=report)).model_dump(mode="json")

    return await _submitted(services, response, run_id, "run.drift", look, corr_id)


@router.get("/parity", responses=responses(404))
async def get_parity(run_id: RunId, services: ServicesDep) -> ParityResponse:
    """What its newest replay and its newest drift came to, each null where there was none."""
    known = await _known(services, run_id)
    parity = services.parity
    return ParityResponse(replay=await parity.newest_replay(known), drift=await parity.newest_drift(known))


@router.get("/replay", responses=responses(404))
async def get_replay(run_id: RunId, services: ServicesDep) -> ReplayResponse:
    """What its newest replay came to; 404 where there was none."""
    return _kept(await services.parity.newest_replay(await _known(services, run_id)), run_id, "replay")


@router.get("/drift", responses=responses(404))
async def get_drift(run_id: RunId, services: ServicesDep) -> DriftResponse:
    """What its newest drift came to; 404 where there was none."""
    return _kept(await services.parity.newest_drift(await _known(services, run_id)), run_id, "drift")


async def _known(services: Services, run_id: str) -> str:
    """The id of a run that is there. Raises NotFound."""
    async with services.database.transaction() as transaction:
        return (await existing_run(transaction, run_id)).id


def _kept(found: Kept | None, run_id: str, kind: str) -> Kept:
    """What there is. Raises NotFound."""
    if found is None:
        raise NotFound(f"no {kind} of run {run_id} was made yet: POST /api/v1/runs/{run_id}/{kind} makes one")
    return found


async def _submitted(
    services: Services, response: Response, run_id: str, kind: str, look: Look, corr_id: str
) -> JobResponse:
    """A job, once it is clear that there is something to look at. Raises NotFound and Conflict."""
    async with services.database.transaction() as transaction:
        run = await existing_run(transaction, run_id)
    await services.parity.check(run)

    async def work(report: Report) -> Mapping[str, Any]:
        return await look(run, report)

    job = services.jobs.submit(kind, work, corr_id=corr_id, clean_up=lambda: None)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobResponse.of(job)
