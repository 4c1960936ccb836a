"""Instruments: the facts of every symbol in the bar store."""

from collections.abc import Mapping
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.lists.sorting import sorted_by
from weaver.glados.api.market.owner import check_owner
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier, PageOf
from weaver.glados.schemas.market.data import ActionResponse, FactsRequest, InstrumentResponse
from weaver.model.errors import Damaged, NotFound
from weaver.model.facts import Facts
from weaver.model.market.instrument import AssetClass
from weaver.walle.bars.folder.catalogue import CatalogueEntry, corporate_action_json
from weaver.walle.bars.store import ParquetBarStore

router = APIRouter(tags=["data"])
SymbolPath = Annotated[Identifier, PathParameter(description="A stored symbol; it may have a slash in it.")]


@router.get("/instruments", responses=responses(400))
async def list_instruments(
    services: ServicesDep,
    paging: PagingDep,
    asset_class: Annotated[AssetClass | None, Query(description="Only those of this class.")] = None,
    sort: SortParameter = None,
) -> PageOf[InstrumentResponse]:
    """Every symbol of the bar store whose facts are known (GET /data has the damaged ones too).

    `sort`: symbol (the default), asset_class or quote_currency."""
    entries = await services.threads.catalogue.do(services.bars.catalogue)
    symbols = [list(series) for _, series in groupby(entries, key=lambda entry: entry.symbol)]
    wanted = [series for series in symbols if asset_class in {None, series[0].instrument.asset_class}]
    columns = {
        "symbol": lambda series: series[0].symbol,
        "asset_class": lambda series: series[0].instrument.asset_class.value,
        "quote_currency": lambda series: series[0].instrument.quote_currency,
    }
    page = paging.cut(sorted_by(wanted, sort, columns))
    items = await services.threads.catalogue.do(lambda: [_instrument(services.bars, series) for series in page.items])
    return paging.of(items, page.total)


@router.get("/instruments/{symbol:path}", responses=responses(400, 404))
async def show_instrument(services: ServicesDep, symbol: SymbolPath) -> InstrumentResponse:
    """The facts of a symbol of the bar store."""
    return await services.threads.catalogue.do(_found, services.bars, symbol)


@router.put("/instruments/{symbol:path}", responses=responses(400, 404, 409))
async def set_instrument(services: ServicesDep, symbol: SymbolPath, body: FactsRequest) -> InstrumentResponse:
    """Give a stored symbol facts: later runs on its bars go by them. Its bars end by the calendar that it has then."""
    check_owner(services)
    return await services.threads.changes.do(_given, services.bars, symbol, body.model_dump(exclude_none=True))


def _given(store: ParquetBarStore, symbol: str, given: Mapping[str, Any]) -> InstrumentResponse:
    numbers = {**given}
    maintained = numbers.pop("maintenance_margin", None)
    if maintained is not None:
        numbers["margin"] = f"{numbers.get('margin') or store.instrument(symbol).margin or ''}/{maintained}"
    store.set_facts(symbol, Facts.parse(**numbers))
    return _found(store, symbol)


def _found(store: ParquetBarStore, symbol: str) -> InstrumentResponse:
    store.instrument(symbol)
    return _instrument(store, [entry for entry in store.catalogue() if entry.symbol == symbol])


def _instrument(store: ParquetBarStore, series: list[CatalogueEntry]) -> InstrumentResponse:
    try:
        actions = store.actions(series[0].symbol)
    except (NotFound, Damaged):  # deleted, or damaged, a moment ago
        actions = ()
    return InstrumentResponse.of(
        series[0].instrument,
        [str(entry.timeframe) for entry in series],
        [ActionResponse.model_validate(corporate_action_json(action)) for action in actions],
    )
