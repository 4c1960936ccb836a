"""`fetch_window` is answered with what had closed when it was asked for, or with what went wrong."""

import asyncio
from pathlib import Path

import pytest

from tests.unit.veda.feed.feeding import as_bars, at, columns
from tests.unit.veda.feed.test_warmup import AAA, FIVE, NOW, Scene
from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import FetchWindow
from weaver.veda.feed.windows import answer
from weaver.veda.inputs import WindowBars, WindowFailed

ASKED = instant_of(NOW)


def asked(scene: Scene, timeframe: str = "5m", bars: int = 4, at_: int = ASKED) -> WindowBars | WindowFailed:
    return asyncio.run(answer(scene.history, AAA, FetchWindow(symbol="AAA", timeframe=timeframe, bars=bars), at_))


@pytest.mark.parametrize("is_stored", [False, True])
@pytest.mark.parametrize("instant", [ASKED, at("2024-03-15 19:00")])
def test_window_has_the_newest_bars_of_its_tick(tmp_path: Path, is_stored: bool, instant: int) -> None:
    scene = Scene(tmp_path)
    if is_stored:
        scene.keep(as_bars(scene.minutes))
    found = asked(scene, at_=instant)
    assert isinstance(found, WindowBars)
    assert (found.symbol, found.timeframe) == ("AAA", "5m")
    rows = list(zip(found.start, found.end, found.open, found.high, found.low, found.close, found.volume, strict=True))
    assert rows == [one for one in scene.expected(FIVE) if one[1] <= instant][-4:]
    assert columns(as_bars(scene.minutes))  # there were others


@pytest.mark.parametrize(
    ("timeframe", "error"), [("5m", "the venue is away"), ("5 minutes", "timeframe '5 minutes' is unknown")]
)
def test_window_that_cannot_be_had_says_why(tmp_path: Path, timeframe: str, error: str) -> None:
    scene = Scene(tmp_path)
    scene.market.is_away = True
    found = asked(scene, timeframe)
    assert isinstance(found, WindowFailed)
    assert (found.symbol, found.timeframe) == ("AAA", timeframe)
    assert error in found.error
