"""Exits by how long a position is held: a table of profits that are enough after so long, and ends of its time."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from weaver.marvin.strategy import Strategy
from weaver.model.errors import InvalidOrder, StrategyError
from weaver.model.numbers.money import exact

if TYPE_CHECKING:
    from weaver.marvin.series.bar import Bar
    from weaver.model.orders.order import Order

SPAN = r"^\d{1,5}[mhd]$"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class TimedExits(Strategy):
    """Derive from it instead of `Strategy` (or from both): positions are closed when their time has come.

    At the close of each bar of a symbol that is held, in `on_bar`: by `minimal_roi`, {minutes held: profit}, as soon as
    the close is so far beyond the average price (0.05: 5 %) as the newest row asks whose minutes have passed, before
    costs; at `max_bars_held` bars since the one in which the position was opened; at `max_time` since then. Then
    `close_position`, which fills from the next bar on, and a line in the journal. A strategy with an `on_bar` of its
    own calls `super().on_bar(bar)` in it. Time counts from the fill that opened the position (`position.opened`).
    """

    minimal_roi: ClassVar[Mapping[int, float]] = {}
    """Minutes held: the profit that is enough from then on, as a fraction of the average price; empty: none is."""
    max_bars_held: int | None = Field(None, ge=1, description="close a position after so many bars")
    """A parameter: a position is closed after so many bars; None: never."""
    max_time: str | None = Field(None, pattern=SPAN, description="close a position after so long: 90m, 4h, 2d")
    """A parameter: a position is closed after so long, as `"90m"`, `"4h"` or `"2d"`; None: never."""

    def __init_subclass__(cls, **more: Any) -> None:
        """Raises StrategyError on a table that is none, and on an `on_bar` in which nothing of this happens."""
        super().__init_subclass__(**more)
        _check_table(cls)
        own = vars(cls).get("on_bar")
        if own is not None and not _calls_on(own):
            raise StrategyError(f"{cls.__name__}.on_bar hides that of TimedExits: call super().on_bar(bar) in it")

    def on_bar(self, bar: "Bar") -> None:
        """Close the bar's symbol if its time has come."""
        leaving = self._closing().get(bar.symbol)
        if not self.position(bar.symbol) or (leaving is not None and leaving.is_working):
            return
        if reason := self._why_now(bar):
            order = self.close_position(bar.symbol)
            if order is not None:
                self._closing()[bar.symbol] = order
            self.log(f"{bar.symbol} is closed: {reason}")

    def _closing(self) -> "dict[str, Order]":
        """The newest closing order of each symbol."""
        found: dict[str, Order] = self.__dict__.setdefault("_closing_orders", {})
        return found

    def _why_now(self, bar: "Bar") -> str:
        """Why a position is to be closed at a bar; nothing where it is not."""
        holding = self.position(bar.symbol)
        if self.max_bars_held is not None and holding.bars_held >= self.max_bars_held:
            return f"held for {holding.bars_held} bars"
        if holding.opened is None:
            return ""
        held = self.now - holding.opened
        if self.max_time is not None and held >= _span(self.max_time):
            return f"held for {held}"
        past = takewhile(lambda row: timedelta(minutes=row[0]) <= held, sorted(self.minimal_roi.items()))
        newest = next(reversed([*past]), None)
        if newest is None or holding.average_price is None:
            return ""
        gained = (1 if holding.quantity > 0 else -1) * (bar.close - holding.average_price)
        if gained < newest[1] * holding.average_price:
            return ""
        return f"a profit of {newest[1]:g} is enough after {newest[0]} minutes"


def _span(text: str) -> timedelta:
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def _check_table(cls: type[TimedExits]) -> None:
    table: object = cls.minimal_roi
    where = f"{cls.__name__}.minimal_roi"
    if not isinstance(table, Mapping):
        raise StrategyError(f"{where} is a table, as {{0: 0.05, 60: 0.02}} (minutes held: profit), not {table!r}")
    for minutes, profit in table.items():
        if type(minutes) is not int or minutes < 0:
            raise StrategyError(f"{where}: minutes are whole numbers from 0 on, not {minutes!r}")
        try:
            exact(profit, name=f"{where}: a profit")
        except InvalidOrder as error:
            raise StrategyError(str(error)) from None


def _calls_on(callback: Any) -> bool:
    """Whether a method calls the one that it hides."""
    code = getattr(callback, "__code__", None)
    return code is None or ("on_bar" in code.co_names and bool({"super", "TimedExits"} & {*code.co_names}))
