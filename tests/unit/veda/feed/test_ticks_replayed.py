"""A replay's ticks are those of a backtest on the same bars: all of an instant at once, whatever the speed."""

import asyncio

import numpy as np
import pytest

from tests.simulated import priced, replaying
from tests.unit.veda.feed.feeding import PAIR, STOCKS, as_bars, columns, random_minutes, row
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.adapters.simulated.sources.pacing import MAX
from weaver.veda.exchange.market import LiveBar, ReplayEnded
from weaver.veda.feed.ticks import FeedTick, TickBuilder

ALL = {**STOCKS, **PAIR}
MONDAY = 1_709_510_400_000_000_000
"""2024-03-04 00:00 UTC."""


def stored(text: str) -> dict[str, Bars]:
    """Two days of what each traded now and then, in session."""
    found, timeframe = {}, Timeframe.parse(text)
    for number, (symbol, instrument) in enumerate(ALL.items()):
        rng, calendar = np.random.default_rng(number), calendar_for(instrument.asset_class)
        starts = MONDAY + MINUTE * np.flatnonzero(rng.random(2 * 1440) < 0.2)
        starts = starts[calendar.is_regular(starts, starts + MINUTE)]
        found[symbol] = put_together(as_bars(random_minutes(symbol, starts.tolist(), rng)), timeframe, calendar)
    return found


@pytest.mark.parametrize("speed", [600.0, MAX])
@pytest.mark.parametrize("text", ["5m", "1h", "1d"])
def test_ticks_of_a_replay_hold_all_bars_of_their_instant(text: str, speed: float) -> None:
    bars, timeframe = stored(text), Timeframe.parse(text)
    wall, _, adapter = replaying({symbol: priced(bars[symbol], ALL[symbol]) for symbol in ALL}, speed=speed)
    builder = TickBuilder(ALL, timeframe, after=MONDAY, source=timeframe, waits=None)
    ticks: list[FeedTick] = []

    async def run() -> None:
        await adapter.connect()
        async for message in adapter.live_bars(list(ALL)):
            assert builder.on(message) is None
            if isinstance(message, LiveBar):
                await wall.sleep(0.3)  # venue time goes on meanwhile, by minutes
            due = builder.due(instant_of(adapter.now()))
            assert len(due) <= 1
            ticks.extend(due)
            if isinstance(message, ReplayEnded):
                assert time_of(ticks[-1].time) == message.time

    asyncio.run(run())
    expected = sorted({int(end) for some in bars.values() for end in some.end})
    assert [tick.time for tick in ticks] == expected
    for tick in ticks:
        assert [(bar.symbol, row(bar)) for bar in tick.bars] == [
            (symbol, one) for symbol in ALL for one in columns(bars[symbol]) if one[1] == tick.time
        ]
