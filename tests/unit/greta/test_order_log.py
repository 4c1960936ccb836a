"""What a recorded account remembers of orders: how each was asked for, and when it ended; by hand, tick by tick."""

from typing import Any

from tests.builders import crypto_bars, planned
from weaver import Strategy
from weaver.greta.order_log import AskedTerms, OrderLog
from weaver.greta.recorded_account import RecordedAccount

PRICES = [10.0, 11, 12, 13, 12, 11]


def log_of(strategy: type[Strategy], prices: list[float] = PRICES, **options: Any) -> OrderLog:
    plan = planned(strategy, crypto_bars(prices), **options)
    log = plan.run(progress=lambda _: None, account=RecordedAccount).finished.log
    assert log is not None
    return log


def happenings(log: OrderLog) -> list[tuple[int, int, int, bool]]:
    """Tick, turn, number of the order, and whether it was asked for."""
    return [(one.tick, one.turn, one.order.number, one.is_request) for one in log.happenings]


def test_order_is_kept_as_it_was_asked_for_whatever_becomes_of_it() -> None:
    class Asking(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:
                self.buy(bar.symbol, 2)
                self.buy(bar.symbol, 3, limit=9.5, tif="gtc", take_profit=20)
                self.order_target_percent(bar.symbol, 0.5, size_at="fill")
            elif bar.close == 11:
                self.sell(bar.symbol, 1, trail=1.5, tif="gtc")

    log = log_of(Asking, [10, 11, 12, 12], cash=1_000)
    one = 10**8  # of a coin's quantity and price alike
    assert log.asked == {
        1: 2 * one,  # a plain one: its units
        2: AskedTerms(3 * one, 95 * one // 10, None, None, True),
        3: AskedTerms(3 * one, 20 * one, None, None, True),
        4: AskedTerms(45 * one, None, None, None, False),  # half of 1,000 at 10, less the 5 ordered before
        5: AskedTerms(one, None, None, 15 * one // 10, True),  # without the level that then rose with the bars
    }
    assert (list(log.asked), log.asked_by_end) == ([1, 2, 3, 4, 5], 5)


def test_requests_have_their_turn_and_ends_by_the_bars_have_none() -> None:
    class Ending(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:
                self.bid = self.buy(bar.symbol, 1, limit=5, tif="gtc")
                self.buy(bar.symbol, 1, limit=5, tif="ioc")
            elif bar.close == 11 and len(self.close) == 2:
                self.bid = self.replace(self.bid, limit=6)
            elif bar.close == 13:
                self.buy(bar.symbol, 1)
                self.cancel(self.bid)

    log = log_of(Ending)
    assert happenings(log) == [
        (1, -1, 2, False),  # the bars': it had one open only
        (1, 3, 1, True), (1, 3, 1, False),  # replaced, once three orders had been placed
        (3, 4, 3, True), (3, 4, 3, False),
    ]  # fmt: skip


def test_legs_that_end_with_their_entry_were_not_asked_for() -> None:
    class Bracketing(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:
                self.entry = self.buy(bar.symbol, 1, limit=5, take_profit=20, stop_loss=4, tif="gtc")
            elif bar.close == 12 and len(self.close) == 3:
                self.cancel(self.entry)

    assert happenings(log_of(Bracketing)) == [(2, 3, 1, True), (2, 3, 1, False), (2, 3, 2, False), (2, 3, 3, False)]


def test_what_on_stop_asks_for_is_beyond_the_end() -> None:
    class Tidy(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:
                self.bid = self.buy(bar.symbol, 1, limit=5, tif="gtc")

        def on_stop(self) -> None:
            self.cancel(self.bid)
            self.buy("BTC/USD", 1)

    log = log_of(Tidy)
    assert (list(log.asked), log.asked_by_end) == ([1, 2], 1)
    assert (happenings(log), log.happened_by_end) == ([(5, 1, 1, True), (5, 1, 1, False)], 0)


def test_order_of_the_engines_own_at_the_end_was_not_asked_for() -> None:
    class Holding(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:
                self.buy(bar.symbol, 1)

    assert list(log_of(Holding, close_at_end=True).asked) == [1]
