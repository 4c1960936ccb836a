"""The account of a run that has not begun, as its first orders are judged in turn: what those before have brought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import Instrument
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.risk.view import PricedAt

Row = Mapping[str, Any]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The bars of a symbol that are stored, with its splits."""

    instrument: Instrument
    bars: Bars
    splits: Sequence[Split] = ()

    def close(self, time: datetime) -> Decimal | None:
        """The newest at an instant; None before the first."""
        place = int(np.searchsorted(self.bars.end, instant_of(time), side="right"))
        return Decimal(repr(float(self.bars.close[place - 1]))) if place else None

    def ratio(self, begin: datetime, end: datetime) -> Fraction:
        """How many units there are at `end` for one of `begin`."""
        ratio = Fraction(1)
        for split in self.splits:
            if begin.date() < split.ex_date <= end.date():
                ratio *= split.ratio
        return ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fill:
    symbol: str
    quantity: Decimal
    """Signed."""
    price: Decimal
    commission: Decimal
    bar_time: datetime
    """The start of the bar that it filled in: whoever orders at the end of a bar before that does not know of it."""


class PreviewAccount:
    """A fold over the orders (rows of a backtest) that passed, with their fills. Dividends are not among it."""

    def __init__(
        self, *, run_id: str, account: str, cash: Decimal, stored: Mapping[str, Stored], fills: Iterable[Row]
    ) -> None:
        self._run_id, self._account, self._cash, self._stored = run_id, account, cash, stored
        self._fills = defaultdict[str, list[_Fill]](list)
        for row in fills:
            self._fills[row["order_id"]].append(_fill(row))
        self._passed: list[tuple[Row, LiveOrder]] = []

    def take(self, row: Row, order: LiveOrder) -> None:
        """An order passes, or is an exit of one that did: it counts from here on."""
        self._passed.append((row, order))

    def order(self, row: Row) -> LiveOrder:
        """An order as it is placed."""
        return _order(self._run_id, self._account, row)

    def held(self, time: datetime) -> dict[str, Decimal]:
        """By symbol, in units of then."""
        found = defaultdict[str, Fraction](Fraction)
        for fill in self._known(time):
            found[fill.symbol] += Fraction(fill.quantity) * self._ratio(fill.symbol, fill.bar_time, time)
        return {symbol: _decimal(units) for symbol, units in found.items() if units}

    def equity(self, time: datetime) -> Decimal:
        """Cash, and what is held at the newest closes."""
        known = self._known(time)
        each, prices = self.multipliers, self.prices(time)
        paid = (fill.quantity * fill.price * each[fill.symbol] + fill.commission for fill in known)
        worth = (units * prices[symbol].price * each[symbol] for symbol, units in self.held(time).items())
        return self._cash - sum(paid, ZERO) + sum(worth, ZERO)

    @property
    def multipliers(self) -> dict[str, Decimal]:
        """What a unit is worth at a price of 1, by symbol."""
        return {symbol: one.instrument.multiplier for symbol, one in self._stored.items()}

    def prices(self, time: datetime) -> dict[str, PricedAt]:
        """The newest closes."""
        closes = {symbol: one.close(time) for symbol, one in self._stored.items()}
        return {symbol: PricedAt(price=close, at=time) for symbol, close in closes.items() if close is not None}

    def placed(self) -> tuple[datetime, ...]:
        """When orders were; exits go with their entries."""
        return tuple(order.placed_at for row, order in self._passed if row["parent_id"] is None)

    def working(self, time: datetime) -> tuple[LiveOrder, ...]:
        """Those that may still fill."""
        found = (self._standing(row, order, time) for row, order in self._passed)
        return tuple(order for order in found if order.is_working and order.remaining > 0)

    def _standing(self, row: Row, order: LiveOrder, time: datetime) -> LiveOrder:
        filled = sum((abs(fill.quantity) for fill in self._fills[row["id"]] if fill.bar_time < time), ZERO)
        status = OrderStatus(row["status"])
        has_ended = status.is_final and status is not OrderStatus.FILLED and _time(row["updated_at"]) <= time
        scale = self._ratio(order.symbol, order.placed_at, time)
        entry = row["parent_id"]
        waits = entry is not None and not any(fill.bar_time < time for fill in self._fills[entry])
        return replace(
            order,
            quantity=_decimal(Fraction(order.quantity) * scale),
            filled=_decimal(Fraction(filled) * scale),
            status=status if has_ended else OrderStatus.ACCEPTED,
            waits_for=WaitsFor.ENTRY if waits else None,
        )

    def _known(self, time: datetime) -> list[_Fill]:
        return [fill for row, _ in self._passed for fill in self._fills[row["id"]] if fill.bar_time < time]

    def _ratio(self, symbol: str, begin: datetime, end: datetime) -> Fraction:
        stored = self._stored.get(symbol)
        return Fraction(1) if stored is None else stored.ratio(begin, end)


def _order(run_id: str, account: str, row: Row) -> LiveOrder:
    placed, order_class, entry = _time(row["placed_at"]), OrderClass(row["order_class"]), row["parent_id"]
    is_oco = order_class is OrderClass.OCO
    return LiveOrder(
        id=row["id"],
        account=account,
        run_id=run_id,
        number=int(row["number"]),
        client_order_id=row["id"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        quantity=Decimal(row["quantity"]),
        order_type=OrderType(row["order_type"]),
        order_class=order_class if entry is None else OrderClass.SIMPLE,
        tif=TimeInForce(row["time_in_force"]),
        placed_at=placed,
        updated_at=placed,
        limit=_amount(row["limit_price"]),
        stop=_amount(row["stop_price"]),
        trail=_amount(row["trail"]),
        group_id=f"oco {row['symbol']} {placed.isoformat()}" if is_oco and entry is None else entry,
        reduces=is_oco or entry is not None,
    )


def _fill(row: Row) -> _Fill:
    return _Fill(
        symbol=row["symbol"],
        quantity=Side(row["side"]).sign * Decimal(row["quantity"]),
        price=Decimal(row["price"]),
        commission=Decimal(row["commission"]),
        bar_time=_time(row["bar_timestamp"]),
    )


def _decimal(units: Fraction) -> Decimal:
    return Decimal(plain(Decimal(units.numerator) / Decimal(units.denominator)))


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _time(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
