"""The venue by itself, by hand: minutes of AAA, what is asked of it, and what it tells."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.exchanges import MINUTE, ONE, STOCK
from tests.simulated import venue_of
from weaver.model.account.carry import CarryKind, Charge
from weaver.model.account.costs import CostModel, Costs
from weaver.model.account.margin import AccountRules
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.session_bar import Session, SessionBar
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.veda.adapters.simulated.venue import venue as venue_module
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.exchange.answers import Accepted, Reason, Refused
from weaver.veda.exchange.orders import OrderChange, OrderRequest, OrderUpdate, StopLoss, VenueOrder

GTC = TimeInForce.GTC
MARKET = OrderRequest(client_order_id="a", symbol="AAA", side=Side.BUY, quantity=Decimal(10))
LIMIT = replace(MARKET, order_type=OrderType.LIMIT, limit=Decimal(90), tif=GTC)
BRACKET = replace(
    MARKET, order_class=OrderClass.BRACKET, take_profit=Decimal(110), stop_loss=StopLoss(stop=Decimal(95))
)


class Bench:
    """A venue that is fed a bar a minute, and what it has told."""

    def __init__(self, *, cash: int = 10_000, costs: Costs | None = None) -> None:
        self.updates: list[OrderUpdate] = []
        rules = AccountRules(cash=Decimal(cash))
        self.venue = venue_of(rules, prefix="v")
        self.venue.listeners.append(self.updates.append)
        instrument = Instrument.default("AAA", AssetClass.STOCK)
        self.venue.add(instrument_rules(instrument, can_short=False), CostModel(costs or Costs(), STOCK))
        self.now = 0

    def submit(self, request: OrderRequest) -> VenueOrder:
        answer = self.venue.submit(request, self.now)
        assert isinstance(answer, Accepted), answer
        return answer.value

    def refused(self, request: OrderRequest) -> Refused:
        answer = self.venue.submit(request, self.now)
        assert isinstance(answer, Refused)
        return answer

    def bar(self, prices: str) -> list[str]:
        """Feed it a bar from "open high low close", and tell what it told."""
        start, self.now = self.now, self.now + MINUTE
        quad = [int(Decimal(part) * ONE) for part in prices.split()]
        session = Session(0, 4 * MINUTE, 5 * MINUTE)
        self.venue.on_bars(self.now, {"AAA": SessionBar(*quad, 1000.0, start, start, self.now, session, True)})
        return self.told()

    def told(self) -> list[str]:
        """What came since this was last called: event, number, status, and the fill."""
        found = [_text(update) for update in self.updates]
        self.updates.clear()
        return found


def _text(update: OrderUpdate) -> str:
    order, fill = update.order, update.fill
    number = order.venue_id.removeprefix("v-")
    if fill is None:
        return f"{update.event} {number}"
    assert update.position is not None
    return f"{update.event} {number}: {fill.quantity:f} at {fill.price.normalize():f}, {update.position:f} held"


def test_order_is_told_of_as_it_comes_and_as_it_fills() -> None:
    bench = Bench(costs=Costs(commission_per_share=Decimal("0.1")))
    shown = bench.submit(MARKET)
    assert (shown.status, shown.venue_status, shown.venue_id) == ("accepted", "new", "v-1")
    assert bench.told() == ["new 1"]
    bench.venue.on_bars(0, {})
    bench.bar("100 101 99 100")
    (known,) = bench.venue.fills
    assert (known.fill.price, known.fill.commission, known.fill.cumulative_quantity) == (100, 1, 10)
    ticket = bench.venue.find("v-1")
    assert ticket is not None
    order = ticket.shown()
    assert (order.status, order.filled_quantity, order.average_price) == ("filled", 10, 100)
    assert order.ended_at == order.updated_at
    assert bench.venue.account.cash == (10_000 - 1_000 - 1) * 10**8


def test_nothing_is_shown_that_nobody_placed() -> None:
    bench = Bench()
    bench.bar("100 101 99 100")
    assert [*bench.venue.orders()] == [] == bench.updates
    assert not bench.venue.fills


def test_bracket_holds_its_legs_until_the_entry_fills() -> None:
    bench = Bench()
    shown = bench.submit(replace(BRACKET, order_type=OrderType.LIMIT, limit=Decimal(100)))
    assert [(leg.status, leg.venue_status, leg.side) for leg in shown.legs] == [("pending", "held", Side.SELL)] * 2
    assert [leg.client_order_id for leg in shown.legs] == ["v-2", "v-3"]
    assert bench.told() == ["new 1"]
    assert bench.bar("101 101 101 101") == []
    assert bench.bar("100 101 100 100") == ["fill 1: 10 at 100, 10 held", "new 2", "new 3"]
    assert bench.bar("100 111 100 105") == ["fill 2: 10 at 110, 0 held", "canceled 3"]
    assert [one.venue_id for one in bench.venue.orders()] == ["v-1"]


def test_legs_last_as_long_as_is_asked_whatever_their_entry() -> None:
    bench = Bench()
    bench.submit(replace(BRACKET, exit_tif=TimeInForce.DAY))
    for _ in range(3):
        bench.bar("100 101 99 100")
    assert bench.bar("100 101 99 100")[-2:] == ["expired 2", "expired 3"]


def test_oco_is_its_take_profit_with_a_stop_below() -> None:
    bench = Bench()
    bench.submit(MARKET)
    bench.bar("100 100 100 100")
    oco = replace(
        BRACKET, client_order_id="b", side=Side.SELL, order_class=OrderClass.OCO, order_type=OrderType.LIMIT, tif=GTC
    )
    shown = bench.submit(oco)
    assert (shown.limit, shown.side, [leg.stop for leg in shown.legs]) == (110, Side.SELL, [95])
    assert bench.told()[-2:] == ["new 2", "new 3"]
    assert bench.bar("100 100 94 94") == ["fill 3: 10 at 95, 0 held", "canceled 2"]


def test_cancel_is_done_at_once_and_only_of_what_works() -> None:
    bench = Bench()
    bench.submit(replace(BRACKET, order_type=OrderType.LIMIT, limit=Decimal(90)))
    bench.told()
    assert bench.venue.cancel("v-1", bench.now) == Accepted(value=None)
    assert bench.told() == ["canceled 1", "canceled 2", "canceled 3"]
    again, unknown = bench.venue.cancel("v-1", bench.now), bench.venue.cancel("v-9", bench.now)
    assert isinstance(again, Refused)
    assert isinstance(unknown, Refused)
    assert (again.reason, unknown.reason) == (Reason.STATE, Reason.NOT_FOUND)


def test_replacement_takes_the_place_of_another_with_its_legs() -> None:
    bench = Bench()
    bench.submit(replace(BRACKET, order_type=OrderType.LIMIT, limit=Decimal(90)))
    bench.told()
    answer = bench.venue.replace("v-1", OrderChange(client_order_id="b", limit=Decimal(100), tif=GTC), bench.now)
    assert isinstance(answer, Accepted)
    new = answer.value
    assert (new.replaces, new.limit, new.tif, [leg.venue_id for leg in new.legs]) == ("v-1", 100, "gtc", ["v-2", "v-3"])
    old = bench.venue.find("v-1")
    assert old is not None
    assert (old.shown().venue_status, old.shown().replaced_by, old.shown().legs) == ("replaced", "v-4", ())
    assert bench.told() == ["replaced 1", "new 4"]
    assert bench.bar("100 100 100 100")[0] == "fill 4: 10 at 100, 10 held"


def test_replaced_leg_stands_among_its_siblings() -> None:
    bench = Bench()
    bench.submit(BRACKET)
    bench.bar("100 100 100 100")
    answer = bench.venue.replace("v-3", OrderChange(client_order_id="b", stop=Decimal(97)), bench.now)
    assert isinstance(answer, Accepted)
    (entry,) = bench.venue.orders()
    assert [leg.order.stop for leg in entry.legs] == [None, 97]
    assert bench.bar("100 100 97 97")[-2:] == ["fill 4: 10 at 97, 0 held", "canceled 2"]


def test_client_id_makes_one_order_at_most() -> None:
    bench = Bench()
    bench.submit(LIMIT)
    assert bench.refused(LIMIT).reason is Reason.DUPLICATE_ID
    change = OrderChange(client_order_id="a", limit=Decimal(91))
    answer = bench.venue.replace("v-1", change, bench.now)
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.DUPLICATE_ID
    assert len([*bench.venue.orders()]) == 1


def test_order_that_cannot_be_paid_is_rejected_when_it_would_fill() -> None:
    bench = Bench(cash=100)
    bench.submit(MARKET)
    assert bench.bar("100 100 100 100") == ["new 1", "rejected 1"]
    ticket = bench.venue.find_by_client_id("a")
    assert ticket is not None
    assert "does not pay for it" in ticket.shown().reason


def test_partial_fill_shows_how_much_has_filled_by_then() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.004")))
    bench.submit(replace(MARKET, tif=TimeInForce.IOC))
    assert bench.bar("100 100 100 100")[1:] == ["partial_fill 1: 4 at 100, 4 held", "canceled 1"]


def test_what_orders_may_sell_is_not_available() -> None:
    bench = Bench()
    bench.submit(BRACKET)
    bench.bar("100 100 100 100")
    assert bench.venue.held_for_orders("AAA") == 10  # its two legs share what they hold
    bench.submit(replace(LIMIT, client_order_id="b", side=Side.SELL, limit=Decimal(120), quantity=Decimal(3)))
    assert bench.venue.held_for_orders("AAA") == 10  # there is no more
    bench.venue.cancel("v-2", bench.now)
    bench.venue.cancel("v-3", bench.now)
    assert bench.venue.held_for_orders("AAA") == 3


def test_ended_orders_are_forgotten_once_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venue_module, "KEPT_MAX", 2)
    bench = Bench()
    bench.submit(replace(LIMIT, client_order_id="rests"))
    for name in ("b", "c", "d"):
        order = bench.submit(replace(LIMIT, client_order_id=name))
        bench.venue.cancel(order.venue_id, bench.now)
    assert [one.client_order_id for one in bench.venue.orders()] == ["rests", "c", "d"]
    assert bench.venue.find_by_client_id("b") is None


def test_symbol_without_bars_cannot_be_ordered() -> None:
    refused = Bench().refused(replace(MARKET, symbol="ZZZ"))
    assert (refused.reason, refused.was_sent) == (Reason.INSTRUMENT, False)


def test_trailing_stop_needs_a_price_to_start_from() -> None:
    bench = Bench()
    trailing = replace(MARKET, order_type=OrderType.TRAILING_STOP, trail=Decimal(1))
    assert bench.refused(trailing).reason is Reason.PRICE
    bench.bar("100 100 100 100")
    assert bench.submit(trailing).stop == 101


@pytest.mark.parametrize(
    ("bars", "who"),
    [(["98 99 97 98"], "taker"), (["100 101 98 98"], "maker"), (["100 101 99.50 100", "97 98 96 97"], "maker")],
    ids=["at once", "inside", "rested"],
)
def test_fill_says_who_came_to_whom(bars: list[str], who: str) -> None:
    """The examples of the documentation: a buy limit at 99, with 1 bps for makers and 5 for takers."""
    bench = Bench(costs=Costs(maker_bps=Decimal(1), taker_bps=Decimal(5)))
    bench.submit(replace(LIMIT, limit=Decimal(99)))
    for bar in bars:
        bench.bar(bar)
    (known,) = bench.venue.fills
    assert known.fill.liquidity == who
    value = known.fill.price * known.fill.quantity
    assert known.fill.commission == value * (1 if who == "maker" else 5) / 10_000


def test_market_order_takes_whatever_that_costs() -> None:
    bench = Bench()
    bench.submit(MARKET)
    bench.bar("100 101 99 100")
    assert [known.fill.liquidity for known in bench.venue.fills] == ["taker"]


def test_charges_are_paid_told_in_order_and_kept_by_number() -> None:
    bench = Bench()
    told: list[object] = []
    bench.venue.listeners[:] = [told.append]
    fee, interest = Charge("AAA", CarryKind.BORROW_FEE, -150_000_000), Charge("", CarryKind.MARGIN_INTEREST, -25_000)
    bench.venue.charge([fee, interest], 5 * MINUTE)
    bench.venue.charge([], 6 * MINUTE)
    bench.venue.charge([Charge("AAA", CarryKind.FUNDING, 7)], 7 * MINUTE)
    assert bench.venue.account.cash == 10_000 * 10**8 - 150_000_000 - 25_000 + 7
    assert told == bench.venue.charged
    assert [(one.number, [str(part.amount) for part in one.charges]) for one in bench.venue.charged] == [
        (1, ["-1.50000000", "-0.00025000"]), (2, ["7E-8"]),
    ]  # fmt: skip
