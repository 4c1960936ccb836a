"""Strategies that place every kind of resting order by chance, each in four styles that must fill alike.

The chance is the run's own (`self.random`), drawn only where the signal is true; so both styles draw alike as long as
they are called back on the same bars.
"""

from typing import ClassVar

from weaver import Strategy, crossed_above, crossed_below, ema, highest, lowest, sma


class Desk(Strategy):
    """What to do at a signal: something with a limit, a stop, a bracket, a trail, or with what rests."""

    fast: int = 5
    slow: int = 20
    reach: float = 0.01
    size: float = 0.3
    shorts: bool = False

    def act(self, bar) -> None:
        choose = self.random.choice
        for order in self.orders[6:]:  # the youngest: what has rested long may rest on
            self.cancel(order)
        near, far = (bar.close * self.reach * self.random.uniform(0.2, share) for share in (2, 6))
        terms = {"tif": choose(("day", "gtc", "gtc"))}
        held = self.position(bar.symbol).quantity
        side = -1 if held > 0 or (self.shorts and self.random.random() < 0.5) else 1
        getattr(self, choose(self.MOVES))(bar, side, near, far, terms)

    MOVES: ClassVar = (
        "limit", "limit", "stop", "stop_limit", "trail", "bracket", "bracket", "bracket", "exits", "market", "once",
        "move", "withdraw", "flat",
    )  # fmt: skip

    def order(self, bar, side, **terms):
        """A share of the equity to enter; what is held to leave."""
        held = self.position(bar.symbol).quantity
        if side < 0 < held:
            return self.sell(bar.symbol, held, **terms)
        if side > 0 > held:
            return self.buy(bar.symbol, -held, **terms)
        now = self.position(bar.symbol).market_value
        return self.order_target_value(bar.symbol, float(now) + side * self.size * float(self.equity), **terms)

    def limit(self, bar, side, near, far, terms) -> None:
        self.order(bar, side, limit=bar.close - side * near, **terms)

    def stop(self, bar, side, near, far, terms) -> None:
        self.order(bar, side, stop=bar.close + side * near, **terms)

    def stop_limit(self, bar, side, near, far, terms) -> None:
        self.order(bar, side, stop=bar.close + side * near, limit=bar.close + side * (near - far / 3), **terms)

    def trail(self, bar, side, near, far, terms) -> None:
        trail = {"trail": far} if self.random.random() < 0.5 else {"trail_percent": self.reach * 100}
        self.order(bar, side, **trail, **terms)

    def bracket(self, bar, side, near, far, terms) -> None:
        exits = {"take_profit": bar.close + side * far, "stop_loss": bar.close - side * far}
        if self.random.random() < 0.3:
            exits["stop_loss_limit"] = bar.close - side * (far + near)
        entry = self.random.choice(({}, {"limit": bar.close - side * near / 4}, {"stop": bar.close + side * near / 4}))
        self.order(bar, side, **entry, **exits, **terms)

    def exits(self, bar, side, near, far, terms) -> None:
        held = self.position(bar.symbol).quantity
        if held:
            sign = 1 if held > 0 else -1
            self.oco(bar.symbol, abs(held), limit=bar.close + sign * far, stop=bar.close - sign * near, **terms)

    def market(self, bar, side, near, far, terms) -> None:
        self.order(bar, side, **terms)

    def once(self, bar, side, near, far, terms) -> None:
        terms["tif"] = self.random.choice(("ioc", "fok"))
        self.order(bar, side, limit=bar.close + side * near / 4, **terms)

    def move(self, bar, side, near, far, terms) -> None:
        for order in self.orders:
            if order.limit is not None and order.stop is None:
                self.replace(order, limit=float(order.limit) * (1 + self.random.uniform(-1, 1) * self.reach))
                return

    def withdraw(self, bar, side, near, far, terms) -> None:
        if self.orders:
            self.cancel(self.random.choice(self.orders))

    def flat(self, bar, side, near, far, terms) -> None:
        self.close_position(bar.symbol)


class Crossings(Desk):
    """Acts where two averages cross either way."""

    def make(self) -> None:
        self.one, self.other = sma(self.close, self.fast), ema(self.close, self.slow)

    def is_time(self) -> bool:
        one, other = self.one, self.other
        above = one[-2] <= other[-2] and one[-1] > other[-1]
        return above or (one[-2] >= other[-2] and one[-1] < other[-1])


class Extremes(Desk):
    """Acts where the close is the highest or lowest of its window."""

    def make(self) -> None:
        self.top, self.bottom = highest(self.close, self.slow), lowest(self.close, self.slow)

    def is_time(self) -> bool:
        return self.close[-1] == self.top[-1] or self.close[-1] == self.bottom[-1]


class CrossingsWhen(Crossings):
    def on_start(self) -> None:
        self.make()
        self.when(crossed_above(self.one, self.other) | crossed_below(self.one, self.other), self.act)


class ExtremesWhen(Extremes):
    def on_start(self) -> None:
        self.make()
        self.when((self.close == self.top) | (self.close == self.bottom), self.act)


class _OnBar:
    def on_start(self) -> None:
        self.make()

    def on_bar(self, bar) -> None:
        if len(self.close) >= 2 and self.is_time():
            self.act(bar)


class _Watched:
    """Told of everything, so that the engine visits every tick."""

    def on_tick(self, tick) -> None:
        pass

    def on_order(self, order) -> None:
        pass

    def on_fill(self, fill) -> None:
        pass


class CrossingsOnBar(_OnBar, Crossings):
    pass


class ExtremesOnBar(_OnBar, Extremes):
    pass


class CrossingsWatchedWhen(_Watched, CrossingsWhen):
    pass


class ExtremesWatchedWhen(_Watched, ExtremesWhen):
    pass


class CrossingsWatchedOnBar(_Watched, CrossingsOnBar):
    pass


class ExtremesWatchedOnBar(_Watched, ExtremesOnBar):
    pass


STYLES: dict[str, tuple[type[Desk], ...]] = {
    "crossings": (CrossingsWhen, CrossingsOnBar, CrossingsWatchedWhen, CrossingsWatchedOnBar),
    "extremes": (ExtremesWhen, ExtremesOnBar, ExtremesWatchedWhen, ExtremesWatchedOnBar),
}
