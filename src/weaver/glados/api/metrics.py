"""What Prometheus asks for."""

from collections.abc import Mapping
from typing import cast

from fastapi import APIRouter, Request, Response

from weaver.glados.metrics import CONTENT_TYPE, Metrics
from weaver.glados.ports import Database, Query
from weaver.glados.services import ServicesDep
from weaver.glados.sse import Hub
from weaver.model.run import RunStatus

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' format."}},
)
async def get_metrics(request: Request, services: ServicesDep) -> Response:
    """Requests, runs, workers, streams and the event log, in numbers."""
    metrics, hub = cast(Metrics, request.app.state.metrics), cast(Hub, request.app.state.hub)
    newest = (await services.log.bounds()).newest
    text = metrics.text(
        runs=await _runs_by_status(services.database),
        load=services.runs.load,
        clients=hub.client_count,
        lag=max(newest - hub.last_seq, 0) if hub.last_seq else 0,
    )
    return Response(text, media_type=CONTENT_TYPE)


async def _runs_by_status(database: Database) -> Mapping[RunStatus, int]:
    async with database.transaction() as transaction:
        return {
            status: (await transaction.runs.list(Query(filters={"status": (status,)}, page_size=1))).total
            for status in RunStatus
        }
