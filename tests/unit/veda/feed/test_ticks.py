"""When ticks are decided, what they wait for, and what comes too late for them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.veda.feed.feeding import PAIR, STOCKS, at, by_symbol, minute
from weaver.model.calendar.instants import time_of
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale, HaltChanged, ReplayEnded, TickEnded
from weaver.veda.exchange.orders import Source
from weaver.veda.feed.ticks import SECOND, FeedTick, TickBuilder, Waits
from weaver.veda.inputs import LateBar

NOON = at("2024-03-06 17:00")
"""A Wednesday, in session."""
NIGHT = at("2024-03-06 07:00")
"""02:00 in New York."""
ALL = {**STOCKS, **PAIR}


def builder(timeframe: str = "1m", *, symbols: tuple[str, ...] = ("AAA", "BBB"), after: int = NOON) -> TickBuilder:
    return TickBuilder({one: ALL[one] for one in symbols}, Timeframe.parse(timeframe), after=after)


def symbols_of(ticks: list[FeedTick]) -> list[tuple[int, str]]:
    """Minutes after noon, and whose bars."""
    return [((tick.time - NOON) // MINUTE, " ".join(bar.symbol for bar in tick.bars)) for tick in ticks]


def test_tick_is_decided_as_soon_as_all_have_come_in_the_order_of_the_run() -> None:
    one = builder()
    one.on(minute("BBB", NOON))
    assert one.due(NOON + MINUTE) == []
    one.on(minute("AAA", NOON))
    assert symbols_of(one.due(NOON + MINUTE)) == [(1, "AAA BBB")]
    assert (one.due(NOON + 9 * MINUTE), one.next_due()) == ([], None)


def test_symbol_that_did_not_trade_is_waited_for_five_seconds_and_left_out() -> None:
    one = builder()
    one.on(minute("AAA", NOON))
    assert one.next_due() == NOON + MINUTE + 5 * SECOND
    assert one.due(NOON + MINUTE + 5 * SECOND - 1) == []
    assert symbols_of(one.due(NOON + MINUTE + 5 * SECOND)) == [(1, "AAA")]


def test_minute_in_which_nothing_traded_is_no_tick() -> None:
    one = builder()
    one.on(minute("AAA", NOON))
    one.on(minute("BBB", NOON))
    one.on(minute("AAA", NOON + 2 * MINUTE))
    assert symbols_of(one.due(NOON + 10 * MINUTE)) == [(1, "AAA BBB"), (3, "AAA")]


def test_symbol_whose_market_is_shut_is_not_waited_for() -> None:
    one = builder(symbols=("AAA", "BTC/USD"), after=NIGHT)
    one.on(minute("BTC/USD", NIGHT))
    assert [tick.time for tick in one.due(NIGHT + MINUTE)] == [NIGHT + MINUTE]


@pytest.mark.parametrize(
    ("halted_at", "decided_after"),
    [("2024-03-06 16:58", 0), ("2024-03-06 17:00", 0), ("2024-03-06 17:00:01", 5)],
    ids=["before", "as the minute began", "within the minute, a part of which may come"],
)
def test_symbol_that_is_halted_is_not_waited_for(halted_at: str, decided_after: int) -> None:
    one = builder()
    one.on(HaltChanged(symbol="BBB", is_halted=True, reason="news", time=time_of(at(halted_at))))
    one.on(minute("AAA", NOON))
    assert one.next_due() == NOON + MINUTE + decided_after * SECOND


def test_symbol_that_trades_again_is_waited_for_again() -> None:
    one = builder()
    for is_halted in (True, False):
        one.on(HaltChanged(symbol="BBB", is_halted=is_halted, reason="news", time=time_of(NOON)))
    one.on(minute("AAA", NOON))
    assert one.next_due() == NOON + MINUTE + 5 * SECOND


def test_forming_bar_is_never_told() -> None:
    one = builder("5m", symbols=("AAA",))
    one.on(HaltChanged(symbol="AAA", is_halted=True, reason="news", time=time_of(NOON + MINUTE)))
    for k in range(2):
        one.on(minute("AAA", NOON + k * MINUTE))
        assert one.due(NOON + (k + 1) * MINUTE) == []
    assert one.due(NOON + 5 * MINUTE - 1) == []
    (tick,) = one.due(NOON + 5 * MINUTE)
    assert [(bar.start, bar.end, bar.volume) for bar in tick.bars] == [(NOON, NOON + 5 * MINUTE, 20.0)]


def test_clock_that_lags_behind_the_venue_holds_no_bar_up() -> None:
    one = builder(symbols=("AAA",))
    one.on(minute("AAA", NOON))
    assert symbols_of(one.due(NOON)) == [(1, "AAA")]


def test_ticks_stay_in_order_though_a_later_one_is_complete() -> None:
    one = builder(symbols=("AAA", "BTC/USD"), after=NOON)
    closing = at("2024-03-07 01:00") - NOON  # 20:00 in New York: after it only the pair trades
    last = NOON + closing - MINUTE
    one.on(minute("BTC/USD", last))
    one.on(minute("BTC/USD", last + MINUTE))
    assert one.due(last + MINUTE + 4 * SECOND) == []  # AAA may have traded in its last minute
    found = one.due(last + MINUTE + 5 * SECOND)
    assert [tick.time for tick in found] == [last + MINUTE, last + 2 * MINUTE]


@pytest.mark.parametrize("feed", [Feed.STOCK_BARS, Feed.CRYPTO_BARS])
def test_symbol_of_a_feed_that_is_down_is_waited_for_longer(feed: Feed) -> None:
    one = builder()
    one.on(FeedStale(feed=feed, since=time_of(NOON), reason="cut"))
    one.on(minute("AAA", NOON))
    assert one.next_due() == NOON + MINUTE + (300 if feed is Feed.STOCK_BARS else 5) * SECOND


@pytest.mark.parametrize(("is_complete", "seconds"), [(True, 5), (False, 300)])
def test_feed_that_is_back_is_relied_on_once_it_has_told_what_it_missed(is_complete: bool, seconds: int) -> None:
    one = builder()
    one.on(FeedStale(feed=Feed.STOCK_BARS, since=time_of(NOON), reason="cut"))
    one.on(FeedRestored(feed=Feed.STOCK_BARS, since=time_of(NOON), is_complete=is_complete))
    one.on(minute("AAA", NOON))
    assert one.next_due() == NOON + MINUTE + seconds * SECOND


def test_minutes_of_a_gap_count_if_they_come_before_their_tick_is_decided() -> None:
    one = builder("5m", symbols=("AAA",))
    one.on(minute("AAA", NOON, 100.0))
    one.on(FeedStale(feed=Feed.STOCK_BARS, since=time_of(NOON + MINUTE), reason="cut"))
    assert one.due(NOON + 5 * MINUTE + 40 * SECOND) == []
    for k in range(1, 6):
        one.on(minute("AAA", NOON + k * MINUTE, 100.0 + k))
    one.on(FeedRestored(feed=Feed.STOCK_BARS, since=time_of(NOON + MINUTE), repaired=5))
    assert by_symbol(one.due(NOON + 5 * MINUTE + 41 * SECOND)) == {
        "AAA": [(NOON, NOON + 5 * MINUTE, 100.0, 105.0, 99.0, 104.5, 50.0)]
    }


@pytest.mark.parametrize("is_mute", [False, True], ids=["down", "mute, which is told after what it missed"])
def test_long_gap_gives_whole_ticks_however_late_its_minutes_come(is_mute: bool) -> None:
    one, ticks, now = builder(), list[FeedTick](), NOON + 60 * MINUTE
    stale = FeedStale(feed=Feed.STOCK_BARS, since=time_of(NOON), reason="cut")
    polled = [
        minute(symbol, NOON + number * MINUTE, source=Source.POLL)
        for number in range(4)
        for symbol in ("AAA", "BBB")
        if (number, symbol) != (2, "BBB")
    ]
    restored = FeedRestored(feed=Feed.STOCK_BARS, since=time_of(NOON), repaired=len(polled))
    said = [*polled, stale, restored] if is_mute else [stale, *polled, restored]
    for message in [*said, minute("AAA", now), minute("BBB", now)]:
        assert one.on(message) is None
        ticks += one.due(now)
    assert symbols_of(ticks) == [(1, "AAA BBB"), (2, "AAA BBB"), (3, "AAA"), (4, "AAA BBB"), (61, "AAA BBB")]


@pytest.mark.parametrize("then", ["restored", "stale", "a newer bar"])
def test_gap_that_ends_without_a_symbol_waits_for_it_no_longer(then: str) -> None:
    one, now = builder(), NOON + 60 * MINUTE
    one.on(minute("AAA", NOON, source=Source.POLL))
    assert (one.due(now), one.next_due()) == ([], None)
    match then:
        case "restored":
            one.on(FeedRestored(feed=Feed.STOCK_BARS, since=time_of(NOON)))
        case "stale":
            one.on(FeedStale(feed=Feed.STOCK_BARS, since=time_of(NOON), reason="cut"))
        case _:
            one.on(minute("AAA", now - MINUTE))
    assert symbols_of(one.due(now))[0] == (1, "AAA")


def test_minutes_of_before_the_stream_are_no_gap() -> None:
    one = builder("5m")
    one.begin([minute("AAA", NOON, source=Source.POLL)])
    assert one.next_due() == NOON + 5 * MINUTE + 5 * SECOND


def test_bar_that_comes_after_its_tick_is_late_and_changes_nothing() -> None:
    one = builder()
    one.on(minute("AAA", NOON))
    one.due(NOON + MINUTE + 5 * SECOND)
    late = one.on(minute("BBB", NOON))
    assert isinstance(late, LateBar)
    assert (late.bar.symbol, late.bar.start, late.is_correction) == ("BBB", NOON, False)
    assert (one.due(NOON + 9 * MINUTE), one.next_due()) == ([], None)


def test_minute_of_before_the_run_is_late_and_one_of_its_first_bar_counts() -> None:
    one = builder("5m", symbols=("AAA",), after=NOON + 2 * MINUTE)
    assert isinstance(one.on(minute("AAA", NOON - MINUTE)), LateBar)
    assert one.on(minute("AAA", NOON)) is None
    one.on(minute("AAA", NOON + 4 * MINUTE))
    assert [bar[:2] for bar in by_symbol(one.due(NOON + 5 * MINUTE))["AAA"]] == [(NOON, NOON + 5 * MINUTE)]


def test_correction_counts_before_the_tick_and_is_late_after_it() -> None:
    one = builder("5m", symbols=("AAA",))
    first, changed = minute("AAA", NOON), replace(minute("AAA", NOON, 90.0), is_correction=True)
    assert one.on(first) is None
    assert one.on(changed) is None
    assert one.on(minute("AAA", NOON + 4 * MINUTE)) is None
    assert by_symbol(one.due(NOON + 5 * MINUTE))["AAA"] == [(NOON, NOON + 5 * MINUTE, 90.0, 101.0, 89.0, 100.5, 20.0)]
    assert one.on(minute("AAA", NOON, 90.0)) is None  # the same again
    late = one.on(replace(first, is_correction=True))
    assert late is not None
    assert (late.bar.open, late.is_correction) == (100.0, True)


def test_minute_that_comes_again_with_other_values_is_a_correction_though_nobody_says_so() -> None:
    one = builder(symbols=("AAA",))
    one.on(minute("AAA", NOON))
    one.due(NOON + MINUTE)
    late = one.on(minute("AAA", NOON, 99.0))
    assert late is not None
    assert late.is_correction


@pytest.mark.parametrize("timeframe", ["1d", "1w"])
def test_daily_bar_of_a_stock_waits_a_minute_after_the_close_for_corrections(timeframe: str) -> None:
    close = at("2024-03-08 21:00")  # Friday's
    one = builder(timeframe, symbols=("AAA",))
    one.on(minute("AAA", close - MINUTE))
    one.on(minute("AAA", close))  # after hours: in no daily bar
    one.on(minute("AAA", close - MINUTE, 50.0, is_correction=True))
    assert one.next_due() == close + 60 * SECOND
    assert one.due(close + 59 * SECOND) == []
    (bar,) = by_symbol(one.due(close + 60 * SECOND))["AAA"]
    assert bar[0] == at("2024-03-08 00:00")
    assert bar[1:] == (close, 50.0, 51.0, 49.0, 50.5, 10.0)


def test_half_day_closes_at_one() -> None:
    close = at("2024-11-29 18:00")
    one = builder("1d", symbols=("AAA",), after=at("2024-11-29 12:00"))
    one.on(minute("AAA", close - MINUTE))
    assert one.next_due() == close + 60 * SECOND


def test_day_of_a_pair_closes_at_midnight_utc_without_waiting_for_corrections() -> None:
    midnight = at("2024-03-07 00:00")
    one = builder("1d", symbols=("BTC/USD",))
    one.on(minute("BTC/USD", midnight - MINUTE))
    assert [tick.time for tick in one.due(midnight)] == [midnight]


@pytest.mark.parametrize("waits", [None, Waits()])
@pytest.mark.parametrize("ended", [TickEnded, ReplayEnded])
def test_tick_of_which_all_is_known_to_have_come_waits_for_nothing(
    ended: Callable[..., TickEnded], waits: Waits | None
) -> None:
    close = at("2024-03-06 21:00")
    one = TickBuilder(
        {symbol: STOCKS[symbol] for symbol in STOCKS},
        Timeframe.parse("1d"),
        after=NOON,
        source=Timeframe.parse("1d"),
        waits=waits,
    )
    day = replace(minute("BBB", at("2024-03-06 00:00")), end=close)
    one.on(day)
    assert one.due(close) == []
    assert one.next_due() == (None if waits is None else close + 60 * SECOND)
    one.on(ended(time=time_of(close)))
    assert by_symbol(one.due(close)) == {"BBB": [(day.start, close, 100.0, 101.0, 99.0, 100.5, 10.0)]}
    assert one.decided == close


def test_symbols_of_others_are_nothing_to_the_run() -> None:
    one = builder(symbols=("AAA",))
    assert one.on(minute("ZZZ", NOON)) is None
    assert one.next_due() is None
    assert one.decided == NOON
