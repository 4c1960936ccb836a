"""Which accounts a request is about."""

from typing import Annotated

import structlog
from fastapi import Query as Parameter

from weaver.glados.schemas.base import Identifier
from weaver.glados.schemas.trading.orders import TradedMode
from weaver.glados.services import Services
from weaver.model.errors import InputError, Unavailable
from weaver.model.run import RunMode
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.service import TRADED, account_name

VenueName = Annotated[Identifier | None, Parameter(description="Only this venue's; with `mode` it is connected.")]
ModeName = Annotated[TradedMode | None, Parameter(description="Only of this mode.")]
_log = structlog.get_logger("weaver.glados.trading")


async def chosen(services: Services, venue: str | None, mode: TradedMode | None) -> list[TradingAccount]:
    """The accounts that are open, of a venue and a mode; where both are given, that account, connected if it was not.
    Raises NotFound, InputError and Unavailable."""
    if venue is not None:
        services.trading.check_venue(venue)
    found = [
        one
        for one in services.trading.accounts.values()
        if venue in (None, one.adapter.name) and mode in (None, one.mode.value)
    ]
    if found or venue is None or mode is None:
        return found
    return [await services.trading.of_order(account_name(venue, RunMode(mode)))]


async def named(services: Services, account: str | None) -> list[TradingAccount]:
    """The account of that name, connected if it was not; None: all that are open. Raises as `chosen` does."""
    if account is None:
        return [*services.trading.accounts.values()]
    return [await services.trading.of_order(checked(services, account))]


def checked(services: Services, account: str) -> str:
    """The name of an account that there can be. Raises InputError."""
    venue, _, mode = account.rpartition(" ")
    offered = {one.entry.id: one.entry.modes for one in services.trading.offered() if not one.entry.parts}
    if account in services.trading.accounts or (mode in TRADED and mode in offered.get(venue, ())):
        return account
    names = ", ".join(f"{name} {one}" for name, modes in offered.items() for one in modes)
    raise InputError(f"there is no account {account!r}: there is {names or 'none'}")


async def looked_at(account: TradingAccount) -> None:
    """Have the venue looked at where orders have changed since; where it is away, what it showed last stands."""
    try:
        await account.look_if_changed()
    except Unavailable as error:
        _log.warning("venue not looked at", account=account.name, reason=str(error))


def place_of(account: TradingAccount) -> dict[str, str]:
    """The fields of `OfAccount`."""
    return {"account": account.name, "venue": account.adapter.name, "mode": account.mode}
