"""Lists of orders and fills, of all runs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from fastapi import Query as Parameter

from weaver.glados.api.lists.page_text import page_text
from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.runs.lookup import existing_run
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.ports import Page, Query, Row
from weaver.glados.schemas.base import Identifier, PageOf
from weaver.glados.schemas.trading.orders import FillResponse, OrderResponse, OrderSide, TradedMode
from weaver.glados.services import Services
from weaver.model.orders.status import OrderStatus

SymbolParameter = Annotated[list[Identifier] | None, Parameter(description="Any of these.")]
SideParameter = Annotated[list[OrderSide] | None, Parameter(description="Any of these.")]
StatusParameter = Annotated[list[OrderStatus] | None, Parameter(description="Any of these.")]
RunParameter = Annotated[Identifier | None, Parameter(description="Only this run's.")]
VenueParameter = Annotated[list[Identifier] | None, Parameter(description="At any of these; no backtest's.")]
ModeParameter = Annotated[list[TradedMode] | None, Parameter(description="In any of these; no backtest's.")]
OrderParameter = Annotated[list[Identifier] | None, Parameter(description="Of any of these orders.")]

router = APIRouter(tags=["orders"])


@router.get("/orders", response_model=PageOf[OrderResponse], responses=responses(400, 404))
async def list_orders(
    services: ServicesDep,
    paging: PagingDep,
    run_id: RunParameter = None,
    symbol: SymbolParameter = None,
    side: SideParameter = None,
    status: StatusParameter = None,
    venue: VenueParameter = None,
    mode: ModeParameter = None,
    client_order_id: Annotated[list[Identifier] | None, Parameter(description="Any of these.")] = None,
    parent_id: Annotated[list[Identifier] | None, Parameter(description="Legs of any of these entries.")] = None,
    sort: SortParameter = None,
) -> Response:
    """The orders of all runs and of people, or of one run."""
    filters = {
        "symbol": symbol, "side": side, "status": status, "venue": venue, "mode": mode,
        "client_order_id": client_order_id, "parent_id": parent_id,
    }  # fmt: skip
    found = await _rows(services, "orders", run_id, paging.query(filters, sort))
    return await page_text(services, found, lambda row: OrderResponse(**row), paging)


@router.get("/fills", response_model=PageOf[FillResponse], responses=responses(400, 404))
async def list_fills(
    services: ServicesDep,
    paging: PagingDep,
    run_id: RunParameter = None,
    order_id: OrderParameter = None,
    symbol: SymbolParameter = None,
    side: SideParameter = None,
    venue: VenueParameter = None,
    mode: ModeParameter = None,
    sort: SortParameter = None,
) -> Response:
    """The fills of all runs and of people's orders, or of one run."""
    filters = {"symbol": symbol, "side": side, "order_id": order_id, "venue": venue, "mode": mode}
    found = await _rows(services, "fills", run_id, paging.query(filters, sort))
    return await page_text(services, found, lambda row: FillResponse(**row), paging)


async def _rows(services: Services, table: Literal["orders", "fills"], run_id: str | None, query: Query) -> Page[Row]:
    """Raises NotFound where nothing was found of a run or a venue that there is not: rows of a venue whose adapter was
    taken away are still shown."""
    async with services.database.transaction() as transaction:
        found = await transaction.records.rows(table, run_id, query)
        if not found.total and run_id is not None:
            await existing_run(transaction, run_id)
    if not found.total:
        for venue in query.filters.get("venue", ()):
            services.trading.check_venue(venue)
    return found
