"""What strategies and a person order: anything that can be ordered, in any order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from tests.simulation.overnight.night import closes
from weaver.model.orders.actions import SIDES, OrderClass, OrderType, Side, TimeInForce
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.intents import Cancel, Intent, Place, Replace
from weaver.veda.trading.trader import Holdings

STOPPABLE = frozenset({OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT})


class Trading:
    """One run's, or a person's (`run_id` None)."""

    def __init__(
        self,
        run_id: str | None,
        *,
        account: str,
        books: Books,
        holdings: Holdings,
        prices: dict[str, Decimal],
        chance: Random,
        next_number: Callable[[str], int],
        now: Callable[[], datetime],
    ) -> None:
        self.run_id, self.account = run_id, account
        self._books, self._holdings, self._prices = books, holdings, prices
        self._chance, self._next_number, self._now = chance, next_number, now

    def tick(self) -> Sequence[Intent]:
        """What is wanted next."""
        symbol = self._chance.choice(sorted(self._prices))
        kind = self._chance.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))[0]
        return [*getattr(self, f"_{kind}")(symbol)]

    def flatten(self) -> Sequence[Intent]:
        """The end of everything."""
        return [intent for symbol in sorted(self._prices) for intent in self._close(symbol)]

    # What can be wanted

    def _market(self, symbol: str) -> Iterator[Intent]:
        yield Place(order=self._order(symbol, self._side(), self._quantity(), OrderType.MARKET))

    def _now_or_never(self, symbol: str) -> Iterator[Intent]:
        order = self._priced(symbol, self._side(), self._quantity(), OrderType.LIMIT)
        price = self._prices[symbol] + order.side.sign * Decimal(self._chance.randint(-5, 50)) / 100
        yield Place(order=replace(order, limit=price, tif=self._chance.choice((TimeInForce.IOC, TimeInForce.FOK))))

    def _for_a_while(self, symbol: str) -> Iterator[Intent]:
        """Until the close, which the venue knows, or until an instant at which Weaver ends it."""
        order = self._priced(symbol, self._side(), self._quantity(), OrderType.LIMIT)
        yield Place(order=self._for_a_time(order))

    def _day_bracket(self, symbol: str) -> Iterator[Intent]:
        """One of which the entry is for the day, and the exits may outlive it."""
        for intent in self._with_exits(symbol, OrderClass.BRACKET):
            exit_tif = self._chance.choice((TimeInForce.DAY, TimeInForce.GTC))
            entry = replace(intent.order, tif=TimeInForce.DAY)
            if exit_tif is TimeInForce.GTC:
                entry = replace(entry, expires_at=self._chance.choice((closes(self._now()), self._soon())))
            yield Place(order=entry, legs=tuple(replace(leg, tif=exit_tif) for leg in intent.legs))

    def _resting(self, symbol: str) -> Iterator[Intent]:
        kind = self._chance.choice([one for one in OrderType if one is not OrderType.MARKET])
        yield Place(order=self._priced(symbol, self._side(), self._quantity(), kind))

    def _bracket(self, symbol: str) -> Iterator[Intent]:
        yield from self._with_exits(symbol, OrderClass.BRACKET)

    def _oto(self, symbol: str) -> Iterator[Intent]:
        yield from self._with_exits(symbol, OrderClass.OTO)

    def _oco(self, symbol: str) -> Iterator[Intent]:
        held = self._holdings.held(self.run_id, symbol)
        if not held or self._exits_in(symbol):
            return
        target, stop = self._exits(symbol, -1 if held > 0 else 1, abs(held), OrderClass.OCO)
        target = replace(target, group_id=target.id)
        yield Place(order=target, legs=(replace(stop, group_id=target.id),))

    def _through_zero(self, symbol: str) -> Iterator[Intent]:
        held = self._holdings.held(self.run_id, symbol)
        if held and not self._exits_in(symbol):
            side = SIDES[-1 if held > 0 else 1]
            yield Place(order=self._order(symbol, side, abs(held) + self._quantity(), OrderType.MARKET))

    def _cancel(self, symbol: str) -> Iterator[Intent]:
        working = self._working(symbol)
        if working:
            yield Cancel(order_id=self._chance.choice(working).id, reason="cancelled by the strategy")

    def _replace(self, symbol: str) -> Iterator[Intent]:
        working = [
            one
            for one in self._working(symbol)
            if one.order_type in STOPPABLE and one.cancel_asked is None and one.replaced_by is None
        ]
        if not working:
            return
        old = self._chance.choice(working)
        step = Decimal(self._chance.randint(-30, 30)) / 100
        new = self._order(symbol, old.side, max(old.remaining, Decimal(1)), old.order_type)
        yield Replace(
            old_id=old.id,
            order=replace(
                new,
                limit=None if old.limit is None else old.limit + step,
                stop=None if old.stop is None else old.stop + step,
            ),
        )

    def _close(self, symbol: str) -> Iterator[Intent]:
        for order in self._working(symbol):
            yield Cancel(order_id=order.id, reason="close_position")
        held = self._holdings.held(self.run_id, symbol)
        if held:
            order = self._order(symbol, SIDES[-1 if held > 0 else 1], abs(held), OrderType.MARKET)
            yield Place(order=replace(order, reduces=True))

    # Orders

    def _for_a_time(self, order: LiveOrder) -> LiveOrder:
        if self._chance.random() < 0.5:
            return replace(order, tif=TimeInForce.DAY)
        return replace(order, tif=TimeInForce.GTD, expires=self._now().date(), expires_at=self._soon())

    def _soon(self) -> datetime:
        return self._now() + timedelta(seconds=self._chance.randint(1, 90))

    def _with_exits(self, symbol: str, klass: OrderClass) -> Iterator[Place]:
        side, quantity = self._side(), self._quantity()
        kind = self._chance.choice((OrderType.MARKET, OrderType.LIMIT))
        entry = replace(self._priced(symbol, side, quantity, kind), order_class=klass)
        legs = list(self._exits(symbol, -side.sign, quantity, klass))
        if klass is OrderClass.OTO:
            legs = [self._chance.choice(legs)]
        legs = [replace(leg, parent_id=entry.id, group_id=entry.id) for leg in legs]
        yield Place(order=entry, legs=tuple(legs))

    def _exits(self, symbol: str, sign: int, quantity: Decimal, klass: OrderClass) -> tuple[LiveOrder, LiveOrder]:
        price, away = self._prices[symbol], Decimal(self._chance.randint(20, 300)) / 100
        target = self._order(symbol, SIDES[sign], quantity, OrderType.LIMIT)
        stop = self._order(symbol, SIDES[sign], quantity, OrderType.STOP)
        return (
            replace(target, order_class=klass, limit=price - sign * away, reduces=True),
            replace(stop, order_class=klass, stop=price + sign * away, reduces=True),
        )

    def _priced(self, symbol: str, side: Side, quantity: Decimal, kind: OrderType) -> LiveOrder:
        order = self._order(symbol, side, quantity, kind)
        price, away = self._prices[symbol], Decimal(self._chance.randint(1, 150)) / 100
        match kind:
            case OrderType.LIMIT:
                return replace(order, limit=price - side.sign * away)
            case OrderType.STOP:
                return replace(order, stop=price + side.sign * away)
            case OrderType.STOP_LIMIT:
                return replace(order, stop=price + side.sign * away, limit=price + side.sign * 2 * away)
            case OrderType.TRAILING_STOP:
                return replace(order, trail=away)
        return order

    def _order(self, symbol: str, side: Side, quantity: Decimal, kind: OrderType) -> LiveOrder:
        owner = self.run_id or "hand"
        number = self._next_number(owner)
        return LiveOrder(
            id=f"{owner}-{number}",
            account=self.account,
            run_id=self.run_id,
            number=number if self.run_id else 0,
            client_order_id=f"{owner}-{number}",
            symbol=symbol,
            side=side,
            quantity=quantity,
            order_type=kind,
            tif=TimeInForce.GTC,
            placed_at=self._now(),
            updated_at=self._now(),
        )

    def _side(self) -> Side:
        return self._chance.choice((Side.BUY, Side.SELL))

    def _quantity(self) -> Decimal:
        return Decimal(self._chance.randint(1, 20))

    def _working(self, symbol: str) -> list[LiveOrder]:
        return [one for one in self._books.known.working(symbol=symbol) if one.run_id == self.run_id]

    def _exits_in(self, symbol: str) -> bool:
        return any(one.reduces for one in self._working(symbol))


_WEIGHTS = {
    "market": 3, "resting": 4, "bracket": 4, "oto": 2, "oco": 2, "through_zero": 2, "cancel": 3, "replace": 3,
    "close": 2, "now_or_never": 1, "for_a_while": 2, "day_bracket": 2,
}  # fmt: skip


def intent_text(intent: Intent) -> str:
    """For the trace."""
    if isinstance(intent, Cancel):
        return f"no {intent.order_id}"
    order = intent.order
    what = f"{order.id} {order.order_class} {order.side} {order.quantity} {order.symbol} {order.order_type}"
    return what if isinstance(intent, Place) else f"{what} for {intent.old_id}"
