"""Which request of a strategy goes where: the one mapping, for the log's router and a backtest's recorder alike."""

from dataclasses import replace

from weaver.events.event import Event
from weaver.model.run import RunMode

ROUTES = {
    "strategy.FetchWindow": "FetchWindow",
    "strategy.PlaceRequest": "PlaceOrder",
    "strategy.CancelRequest": "CancelOrder",
    "strategy.ReplaceRequest": "ReplaceOrder",
}


def routed(request: Event, mode: RunMode, *, new_id: str) -> Event | None:
    """The `backtest.*` or `live.*` child of a strategy's request; None where an event is no request."""
    name = ROUTES.get(request.type)
    if name is None:
        return None
    domain = "backtest" if mode is RunMode.BACKTEST else "live"
    return replace(request, id=new_id, type=f"{domain}.{name}", causation_id=request.id, producer="router", seq=None)
