"""A stock splits at a venue that leaves orders as they are: exits are placed anew, for as many shares at as high prices
as there are after it."""

from decimal import Decimal
from typing import Any

from tests.integration.trading.desk import Desk

HOLDING = '''
from weaver import Strategy


class Holding(Strategy):
    """Buys once with exits, and says what it holds."""

    def on_bar(self, bar):
        if bar.index and not self.position(bar.symbol).quantity and not self.orders:
            self.buy(bar.symbol, 10, take_profit=bar.close * 3, stop_loss=bar.close * 0.3)
        stops = [order.stop for order in self.orders if order.stop is not None]
        self.log(f"bar {bar.index} holds {self.position(bar.symbol).quantity} stop {stops}")
'''


def test_exits_are_cancelled_and_placed_anew_for_the_shares_after_a_split(desk: Desk) -> None:
    run_id = desk.started(HOLDING, "AAPL")
    desk.until(lambda: desk.held and len(exits(desk)) == 2, what="a position with its exits")
    before = exits(desk)
    (stop_before,) = [Decimal(one["stop_price"]) for one in before.values() if one["stop_price"]]
    desk.fault("split", symbol="AAPL", ratio="2")

    desk.until(
        lambda: len(after := exits(desk)) == 2 and not after.keys() & before.keys(),
        what="exits on the scale after the split",
        step=60.0,
    )
    after = exits(desk).values()
    assert {Decimal(one["qty"]) for one in after} == {Decimal(20)}
    (stop,) = [Decimal(one["stop_price"]) for one in after if one["stop_price"]]
    assert abs(stop - stop_before / 2) <= Decimal("0.01")
    desk.until(lambda: "holds 20" in desk.log(run_id)[-1], what="a bar after the split")
    assert desk.held == {"AAPL": Decimal(20)}
    assert f"{stop.normalize()}" in desk.log(run_id)[-1]


def exits(desk: Desk) -> dict[str, Any]:
    """The open sell orders at the exchange, by id."""
    return {one["id"]: one for one in desk.open_in("AAPL", "sell")}
