"""Files without a header line: what their columns are, by what stands in the first line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weaver.walle.files.spelling import DateOrder

_EPOCH = re.compile(r"\d{9,10}(\.\d+)?|\d{12,13}|\d{15,16}|\d{18,19}")
_DATE = re.compile(
    r"(?:19|20)\d{2}[-/.]?\d{1,2}[-/.]?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    r"|\d{1,2}[- ][A-Za-z]{3}[- ](?:\d{4}|\d{2})|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\d{4}|\d{6}")
_MOMENT = re.compile(
    rf"(?:{_DATE.pattern})[T ]\s*\d{{1,2}}(?::?\d{{2}}){{1,2}}(?:[.,]\d+)?\s*(?:Z|UTC|[AP]M|[+-]\d{{2}}:?\d{{2}})?"
    r"|(?:19|20)\d{10}(?:\d{2})?"
)
_NUMBER = re.compile(r"[-+]?[$€£¥]?(?:\d[\d.,']*|\.\d+)(?:[eE][-+]?\d+)?|null|nan", re.IGNORECASE)
_SYMBOL = re.compile(r"[A-Za-z^=][\w.^=/:-]*")
_PRICES = ("open", "high", "low", "close")
_BINANCE = (
    "open_time", *_PRICES, "volume", "close_time", "quote_volume", "count", "taker_buy_base", "taker_buy_quote",
    "ignore",
)  # fmt: skip
_KRAKEN = ("timestamp", *_PRICES, "vwap", "volume", "count")
_OKX = ("timestamp", *_PRICES, "volume", "volume_currency", "quote_volume", "confirm")
_LEAN = re.compile(r"\d{8} \d{2}:\d{2}")
_EXTRA_MAX = 1
"""A column more behind the volume: trades or open interest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the columns of a file are that does not say it."""

    names: tuple[str, ...]
    """As a header line would have them."""
    date_order: DateOrder | None = None
    """How its dates are read where no row tells."""
    may_be_scaled: bool = False
    """It is laid out as LEAN's files of shares, whose prices are written 10,000 times as high."""

    @property
    def said(self) -> str:
        """The columns, for a note."""
        return ", ".join(self.names)


def shape_of(fields: Sequence[str]) -> Shape | None:
    """The shape of a line of data; None: it is no line of data, or not one whose columns are known."""
    cells = [field.strip().strip('"') for field in fields]
    while cells and not cells[-1]:
        cells.pop()
    before: tuple[str, ...] = ()
    if len(cells) > 6 and _SYMBOL.fullmatch(cells[0]) and _DATE.fullmatch(cells[1]):
        before, cells = ("symbol",), cells[1:]
    times, numbers = _times(cells)
    if not times or len(numbers) < len(_PRICES) or not all(_NUMBER.fullmatch(one) for one in numbers):
        return None
    known = _of_a_venue(numbers) if times == ("timestamp",) and not before else None
    if known is not None:
        return Shape(names=known)
    if len(numbers) > len(_PRICES) + 1 + _EXTRA_MAX:
        return None
    names = (*_PRICES, "volume", "trades")[: len(numbers)]
    whole = all(one.isdigit() for one in numbers[:4])
    return Shape(
        names=(*before, *times, *names),
        date_order=DateOrder.MDY if times == ("date", "time") and "/" in cells[0] else None,  # as Kibot writes them
        may_be_scaled=whole and bool(_LEAN.fullmatch(cells[0])),
    )


def _of_a_venue(numbers: Sequence[str]) -> tuple[str, ...] | None:
    """The columns of a venue's answer, by what stands behind an instant."""
    if len(numbers) in (7, 10, 11) and _EPOCH.fullmatch(numbers[5]):
        return _BINANCE[: 1 + len(numbers)]
    if len(numbers) == len(_KRAKEN) - 1 and numbers[6].isdigit() and _is_average(numbers):
        return _KRAKEN
    if len(numbers) == len(_OKX) - 1 and numbers[7] in {"0", "1"}:
        return _OKX
    return None


def _is_average(numbers: Sequence[str]) -> bool:
    """Whether the fifth number lies between low and high, as an average price does; where nothing is traded it is 0."""
    try:
        _, high, low, _, average, volume = (float(one) for one in numbers[:6])
    except ValueError:
        return False
    return low <= average <= high or average == volume == 0


def _times(cells: Sequence[str]) -> tuple[tuple[str, ...], Sequence[str]]:
    """What the first cells are, and the rest."""
    if not cells:
        return (), ()
    first = cells[0]
    if _MOMENT.fullmatch(first) or (_EPOCH.fullmatch(first) and not _DATE.fullmatch(first)):
        return ("timestamp",), cells[1:]
    if not _DATE.fullmatch(first):
        return (), ()
    if len(cells) <= len(_PRICES) + 1 or not _CLOCK.fullmatch(cells[1]):
        return ("date",), cells[1:]
    if ":" in cells[1]:
        return ("date", "time"), cells[2:]
    with_clock, without = _are_prices(cells[2:6]), _are_prices(cells[1:5])
    if with_clock == without:
        return (), ()
    return (("date", "time"), cells[2:]) if with_clock else (("date",), cells[1:])


def _are_prices(cells: Sequence[str]) -> bool:
    """Whether four cells can be open, high, low and close."""
    try:
        opened, high, low, close = (float(cell) for cell in cells)
    except ValueError:
        return False
    return low <= min(opened, close) and max(opened, close) <= high
