"""Whether the server is well."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from fastapi import APIRouter, Response

from weaver.glados.application import ServicesDep
from weaver.glados.schemas.server.health import Check, Checks, HealthResponse, HealthStatus, Venue, VenueState
from weaver.glados.services import Services
from weaver.model.errors import WeaverError
from weaver.walle.bars.damage import ListedSeries

PATIENCE_SECONDS = 3.0
LOOK_BYTES_MAX = 64 * 1024 * 1024
"""So many bytes of files that have changed since anybody looked are read for one answer."""
_TRIED_BYTES = 64 * 1024
T = TypeVar("T")
_OK = Check(ok=True, message=None)
_UNTOLD = "a channel did not take its last notification: GET /settings says which, and why"

router = APIRouter(tags=["operation"])
_log = structlog.get_logger("weaver.glados.health")


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", responses={503: {"model": HealthResponse, "description": "Not ready; `checks` says why."}})
async def get_health(services: ServicesDep, response: Response) -> HealthResponse:
    """Whether the server works. Open without a token, and shows nothing that would need one. 503: it is not ready."""
    checks = await _checks(services)
    parts = (checks.database, checks.event_log, checks.bar_store, checks.workers, checks.disk, checks.notifications)
    response.status_code = 200 if checks.database.ok else 503
    return HealthResponse(
        status=HealthStatus.OK if all(part.ok for part in parts) else HealthStatus.DEGRADED,
        version=services.facts.version,
        storage=services.database.storage,
        durable=services.database.storage != "memory",
        read_only=not services.is_owner(),
        venues=_venues(services),
        checks=checks,
    )


def _venues(services: Services) -> list[Venue]:
    """None is asked: this answer waits for no venue. Why one is down is shown to those who are signed in."""
    states = dict.fromkeys(services.trading.problems, VenueState.DOWN)
    states |= {
        name: VenueState.CONNECTED for name, one in services.trading.accounts.items() if not one.adapter.is_replay
    }
    return [
        Venue(id=name.rpartition(" ")[0], mode=name.rpartition(" ")[2], state=state) for name, state in states.items()
    ]


async def _checks(services: Services) -> Checks:
    database, event_log, bar_store = await asyncio.gather(
        _check("database", services.database.ping),
        _check("event log", services.log.bounds),
        _check(
            "bar store", lambda: services.threads.health.do(services.bars.listing, bytes_max=LOOK_BYTES_MAX), _whole
        ),
    )
    is_ready = services.runs.load.is_ready
    workers = _OK if is_ready else Check(ok=False, message="no backtest can be worked on: see the server's log")
    disk = await _disk(services)
    failing = services.notifier.failing
    notifications = _OK if not failing else Check(ok=False, message=_UNTOLD)
    return Checks(
        database=database, event_log=event_log, bar_store=bar_store, workers=workers, disk=disk,
        notifications=notifications,
    )  # fmt: skip


async def _disk(services: Services) -> Check:
    """Whether something can be written at all, and whether the database keeps it."""
    if services.database.write_fault is not None:
        _log.warning("check failed", part="disk", reason=services.database.write_fault)
        return Check(ok=False, message="the last change was not kept: see the server's log, and to the disk")
    return await _check("disk", lambda: services.threads.health.do(_try_to_write))


def _try_to_write() -> None:
    """Raises OSError where the disk of the home does not take a few pages."""
    with tempfile.TemporaryFile(buffering=0) as file:  # in the folder of uploads, which the root has set
        file.write(bytes(_TRIED_BYTES))


def _whole(series: Sequence[ListedSeries]) -> Check:
    """Anybody may read this answer, so it names none of them."""
    if all(one.damaged is None for one in series):
        return _OK
    return Check(ok=False, message="stored bars are damaged: GET /data says which, and what to do")


async def _check(
    name: str, ask: Callable[[], Awaitable[T]], judge: Callable[[T], Check] = lambda _answer: _OK
) -> Check:
    """What went wrong goes to the log only: anybody may read this answer."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await ask()
    except (WeaverError, OSError) as error:  # a timeout is an OSError too
        _log.warning("check failed", part=name, reason=str(error) or type(error).__name__)
        return Check(ok=False, message=f"the {name} does not answer: see the server's log")
    return judge(answer)
