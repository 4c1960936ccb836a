"""The venues that orders can be sent to."""

from fastapi import APIRouter

from weaver.glados.application import ServicesDep
from weaver.glados.schemas.server.health import VenueDetail, VenuesResponse, VenueState
from weaver.glados.services import Services
from weaver.model.run import RunMode
from weaver.veda.service import Offered, account_name

router = APIRouter(tags=["trading"])


@router.get("/venues")
async def list_venues(services: ServicesDep) -> VenuesResponse:
    """Each venue that there is, in each of its modes, with its state. Of a setting only whether it is set."""
    offered = services.trading.offered()
    items = [_venue(services, one, mode) for one in offered for mode in one.entry.modes or ("paper",)]
    return VenuesResponse(items=items, reason=None if items else "there is no venue: no adapter is installed")


def _venue(services: Services, offered: Offered, mode: str) -> VenueDetail:
    entry, trading = offered.entry, services.trading
    name = account_name(entry.id, RunMode(mode))
    account, hub = trading.accounts.get(name), trading.hub(name)
    problem = entry.error or trading.problems.get(name) or ("" if account is None else account.clock.problem) or None
    feeds = {} if account is None else {"orders": account.trader.is_streaming}
    return VenueDetail(
        id=entry.id,
        mode=mode,
        state=VenueState.CONNECTED if account else VenueState.DOWN if problem else VenueState.IDLE,
        title=entry.title,
        description=entry.description,
        asset_classes=list(entry.asset_classes),
        features=list(entry.features),
        built_in=entry.built_in,
        of_run=bool(entry.parts),
        settings=dict(offered.settings),
        problem=problem,
        clock_ahead_seconds=None if account is None else account.clock.ahead_seconds,
        feeds=feeds if hub is None else {**feeds, **{str(feed): is_up for feed, is_up in hub.feeds.items()}},
    )
