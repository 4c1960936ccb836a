"""Accounts and positions, as Alpaca writes them, made ours."""

from collections.abc import Callable
from datetime import date

from weaver.veda.adapters.alpaca.wire.orders import ASSET_CLASSES
from weaver.veda.adapters.alpaca.wire.values import Json, amount, flag, number, text
from weaver.veda.exchange.account import VenueAccount, VenueFee, VenuePosition

_BLOCKS = {
    "trading_blocked": "trading is blocked",
    "account_blocked": "the account is blocked",
    "trade_suspended_by_user": "trading was suspended in the account's own settings",
    "transfers_blocked": "",  # no matter for trading
}


def account_of(record: Json) -> VenueAccount | None:
    """The account that a record shows; None where it has no id or no status. All else may be missing."""
    identifier, status = text(record, "id"), text(record, "status")
    if not identifier or not status:
        return None
    flags = [told for name, told in _BLOCKS.items() if told and flag(record, name)]
    if status.upper() != "ACTIVE":
        flags.insert(0, f"its status is {status}, not ACTIVE")
    return VenueAccount(
        account_id=identifier,
        number=text(record, "account_number"),
        status=status,
        currency=text(record, "currency") or "USD",
        cash=number(record, "cash"),
        equity=number(record, "equity"),
        last_equity=number(record, "last_equity"),
        buying_power=number(record, "buying_power"),
        multiplier=number(record, "multiplier"),
        can_short=flag(record, "shorting_enabled"),
        flags=tuple(flags),
    )


def position_of(record: Json, spelled: Callable[[str], str]) -> VenuePosition | None:
    """The position that a record shows, `spelled` as orders spell it; None where it names none or no quantity."""
    symbol, quantity = text(record, "symbol"), number(record, "qty")
    if not symbol or quantity is None:
        return None
    signed = -abs(quantity) if text(record, "side") == "short" else quantity
    available = number(record, "qty_available")
    return VenuePosition(
        symbol=spelled(symbol),
        asset_class=ASSET_CLASSES.get(text(record, "asset_class")),
        quantity=signed,
        available=abs(signed if available is None else available),
        average_price=number(record, "avg_entry_price"),
        price=number(record, "current_price"),
    )


def fee_of_activity(record: Json, spelled: Callable[[str], str]) -> VenueFee | None:
    """The fee that a CFEE activity tells of, its symbol `spelled` as orders spell it: of coins that were bought in
    `qty`, of what was sold in `net_amount`, both below 0. None where it names no symbol or day, or was cancelled."""
    identifier, symbol = text(record, "id"), text(record, "symbol")
    try:
        day = date.fromisoformat(text(record, "date")[:10])
    except ValueError:
        return None
    if not identifier or not symbol or text(record, "status").startswith("cancel"):
        return None
    return VenueFee(
        fee_id=identifier,
        symbol=spelled(symbol),
        quantity=-amount(record, "qty"),
        amount=-amount(record, "net_amount"),
        day=day,
        venue_order_id=text(record, "order_id") or None,
    )
