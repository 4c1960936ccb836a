"""What the venue keeps of orders that are over."""

from decimal import Decimal

from tests.rehearsals.by_hand import HandClock, HandMarket, at, pair, stock
from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.venue.ids import SeededIds
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.venue import Settings, Venue

START = "2024-03-12T14:30:00+00:00"
ONE = {"side": Side.BUY, "qty": Decimal(1)}
LOW, HIGH = Decimal(20), Decimal(200)
TERMS = [
    Terms(symbol="BTC/USD", type=OrderType.LIMIT, tif=TimeInForce.GTC, limit_price=LOW, **ONE),
    Terms(symbol="AAPL", type=OrderType.LIMIT, tif=TimeInForce.DAY, limit_price=LOW, **ONE),
    Terms(symbol="AAPL", type=OrderType.STOP, tif=TimeInForce.GTC, stop_price=HIGH, **ONE),
]


def venue_of(clock: HandClock, *, coin_fee_bps: str = "0") -> Venue:
    market = HandMarket(clock, [stock("AAPL"), pair("BTC/USD")], {"AAPL": "100", "BTC/USD": "900"})
    ids = SeededIds(1)
    settings = Settings(
        cash=Decimal(100_000), is_live=False, slippage_bps=Decimal(0), coin_fee_bps=Decimal(coin_fee_bps)
    )
    return Venue(clock=clock, market=market, faults=Faults(ids), new_id=ids, publish=lambda _: None, settings=settings)


def test_nothing_is_due_to_orders_that_are_over() -> None:
    clock = HandClock(at(START))
    venue = venue_of(clock)
    for _ in range(300):
        for terms in TERMS:
            clock.on_request()
            ticket = venue.submit(terms, None)
            venue.settle()
            venue.cancel(ticket)
    assert clock.due_count < 10  # two closes of stocks, the minutes of pairs, the account's day
    book = venue.exchange.book
    assert (book.working, book.changed, book.rejected, book.session_closes) == ([], [], [], {})
    assert not venue.book.open
    assert not venue.book.openings


def test_reset_keeps_nothing() -> None:
    clock = HandClock(at(START))
    venue = venue_of(clock)
    venue.submit(TERMS[0], "mine")
    venue.settle()
    before = venue.book
    venue.reset(Decimal(5), {"AAPL": (Decimal(-3), None)})
    assert list(before) == list(venue.book) == []
    assert venue.submit(TERMS[1], "mine") is not None
    assert venue.account.positions["AAPL"].quantity == -3
    assert venue.account.equity == (5 - 300) * 10**8


def test_fee_of_coins_that_are_bought_is_taken_in_coins() -> None:
    clock = HandClock(at(START))
    venue = venue_of(clock, coin_fee_bps="25")
    for symbol in ("BTC/USD", "AAPL"):
        venue.submit(Terms(symbol=symbol, type=OrderType.MARKET, tif=TimeInForce.GTC, **ONE), None)
    venue.settle()
    venue.market.bar({"BTC/USD": "900", "AAPL": "100"})
    held = {symbol: position.quantity for symbol, position in venue.account.positions.items()}
    assert held == {"BTC/USD": Decimal("0.9975"), "AAPL": 1}
    assert venue.account.cash == (100_000 - 900 - 100) * 10**8  # paid for all of them
    sale = {"symbol": "BTC/USD", "type": OrderType.MARKET, "side": Side.SELL, "tif": TimeInForce.GTC}
    venue.submit(Terms(qty=Decimal("0.9975"), **sale), None)
    venue.settle()
    venue.market.bar({"BTC/USD": "900", "AAPL": "100"})
    assert [*venue.account.positions] == ["AAPL"]
