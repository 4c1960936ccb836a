"""The account that a live strategy sees: a fold of the inputs that it was given, and of what it asked for itself.

It shows what a backtest's account shows (`tests/unit/veda/runs/test_mirror_equals_greta.py`), and nothing else has a
hand in it: the same inputs give the same account, on the first run as in a replay. Cash counts in 1e-8, prices and
quantities in the units of the symbol's scale. A price with more decimals than those is counted exactly in cash, and to
the nearest unit in an order's average; a fee in the asset is rounded up to a unit.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from weaver.model.account.deals import Deal, HoldingChange
from weaver.model.account.margin import AccountRules, Standing
from weaver.model.account.opening import Opening
from weaver.model.account.position import Position
from weaver.model.calendar.days.new_york import extended_from
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of, divide_half_even, units_of
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.venue import VenueRules
from weaver.veda.inputs import CashMoved, HouseFilled, OrderFilled, OrderMoved, SplitSeen, TickInputs, Update
from weaver.veda.runs.mirror.mirrored_orders import MirroredOrders

HOUSE = 10**12
"""From here on orders are numbered that are not the strategy's own."""
RECENT_MAX = 1_000
"""So many fills of a symbol are remembered, of which some may have come after a split that is told late."""


class Amounts(NamedTuple):
    """What a fill came to: price units, quantity units, and cash units; `fee_units` were taken of the asset."""

    price: int | Fraction
    units: int
    commission: int
    fee_units: int


