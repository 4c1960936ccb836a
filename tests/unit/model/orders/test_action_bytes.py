"""An action's bytes: one text for each, written out by hand; and back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.errors import DataError
from weaver.model.numbers.money import plain
from weaver.model.orders.action_bytes import decode_action, encode_action
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

WRITTEN: dict[bytes, Action] = {
    b'{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"10","side":"buy","tif":"day"},'
    b'"symbol":"AAPL"}': PlaceOrder(
        symbol="AAPL",
        order=OrderTerms(
            number=1, side=Side.BUY, quantity=Decimal("10.00"), order_type=OrderType.MARKET, tif=TimeInForce.DAY
        ),
    ),
    b'{"action":"place_order","legs":[{"number":3,"order_type":"trailing_stop","quantity":"0.00000001","side":"buy",'
    b'"tif":"gtc","trail_percent":"2.5"}],"order":{"extended_hours":true,"limit":"1200","number":2,'
    b'"order_type":"stop_limit","side":"sell","stop":"1250.5","target_percent":"-0.5","tif":"fok"},'
    b'"order_class":"oto","symbol":"BTC/USD"}': PlaceOrder(
        symbol="BTC/USD",
        order=OrderTerms(
            number=2,
            side=Side.SELL,
            quantity=None,
            order_type=OrderType.STOP_LIMIT,
            tif=TimeInForce.FOK,
            extended_hours=True,
            limit=Decimal("1.2E+3"),
            stop=Decimal("1250.50"),
            target_percent=Decimal("-0.5"),
        ),
        order_class=OrderClass.OTO,
        legs=(
            OrderTerms(
                number=3,
                side=Side.BUY,
                quantity=Decimal("1E-8"),
                order_type=OrderType.TRAILING_STOP,
                tif=TimeInForce.GTC,
                trail_percent=Decimal("2.5"),
            ),
        ),
    ),
    b'{"action":"place_order","order":{"expires":"2024-05-31","number":9,"order_type":"market","quantity":"1","side":"buy",'
    b'"tif":"gtd"},"symbol":"AAPL"}': PlaceOrder(
        symbol="AAPL",
        order=OrderTerms(
            number=9,
            side=Side.BUY,
            quantity=Decimal(1),
            order_type=OrderType.MARKET,
            tif=TimeInForce.GTD,
            expires=date(2024, 5, 31),
        ),
    ),
    b'{"action":"cancel_order","number":7}': CancelOrder(number=7),
    b'{"action":"cancel_order","number":7,"reason":"position closed by the strategy"}': CancelOrder(
        number=7, reason="position closed by the strategy"
    ),
    b'{"action":"replace_order","order":{"limit":"99","number":8,"order_type":"limit","quantity":"3","side":"sell",'
    b'"target_value":"0","tif":"ioc"},"replaces":7,"symbol":"AAPL"}': ReplaceOrder(
        symbol="AAPL",
        replaces=7,
        order=OrderTerms(
            number=8,
            side=Side.SELL,
            quantity=Decimal(3),
            order_type=OrderType.LIMIT,
            tif=TimeInForce.IOC,
            limit=Decimal(99),
            target_value=Decimal("-0.00"),
        ),
    ),
    b'{"action":"fetch_window","bars":20,"symbol":"SPY","timeframe":"1d"}': FetchWindow(
        symbol="SPY", timeframe="1d", bars=20
    ),
    b'{"action":"stop_run","reason":"\\"enough\\": 5 \\u20ac"}': StopRun(reason='"enough": 5 €'),
}


@pytest.mark.parametrize(("data", "action"), WRITTEN.items())
def test_an_action_has_the_bytes_that_were_written_by_hand(data: bytes, action: Action) -> None:
    assert encode_action(action) == data
    assert decode_action(data) == action


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no action"),
        (b"\xff", "is no action"),
        (b"[]", "is no action"),
        (b"7", "is no action"),
        (b'{"number":7}', "is no action"),
        (b'{"action":"buy","number":7}', "KeyError: 'buy'"),
        (b'{"action":["cancel_order"],"number":7}', "is no action"),
        (b'{"action":"cancel_order"}', "is no action"),
        (b'{"action":"cancel_order","number":"7"}', "'7' is no whole number"),
        (b'{"action":"cancel_order","number":true}', "True is no whole number"),
        (b'{"action":"cancel_order","number":7,"why":"x"}', "KeyError: 'why'"),
        (b'{"action":"cancel_order","number":7,"symbol":"X"}', "is no action"),
        (b'{"action":"cancel_order", "number":7}', "not as it is written"),
        (b'{"number":7,"action":"cancel_order"}', "not as it is written"),
        (b'{"action":"cancel_order","number":6,"number":7}', "not as it is written"),
        (b'{"action":"stop_run","reason":5}', "5 is no text"),
        (b'{"action":"stop_run","reason":"\xe2\x82\xac"}', "not as it is written"),
    ],
)
def test_bytes_of_no_action_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why):
        decode_action(data)


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        (b'"10"', b"10", "10 is no text"),
        (b'"10"', b"10.5", "10.5 is no text"),
        (b'"10"', b'"10.0"', "not as it is written"),
        (b'"10"', b'"1E1"', "not as it is written"),
        (b'"10"', b'"1_0"', "not as it is written"),
        (b'"10"', b'"NaN"', "NaN is not finite"),
        (b'"10"', b'"Infinity"', "Infinity is not finite"),
        (b'"10"', b'"ten"', "is no action"),
        (b'"buy"', b'"hold"', "'hold' is not a valid Side"),
        (b'"quantity"', b'"extended_hours":false,"quantity"', "False is not true"),
        (b'"number"', b'"expires":"20240531","number"', "not as it is written"),
        (b'"number"', b'"expires":"soon","number"', "Invalid isoformat string"),
        (b'"quantity"', b'"limit":null,"quantity"', "None is no text"),
        (b'"symbol"', b'"order_class":"simple","symbol"', "not as it is written"),
        (b'"order"', b'"legs":[],"order"', "not as it is written"),
        (b'"order"', b'"legs":[{}],"order"', "is no action"),
    ],
)
def test_an_order_that_is_written_otherwise_is_refused(written: bytes, instead: bytes, why: str) -> None:
    data = next(iter(WRITTEN))
    assert data.count(written) == 1
    with pytest.raises(DataError, match=why):
        decode_action(data.replace(written, instead))


def amounts() -> st.SearchStrategy[Decimal]:
    return st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**25), max_value=10**25)


def terms() -> st.SearchStrategy[OrderTerms]:
    some = st.none() | amounts()
    return st.builds(
        OrderTerms,
        number=st.integers(1),
        side=st.sampled_from(Side),
        quantity=some,
        order_type=st.sampled_from(OrderType),
        tif=st.sampled_from(TimeInForce),
        expires=st.none() | st.dates(),
        extended_hours=st.booleans(),
        limit=some,
        stop=some,
        trail=some,
        trail_percent=some,
        target_value=some,
        target_percent=some,
    )


def actions() -> st.SearchStrategy[Action]:
    words = st.text()
    return st.one_of(
        st.builds(
            PlaceOrder,
            symbol=words,
            order=terms(),
            order_class=st.sampled_from(OrderClass),
            legs=st.lists(terms(), max_size=2).map(tuple),
        ),
        st.builds(CancelOrder, number=st.integers()),
        st.builds(ReplaceOrder, symbol=words, replaces=st.integers(), order=terms()),
        st.builds(FetchWindow, symbol=words, timeframe=words, bars=st.integers()),
        st.builds(StopRun, reason=words),
    )


@given(actions())
def test_there_and_back_nothing_changes(action: Action) -> None:
    data = encode_action(action)
    assert decode_action(data) == action
    assert encode_action(decode_action(data)) == data


@given(terms(), terms())
def test_two_actions_have_the_same_bytes_exactly_where_they_are_equal(one: OrderTerms, other: OrderTerms) -> None:
    first, second = (PlaceOrder(symbol="A", order=order) for order in (one, other))
    assert (encode_action(first) == encode_action(second)) == (first == second)


@given(amounts())
def test_amounts_are_written_as_everywhere(amount: Decimal) -> None:
    order = OrderTerms(number=1, side=Side.BUY, quantity=amount, order_type=OrderType.MARKET, tif=TimeInForce.DAY)
    assert f'"quantity":"{plain(amount)}"'.encode() in encode_action(PlaceOrder(symbol="A", order=order))
