"""What Prometheus asks for."""

import asyncio
from collections.abc import Mapping

import structlog
from fastapi import APIRouter, Response

from weaver.glados.api.server.health import PATIENCE_SECONDS
from weaver.glados.application import ServicesDep
from weaver.glados.metrics import CONTENT_TYPE, Stored
from weaver.glados.ports import Database, Query
from weaver.glados.services import Services
from weaver.model.errors import Unavailable
from weaver.model.run import RunStatus

router = APIRouter(tags=["operation"])
_log = structlog.get_logger("weaver.glados.metrics")


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' format."}},
)
async def get_metrics(services: ServicesDep) -> Response:
    """Requests, runs, workers, streams and the event log, in numbers. While the database does not answer, those that
    only it knows (`weaver_runs`, `weaver_log_lag_events`) are left out, and `weaver_database_up` is 0."""
    stored = await _stored(services)
    text = services.metrics.text(stored=stored, load=services.runs.load, clients=services.hub.client_count)
    return Response(text, media_type=CONTENT_TYPE)


async def _stored(services: Services) -> Stored | None:
    """What the database tells; None where it does not, or takes longer than whoever asks would wait."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            newest = (await services.log.bounds()).newest
            runs = await _runs_by_status(services.database)
    except (Unavailable, TimeoutError) as error:
        _log.warning("metrics of the database left out", reason=str(error) or type(error).__name__)
        return None
    handed_out = services.hub.last_seq
    return Stored(runs=runs, lag=max(newest - handed_out, 0) if handed_out else 0)


async def _runs_by_status(database: Database) -> Mapping[RunStatus, int]:
    async with database.transaction() as transaction:
        return {
            status: (await transaction.runs.list(Query(filters={"status": (status,)}, page_size=1))).total
            for status in RunStatus
        }
