"""A run's account, by hand and against a naive recomputation in fractions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.veda.live_builders import live_fill, seconds
from weaver.model.account.carry import CarryKind
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.contract import Contract
from weaver.veda.positions.entries import CarryEntry, DelistingEntry, DividendEntry, Entry, FeeEntry, SplitEntry
from weaver.veda.positions.sub_ledger import SubLedger, sum_of_held

DAY = date(2026, 3, 4)
OPENED = SubLedger.opened("run", Decimal(10_000))


def amounts(ledger: SubLedger, **prices: str | int) -> tuple[str, ...]:
    """Cash, equity and realised profit."""
    at = {symbol: Decimal(price) for symbol, price in prices.items()}
    return tuple(f"{amount.normalize():f}" for amount in (ledger.cash, ledger.equity(at), ledger.realised_pnl))


def test_a_long_position_is_built_marked_and_closed() -> None:
    ledger = OPENED.booked(live_fill("buy", 10, 100, commission=1), live_fill("buy", 10, 110, commission=1))
    assert amounts(ledger, AAPL=120) == ("7898", "10298", "0")
    (held,) = ledger.holdings({"AAPL": Decimal(120)})
    assert (held.quantity, held.cost, held.average_price) == (20, 2100, 105)
    assert (held.market_value, held.unrealised_pnl, held.commission) == (2400, 300, 2)
    sold = ledger.booked(live_fill("sell", 5, 120), live_fill("sell", 15, 100))
    assert amounts(sold) == ("9998", "9998", "0")  # 5 × 15 − 15 × 5
    assert sold.holdings({}) == ()
    assert [one.quantity for one in sold.holdings({}, with_closed=True)] == [0]


def test_a_short_position_crosses_zero() -> None:
    ledger = OPENED.booked(live_fill("sell", 10, 50), live_fill("buy", 15, 40))
    assert amounts(ledger, AAPL=45) == ("9900", "10125", "100")
    assert ledger.held == {"AAPL": 5}


def test_a_fee_in_the_asset_makes_the_rest_cost_more() -> None:
    ledger = OPENED.booked(live_fill("buy", 2, 1000, symbol="BTC/USD", fee_quantity="0.005"))
    (held,) = ledger.holdings({"BTC/USD": Decimal(1000)})
    assert (held.quantity, held.cost, held.unrealised_pnl) == (Decimal("1.995"), 2000, -5)
    sold = ledger.booked(live_fill("sell", "1.995", 1000, symbol="BTC/USD"))
    assert (sold.held, sold.realised_pnl, sold.cash) == ({}, -5, 9995)


def test_room_for_fees_is_thirty_bps_of_what_was_bought_less_what_was_charged() -> None:
    pair = "BTC/USD"
    bought = OPENED.booked(
        live_fill("buy", 2, 1000, symbol=pair), live_fill("buy", 1, 1000, symbol=pair, fee_quantity="0.0025")
    )
    assert bought.fee_room(pair) == Decimal("0.006")  # of the two of which no fee is known
    fee = FeeEntry(symbol=pair, quantity=Decimal("0.005"), is_estimated=True, time=seconds(1))
    charged = bought.after(fee)
    assert (charged.fee_room(pair), charged.quantity(pair)) == (Decimal("0.001"), Decimal("2.9925"))
    sold = charged.booked(live_fill("sell", "2.992", 1000, symbol=pair))
    assert sold.fee_room(pair) == Decimal("0.0005")  # no more than is held
    assert SubLedger.rebuilt(bought.after(fee).as_json(), [live_fill("buy", 3, 1000, symbol=pair)]).entries[0][1] == fee


def test_a_fee_that_takes_all_there_is_loses_its_cost() -> None:
    ledger = OPENED.booked(live_fill("buy", 1, 100, symbol="BTC/USD", fee_quantity=1))
    assert (ledger.held, ledger.realised_pnl, ledger.cash) == ({}, -100, 9900)


def test_a_split_scales_and_pays_the_fraction() -> None:
    ledger = OPENED.booked(live_fill("buy", 5, 90)).after(split(3, 2, close=90))
    assert ledger.held == {"AAPL": 7}  # of 7.5; the half share is paid at 60
    assert amounts(ledger, AAPL=60) == ("9580", "10000", "0")
    (held,) = ledger.holdings({})
    assert (held.cost, held.average_price, held.market_value) == (420, 60, None)


def test_dividends_fees_and_a_delisting_move_cash() -> None:
    long = OPENED.booked(live_fill("buy", 10, 100))
    short = OPENED.booked(live_fill("sell", 10, 100))
    dividend = DividendEntry(symbol="AAPL", amount=Decimal("0.25"), ex_date=DAY, time=seconds(1))
    assert (long.after(dividend).cash, short.after(dividend).cash) == (Decimal("9002.5"), Decimal("10997.5"))
    assert long.after(dividend).holdings({})[0].income == Decimal("2.5")
    fee = FeeEntry(symbol="AAPL", amount=Decimal("0.03"), quantity=Decimal(1), time=seconds(1))
    assert (long.after(fee).cash, long.after(fee).held) == (Decimal("8999.97"), {"AAPL": 9})
    assert long.after(fee).commission == Decimal("0.03")
    gone = DelistingEntry(symbol="AAPL", value=Decimal(30), ex_date=DAY, time=seconds(1))
    assert (long.after(gone).cash, long.after(gone).held, long.after(gone).realised_pnl) == (9300, {}, -700)


def test_without_a_price_a_holding_counts_as_what_it_cost() -> None:
    ledger = OPENED.booked(live_fill("buy", 10, 100), live_fill("sell", 4, 50, symbol="MSFT"))
    assert ledger.equity({}) == 10_000
    assert ledger.equity({"MSFT": Decimal(60)}) == 9_960
    assert ledger.exposure({"AAPL": Decimal(110)}) == 1_300
    point = ledger.point(seconds(3), {"AAPL": Decimal(110)})
    assert (point.time, point.equity, point.cash) == (seconds(3), 10_100, 9_200)


def test_what_several_hold_is_summed() -> None:
    one = OPENED.booked(live_fill("buy", 3, 100))
    other = SubLedger.opened(None).booked(live_fill("sell", 1, 100), live_fill("buy", 2, 9, symbol="MSFT"))
    assert sum_of_held([one, other]) == {"AAPL": 2, "MSFT": 2}
    assert (other.quantity("AAPL"), other.quantity("TSLA"), other.cash) == (-1, 0, 82)


def split(numerator: int, denominator: int, close: str | int) -> SplitEntry:
    return SplitEntry(
        symbol="AAPL", numerator=numerator, denominator=denominator, previous_close=Decimal(close), lot=Decimal(1),
        ex_date=DAY, time=seconds(0),
    )  # fmt: skip


quantities = st.decimals("0.000000001", "1000", places=9)
prices = st.decimals("0.0001", "100000", places=4)
fees = st.decimals("0", "5", places=8)
shares = st.sampled_from([Decimal(0), Decimal("0.0025"), Decimal("0.1")])


@st.composite
def drawn_fills(draw: st.DrawFn) -> LiveFill:
    quantity = draw(quantities)
    fee = (quantity * draw(shares)).quantize(Decimal("1e-9"))
    return live_fill(
        draw(st.sampled_from(["buy", "sell"])), str(quantity), str(draw(prices)),
        symbol=draw(st.sampled_from(["AAPL", "MSFT"])), commission=draw(fees), fee_quantity=fee,
    )  # fmt: skip


drawn_entries: st.SearchStrategy[Entry] = st.one_of(
    st.builds(split, st.integers(1, 20), st.integers(1, 20), prices),
    st.builds(lambda amount: DividendEntry(symbol="MSFT", amount=amount, ex_date=DAY, time=seconds(0)), fees),
    st.builds(lambda value: DelistingEntry(symbol="AAPL", value=value, ex_date=DAY, time=seconds(0)), prices),
    st.builds(
        lambda amount, quantity: FeeEntry(symbol="MSFT", amount=amount, quantity=quantity, time=seconds(0)),
        fees,
        quantities,
    ),
    st.builds(
        lambda kind, amount: CarryEntry(
            symbol="" if kind is CarryKind.MARGIN_INTEREST else "AAPL", kind=kind, amount=amount, time=seconds(0)
        ),
        st.sampled_from(CarryKind),
        st.decimals("-50", "50", places=8),
    ),
)
happenings = st.lists(st.one_of(drawn_fills(), drawn_entries), max_size=25)


def carried_out(happened: Sequence[LiveFill | Entry]) -> SubLedger:
    ledger = OPENED
    for one in happened:
        ledger = ledger.booked(one) if isinstance(one, LiveFill) else ledger.after(one)
    return ledger


@given(happenings)
def test_the_ledger_is_rebuilt_from_its_fills_and_what_it_kept(happened: list[LiveFill | Entry]) -> None:
    ledger = carried_out(happened)
    fills = [one for one in happened if isinstance(one, LiveFill)]
    assert SubLedger.rebuilt(ledger.as_json(), fills) == ledger


@given(happened=happenings, price=prices)
def test_it_equals_a_naive_recomputation(happened: list[LiveFill | Entry], price: Decimal) -> None:
    ledger = carried_out(happened)
    cash, held = naively(happened)
    assert {symbol: Fraction(quantity) for symbol, quantity in ledger.held.items()} == {
        symbol: quantity for symbol, quantity in held.items() if quantity
    }
    assert abs(ledger.cash - cash) <= Decimal("0.00000001") * len(happened)  # each is rounded once
    carried = sum((one.amount for one in happened if isinstance(one, CarryEntry)), Decimal(0))  # in no position
    # what was earned, by cost, is what is there, by cash: of two ways to count, one total
    at = {"AAPL": price, "MSFT": price * 2}
    by_cost = sum(
        (one.realised_pnl + (one.unrealised_pnl or 0) - one.commission + one.income)
        for one in ledger.holdings(at, with_closed=True)
    )
    assert abs(ledger.equity(at) - ledger.allotted - carried - by_cost) <= Decimal("0.00000001") * (len(happened) + 2)


def naively(happened: Sequence[LiveFill | Entry]) -> tuple[Decimal, dict[str, Fraction]]:
    cash, held = Fraction(10_000), {"AAPL": Fraction(0), "MSFT": Fraction(0)}
    for one in happened:
        match one:
            case LiveFill():
                sign = 1 if one.side == "buy" else -1
                held[one.symbol] += sign * Fraction(one.quantity) - Fraction(one.fee_quantity)
                cash -= sign * Fraction(one.quantity) * Fraction(one.price) + Fraction(one.commission)
            case SplitEntry():
                ratio = Fraction(one.numerator, one.denominator)
                exact = held[one.symbol] * ratio
                whole = abs(exact) // 1 * (1 if exact > 0 else -1)
                cash += (exact - whole) * Fraction(one.previous_close) / ratio
                held[one.symbol] = Fraction(whole)
            case DividendEntry():
                cash += held[one.symbol] * Fraction(one.amount)
            case DelistingEntry():
                cash += held[one.symbol] * Fraction(one.value)
                held[one.symbol] = Fraction(0)
            case FeeEntry():
                cash -= Fraction(one.amount)
                held[one.symbol] -= Fraction(one.quantity)
            case CarryEntry():
                cash += Fraction(one.amount)
    return Decimal(cash.numerator) / Decimal(cash.denominator), held


TWO_FOR_ONE = SplitEntry(
    symbol="AAPL", numerator=2, denominator=1, previous_close=Decimal(100), lot=Decimal(1), ex_date=DAY, time=seconds(5)
)


def test_a_fill_of_before_a_split_that_is_told_after_it_is_of_old_shares() -> None:
    ledger = OPENED.booked(live_fill("buy", 3, 100, time=1)).after(TWO_FOR_ONE).booked(live_fill("buy", 4, 90, time=2))
    (held,) = ledger.holdings({})
    assert (held.quantity, held.cost, ledger.cash) == (14, 660, 9340)


def test_a_split_that_is_booked_late_leaves_what_filled_since_as_it_is() -> None:
    fills = [live_fill("buy", 3, 100, time=1), live_fill("sell", 6, 50, time=6), live_fill("buy", 1, 40, time=7)]
    late = OPENED.booked(*fills)
    ledger = late.with_entry(TWO_FOR_ONE, fills)
    assert (late.ahead_of(TWO_FOR_ONE, fills).held, ledger.held) == ({"AAPL": 3}, {"AAPL": 1})
    in_time = OPENED.booked(fills[0]).after(TWO_FOR_ONE).booked(*fills[1:])
    assert ledger == in_time
    assert SubLedger.rebuilt(ledger.as_json(), fills) == ledger
    other = replace(TWO_FOR_ONE, symbol="MSFT")
    assert late.with_entry(other, fills) == late.after(other)


def test_future_on_margin_is_worth_its_multiplier_and_settled_in_cash() -> None:
    """The documentation's: 4 contracts of 50 at 101, closes of 103 and 98, left at 99; 2 a contract of commission."""
    contract = Contract(multiplier=Decimal(50), margin=Decimal(1000), maintenance_margin=Decimal(900))
    opened = SubLedger.opened("run", Decimal(10_000), {"ES": contract})
    bought = opened.booked(live_fill("buy", 4, 101, symbol="ES", commission=8))
    for close, cash in ((103, 10_392), (98, 9_392)):
        at = {"ES": Decimal(close)}
        assert (bought.settled_cash(at), bought.equity(at)) == (cash, cash)
    (held,) = bought.holdings({"ES": Decimal(103)})
    assert (held.market_value, held.average_price, held.unrealised_pnl) == (20_600, 101, 400)
    sold = bought.booked(live_fill("sell", 4, 99, symbol="ES", commission=8))
    assert (sold.cash, sold.settled_cash({}), sold.realised_pnl) == (9_584, 9_584, -400)
    fills = [live_fill("buy", 4, 101, symbol="ES", commission=8), live_fill("sell", 4, 99, symbol="ES", commission=8)]
    assert SubLedger.rebuilt(sold.as_json(), fills) == sold


def test_future_without_a_margin_is_paid_for() -> None:
    opened = SubLedger.opened("run", Decimal(10_000), {"ES": Contract(multiplier=Decimal("0.1"))})
    bought = opened.booked(live_fill("buy", 4, 100, symbol="ES"))
    at = {"ES": Decimal(110)}
    assert (bought.cash, bought.settled_cash(at), bought.equity(at)) == (9_960, 9_960, 10_004)