class AccountMirror:
    """What a strategy's runtime acts on (`marvin.orders.account.Account`)."""

    def __init__(
        self, *, rules: AccountRules, scales: Mapping[str, Scale], closes: Mapping[str, float], venue: VenueRules | None
    ) -> None:
        """rules: what the run may hold, and the cash that is allotted to it. scales: of its symbols. closes: the newest
        before it, of those that have any. venue: whose rules bind its orders."""
        self.rules = rules
        self._cash = _cash_units(rules.cash)
        self._scales = scales
        self._has_margin = any(one.margin is not None for one in scales.values())
        self._positions = {symbol: Position(scale=scale) for symbol, scale in scales.items()}
        self._orders = MirroredOrders(venue)
        self._closes: dict[str, float | int | Fraction] = {}
        """The newest: as it was given, until somebody asks for it, and in units from then on."""
        self._begun: dict[str, int] = {}
        """When the newest bar of a symbol began: in it Weaver closes what nobody asked it to, as at a delisting."""
        self._paid: dict[str, int | Fraction] = {}
        """The price of the newest fill, by which a holding is valued until a bar of its symbol has closed."""
        self._recent: dict[str, deque[tuple[int, int]]] = {symbol: deque(maxlen=RECENT_MAX) for symbol in scales}
        """The newest fills: when, and how much is held more."""
        self._deals: list[Deal] = []
        self._changes: list[HoldingChange] = []
        self._openings: dict[str, Opening] = {}
        """Of what is held, when it was opened."""
        self._held = dict.fromkeys(scales, 0)
        self.held: Mapping[str, int] = self._held
        self._shown: dict[str, list[bool]] = {symbol: [] for symbol in scales}
        """Of each symbol, what shows its strategy whether it is held: a list that is empty while it isn't."""
        self.fresh: list[Any] = []
        """What the strategy has asked for since the last tick's inputs."""
        self.take: Callable[[Order], None] = self.place
        self.cancel, self.working = self._orders.cancel, self._orders.working
        for symbol, close in closes.items():
            self._closes[symbol] = float(close)

    def apply(self, inputs: TickInputs) -> Sequence[Order | Fill]:
        """Take in a tick's inputs. Returns the orders that moved and the fills, as they happened."""
        self.fresh.clear()
        news: list[Order | Fill] = []
        for bar in inputs.bars:
            self._begun[bar.symbol] = bar.start
        for update in inputs.updates:
            news += self._updated(update, inputs.time)
        for bar in inputs.bars:
            self._closes[bar.symbol] = float(bar.close)
        return news

    # What a runtime asks

    def show(self, symbol: str, holding: list[bool]) -> None:
        """Keep this list empty while nothing is held of a symbol, and otherwise not."""
        self._shown[symbol] = holding

    def place(self, order: Order) -> None:
        """Take a new order."""
        self._orders.place(order, self.close(order.symbol))
        self.fresh.append(order)

    def replaced(self, old: Order, new: Order) -> None:
        """`new`, already placed, stands in for `old`, which counts as cancelled."""
        self._orders.replaced(old, new)

    def scale(self, symbol: str) -> Scale:
        """The symbol's units."""
        return self._scales[symbol]

    def position(self, symbol: str) -> Position:
        """The holding with its cost."""
        return self._positions[symbol]

    def opening(self, symbol: str) -> Opening | None:
        """When the holding was opened; None when flat, or where no fill did it."""
        return self._openings.get(symbol)

    def deals(self, first: int) -> list[Deal]:
        """The fills from the one of index `first` on; a close that nobody asked for is an order of its own."""
        return self._deals[first:]

    def changes(self, first: int) -> list[HoldingChange]:
        """Splits, and fees in the asset, from the one of index `first` on."""
        return self._changes[first:]

    def close(self, symbol: str) -> int | None:
        """The newest close, or None before the first bar; after a split, to the nearest unit on the new scale."""
        close = self._newest(symbol)
        return close if close is None or isinstance(close, int) else _nearest(close)

    def cash(self) -> int:
        """Cash, what is on margin settled at the newest closes."""
        if not self._has_margin:
            return self._cash
        held = ((self._scales[one], units, self._value(one, units)) for one, units in self.held.items() if units)
        return Standing.of(self._cash, held).cash

    def equity(self) -> int:
        """Cash and positions at the newest closes."""
        return self._cash + sum(self._value(symbol, units) for symbol, units in self.held.items() if units)

    def _value(self, symbol: str, units: int) -> int:
        price = self._newest(symbol)
        return _worth(self._scales[symbol], self._paid[symbol] if price is None else price, units)

    # What it is told

    def _updated(self, update: Update, now: int) -> list[Order | Fill]:
        match update:
            case OrderMoved():
                order = self._orders.move(update, now)
                return [] if order is None else [order]
            case OrderFilled():
                return self._filled(update, now)
            case HouseFilled():
                scale = self._scales[update.symbol]
                opening = Opening(time=update.time, bar=self._begun.get(update.symbol, update.time - 1))
                self._book(scale, update.side.sign, _amounts(scale, update), opening, HOUSE + len(self._deals))
            case SplitSeen():
                self._split(update)
            case CashMoved():
                self._cash_moved(update)
        return []

    def _filled(self, update: OrderFilled, now: int) -> list[Order | Fill]:
        order = self._orders.order(update.number)
        scale = order.scale
        amounts = _amounts(scale, update)
        worth, entered = _nearest(amounts.price * amounts.units), amounts.units - amounts.fee_units
        self._orders.fill(order, update.status, now, worth=worth, units=amounts.units, entered=entered)
        made = Opening(time=update.time, bar=update.bar_time, at_close=order.tif is TimeInForce.CLS)
        self._book(scale, order.sign, amounts, made, order.number)
        return [order, _fill_of(order, update, amounts)]

    def _book(self, scale: Scale, sign: int, amounts: Amounts, opening: Opening, number: int) -> None:
        """Cash and holding after a fill of an order, which was made at an instant and in a bar."""
        price, units, commission, fee_units = amounts
        value = _worth(scale, price, sign * units)
        self._cash -= value + commission
        before = self._positions[scale.symbol]
        if before.units * (before.units + sign * units) <= 0:  # from flat, to flat, or through zero
            self._openings[scale.symbol] = opening
        held = before.traded(sign * units, value, commission)
        self._hold(scale.symbol, held.traded(-fee_units, 0) if fee_units else held)
        self._paid[scale.symbol] = price
        self._deals.append(_deal(scale.symbol, sign, amounts, abs(value), number, opening))
        self._recent[scale.symbol].append((opening.time, sign * units - fee_units))

    def _split(self, split: SplitSeen) -> None:
        """Scale what was held then, cut down to the lot, and the orders; what the fraction is paid with comes by
        itself."""
        symbol, ratio = split.symbol, (split.numerator, split.denominator)
        at = extended_from(split.ex_date) if split.since is None else split.since
        since = sum(units for time, units in self._recent[symbol] if time >= at)
        before = self._positions[symbol]
        before = replace(before, units=before.units - since) if since else before
        held, _ = before.split(numerator=ratio[0], denominator=ratio[1], previous_close=Fraction(0))
        self._hold(symbol, replace(held, units=held.units + since) if since else held)
        if (close := self._newest(symbol)) is not None:
            self._closes[symbol] = Fraction(close) * ratio[1] / ratio[0]
        self._orders.split(symbol, ratio)
        self._change(symbol, "split", at, ratio)

    def _cash_moved(self, update: CashMoved) -> None:
        """Book cash that no fill moved; what moved of the asset is held more, or less (a split's fraction is gone
        already)."""
        amount = _cash_units(update.amount)
        self._cash += amount
        held = self._positions.get(update.symbol)
        if held is None:
            return  # of the account as a whole
        match update.kind:
            case "dividend":
                held = held.paid(amount)
            case "fraction":
                held = replace(held, realised=held.realised + amount)
            case "fee":
                held = replace(held, fees=held.fees - amount)
            case _:
                return  # what holding costs is in no position
        units = floor(Fraction(update.quantity) * held.scale.quantity_one)
        self._hold(update.symbol, held.traded(units, 0) if units and update.kind != "fraction" else held)
        if units and update.kind == "fee":
            self._change(update.symbol, "fee", 0, (1, 1))

    def _change(self, symbol: str, kind: str, time: int, ratio: tuple[int, int]) -> None:
        """Note what no fill did to a holding, which is as it is after that."""
        self._changes.append(HoldingChange(symbol, kind, len(self._deals), self._held[symbol], time=time, ratio=ratio))

    def _hold(self, symbol: str, held: Position) -> None:
        self._positions[symbol], self._held[symbol] = held, held.units
        self._shown[symbol][:] = [True] if held.units else []
        if not held.units:
            self._openings.pop(symbol, None)

    def _newest(self, symbol: str) -> int | Fraction | None:
        """The newest close in units."""
        close = self._closes.get(symbol)
        if not isinstance(close, float):
            return close
        units = self._closes[symbol] = _nearest(_price_units(self._scales[symbol], Decimal(repr(close))))
        return units


