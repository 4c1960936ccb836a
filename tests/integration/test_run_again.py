"""The parts of running again: a strategy's memory is put back, and cut bars keep the rules of the whole run."""

from collections import deque
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from backtesting.test import GOOG

import weaver
from tests.builders import stock_days
from weaver import Strategy
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Delisting
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.research.cut import closed_by, fair
from weaver.research.lookahead.memory import Memory

NAMES: dict[str, Any] = {"inner": [1, 2]}
QUEUE = deque([1, 2, 3])
TEXT = bytearray(b"before")
CALLED: list[int] = []


@lru_cache
def cached(number: int) -> int:
    CALLED.append(number)
    return number


def with_default(kept: list[int] = []) -> list[int]:  # noqa: B006 - what is tested
    return kept


def with_closure() -> tuple[Any, Any]:
    total, rows = 0, [0]

    def add() -> None:
        nonlocal total
        total += 1
        rows.append(total)

    return add, lambda: (total, list(rows))


ADD, TOTAL = with_closure()


class Kept:
    def __init__(self) -> None:
        self.rows = {"a"}


KEPT = Kept()


class Remembers(Strategy):
    array: ClassVar[Any] = np.arange(4.0)
    count = 0


def state() -> tuple[Any, ...]:
    return (
        dict(NAMES), list(NAMES["inner"]), list(QUEUE), bytes(TEXT), list(with_default()), TOTAL(), set(KEPT.rows),
        Remembers.array.tolist(), Remembers.count, getattr(Remembers, "late", None), globals().get("LATE"),
        getattr(with_default, "note", None),
    )  # fmt: skip


def disturb() -> None:
    NAMES["new"] = 1
    NAMES["inner"].append(3)
    QUEUE.popleft()
    TEXT.extend(b" and after")
    with_default().append(7)
    ADD()
    KEPT.rows.add("b")
    Remembers.array[:] = -1
    Remembers.count += 1
    Remembers.late = 5
    globals()["LATE"] = 6
    with_default.note = 8


def test_everything_that_a_run_can_leave_behind_is_put_back() -> None:
    before, memory = state(), Memory(Remembers)
    cached(1)
    disturb()
    after = Memory(Remembers)
    disturbed = state()
    assert all(one != other for one, other in zip(before, disturbed, strict=True))
    memory.recall()
    assert state() == before
    cached(1)
    assert CALLED[-1:] == [1]
    after.recall()
    assert state() == disturbed
    memory.recall()


def test_what_a_cache_was_called_with_is_forgotten() -> None:
    memory = Memory(Remembers)
    cached(2)
    assert cached.cache_info().currsize
    memory.recall()
    assert not cached.cache_info().currsize


def listing(bars: Bars, *actions: Any) -> dict[str, Listing]:
    return {
        "AAA": Listing(instrument=Instrument.default("AAA", AssetClass.STOCK), bars=bars, actions=tuple(actions)),
    }


def test_arrays_of_cut_bars_end_where_they_are_cut() -> None:
    bars = stock_days([10.0, 11.0, 12.0, 13.0])
    cut = closed_by(listing(bars), int(bars.end[1]))["AAA"].bars
    assert cut.close.tolist() == [10.0, 11.0]
    owner: Any = cut.close
    while owner.base is not None:
        owner = owner.base
    assert len(owner) == 2


def test_a_delisting_after_the_cut_waits_for_its_day() -> None:
    bars = stock_days([10.0, 11.0, 12.0, 13.0])  # Monday 5 April 2021 to Thursday
    carried = Delisting(ex_date=date(2021, 4, 7), value=Decimal(9))
    later = Delisting(ex_date=date(2021, 4, 9), value=Decimal(9))
    for at, known in ((0, ()), (1, ()), (2, (carried,)), (3, (carried, later))):
        assert closed_by(listing(bars, carried, later), int(bars.end[at]))["AAA"].actions == known


def test_a_file_whose_first_bars_have_no_volume_is_not_cut_there() -> None:
    bars = stock_days([10.0, 11.0, 12.0])
    columns = {name: getattr(bars, name) for name in ("timestamp", "end", "open", "high", "low", "close")}
    late = Bars(symbol="AAA", timeframe=bars.timeframe, volume=np.array([0.0, 0.0, 5.0]), **columns)
    assert fair(listing(late), bars.end).tolist() == bars.end[2:].tolist()
    none = Bars(symbol="AAA", timeframe=bars.timeframe, volume=np.zeros(3), **columns)
    assert fair(listing(none), bars.end).tolist() == bars.end.tolist()


class HoldsToTheEnd(Strategy):
    """Decides at bars before and after its symbol is gone."""

    def on_bar(self, bar) -> None:
        if self.now.day % 5 == 0:
            self.close_position(bar.symbol)
        elif not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.3)


def test_a_delisting_is_no_look_ahead() -> None:
    frame = GOOG.iloc[:300]
    gone = (Delisting(ex_date=frame.index[-1].date() + timedelta(days=3), value=Decimal(50)),)
    result = weaver.backtest(HoldsToTheEnd, {"GOOG": frame}, asset="stock", actions={"GOOG": gone})
    assert len(result.orders) > 40
    assert not [warning for warning in result.warnings if "look" in warning.code]


class StopsEarly(Strategy):
    """Stops when it sees tomorrow fall, behind the back of its series."""

    def on_bar(self, bar) -> None:
        tomorrow = self.close.evaluate(0)[len(self.close) : len(self.close) + 1]
        if len(self.close) > 40 and len(tomorrow) and tomorrow[0] < bar.close * 0.97:
            self.stop_run("it will fall")


def test_an_end_that_the_strategy_asked_for_is_a_decision_too() -> None:
    result = weaver.backtest(StopsEarly, {"GOOG": GOOG.iloc[:300]}, asset="stock")
    assert [warning.code for warning in result.warnings if warning.code == "lookahead"] == ["lookahead"]
