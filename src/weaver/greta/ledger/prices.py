"""One symbol's bars as the engine works on them: exact prices, ticks, sessions, and which bars may fill an order."""

from copy import copy
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.fill_rows import FillRow
from weaver.model.account.costs import CostModel, Costs, decimals_after_slippage
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, RunFailed
from weaver.model.listing import Listing
from weaver.model.market.corporate_actions import CorporateAction, Delisting, ex_day
from weaver.model.market.price_range import price_doubt
from weaver.model.market.session_bar import Session, SessionBar
from weaver.model.numbers.money import decimals_of, divide_half_even
from weaver.model.numbers.price_decimals import EXACT_BELOW, EXACT_TENS
from weaver.model.numbers.scale import Scale
from weaver.model.orders.execution import AT_OPEN


def scale_of(listing: Listing, costs: Costs) -> Scale:
    """Units in which every price that a run on these bars can come to is a whole number: known before it begins.

    Raises InputError for bars that go lower than a price can be.
    """
    bars, instrument = listing.bars, listing.instrument
    if not len(bars):
        return instrument.scale()
    doubt = price_doubt(bars)
    if doubt:
        raise InputError(f"{listing.symbol}: {doubt}")
    low, high = (Decimal(repr(float(price))) for price in (bars.low.min(), bars.high.max()))
    data_decimals = bars.price_decimals
    paid_out = [decimals_of(action.value) for action in listing.actions if isinstance(action, Delisting)]
    slipped = decimals_after_slippage(costs, instrument.ticks(data_decimals), low, high)
    return instrument.scale(data_decimals=data_decimals, price_decimals=max([slipped, *paid_out]))


