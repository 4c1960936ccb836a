"""Whatever is asked for in whatever order, the exchange's books agree with each other."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.rehearsal.test_fills_equal_backtest import random_terms
from tests.rehearsals.by_hand import MINUTE, HandClock, HandMarket, at, pair, stock
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.venue.ids import SeededIds
from weaver.rehearsal.venue.tickets.status import CLOSED, Status
from weaver.rehearsal.venue.tickets.terms import Change, StopLoss, Terms
from weaver.rehearsal.venue.tickets.ticket import Ticket
from weaver.rehearsal.venue.tickets.wire import order_json
from weaver.rehearsal.venue.venue import Settings, Venue

STEPS = 250
CASH = Decimal(20_000)
SYMBOLS = ("AAPL", "MSFT", "BTC/USD")
ONE_OFF = ("partial_fill", "late_reject", "stuck_cancel", "venue_replace", "drop_legs")


class Anything:
    """A venue, and somebody who does anything to it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = HandClock(at("2024-03-12T19:00:00+00:00"))  # with a close and a night within reach
        self.market = HandMarket(self.clock, [stock("AAPL"), stock("MSFT"), pair("BTC/USD")], {})
        self.market.prices = {"AAPL": Decimal(100), "MSFT": Decimal(50), "BTC/USD": Decimal(900)}
        ids = SeededIds(seed)
        self.updates: list[Mapping[str, Any]] = []
        self.faults = Faults(ids)
        self.venue = Venue(
            clock=self.clock, market=self.market, faults=self.faults, new_id=ids, publish=self.updates.append,
            settings=Settings(cash=CASH, is_live=False, slippage_bps=Decimal(seed % 3)),
        )  # fmt: skip

    def do(self) -> None:
        """One thing."""
        act = self.chance.choices(
            [self._bars, self._submit, self._cancel, self._replace, self._price, self._wait, self._fault],
            [6, 6, 2, 2, 1, 1, 1],
        )[0]
        try:
            act()
        except Refused:
            return
        finally:
            self.venue.settle()

    def _bars(self) -> None:
        bars = {}
        for symbol in SYMBOLS:
            last = float(self.market.prices[symbol])
            open_, close = (round(last * self.chance.gauss(1, 0.004), 2) for _ in range(2))
            high, low = max(open_, close) * 1.003, min(open_, close) * 0.997
            bars[symbol] = f"{open_} {high:.2f} {low:.2f} {close}"
        self.market.bar(bars)

    def _terms(self) -> Terms:
        symbol = self.chance.choice(SYMBOLS)
        price = float(self.market.prices[symbol])
        if symbol == "BTC/USD":
            kind = self.chance.choice([OrderType.MARKET, OrderType.LIMIT])
            limit = Decimal(f"{price * self.chance.gauss(1, 0.003):.2f}") if kind is OrderType.LIMIT else None
            return Terms(
                symbol=symbol, side=self.chance.choice(list(Side)), type=kind, limit_price=limit,
                tif=self.chance.choice([TimeInForce.GTC, TimeInForce.IOC]), qty=Decimal(f"{self.chance.random():.4f}"),
            )  # fmt: skip
        if self.chance.random() < 0.15:
            return Terms(
                symbol=symbol, side=Side.BUY, type=OrderType.MARKET, tif=TimeInForce.DAY,
                notional=Decimal(self.chance.randint(1, 500)),
            )  # fmt: skip
        if self.chance.random() < 0.2:
            return self._oco(symbol, price)
        return replace(random_terms(self.chance, price), symbol=symbol)

    def _oco(self, symbol: str, price: float) -> Terms:
        side = self.chance.choice(list(Side))
        away = -side.sign * price * 0.004
        return Terms(
            symbol=symbol, side=side, type=OrderType.LIMIT, tif=TimeInForce.GTC,
            qty=Decimal(self.chance.randint(1, 5)), order_class=OrderClass.OCO,
            limit_price=Decimal(f"{price + away:.2f}"), take_profit=Decimal(f"{price + away:.2f}"),
            stop_loss=StopLoss(stop_price=Decimal(f"{price - away:.2f}")),
        )  # fmt: skip

    def _submit(self) -> None:
        ticket = self.venue.submit(self._terms(), None)
        assert ticket.status in (Status.PENDING_NEW, Status.ACCEPTED, Status.REPLACED)

    def _some(self) -> Ticket:
        open_ones = list(self.venue.book.open.values())
        if not open_ones:
            raise Refused(404, None, "there is none")
        return self.chance.choice(open_ones)

    def _cancel(self) -> None:
        ticket = self._some()
        self.venue.cancel(ticket)
        assert ticket.status in (Status.CANCELED, Status.PENDING_CANCEL)

    def _replace(self) -> None:
        old = self._some()
        price = Decimal(f"{float(self.market.prices[old.asset.symbol]) * self.chance.gauss(1, 0.004):.2f}")
        change = self.chance.choice(
            [Change(limit_price=price), Change(stop_price=price), Change(qty=Decimal(self.chance.randint(1, 9)))]
        )
        new = self.venue.replace(old, change)
        assert (old.status, old.replaced_by, new.replaces) == (Status.REPLACED, new.id, old.id)

    def _price(self) -> None:
        symbol = self.chance.choice(SYMBOLS)
        price = self.market.prices[symbol] * Decimal(f"{self.chance.gauss(1, 0.004):.4f}")
        self.venue.trade(symbol, round(price, 2))

    def _wait(self) -> None:
        self.clock.move(self.clock.now + self.chance.choice([1, 30, 600]) * MINUTE)

    def _fault(self) -> None:
        self.faults.add({"kind": self.chance.choice(ONE_OFF)})

    def check(self) -> None:
        """Cash, holdings, tickets, executions and updates tell the same story."""
        venue = self.venue
        spent, held, filled = Decimal(0), defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
        for one in venue.lifecycle.executions:
            sign = 1 if one.side == "buy" else -1
            spent += sign * one.qty * one.price
            held[one.symbol] += sign * one.qty
            filled[one.order_id] += one.qty
        assert abs(Decimal(venue.account.cash).scaleb(-8) - (CASH - spent)) < Decimal("1e-6")
        for symbol in SYMBOLS:
            assert venue.reservations.quantity(symbol) == held[symbol]
            assert 0 <= venue.reservations.available(symbol) <= abs(held[symbol])
        for ticket in venue.book:
            self._check_ticket(ticket, filled[ticket.id])
        assert {ticket.number for ticket in venue.book if ticket.is_open} == set(venue.book.open)
        working = {order.number for order in venue.exchange.book.working}
        assert working == set(venue.book.open)

    def _check_ticket(self, ticket: Ticket, filled: Decimal) -> None:
        assert ticket.filled_qty == filled
        assert (ticket.order is None) == (ticket.status in CLOSED)
        told = order_json(ticket, nested=True)
        if ticket.status is Status.FILLED and ticket.qty is not None:
            assert told["filled_qty"] == told["qty"]
        if ticket.status is Status.FILLED:
            assert told["filled_at"] is not None

    def check_updates(self) -> None:
        """Nobody is told anything of an order that is over, and each fill once."""
        over: set[str] = set()
        for update in self.updates:
            order = update["order"]
            assert order["id"] not in over, update
            if update["event"] in ("fill", "canceled", "expired", "rejected", "replaced"):
                over.add(order["id"])
        fills = Counter(one["execution_id"] for one in self.updates if one["event"] in ("fill", "partial_fill"))
        assert fills.keys() == {one.id for one in self.venue.lifecycle.executions}
        assert set(fills.values()) <= {1}


@pytest.mark.parametrize("seed", range(8))
def test_books_agree_whatever_happens(seed: int) -> None:
    anything = Anything(seed)
    for _ in range(STEPS):
        anything.do()
        anything.check()
    anything.check_updates()
    assert len(anything.venue.lifecycle.executions) > 5
