"""What open orders hold: shares that are to be sold, and money that is to be paid."""

from decimal import ROUND_HALF_EVEN, Decimal

from weaver.model.numbers.money import CASH_DECIMALS, decimal_of, plain, units_of
from weaver.model.orders.actions import OrderType
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.venue.account import Account
from weaver.rehearsal.venue.margin import LEVERAGE
from weaver.rehearsal.venue.tickets.book import TicketBook
from weaver.rehearsal.venue.tickets.terms import Terms

DEAR = Decimal(50)
COLLAR, CHEAP_COLLAR = Decimal("1.04"), Decimal("1.025")
"""What market and stop buys may cost over the newest price: from DEAR on, and under it."""
SHORT_MARK_UP = Decimal("1.03")
"""What a short sale is counted at, over the newest price."""
FORBIDDEN, SHORTAGE = 403, 40310000
_STEP = Decimal(1).scaleb(-CASH_DECIMALS)


class Reservations:
    """What is left of an account beside its open orders."""

    def __init__(self, account: Account, book: TicketBook) -> None:
        self._account, self._book = account, book

    def held(self, symbol: str) -> Decimal:
        """How much of a holding is spoken for by orders that close it; the legs of a pair count once."""
        shared: dict[int, Decimal] = {}
        for ticket in self._book.open_of(symbol):
            if not ticket.is_opening and not (ticket.order is not None and ticket.order.waiting):
                head = ticket.parent or ticket
                shared[id(head)] = max(shared.get(id(head), Decimal(0)), ticket.remaining)
        return sum(shared.values(), Decimal(0))

    def available(self, symbol: str) -> Decimal:
        """How much of a holding no order closes, without a sign."""
        return max(abs(self.quantity(symbol)) - self.held(symbol), Decimal(0))

    def quantity(self, symbol: str) -> Decimal:
        """What is held; negative when short."""
        position = self._account.positions.get(symbol)
        return Decimal(0) if position is None else position.quantity

    @property
    def margin(self) -> int:
        """What positions and open orders bind."""
        return self._account.margin + self._spoken_for()[0]

    @property
    def buying_power(self) -> int:
        """For how much stocks can be bought."""
        return max((self._account.equity - self.margin) * LEVERAGE, 0)

    @property
    def cash_power(self) -> int:
        """For how much can be bought what cannot be bought on margin."""
        bound, paid = self._spoken_for()
        account = self._account
        return max(min(account.cash - paid, account.equity - account.margin - bound), 0)

    def _spoken_for(self) -> tuple[int, int]:
        """What open orders bind if they fill, and what those that buy would be paid with."""
        bound = paid = 0
        for ticket in self._book.openings.values():
            margin, price = ticket.spoken_for
            bound += margin
            paid += price
        return bound, paid

    def check(self, asset: Asset, terms: Terms, qty: Decimal, price: Decimal) -> None:
        """Raises Refused where money for an order that opens is not there; `price`: what a unit may cost."""
        cost = units_of((qty * price).quantize(_STEP, ROUND_HALF_EVEN), CASH_DECIMALS)
        if terms.notional is not None:
            cost = units_of(terms.notional, CASH_DECIMALS)
        power = self.cash_power if asset.is_crypto else self.buying_power
        if cost > power:
            shown = {"buying_power": _money(power), "cost_basis": _money(cost)}
            raise Refused(FORBIDDEN, SHORTAGE, "insufficient buying power", **shown)

    def check_available(self, asset: Asset, qty: Decimal, available: Decimal) -> None:
        """Raises Refused where less of a holding is left than an order closes."""
        if qty <= available:
            return
        existing, held = abs(self.quantity(asset.symbol)), self.held(asset.symbol)
        raise Refused(
            FORBIDDEN,
            SHORTAGE,
            f"insufficient qty available for order (requested: {plain(qty)}, available: {plain(available)})",
            available=plain(available),
            existing_qty=plain(existing),
            held_for_orders=plain(held),
            symbol=asset.symbol,
        )


def price_at_most(terms: Terms, newest: Decimal) -> Decimal:
    """What a unit of an order that opens may cost, or is counted at."""
    if terms.limit_price is not None:
        return terms.limit_price if terms.side == "buy" else max(terms.limit_price, newest * SHORT_MARK_UP)
    if terms.side == "sell":
        return newest * SHORT_MARK_UP
    level = newest if terms.stop_price is None else max(terms.stop_price, newest)
    if terms.type is OrderType.TRAILING_STOP:
        trail = terms.trail_price if terms.trail_price is not None else newest * (terms.trail_percent or 0) / 100
        level = newest + trail
    return level * (COLLAR if level >= DEAR else CHEAP_COLLAR)


def _money(units: int) -> str:
    return plain(decimal_of(units, CASH_DECIMALS))
