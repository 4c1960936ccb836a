"""Strategies: which there are, what they take, and their source."""

from typing import Annotated

from fastapi import APIRouter, Path

from weaver.events.factory import EventFactory
from weaver.events.payloads import StrategyCatalogChanged
from weaver.glados.api.lists.paging import PagingDep
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.known_strategies import CatalogueChanges
from weaver.glados.schemas.base import Identifier, PageOf
from weaver.glados.schemas.runs.strategies import RescanResponse, StrategyResponse, StrategySourceResponse
from weaver.glados.services import Services
from weaver.marvin.plugins.catalogue import StrategyEntry
from weaver.model.errors import NotFound

router = APIRouter(tags=["strategies"])

StrategyId = Annotated[Identifier, Path(description="A strategy's id, as GET /strategies lists it.")]


@router.get("/strategies")
async def list_strategies(services: ServicesDep, paging: PagingDep) -> PageOf[StrategyResponse]:
    """Every strategy that can be run, built-in ones first, and every file that cannot, with its error."""
    page = paging.cut(await services.threads.strategies.do(services.catalogue.entries))
    return paging.of([StrategyResponse.of(entry) for entry in page.items], page.total)


@router.get("/strategies/{strategy_id}", responses=responses(404))
async def get_strategy(services: ServicesDep, strategy_id: StrategyId) -> StrategyResponse:
    """One strategy."""
    return StrategyResponse.of(await _entry(services, strategy_id))


@router.get("/strategies/{strategy_id}/source", responses=responses(400, 404))
async def get_strategy_source(services: ServicesDep, strategy_id: StrategyId) -> StrategySourceResponse:
    """The text of its file, also of a broken one that is text; of none that lies outside the strategies' folders."""
    entry = await _entry(services, strategy_id)
    source = await services.threads.strategies.do(entry.source)
    return StrategySourceResponse(
        id=entry.id, file=entry.path.name, class_name=entry.class_name, source=source.text, source_hash=source.hash
    )


@router.post("/strategies/rescan", responses=responses(409))
async def rescan_strategies(services: ServicesDep, corr_id: CorrelationId) -> RescanResponse:
    """Look through the folders again. Lists and runs always see the files as they are; this tells what is new since
    the last rescan (or the server's start), here and by an event `strategy.CatalogChanged`."""

    async def tell(changes: CatalogueChanges) -> None:
        payload = StrategyCatalogChanged(added=changes.added, changed=changes.changed, removed=changes.removed)
        events = EventFactory(producer="catalogue", now=services.now, new_id=services.new_id)
        await services.log.append([events.event(payload, corr_id=corr_id)])

    changes = await services.known_strategies.look(tell)
    return RescanResponse(
        added=list(changes.added),
        changed=list(changes.changed),
        removed=list(changes.removed),
        total=changes.total,
    )


async def _entry(services: Services, strategy_id: str) -> StrategyEntry:
    """The entry with that id, the usable one of several. It is only ever compared: no path is made of it."""
    entries = await services.threads.strategies.do(services.catalogue.entries)
    matches = [entry for entry in entries if entry.id == strategy_id]
    if not matches:
        raise NotFound(f"there is no strategy {strategy_id!r}: GET /strategies lists them")
    return next((entry for entry in matches if entry.error is None), matches[0])
