"""Calls at set times: once each, in their turn, and the same however the run goes through time."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars
from weaver.marvin.schedule import Due, Schedule
from weaver.marvin.strategy import Strategy
from weaver.model.calendar.recurring import Recurring
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError, WeaverError
from weaver.model.market.asset_class import AssetClass

COIN = "BTC/USD"


def schedule(**when: Any) -> Schedule:
    usual = {"every": "day", "at": None, "zone": None, "after_open": None, "before_close": None}
    return Schedule(
        recurring=Recurring.parse(**{**usual, **when}),
        calendar=calendar_for(AssetClass.STOCK),
        zone=calendar_for(AssetClass.STOCK).zone,
        call=lambda: None,
    )


def hours(*stamps: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(datetime.fromisoformat(one).replace(tzinfo=UTC).timestamp()) * 10**9 for one in stamps])


TICKS = ("2024-07-02T14:30", "2024-07-02T15:30", "2024-07-08T13:35", "2024-07-08T14:00", "2024-07-08T16:00")


@pytest.mark.parametrize("when", [{"at": "10:00"}, {"at": "10:00", "every": "week"}, {"after_open": "5m"}])
def test_first_tick_after_an_instant_is_called_once_however_many_have_passed(when: dict[str, str]) -> None:
    """10:00 New York is 14:00 UTC: past at the first tick. Over the holes of a week several have passed: one call."""
    begun, ticks = int(hours("2024-07-02T00:00")[0]), hours(*TICKS)
    expected = {"after_open": [0, 2]}.get(next(iter(when)), [0, 2, 3] if "every" not in when else [3])
    assert schedule(**when).ticks(ticks, begun).tolist() == expected
    due, before, found = Due(schedule(**when)), begun, []
    for index, now in enumerate(ticks.tolist()):
        if due.is_due(before, now):
            found.append(index)
        before = now
    assert found == expected


def test_instants_up_to_the_start_are_none() -> None:
    ticks = hours(*TICKS)
    assert schedule(at="10:30").ticks(ticks[1:], int(ticks[0])).tolist() == [1, 3]  # 14:30 of the 2nd is the start


def test_calls_have_their_turn_among_signals_in_the_order_in_which_both_were_asked_for() -> None:
    told: list[str] = []

    class Both(Strategy):
        def on_start(self) -> None:
            self.when(self.close > 0, lambda _: told.append("first"))
            self.schedule(self.on_time, at="02:00")
            self.when(self.close > 0, lambda _: told.append("last"))

        def on_time(self, tick: Any) -> None:
            told.append(f"{tick.time:%H:%M} {tick.symbols}")

        def on_bar(self, bar: Any) -> None:
            told.append(f"bar {bar.close:g}")

    backtest(Both, crypto_bars([1.0, 2.0, 3.0]))
    assert told == [
        *("first", "last", "bar 1"),
        *("first", "02:00 ('BTC/USD',)", "last", "bar 2"),
        *("first", "last", "bar 3"),
    ]


def test_a_schedule_alone_can_trade() -> None:
    class Once(Strategy):
        def on_start(self) -> None:
            self.schedule(self.enter, at="02:00", every="month")

        def enter(self, tick: Any) -> None:
            del tick
            self.buy(COIN, 1)

    result = backtest(Once, crypto_bars([1.0, 2.0, 3.0, 4.0]))
    assert len(result.fills) == 0 or result.fills[0].timestamp.hour == 2


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"at": "10:00", "symbol": "ETH/USD"}, "symbol 'ETH/USD' is not in this run"),
        ({"at": "ten"}, "at is a time of day"),
    ],
)
def test_what_cannot_be_scheduled_is_refused(asked: dict[str, str], reason: str) -> None:
    class Wrong(Strategy):
        def on_start(self) -> None:
            with pytest.raises(InputError, match=reason):
                self.schedule(self.on_time, **asked)

        def on_time(self, tick: Any) -> None:
            """Never called."""

    backtest(Wrong, crypto_bars([1.0]))


def test_callback_without_a_tick_and_a_schedule_outside_of_on_start_are_refused() -> None:
    class NoTick(Strategy):
        def on_start(self) -> None:
            self.schedule(self.on_time, at="10:00")

        def on_time(self) -> None:
            """It takes none."""

    class Late(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.schedule(print, at="10:00")

    with pytest.raises(WeaverError, match=r"on_time must take \(tick\)"):
        backtest(NoTick, crypto_bars([1.0]))
    with pytest.raises(WeaverError, match=r"schedule\(\) belongs in on_start"):
        backtest(Late, crypto_bars([1.0]))
