"""Accounts, what they hold, and how that compares with the books."""

from decimal import Decimal

from fastapi import APIRouter

from weaver.glados.api.lists.paging import PagingDep
from weaver.glados.api.runs.lookup import traded_run
from weaver.glados.api.runs.orders import RunParameter
from weaver.glados.api.trading.chosen import ModeName, VenueName, chosen, looked_at, named, place_of
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import PageOf
from weaver.glados.schemas.trading.accounts import (
    AccountDifference,
    AccountPosition,
    AccountResponse,
    ForeignOrder,
    LookRequest,
    OwnHolding,
    ReconciliationResponse,
    RemainderPart,
)
from weaver.model.numbers.money import plain
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.exchange.account import VenuePosition
from weaver.veda.exchange.orders import VenueOrder
from weaver.veda.positions.attribution import Attribution, Effect
from weaver.veda.positions.sub_ledger import Holding

router = APIRouter(tags=["trading"])


@router.get("/account", responses=responses(400, 404))
async def list_accounts(
    services: ServicesDep, paging: PagingDep, venue: VenueName = None, mode: ModeName = None
) -> PageOf[AccountResponse]:
    """Accounts that are connected, as their venues showed them last. One that is asked for by venue and mode is
    connected first."""
    found = await chosen(services, venue, mode)
    for account in found:
        await looked_at(account)
    return paging.cut([_account(one) for one in found])


@router.get("/positions", responses=responses(400, 404))
async def list_positions(
    services: ServicesDep,
    paging: PagingDep,
    venue: VenueName = None,
    mode: ModeName = None,
    run_id: RunParameter = None,
) -> PageOf[AccountPosition]:
    """What accounts hold, by symbol: each run's share of it, that of orders by hand, and what is nobody's, with the
    name of each part. With `run_id` only what that run holds some of."""
    if run_id is not None:
        await traded_run(services, run_id)
    found: list[AccountPosition] = []
    for account in await chosen(services, venue, mode):
        await looked_at(account)
        shown, shares = await account.shares()
        found += [_position(account, shown.get(share.symbol), share) for share in shares]
    if run_id is not None:
        found = [one for one in found if run_id in {owner.run_id for owner in one.owners}]
    return paging.cut(found)


@router.get("/reconciliation", responses=responses(400, 404))
async def list_reconciliations(
    services: ServicesDep, paging: PagingDep, venue: VenueName = None, mode: ModeName = None
) -> PageOf[ReconciliationResponse]:
    """The newest look at each venue that is connected: what differs, and others' orders."""
    return paging.cut([await _reconciliation(one) for one in await chosen(services, venue, mode)])


@router.post("/reconciliation", responses=responses(400, 404))
async def look_now(services: ServicesDep, paging: PagingDep, body: LookRequest) -> PageOf[ReconciliationResponse]:
    """Look at the venues now, and say what was found. 503 where one does not answer."""
    found = await named(services, body.account)
    for account in found:
        await account.look()
    return paging.cut([await _reconciliation(one) for one in found])


def _account(account: TradingAccount) -> AccountResponse:
    shown = account.venue_account
    assert shown is not None, "an account that is open was shown"
    return AccountResponse(
        **place_of(account),
        number=shown.number,
        status=shown.status,
        currency=shown.currency,
        cash=maybe(shown.cash),
        equity=maybe(shown.equity),
        last_equity=maybe(shown.last_equity),
        buying_power=maybe(shown.buying_power),
        can_short=shown.can_short,
        flags=list(shown.flags),
        is_streaming=account.trader.is_streaming,
        looked_at=account.trader.looks.looked_at,
    )


def _position(account: TradingAccount, shown: VenuePosition | None, share: Attribution) -> AccountPosition:
    known = account.ledgers.prices.get(share.symbol)
    price = known.price if known is not None else None if shown is None else shown.price
    average = None if shown is None else shown.average_price
    ledgers = [account.ledgers.of(run_id) for run_id in (*share.runs, *([None] if share.manual else []))]
    prices = {} if price is None else {share.symbol: price}
    held = share.venue * account.multiplier(share.symbol)
    owned = [(one.run_id, own) for one in ledgers for own in one.holdings(prices) if own.symbol == share.symbol]
    return AccountPosition(
        **place_of(account),
        symbol=share.symbol,
        quantity=plain(share.venue),
        average_price=maybe(average),
        price=maybe(price),
        market_value=None if price is None else plain(held * price),
        unrealised_pnl=None if price is None or average is None else plain(held * (price - average)),
        owners=[owner(run_id, own) for run_id, own in owned],
        remainder=plain(share.remainder),
        parts=[RemainderPart(**_part(part)) for part in share.parts],
    )


def owner(run_id: str | None, held: Holding) -> OwnHolding:
    """A run's holding as it is sent."""
    return OwnHolding(
        run_id=run_id,
        quantity=plain(held.quantity),
        cost=plain(held.cost),
        average_price=maybe(held.average_price),
        market_value=maybe(held.market_value),
        unrealised_pnl=maybe(held.unrealised_pnl),
        realised_pnl=plain(held.realised_pnl),
        commission=plain(held.commission),
        income=plain(held.income),
    )


async def _reconciliation(account: TradingAccount) -> ReconciliationResponse:
    found = account.trader.reconciler
    _, shares = await account.shares()
    return ReconciliationResponse(
        **place_of(account),
        is_done=found.is_done,
        looked_at=account.trader.looks.looked_at,
        differences=[AccountDifference(symbol=share.symbol, **_part(part)) for share in shares for part in share.parts],
        foreign=[_foreign(order) for order in found.foreign.values()],
        halted=sorted(account.halted_symbols),
    )


def _part(part: Effect) -> dict[str, str]:
    return {"kind": part.kind, "quantity": plain(part.quantity), "note": part.note}


def _foreign(order: VenueOrder) -> ForeignOrder:
    return ForeignOrder(
        venue_id=order.venue_id,
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        side=order.side,
        quantity=maybe(order.quantity),
        status=str(order.status),
    )


def maybe(value: Decimal | None) -> str | None:
    """An amount as it is sent."""
    return None if value is None else plain(value)
