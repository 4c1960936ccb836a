"""P&L explained: by hand, and drawn fills against a second computation that counts unit by unit."""

from collections import defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.veda.parity.builders import TICKS, a_fill, an_account, an_order
from weaver.veda.parity.compared import ComparedFill, ComparedOrder, RunAccount
from weaver.veda.parity.explained import ExplainedPnl, PnlPart, explained
from weaver.veda.parity.pairing import match_fills, match_orders

SYMBOLS = ("AAPL", "MSFT")


def explanation(live: RunAccount, backtest: RunAccount) -> ExplainedPnl:
    matched = match_orders(live.orders, backtest.orders, TICKS)
    return explained(live, backtest, matched, [match_fills(one.fills, two.fills) for one, two in matched.pairs])


def moved(found: ExplainedPnl) -> dict[str, Decimal]:
    """The parts that are not zero."""
    assert found.backtest + sum(found.parts.values()) == found.live
    assert list(found.parts) == list(PnlPart)
    return {str(part): amount for part, amount in found.parts.items() if amount}


def test_same_run_has_nothing_to_explain() -> None:
    orders = [an_order(1, a_fill("buy", 10, "100.25", commission=Decimal(1))), an_order(2, a_fill("sell", 4, 103))]
    found = explanation(an_account(*orders), an_account(*orders))
    assert moved(found) == {}
    assert found.live == Decimal("8.50")  # 4 gained 2.75 each, 6 lost 0.25 each, less 1


def test_worse_prices_of_what_is_closed_and_of_what_is_held() -> None:
    """10 bought a dime dearer, 4 of them sold two dimes cheaper: of the purchase 0.40 is closed and 0.60 is held."""
    live = an_account(an_order(1, a_fill("buy", 10, "100.10")), an_order(2, a_fill("sell", 4, "102.80"), side="sell"))
    backtest = an_account(an_order(1, a_fill("buy", 10, 100)), an_order(2, a_fill("sell", 4, 103), side="sell"))
    assert moved(explanation(live, backtest)) == {"prices_closed": Decimal("-1.20"), "prices_open": Decimal("-0.60")}


def test_short_sale_through_zero_is_open_by_what_it_opened() -> None:
    """5 held, 8 sold: 5 of them close, 3 are short and still open."""
    live = an_account(an_order(1, a_fill("buy", 5, 100)), an_order(2, a_fill("sell", 8, 101), side="sell"))
    backtest = an_account(an_order(1, a_fill("buy", 5, 100)), an_order(2, a_fill("sell", 8, 102), side="sell"))
    assert moved(explanation(live, backtest)) == {"prices_closed": Decimal(-5), "prices_open": Decimal(-3)}


def test_commissions_and_flows() -> None:
    live = an_account(an_order(1, a_fill("buy", 1, 100, commission=Decimal("1.5"))), flows=Decimal("0.2"))
    backtest = an_account(an_order(1, a_fill("buy", 1, 100, commission=Decimal("0.4"))), flows=Decimal("0.5"))
    assert moved(explanation(live, backtest)) == {"commissions": Decimal("-1.1"), "cash_flows": Decimal("-0.3")}


def test_orders_and_quantities_of_one_alone_count_at_the_newest_closes() -> None:
    live = an_account(
        an_order(1, a_fill("buy", 10, 90)), an_order(2, a_fill("buy", 2, 95), tick=2),
        an_order(0, a_fill("buy", 1, 99)),
        late=(a_fill("sell", 1, 104, at=98),),
    )  # fmt: skip
    backtest = an_account(an_order(1, a_fill("buy", 7, 90)), an_order(2, a_fill("buy", 5, 98), tick=3))
    assert moved(explanation(live, backtest)) == {
        "quantities": Decimal(30),  # 3 more, of 90, worth 100
        "only_live": Decimal(11),  # 2 of 95 and 1 of 99
        "only_backtest": Decimal(-10),  # 5 of 98
        "after_newest_bar": Decimal(4),  # sold at 104
    }


