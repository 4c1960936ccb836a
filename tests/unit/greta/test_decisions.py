"""What a run decided: each request as it was made, in its order, and nothing that came of it."""

from typing import Any

from tests.builders import crypto_bars, planned
from weaver.greta.decisions import Decision, DecisionKind, decisions_of, first_difference
from weaver.greta.recorded_account import RecordedAccount
from weaver.marvin.strategy import Strategy
from weaver.model.orders.actions import OrderType, TimeInForce

BARS = crypto_bars([10.0, 11.0, 12.0, 13.0, 14.0])
UNITS, PRICE = 10**8, 10**8
"""One coin, and a price of one, in the units of the bars' scale."""


class Asking(Strategy):
    """Asks before the first bar, at three bars, and once more when all is over."""

    def on_start(self) -> None:
        self.buy("BTC/USD", 1)

    def on_bar(self, bar: Any) -> None:
        match bar.close:
            case 10.0:
                self.bid = self.buy(bar.symbol, 2, limit=5, tif="gtc")
            case 11.0:
                self.cancel(self.bid)
                self.buy(bar.symbol, 3)
            case 12.0:
                self.stop_run("enough")

    def on_stop(self) -> None:
        self.buy("BTC/USD", 4)


def decided(strategy: type[Strategy]) -> list[Decision]:
    run = planned(strategy, BARS).run(progress=lambda _: None, account=RecordedAccount)
    assert run.finished.prices["BTC/USD"].scale.quantity_one == UNITS
    assert run.finished.prices["BTC/USD"].scale.price_one == PRICE
    return decisions_of(run.finished)


def test_each_request_is_a_decision_in_its_order_but_none_that_comes_after_the_end() -> None:
    start, ends = int(BARS.timestamp[0]), BARS.end.tolist()
    market = (1, "BTC/USD", OrderType.MARKET)
    limit = (1, "BTC/USD", OrderType.LIMIT, 2 * UNITS, TimeInForce.GTC, None, 5 * PRICE, None, None, None, None, None)
    assert decided(Asking) == [
        Decision(start, DecisionKind.PLACE, 1, (*market, UNITS)),
        Decision(ends[0], DecisionKind.PLACE, 2, limit),
        Decision(ends[1], DecisionKind.CANCEL, 2),
        Decision(ends[1], DecisionKind.PLACE, 3, (*market, 3 * UNITS)),
        Decision(ends[2], DecisionKind.END, 0, ("enough",)),
    ]


def test_first_difference_is_the_first_that_only_one_run_decided() -> None:
    class More(Asking):
        def on_bar(self, bar: Any) -> None:
            super().on_bar(bar)
            if bar.close == 11.0:
                self.sell(bar.symbol, 1)

    one, other, ends = decided(Asking), decided(More), BARS.end.tolist()
    assert first_difference(one, other, ends[0]) is None
    found = first_difference(one, other, ends[1])
    assert found is not None
    assert found.text == "order 4, sell BTC/USD market"
