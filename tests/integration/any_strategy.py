"""Strategies drawn by chance that use whatever a strategy may, and tell all that they see, callback by callback."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.naive.bridge import changes, fits
from tests.naive.scenario import Op
from weaver import Strategy, crossed_above, crossed_below, ema, highest, indicator, sma
from weaver.model.errors import InputError, InvalidOrder

COARSER = {"30m": ("1h", "2h", "1d"), "1h": ("4h", "1d"), "4h": ("1d", "8h"), "1d": ("2d", "1w")}
TIMES: Sequence[Mapping[str, str]] = (
    {"at": "10:00"},
    {"at": "10:30", "every": "week"},
    {"at": "23:15", "zone": "Asia/Tokyo"},
    {"before_close": "1h"},
    {"after_open": "30m", "every": "month"},
    {"after_open": "0m", "every": "week"},
)
NEVER = 10**9
ORDERS_MAX = 150
"""A strategy that answers each order with another would never end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a strategy does, and how often of 100 turns; a turn is one callback."""

    callbacks: frozenset[str]
    signals: int
    acts: int
    plain: int
    """Of its acts, how many of 100 are market orders."""
    looks: int
    seen: frozenset[str]
    """What it looks at when it does."""
    asks: int
    logs: int
    late: int
    """The turn from which on it reads series that it did not know."""
    stops: int
    fails: int
    """The turns at which it ends the run, or fails."""
    waits: bool
    """It has one entry or one exit at a time, and asks for nothing while that works."""


CALLBACKS = ("on_bar", "on_tick", "on_order", "on_fill")


def draw_habits(chance: Random, *, is_calm: bool) -> Habits:
    """Busy or lazy, with one callback or all; a calm one only places market orders, and does not ask what they do."""
    hears = not is_calm and chance.random() < 0.5
    callbacks = {name for name in CALLBACKS if chance.random() < 0.5 and (hears or name in {"on_bar", "on_tick"})}
    return Habits(
        callbacks=frozenset(callbacks),
        signals=chance.choice((0, 1, 1, 2, 4)) if callbacks & {"on_bar", "on_tick"} else chance.choice((1, 2, 4)),
        acts=chance.choice((5, 15, 40)),
        plain=chance.choice((70, 100) if is_calm else (20, 20, 80)),
        looks=chance.choice((0, 3, 20, 100)),
        seen=frozenset(name for name in LOOKS if chance.random() < chance.choice((0.1, 0.5))),
        asks=0 if is_calm else chance.choice((0, 0, 1, 10)),
        logs=chance.choice((0, 2)),
        late=chance.choice((NEVER, 1, 10, 40)),
        stops=chance.choice((NEVER,) * 16 + (0, 1, chance.randrange(100))),
        fails=chance.choice((NEVER,) * 20 + (0, chance.randrange(100))),
        waits=chance.random() < (0.5 if is_calm else 0.15),
    )


class Anything(Strategy):
    """Its callbacks are added as its habits say (`strategy_of`)."""

    _habits: Habits
    _ops: Sequence[Op] = ()
    _seed = 0
    _story: list[str]

    def on_start(self) -> None:
        self._chance, self._turns, self._own = Random(self._seed), 0, []
        self._story.clear()
        self._averages = [sma(self.close, 3)]
        self._slow = []
        for _ in range(self._habits.signals):
            self.when(self._signal(), self._called)
        for when in self._chance.sample(TIMES, self._chance.choice((0, 0, 1, 2))):
            self.schedule(self._on_time, **when)
        for _ in range(self._chance.choice((0, 0, 1, 4))):
            self._act()

    def _signal(self) -> Any:
        chance = self._chance
        symbol = chance.choice(self.symbols)
        bars = self._coarse(symbol) if chance.random() < 0.4 else self.series(symbol)
        close, length = bars.close, chance.randint(1, 5)
        match chance.randrange(6):
            case 0:
                return close > sma(close, length)
            case 1:
                return crossed_above(close, ema(close, length)) | crossed_below(close, ema(close, length))
            case 2:
                return close == highest(close, length + 1)
            case 3:
                return indicator(_now_and_then, close, every=chance.randint(1, 30)) > 0
            case 4:
                return (self.close > sma(self.close, length)) & (close > bars.open)
            case _:
                return close > 0

    def _coarse(self, symbol: str) -> Any:
        try:
            return self.series(symbol, self._chance.choice(COARSER[self.timeframe]))
        except InputError:  # too few bars for one
            return self.series(symbol)

    def on_window(self, window: Any) -> None:
        self._turn("on_window", window.symbol, window.timeframe, window.bars.end.tolist(), window.bars.close.tolist())

    def on_stop(self) -> None:
        self._tell("on_stop", [look(self) for look in LOOKS.values()])

    def _called(self, bar: Any) -> None:
        self._turn("when", bar.copy(), bar.index)

    def _on_time(self, tick: Any) -> None:
        self._turn("on_time", tick)

    def _turn(self, kind: str, *details: Any) -> None:
        habits, turn, chance = self._habits, self._turns, self._chance
        self._turns = turn + 1
        seen: list[Any] = []
        if 100 * chance.random() < habits.looks:
            seen = [look(self) for name, look in LOOKS.items() if name in habits.seen]
        self._tell(kind, *details, seen)
        if turn == habits.late:
            self._averages.append(ema(self.series(chance.choice(self.symbols)).close, 4))
            self._slow.append(self._coarse(chance.choice(self.symbols)))
        if (habits.waits or 100 * chance.random() < habits.acts) and len(self._own) < ORDERS_MAX:
            self._act()
        if 100 * chance.random() < habits.asks:
            self.fetch_window(chance.choice(self.symbols), self.timeframe, chance.randint(1, 4))
        if 100 * chance.random() < habits.logs:
            self.log(f"turn {turn}")
        if turn == habits.stops:
            self.stop_run(f"at turn {turn}")
        if turn == habits.fails:
            raise ValueError(f"turn {turn}")

    def _tell(self, kind: str, *what: Any) -> None:
        self._story.append(f"{self._runtime.clock.now} {kind} {what}")

    # What it asks for

    def _act(self) -> None:
        for _ in range(1 if self._habits.waits else self._chance.choice((1, 1, 1, 2, 3))):
            try:
                if self._habits.waits:
                    self._enter_or_leave()
                elif 100 * self._chance.random() < self._habits.plain:
                    self._plain()
                elif self._ops and self._chance.random() < 0.6:
                    self._do(self._next())
                else:
                    self._rest()
            except InvalidOrder as refused:
                self._tell("refused", refused)

    def _next(self) -> Op:
        """An op of about now, so that its prices may be reached."""
        ticks, now = self._ops
        at = min(int(ticks.searchsorted(self._runtime.clock.now)), len(now) - 1)
        return now[at][self._chance.randrange(len(now[at]))]

    def _plain(self) -> None:
        chance = self._chance
        symbol = chance.choice(self.symbols)
        match chance.randrange(10):
            case 0:
                found = self.close_position(symbol)
            case 1 | 2:
                held = self.position(symbol).quantity
                found = self.sell(symbol, held) if held > 0 else self.buy(symbol, 1)
            case 3 | 4 | 5 | 6:
                found = self.order_target_percent(symbol, chance.choice((0, 0.1, 0.2, 0.3, 0.6, 0.99, -0.5)))
            case 7:
                found = self.sell(symbol, chance.choice((1, 3, 20)))
            case _:
                found = self.buy(symbol, chance.choice((1, 1, 3, 20, 500)))
        if found is not None:
            self._own.append(found)

    def _rest(self) -> None:
        """An order that waits for a price near or far."""
        chance = self._chance
        symbol = chance.choice(self.symbols)
        closes, away = self.series(symbol).close, chance.choice((0.01, 0.1, 0.4))
        if not len(closes):
            return
        price, tif = closes[-1], chance.choice(("gtc", "gtc", "day"))
        match chance.randrange(11):
            case 0:
                order = self.buy(symbol, 1, limit=price * (1 - away), tif=tif)
            case 1:
                order = self.sell(symbol, 1, trail_percent=100 * away, tif=tif)
            case 2:
                order = self.sell(symbol, 1, trail=price * away, tif=tif)
            case 3:
                order = self.buy(symbol, 1, stop=price * (1 + away), tif=tif)
            case 4:
                order = self.buy(symbol, 2, stop_loss=price * (1 - away))
            case 5 | 6:
                order = self.buy(symbol, chance.choice((1, 2)))
                self.oto(order, self.sell(symbol, 1, trail_percent=100 * away))
            case 7:
                order = self.buy(symbol, 2, take_profit=f"{100 * away:g}%", stop_loss=chance.choice(("1%", "7.5%")))
            case 8:
                order = self.buy(symbol, 2, take_profit=price * (1 + away), stop_loss_trail=f"{50 * away:g}%")
            case 9:
                order = self.buy(symbol, 2, limit=price, stop_loss_trail=price * away)
            case _:
                order = self.buy(symbol, 2, take_profit=price * (1 + away), stop_loss=price * (1 - away))
        self._own += [order, *order.legs]

    def _enter_or_leave(self) -> None:
        """In with an exit or without; out by one order where none works."""
        chance, symbol = self._chance, self.symbols[0]
        if self.orders or not len(self.series(symbol).close):
            return
        held = self.position(symbol).quantity
        if held > 0:
            self._own.append(self._exit(symbol, held))
            return
        entry = self.buy(symbol, 2)
        self._own.append(entry)
        if chance.random() < 0.7:
            self._own.append(self._exit(symbol, chance.choice((1, 2))))
            self.oto(entry, self._own[-1])

    def _exit(self, symbol: str, quantity: Any) -> Any:
        chance = self._chance
        price, away = self.series(symbol).close[-1], chance.choice((0.002, 0.01, 0.05))
        match chance.randrange(4):
            case 0:
                return self.sell(symbol, quantity, limit=price * (1 + away), tif="gtc")
            case 1:
                return self.sell(symbol, quantity, stop=price * (1 - away), tif="gtc")
            case 2:
                return self.sell(symbol, quantity, trail=price * away, tif="gtc")
            case _:
                return self.sell(symbol, quantity, trail_percent=100 * away, tif="gtc")

    def _do(self, op: Op) -> None:
        if op.name in {"cancel", "replace"}:
            order = self._order(op.args[0])
            if order is None:
                return
            if op.name == "cancel":
                self.cancel(order)
            else:
                self._own.append(self.replace(order, **changes(order, op.kwargs)))
        elif op.name == "oto":
            first, then = self._order(op.args[0]), self._order(op.args[1])
            if first is not None and then is not None and fits(first, then):
                self.oto(first, then, **op.kwargs)
        else:
            found = self._found(op)
            orders = found if isinstance(found, tuple) else (found,)
            for order in orders:
                if order is not None:
                    self._own += [order, *order.legs]

    def _found(self, op: Op) -> Any:
        """What comes of an op: an order, several, or None."""
        if op.name == "rebalance":
            return self.rebalance(dict(zip(op.args[::2], op.args[1::2], strict=True)), **op.kwargs)
        return getattr(self, op.name)(*op.args, **op.kwargs)

    def _order(self, reference: Any) -> Any:
        number = int(reference)
        index = number - 1 if number > 0 else len(self._own) + number
        order = self._own[index] if 0 <= index < len(self._own) else None
        return order if order is not None and order.is_working else None


def _now_and_then(prices: Any, *, every: int) -> Any:
    import numpy as np

    return (np.arange(len(prices)) % every == 0).astype(float)


def _order(order: Any) -> tuple[Any, ...]:
    return (
        order.id, order.symbol, str(order.status), order.quantity, order.filled_quantity, order.average_price,
        order.limit, order.stop, order.trail, order.triggered, order.waiting, order.reason, order.placed,
    )  # fmt: skip


def _newest(series: Any) -> Any:
    count = len(series)
    if not count:
        return 0
    return count, series[-1], series[0], series[-3:], series[count // 2], next(reversed(series)), list(series)[-2:]


def _holding(held: Any) -> tuple[Any, ...]:
    values = (held.quantity, held.average_price, held.realised_pnl, held.unrealised_pnl, held.market_value)
    return (*values, bool(held), held.opened, held.bars_held)


def _trade(trade: Any) -> tuple[Any, ...]:
    times = (trade.entry_time, trade.exit_time, trade.bars, trade.mae, trade.mfe)
    return (trade.symbol, trade.side, trade.quantity, trade.entry_price, trade.exit_price, trade.pnl, *times)


LOOKS: Mapping[str, Callable[[Any], Any]] = {
    "now": lambda one: one.now,
    "close": lambda one: _newest(one.close),
    "volumes": lambda one: [_newest(one.series(symbol).volume) for symbol in one.symbols],
    "averages": lambda one: [_newest(average) for average in one._averages],
    "slow": lambda one: [_newest(bars.close) for bars in one._slow],
    "session": lambda one: (
        one.session.open,
        one.session.close,
        one.session.bars_since_open,
        one.session.is_first_bar,
    ),
    "quantity": lambda one: [one.position(symbol).quantity for symbol in one.symbols],
    "holdings": lambda one: [_holding(one.position(symbol)) for symbol in one.symbols],
    "trades": lambda one: [_trade(trade) for trade in one.closed_trades[-4:]],
    "cash": lambda one: one.cash,
    "equity": lambda one: one.equity,
    "orders": lambda one: [_order(order) for order in one.orders],
    "own": lambda one: [_order(order) for order in one._own[-6:]],
}


def _on_bar(self: Any, bar: Any) -> None:
    self._turn("on_bar", bar.copy(), bar.index)


def _on_tick(self: Any, tick: Any) -> None:
    self._turn("on_tick", tick)


def _on_order(self: Any, order: Any) -> None:
    self._turn("on_order", _order(order))


def _on_fill(self: Any, fill: Any) -> None:
    self._turn("on_fill", fill)


BODIES: Mapping[str, Callable[..., None]] = {
    "on_bar": _on_bar, "on_tick": _on_tick, "on_order": _on_order, "on_fill": _on_fill,
}  # fmt: skip


def strategy_of(habits: Habits, ops: Any, seed: int, story: list[str]) -> type[Anything]:
    """A class that behaves so and tells it to `story`."""
    body = {name: BODIES[name] for name in habits.callbacks}
    return type("Anyone", (Anything,), {"_habits": habits, "_ops": ops, "_seed": seed, "_story": story, **body})
