"""Orders by hand: placed, looked at, replaced, cancelled."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from weaver.glados.api.runs.lookup import existing_run
from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import responses
from weaver.glados.ports import Query, Row
from weaver.glados.schemas.base import Identifier
from weaver.glados.schemas.trading.orders import (
    ChangeOrderRequest,
    FillResponse,
    OrderDetailResponse,
    PlaceOrderRequest,
    SubmissionResponse,
)
from weaver.glados.services import Services
from weaver.model.errors import Conflict, NotFound, Unavailable
from weaver.model.numbers.money import plain
from weaver.model.run import RunMode, RunStatus
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.orders.submission import Submission
from weaver.veda.service import account_name

FILLS_MAX = 10_000
OrderId = Annotated[Identifier, Path(description="The order's id.")]

router = APIRouter(tags=["orders"])


@router.get("/orders/{order_id}", responses=responses(404))
async def get_order(order_id: OrderId, services: ServicesDep) -> OrderDetailResponse:
    """One order, with what was sent to its venue for it, and its fills."""
    return await _shown(services, order_id)


@router.post(
    "/orders",
    status_code=201,
    responses={
        **responses(400, 404, 409),
        200: {"model": OrderDetailResponse, "description": "The same was ordered before: nothing is sent."},
    },
)
async def place_order(
    body: PlaceOrderRequest, services: ServicesDep, response: Response, corr_id: CorrelationId
) -> OrderDetailResponse:
    """Place an order. It is answered when it is written down, and then sent: the order's events, and its `status`,
    tell what the venue makes of it. 409 where the run is not running, a limit, halt or the kill switch forbids it, or
    the client order id is another order's; 503 where the venue does not answer."""
    name = await _account_of(services, body)
    ticket = body.to_ticket()
    asked = ticket.as_json(body.run_id)
    known = await services.desk.placed_before(name, body.client_order_id, asked)
    if known is not None:
        response.status_code = 200
        return await _shown(services, known)
    account = await services.trading.of_order(name)
    taken = await services.desk.place(ticket, account, body.run_id, corr_id=corr_id)
    response.status_code = 201 if taken.is_new else 200
    return await _shown(services, taken.order_id)


@router.patch("/orders/{order_id}", responses=responses(400, 404, 409))
async def change_order(
    order_id: OrderId, body: ChangeOrderRequest, services: ServicesDep, corr_id: CorrelationId
) -> OrderDetailResponse:
    """Replace an order by one that differs; the answer is the new order. 409 where it is over."""
    name, changes = await _place_of(services, order_id), body.to_changes()
    known = await services.desk.placed_before(name, body.client_order_id, changes.as_json(order_id))
    if known is not None:
        return await _shown(services, known)
    account = await services.trading.of_order(name)
    return await _shown(services, await services.desk.replace(order_id, changes, account, corr_id=corr_id))


@router.delete("/orders/{order_id}", responses=responses(404, 409))
async def cancel_order(order_id: OrderId, services: ServicesDep, corr_id: CorrelationId) -> OrderDetailResponse:
    """Ask for an order's end (`cancel_asked`); its `status` tells when the venue has confirmed it. 409 where it is
    over."""
    await services.desk.cancel(order_id, await _open_account(services, order_id), corr_id=corr_id)
    return await _shown(services, order_id)


@router.post("/orders/{order_id}/sync", responses=responses(404, 409))
async def sync_order(order_id: OrderId, services: ServicesDep) -> OrderDetailResponse:
    """Look at an order at its venue now, and take in what it shows. 503 where the venue does not answer."""
    await (await _open_account(services, order_id)).trader.sync(order_id)
    return await _shown(services, order_id)


async def _account_of(services: Services, body: PlaceOrderRequest) -> str:
    """The account that an order is for. Raises NotFound and Conflict."""
    if body.run_id is None:
        assert body.mode is not None
        assert body.venue is not None
        return account_name(body.venue, RunMode(body.mode))
    async with services.database.transaction() as transaction:
        run = await existing_run(transaction, body.run_id)
    if run.mode is RunMode.BACKTEST:
        raise Conflict(f"run {run.id} is a backtest: only its own strategy places orders in it")
    if run.status is not RunStatus.RUNNING:
        raise Conflict(f"run {run.id} is {run.status}: orders can be placed while it is running")
    name = services.trading.name_of(run)
    if name not in services.trading.accounts:
        raise Unavailable(f"run {run.id} has not connected its venue yet")
    return name


async def _place_of(services: Services, order_id: str) -> str:
    """The account that an order is in. Raises NotFound, and Conflict for a backtest's."""
    account = (await _row(services, order_id)).get("account")
    if account is None:
        raise Conflict(f"order {order_id} is a backtest's: it is as it was")
    return str(account)


async def _open_account(services: Services, order_id: str) -> TradingAccount:
    return await services.trading.of_order(await _place_of(services, order_id))


async def _row(services: Services, order_id: str) -> Row:
    async with services.database.transaction() as transaction:
        row = await transaction.records.find_row("orders", order_id)
    if row is None:
        raise NotFound(f"there is no order {order_id!r}: GET /api/v1/orders lists them")
    return row


async def _shown(services: Services, order_id: str) -> OrderDetailResponse:
    row = await _row(services, order_id)
    wanted = Query(filters={"order_id": (order_id,)}, sort="", page=1, page_size=FILLS_MAX)
    async with services.database.transaction() as transaction:
        fills = await transaction.records.rows("fills", None, wanted)
    kept = await services.trading_store.order(order_id)
    return OrderDetailResponse(
        **row,
        submissions=[_submission(one) for one in kept.submissions],
        fills=[FillResponse(**fill) for fill in fills.items],
    )


def _submission(one: Submission) -> SubmissionResponse:
    return SubmissionResponse(
        id=one.id,
        part=one.part,
        quantity=plain(one.quantity),
        filled_quantity=plain(one.filled),
        venue_id=one.venue_id,
        state=one.state,
        parent_id=one.parent_id,
        replaces=one.replaces,
        sent_at=one.sent_at,
        cancels=one.cancels,
        lookups=one.lookups,
    )
