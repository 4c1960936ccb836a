"""Bars that show what they are bars of: hours × class, made by hand, and real files without their names."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_data import SAMPLES, shared_file
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import DAY, HOUR, MINUTE
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.checks.asset_evidence import _spanned, asset_doubt, evidence, guess
from weaver.walle.files.frames import bars_from_frame

WEEKS = "2024-01-01", "2024-02-12"  # Monday to Monday, six weeks


def around_the_clock(freq: str = "1h") -> pd.DatetimeIndex:
    return pd.date_range(*WEEKS, freq=freq, tz="UTC", inclusive="left")


def local(zone: str, begin: str, end: str, freq: str, span: tuple[str, str] = WEEKS) -> pd.DatetimeIndex:
    """Weekdays of an exchange, by its own clock."""
    times = pd.date_range(*span, freq=freq, tz=zone, inclusive="left")
    at = times.strftime("%H:%M")
    return times[(times.day_of_week < 5) & (at >= begin) & (at < end)].tz_convert("UTC")


def currencies(freq: str = "1h") -> pd.DatetimeIndex:
    """Sunday 17:00 to Friday 17:00 New York."""
    times = pd.date_range(*WEEKS, freq=freq, tz="America/New_York", inclusive="left")
    minutes = times.day_of_week * 1440 + times.hour * 60 + times.minute
    return times[(minutes < 4 * 1440 + 1020) | (minutes >= 6 * 1440 + 1020)].tz_convert("UTC")


def globex() -> pd.DatetimeIndex:
    times = currencies("15min").tz_convert("America/New_York")
    return times[times.hour != 17].tz_convert("UTC")


def frame(times: pd.DatetimeIndex, volume: float = 900.0) -> pd.DataFrame:
    price = 100 + np.sin(np.arange(len(times)))
    return pd.DataFrame(
        {"open": price, "high": price + 1, "low": price - 1, "close": price, "volume": volume}, index=times
    )


def without_a_name(made: pd.DataFrame, symbol: str = "BARS") -> str:
    return str(bars_from_frame(made, symbol=symbol).instrument.asset_class)


@pytest.mark.parametrize("symbol", ["BARS", "MICRON", "SAP.DE", "AAPL", "GOLD"])
@pytest.mark.parametrize("freq", ["1min", "5min", "1h", "4h", "1D"])
def test_bars_on_weekends_are_of_crypto_whatever_the_name(symbol: str, freq: str) -> None:
    assert without_a_name(frame(around_the_clock(freq)), symbol) == "crypto"


@pytest.mark.parametrize("freq", ["1h", "1D"])
def test_two_currencies_on_weekends_are_crypto_and_that_is_said(freq: str) -> None:
    read = bars_from_frame(frame(around_the_clock(freq)), symbol="EURUSD")
    assert read.all_notes[0] == (
        "EURUSD: taken for crypto, as its bars run through the weekends, which two currencies do not "
        "(--asset says otherwise)"
    )
    assert without_a_name(frame(currencies("1h")), "dukascopy_EURUSD") == "fx"
    assert without_a_name(frame(currencies("1h")[:20]), "dukascopy_EURUSD") == "fx"


@pytest.mark.parametrize("freq", ["5min", "30min", "1h"])
def test_nights_without_weekends_are_of_currencies_and_of_futures_where_they_pause(freq: str) -> None:
    assert without_a_name(frame(currencies(freq))) == "fx"
    assert without_a_name(frame(globex()), "GOLD") == "future"


@pytest.mark.parametrize(
    "times",
    [
        local("America/New_York", "09:30", "16:00", "1min", ("2024-01-02", "2024-01-04")),
        local("America/New_York", "04:00", "20:00", "5min"),
        local("America/New_York", "09:00", "16:00", "1h"),
        local("Europe/London", "08:00", "16:30", "15min"),
        local("Asia/Kolkata", "09:15", "15:30", "15min"),
        local("Asia/Tokyo", "09:00", "15:00", "1h"),
        pd.bdate_range(*WEEKS, tz="UTC"),
        pd.bdate_range("2024-01-01", "2024-01-05", tz="UTC"),
        pd.date_range(*WEEKS, freq="W-SAT", tz="UTC"),
        pd.bdate_range(*WEEKS, tz="UTC").append(pd.DatetimeIndex(["2024-01-20"], tz="UTC")).sort_values(),
    ],
    ids=["ny-minutes", "ny-extended", "ny-hours", "london", "mumbai", "tokyo", "daily", "a-week", "weekly", "muhurat"],
)
def test_a_market_that_rests_is_a_stocks(times: pd.DatetimeIndex) -> None:
    assert without_a_name(frame(times)) == "stock"


def test_a_short_stretch_around_the_clock_is_crypto() -> None:
    times = pd.date_range("2024-01-02", "2024-01-04", freq="1min", tz="UTC", inclusive="left")  # Tuesday, Wednesday
    assert without_a_name(frame(times)) == "crypto"


def test_fractional_volumes_tell_where_the_hours_do_not() -> None:
    few = pd.date_range("2024-01-02 14:30", periods=60, freq="1min", tz="UTC")
    assert without_a_name(frame(few, volume=1.23456)) == "crypto"
    assert without_a_name(frame(few, volume=1200.0)) == "stock"
    assert without_a_name(frame(few, volume=1200.25)) == "stock"  # a split's halves and quarters
    assert without_a_name(frame(pd.bdate_range(*WEEKS, tz="UTC"), volume=1.23456)) == "stock"  # weekends tell more


def test_fillers_of_no_volume_are_no_trades() -> None:
    made = frame(around_the_clock())
    made.loc[~made.index.isin(currencies()), "volume"] = 0
    assert without_a_name(made, "EURUSD") == "fx"
    assert without_a_name(made) == "fx"


def test_a_vendors_mark_and_a_future_stand_against_the_bars() -> None:
    hours = frame(around_the_clock())
    assert [without_a_name(hours, symbol) for symbol in ("EURUSD=X", "ES=F", "ESZ24")] == ["fx", "future", "future"]
    assert without_a_name(hours, "EURUSD") == "crypto"


def test_a_coin_stays_one_where_the_bars_rest() -> None:
    assert without_a_name(frame(pd.bdate_range(*WEEKS, tz="UTC")), "BTC") == "crypto"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("crypto/BTCPERP_1m_2022-01a.csv", "crypto"), ("crypto/BTCUSD_1h_coinbase_2017-2018.csv", "crypto"),
        ("crypto/ETHBTC_5m_2018-01.csv", "crypto"), ("crypto/XRPUSDT_PERP_5m_2021-11.csv", "crypto"),
        ("fx/EURUSD_1h_ask_2017.csv", "fx"), ("intraday_us/IBM_1h_2016-2021_raw.csv", "stock"),
        ("intraday_us/SPY_1m_2011-01.csv", "stock"), ("daily_us/DELL_1d_raw.csv", "stock"),
        ("daily_us/AAPL_1d_adjusted.csv", "stock"),
    ],
)  # fmt: skip
def test_real_files_are_known_without_their_names(name: str, kind: str) -> None:
    path = shared_file(name)
    found = read_bars(SAMPLES / "EURUSD_1h.csv" if path is None else path, symbol="BARS")
    assert str(found.instrument.asset_class) == (kind if path is not None else "fx")


def bars(times: pd.DatetimeIndex) -> Bars:
    return bars_from_frame(frame(times), symbol="X", asset_class=AssetClass.STOCK).bars


def test_a_given_class_stays_and_the_contradiction_is_told() -> None:
    stock, weekend = AssetClass.STOCK, "through the weekends"
    assert weekend in str(asset_doubt(bars(around_the_clock()), stock))
    assert weekend in str(asset_doubt(bars(around_the_clock("1D")), stock))
    assert weekend in str(asset_doubt(bars(around_the_clock()), AssetClass.FX))
    # 720 hours, of which 7 a session are regular, on 28 sessions (New Year's and Dr King's day are none): 524 are not.
    assert "73% of its bars lie outside New York's regular hours" in str(asset_doubt(bars(currencies()), stock))
    assert "100% of its bars" in str(asset_doubt(bars(local("Asia/Kolkata", "09:15", "15:30", "15min")), stock))
    # 34 quarters of an hour on each of 30 days; the last 8 overlap New York, on 28 sessions: 796 of 1,020 do not.
    assert "78% of its bars" in str(asset_doubt(bars(local("Europe/London", "08:00", "16:30", "15min")), stock))


@pytest.mark.parametrize(
    "times",
    [
        local("America/New_York", "04:00", "20:00", "1min", ("2024-01-02", "2024-01-31")),
        local("America/New_York", "09:30", "16:00", "30min"),
        local("America/Toronto", "09:00", "16:00", "1h"),
        pd.bdate_range(*WEEKS, tz="UTC"),
    ],
    ids=["extended", "regular", "hours", "daily"],
)
def test_stocks_of_new_york_raise_no_doubt(times: pd.DatetimeIndex) -> None:
    assert asset_doubt(bars(times), AssetClass.STOCK) is None


@pytest.mark.parametrize("kind", [AssetClass.CRYPTO, AssetClass.FUTURE])
def test_what_trades_at_any_hour_raises_no_doubt(kind: AssetClass) -> None:
    assert asset_doubt(bars(around_the_clock()), kind) is None


def test_nothing_is_read_into_one_bar_or_none() -> None:
    one = np.array([1_700_000_000_000_000_000])
    for stamps in (one, one[:0]):
        seen = evidence(stamps, MINUTE, None)
        assert guess("AAPL", seen).asset_class is AssetClass.STOCK
        assert not seen.all_day


@given(st.integers(-500, 500), st.integers(0, 400), st.integers(1, 30))
def test_time_spanned_on_each_weekday_is_what_counting_hours_gives(first: int, more: int, length: int) -> None:
    begin, newest = first * HOUR, (first + more) * HOUR
    hours = [hour for hour in range(first, first + more + length) if hour * HOUR // DAY <= newest // DAY]
    counted = [0] * 7
    for hour in hours:
        counted[pd.Timestamp(hour * HOUR, tz="UTC").weekday()] += HOUR
    assert _spanned(begin, newest + length * HOUR, newest // DAY) == counted
