"""Round trips of a run's ledger: by hand, as they must add up, and as a backtest has them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from tests.unit.veda.live_builders import live_fill, seconds
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.ledger.ledger import CashFlow
from weaver.greta.results.trades import DelistedTrade, Trade, Trades
from weaver.model.numbers.money import decimal_of
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.entries import DelistingEntry, DividendEntry, Entry, FeeEntry, SplitEntry
from weaver.veda.positions.sub_ledger import SubLedger
from weaver.veda.positions.trades import LiveTrade, trades_of

DAY = date(2026, 3, 4)
OPENED = SubLedger.opened("run", Decimal(10_000))
Happened = Sequence[LiveFill | Entry]


def carried_out(happened: Happened) -> tuple[SubLedger, list[LiveFill]]:
    ledger = OPENED
    for one in happened:
        ledger = ledger.booked(one) if isinstance(one, LiveFill) else ledger.after(one)
    return ledger, [one for one in happened if isinstance(one, LiveFill)]


def trades(*happened: LiveFill | Entry) -> tuple[LiveTrade, ...]:
    return trades_of(*carried_out(happened))


def test_first_in_is_first_out() -> None:
    first, second = trades(
        live_fill("buy", 10, 100, time=1, commission=1),
        live_fill("buy", 10, 110, time=2, commission=1),
        live_fill("sell", 15, 120, time=3, commission=3),
    )
    assert (first.quantity, first.entry_price, first.exit_price, first.pnl) == (10, 100, 120, 197)  # 200 − 1 − 2
    assert (second.quantity, second.entry_price, second.commission) == (5, 110, Decimal("1.5"))
    assert (first.entry_time, first.exit_time) == (seconds(1), seconds(3))
    assert first.exit is not None
    assert (first.entry.order_id, first.exit.order_id, first.side) == ("run-1", "run-3", "long")
    assert first.return_ == 0.2 - 0.3 / 100


def test_a_short_one_and_parts_of_two_orders_are_one() -> None:
    (trade,) = trades(
        live_fill("sell", 4, 100, time=1, order_id="in"),
        live_fill("sell", 6, 110, time=2, order_id="in"),
        live_fill("buy", 10, 100, time=3, order_id="out"),
    )
    assert (trade.side, trade.quantity, trade.entry_price, trade.pnl) == ("short", 10, 106, 60)


def test_a_fee_in_the_asset_is_in_the_price_of_the_rest() -> None:
    (trade,) = trades(
        live_fill("buy", 2, 1000, symbol="BTC/USD", time=1, fee_quantity="0.4"),
        live_fill("sell", "1.6", 1250, symbol="BTC/USD", time=2),
    )
    assert (trade.quantity, trade.entry_price, trade.pnl, trade.return_) == (Decimal("1.6"), 1250, 0, 0)


def test_a_fee_apart_from_fills_takes_the_oldest() -> None:
    bought = [live_fill("buy", 2, 100, time=1), live_fill("buy", 3, 200, time=2)]
    part, all_of_one = (
        FeeEntry(symbol="AAPL", quantity=Decimal(quantity), time=seconds(2)) for quantity in ("1", "2.5")
    )
    assert [(one.quantity, one.entry_price) for one in trades(*bought, part, live_fill("sell", 4, 300, time=3))] == [
        (1, 200), (3, 200),
    ]  # fmt: skip
    (trade,) = trades(*bought, all_of_one, live_fill("sell", "2.5", 300, time=3))
    assert (trade.quantity, trade.entry_price, trade.pnl) == (Decimal("2.5"), 320, -50)  # 800 for 2.5
    gone = FeeEntry(symbol="AAPL", quantity=Decimal(5), time=seconds(2))
    assert trades(*bought, gone, live_fill("buy", 1, 9, time=3), live_fill("sell", 1, 9, time=4))[0].pnl == 0


def test_a_fee_that_takes_all_that_was_bought_leaves_no_trade() -> None:
    assert trades(live_fill("buy", 1, 100, fee_quantity=1)) == ()


def test_splits_scale_what_is_open_and_a_delisting_ends_it() -> None:
    split = SplitEntry(
        symbol="AAPL", numerator=2, denominator=1, previous_close=Decimal(100), lot=Decimal(1), ex_date=DAY,
        time=seconds(2),
    )  # fmt: skip
    gone = DelistingEntry(symbol="AAPL", value=Decimal(30), ex_date=DAY, time=seconds(4))
    sold, paid_out = trades(live_fill("buy", 5, 100, time=1), split, live_fill("sell", 4, 60, time=3), gone)
    assert (sold.quantity, sold.entry_price, sold.exit_price, sold.pnl) == (4, 50, 60, 40)
    assert (paid_out.quantity, paid_out.exit_price, paid_out.pnl) == (6, 30, -120)
    assert (paid_out.exit_time, paid_out.exit) == (seconds(4), None)


quantities = st.decimals("0.001", "100", places=3)
prices = st.decimals("0.01", "1000", places=4)


@st.composite
def drawn_fills(draw: st.DrawFn) -> LiveFill:
    quantity = draw(quantities)
    return live_fill(
        draw(st.sampled_from(["buy", "sell"])), str(quantity), str(draw(prices)), time=draw(st.integers(0, 9)),
        commission=draw(st.decimals("0", "2", places=3)),
        fee_quantity=(quantity * draw(st.sampled_from([Decimal(0), Decimal("0.01")]))),
    )  # fmt: skip


@given(st.lists(drawn_fills(), max_size=15), prices)
def test_once_all_is_closed_the_trades_are_what_was_earned(fills: list[LiveFill], last: Decimal) -> None:
    held = OPENED.booked(*fills).quantity("AAPL")
    if held:
        fills = [*fills, live_fill("sell" if held > 0 else "buy", str(abs(held)), str(last), time=99)]
    fills = [replace(fill, order_id=f"run-{number}") for number, fill in enumerate(fills, 1)]
    ledger = OPENED.booked(*fills)
    assert ledger.held == {}
    assert sum((one.pnl for one in trades_of(ledger, fills)), Decimal(0)) == ledger.cash - ledger.allotted


def test_a_backtests_fills_come_to_its_cash_positions_and_trades() -> None:
    """Fills and corporate actions of random backtests, booked as a live run's."""
    compared = ended = 0
    for seed in range(120):
        run = run_weaver(random_scenario(seed))
        fills = [_live(run, index) for index in range(len(run.fills))]
        ledger = SubLedger.opened("run", run.rules.cash)
        for flow in run.flows:
            ledger = ledger.booked(*fills[ledger.fills : flow.fills_before]).after(_entry(run, flow))
        ledger = ledger.booked(*fills[ledger.fills :])
        assert ledger.cash == decimal_of(run.cash, 8), seed
        held = {symbol: run.position(symbol) for symbol, units in run.held.items() if units}
        assert ledger.held == {symbol: one.quantity for symbol, one in held.items()}, seed
        for one in ledger.holdings({}):
            before = held[one.symbol]
            assert (one.cost, one.average_price) == (decimal_of(before.cost, 8), before.average_price), seed
            assert (one.realised_pnl, one.income) == (before.realised_pnl, decimal_of(before.income, 8)), seed
        expected = Trades(run, fill_columns(run.fills, run.prices))
        found = trades_of(ledger, fills)
        assert sorted(map(_shape, found), key=repr) == sorted(map(_shape, expected), key=repr), seed
        compared += len(expected)
        ended += sum(isinstance(one, DelistedTrade) for one in expected)
    assert compared > 500
    assert ended > 5


