"""What the gate looks at, for tests."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.unit.veda.live_builders import ACCOUNT, seconds
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.orders.venue import VENUES
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.view import PricedAt, RiskView, Standing

RULES = InstrumentRules(
    instrument=Instrument.default("AAPL", AssetClass.STOCK),
    rules=VENUES["alpaca-stocks"],
    is_tradable=True,
    is_shortable=True,
    is_fractionable=True,
)


def standing(equity: int = 10_000, held: Mapping[str, int] | None = None, **given: Any) -> Standing:
    """With all limits at their defaults."""
    amounts = {symbol: Decimal(quantity) for symbol, quantity in (held or {}).items()}
    return Standing(**({"limits": RiskLimits()} | given), equity=Decimal(equity), held=amounts)


def view(run: Standing | None = None, whole: Standing | None = None, **given: Any) -> RiskView:
    """A run with 10,000 in an account with a million; AAPL is at 100, MSFT at 50, both 5 s old."""
    prices = {"AAPL": PricedAt(price=Decimal(100), at=seconds(-5)), "MSFT": PricedAt(price=Decimal(50), at=seconds(-5))}
    values: dict[str, Any] = {
        "now": seconds(0), "account": ACCOUNT, "run_symbols": frozenset({"AAPL", "MSFT"}), "prices": prices,
        "rules": RULES,
    } | given  # fmt: skip
    return RiskView(run=run or standing(), whole=whole or standing(1_000_000), **values)


def manual(asked: RiskView) -> RiskView:
    """The same for a manual order."""
    return replace(asked, run=None)
