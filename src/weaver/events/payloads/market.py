"""Bars, quotes, trades."""

from datetime import datetime

from weaver.events.payloads.base import Payload


class BarPayload(Payload):
    symbol: str
    timeframe: str
    timestamp: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float


class MarketBar(BarPayload):
    type = "market.Bar"


class LateBarPayload(BarPayload):
    """A bar that changes no decision of a run any more."""

    run_id: str
    time: datetime
    """The run's tick at which it was recorded."""


class MarketBarLate(LateBarPayload):
    """It came after the tick that it belonged to had been decided."""

    type = "market.BarLate"


class MarketBarCorrected(LateBarPayload):
    """It came again, with these values, after the run had seen it with others."""

    type = "market.BarCorrected"


class MarketQuote(Payload):
    type = "market.Quote"
    symbol: str
    time: datetime
    bid: float
    ask: float


class MarketTrade(Payload):
    type = "market.Trade"
    symbol: str
    time: datetime
    price: float
    quantity: float
