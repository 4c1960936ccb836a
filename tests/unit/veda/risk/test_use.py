"""How far limits are used, against hand arithmetic."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from weaver.veda.risk.limits import FIELDS, RiskLimits
from weaver.veda.risk.use import used
from weaver.veda.risk.view import Standing
from weaver.veda.risk.watch import EquityWatch

NOW = datetime(2024, 3, 13, 15, tzinfo=UTC)
PRICES = {"AAPL": Decimal(200), "MSFT": Decimal(400)}


def standing(**more: object) -> Standing:
    usual = {"limits": RiskLimits(), "equity": Decimal(10_000), "held": {"AAPL": Decimal(10), "MSFT": Decimal(-20)}}
    return Standing(**{**usual, **more})  # type: ignore[arg-type]


def test_use_of_each_limit() -> None:
    watch = EquityWatch(session=date(2024, 3, 13), start=Decimal(12_500), peak=Decimal(20_000), newest=Decimal(10_000))
    placed = tuple(NOW - timedelta(seconds=seconds) for seconds in (0, 59, 60, 61))
    found = used(standing(leverage=Decimal(2), placed=placed), watch, PRICES, NOW)
    assert found.keys() == FIELDS.keys()
    assert found["position_max"] == Decimal("0.4")  # 20 x 400 of 2 x 10,000
    assert found["exposure_max"] == Decimal("0.5")
    assert found["orders_per_minute"] == 2
    assert (found["daily_loss"], found["drawdown"]) == (Decimal("0.2"), Decimal("0.5"))
    assert [name for name, value in found.items() if value is None] == ["order_max", "price_collar", "only_run_symbols"]


def test_gain_uses_no_limit_of_losses() -> None:
    watch = EquityWatch(session=date(2024, 3, 13), start=Decimal(9), peak=Decimal(10), newest=Decimal(10))
    found = used(standing(), watch, PRICES, NOW)
    assert (found["daily_loss"], found["drawdown"]) == (0, 0)


def test_share_of_nothing_is_not_known() -> None:
    found = used(standing(equity=Decimal(0)), None, PRICES, NOW)
    assert {found[name] for name in ("position_max", "exposure_max", "daily_loss", "drawdown")} == {None}