def _deal(symbol: str, sign: int, amounts: Amounts, value: int, number: int, made: Opening) -> Deal:
    """A fill net of a fee in the asset; nothing, where that took all that was bought."""
    traded = sign * amounts.units
    net = traded - amounts.fee_units
    units = net if net * traded > 0 else 0
    price = amounts.price if units in {traded, 0} else Fraction(amounts.price * traded, units)
    return Deal(symbol, units, price, value, amounts.commission, number, made)


def _amounts(scale: Scale, update: OrderFilled | HouseFilled) -> Amounts:
    return Amounts(
        price=_price_units(scale, update.price),
        units=units_of(update.quantity, scale.quantity_decimals),
        commission=_cash_units(update.commission),
        fee_units=ceil(Fraction(update.fee_quantity) * scale.quantity_one),
    )


def _fill_of(order: Order, update: OrderFilled, amounts: Amounts) -> Fill:
    """The fill as the strategy is given it. How much of its price is slippage only a simulated venue knows."""
    scale, price = order.scale, amounts.price
    return Fill(
        order_id=order.id,
        symbol=scale.symbol,
        side=order.side,
        quantity=scale.quantity_decimal(amounts.units),
        price=scale.price_decimal(price) if isinstance(price, int) else Amount(update.price),
        commission=decimal_of(amounts.commission, CASH_DECIMALS),
        slippage=scale.price_decimal(units_of(update.slippage or Decimal(0), scale.price_decimals)),
        timestamp=time_of(update.time),
        bar_timestamp=time_of(update.bar_time),
        notes=update.notes,
    )


def _price_units(scale: Scale, price: Decimal) -> int | Fraction:
    """A price in units; one with more decimals than those as a fraction."""
    units = Fraction(price) * scale.price_one
    return units.numerator if units.denominator == 1 else units


def _nearest(number: int | Fraction) -> int:
    return divide_half_even(number.numerator, number.denominator)


def _worth(scale: Scale, price: int | Fraction, units: int) -> int:
    """Cash units of so many units at a price, half to even."""
    worth = price.numerator * units * scale.notional_factor
    return divide_half_even(worth, price.denominator * scale.notional_divisor)


def _cash_units(amount: Decimal) -> int:
    return _nearest(Fraction(amount) * 10**CASH_DECIMALS)
