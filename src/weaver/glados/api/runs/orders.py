"""Orders and fills, of all runs."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Query as Parameter

from weaver.glados.api.lists.page_text import page_text
from weaver.glados.api.lists.paging import PagingDep, SortParameter
from weaver.glados.api.runs.lookup import existing_run
from weaver.glados.api.server.venues import NO_VENUE
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier, PageOf
from weaver.glados.schemas.orders import FillResponse, OrderResponse, OrderSide, PlaceOrderRequest
from weaver.model.errors import Conflict, NotFound, Unavailable
from weaver.model.orders.status import OrderStatus
from weaver.model.run import RunMode, RunStatus

SymbolParameter = Annotated[list[Identifier] | None, Parameter(description="Any of these.")]
SideParameter = Annotated[list[OrderSide] | None, Parameter(description="Any of these.")]
StatusParameter = Annotated[list[OrderStatus] | None, Parameter(description="Any of these.")]
RunParameter = Annotated[Identifier | None, Parameter(description="Only this run's.")]
OrderParameter = Annotated[list[Identifier] | None, Parameter(description="Of any of these orders.")]

router = APIRouter(tags=["orders"])


@router.get("/orders", response_model=PageOf[OrderResponse], responses=responses(400))
async def list_orders(
    services: ServicesDep,
    paging: PagingDep,
    run_id: RunParameter = None,
    symbol: SymbolParameter = None,
    side: SideParameter = None,
    status: StatusParameter = None,
    sort: SortParameter = None,
) -> Response:
    """The orders of all runs, or of one."""
    query = paging.query({"symbol": symbol, "side": side, "status": status}, sort)
    async with services.database.transaction() as transaction:
        found = await transaction.records.rows("orders", run_id, query)
    return await page_text(services, found, lambda row: OrderResponse(**row), paging)


@router.get("/orders/{order_id}", responses=responses(404))
async def get_order(
    order_id: Annotated[Identifier, Path(description="The order's id.")], services: ServicesDep
) -> OrderResponse:
    """One order."""
    async with services.database.transaction() as transaction:
        row = await transaction.records.find_row("orders", order_id)
    if row is None:
        raise NotFound(f"there is no order {order_id!r}: GET /api/v1/orders lists them")
    return OrderResponse(**row)


@router.post("/orders", status_code=201, responses=responses(400, 404, 409))
async def place_order(body: PlaceOrderRequest, services: ServicesDep) -> OrderResponse:
    """Place an order with a venue. 503 while there is none; 409 where the run is not running, or is a backtest."""
    if body.run_id is not None:
        async with services.database.transaction() as transaction:
            run = await existing_run(transaction, body.run_id)
        if run.mode is RunMode.BACKTEST:
            raise Conflict(f"run {run.id} is a backtest: only its own strategy places orders in it")
        if run.status is not RunStatus.RUNNING:
            raise Conflict(f"run {run.id} is {run.status}: orders can be placed while it is running")
    raise Unavailable(NO_VENUE)


@router.get("/fills", response_model=PageOf[FillResponse], responses=responses(400))
async def list_fills(
    services: ServicesDep,
    paging: PagingDep,
    run_id: RunParameter = None,
    order_id: OrderParameter = None,
    symbol: SymbolParameter = None,
    side: SideParameter = None,
    sort: SortParameter = None,
) -> Response:
    """The fills of all runs, or of one."""
    query = paging.query({"symbol": symbol, "side": side, "order_id": order_id}, sort)
    async with services.database.transaction() as transaction:
        found = await transaction.records.rows("fills", run_id, query)
    return await page_text(services, found, lambda row: FillResponse(**row), paging)
