"""An account in plain numbers, and bars by hand, for an exchange that is used alone."""

from decimal import Decimal
from fractions import Fraction

from weaver.greta.orders.book import Change
from weaver.greta.orders.exchange import Exchange
from weaver.model.account.costs import CostModel, Costs
from weaver.model.account.margin import AccountRules
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.session_bar import Session, SessionBar
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import OrderType
from weaver.model.orders.execution import Execution
from weaver.model.orders.order import ExitGroup, Order

STOCK = Instrument.default("AAA", AssetClass.STOCK).scale()
OTHER = Instrument.default("BBB", AssetClass.STOCK).scale()
ONE = STOCK.price_one
MINUTE = 60 * 10**9
BARS_A_DAY = 4
"""Of the hand-made sessions."""


class PlainMeans:
    """Cash, holdings and newest closes; it rounds as the rules say and does nothing else."""

    def __init__(self, scales: list[Scale], rules: AccountRules) -> None:
        self.rules = rules
        self.scales = {scale.symbol: scale for scale in scales}
        self.cash = int(Decimal(rules.cash) * 10**8)
        self.units = dict.fromkeys(self.scales, 0)
        self.bar_closes: dict[str, int] = {}
        self.first_prices: dict[str, int] = {}
        """What was paid of symbols before any of their bars had closed."""
        self.executions: list[Execution] = []

    def value(self, symbol: str, units: int) -> int:
        close = self.bar_closes.get(symbol)
        return self._cash(symbol, self.first_prices[symbol] if close is None else close, units)

    def close_at(self, closes: dict[str, int]) -> None:
        """A tick's bars have closed, and its fills are over."""
        self.bar_closes.update(closes)

    def take(self, execution: Execution) -> None:
        symbol, signed = execution.order.symbol, execution.order.sign * execution.units
        self.cash -= self._cash(symbol, execution.price, signed) + execution.commission
        self.units[symbol] += signed
        self.first_prices[symbol] = execution.market
        self.executions.append(execution)

    def equity(self) -> int:
        return self.cash + sum(self.value(symbol, units) for symbol, units in self.units.items() if units)

    def gross(self) -> int:
        return sum(abs(self.value(symbol, units)) for symbol, units in self.units.items() if units)

    def _cash(self, symbol: str, price: int, units: int) -> int:
        scale = self.scales[symbol]
        return round(Fraction(price * units * 10**8, scale.price_one * scale.quantity_one))


class Bench:
    """An exchange with an account of its own, fed one bar of AAA after another; a bar a minute, four a session."""

    def __init__(
        self, *, cash: int = 100_000, costs: Costs | None = None, scales: tuple[Scale, ...] = (STOCK,), **rules: object
    ) -> None:
        self.means = PlainMeans(list(scales), AccountRules.parse(cash=cash, **rules))
        models = {scale.symbol: CostModel(costs or Costs(), scale) for scale in scales}
        self.exchange = Exchange(self.means, models)
        self.count = 0
        self.orders = 0
        self.told: list[str] = []

    @property
    def now(self) -> int:
        """The newest tick, ns."""
        return self.count * MINUTE

    def order(self, units: int, *, scale: Scale = STOCK, **terms: object) -> Order:
        """A new order: to buy, or of negative units to sell. Prices in whole money."""
        self.orders += 1
        order = Order(self.orders, scale, 1 if units > 0 else -1, abs(units), self.now)
        for name in ("limit", "stop", "trail"):
            price = terms.pop(name, None)
            if price is not None:
                setattr(order, f"{name}_units", int(Decimal(str(price)) * ONE))
        for name, value in terms.items():
            setattr(order, name, value)
        order.order_type = _type_of(order)
        return order

    def place(self, units: int, **terms: object) -> Order:
        """Place a new order."""
        order = self.order(units, **terms)
        self.exchange.place(order)
        return order

    def bracket(
        self, units: int, *, exits: dict[str, dict[str, object]], cap: int | None = None, **terms: object
    ) -> tuple[Order, list[Order]]:
        """Place an entry, and legs that wait for it."""
        entry = self.order(units, **terms)
        group = entry.exits = ExitGroup(entry=entry, cap=cap)
        self.exchange.place(entry)
        for leg_terms in exits.values():
            leg = self.order(-units, group=group, reduce_only=True, waiting=True, **leg_terms)
            group.legs.append(leg)
            self.exchange.place(leg)
        return entry, group.legs

    def bar(
        self, prices: str, *, volume: float | None = 1000.0, regular: bool = True, symbol: str = "AAA"
    ) -> list[str]:
        """Give it the next bar from "open high low close", and tell what that changed."""
        return self.bars({symbol: prices}, volume=volume, regular=regular)

    def bars(self, prices: dict[str, str], *, volume: float | None = 1000.0, regular: bool = True) -> list[str]:
        """Give it one bar each of several symbols, which close at one tick."""
        start = self.now
        self.count += 1
        day_end = (start // (BARS_A_DAY * MINUTE) + 1) * BARS_A_DAY * MINUTE
        values = {}
        for symbol, text in prices.items():
            quad = [int(Decimal(part) * ONE) for part in text.split()]
            session = Session(day_end - BARS_A_DAY * MINUTE, day_end, day_end + MINUTE)
            values[symbol] = SessionBar(*quad, volume, start, start, self.now, session, regular)
        found = [_text(change) for change in self.exchange.on_bars(self.now, values)]
        self.means.close_at({symbol: bar.close for symbol, bar in values.items()})
        return found


def _type_of(order: Order) -> OrderType:
    if order.trail_units is not None or order.trail_percent is not None:
        return OrderType.TRAILING_STOP
    if order.stop_units is not None:
        return OrderType.STOP if order.limit_units is None else OrderType.STOP_LIMIT
    return OrderType.MARKET if order.limit_units is None else OrderType.LIMIT


def _text(change: Change) -> str:
    """`1 accepted`, or `1 filled: buy 10 @ 100.5` with what the fill notes."""
    order, status, execution = change
    if execution is None:
        return f"{order.number} {status}"
    fill = execution.as_fill()
    notes = "".join(f" {note}" for note in fill.notes)
    return f"{order.number} {status}: {fill.side} {fill.quantity.normalize():f} @ {fill.price.normalize():f}{notes}"
