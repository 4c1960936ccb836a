"""Instruments: the facts of every symbol in the bar store."""

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query

from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.lists.sorting import sorted_by
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import PageOf
from weaver.glados.schemas.market.data import ActionResponse, InstrumentResponse
from weaver.model.errors import Damaged, NotFound
from weaver.model.market.instrument import AssetClass
from weaver.walle.bars.folder.catalogue import CatalogueEntry, corporate_action_json
from weaver.walle.bars.store import ParquetBarStore

router = APIRouter(tags=["data"])


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
