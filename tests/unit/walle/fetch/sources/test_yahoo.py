"""yfinance's own code against a stand-in for Yahoo: what comes into the store is what was traded."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.stand_ins.reached import reached
from tests.stand_ins.server import StandIn, standing_in
from tests.stand_ins.yahoo import Listing, Yahoo, minutes_of, share
from weaver.model.errors import InputError, NotFound, Unavailable
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.bars.importing import Imported
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.fetching import Fetched, Step, Wanted, fetch
from weaver.walle.fetch.sources.catalogue import opened, start_at

pytestmark = pytest.mark.anyio
MINUTES, DAYS = Timeframe.parse("1m"), Timeframe.parse("1d")
NOW = datetime(2024, 3, 12, 18, 0, tzinfo=UTC)
"""A Tuesday, 14:00 in New York."""
SPLITS = {date(2020, 8, 31): Fraction(4), date(2022, 6, 6): Fraction(20), date(2023, 5, 1): Fraction(1, 8)}
SESSIONS = [date(2024, 2, 26) + timedelta(days=day) for day in range(16) if day % 7 < 5]
LISTINGS: Mapping[str, Listing] = {
    "AAPL": share(date(2020, 1, 2), 1094, splits=SPLITS),
    "BRK-B": share(date(2020, 1, 2), 500, seed=2),
    "MSFT": Listing(rows=share(date(2024, 2, 26), 12).rows, minutes=minutes_of(SESSIONS)),
    "BTC-USD": Listing(
        rows=[(date(2024, 3, day), 60000.5, 61000.25, 59000.125, 60500.0, 10**9 + day) for day in range(1, 13)],
        kind="CRYPTOCURRENCY", zone=ZoneInfo("UTC"),
    ),
    "7203.T": Listing(
        rows=[(date(2024, 3, day), 3500.0, 3600.0, 3400.5, 3550.0, 10**6) for day in range(4, 9)],
        zone=ZoneInfo("Asia/Tokyo"), currency="JPY",
    ),
    "EURUSD=X": Listing(
        rows=[(date(2024, 3, day), 1.0851, 1.0899, 1.0801, 1.0872, 0) for day in range(4, 9)],
        kind="CURRENCY", zone=ZoneInfo("Europe/London"),
    ),
    "AAPL240621C00100000": Listing(rows=share(date(2024, 3, 4), 5).rows, kind="OPTION"),
}  # fmt: skip


@pytest.fixture
def yahoo() -> Iterator[StandIn]:
    with standing_in(Yahoo(LISTINGS)) as stand_in, reached(stand_in.url):
        yield stand_in


async def fetched(
    root: Path,
    *symbols: str,
    timeframe: Timeframe = DAYS,
    start: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    end: datetime = NOW,
    told: list[Step] | None = None,
) -> list[Fetched]:
    async def at_once(_seconds: float) -> None:
        """No time passes."""

    heard: list[Step] = [] if told is None else told
    async with opened("yfinance", None, lambda: NOW) as history:
        wanted = Wanted(symbols=symbols, timeframe=timeframe, start=start, end=end)
        store = ParquetBarStore(root)
        return await fetch(history, store, wanted, off_loop=asyncio.to_thread, wait=at_once, report=heard.append)


def check_days(root: Path, symbol: str, *, first: date = date.min, last: date = date(2024, 3, 11)) -> None:
    """Each day as it was traded; prices by themselves may be what Yahoo's six decimals leave of them."""
    listing = LISTINGS[symbol]
    rows = [row for row in listing.rows if first <= row[0] <= last]
    bars = ParquetBarStore(root).read(symbol, DAYS).bars
    assert [date.fromordinal(719163 + stamp // DAY) for stamp in bars.timestamp.tolist()] == [row[0] for row in rows]
    slack = np.array([1e-6 * float(listing.factor(row[0])) + row[1] * 2**-23 for row in rows])
    for at, name in enumerate(("open", "high", "low", "close"), start=1):
        off = np.abs(getattr(bars, name) - np.array([row[at] for row in rows]))
        assert (off <= slack).all(), name
        assert (off == 0).mean() > 0.99, name  # of cents nearly all come back
    assert bars.volume.tolist() == [row[5] for row in rows]


async def test_prices_are_those_that_were_traded_with_splits_and_dividends_beside(
    yahoo: StandIn, tmp_path: Path
) -> None:
    (one,) = await fetched(tmp_path, "AAPL")
    assert isinstance(one.outcome, Imported), one.outcome
    assert one.outcome.outcome.entry.source == "yfinance (unofficial, for personal use)"
    check_days(tmp_path, "AAPL")
    splits = [Split(ex_date=day, ratio=ratio) for day, ratio in SPLITS.items()]
    paid = [Dividend(ex_date=day, amount=Decimal("0.25")) for day in LISTINGS["AAPL"].dividends]
    assert ParquetBarStore(tmp_path).actions("AAPL") == tuple(sorted([*splits, *paid], key=lambda one: one.ex_date))
    doubts = [warning.code for warning in one.outcome.read.warnings]
    assert not {"action_doubt", "jump"} & set(doubts)  # each split is in the prices once


async def test_splits_after_the_end_are_taken_out_too(yahoo: StandIn, tmp_path: Path) -> None:
    await fetched(tmp_path, "AAPL", end=datetime(2020, 6, 30, tzinfo=UTC))
    check_days(tmp_path, "AAPL", last=date(2020, 6, 30))
    assert all(isinstance(one, Dividend) for one in ParquetBarStore(tmp_path).actions("AAPL"))


async def test_day_that_has_not_ended_is_left_out(yahoo: StandIn, tmp_path: Path) -> None:
    await fetched(tmp_path, "AAPL", start=datetime(2024, 3, 1, tzinfo=UTC))
    assert LISTINGS["AAPL"].rows[-1][0] >= NOW.date()
    check_days(tmp_path, "AAPL", first=date(2024, 3, 1))


@pytest.mark.parametrize(
    ("symbol", "asset_class", "currency", "last"),
    [("7203.T", "stock", "JPY", 8), ("EURUSD=X", "fx", "USD", 8), ("BTC-USD", "crypto", "USD", 11)],
)
async def test_other_markets_days_keep_their_dates(
    yahoo: StandIn, tmp_path: Path, symbol: str, asset_class: str, currency: str, last: int
) -> None:
    (one,) = await fetched(tmp_path, symbol, start=datetime(2024, 3, 1, tzinfo=UTC))
    assert isinstance(one.outcome, Imported), one.outcome
    instrument = one.outcome.outcome.entry.instrument
    assert (str(instrument.asset_class), instrument.quote_currency) == (asset_class, currency)
    bars = ParquetBarStore(tmp_path).read(symbol, DAYS).bars
    days = [date.fromordinal(719163 + stamp // DAY) for stamp in bars.timestamp.tolist()]
    assert days == [row[0] for row in LISTINGS[symbol].rows if row[0].day <= last]


async def test_minutes_come_a_week_at_once(yahoo: StandIn, tmp_path: Path) -> None:
    (one,) = await fetched(tmp_path, "MSFT", timeframe=MINUTES, start=datetime(2024, 2, 26, tzinfo=UTC))
    assert isinstance(one.outcome, Imported), one.outcome
    bars = ParquetBarStore(tmp_path).read("MSFT", MINUTES).bars
    settled = NOW.timestamp() - 20 * 60  # quotes may be so late
    wanted = {at: row for at, row in LISTINGS["MSFT"].minutes.items() if at + 60 <= settled}
    assert bars.timestamp.tolist() == [at * 10**9 for at in wanted]
    for at, name in enumerate(("open", "high", "low", "close", "volume")):
        assert np.allclose(getattr(bars, name), [row[at] for row in wanted.values()], rtol=1e-7, atol=0)
    windows = [query for query in yahoo.of("MSFT") if query["interval"] == "1m"]
    assert all(int(one["period2"]) - int(one["period1"]) <= 8 * 86_400 for one in windows)
    assert len(windows) == 3


async def test_minutes_of_longer_ago_than_yahoo_keeps_are_refused(yahoo: StandIn, tmp_path: Path) -> None:
    (one,) = await fetched(tmp_path, "MSFT", timeframe=MINUTES, start=datetime(2023, 1, 1, tzinfo=UTC))
    assert "Yahoo keeps bars of 1m for 30 days: ask for 2024-02-12 and later" in str(one.outcome)
    assert start_at("yfinance", MINUTES, NOW) == NOW - timedelta(days=29)


@pytest.mark.parametrize("timeframe", ["1w", "4h", "1mo"])
async def test_timeframe_that_yahoo_has_not_is_told(yahoo: StandIn, tmp_path: Path, timeframe: str) -> None:
    (one,) = await fetched(tmp_path, "MSFT", timeframe=Timeframe.parse(timeframe))
    assert f"Yahoo has no bars of {timeframe} of its own: fetch 1" in str(one.outcome)


@pytest.mark.parametrize(
    "fault", ["limited", "limited 7", "down", "html", "empty", "truncated", "cut", "slow", "denied"]
)
async def test_fault_in_the_middle_is_lived_through(yahoo: StandIn, tmp_path: Path, fault: str) -> None:
    again = ["limited", "limited"] if fault == "limited" else [fault] * 2  # yfinance itself asks twice
    yahoo.faults["chart/AAPL?period1"] = again
    (one,) = await fetched(tmp_path, "AAPL")
    assert isinstance(one.outcome, Imported), one.outcome
    check_days(tmp_path, "AAPL")


async def test_retry_after_is_honoured(yahoo: StandIn, tmp_path: Path) -> None:
    yahoo.faults["chart/AAPL?period1"] = ["limited 7", "limited 7"]
    told = list[Step]()
    await fetched(tmp_path, "AAPL", told=told)
    assert [one.waits for one in told if one.waits] == ["Yahoo takes no more requests for now; asked again in 7 s"]


@pytest.mark.parametrize("fault", ["limited", "html", "empty", "truncated", "down", "cut", "denied"])
async def test_yahoo_that_stays_broken_ends_the_fetch_which_goes_on_later(
    yahoo: StandIn, tmp_path: Path, fault: str
) -> None:
    yahoo.faults["chart/BRK-B?period1"] = [fault] * 20
    with pytest.raises(Unavailable, match="Yahoo"):
        await fetched(tmp_path, "AAPL", "BRK-B")
    yahoo.faults.clear()
    await fetched(tmp_path, "AAPL", "BRK-B")
    check_days(tmp_path, "AAPL")
    check_days(tmp_path, "BRK-B")


async def test_symbol_that_yahoo_spells_otherwise_is_told(yahoo: StandIn, tmp_path: Path) -> None:
    wrong, right = await fetched(tmp_path, "BRK.B", "AAPL", start=datetime(2024, 1, 2, tzinfo=UTC))
    assert isinstance(wrong.outcome, NotFound)
    assert "knows no such symbol: BRK-B?" in str(wrong.outcome)
    assert isinstance(right.outcome, Imported)


async def test_symbol_with_a_slash_is_not_asked_for(yahoo: StandIn, tmp_path: Path) -> None:
    (one,) = await fetched(tmp_path, "BRK/B")
    assert "knows no such symbol: BRK-B?" in str(one.outcome)
    assert yahoo.of("chart/") == []


async def test_what_weaver_does_not_trade_is_refused(yahoo: StandIn, tmp_path: Path) -> None:
    (one,) = await fetched(tmp_path, "AAPL240621C00100000")
    assert isinstance(one.outcome, InputError)
    assert "is OPTION, which Weaver does not trade" in str(one.outcome)


async def test_network_that_is_away_is_told(tmp_path: Path) -> None:
    with reached("http://127.0.0.1:9"), pytest.raises(Unavailable, match="Yahoo does not answer"):
        await fetched(tmp_path, "AAPL")


async def test_exchange_is_not_for_yahoo() -> None:
    with pytest.raises(InputError, match="yfinance has no exchanges to choose from: leave binance out"):
        async with opened("yfinance", "binance", lambda: NOW):
            pass
