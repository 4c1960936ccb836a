"""Creating, starting, stopping and removing runs."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from fastapi import Query as Parameter

from weaver.glados.api.lists.page_text import page_text
from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.runs.listing import figures_of
from weaver.glados.api.runs.lookup import RunId, existing_run
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier, PageOf
from weaver.glados.schemas.runs.runs import (
    CreateRunRequest,
    ListedRunResponse,
    RunDetailResponse,
    RunResponse,
    StartRunRequest,
    StopRunRequest,
)
from weaver.model.run import RunMode, RunStatus

router = APIRouter(prefix="/runs", tags=["runs"])


@router.get("", response_model=PageOf[ListedRunResponse], responses=responses(400))
async def list_runs(
    services: ServicesDep,
    paging: PagingDep,
    status: Annotated[list[RunStatus] | None, Parameter(description="Any of these.")] = None,
    mode: Annotated[list[RunMode] | None, Parameter(description="Any of these.")] = None,
    strategy_id: Annotated[list[Identifier] | None, Parameter(description="Any of these.")] = None,
    name: Annotated[list[Identifier] | None, Parameter(description="Any of these, exactly.")] = None,
    sort: SortParameter = None,
) -> Response:
    """The runs, newest first unless sorted: by a field, or by a figure of completed backtests (`total_return`,
    `sharpe`, `max_drawdown`, `trades`), with which runs that have none come last in either direction."""
    filters = {"status": status, "mode": mode, "strategy_id": strategy_id, "name": name}
    async with services.database.transaction() as transaction:
        found = await transaction.runs.list(paging.query(filters, sort))
        figures = await figures_of(transaction, found.items)
    return await page_text(services, found, lambda run: ListedRunResponse.listed(run, figures.get(run.id)), paging)


@router.post("", status_code=201, responses=responses(400, 409))
async def create_run(body: CreateRunRequest, services: ServicesDep, corr_id: CorrelationId) -> RunDetailResponse:
    """Create a pending run. The strategy's source is pinned now; 503: the mode needs a venue that is not there."""
    return RunDetailResponse.of(await services.runs.create(body.to_new_run(), corr_id=corr_id))


@router.get("/{run_id}", responses=responses(404))
async def get_run(run_id: RunId, services: ServicesDep) -> RunDetailResponse:
    """One run, with the source that it runs."""
    async with services.database.transaction() as transaction:
        return RunDetailResponse.of(await existing_run(transaction, run_id))


@router.delete("/{run_id}", status_code=204, responses=responses(404, 409))
async def delete_run(run_id: RunId, services: ServicesDep, corr_id: CorrelationId) -> None:
    """Remove a run with its whole record; 409 while it is running, or still holds something at its venue."""
    await services.runs.delete(run_id, corr_id=corr_id)


@router.post("/{run_id}/start", responses=responses(400, 404, 409))
async def start_run(
    run_id: RunId,
    services: ServicesDep,
    corr_id: CorrelationId,
    body: Annotated[StartRunRequest | None, Body()] = None,
) -> RunResponse:
    """Start a pending run and answer at once; follow it by events, or by asking for it again."""
    confirm = body.confirm if body else None
    return RunResponse.of(await services.runs.start(run_id, confirm=confirm, corr_id=corr_id))


@router.post("/{run_id}/stop", responses=responses(400, 404, 409))
async def stop_run(
    run_id: RunId,
    services: ServicesDep,
    corr_id: CorrelationId,
    body: Annotated[StopRunRequest | None, Body()] = None,
) -> RunResponse:
    """Stop a running run; answers when it is stopped. One that trades cancels its orders first, and closes its
    positions with `flatten`: where that takes longer than ten seconds, the answer is the run as it is, still running,
    and its events tell the rest. Of a run that is over, `flatten` closes what it has left at its venue."""
    flatten = body.flatten if body else False
    return RunResponse.of(await services.runs.stop(run_id, flatten=flatten, corr_id=corr_id))


@router.post("/{run_id}/clone", status_code=201, responses=responses(400, 404, 409))
async def clone_run(run_id: RunId, services: ServicesDep, corr_id: CorrelationId) -> RunDetailResponse:
    """A new pending run with the same settings and the same source."""
    return RunDetailResponse.of(await services.runs.clone(run_id, corr_id=corr_id))
