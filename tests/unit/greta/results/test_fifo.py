"""Fills matched as columns, against the same matched leg by leg: every count, price and return to its last digit."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import backtest, crypto_bars
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from weaver import Strategy
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.ledger.fill_rows import FillRows, Paid
from weaver.greta.results.round_trips import RoundTrips, round_trips
from weaver.greta.results.trades import Trades
from weaver.model.account.legs import LegByLeg, MatchedPiece
from weaver.model.orders.execution import AT_OPEN
from weaver.model.orders.order import Order

SYMBOLS = 3
BARS = 50


class Idle(Strategy):
    pass


def idle(**options: object) -> FinishedRun:
    bars = {name: crypto_bars([10] * BARS, symbol=name) for name in ("AAA/USD", "BBB/USD", "CCC/USD")}
    return backtest(Idle, bars, **options).finished


IDLE, IN_PARTS = idle(), idle(costs={"max_participation": 0.5})


class Drawn(NamedTuple):
    """A fill: of a symbol, by the order that the symbol's so many newest ones begin with, of signed units."""

    which: int
    back: int
    units: int
    price: int
    value: int
    commission: int


sizes = st.one_of(st.integers(1, 4), st.integers(1, 10**11), st.integers(2**53 - 2, 2**53 + 2), st.integers(1, 10**25))
prices = st.one_of(st.integers(1, 3), st.integers(1, 10**12), st.integers(2**53 - 2, 2**53 + 2), st.integers(1, 10**28))
values = st.one_of(st.integers(0, 9), st.integers(0, 10**15), st.integers(2**59, 2**61), st.integers(0, 10**30))
fees = st.one_of(st.just(0), st.integers(-9, 9), st.integers(-(10**12), 10**12), st.integers(0, 10**20))
signs = st.sampled_from([1, -1])


def fills(sizes: st.SearchStrategy[int]) -> st.SearchStrategy[list[Drawn]]:
    signed = st.builds(int.__mul__, sizes, signs)
    which, back = st.integers(0, SYMBOLS - 1), st.integers(0, 2)
    return st.lists(st.builds(Drawn, which, back, signed, prices, values, fees), max_size=30)


def finished(drawn: Sequence[Drawn], *, in_parts: bool) -> FinishedRun:
    """A run with these fills, of which those of one order may be many if `in_parts`."""
    run = IN_PARTS if in_parts else IDLE
    scales = [prices.scale for prices in run.prices.values()]
    rows = FillRows(lambda: None, scales)
    known: dict[tuple[int, int], list[Order]] = {}
    for number, one in enumerate(drawn, 1):
        sign = 1 if one.units > 0 else -1
        orders = known.setdefault((one.which, sign), [])
        if in_parts and one.back < len(orders):
            order = orders[-1 - one.back]
        else:
            order = Order(number, scales[one.which], sign, abs(one.units), 0)
            orders.append(order)
        bar = number % BARS
        paid = Paid(one.price, 0, one.commission, one.value)
        rows.append(order, one.units, bar, AT_OPEN, (), paid)
        rows.settle_next(paid)
    return replace(run, fills=rows)


def of_pieces(run: FinishedRun) -> list[tuple[object, ...]]:
    """What the round trips are, matched fill by fill."""
    flows = [flow for flow in run.flows if flow.kind != "dividend"]
    pieces = LegByLeg(run.fills, flows, run.fills.numbers).pieces(range(len(run.fills)))
    return [
        (
            piece.entry, piece.exit, piece.units, piece.pnl, piece.commission,
            Fraction(piece.entry_worth) / piece.units, Fraction(piece.exit_worth) / piece.units, piece.fee,
            None if piece.delisting is None else flows[piece.delisting], repr(return_of(piece, run)),
        )
        for piece in pieces
    ]  # fmt: skip


def return_of(piece: MatchedPiece, run: FinishedRun) -> float:
    change = piece.sign * (piece.exit_worth - piece.entry_worth) / piece.entry_worth
    return float(change) - piece.fee * run.prices[piece.symbol].scale.notional_divisor / float(piece.entry_worth)


