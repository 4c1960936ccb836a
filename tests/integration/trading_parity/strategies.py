"""Strategies that use what those that ship do not: all kinds of orders, by chance, and every callback."""

from datetime import timedelta

from weaver import Strategy, sma


class _Acting(Strategy):
    """Acts on every so many bars, by the run's own chance."""

    every: int = 7
    size: float = 0.3
    shorts: bool = False

    def on_start(self) -> None:
        self.averages = {symbol: sma(self.series(symbol).close, 5) for symbol in self.symbols}
        self.seen = 0

    def on_bar(self, bar) -> None:
        self.seen += 1
        if self.seen % self.every == 0:
            self.act(bar)

    def side(self, bar) -> int:
        held = self.position(bar.symbol).quantity
        if held:
            return -1 if held > 0 else 1
        return -1 if self.shorts and self.random.random() < 0.5 else 1

    def act(self, bar) -> None:
        raise NotImplementedError


class Brackets(_Acting):
    """Entries of all kinds with exits, at prices and in percent."""

    def act(self, bar) -> None:
        side, step = self.side(bar), bar.close * self.random.uniform(0.002, 0.03)
        exits = {"take_profit": bar.close + side * step, "stop_loss": bar.close - side * step}
        exits = self.random.choice((exits, exits, {"stop_loss": bar.close - side * step}))
        entry = self.random.choice(({}, {"limit": bar.close - side * step / 3}, {"stop": bar.close + side * step / 3}))
        tif = self.random.choice(("day", "gtc"))
        if self.position(bar.symbol).quantity:
            self.close_position(bar.symbol)
        else:
            self.order_target_percent(bar.symbol, side * self.size, tif=tif, **entry, **exits)


class Groups(_Acting):
    """One that cancels the other, one that triggers the other, and all that rests by date."""

    def act(self, bar) -> None:
        held = self.position(bar.symbol).quantity
        step = bar.close * self.random.uniform(0.004, 0.04)
        if held:
            sign = 1 if held > 0 else -1
            if not [order for order in self.orders if order.symbol == bar.symbol]:
                self.oco(bar.symbol, abs(held), limit=bar.close + sign * step, stop=bar.close - sign * step)
            elif self.random.random() < 0.3:
                self.close_position(bar.symbol)
            return
        quantity = int(float(self.equity) * self.size / bar.close)
        first = self.buy(bar.symbol, quantity, limit=bar.close - step / 5)
        if self.random.random() < 0.7:
            self.oto(first, self.sell(bar.symbol, quantity, stop=bar.close - step))


class Times(_Acting):
    """Each time in force, each kind of order, moved and withdrawn."""

    def act(self, bar) -> None:
        side, choose = self.side(bar), self.random.choice
        for order in self.orders[4:]:
            self.cancel(order)
        step = bar.close * self.random.uniform(0.001, 0.02)
        tif = choose(("day", "gtc", "ioc", "fok", "gtd"))
        terms = {"tif": tif}
        if tif == "gtd":
            terms["expires"] = (self.now + timedelta(days=self.random.randint(1, 9))).date()
        kind = choose(({}, {"limit": bar.close}, {"limit": bar.close - side * step}, {"stop": bar.close + side * step},
                       {"stop": bar.close + side * step, "limit": bar.close + side * 2 * step},
                       {"trail": step}, {"trail_percent": 1.5}))  # fmt: skip
        if tif in ("ioc", "fok"):
            kind = choose(({}, {"limit": bar.close + side * step}))
        resting = [order for order in self.orders if order.limit is not None and order.stop is None]
        if resting and self.random.random() < 0.4:
            self.replace(resting[0], limit=float(resting[0].limit) * self.random.uniform(0.99, 1.01))
            return
        self.order_target_value(bar.symbol, self.target(bar, side), **kind, **terms)

    def target(self, bar, side) -> float:
        return 0.0 if self.position(bar.symbol).quantity else side * self.size * float(self.equity)


class Greedy(_Acting):
    """Targets that its means cut, and quantities that cannot be paid."""

    def act(self, bar) -> None:
        held = self.position(bar.symbol).quantity
        choice = self.random.randrange(4)
        if held and choice < 2:
            self.close_position(bar.symbol)
        elif choice == 2:
            self.order_target_percent(bar.symbol, self.random.choice((1.0, 1.0, 1.0, 0.99)))
        else:
            self.buy(bar.symbol, max(1, int(float(self.cash) / bar.close * self.random.choice((0.5, 1.0, 1.3)))))


class Hearing(_Acting):
    """Answers what it is told with orders, and asks for history."""

    def act(self, bar) -> None:
        self.fetch_window(bar.symbol, self.timeframe, 5)
        self.log(f"{self.now} {self.equity} {self.cash} {self.position(bar.symbol).quantity}")
        if not self.position(bar.symbol).quantity:
            self.order_target_percent(bar.symbol, self.size)

    def on_window(self, window) -> None:
        self.log(f"window {window.symbol} {window.bars.close.tolist()}")

    def on_fill(self, fill) -> None:
        self.log(f"fill {fill.symbol} {fill.side} {fill.quantity} {fill.price} {fill.commission} {fill.timestamp}")
        held = self.position(fill.symbol).quantity
        if held > 0 and fill.side == "buy":
            self.sell(fill.symbol, held, limit=float(fill.price) * 1.01, tif="gtc")

    def on_order(self, order) -> None:
        self.log(f"order {order.number} {order.status} {order.filled_quantity} {order.quantity} {order.reason}")

    def on_tick(self, tick) -> None:
        for order in self.orders:
            if order.limit is not None and self.random.random() < 0.05:
                self.replace(order, limit=float(order.limit) * 0.995)

    def on_stop(self) -> None:
        self.log(f"stopped {self.equity}")


class Stopping(_Acting):
    """Ends its run by itself."""

    def act(self, bar) -> None:
        self.order_target_percent(bar.symbol, self.size)
        if self.seen > 100:
            self.stop_run("seen enough")


class Turning(_Acting):
    """Long, short, and through zero in one order."""

    shorts: bool = True

    def act(self, bar) -> None:
        self.order_target_percent(bar.symbol, self.random.choice((0.5, -0.5, 0.9, -0.9, 0)))


class Auctions(_Acting):
    """In at a session's close, out at a later one's open, or the other way round."""

    def act(self, bar) -> None:
        first, then = self.random.choice((("cls", "opg"), ("opg", "cls"), ("cls", "cls")))
        held = self.position(bar.symbol).quantity
        self.order_target_percent(bar.symbol, 0 if held else self.size, tif=then if held else first)
