"""One symbol's bars: those that have been, and those to come."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bool
from weaver.model.market.corporate_actions import Split
from weaver.model.market.session_bar import Session, SessionBar
from weaver.rehearsal.market.bars.actions import Effective, effective_index, rescaled
from weaver.rehearsal.market.bars.coarser import PublicBars, put_together
from weaver.rehearsal.market.bars.columns import Columns
from weaver.rehearsal.market.bars.tape import Tape, tape_of
from weaver.rehearsal.market.given.traded_symbol import TradedSymbol

_SPLIT_DECIMALS = 4
"""Of prices that a split made."""


class SymbolBars:
    """Bars are numbered from the symbol's first. `next` is the one that closes next; those before it have closed."""

    def __init__(self, listed: TradedSymbol, now: int) -> None:
        self.asset, self.timeframe, self._source = listed.asset, listed.timeframe, listed.source
        self._calendar = calendar_for(self.asset.asset_class)
        self._ratio = Fraction(1)
        bars = listed.source.more()
        assert bars is not None, "a symbol has bars"
        self.bars = bars
        self.dropped = np.zeros(len(bars), dtype=np.bool_)
        """Bars that never were, as trading was halted."""
        self.late = np.zeros(len(bars), dtype=np.bool_)
        """Bars that have closed, and are not public yet."""
        self.next = self.count_closed(now)
        while self.next == len(self.bars) and self._extend():
            self.next = self.count_closed(now)
        self.has_volume = bool(bars.volume.any())
        self.actions = [Effective(action=one, index=effective_index(one, self.bars)) for one in listed.actions]

    @property
    def is_stock(self) -> bool:
        """Whether its sizes are whole numbers, and its days New York's."""
        return not self.asset.is_crypto

    def has_next(self) -> bool:
        """Whether a bar is still to come."""
        return self.next < len(self.bars) or self._extend()

    def count_closed(self, instant: int) -> int:
        """How many bars had closed by an instant (ns)."""
        return int(np.searchsorted(self.bars.end, instant, side="right"))

    def public(self, first: int, stop: int) -> Bool:
        """Which of the bars from `first` to before `stop` are public, of those that have closed."""
        return ~(self.dropped[first:stop] | self.late[first:stop])

    def tape(self, first: int, stop: int) -> Tape:
        """The trades of the bars from `first` to before `stop`, those of dropped bars left out."""
        tape = tape_of(self.bars.take(slice(first, stop)), first, is_whole=self.is_stock)
        return tape.take(np.flatnonzero(~np.repeat(self.dropped[first:stop], 4)))

    def session_bar(self, index: int) -> SessionBar:
        """A bar as orders are filled by it."""
        bars, session = self.bars, self.bars.session[index : index + 1]
        opened = int(self._calendar.session_open(session)[0])
        close = int(self._calendar.session_close(session)[0])
        extended = int(self._calendar.extended_close(session)[0])
        return SessionBar(
            open=self._units(bars.open[index]),
            high=self._units(bars.high[index]),
            low=self._units(bars.low[index]),
            close=self._units(bars.close[index]),
            volume=float(bars.volume[index]) if self.has_volume else None,
            start=int(bars.stamp[index]),
            opened=int(bars.opened[index]),
            end=int(bars.end[index]),
            session=Session(open=opened, close=close, extended_close=extended),
            is_regular=bool(bars.regular[index]),
        )

    def close(self, index: int) -> Decimal:
        """The close of a bar, exactly, on the scale of now."""
        close = Decimal(repr(float(self.bars.close[index])))
        for effective in self.actions:
            if isinstance(effective.action, Split) and index < effective.index <= self.next:
                ratio = effective.action.ratio
                close = round(close * ratio.denominator / ratio.numerator, _SPLIT_DECIMALS)
        return close

    def newest(self, *, is_public: bool = False) -> int | None:
        """The number of the newest bar that has closed, dropped ones left out; `is_public`: late ones, too."""
        index = self.next - 1
        while index >= 0 and (self.dropped[index] or (is_public and self.late[index])):
            index -= 1
        return index if index >= 0 else None

    def split(self, action: Split) -> None:
        """Put what is to come on the scale after a split."""
        self.actions.append(Effective(action=action, index=self.next))
        self._ratio *= action.ratio
        if self.next < len(self.bars):
            past, future = self.bars.take(slice(0, self.next)), self.bars.take(slice(self.next, None))
            self.bars = Columns.joined([past, rescaled(future, action.ratio, _SPLIT_DECIMALS)])

    def correct(self, index: int, values: dict[str, float]) -> None:
        """Change a bar's values by the names of its columns; open and close stay between low and high."""
        bars = self.bars
        for name, value in values.items():
            getattr(bars, name)[index] = value
        bars.high[index] = max(bars.open[index], bars.high[index], bars.low[index], bars.close[index])
        bars.low[index] = min(bars.open[index], bars.low[index], bars.close[index])

    def a_tick_higher(self, index: int) -> dict[str, float]:
        """A bar's close a tick higher."""
        return {"close": round(float(self.bars.close[index]) + (0.01 if self.bars.close[index] >= 1 else 0.0001), 8)}

    def public_bar(self, index: int) -> PublicBars:
        """A bar as it is told."""
        bar = self.bars.take(slice(index, index + 1))
        return put_together(bar, self.timeframe, self.timeframe, is_stock=self.is_stock)

    def _extend(self) -> bool:
        """Whether more bars have come from where they come from."""
        more = self._source.more()
        if more is None:
            return False
        if self._ratio != 1:
            more = rescaled(more, self._ratio, _SPLIT_DECIMALS)
        self.bars = Columns.joined([self.bars, more])
        none = np.zeros(len(more), dtype=np.bool_)
        self.dropped, self.late = np.append(self.dropped, none), np.append(self.late, none)
        return True

    def _units(self, price: float) -> int:
        """Price units, exactly: the scale has room for every decimal of the data."""
        scaled = Decimal(repr(float(price))).scaleb(self.asset.scale.price_decimals)
        return int(scaled.to_integral_value())
