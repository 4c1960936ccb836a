"""Recorded inputs and actions as people read them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.glados.deciders.strategies import DIGEST, HOUR, SETUP, START
from weaver.model.calendar.instants import time_of
from weaver.model.orders.action_bytes import encode_action
from weaver.model.orders.actions import (
    Action,
    CancelOrder,
    FetchWindow,
    OrderClass,
    OrderTerms,
    OrderType,
    PlaceOrder,
    ReplaceOrder,
    Side,
    StopRun,
    TimeInForce,
)
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import (
    CashMoved,
    HouseFilled,
    InputBar,
    LateBar,
    OrderFilled,
    OrderMoved,
    SplitSeen,
    TickInputs,
    Update,
    WindowBars,
    WindowFailed,
)
from weaver.veda.parity.readable import action_told, inputs_told
from weaver.veda.runs.recorded.codec import encode_inputs, encode_setup

AT = START + HOUR
TIME = time_of(AT).isoformat().replace("+00:00", "Z")
BAR = InputBar(symbol="BTC/USD", start=AT, end=AT + HOUR, open=10.0, high=11.5, low=9.0, close=10.25, volume=3.0)
BAR_TOLD = f"BTC/USD {TIME} open 10.0 high 11.5 low 9.0 close 10.25 volume 3.0"


def terms(number: int, **given: object) -> OrderTerms:
    usual = {"side": Side.BUY, "order_type": OrderType.MARKET, "tif": TimeInForce.DAY}
    return OrderTerms(number=number, **{**usual, **given})


ACTIONS: Sequence[tuple[Action, str]] = (
    (PlaceOrder(symbol="A", order=terms(3, quantity=Decimal(100))), "place order 3: buy 100 A market day"),
    (
        PlaceOrder(
            symbol="A", order=terms(1, quantity=Decimal(2)), order_class=OrderClass.OTO,
            legs=(terms(2, side=Side.SELL, order_type=OrderType.STOP, stop=Decimal("9.5"), tif=TimeInForce.GTC),),
        ),
        "place order 1: buy 2 A market day (oto), with order 2: sell what its entry brings of A stop gtc stop 9.5",
    ),
    (
        PlaceOrder(symbol="A", order=terms(4, target_value=Decimal(500))),
        "place order 4: buy to a value of 500 of A market day",
    ),
    (
        PlaceOrder(symbol="A", order=terms(5, target_percent=Decimal("0.25"))),
        "place order 5: buy to 25 % of the equity in A market day",
    ),
    (
        ReplaceOrder(
            symbol="A", replaces=5,
            order=terms(6, quantity=Decimal(1), order_type=OrderType.LIMIT, tif=TimeInForce.GTD, limit=Decimal("12.50"),
                        expires=date(2024, 5, 6), extended_hours=True),
        ),
        "replace order 5 by order 6: buy 1 A limit gtd limit 12.5 until 2024-05-06 in extended hours",
    ),
    (CancelOrder(number=6), "cancel order 6: cancelled by the strategy"),
    (FetchWindow(symbol="A", timeframe="1h", bars=20), "fetch 20 bars of A 1h"),
    (StopRun(reason="seen enough"), "stop the run: seen enough"),
)  # fmt: skip


@pytest.mark.parametrize(("action", "told"), ACTIONS, ids=lambda one: type(one).__name__)
def test_action_is_told(action: Action, told: str) -> None:
    assert action_told(encode_action(action)) == told


def test_no_action_and_no_readable_one_are_told() -> None:
    assert action_told(None) == "nothing"
    assert "is no action" in action_told(b"{}")


UPDATES: Sequence[tuple[Update, str]] = (
    (OrderMoved(number=2, status=OrderStatus.ACCEPTED), "order 2 is accepted"),
    (
        OrderMoved(number=2, status=OrderStatus.CANCELLED, reason="day is over", quantity=Decimal(3),
                   stop=Decimal("9.50")),
        "order 2 is cancelled, quantity 3, stop 9.5: day is over",
    ),
    (
        OrderFilled(number=1, status=OrderStatus.FILLED, quantity=Decimal(2), price=Decimal("10.10"),
                    commission=Decimal("0.5"), fee_quantity=Decimal("0.01"), time=AT, bar_time=AT),
        f"fill of order 1: 2 at 10.1 at {TIME}, commission 0.5, 0.01 of it taken as a fee, now filled",
    ),
    (
        HouseFilled(symbol="A", side=Side.SELL, quantity=Decimal(2), price=Decimal(9), commission=Decimal(0), time=AT),
        f"fill that the strategy did not ask for: sell A, 2 at 9 at {TIME}",
    ),
    (SplitSeen(symbol="A", numerator=3, denominator=1, ex_date=date(2024, 5, 6)), "split of A 3:1 on 2024-05-06"),
    (CashMoved(symbol="A", kind="dividend", amount=Decimal("1.20")), "dividend of A: 1.2"),
)  # fmt: skip


@pytest.mark.parametrize(("update", "told"), UPDATES, ids=lambda one: type(one).__name__)
def test_update_is_told(update: Update, told: str) -> None:
    assert inputs_told(7, encode_inputs(TickInputs(number=7, time=AT, updates=(update,)))) == (told,)


def test_bars_and_windows_are_told_in_their_order() -> None:
    columns = dict.fromkeys(("open", "high", "low", "close", "volume"), (1.0,))
    window = WindowBars(symbol="A", timeframe="1h", start=(AT,), end=(AT + HOUR,), **columns)
    inputs = TickInputs(
        number=7, time=AT, bars=(replace(BAR, is_missed=True), BAR),
        windows=(window, WindowFailed(symbol="A", timeframe="1w", error="none there")),
        late=(LateBar(bar=BAR, is_correction=False), LateBar(bar=BAR, is_correction=True)),
    )  # fmt: skip
    assert inputs_told(7, encode_inputs(inputs)) == (
        "window of 1 bars of A 1h", "no window of A 1w: none there", f"missed bar {BAR_TOLD}", f"bar {BAR_TOLD}",
        f"late bar {BAR_TOLD}", f"corrected bar {BAR_TOLD}",
    )  # fmt: skip


def test_start_is_told_with_its_parameters_and_symbols() -> None:
    told = inputs_told(0, encode_setup(replace(SETUP, source="x", parameters={"fast": 3})))
    assert told[0].startswith("start of trader at ")
    assert "parameter fast = 3" in told
    assert told[-1] == f"BTC/USD (crypto), the bars before the start: {DIGEST[:12]}"


def test_what_cannot_be_read_is_told_as_it_stands() -> None:
    [told] = inputs_told(3, b'{"number":3}')
    assert "is no TickInputs" in told
