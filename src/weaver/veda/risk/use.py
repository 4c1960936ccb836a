"""How far limits are used, as they stand: for whoever shows them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from weaver.veda.risk.gate import MINUTE
from weaver.veda.risk.view import Standing
from weaver.veda.risk.watch import EquityWatch

_DECIMALS = 6


def used(
    standing: Standing, watch: EquityWatch | None, prices: Mapping[str, Decimal], now: datetime
) -> Mapping[str, Decimal | None]:
    """By the limits' names, in their units: shares of equity × leverage by what is held, without working orders. None:
    there is nothing to say. `prices`: what a unit is worth, by symbol."""
    worth = [abs(quantity) * prices.get(symbol, Decimal(0)) for symbol, quantity in standing.held.items()]
    whole = standing.equity * standing.leverage
    return {
        "position_max": _share(max(worth, default=Decimal(0)), whole),
        "order_max": None,
        "exposure_max": _share(sum(worth, Decimal(0)), whole),
        "orders_per_minute": Decimal(sum(now - MINUTE < at <= now for at in standing.placed)),
        "price_collar": None,
        "daily_loss": None if watch is None else round(max(watch.daily_loss, Decimal(0)), _DECIMALS),
        "drawdown": None if watch is None else round(max(watch.drawdown, Decimal(0)), _DECIMALS),
        "only_run_symbols": None,
    }


def _share(value: Decimal, whole: Decimal) -> Decimal | None:
    return round(value / whole, _DECIMALS) if whole > 0 else None
