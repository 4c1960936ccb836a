"""The charts of a page: candles of each symbol, and what belongs on them."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from weaver.greta.report.contents import Contents, Indicator
from weaver.greta.report.plain_json import Json, differences, rounded
from weaver.greta.report.sampling import CandleColumns, candles
from weaver.model.market.bars import Bars

CANDLES_MAX = 6_000
"""Of one symbol."""
CANDLES_MAX_IN_ALL = 30_000
CHARTS_MAX = 24
LINES_MAX = 12
"""Of one symbol."""
LINE_POINTS_MAX = 90_000
"""Of all charts together."""

_NANOSECONDS = 1_000_000_000


def charted(contents: Contents) -> list[str]:
    """The symbols that get candles: all if few, else those that traded most, in the run's order."""
    with_bars = [symbol for symbol in contents.symbols if symbol in contents.bars and len(contents.bars[symbol].close)]
    traded = Counter(trade.symbol for trade in contents.trades)
    chosen = set(sorted(with_bars, key=lambda symbol: -traded[symbol])[:CHARTS_MAX])
    return [symbol for symbol in with_bars if symbol in chosen]


def charts(contents: Contents) -> dict[str, Json]:
    """The chart of each symbol that gets one."""
    symbols = charted(contents)
    return {symbol: _chart(contents, symbol, len(symbols)) for symbol in symbols}


def _chart(contents: Contents, symbol: str, chart_count: int) -> dict[str, Json]:
    bars = contents.bars[symbol]
    drawn = candles(
        timestamp=bars.timestamp,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        volume=bars.volume,
        count_max=min(CANDLES_MAX, CANDLES_MAX_IN_ALL // chart_count),
    )
    return {
        "bars": len(bars.close),
        "factor": drawn.factor,
        "time": differences(drawn.timestamp // _NANOSECONDS),
        "open": rounded(drawn.open, 8),
        "high": rounded(drawn.high, 8),
        "low": rounded(drawn.low, 8),
        "close": rounded(drawn.close, 8),
        "volume": rounded(drawn.volume, 5) if drawn.volume.any() else None,
        "lines": _lines(contents.indicators, symbol, bars, drawn, LINE_POINTS_MAX // chart_count),
        "levels": _levels(contents, symbol),
        "happenings": [
            {"bar": bar, "text": f"Split {ratio.numerator}:{ratio.denominator}"}
            for bar, ratio in contents.splits.get(symbol, ())
        ],
    }


def _lines(
    indicators: Iterable[Indicator], symbol: str, bars: Bars, drawn: CandleColumns, points_max: int
) -> list[Json]:
    """Indicators at the last bar of each candle, as many as there is room for."""
    own = [one for one in indicators if one.symbol == symbol]
    room = min(LINES_MAX, max(points_max // max(len(drawn.close), 1), 1))
    last = np.minimum(np.arange(1, len(drawn.close) + 1) * drawn.factor, len(bars.close)) - 1
    stamps = bars.timestamp[last]
    return [{"name": one.name, "place": one.place, "values": rounded(_at(one, stamps), 7)} for one in own[:room]]


def _at(indicator: Indicator, stamps: NDArray[np.int64]) -> NDArray[np.float64]:
    """The newest value by each stamp; NaN before the first."""
    rows = np.searchsorted(indicator.timestamp, stamps, side="right") - 1
    if not len(indicator.values):
        return np.full(len(stamps), np.nan)
    return np.where(rows >= 0, indicator.values[np.maximum(rows, 0)], np.nan)


def _levels(contents: Contents, symbol: str) -> dict[str, Json]:
    levels: Sequence[tuple[str, int, int, float]] = contents.levels.get(symbol, ())
    return {
        "kind": [kind for kind, _, _, _ in levels],
        "from": [first for _, first, _, _ in levels],
        "to": [last for _, _, last, _ in levels],
        "price": [price for _, _, _, price in levels],
    }
