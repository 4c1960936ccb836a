"""A scenario run on the exchange alone: it is fed bars made of the scenario's values, and knows of no backtest.

A desk turns the program's ops into orders, as it does for a strategy; the account is plain numbers, and the margin rule
is read off them.
"""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np

from tests.exchanges import PlainMeans
from tests.naive.bridge import Scripted, the_plan
from tests.naive.compare import NOTES
from tests.naive.financed import without_carry
from tests.naive.scenario import NaiveBar, NaiveSymbol, Scenario
from weaver.greta.orders.book import Change
from weaver.greta.orders.exchange import Exchange
from weaver.marvin.orders.desk import Desk
from weaver.marvin.runtime import INTENTS
from weaver.marvin.series.timeline import Clock
from weaver.model.account.costs import CostModel
from weaver.model.account.position import Position
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.session_bar import Session, SessionBar
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.execution import AT_OPEN
from weaver.model.orders.order import Order


class ExchangeAccount:
    """What a desk acts on, where an exchange has the orders and plain numbers the money."""

    def __init__(self, exchange: Exchange, means: PlainMeans) -> None:
        self.held, self.rules = means.units, means.rules
        self._exchange, self._means = exchange, means
        self.orders: list[Order] = []
        self.liquidations: set[int] = set()
        self.take = self.place

    def place(self, order: Order) -> None:
        self.orders.append(order)
        self._exchange.place(order)

    def cancel(self, order: Order, reason: str) -> None:
        self._exchange.cancel(order, reason)

    def show(self, symbol: str, holding: list[bool]) -> None:
        raise AssertionError(f"no op asks whether {symbol} is held: {holding}")

    def replaced(self, old: Order, new: Order) -> None:
        old.give_way(new)
        self.cancel(old, f"replaced by order {new.id}")

    def scale(self, symbol: str) -> Scale:
        return self._means.scales[symbol]

    def position(self, symbol: str) -> Position:
        raise AssertionError(f"no op asks what {symbol} cost")

    def working(self, symbol: str | None = None) -> list[Order]:
        return [order for order in self._exchange.book.working if order.is_working and symbol in (None, order.symbol)]

    def close(self, symbol: str) -> int | None:
        close = self._means.bar_closes.get(symbol)
        return None if close is None else int(close)

    def cash(self) -> int:
        return self._means.cash

    def equity(self) -> int:
        return self._means.equity()


class ExchangeRun:
    """One scenario, from its first tick to its last; `changes` by tick, and the orders as they ended."""

    def __init__(self, scenario: Scenario) -> None:
        ready = the_plan(scenario)
        self._scenario, self._scales = scenario, ready.scales
        self.means = PlainMeans(list(ready.scales.values()), ready.rules)
        costs = {symbol: CostModel(ready.costs[symbol], scale) for symbol, scale in ready.scales.items()}
        self._exchange = Exchange(self.means, costs)
        self.account = ExchangeAccount(self._exchange, self.means)
        self._clock = Clock(np.array(scenario.ticks(), dtype=np.int64), start=ready.start)
        calendars = {symbol: calendar_for(one.instrument.asset_class) for symbol, one in ready.listings.items()}
        self._desk = Desk(self.account, self._clock, ready.scales, calendars)
        self.changes: list[list[Change]] = []
        self._run()

    def _run(self) -> None:
        strategy = Scripted()
        strategy._program = self._scenario.program
        strategy._runtime = SimpleNamespace(account=self.account)  # type: ignore[assignment]
        strategy.__dict__.update({name: getattr(self._desk, name) for name in INTENTS})
        for tick, now in enumerate(self._scenario.ticks()):
            self._clock.tick = tick
            bars = {symbol.symbol: bar for symbol in self._scenario.symbols for bar in self._at(symbol, now)}
            self.changes.append(self._exchange.on_bars(now, bars))
            self.means.close_at({symbol: bar.close for symbol, bar in bars.items()})
            self._margin_call()
            strategy._perform(tick)

    def _at(self, symbol: NaiveSymbol, now: int) -> list[SessionBar]:
        has_volume = any(bar.volume for bar in symbol.bars)
        scale = self._scales[symbol.symbol]
        return [_session_bar(bar, scale, has_volume=has_volume) for bar in symbol.bars if bar.end == now]

    def _margin_call(self) -> None:
        means, own = self.means, self.account.liquidations
        if not means.rules.falls_short(equity=means.equity(), gross=means.gross()) or means.rules.kind == "cash":
            return
        for order in self.account.working():
            if order.number not in own and order.is_working:
                self.account.cancel(order, "margin call")
        closed = {order.symbol for order in self.account.working()}
        for symbol, units in means.units.items():
            if units and symbol not in closed:
                self._desk.number += 1
                sign = -1 if units > 0 else 1
                order = Order(self._desk.number, self._scales[symbol], sign, abs(units), self._clock.now)
                order.tif, order.reduce_only, order.is_plain = TimeInForce.GTC, True, False
                own.add(order.number)
                self.account.place(order)

    def fills(self) -> list[tuple[object, ...]]:
        """As `compare` writes them."""
        executions = [execution for changes in self.changes for *_, execution in changes if execution is not None]
        found: list[tuple[object, ...]] = []
        for one in executions:
            fill, order = one.as_fill(), one.order
            notes = {"liquidation"} if order.number in self.account.liquidations else set()
            found.append(
                (
                    order.number,
                    fill.symbol,
                    fill.side * fill.quantity,
                    fill.price,
                    fill.slippage,
                    fill.commission,
                    one.bar.start,
                    one.bar.opened if one.place == AT_OPEN else one.bar.end,
                    (frozenset(fill.notes) | notes) & NOTES,
                )
            )
        return found

    def statuses(self) -> dict[int, str]:
        """How orders stand at the end; those that wait for the next bars count as accepted."""
        return {
            order.number: "accepted" if str(order.status) == "pending" and not order.waiting else str(order.status)
            for order in self.account.orders
        }


def _session_bar(bar: NaiveBar, scale: Scale, *, has_volume: bool) -> SessionBar:
    prices = [int(Fraction(price) * scale.price_one) for price in (bar.open, bar.high, bar.low, bar.close)]
    volume = float(bar.volume) if has_volume else None
    session = Session(bar.session_begins, bar.session_close, bar.extended_close)
    return SessionBar(*prices, volume, bar.start, bar.opens, bar.end, session, bar.regular)


def without_actions(scenario: Scenario) -> Scenario:
    """The same without splits, dividends, delistings, what holding costs, and the engine's own close at the end."""
    free = without_carry(scenario)
    return replace(free, symbols=[replace(one, actions=[]) for one in free.symbols], close_at_end=False)
