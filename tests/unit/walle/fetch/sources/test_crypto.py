"""ccxt's own code for Binance against a stand-in for Binance: what comes into the store is what the exchange has."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.stand_ins.binance import HALT, LISTED, NOW, binance, candles
from tests.stand_ins.reached import reached
from tests.stand_ins.server import StandIn, standing_in
from weaver.model.errors import InputError, NotFound, OverLimit, Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.importing import Imported
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.fetching import Fetched, Step, Wanted, fetch
from weaver.walle.fetch.sources.catalogue import opened

pytestmark = pytest.mark.anyio
MINUTES, HOURS, DAYS = (Timeframe.parse(one) for one in ("1m", "1h", "1d"))


@pytest.fixture
def exchange() -> Iterator[StandIn]:
    with standing_in(binance) as stand_in, reached(stand_in.url):
        yield stand_in


def wall() -> datetime:
    return datetime(2026, 1, 2, tzinfo=UTC)


async def fetched(
    root: Path, *symbols: str, timeframe: Timeframe = MINUTES, start: datetime = LISTED, told: list[Step] | None = None
) -> list[Fetched]:
    async def at_once(_seconds: float) -> None:
        """No time passes."""

    heard: list[Step] = [] if told is None else told
    async with opened("ccxt", "binance", wall) as history:
        wanted = Wanted(symbols=symbols, timeframe=timeframe, start=start, end=history.now())
        store = ParquetBarStore(root)
        return await fetch(history, store, wanted, off_loop=asyncio.to_thread, wait=at_once, report=heard.append)


def check_all(root: Path, pair: str, timeframe: Timeframe) -> None:
    """The store has the exchange's candles but for the last, which has not ended."""
    rows = np.array(candles(pair, str(timeframe))[:-1])
    bars = ParquetBarStore(root).read("BTC/USDT" if pair == "BTCUSDT" else "ETH/BTC", timeframe).bars
    assert bars.timestamp.tolist() == [int(at) * 10**6 for at in rows[:, 0]]
    assert bars.end.tolist() == [int(at) * 10**6 + timeframe.nanoseconds for at in rows[:, 0]]
    for at, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
        assert getattr(bars, name).tolist() == rows[:, at].tolist(), name