def _shape(trade: LiveTrade | Trade) -> tuple[object, ...]:
    return (
        trade.symbol, trade.side, f"{trade.quantity.normalize():f}", f"{trade.pnl.normalize():f}",
        f"{trade.commission.normalize():f}", f"{float(trade.entry_price):.12g}", f"{float(trade.exit_price):.12g}",
        f"{trade.return_:.9g}",
    )  # fmt: skip


def _live(run: FinishedRun, index: int) -> LiveFill:
    row = run.fills[index]
    scale = run.prices[row.order.symbol].scale
    return live_fill(
        "buy" if row.units > 0 else "sell",
        str(scale.quantity_decimal(abs(row.units))),
        str(scale.price_decimal(row.price)),
        symbol=row.order.symbol,
        time=index,
        order_id=f"run-{row.order.number}",
        commission=decimal_of(row.commission, 8),
    )


def _entry(run: FinishedRun, flow: CashFlow) -> Entry:
    prices = run.prices[flow.symbol]
    scale = prices.scale
    match flow.kind:
        case "split":
            close = Fraction(prices.close_units(prices.bar_before(flow.tick)), scale.price_one)
            for earlier in run.flows[: run.flows.index(flow)]:
                if (earlier.symbol, earlier.tick, earlier.kind) == (flow.symbol, flow.tick, "split"):
                    close = close * earlier.ratio[1] / earlier.ratio[0]
            return SplitEntry(
                symbol=flow.symbol,
                numerator=flow.ratio[0],
                denominator=flow.ratio[1],
                previous_close=Decimal(close.numerator) / Decimal(close.denominator),
                lot=scale.quantity_decimal(scale.lot),
                ex_date=DAY,
                time=seconds(0),
            )
        case "dividend":
            amount = decimal_of(flow.amount, 8) / scale.quantity_decimal(flow.units)
            return DividendEntry(symbol=flow.symbol, amount=amount, ex_date=DAY, time=seconds(0))
        case _:
            value = Fraction(flow.price) / scale.price_one
            return DelistingEntry(
                symbol=flow.symbol,
                value=Decimal(value.numerator) / Decimal(value.denominator),
                ex_date=DAY,
                time=seconds(0),
            )