def of_columns(run: FinishedRun) -> list[tuple[object, ...]]:
    """The same from the columns."""
    columns = fill_columns(run.fills, run.prices)
    trips = round_trips(run, columns)
    returns = Trades(run, columns).columns.return_
    names = ("entry", "exit", "units", "pnl", "commission", "entry_price", "exit_price", "fee")
    delistings = [trips.delistings.get(row) for row in range(len(trips))]
    found = (getattr(trips, name).tolist() for name in names)
    return [*zip(*found, delistings, map(repr, returns.tolist()), strict=True)]


@given(fills(sizes))
def test_columns_are_what_legs_are(drawn: list[Drawn]) -> None:
    run = finished(drawn, in_parts=False)
    assert of_columns(run) == of_pieces(run)


@given(fills(st.integers(1, 6)))
def test_columns_of_a_few_lots_that_often_meet_at_zero_are_what_legs_are(drawn: list[Drawn]) -> None:
    run = finished(drawn, in_parts=False)
    assert of_columns(run) == of_pieces(run)


@given(fills(st.one_of(st.integers(1, 6), sizes)))
def test_columns_of_orders_that_fill_in_parts_are_what_legs_are(drawn: list[Drawn]) -> None:
    run = finished(drawn, in_parts=True)
    assert of_columns(run) == of_pieces(run)


def test_columns_of_thousands_of_fills_are_what_legs_are() -> None:
    random = np.random.default_rng(11)
    closed = 0
    for largest, in_parts in ((3, False), (10**9, False), (3, True), (10**12, True)):
        drawn = [
            Drawn(*(int(one) for one in row))
            for row in zip(
                random.integers(SYMBOLS, size=2_000), random.integers(3, size=2_000),
                random.integers(1, largest, size=2_000) * random.choice([1, -1], size=2_000),
                random.integers(1, 10**7, size=2_000), random.integers(1, 10**14, size=2_000),
                random.integers(10**9, size=2_000), strict=True,
            )
        ]  # fmt: skip
        run = finished(drawn, in_parts=in_parts)
        found = of_columns(run)
        assert found == of_pieces(run)
        closed += len(found)
    assert closed > 3_000


def test_columns_beside_symbols_that_split_or_end_are_what_legs_are() -> None:
    beside = 0
    for seed in range(250):
        run = run_weaver(random_scenario(seed))
        changed = {flow.symbol for flow in run.flows if flow.kind != "dividend"}
        columns = fill_columns(run.fills, run.prices)
        if round_trips(run, columns).are_pairs:
            continue  # the last digit of their returns is another
        found = of_columns(run)
        assert found == of_pieces(run), seed
        traded = {run.fills[int(entry)].order.symbol for entry in round_trips(run, columns).entry}
        beside += bool(changed & traded and traded - changed)
    assert beside > 5


def trips(units: Sequence[int], which: Sequence[int]) -> RoundTrips:
    run = finished([Drawn(k, 0, n, 10, 100 * abs(n), 1) for k, n in zip(which, units, strict=True)], in_parts=False)
    return round_trips(run, fill_columns(run.fills, run.prices))


def test_a_holding_through_zero_is_closed_and_opened_by_one_fill() -> None:
    found = trips([2, 3, -4, -3, 2], [0] * 5)
    rows = zip(found.entry.tolist(), found.exit.tolist(), found.units.tolist(), strict=True)
    assert list(rows) == [(0, 2, 2), (1, 2, 2), (1, 3, 1), (3, 4, 2)]


def test_what_one_symbol_holds_at_the_end_is_no_other_symbols() -> None:
    found = trips([5, -2, -2, 1], [0, 1, 0, 1])
    rows = zip(found.entry.tolist(), found.exit.tolist(), found.units.tolist(), strict=True)
    assert list(rows) == [(0, 2, 2), (1, 3, 1)]


def test_columns_are_small_as_long_as_every_count_is_int64() -> None:
    for units, price, commission, is_small in ((10, 10, 1, True), (10**25, 10, 1, False), (10, 10, 10**25, False)):
        run = finished([Drawn(0, 0, units, price, 100, commission)], in_parts=False)
        assert fill_columns(run.fills, run.prices).is_small == is_small
