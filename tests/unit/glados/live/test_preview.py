"""What the gate would say before a run begins."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import crypto_bars
from tests.unit.glados.fakes import a_run
from weaver.glados.live.preview import PASSES, Gate, Stored
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import Options
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.veda.risk.halts import Halt, HaltCause, Halts, HaltScope
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch

BARS = crypto_bars([100.0, 110.0, 120.0])
NOW = datetime.fromtimestamp(int(BARS.end[1]) / 1e9, UTC)
"""110 is the newest close."""
ROW: dict[str, Any] = {
    "number": 1, "symbol": "BTC/USD", "side": "buy", "order_type": "market", "quantity": "5", "limit_price": None,
    "stop_price": None, "trail": None, "time_in_force": "gtc", "placed_at": NOW.isoformat(),
}  # fmt: skip
LIMITS = RiskLimits(only_run_symbols=False)


def said(row: dict[str, Any] = ROW, **given: Any) -> str | None:
    """To the first order of a run that is allotted 1,000."""
    stored = Stored(instrument=Instrument.default("BTC/USD", AssetClass.CRYPTO), bars=BARS)
    usual = {
        "run": a_run("r1"), "account": "alpaca paper", "limits": LIMITS, "whole": LIMITS, "equity": None,
        "rules": AccountRules.of(Options(cash=1000)), "switch": None, "halts": Halts(), "stored": {"BTC/USD": stored},
    }  # fmt: skip
    [found] = Gate(**{**usual, **given}).said([row])
    return found


def test_order_within_the_limits_passes() -> None:
    assert said() == PASSES


def test_order_past_a_limit_is_refused_in_the_gates_words() -> None:
    words = said({**ROW, "quantity": "10"})
    assert words is not None
    assert words.startswith("the order would come to 1100: the run's limit is 100 % of its equity of 1000")
    assert said({**ROW, "quantity": "10"}, limits=RiskLimits.none(), whole=RiskLimits.none()) == PASSES
    assert said({**ROW, "quantity": "10"}, limits=RiskLimits.none(), equity=5000) == PASSES


def test_limit_price_far_from_the_newest_is_refused() -> None:
    words = said({**ROW, "order_type": "limit", "limit_price": "80"})
    assert words is not None
    assert "is 27.27 % from BTC/USD's newest, 110" in words


def test_short_sale_is_refused_where_the_account_allows_none() -> None:
    words = said({**ROW, "side": "sell"})
    assert words is not None
    assert "this account allows no short positions" in words
    margin = AccountRules.of(Options(cash=1000, account="margin", shorting=True))
    assert said({**ROW, "side": "sell"}, rules=margin) == PASSES


def test_switch_and_halts_are_heard() -> None:
    on = KillSwitch(scope="*").on(reason="enough", by="me", at=NOW)
    assert str(said(switch=on)).startswith("the kill switch is on: enough")
    halt = Halt(scope=HaltScope.SYMBOL, name="BTC/USD", cause=HaltCause.MARKET, reason="halted there", since=NOW)
    assert "is halted: halted there" in str(said(halts=Halts(items=(halt,))))


@pytest.mark.parametrize("given", [{"stored": {}}])
def test_of_what_has_no_bars_nothing_is_said(given: dict[str, Any]) -> None:
    assert said(**given) is None
    assert said({**ROW, "quantity": None}) is None


def test_order_before_the_first_bar_has_no_price_to_be_judged_by() -> None:
    early = datetime.fromtimestamp(int(BARS.timestamp[0]) / 1e9, UTC).isoformat()
    assert "no price of BTC/USD is known" in str(said({**ROW, "placed_at": early}))


def test_later_orders_of_a_symbol_depend_on_the_first() -> None:
    gate = Gate(
        run=a_run("r1"), account="simulated paper r1", limits=RiskLimits.none(), whole=RiskLimits.none(), equity=None,
        rules=AccountRules.of(Options(cash=1000)), switch=None, halts=Halts(),
        stored={"BTC/USD": Stored(instrument=Instrument.default("BTC/USD", AssetClass.CRYPTO), bars=BARS)},
    )  # fmt: skip
    assert gate.said([ROW, {**ROW, "number": 2}]) == [PASSES, None]
    assert gate.said([]) == []
