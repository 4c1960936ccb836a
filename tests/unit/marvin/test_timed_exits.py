"""Exits by how long a position is held: against a loop over the closes, written from the rule alone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy, TimedExits
from weaver.model.errors import StrategyError, WeaverError

COIN = "BTC/USD"


class Always(TimedExits):
    """In whenever it is out, long or short."""

    sign: int = 1

    def on_bar(self, bar: Any) -> None:
        super().on_bar(bar)
        if not self.position(COIN) and not self.orders:
            self.order_target(COIN, self.sign)


def exits(closes: Sequence[float], *, sign: int, roi: Mapping[int, float], bars: int | None, hours: int | None) -> Any:
    """The bars at whose closes the loop closes a position, by index; hourly bars that open where the one before closed.

    Entered at the open of bar e, at what bar e−1 closed at: at the close of bar i it is held for i−e+1 hours, i−e bars.
    """
    found, entered = [], None
    index = 0
    while index < len(closes):
        if entered is None:
            entered, index = index + 1, index + 1
            continue
        paid, held = Decimal(str(closes[entered - 1])), index - entered + 1
        rows = [minutes for minutes in roi if minutes <= 60 * held]
        gained = sign * (Decimal(str(closes[index])) - paid)
        enough = bool(rows) and gained >= Decimal(str(roi[max(rows)])) * paid
        if (bars is not None and index - entered >= bars) or (hours is not None and held >= hours) or enough:
            found.append(index)
            entered = None
            index += 1  # it closes at the open of the next bar, at whose close it enters anew
            continue
        index += 1
    return found


@pytest.mark.parametrize("seed", range(40))
def test_positions_are_closed_where_a_loop_over_the_closes_says(seed: int) -> None:
    chance = Random(seed)
    closes = [100.0]
    for _ in range(120):
        closes.append(round(closes[-1] * (1 + chance.uniform(-0.01, 0.01)), 2))
    sign = chance.choice((1, -1))
    table = {0: 0.02, 120: 0.01, 300: 0.0, 600: -0.01}
    roi = {minutes: table[minutes] for minutes in sorted(chance.sample([*table], chance.randint(0, 4)))}
    bars, hours = chance.choice((None, 3, 9)), chance.choice((None, 4, 12))
    seen: list[int] = []

    class Noting(Always):
        minimal_roi = roi

        def close_position(self, symbol: str) -> Any:
            seen.append(len(self.close) - 1)
            return super().close_position(symbol)

    given = {"sign": sign, "max_bars_held": bars, "max_time": None if hours is None else f"{hours}h"}
    account = {"account": "margin", "leverage": 2, "shorting": True, "costs": "none"}
    backtest(Noting, crypto_bars(closes), params=given, **account)
    assert seen == exits(closes, sign=sign, roi=roi, bars=bars, hours=hours)


def test_a_close_that_works_is_not_asked_for_again() -> None:
    """What fills nothing, as on a bar without volume, leaves the order where it is."""
    orders: list[int] = []

    class Once(Always):
        max_bars_held = 1

        def on_stop(self) -> None:
            orders.append(len([one for one in self._running.account.orders if one.side == "sell"]))  # type: ignore[attr-defined]

    backtest(Once, crypto_bars([100.0] * 7, volume=[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0]))
    assert orders == [1]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([0.05], r"minimal_roi is a table, as \{0: 0.05, 60: 0.02\}"),
        ({-1: 0.05}, "minutes are whole numbers from 0 on, not -1"),
        ({"60": 0.05}, "minutes are whole numbers from 0 on, not '60'"),
        ({60: "much"}, "a profit must be a number, not 'much'"),
        ({60: float("nan")}, "a profit must be finite"),
    ],
)
def test_table_that_is_none_is_refused(table: Any, reason: str) -> None:
    with pytest.raises(StrategyError, match=reason):
        type("Wrong", (TimedExits,), {"minimal_roi": table})


def test_on_bar_that_hides_the_exits_is_refused_and_a_base_beside_is_fine() -> None:
    def on_bar(_self: Any, _bar: Any) -> None:
        """It forgets."""

    with pytest.raises(StrategyError, match=r"Deaf.on_bar hides that of TimedExits: call super\(\).on_bar\(bar\)"):
        type("Deaf", (TimedExits,), {"on_bar": on_bar})

    class Both(TimedExits, Strategy):
        minimal_roi: ClassVar[Mapping[int, float]] = {0: 0.5}

    assert Both.minimal_roi == {0: 0.5}


@pytest.mark.parametrize("given", [{"max_time": "2 days"}, {"max_bars_held": 0}])
def test_end_of_a_time_that_is_none_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(WeaverError, match=next(iter(given))):
        backtest(Always, crypto_bars([1.0]), params=given)
