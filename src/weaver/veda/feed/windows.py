"""What a live strategy's `fetch_window` is answered."""

from weaver.model.calendar.instants import time_of
from weaver.model.errors import WeaverError
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import FetchWindow
from weaver.veda.feed.warmup import BarHistory
from weaver.veda.inputs import WindowBars, WindowFailed


async def answer(
    history: BarHistory, instrument: Instrument, request: FetchWindow, asked: int
) -> WindowBars | WindowFailed:
    """The newest bars that had closed at the tick at which they were asked for (ns); fewer where there are no more, and
    an error where neither the store nor the venue says anything."""
    try:
        timeframe = Timeframe.parse(request.timeframe)
        found = await history.warm_up(instrument, timeframe, time_of(asked), request.bars)
    except WeaverError as error:
        return WindowFailed(symbol=request.symbol, timeframe=request.timeframe, error=str(error))
    return _window(found.bars, request)


def _window(bars: Bars, request: FetchWindow) -> WindowBars:
    return WindowBars(
        symbol=request.symbol,
        timeframe=request.timeframe,
        start=tuple(bars.timestamp.tolist()),
        end=tuple(bars.end.tolist()),
        open=tuple(bars.open.tolist()),
        high=tuple(bars.high.tolist()),
        low=tuple(bars.low.tolist()),
        close=tuple(bars.close.tolist()),
        volume=tuple(bars.volume.tolist()),
    )
