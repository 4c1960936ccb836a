"""The strategy that trades in a simulation: everything that one can ask for, by chance, by what it holds, and by all
that it was told before."""

from weaver import Strategy


class Restless(Strategy):
    """What it does next depends on each fill and order that it ever heard of, so that it decides otherwise where one
    of them is left out."""

    def on_start(self):
        self.heard = 0
        self.windows = 0
        self.moves = [
            self.enter, self.enter_with_exits, self.rest, self.target, self.leave, self.change, self.withdraw,
            self.protect, self.look_back, self.grab, self.bracket_for_the_day,
        ]  # fmt: skip
        self.buy(self.symbols[0], 3)

    def on_bar(self, bar):
        self.log(f"{bar.symbol} {bar.close} {self.heard} {self.position(bar.symbol).quantity}")
        for _ in range(1 + self.heard % 2):
            self.moves[(self.random.randrange(len(self.moves)) + self.heard) % len(self.moves)](bar)

    def on_order(self, order):
        self.heard = (self.heard * 31 + order.number + len(str(order.status))) % 1009

    def on_fill(self, fill):
        self.heard = (self.heard * 37 + int(fill.quantity) + int(fill.price * 100)) % 1009

    def on_window(self, window):
        self.windows += 1
        self.heard = (self.heard * 41 + len(window.bars)) % 1009

    def on_stop(self):
        self.log(f"heard {self.heard}")

    def size(self):
        return 1 + self.random.randrange(12)

    def away(self, bar, sign):
        return round(bar.close + sign * (20 + self.random.randrange(200)) / 100, 2)

    def enter(self, bar):
        self.random.choice((self.buy, self.sell))(bar.symbol, self.size())

    def enter_with_exits(self, bar):
        self.buy(bar.symbol, self.size(), take_profit=self.away(bar, 1), stop_loss=self.away(bar, -1))

    def rest(self, bar):
        self.buy(bar.symbol, self.size(), limit=self.away(bar, -1), tif="gtc")

    def grab(self, bar):
        self.sell(bar.symbol, self.size(), limit=self.away(bar, -1), tif=self.random.choice(("ioc", "fok")))

    def bracket_for_the_day(self, bar):
        self.buy(
            bar.symbol, self.size(), limit=round(bar.close, 2), tif="day", take_profit=self.away(bar, 1),
            stop_loss=self.away(bar, -1), exit_tif=self.random.choice(("day", "gtc")),
        )  # fmt: skip

    def target(self, bar):
        self.order_target(bar.symbol, self.random.randrange(-10, 10))

    def leave(self, bar):
        self.close_position(bar.symbol)

    def working(self, bar):
        return [one for one in self.orders if one.symbol == bar.symbol and one.is_working and not one.cancel_asked]

    def change(self, bar):
        resting = [one for one in self.working(bar) if one.order_type == "limit" and one.group is None]
        if resting:
            self.replace(resting[0], limit=self.away(bar, -1))

    def withdraw(self, bar):
        working = self.working(bar)
        if working:
            self.cancel(working[self.random.randrange(len(working))])

    def protect(self, bar):
        held = int(self.position(bar.symbol).quantity)
        if held > 0 and not self.working(bar):
            self.oco(bar.symbol, held, limit=self.away(bar, 1), stop=self.away(bar, -1))

    def look_back(self, bar):
        self.fetch_window(bar.symbol, "1m", 3)
