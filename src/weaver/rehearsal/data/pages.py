"""Pages: so many rows of all symbols together, one symbol after the other, and where the next page begins."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from weaver.model.market.bars import Int64
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.market.wire import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """The last row of a page: its symbol, its time (ns) and its number among those of one time."""

    symbol: str
    time: int
    number: int

    @classmethod
    def parse(cls, token: str) -> "Bookmark":
        """The place that a token stands for. Raises Refused."""
        try:
            symbol, time, number = orjson.loads(urlsafe_b64decode(token))
            if not (isinstance(symbol, str) and isinstance(time, int) and isinstance(number, int)):
                raise TypeError(token)
            return cls(symbol=symbol, time=int(np.int64(time)), number=int(np.int64(number)))
        except (ValueError, TypeError, OverflowError, binascii.Error):
            raise Refused(400, 40010001, "invalid page_token") from None

    @property
    def token(self) -> str:
        """What a client sends back for what follows."""
        return urlsafe_b64encode(orjson.dumps([self.symbol, self.time, self.number])).decode()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """All that there is of a symbol: times (ns) and numbers in rising order, and how some of it is written."""

    time: Int64
    number: Int64
    written: Callable[[Int64], Sequence[Fields]]
    """The rows of these indices, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage:
    """Rows by symbol, and the token of what follows, None at the end."""

    rows: dict[str, Sequence[Fields]]
    next_page_token: str | None


def page(
    symbols: Sequence[str], rows_of: Callable[[str], Rows], *, limit: int, place: Bookmark | None, is_newest_first: bool
) -> DataPage:
    """The rows after a place, or from the beginning."""
    found: dict[str, Sequence[Fields]] = {}
    left, last = limit, place
    for symbol in symbols:
        if place is not None and symbol < place.symbol:
            continue
        rows = rows_of(symbol)
        order = _order(rows, place if place is not None and place.symbol == symbol else None, is_newest_first)
        if len(order) and not left:
            assert last is not None
            return DataPage(rows=found, next_page_token=last.token)
        if not len(order):
            continue
        taken = order[:left]
        found[symbol], left = rows.written(taken), left - len(taken)
        last = Bookmark(symbol=symbol, time=int(rows.time[taken[-1]]), number=int(rows.number[taken[-1]]))
        if len(taken) < len(order):
            return DataPage(rows=found, next_page_token=last.token)
    return DataPage(rows=found, next_page_token=None)


def _order(rows: Rows, place: Bookmark | None, is_newest_first: bool) -> Int64:
    """The indices of the rows behind a place, in the order in which they are wanted."""
    indices = np.arange(len(rows.time), dtype=np.int64)
    if place is not None:
        same = rows.time == place.time
        if is_newest_first:
            indices = indices[(rows.time < place.time) | (same & (rows.number < place.number))]
        else:
            indices = indices[(rows.time > place.time) | (same & (rows.number > place.number))]
    return indices[::-1] if is_newest_first else indices
