"""How long exits last: a stop guards its position until it fills or is cancelled, whatever its entry was."""

from typing import Any

import pytest

from tests.builders import backtest, stock_days, told
from weaver.marvin.strategy import Strategy
from weaver.model.errors import InvalidOrder, StrategyError
from weaver.model.orders.order import Order

FALL = stock_days([100.0, 100, 100, 100, 94, 94])
"""Placed at the close of day 0, filled on day 1, at 95 on day 4."""
BOUGHT, GUARDED = ["buy 10 @ 100"], ["buy 10 @ 100", "sell 10 @ 95"]


def exits_of(place: Any, bars: Any = FALL, **options: Any) -> tuple[list[str], list[str]]:
    """Fills and ends of what `place(strategy)` places on the first day."""

    class Placing(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                place(self)

    result = backtest(Placing, bars, **options)
    return told(result), [f"{order.tif} {order.status}" for order in result.orders]


@pytest.mark.parametrize("entry_tif", [None, "day", "gtc", "ioc", "fok"])
@pytest.mark.parametrize("exit_tif", [None, "gtc", "day"])
@pytest.mark.parametrize("intent", ["buy", "order_target", "order_target_value", "order_target_percent"])
def test_exit_outlives_its_day_unless_it_is_to_end_with_it(
    intent: str, entry_tif: str | None, exit_tif: str | None
) -> None:
    amount = {"buy": 10, "order_target": 10, "order_target_value": 1000, "order_target_percent": 0.01}[intent]
    terms = {name: tif for name, tif in (("tif", entry_tif), ("exit_tif", exit_tif)) if tif is not None}

    def place(strategy: Strategy) -> None:
        getattr(strategy, intent)("AAA", amount, stop_loss=95, take_profit=200, **terms)

    fills, ends = exits_of(place)
    tif = exit_tif or "gtc"
    assert fills == (BOUGHT if tif == "day" else GUARDED)
    assert ends[0] == f"{entry_tif or 'day'} filled"
    assert ends[1:] == (["day expired", "day expired"] if tif == "day" else ["gtc cancelled", "gtc filled"])


def test_short_entry_has_a_stop_that_lasts() -> None:
    rise = stock_days([100.0, 100, 100, 100, 106])
    fills, _ = exits_of(lambda s: s.sell("AAA", 10, stop_loss=105), rise, account="margin", shorting=True)
    assert fills == ["sell 10 @ 100", "buy 10 @ 105"]


@pytest.mark.parametrize(("terms", "fills"), [({}, GUARDED), ({"exit_tif": "day"}, BOUGHT), ({"tif": "day"}, BOUGHT)])
def test_oco_outlives_its_day_unless_it_is_to_end_with_it(terms: dict[str, str], fills: list[str]) -> None:
    def place(strategy: Strategy) -> None:
        strategy.buy("AAA", 10)
        strategy.oco("AAA", 10, limit=200, stop=95, **terms)

    assert exits_of(place)[0] == fills


@pytest.mark.parametrize(
    ("then", "oto", "fills"),
    [
        ({}, {}, GUARDED),
        ({"tif": "day"}, {}, BOUGHT),
        ({"tif": "day"}, {"exit_tif": "gtc"}, GUARDED),
        ({"tif": "gtc"}, {"exit_tif": "day"}, BOUGHT),
    ],
)
def test_oto_exit_outlives_its_day_unless_it_is_to_end_with_it(
    then: dict[str, str], oto: dict[str, str], fills: list[str]
) -> None:
    assert exits_of(lambda s: s.oto(s.buy("AAA", 10), s.sell("AAA", 10, stop=95, **then), **oto))[0] == fills


def test_exits_of_an_entry_that_expires_unfilled_are_cancelled_with_it() -> None:
    _, ends = exits_of(lambda s: s.buy("AAA", 10, limit=90, stop_loss=80, take_profit=99))
    assert ends == ["day expired", "gtc cancelled", "gtc cancelled"]


def test_replaced_stop_lasts_as_long_as_the_one_before() -> None:
    class Raising(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.stop_order: Order = self.buy(bar.symbol, 10, stop_loss=90).legs[0]
            if len(self.close) == 3:
                self.stop_order = self.replace(self.stop_order, stop=95)

    result = backtest(Raising, FALL)
    assert told(result) == GUARDED
    assert [str(order.tif) for order in result.orders] == ["day", "gtc", "gtc"]


@pytest.mark.parametrize("tif", ["ioc", "fok", "GTC", "", "week", 5])
def test_exit_that_could_not_last_is_refused(tif: Any) -> None:
    for place in (
        lambda s: s.buy("AAA", 1, stop_loss=95, exit_tif=tif),
        lambda s: s.oco("AAA", 1, limit=120, stop=95, exit_tif=tif),
        lambda s: s.oto(s.buy("AAA", 1), s.sell("AAA", 1, stop=95), exit_tif=tif),
    ):
        with pytest.raises((InvalidOrder, StrategyError), match=f"exit_tif {tif!r} is not one of day, gtc"):
            exits_of(place)
