"""What a strategy is given, as bytes: one text for each value, written out by hand; and back, whatever the value."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.errors import DataError
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import Side
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import (
    CashMoved,
    HouseFilled,
    InputBar,
    LateBar,
    ListedSymbol,
    OrderFilled,
    OrderMoved,
    RunSetup,
    SplitSeen,
    TickInputs,
    WindowBars,
    WindowFailed,
)
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup, encode_inputs, encode_setup

SETUP = RunSetup(
    run_id="r-1",
    strategy_id="trader",
    source="class Trader: ...\n",
    parameters={"fast": 5, "also": [1.5, None, {"b": True, "a": "€"}]},
    symbols=(
        ListedSymbol(
            symbol="AAPL",
            asset_class="stock",
            tick=Decimal("0.010"),
            lot=Decimal(1),
            minimum=Decimal(1),
            is_tick_given=True,
            quote_currency="USD",
            price_decimals=8,
            warmup="ab12",
            splits=(SplitSeen(symbol="AAPL", numerator=4, denominator=1, ex_date=date(2020, 8, 31)),),
        ),
    ),
    timeframe="1m",
    start=1_700_000_000_000_000_000,
    cash=Decimal("1E+5"),
    account="cash",
    leverage=Decimal(1),
    shorting=False,
    maintenance=Decimal("0.25"),
    venue="alpaca-stocks",
    seed=7,
    weaver_version="0.1.0",
)
SETUP_BYTES = (
    b'{"account":"cash","cash":"100000","leverage":"1","maintenance":"0.25","parameters":{"also":[1.5,null,{"a":'
    b'"\\u20ac","b":true}],"fast":5},"run_id":"r-1","seed":7,"shorting":false,"source":"class Trader: ...\\n",'
    b'"start":1700000000000000000,"strategy_id":"trader","symbols":[{"asset_class":"stock","is_tick_given":true,'
    b'"lot":"1","minimum":"1","price_decimals":8,"quote_currency":"USD","splits":[{"denominator":1,"ex_date":'
    b'"2020-08-31","numerator":4,"symbol":"AAPL","what":"split"}],"symbol":"AAPL","tick":"0.01","warmup":"ab12"}],'
    b'"timeframe":"1m","venue":"alpaca-stocks","weaver_version":"0.1.0"}'
)
INPUTS = TickInputs(
    number=3,
    time=90,
    updates=(
        OrderMoved(number=1, status=OrderStatus.ACCEPTED),
        OrderFilled(
            number=1,
            status=OrderStatus.FILLED,
            quantity=Decimal("2.50"),
            price=Decimal("1E-8"),
            commission=Decimal(0),
            fee_quantity=Decimal("-0"),
            time=80,
            bar_time=60,
        ),
        CashMoved(symbol="AAPL", kind="dividend", amount=Decimal("-0.10")),
    ),
    windows=(WindowFailed(symbol="AAPL", timeframe="1d", error="no bars"),),
    bars=(InputBar(symbol="AAPL", start=30, end=90, open=0.1, high=1e22, low=1e-7, close=100, volume=0.0),),
)
INPUTS_BYTES = (
    b'{"bars":[{"close":100.0,"end":90,"high":1e+22,"low":1e-07,"open":0.1,"start":30,"symbol":"AAPL","volume":0.0}],'
    b'"number":3,"time":90,"updates":[{"number":1,"status":"accepted","what":"order_moved"},{"bar_time":60,'
    b'"commission":"0","number":1,"price":"0.00000001","quantity":"2.5","status":"filled","time":80,'
    b'"what":"order_filled"},{"amount":"-0.1","kind":"dividend","symbol":"AAPL","what":"cash"}],'
    b'"windows":[{"error":"no bars","symbol":"AAPL","timeframe":"1d","what":"failed"}]}'
)
BAR = (
    b'{"bars":[{"close":100.0,"end":90,"high":1e+22,%s"low":1e-07,"open":0.1,"start":30,"symbol":"AAPL","volume":0.0}],'
    b'"number":3,"time":90}'
)


def test_a_setup_has_the_bytes_that_were_written_by_hand() -> None:
    assert encode_setup(SETUP) == SETUP_BYTES
    assert decode_setup(SETUP_BYTES) == SETUP


def test_inputs_have_the_bytes_that_were_written_by_hand() -> None:
    assert encode_inputs(INPUTS) == INPUTS_BYTES
    assert decode_inputs(INPUTS_BYTES) == INPUTS


def test_a_tick_at_which_nothing_is_given_has_two_fields() -> None:
    assert encode_inputs(TickInputs(number=1, time=5)) == b'{"number":1,"time":5}'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no TickInputs"),
        (b"\xff", "is no TickInputs"),
        (b"[]", "is no TickInputs"),
        (b"7", "is no TickInputs"),
        (b'{"number":1}', "is no TickInputs"),
        (b'{"number":1,"time":5,"more":1}', "is no TickInputs"),
        (b'{"number":true,"time":5}', "True is no int"),
        (b'{"number":1.0,"time":5}', "1.0 is no int"),
        (b'{"number":1,"time":5,"updates":{}}', "is no list"),
        (b'{"number":1,"time":5,"updates":[{"what":"nothing"}]}', "KeyError"),
        (
            b'{"number":1,"time":5,"updates":[{"number":1,"status":"gone","what":"order_moved"}]}',
            "'gone' is not a valid",
        ),
        (
            b'{"number":1,"time":5,"updates":[{"number":1,"quantity":1,"status":"filled","what":"order_moved"}]}',
            "is no str",
        ),
        (
            b'{"number":1,"time":5,"updates":[{"number":1,"quantity":"NaN","status":"filled","what":"order_moved"}]}',
            "NaN is not finite",
        ),
        (
            b'{"number":1,"time":5,"updates":[{"amount":"1","kind":"gift","symbol":"A","what":"cash"}]}',
            "'gift' is none of",
        ),
        (b'{"number": 1,"time":5}', "but not as it is written"),
        (b'{"time":5,"number":1}', "but not as it is written"),
        (b'{"bars":[],"number":1,"time":5}', "but not as it is written"),
        (BAR % b'"is_missed":false,', "but not as it is written"),
        (BAR % b'"is_missed":true,"is_missed":true,', "but not as it is written"),
        (BAR.replace(b"100.0", b"1e2") % b"", "but not as it is written"),
        (BAR.replace(b"100.0", b"100") % b"", "100 is no float"),
        (
            b'{"number":1,"time":5,"updates":[{"number":1,"quantity":"1.0","status":"filled","what":"order_moved"}]}',
            "but not as it is written",
        ),
        (b"[" * 100_000, "RecursionError"),
    ],
)
def test_what_is_not_written_so_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why):
        decode_inputs(data)


def test_what_is_no_json_cannot_be_a_parameter() -> None:
    with pytest.raises(DataError, match="a RunSetup cannot be written"):
        encode_setup(RunSetup(**{**_fields(SETUP), "parameters": {"what": object()}}))
    with pytest.raises(DataError, match="a RunSetup cannot be written"):
        encode_setup(RunSetup(**{**_fields(SETUP), "parameters": {"what": float("nan")}}))


def test_a_price_that_is_no_number_is_not_written() -> None:
    bar = InputBar(symbol="A", start=0, end=1, open=1.0, high=1.0, low=1.0, close=float("inf"), volume=1.0)
    with pytest.raises(DataError, match="a TickInputs cannot be written"):
        encode_inputs(TickInputs(number=1, time=1, bars=(bar,)))


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


# Any value

floats = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(2**62), 2**62)
amounts = st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-(10**20), max_value=10**20)
statuses = st.sampled_from(OrderStatus)
symbols = st.text(max_size=8)
bars = st.builds(InputBar, symbol=symbols, start=whole, end=whole, open=floats, high=floats, low=floats, close=floats,
                 volume=floats, is_missed=st.booleans())  # fmt: skip
maybe = st.none() | amounts
updates = st.one_of(
    st.builds(OrderMoved, number=whole, status=statuses, reason=symbols, quantity=maybe, limit=maybe, stop=maybe),
    st.builds(OrderFilled, number=whole, status=statuses, quantity=amounts, price=amounts, commission=amounts,
              fee_quantity=amounts, time=whole, bar_time=whole, notes=st.lists(symbols, max_size=2).map(tuple)),
    st.builds(HouseFilled, symbol=symbols, side=st.sampled_from(Side), quantity=amounts, price=amounts,
              commission=amounts, fee_quantity=amounts, time=whole),
    st.builds(SplitSeen, symbol=symbols, numerator=whole, denominator=whole, ex_date=st.dates()),
    st.builds(CashMoved, symbol=symbols, kind=st.sampled_from(["dividend", "fraction", "fee"]), amount=amounts,
              quantity=amounts),
)  # fmt: skip
rows = st.lists(floats, max_size=3).map(tuple)
instants = st.lists(whole, max_size=3).map(tuple)
windows = st.one_of(
    st.builds(WindowBars, symbol=symbols, timeframe=symbols, start=instants, end=instants, open=rows, high=rows,
              low=rows, close=rows, volume=rows),
    st.builds(WindowFailed, symbol=symbols, timeframe=symbols, error=symbols),
)  # fmt: skip


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=3).map(tuple)


inputs = st.builds(
    TickInputs, number=whole, time=whole, updates=several(updates), windows=several(windows), bars=several(bars),
    late=several(st.builds(LateBar, bar=bars, is_correction=st.booleans())),
)  # fmt: skip


@given(inputs)
def test_inputs_come_back_as_they_were_and_have_one_text(given_inputs: TickInputs) -> None:
    data = encode_inputs(given_inputs)
    again = decode_inputs(data)
    assert again == given_inputs
    assert repr(again.bars) == repr(given_inputs.bars)  # each float is the very one
    assert encode_inputs(again) == data


@given(amounts, st.integers(0, 5))
def test_equal_amounts_have_one_text(amount: Decimal, zeros: int) -> None:
    written = Decimal(plain(amount) + ("" if "." in plain(amount) else ".") + "0" * zeros)
    one, other = (
        TickInputs(number=1, time=1, updates=(CashMoved(symbol="A", kind="fee", amount=value),))
        for value in (amount, written)
    )
    assert encode_inputs(one) == encode_inputs(other)
