"""An exchange that fills orders by the fill rules, for whoever has a tick's bars as values: backtest or simulation."""

from collections.abc import Callable, Mapping

from weaver.greta.orders.book import Change, OrderBook
from weaver.greta.orders.filling import Filling
from weaver.greta.orders.splits import split_orders
from weaver.greta.orders.turns import EVER, Turns
from weaver.greta.ports import Means
from weaver.model.account.costs import CostModel
from weaver.model.market.session_bar import SessionBar
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.trailing import start_trailing


class Exchange:
    """Takes orders, and fills them by the bars of one tick after another.

    It keeps no bars and knows no others than those of the tick; what it keeps of an order goes when that has ended.
    `means` is the account: asked before each fill, and given it. `costs`: by symbol, of all that may be ordered.
    `kept`: where orders that have ended are kept by number, if anywhere. `legs_wait`: exit legs wait until their entry
    has filled whole. `on_end`: told of each order that ends other than by a fill. `begin`: an instant (ns);
    orders placed up to then may act on bars that opened before. An exit leg is placed like any order, after its entry.
    """

    def __init__(
        self,
        means: Means,
        costs: Mapping[str, CostModel],
        *,
        kept: dict[int, Order] | None = None,
        legs_wait: bool = False,
        on_end: Callable[[Order], None] | None = None,
        begin: int = EVER,
    ) -> None:
        self.book = OrderBook(kept, legs_wait=legs_wait, on_end=on_end)
        self.filling = Filling(self.book, means, costs)
        self.turns = Turns(self.book, self.filling, begin)
        self._closes: dict[str, int] = {}

    def open_from(self, begin: int) -> None:
        """Let orders that were placed up to an instant (ns) act on bars that opened before."""
        self.turns.begin = begin

    def place(self, order: Order) -> None:
        """Take a new order; it is accepted as the next bars come, and acts on those of its symbol that open at or after
        it was placed. A trailing stop that has not started does so at the newest close that the exchange was given."""
        self.book.working.append(order)
        if order.order_type is OrderType.TRAILING_STOP:
            start_trailing(order, self._closes.get(order.symbol))

    def close_before(self, symbol: str, close: int) -> None:
        """The newest close (price units) before the first of the bars that are to come."""
        self._closes[symbol] = close

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order, at once, and with it the legs that wait for it."""
        self.book.cancel(order, reason)
        if self.book.working:
            self.book.sweep()

    def replace(self, old: Order, new: Order) -> None:
        """Place `new`, and cancel `old`, which works, in its favour: it takes that one's place among legs."""
        new.take_over(old)
        self.place(new)
        old.give_way(new)
        self.cancel(old, f"replaced by order {new.id}")

    def split(self, symbol: str, ratio: tuple[int, int]) -> None:
        """Put the orders of a symbol on the scale after a split: new units for old ones."""
        split_orders(self.book, symbol, ratio)

    def withdraw(self, symbol: str, reason: str) -> None:
        """Cancel all orders of a symbol."""
        for order in tuple(self.book.working):
            if order.symbol == symbol and order.is_working:
                self.book.cancel(order, reason)
        self.book.sweep()

    def on_bars(self, now: int, bars: Mapping[str, SessionBar], *, is_over: bool = True) -> list[Change]:
        """All that the bars which closed at a tick (ns) do, in order; and what has happened since it was last asked.
        Not `is_over`: others of that tick may come, so no order's time is over yet."""
        self.trade(now, bars)
        if is_over:
            self.expire(now)
        self._closes.update((symbol, bar.close) for symbol, bar in bars.items())
        return self.book.take_changes()

    def trade(self, now: int, bars: Mapping[str, SessionBar]) -> None:
        """The first half: fills at the opens, then inside the bars."""
        self.book.accept(self.book.working)
        self.filling.begin(now)
        self.turns.run(now, bars)
        self.book.sweep()

    def expire(self, now: int) -> None:
        """The second half: orders end whose session has closed."""
        closes = self.book.session_closes
        for order in self.book.working:
            end = closes.get(order.number, order.expires_at)
            if end is not None and end <= now and order.is_working:
                self.book.expire(order)
        self.book.sweep()