def test_holdings_that_no_fill_moved_and_other_closes() -> None:
    """A fee of 0.01 was taken of 1 bought; the live run's newest close is 102, the backtest's 100."""
    order = an_order(1, a_fill("buy", 1, 100))
    live = an_account(order, closes={"AAPL": 102}, held={"AAPL": Decimal("0.99")})
    backtest = an_account(order)
    assert moved(explanation(live, backtest)) == {"holdings": Decimal(-1), "valuation": Decimal("1.98")}


def test_what_was_traded_before_a_split_counts_in_new_shares() -> None:
    """10 at 300 before a split of 3:1, worth 105 each now; live 301."""
    live, backtest = (
        an_account(an_order(1, a_fill("buy", 10, price, ratio=Fraction(3))), closes={"AAPL": 105})
        for price in (301, 300)
    )
    found = explanation(live, backtest)
    assert moved(found) == {"prices_open": Decimal(-10)}
    assert found.live == Decimal(140)


def test_amounts_finer_than_cash_are_left_to_rounding() -> None:
    price = Decimal("0.123456785")
    live = an_account(an_order(1, a_fill("buy", "0.1", price)), pnl=Decimal("1.00000001"))
    backtest = an_account(an_order(1, a_fill("buy", "0.1", price)), pnl=Decimal(1))
    assert moved(explanation(live, backtest)) == {"rounding": Decimal("1E-8")}


class Unit(NamedTuple):
    """One of the newest shares."""

    symbol: str
    sign: int
    price: Fraction


@st.composite
def drawn_fill(draw: st.DrawFn, side: str, symbol: str, at: int) -> ComparedFill:
    ratio = Fraction(draw(st.sampled_from((1, 1, 2))))
    return a_fill(
        side, draw(st.integers(1, 4)), Decimal(draw(st.integers(9_000, 11_000))) / 100, at=at, symbol=symbol,
        commission=Decimal(draw(st.integers(0, 300))) / 100, ratio=ratio,
    )  # fmt: skip


@st.composite
def drawn_account(draw: st.DrawFn, *, by_hand: bool) -> RunAccount:
    """by_hand: some of its orders are not its strategy's, and it may have traded since its newest bar."""
    orders, at = [], 2
    for number in range(1, draw(st.integers(0, 7)) + 1):
        side, symbol = draw(st.sampled_from(("buy", "sell"))), draw(st.sampled_from(SYMBOLS))
        fills = []
        for _ in range(draw(st.integers(0, 3))):
            at += 1
            fills.append(draw(drawn_fill(side, symbol, at)))
        tick = draw(st.integers(1, 3))
        own = 0 if by_hand and not draw(st.integers(0, 9)) else number
        orders.append(an_order(own, *fills, side=side, symbol=symbol, tick=tick))
    late = [
        draw(drawn_fill(draw(st.sampled_from(("buy", "sell"))), "AAPL", 90))
        for _ in range(draw(st.integers(0, int(by_hand))))
    ]
    closes = {symbol: Decimal(draw(st.integers(9_000, 11_000))) / 100 for symbol in SYMBOLS}
    plain = an_account(*orders, late=tuple(late), closes=closes)
    held = {symbol: plain.held.get(symbol, Decimal(0)) + draw(st.sampled_from((0, 0, 1))) for symbol in SYMBOLS}
    flows = Decimal(draw(st.integers(-500, 500))) / 100
    return an_account(*orders, late=tuple(late), closes=closes, held=held, flows=flows)


def units(fills: list[ComparedFill]) -> list[Unit]:
    return [
        Unit(fill.symbol, fill.side.sign, Fraction(fill.price) / fill.ratio)
        for fill in fills
        for _ in range(int(fill.quantity * int(fill.ratio)))
    ]


