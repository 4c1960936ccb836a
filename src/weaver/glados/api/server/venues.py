"""The venues that orders can be sent to."""

from fastapi import APIRouter

from weaver.glados.schemas.health import VenuesResponse

NO_VENUE = "no venue is connected: this version of Weaver runs backtests only"

router = APIRouter(tags=["trading"])


@router.get("/venues")
async def list_venues() -> VenuesResponse:
    """The venues with their state; where there are none, why."""
    return VenuesResponse(items=[], reason=NO_VENUE)
