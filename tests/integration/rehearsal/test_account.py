"""The account, its assets and its hours, as the official SDK sees them."""

from datetime import UTC, date, datetime

import pytest
from alpaca.trading.enums import AssetClass, AssetStatus
from alpaca.trading.models import AccountConfiguration
from alpaca.trading.requests import GetAssetsRequest, GetCalendarRequest, LimitOrderRequest, MarketOrderRequest

from tests.rehearsals.served import Served


def test_account_begins_with_its_cash_and_twice_that_to_buy_stocks_for(exchange: Served) -> None:
    account = exchange.sdk.get_account()
    assert (account.cash, account.equity, account.last_equity, account.portfolio_value) == ("100000",) * 4
    assert (account.buying_power, account.regt_buying_power, account.multiplier) == ("200000", "200000", "2")
    assert account.non_marginable_buying_power == "100000"
    assert (account.status.value, account.currency) == ("ACTIVE", "USD")
    assert not (account.trading_blocked or account.account_blocked or account.transfers_blocked)


def test_account_has_no_fields_of_pattern_day_trading(exchange: Served) -> None:
    raw = exchange.http.get("/v2/account").json()
    assert not {"pattern_day_trader", "daytrade_count", "daytrading_buying_power"} & raw.keys()
    assert all(isinstance(raw[name], str) for name in ("cash", "equity", "buying_power", "multiplier", "sma"))


def test_account_number_says_paper_or_live() -> None:
    with Served().running() as paper, Served(is_live=True).running() as live:
        assert paper.sdk.get_account().account_number.startswith("PA")
        assert live.sdk.get_account().account_number.isdigit()


def test_holdings_and_open_orders_bind_buying_power(exchange: Served) -> None:
    client = exchange.sdk
    client.submit_order(MarketOrderRequest(symbol="AAPL", qty=100, side="buy", time_in_force="day"))
    # A market buy at 100 is reserved at 4 % more: 10,400.
    assert client.get_account().buying_power == "189600"
    exchange.bar(AAPL="100 110 100 110")
    account = client.get_account()
    assert (account.cash, account.long_market_value, account.equity) == ("90000", "11000", "101000")
    assert account.buying_power == "191000"  # 2 × (101,000 − half of 11,000)
    assert (account.initial_margin, account.maintenance_margin) == ("5500", "2750")
    client.submit_order(LimitOrderRequest(symbol="MSFT", qty=10, side="buy", time_in_force="gtc", limit_price=300))
    assert client.get_account().buying_power == "188000"
    assert client.get_account().non_marginable_buying_power == "87000"  # 90,000 in cash, 3,000 spoken for


def test_short_position_is_owed(exchange: Served) -> None:
    client = exchange.sdk
    client.submit_order(MarketOrderRequest(symbol="AAPL", qty=10, side="sell", time_in_force="day"))
    exchange.bar(AAPL="100 100 90 95")
    account, position = client.get_account(), client.get_open_position("AAPL")
    assert (account.cash, account.short_market_value, account.equity) == ("101000", "-950", "100050")
    assert (position.qty, position.side.value, position.market_value, position.cost_basis) == (
        "-10", "short", "-950", "-1000",
    )  # fmt: skip
    assert (position.unrealized_pl, position.unrealized_plpc, position.avg_entry_price) == ("50", "0.05", "100")


def test_configuration_is_kept_and_obeyed(exchange: Served) -> None:
    client = exchange.sdk
    found = client.get_account_configurations()
    assert isinstance(found, AccountConfiguration)
    assert (found.no_shorting, found.fractional_trading) == (False, True)
    client.set_account_configurations(found.model_copy(update={"no_shorting": True}))
    assert client.get_account().shorting_enabled is False


def test_assets_have_both_borrow_fields_and_pairs_their_increments(exchange: Served) -> None:
    client = exchange.sdk
    assert [asset.symbol for asset in client.get_all_assets()] == ["AAPL", "MSFT", "BTC/USD"]
    pairs = client.get_all_assets(GetAssetsRequest(asset_class=AssetClass.CRYPTO, status=AssetStatus.ACTIVE))
    assert [asset.symbol for asset in pairs] == ["BTC/USD"]
    assert pairs[0].min_order_size is not None
    assert pairs[0].price_increment == 0.01
    apple = client.get_asset("AAPL")
    assert (apple.easy_to_borrow, apple.fractionable, apple.asset_class) == (True, True, AssetClass.US_EQUITY)
    raw = exchange.http.get("/v2/assets/AAPL").json()
    assert (raw["class"], raw["borrow_status"]) == ("us_equity", "easy_to_borrow")
    assert client.get_asset(str(apple.id)).symbol == "AAPL"


@pytest.mark.parametrize("name", ["BTC/USD", "BTC%2FUSD", "BTCUSD"])
def test_pair_is_found_with_its_slash_encoded_or_not(exchange: Served, name: str) -> None:
    assert exchange.http.get(f"/v2/assets/{name}").json()["symbol"] == "BTC/USD"


def test_clock_tells_new_york_time(exchange: Served) -> None:
    clock = exchange.sdk.get_clock()
    assert clock.is_open
    assert clock.next_close == datetime(2024, 3, 12, 20, 0, tzinfo=UTC)
    assert clock.next_open == datetime(2024, 3, 13, 13, 30, tzinfo=UTC)
    raw = exchange.http.get("/v2/clock").json()
    assert raw["timestamp"].endswith("-04:00")
    assert raw["next_close"] == "2024-03-12T16:00:00-04:00"


@pytest.mark.parametrize(
    ("now", "next_open", "next_close"),
    [
        ("2024-11-28T15:00:00+00:00", "2024-11-29T09:30:00-05:00", "2024-11-29T13:00:00-05:00"),  # Thanksgiving
        ("2024-11-29T18:00:00+00:00", "2024-12-02T09:30:00-05:00", "2024-12-02T16:00:00-05:00"),  # after the half day
        ("2024-03-09T03:00:00+00:00", "2024-03-11T09:30:00-04:00", "2024-03-11T16:00:00-04:00"),  # clocks change
    ],
)
def test_clock_of_a_closed_market_looks_ahead(now: str, next_open: str, next_close: str) -> None:
    with Served(start=now).running() as exchange:
        raw = exchange.http.get("/v2/clock").json()
    assert (raw["is_open"], raw["next_open"], raw["next_close"]) == (False, next_open, next_close)


def test_calendar_has_holidays_and_half_days(exchange: Served) -> None:
    days = exchange.sdk.get_calendar(GetCalendarRequest(start=date(2024, 11, 27), end=date(2024, 12, 2)))
    assert [(str(day.date), f"{day.close:%H:%M}") for day in days] == [
        ("2024-11-27", "16:00"), ("2024-11-29", "13:00"), ("2024-12-02", "16:00"),
    ]  # fmt: skip
    raw = exchange.http.get("/v2/calendar", params={"start": "2024-11-29", "end": "2024-11-29"}).json()
    assert raw == [
        {
            "date": "2024-11-29", "open": "09:30", "close": "13:00", "session_open": "0400", "session_close": "2000",
            "settlement_date": "2024-12-02",
        }
    ]  # fmt: skip


def test_calendar_of_2024_has_252_sessions(exchange: Served) -> None:
    assert len(exchange.sdk.get_calendar(GetCalendarRequest(start=date(2024, 1, 1), end=date(2024, 12, 31)))) == 252