@pytest.mark.parametrize("timeframe", [MINUTES, HOURS, DAYS])
async def test_all_candles_that_have_ended_come_in_page_by_page(
    exchange: StandIn, tmp_path: Path, timeframe: Timeframe
) -> None:
    (one,) = await fetched(tmp_path, "BTC/USDT", timeframe=timeframe)
    assert isinstance(one.outcome, Imported)
    assert one.outcome.outcome.entry.source == "ccxt binance"
    check_all(tmp_path, "BTCUSDT", timeframe)
    count = len(candles("BTCUSDT", str(timeframe)))
    assert len(exchange.of("klines")) == -(-count // 1000)


async def test_facts_of_an_instrument_are_the_exchanges(exchange: StandIn, tmp_path: Path) -> None:
    await fetched(tmp_path, "BTC/USDT", timeframe=DAYS)
    entry = ParquetBarStore(tmp_path).find("BTC/USDT")
    assert entry is not None
    stored = entry.instrument
    assert (stored.tick, stored.lot, stored.minimum) == (Decimal("0.01"), Decimal("0.00001"), Decimal("0.00002"))
    assert (stored.quote_currency, str(stored.asset_class), stored.tick_given) == ("USDT", "crypto", True)


async def test_minutes_without_trades_are_told_as_a_gap(exchange: StandIn, tmp_path: Path) -> None:
    (one,) = await fetched(tmp_path, "BTC/USDT")
    assert isinstance(one.outcome, Imported)
    (gaps,) = [warning.message for warning in one.outcome.read.warnings if warning.code == "gaps"]
    assert str(len(HALT)) in gaps


async def test_history_that_begins_later_than_asked_says_so(exchange: StandIn, tmp_path: Path) -> None:
    (one,) = await fetched(tmp_path, "BTC/USDT", timeframe=HOURS, start=LISTED - timedelta(days=400))
    assert isinstance(one.outcome, Imported)
    assert one.outcome.read.notes == ("BTC/USDT: ccxt binance has no bars before 2024-03-08",)
    check_all(tmp_path, "BTCUSDT", HOURS)


@pytest.mark.parametrize(
    "fault", ["limited", "limited 7", "down", "html", "empty", "truncated", "cut", "slow", "limited 7,html,down,cut"]
)
async def test_fault_in_the_middle_is_lived_through(exchange: StandIn, tmp_path: Path, fault: str) -> None:
    exchange.faults["klines"] = ["fine", *fault.split(",")]
    (one,) = await fetched(tmp_path, "BTC/USDT")
    assert isinstance(one.outcome, Imported), one.outcome
    check_all(tmp_path, "BTCUSDT", MINUTES)


async def test_exchange_that_is_asked_too_often_is_left_alone_as_it_says(exchange: StandIn, tmp_path: Path) -> None:
    exchange.faults["klines"] = ["fine", "limited 7"]
    told = list[Step]()
    await fetched(tmp_path, "BTC/USDT", told=told)
    (waits,) = [step for step in told if step.waits]
    assert (waits.symbol, waits.waits) == (
        "BTC/USDT",
        "binance takes no more requests for now; asked again in 7 s",
    )


@pytest.mark.parametrize("fault", ["html", "empty", "truncated", "down", "cut"])
async def test_exchange_that_stays_broken_ends_the_fetch_which_goes_on_later(
    exchange: StandIn, tmp_path: Path, fault: str
) -> None:
    exchange.faults["klines"] = ["fine", "fine", *[fault] * 5]
    with pytest.raises(Unavailable, match="binance"):
        await fetched(tmp_path, "BTC/USDT")
    asked = len(exchange.of("klines"))
    await fetched(tmp_path, "BTC/USDT")
    assert len(exchange.of("klines")) - asked == 2  # of four pages two were kept
    check_all(tmp_path, "BTCUSDT", MINUTES)


async def test_exchange_that_wants_an_hour_is_not_waited_for(exchange: StandIn, tmp_path: Path) -> None:
    exchange.faults["klines"] = ["fine", "limited 3600"]
    with pytest.raises(OverLimit) as caught:
        await fetched(tmp_path, "BTC/USDT")
    assert caught.value.seconds == 3600


async def test_exchange_that_wants_keys_is_another_to_choose(exchange: StandIn, tmp_path: Path) -> None:
    exchange.faults["klines"] = ["denied"]
    (one,) = await fetched(tmp_path, "BTC/USDT")
    assert isinstance(one.outcome, InputError)
    assert "binance does not give its candles without an account, or not from here: choose another" in str(one.outcome)
    assert "\n" not in str(one.outcome)


@pytest.mark.parametrize(("spelt", "meant"), [("BTCUSDT", "BTC/USDT"), ("eth-btc", "ETH/BTC"), ("BTC/USD", "BTC/USDT")])
async def test_symbol_spelt_otherwise_is_told_how_the_exchange_spells_it(
    exchange: StandIn, tmp_path: Path, spelt: str, meant: str
) -> None:
    wrong, right = await fetched(tmp_path, spelt, "ETH/BTC", timeframe=DAYS)
    assert isinstance(wrong.outcome, NotFound)
    assert str(wrong.outcome).startswith(f"{spelt}: the venue (ccxt binance) knows no such symbol: {meant}")
    assert isinstance(right.outcome, Imported)


@pytest.mark.parametrize(
    ("timeframe", "told"),
    [("7m", "binance has no bars of 7m: fetch finer ones (1m, 3m"), ("1w", "fetch 1d, of which Weaver makes 1w")],
)
async def test_timeframe_that_the_exchange_has_not_is_told(
    exchange: StandIn, tmp_path: Path, timeframe: str, told: str
) -> None:
    (one,) = await fetched(tmp_path, "BTC/USDT", timeframe=Timeframe.parse(timeframe))
    assert told in str(one.outcome)


@pytest.mark.parametrize(
    ("exchange_name", "told"),
    [
        ("binanse", "ccxt knows no exchange 'binanse': binance"),
        (None, "ccxt has many exchanges: name one"),
    ],
)
async def test_exchange_that_cannot_be_used_is_told_in_a_line(exchange_name: str | None, told: str) -> None:
    with pytest.raises((InputError, Unavailable), match=told):
        async with opened("ccxt", exchange_name, wall):
            pass


async def test_network_that_is_away_is_told(tmp_path: Path) -> None:
    with reached("http://127.0.0.1:9"), pytest.raises(Unavailable, match="binance does not answer"):
        async with opened("ccxt", "binance", wall):
            pass


async def test_clock_is_the_exchanges(exchange: StandIn) -> None:
    async with opened("ccxt", "binance", wall) as history:
        assert abs(history.now() - NOW) < timedelta(seconds=1)