class Prices:
    """Bars of one symbol. Prices are handed out as integer units of `scale`, which is that of `scale_of`."""

    def __init__(self, listing: Listing, costs: Costs, scale: Scale) -> None:
        bars = listing.bars
        self.listing, self.symbol, self.count = listing, listing.symbol, len(bars)
        self.scale = scale
        self.costs = CostModel(costs, self.scale)
        decimals = scale.price_decimals
        self.float_one = 10.0**decimals if decimals <= EXACT_TENS else 0.0
        """A price of 1 in units, where that is a float; else 0, and no price is counted by way of floats."""
        self._calendar = calendar_of(listing.instrument)
        self.open_times = self._calendar.bar_open(bars.timestamp, bars.timeframe)
        """When each bar opened, ns: what fills at its open are stamped with."""
        self.starts, self.opens, self.ends = bars.timestamp.data, self.open_times.data, bars.end.data
        self.open, self.close = _view(bars.open), _view(bars.close)
        self.high, self.low, self.volume = _view(bars.high), _view(bars.low), _view(bars.volume)
        self.is_contiguous = bool(np.all(self.open_times[1:] >= bars.end[:-1]))
        self._ticks: NDArray[np.int64] | None = None
        self.tick_of_bar: NDArray[np.int64] | None = None
        """The clock tick of each bar; None where bar k closes at tick k."""
        self._regular: NDArray[np.bool_] | None = None
        self._ends_of: dict[int, Session] = {}
        self._sessions: NDArray[np.int32] | None = None
        self._rescaled: dict[int, Fraction] = {}
        self._counted = -1, 0
        self.last_fill = 0
        """What the newest fill was made at, before slippage."""
        traded = bars.volume > 0
        self.has_volume = bool(traded.any())
        self.is_always_open = self._calendar.is_always_open or bars.timeframe.is_daily
        self.all_tradable = (not self.has_volume or bool(traded.all())) and (
            self.is_always_open or bool(np.all(self.regular))
        )

    def anew(self) -> "Prices":
        """The same for another run, which has seen nothing yet; what was found out about the bars is shared."""
        other = copy(self)
        other._rescaled, other._counted, other.last_fill = {}, (-1, 0), 0
        return other

    def align(self, ticks: NDArray[np.int64]) -> None:
        """Learn the clock's ticks."""
        if ticks is self._ticks:
            return
        ends, self._ticks = self.listing.bars.end, ticks
        same = ends is ticks or (len(ends) == len(ticks) and bool(np.array_equal(ends, ticks)))
        self.tick_of_bar = None if same else np.searchsorted(ticks, ends)

    # Exact prices

    def units(self, price: float) -> int:
        """The exact decimal of a float, in price units."""
        units = round(price * self.float_one)
        if units < EXACT_BELOW and units and units / self.float_one == price:
            return units
        scaled = Decimal(repr(price)).scaleb(self.scale.price_decimals)
        units = int(scaled)
        if units != scaled:
            raise RunFailed(
                f"{self.symbol}: a price of {price} has more decimals than its bars were found to have: were they "
                "changed in the meantime?"
            )
        return units

    def bar(self, index: int) -> tuple[int, int, int, int]:
        """Open, high, low, close of a bar in price units: `units` of each, where they are plain all four at once."""
        one = self.float_one
        open_, high, low, close = self.open[index], self.high[index], self.low[index], self.close[index]
        a, b, c, d = round(open_ * one), round(high * one), round(low * one), round(close * one)
        is_plain = 0 < a < EXACT_BELOW and 0 < b < EXACT_BELOW and 0 < c < EXACT_BELOW and 0 < d < EXACT_BELOW
        if is_plain and a / one == open_ and b / one == high and c / one == low and d / one == close:
            return a, b, c, d
        return self.units(open_), self.units(high), self.units(low), self.units(close)

    def open_units(self, index: int) -> int:
        """A bar's open in price units."""
        return self.units(self.open[index])

    def close_units(self, index: int) -> int:
        """A bar's close in price units; the newest one is asked for many times over."""
        counted, units = self._counted
        if counted != index:
            units = self.units(self.close[index])
            self._counted = index, units
        return units

    def close_exact(self, index: int) -> Fraction:
        """A bar's close in price units; the last one before a split is on the new scale once that has happened."""
        return self._rescaled.get(index) or Fraction(self.close_units(index))

    def rescale(self, index: int, ratio: tuple[int, int]) -> None:
        """Put a close on the scale after a split."""
        self._rescaled[index] = self.close_exact(index) * ratio[1] / ratio[0]

    def value(self, index: int, units: int) -> int:
        """What so many units are worth at a bar's close, in cash units; before the first bar, at their fill's price."""
        if index < 0:
            return self.scale.cash(self.last_fill, units)
        if index in self._rescaled:
            exact = self._rescaled[index] * units / self.scale.per_cash
            return divide_half_even(exact.numerator, exact.denominator)
        return self.scale.cash(self.close_units(index), units)

    # Time

    def bar_at(self, tick: int) -> int:
        """The index of the bar that closes at a tick, or −1."""
        if self.tick_of_bar is None:
            return tick if tick < self.count else -1
        index = int(np.searchsorted(self.tick_of_bar, tick))
        return index if index < self.count and self.tick_of_bar[index] == tick else -1

    def newest_at(self, tick: int) -> int:
        """The index of the newest bar closed by a tick, or −1."""
        if self.tick_of_bar is None:
            return tick if tick < self.count else self.count - 1
        return int(np.searchsorted(self.tick_of_bar, tick, side="right")) - 1

    def bars_of(self, start: int, stop: int) -> tuple[int, int]:
        """The indices of the bars that close at the ticks from `start` to before `stop`: of the first, and after the
        last."""
        if self.tick_of_bar is None:
            count = self.count
            return (start if start < count else count), (stop if stop < count else count)
        return self.newest_at(start - 1) + 1, self.newest_at(stop - 1) + 1

    def bar_before(self, tick: int) -> int:
        """The index of the newest bar closed before a tick, or −1."""
        return self.newest_at(tick - 1) if tick > 0 else -1

    def tick_of(self, index: int) -> int:
        """The tick at which a bar closes."""
        return index if self.tick_of_bar is None else int(self.tick_of_bar[index])

    def time_of(self, fill: FillRow) -> int:
        """When a fill happened, ns: as its bar opened where it was made at the open, else as it ended."""
        return self.opens[fill.bar] if fill.place == AT_OPEN else self.ends[fill.bar]

    def bar_from(self, action: CorporateAction) -> int:
        """The index of the first bar that a corporate action has happened by; `count` if there is none."""
        return int(np.searchsorted(self.sessions, ex_day(action)))

    @property
    def sessions(self) -> NDArray[np.int32]:
        """Session date of each bar, days since the epoch; of a bar of several sessions, the last one's."""
        if self._sessions is None:
            self._sessions = self._calendar.last_session_of(self.listing.bars)
        return self._sessions

    @cached_property
    def _days(self) -> memoryview:
        return np.ascontiguousarray(self.sessions).data

    @property
    def regular(self) -> NDArray[np.bool_]:
        """Which bars overlap the regular session."""
        if self._regular is None:
            bars = self.listing.bars
            if self.is_always_open:
                self._regular = np.ones(len(bars), dtype=np.bool_)
            else:
                self._regular = self._calendar.is_regular(bars.timestamp, bars.end)
        return self._regular

    def session_bar(self, index: int) -> SessionBar:
        """A bar with its session, as whoever fills orders is given it."""
        open_, high, low, close = self.bar(index)
        return SessionBar(
            open_,
            high,
            low,
            close,
            self.volume[index] if self.has_volume else None,
            self.starts[index],
            self.opens[index],
            self.ends[index],
            self._ends_of.get(self._days[index]) or self._session(self._days[index]),
            self.is_always_open or bool(self.regular[index]),
        )

    def closes(self, index: int, *, extended_hours: bool) -> int:
        """When the session of a bar closes for an order, ns."""
        return self.session_of(index).closes(extended_hours=extended_hours)

    def session_of(self, index: int) -> Session:
        """The session of a bar; of several, the last."""
        day = self._days[index]
        return self._ends_of.get(day) or self._session(day)

    def first_of_next_session(self, index: int) -> int:
        """The index of the first bar of a later session than a bar's; `count` if there is none."""
        return int(np.searchsorted(self.sessions, self.sessions[index], side="right"))

    def session_end(self, day: int) -> int:
        """When the session of a date closes, ns."""
        return self._session(day).close

    def _session(self, day: int) -> Session:
        days, calendar = np.array([day], dtype=np.int32), self._calendar
        instants = calendar.session_open(days), calendar.session_close(days), calendar.extended_close(days)
        session = Session(*(int(one[0]) for one in instants))
        self._ends_of[day] = session
        return session

    def is_tradable(self, index: int, *, extended: bool) -> bool:
        """Whether a bar may fill an order."""
        if self.all_tradable:
            return True
        if self.has_volume and not self.volume[index] > 0:
            return False
        return extended or bool(self.regular[index])


def _view(column: NDArray[np.float64]) -> memoryview:
    return np.ascontiguousarray(column).data