def naive(live: RunAccount, backtest: RunAccount) -> dict[str, Fraction]:
    """Every part, unit by unit."""
    parts: dict[str, Fraction] = defaultdict(Fraction)
    close = {symbol: Fraction(price) for symbol, price in backtest.closes.items()}
    open_units = still_open(live)
    others = list(backtest.orders)

    def worth(one: Unit) -> Fraction:
        return one.sign * (close[one.symbol] - one.price)

    for order in sorted(live.orders, key=lambda one: one.number):
        twins = [one for one in others if order.number and like(one) == like(order)]
        mine = units(list(order.fills))
        if not twins:
            parts["only_live"] += sum(map(worth, mine))
            continue
        twin = min(twins, key=lambda one: one.number)
        others = [one for one in others if one is not twin]
        its = units(list(twin.fills))
        for place, (one, other) in enumerate(zip(mine, its, strict=False)):
            name = "prices_open" if (id(order), place) in open_units else "prices_closed"
            parts[name] += one.sign * (other.price - one.price)
        parts["quantities"] += sum(map(worth, mine[len(its) :])) - sum(map(worth, its[len(mine) :]))
    parts["only_backtest"] -= sum(worth(one) for order in others for one in units(list(order.fills)))
    parts["after_newest_bar"] += sum(map(worth, units(list(live.late))))
    for sign, run in ((1, live), (-1, backtest)):
        parts["cash_flows"] += sign * Fraction(run.flows)
        fills = [*(fill for order in run.orders for fill in order.fills), *run.late]
        parts["commissions"] -= sign * sum(Fraction(fill.commission) for fill in fills)
        for symbol, quantity in run.held.items():
            brought = sum(one.sign for one in units(fills) if one.symbol == symbol)
            parts["holdings"] += sign * (Fraction(quantity) - brought) * close[symbol]
    for symbol, quantity in live.held.items():
        parts["valuation"] += Fraction(quantity) * (Fraction(live.closes[symbol]) - close[symbol])
    return {name: amount for name, amount in parts.items() if amount}


def like(order: ComparedOrder) -> tuple[Any, ...]:
    return order.symbol, order.side, order.placed_at


def still_open(live: RunAccount) -> set[tuple[int, int]]:
    """Units of live orders that are held at the end, first in, first out: by order, and place among its units."""
    queues: dict[str, deque[tuple[int, tuple[int, int]]]] = defaultdict(deque)
    timed = [(fill.time, order, fill) for order in live.orders for fill in order.fills]
    timed += [(fill.time, an_order(0), fill) for fill in live.late]
    places: dict[int, int] = defaultdict(int)
    for _, order, fill in sorted(timed, key=lambda one: one[0]):
        for _ in units([fill]):
            name = (id(order), places[id(order)])
            places[id(order)] += 1
            queue = queues[fill.symbol]
            if queue and queue[0][0] != fill.side.sign:
                queue.popleft()
            else:
                queue.append((fill.side.sign, name))
    return {name for queue in queues.values() for _, name in queue}


@given(drawn_account(by_hand=True), drawn_account(by_hand=False))
def test_parts_of_drawn_runs_are_those_that_are_counted_unit_by_unit(live: RunAccount, backtest: RunAccount) -> None:
    found = explanation(live, backtest)
    assert {name: Fraction(amount) for name, amount in moved(found).items()} == naive(live, backtest)
    assert found.live - found.backtest == sum(found.parts.values())
    assert found.live == naive_pnl(live)


def naive_pnl(run: RunAccount) -> Decimal:
    """Cash in and out, and what is held at the newest closes."""
    cash = run.flows
    for fill in (*(fill for order in run.orders for fill in order.fills), *run.late):
        cash -= fill.side.sign * fill.quantity * fill.price + fill.commission
    return cash + sum((quantity * run.closes[symbol] for symbol, quantity in run.held.items()), Decimal(0))
