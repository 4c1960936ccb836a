"""A position that a strategy looks at: what it says of itself agrees, whatever happened to what is held."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pandas

import weaver
from tests.builders import backtest, crypto_bars
from tests.naive.bridge import TickByTick, inputs_of, options_of
from tests.naive.generate import random_scenario
from weaver import Strategy
from weaver.marvin.orders.holding import Holding
from weaver.marvin.plugins.loader import from_class
from weaver.marvin.series.bar import Bar
from weaver.model.market.corporate_actions import Delisting, Split
from weaver.model.market.tick import Tick
from weaver.research.run import plan


class Watching(TickByTick):
    """Keeps its positions from the start on, and counts what they say of themselves at each tick."""

    said: Counter[tuple[bool, bool]]

    def on_start(self) -> None:
        super().on_start()
        self.kept = [self.position(symbol) for symbol in self.symbols]

    def on_tick(self, tick: Tick) -> None:
        self.said.update((bool(one), one.quantity != 0) for one in self.kept)
        super().on_tick(tick)


def test_position_is_true_exactly_while_its_quantity_is_not_zero() -> None:
    """Fills short and long, splits and delistings, margin calls."""
    said: Counter[tuple[bool, bool]] = Counter()
    for seed in range(150):
        scenario = random_scenario(seed, frames_max=60)
        program = type("Program", (Watching,), {"_program": scenario.program, "said": said})
        plan(from_class(program), inputs_of(scenario), options_of(scenario)).run(progress=lambda _: None)
    assert set(said) == {(True, True), (False, False)}
    assert min(said.values()) > 500


def test_position_turns_with_the_fills_of_orders_by_hand() -> None:
    seen: list[bool] = []

    class Turning(Strategy):
        def on_start(self) -> None:
            self.kept: Holding = self.position(self.symbols[0])

        def on_bar(self, bar: Bar) -> None:
            seen.append(bool(self.kept))
            match len(seen):
                case 1 | 2:
                    self.buy(bar.symbol, 1)
                case 3:
                    self.sell(bar.symbol, 1)
                case 4:
                    self.sell(bar.symbol, 1, limit=9)

    backtest(Turning, crypto_bars([10, 10, 10, 10, 10, 10]))
    assert seen == [False, True, True, True, False, False]


def test_position_is_itself_and_equals_no_other() -> None:
    found: list[Holding] = []

    class Keeping(Strategy):
        def on_bar(self, bar: Bar) -> None:
            found.append(self.position(bar.symbol))

    prices = [10.0, 10.0]
    backtest(Keeping, {name: crypto_bars(prices, symbol=name) for name in ("AAA/USD", "BBB/USD")})
    first, second, again, _ = found
    assert first is again
    assert first == again
    assert first != second
    assert len({first, second, again}) == 2


def test_split_keeps_a_holding_open_and_a_delisting_ends_it() -> None:
    """Bought on the second day; one for two on the third, delisted after the fourth; bought anew it is another one."""
    seen = []
    days = [date(2024, 1, day) for day in (2, 3, 4, 5, 8)]

    class Kept(Strategy):
        def on_bar(self, bar: Bar) -> None:
            holding = self.position(bar.symbol)
            seen.append((holding.opened and holding.opened.day, holding.bars_held))
            if len(self.close) == 1:
                self.buy(bar.symbol, 3)

    actions = [Split(ex_date=days[2], ratio=Decimal("0.5")), Delisting(ex_date=days[4], value=Decimal(1))]
    prices = [10.0, 10.0, 20.0, 20.0, 20.0]
    frame = pandas.DataFrame(dict.fromkeys(("open", "high", "low", "close"), prices), pandas.DatetimeIndex(days))
    weaver.backtest(Kept, {"ABC": frame}, actions={"ABC": actions}, asset="stock", costs="none", lookahead_check=False)
    assert seen == [(None, 0), (3, 0), (3, 1), (3, 2), (None, 0)]


def test_reversal_opens_a_holding_and_more_of_it_does_not() -> None:
    seen = []

    class Turning(Strategy):
        def on_bar(self, bar: Bar) -> None:
            holding = self.position(bar.symbol)
            seen.append((holding.opened and holding.opened.hour, holding.bars_held))
            match len(self.close):
                case 1 | 2:
                    self.buy(bar.symbol, 1)
                case 3:
                    self.sell(bar.symbol, 5)

    backtest(Turning, crypto_bars([10.0] * 5), account="margin", leverage=2, shorting=True)
    assert seen == [(None, 0), (1, 0), (1, 1), (3, 0), (3, 1)]
