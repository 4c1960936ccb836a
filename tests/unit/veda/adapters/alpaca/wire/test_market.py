"""Alpaca's calendar and assets."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from weaver.model.orders.actions import TimeInForce
from weaver.veda.adapters.alpaca.wire.market import instrument_of, spellings, trading_day_of

STOCK = {"id": "a", "class": "us_equity", "exchange": "NASDAQ", "symbol": "AAPL", "status": "active", "tradable": True,
         "marginable": True, "shortable": True, "easy_to_borrow": True, "fractionable": True}  # fmt: skip
PAIR = {"id": "b", "class": "crypto", "symbol": "BTC/USD", "status": "active", "tradable": True, "fractionable": True,
        "min_order_size": "0.0001", "min_trade_increment": "0.000000001", "price_increment": "0.1"}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "opens", "closes"),
    [
        ({"date": "2024-03-08", "open": "09:30", "close": "16:00"}, (14, 30), (21, 0)),
        ({"date": "2024-03-11", "open": "09:30", "close": "16:00"}, (13, 30), (20, 0)),  # summer time began on the 10th
        ({"date": "2024-11-29", "open": "09:30", "close": "13:00"}, (14, 30), (18, 0)),  # the day after Thanksgiving
    ],
)
def test_hours_are_new_yorks(row: dict[str, str], opens: tuple[int, int], closes: tuple[int, int]) -> None:
    day = trading_day_of({**row, "session_open": "0400", "session_close": "2000"})
    assert day is not None
    on = date.fromisoformat(row["date"])
    assert day.date == on
    assert (day.open, day.close) == tuple(
        datetime(on.year, on.month, on.day, *at, tzinfo=UTC) for at in (opens, closes)
    )
    assert (day.open - day.extended_open).total_seconds() == 5.5 * 3600


@pytest.mark.parametrize("row", [{}, {"date": "soon"}, {"date": "2024-03-08"}, {"date": "2024-03-08", "open": "x"}])
def test_row_without_hours_is_no_day(row: dict[str, str]) -> None:
    assert trading_day_of(row) is None


def test_stock_trades_whole_shares_by_default_and_at_cents() -> None:
    rules = instrument_of(STOCK)
    assert rules is not None
    assert (rules.instrument.tick, rules.instrument.lot, rules.instrument.tick_given) == (
        Decimal("0.01"),
        Decimal(1),
        False,
    )
    assert (rules.is_tradable, rules.is_shortable, rules.is_fractionable, rules.flags) == (True, True, True, ())
    assert (rules.rules.name, rules.minimum_notional) == ("alpaca-stocks", Decimal(1))


def test_pair_has_its_own_steps_and_day_orders_that_we_end() -> None:
    rules = instrument_of(PAIR)
    assert rules is not None
    facts = rules.instrument
    assert (facts.tick, facts.lot, facts.minimum) == (Decimal("0.1"), Decimal("0.000000001"), Decimal("0.0001"))
    assert (rules.rules.name, rules.is_shortable, rules.minimum_notional) == ("alpaca-crypto", False, Decimal(10))
    assert TimeInForce.DAY in rules.ended_by_us


@pytest.mark.parametrize(
    ("change", "shortable"),
    [
        ({"easy_to_borrow": None}, True),  # removed from 2026-09-22 on
        ({"easy_to_borrow": False}, False),
        ({"easy_to_borrow": None, "borrow_status": "easy_to_borrow"}, True),
        ({"easy_to_borrow": True, "borrow_status": "hard_to_borrow"}, False),
        ({"shortable": False}, False),
    ],
)
def test_short_selling_goes_by_what_the_asset_tells(change: dict[str, object], shortable: bool) -> None:
    rules = instrument_of({**STOCK, **change})
    assert rules is not None
    assert rules.is_shortable is shortable


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "inactive"}, "it is inactive, not active"),
        ({"tradable": False}, "it cannot be traded"),
        ({"shortable": False}, "it cannot be sold short"),
        ({"fractionable": False}, "fractions of it cannot be ordered"),
    ],
)
def test_flags_are_told_in_words(change: dict[str, object], told: str) -> None:
    rules = instrument_of({**STOCK, **change})
    assert rules is not None
    assert told in rules.flags
    assert rules.is_tradable is not ({"status", "tradable"} & change.keys() != set())


def test_options_are_not_traded() -> None:
    assert instrument_of({**STOCK, "class": "us_option"}) is None
    assert instrument_of({**STOCK, "symbol": None}) is None


def test_positions_lack_the_slash() -> None:
    assert spellings({"BTC/USD": 1, "AAPL": 2}) == {"BTCUSD": "BTC/USD"}
