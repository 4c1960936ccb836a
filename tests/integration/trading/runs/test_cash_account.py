"""A run on a cash account sells what it holds and nothing else, as its backtest does."""

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import HEAD

SELLS_ALL = f'''{HEAD}class SellsAll(Strategy):
    """Sells what it has not got, buys, and aims below zero."""

    def on_start(self):
        self.steps, self.sent = ["sell", "buy", "target"], None

    def on_bar(self, bar):
        if not self.steps or (self.sent is not None and not self.sent.status.is_final):
            return
        match self.steps.pop(0):
            case "sell":
                self.sent = self.sell(bar.symbol, 10)
            case "buy":
                self.sent = self.buy(bar.symbol, 10)
            case "target":
                self.sent = self.order_target_percent(bar.symbol, -0.5)

    def on_order(self, order):
        self.log(f"order {{order.id}} {{order.status}} {{order.reason}}")
'''


def test_run_on_a_cash_account_is_never_short(desk: Desk) -> None:
    run_id = desk.started(SELLS_ALL, "MSFT")
    desk.until(lambda: len(desk.fills(run_id)) >= 2, what="a purchase and its sale", step=10)
    sell, buy, target = desk.orders(run_id)
    assert sell["status"] == "rejected"
    assert sell["reason"].startswith("sell 10 MSFT at ")
    assert sell["reason"].endswith(": would be short, and this account allows no short positions")
    assert [(one["side"], one["quantity"], one["status"]) for one in (buy, target)] == [
        ("buy", "10", "filled"),
        ("sell", "10", "filled"),
    ]
    sent = [(one["body"]["side"], one["body"]["qty"]) for one in desk.sent() if one["body"]["symbol"] == "MSFT"]
    assert [(side, int(quantity)) for side, quantity in sent] == [("buy", 10), ("sell", 10)]
    assert "MSFT" not in desk.held
    assert any("would be short" in line for line in desk.log(run_id))
    desk.stopped(run_id)
