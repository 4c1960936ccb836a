"""Market data as messages and answers have it: the fields of bars, trades, quotes, books and statuses."""

from collections.abc import Iterator
from datetime import UTC, datetime

from weaver.rehearsal.market.bars.coarser import PublicBars
from weaver.rehearsal.market.bars.tape import Tape, half_spread

Fields = dict[str, object]
_SECOND = 1_000_000_000
_STOCK_EXCHANGE, _TAPE = "V", "C"
_DEPTH = 5


class Instant:
    """A time in an answer or message, ns since the epoch; each way of writing has its own form of it, which is why it
    is no dataclass: those are written by their fields."""

    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        self.ns = ns

    def __str__(self) -> str:
        seconds, fraction = divmod(self.ns, _SECOND)
        text = datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
        return f"{text}.{fraction:09d}".rstrip("0") + "Z" if fraction else f"{text}Z"


def bar_fields(bars: PublicBars, *, is_stock: bool) -> Iterator[Fields]:
    """Each bar."""
    for stamp, opened, high, low, close, volume, trades, vwap in zip(
        bars.stamp.tolist(),
        bars.open.tolist(),
        bars.high.tolist(),
        bars.low.tolist(),
        bars.close.tolist(),
        bars.volume.tolist(),
        bars.trades.tolist(),
        bars.vwap.tolist(),
        strict=True,
    ):
        yield {
            "t": Instant(stamp),
            "o": opened,
            "h": high,
            "l": low,
            "c": close,
            "v": _size(volume, is_stock=is_stock),
            "n": trades,
            "vw": round(vwap, 6 if is_stock else 9),
        }


def trade_fields(tape: Tape, *, is_stock: bool) -> Iterator[Fields]:
    """Each trade."""
    for time, price, size, number in zip(
        tape.time.tolist(), tape.price.tolist(), tape.size.tolist(), tape.id.tolist(), strict=True
    ):
        trade: Fields = {"t": Instant(time), "p": price, "s": _size(size, is_stock=is_stock), "i": number}
        if is_stock:
            yield {**trade, "x": _STOCK_EXCHANGE, "c": ["@"], "z": _TAPE}
        else:
            yield {**trade, "tks": "B" if number % 2 else "S"}


def quote_fields(tape: Tape, *, is_stock: bool) -> Iterator[Fields]:
    """The quote around each trade."""
    for time, price, number in zip(tape.time.tolist(), tape.price.tolist(), tape.id.tolist(), strict=True):
        bid, ask = bid_and_ask(price, is_stock=is_stock)
        sizes = 1 + number % 5, 1 + number % 7
        quote: Fields = {"t": Instant(time), "bp": bid, "bs": sizes[0], "ap": ask, "as": sizes[1]}
        if is_stock:
            yield {**quote, "bx": _STOCK_EXCHANGE, "ax": _STOCK_EXCHANGE, "c": ["R"], "z": _TAPE}
        else:
            yield {**quote, "bs": sizes[0] / 4, "as": sizes[1] / 4}


def book_fields(tape: Tape) -> Iterator[Fields]:
    """The order book of a pair after each trade, whole."""
    for time, price, number in zip(tape.time.tolist(), tape.price.tolist(), tape.id.tolist(), strict=True):
        bid, ask = bid_and_ask(price, is_stock=False)
        size = (1 + number % 5) / 4
        yield {
            "t": Instant(time),
            "b": [{"p": round(bid * (1 - level / 1000), 9), "s": size * (1 + level)} for level in range(_DEPTH)],
            "a": [{"p": round(ask * (1 + level / 1000), 9), "s": size * (1 + level)} for level in range(_DEPTH)],
            "r": True,
        }


def status_fields(instant: int, *, is_halted: bool) -> Fields:
    """That trading in a symbol halts or goes on, as tape C tells it."""
    if is_halted:
        told = {"sc": "H", "sm": "Trading Halt", "rc": "T1", "rm": "Halt News Pending"}
    else:
        told = {"sc": "T", "sm": "Trading Resumption", "rc": "T3", "rm": "News and Resumption Times"}
    return {**told, "t": Instant(instant), "z": _TAPE}


def bid_and_ask(price: float, *, is_stock: bool) -> tuple[float, float]:
    """The quote around a price."""
    half = half_spread(price, is_pair=not is_stock)
    decimals = 4 if is_stock else 9
    return max(round(price - half, decimals), 0.0001 if is_stock else 1e-9), round(price + half, decimals)


def _size(volume: float, *, is_stock: bool) -> float | int:
    return int(volume) if is_stock and volume.is_integer() else volume
