"""What a run hands over when it is at its end: its orders in order, its last closes, its instants; by hand."""

from typing import Any

import pytest

from tests.builders import FIRST_DAY, crypto_bars, planned
from weaver import Strategy
from weaver.greta.finished_run import FinishedRun
from weaver.model.market.timeframe import DAY, HOUR
from weaver.model.orders.order import Order


class Trading(Strategy):
    """One order that fills, one that rests, one that is refused; or the end of the run at a close."""

    ends_at: float = 0.0

    def on_bar(self, bar: Any) -> None:
        if bar.close == self.ends_at:
            self.stop_run("seen enough")
        elif len(self.close) == 1:
            self.buy(bar.symbol, 1)
            self.buy(bar.symbol, 1, limit=1, tif="gtc")
            self.buy(bar.symbol, 1_000_000)


def finished(closes: list[float], *, strategy: type[Strategy] = Trading, **options: Any) -> FinishedRun:
    return planned(strategy, crypto_bars(closes), **options).run(progress=lambda _: None).finished


def test_orders_are_all_there_in_the_order_of_their_placement_however_they_ended() -> None:
    run = finished([10, 11, 12])
    assert [(order.number, str(order.status)) for order in run.orders] == [
        (1, "filled"), (2, "accepted"), (3, "rejected"),
    ]  # fmt: skip
    assert [[one.number for one in orders] for orders in (run.book, run.rejected)] == [[2], [3]]
    assert all(isinstance(order, Order) for order in run.orders)
    assert run.orders is run.orders  # put together once


def test_holdings_and_cash_are_those_of_the_fills() -> None:
    run = finished([10, 11, 12], cash=1_000)
    one = run.prices["BTC/USD"].scale.quantity_one
    assert (run.held, run.cash) == ({"BTC/USD": one}, 990 * 10**8)  # it opened at the first close, 10
    assert (run.position("BTC/USD").quantity, run.position("BTC/USD").average_price) == (1, 10)


@pytest.mark.parametrize(("ends_at", "last", "close"), [(0.0, 2, "12.5"), (11.25, 1, "11.25")])
def test_last_close_is_that_of_the_tick_at_which_it_ended(ends_at: float, last: int, close: str) -> None:
    class Ending(Trading):
        pass

    Ending.ends_at = ends_at
    run = finished([10, 11.25, 12.5], strategy=Ending)
    units = run.close("BTC/USD")
    assert units is not None
    assert (run.first, run.last, run.prices["BTC/USD"].scale.text(units)) == (0, last, close)
    assert run.stop_reason == ("seen enough" if ends_at else None)


def test_symbol_without_a_bar_by_the_end_has_no_close() -> None:
    class Early(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.stop_run("at once")

    bars = {"A": crypto_bars([10, 11], symbol="A"), "B": crypto_bars([5], symbol="B", first=FIRST_DAY * DAY + HOUR)}
    run = planned(Early, bars, asset="crypto").run(progress=lambda _: None).finished
    assert (run.close("A"), run.close("B")) == (10 * run.prices["A"].scale.price_one, None)


def test_instants_are_those_of_the_clock_and_before_it_the_runs_start() -> None:
    start = FIRST_DAY * DAY
    run = finished([10, 11, 12])
    assert [run.instant(tick) for tick in (-1, 0, 2)] == [start, start + HOUR, start + 3 * HOUR]
    warm = finished([10, 11, 12], start="2021-04-05T01:00:00Z")
    assert (warm.first, warm.start) == (1, start + HOUR)
    # Ahead of its first tick it is at the one before: the close of the history that its series begin with.
    assert [warm.instant(tick) for tick in (-1, 0, 1)] == [start + HOUR, start + HOUR, start + 2 * HOUR]


def test_nothing_of_the_log_is_kept_unless_the_account_keeps_it() -> None:
    assert finished([10, 11]).log is None
