"""What the gate would say before a run begins."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.builders import crypto_bars
from tests.unit.glados.fakes import a_run
from weaver.glados.live.dry_run.account import Stored
from weaver.glados.live.dry_run.gate import PASSES, WITH_ITS_ENTRY, Gate
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import Options
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.veda.risk.halts import Halt, HaltCause, Halts, HaltScope
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch

BARS = crypto_bars([100.0, 110.0, 120.0, 130.0])
NOW, NEXT, LAST = (datetime.fromtimestamp(int(end) / 1e9, UTC) for end in BARS.end[1:])
"""110 is the newest close, then 120 and 130; each is the start of the bar after it."""
ROW: dict[str, Any] = {
    "id": "r1-1", "number": 1, "symbol": "BTC/USD", "side": "buy", "order_type": "market", "order_class": "simple",
    "quantity": "5", "limit_price": None, "stop_price": None, "trail": None, "time_in_force": "gtc",
    "placed_at": NOW.isoformat(), "updated_at": NOW.isoformat(), "status": "filled", "parent_id": None,
}  # fmt: skip
LIMITS = RiskLimits(only_run_symbols=False)
MARGIN = AccountRules.of(Options(cash=1000, account="margin", shorting=True))


def order(number: int, placed: datetime, **more: Any) -> dict[str, Any]:
    return {**ROW, "id": f"r1-{number}", "number": number, "placed_at": placed.isoformat(), **more}


def fill(row: dict[str, Any], bar: datetime, price: str, quantity: str | None = None) -> dict[str, Any]:
    """Of an order, in the bar that starts then, for 1 of commission."""
    return {
        "order_id": row["id"], "symbol": row["symbol"], "side": row["side"], "price": price, "commission": "1",
        "quantity": quantity or row["quantity"], "bar_timestamp": bar.isoformat(),
    }  # fmt: skip


def all_said(
    rows: Sequence[dict[str, Any]], fills: Sequence[dict[str, Any]] = (), *, splits: tuple[Split, ...] = (),
    **given: Any,
) -> list[str | None]:  # fmt: skip
    """To the orders of a run that is allotted 1,000."""
    stored = Stored(instrument=Instrument.default("BTC/USD", AssetClass.CRYPTO), bars=BARS, splits=splits)
    usual = {
        "run": a_run("r1"), "account": "alpaca paper", "is_own": False, "limits": LIMITS, "whole": LIMITS,
        "equity": None, "held": {}, "rules": AccountRules.of(Options(cash=1000)), "switch": None, "halts": Halts(),
        "stored": {"BTC/USD": stored},
    }  # fmt: skip
    return Gate(**{**usual, **given}).said(rows, fills)


def said(row: dict[str, Any] = ROW, **given: Any) -> str | None:
    [found] = all_said([row], **given)
    return found


def test_order_within_the_limits_passes() -> None:
    assert said() == PASSES


def test_order_past_a_limit_is_refused_in_the_gates_words() -> None:
    words = said({**ROW, "quantity": "10"})
    assert words is not None
    assert words.startswith("the order would come to 1100: the run's limit is 100 % of its equity of 1000")
    assert said({**ROW, "quantity": "10"}, limits=RiskLimits.none(), whole=RiskLimits.none()) == PASSES
    assert said({**ROW, "quantity": "10"}, limits=RiskLimits.none(), equity=Decimal(5000)) == PASSES


def test_limit_price_far_from_the_newest_is_refused() -> None:
    words = said({**ROW, "order_type": "limit", "limit_price": "80"})
    assert words is not None
    assert "is 27.27 % from BTC/USD's newest, 110" in words


def test_short_sale_is_refused_where_the_account_allows_none() -> None:
    words = said({**ROW, "side": "sell"})
    assert words is not None
    assert "this account allows no short positions" in words
    assert said({**ROW, "side": "sell"}, rules=MARGIN) == PASSES
    assert said({**ROW, "side": "sell"}, is_own=True) == PASSES  # a replay's venue sees to it as it fills


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


def test_what_an_order_brought_counts_for_the_next() -> None:
    first, second = ROW, order(2, NEXT)
    # 5 at 110 leave 449 of cash; at 120 the equity is 1,049, and 10 would be worth 1,200.
    assert all_said([first, second], [fill(first, NOW, "110")]) == [
        PASSES,
        "the position in BTC/USD would come to 1200: the run's limit is 100 % of its equity of 1049",
    ]
    assert all_said([first, order(2, NEXT, quantity="3")], [fill(first, NOW, "110")]) == [PASSES, PASSES]


def test_fill_in_a_bar_that_has_not_ended_is_not_known_yet_and_the_order_works() -> None:
    first, second = ROW, order(2, NOW, quantity="6")
    [_, told] = all_said([first, second], [fill(first, NOW, "110")])
    assert str(told).startswith("the position in BTC/USD would come to 1210: the run's limit is 100 % of its equity of")
    gone = {**first, "status": "cancelled", "updated_at": NOW.isoformat()}
    assert all_said([gone, second]) == [PASSES, PASSES]
    rests = {**first, "status": "cancelled", "updated_at": NEXT.isoformat()}
    assert all_said([rests, second])[1] == told


def test_exit_passes_whatever_the_limits_are_and_one_for_more_is_another_matter() -> None:
    first, leaves = ROW, order(2, NEXT, side="sell")
    tight = RiskLimits(only_run_symbols=False, order_max=Decimal("0.56"))  # 550 may be bought, and 600 not be sold
    bought = [fill(first, NOW, "110")]
    assert all_said([first, leaves], bought, limits=tight) == [PASSES, PASSES]
    [_, told] = all_said([first, {**leaves, "quantity": "6"}], bought, limits=tight)
    assert "this account allows no short positions" in str(told)
    again = order(3, NEXT, side="sell")
    assert "no short positions" in str(all_said([first, leaves, again], bought)[2])
    sold = [*bought, fill(leaves, NEXT, "120")]
    assert all_said([first, leaves, order(3, LAST)], sold) == [PASSES] * 3


def test_what_is_refused_brings_nothing() -> None:
    first, second = {**ROW, "quantity": "10"}, order(2, NEXT)
    found = all_said([first, second], [fill(first, NOW, "110")])
    assert (found[0] != PASSES, found[1]) == (True, PASSES)


def test_exits_go_with_their_entry() -> None:
    entry = {**ROW, "order_class": "bracket"}
    leg = order(2, NOW, side="sell", parent_id="r1-1", order_type="stop", stop_price="50", status="pending")
    assert all_said([entry, leg]) == [PASSES, PASSES]
    assert all_said([{**entry, "quantity": "10"}, leg])[1] == WITH_ITS_ENTRY
    # They take nothing of what is held before the entry fills, and all of it afterwards.
    leaves = order(3, NEXT, side="sell")
    assert "no short positions" not in str(all_said([entry, leg, leaves], [fill(entry, NOW, "110")])[2])


def test_orders_within_a_minute_are_counted_and_their_exits_are_not() -> None:
    slow = RiskLimits(only_run_symbols=False, orders_per_minute=2)
    rows = [order(number, NOW, quantity="1") for number in (1, 2, 3)]
    assert all_said(rows, limits=slow)[:2] == [PASSES, PASSES]
    assert str(all_said(rows, limits=slow)[2]).startswith("3 orders within a minute")
    leg = order(2, NOW, quantity="1", side="sell", parent_id="r1-1")
    assert all_said([rows[0], leg, rows[2]], limits=slow) == [PASSES] * 3
    later = order(3, NOW + timedelta(seconds=61), quantity="1")
    assert all_said([*rows[:2], later], limits=slow) == [PASSES] * 3


def test_split_scales_what_is_held() -> None:
    first, leaves = ROW, order(2, LAST, side="sell", quantity="10")
    bought = [fill(first, NOW - timedelta(days=1), "110")]
    split = Split(ex_date=LAST.date(), ratio=Fraction(2))
    assert all_said([first, leaves], bought, splits=(split,)) == [PASSES, PASSES]
    assert "no short positions" in str(all_said([first, leaves], bought)[1])


def test_account_is_held_with_what_it_has_already() -> None:
    held = {"BTC/USD": Decimal(5)}
    told = said(limits=RiskLimits.none(), equity=Decimal(1000), held=held)
    assert told == "the position in BTC/USD would come to 1100: the account's limit is 100 % of its equity of 1000"
    assert said(limits=RiskLimits.none(), equity=Decimal(1100), held=held) == PASSES


def test_two_exits_of_one_position_share_it() -> None:
    first = ROW
    target = order(2, NEXT, side="sell", order_class="oco", order_type="limit", limit_price="130", status="cancelled")
    stop = order(3, NEXT, side="sell", order_class="oco", order_type="stop", stop_price="110", status="cancelled")
    target["updated_at"] = stop["updated_at"] = LAST.isoformat()
    assert all_said([first, target, stop], [fill(first, NOW, "110")]) == [PASSES] * 3


def test_nothing_is_said_of_no_orders() -> None:
    assert all_said([]) == []
