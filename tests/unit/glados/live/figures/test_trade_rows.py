"""How a venue's own fills are placed among the bars that a run was given, by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.unit.veda.live_builders import live_fill
from weaver.glados.live.figures.given_bars import GivenBarsFold
from weaver.glados.live.figures.trade_rows import trade_rows
from weaver.model.calendar.instants import instant_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE
from weaver.veda.inputs import InputBar, ListedSymbol, RunSetup, SplitSeen, TickInputs
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.trades import LiveTrade

OPEN = datetime(2026, 1, 5, 14, 30, tzinfo=UTC)
AAPL = Instrument(symbol="AAPL", asset_class=AssetClass.STOCK, tick=Decimal("0.01"), lot=Decimal(1))
RANGES = ((99, 101), (98, 104), (95, 103), (90, 120))
"""Low and high of four minutes from the open on."""


def setup() -> RunSetup:
    listed = ListedSymbol(
        symbol="AAPL", asset_class="stock", tick=Decimal("0.01"), lot=Decimal(1), minimum=Decimal(1),
        is_tick_given=True, quote_currency="USD", price_decimals=4, warmup="none",
    )  # fmt: skip
    return RunSetup(
        run_id="run", strategy_id="s", source="", symbols=(listed,), timeframe="1m", start=instant_of(OPEN),
        cash=Decimal(1000), account="cash", leverage=Decimal(1), shorting=False, maintenance=Decimal("0.25"),
        venue="alpaca", seed=0, weaver_version="test",
    )  # fmt: skip


def tick(number: int, low: float, high: float, *updates: SplitSeen, at: datetime | None = None) -> TickInputs:
    start = instant_of(at or OPEN + timedelta(minutes=number - 1))
    middle = (low + high) / 2
    bar = InputBar(
        symbol="AAPL", start=start, end=start + MINUTE, open=middle, high=high, low=low, close=middle, volume=1.0
    )
    return TickInputs(number=number, time=start + MINUTE, updates=updates, bars=(bar,))


def fill(seconds: float, price: str, name: str) -> LiveFill:
    return replace(live_fill("buy", 1, price), id=name, order_id=name, filled_at=OPEN + timedelta(seconds=seconds))


def trade(entry: LiveFill, exit_: LiveFill, *, side: str = "long") -> LiveTrade:
    return LiveTrade(
        symbol="AAPL", side=side, quantity=Decimal(1), entry_time=entry.filled_at, entry_price=entry.price,
        exit_time=exit_.filled_at, exit_price=exit_.price, pnl=Decimal(0), return_=0.0, commission=Decimal(0),
        entry=entry, exit=exit_,
    )  # fmt: skip


def minutes() -> GivenBarsFold:
    fold = GivenBarsFold(setup())
    fold.take([tick(number, *one) for number, one in enumerate(RANGES, start=1)])
    return fold


def measured(fold: GivenBarsFold, one: LiveTrade, *at_close: str) -> tuple[int, float, float]:
    [row] = trade_rows("run", [one], fold.given(), {"AAPL": AAPL}, frozenset(at_close))
    return row["bars"], row["mae"], row["mfe"]


@pytest.mark.parametrize(
    ("entered", "left", "bars", "low", "high"),
    [
        (61.5, 121.0, 1, 95, 104),  # the second and the third minute, all of both
        (61.5, 120.0, 1, 98, 104),  # left at the instant at which the third begins
        (60.0, 60.0, 0, 100, 102),  # at once: only its own prices
        (61.5, 240.5, 3, 90, 120),  # in a minute that has not ended
        (240.5, 241.0, 0, 100, 102),
    ],
)
def test_trade_is_measured_on_the_minutes_that_its_fills_lie_in(
    entered: float, left: float, bars: int, low: float, high: float
) -> None:
    one = trade(fill(entered, "100", "in"), fill(left, "102", "out"))
    assert measured(minutes(), one) == (bars, pytest.approx(low / 100 - 1), pytest.approx(high / 100 - 1))


def test_short_is_measured_the_other_way_round() -> None:
    one = trade(fill(61.5, "100", "in"), fill(121, "102", "out"), side="short")
    assert measured(minutes(), one) == (1, pytest.approx(-0.04), pytest.approx(0.05))


def test_bar_that_an_order_for_the_close_filled_in_does_not_count() -> None:
    in_ = replace(fill(120, "100", "in"), bar_time=OPEN + timedelta(minutes=1))
    out = replace(fill(180, "102", "out"), bar_time=OPEN + timedelta(minutes=2))
    assert measured(minutes(), trade(in_, out), "in") == (1, pytest.approx(-0.05), pytest.approx(0.03))
    assert measured(minutes(), trade(in_, out)) == (1, pytest.approx(-0.05), pytest.approx(0.04))


def test_split_is_no_excursion() -> None:
    split = SplitSeen(symbol="AAPL", numerator=2, denominator=1, ex_date=date(2026, 1, 6))
    fold = GivenBarsFold(setup())
    next_day = OPEN + timedelta(days=1)
    fold.take([tick(1, 98, 102), tick(2, 48, 52, split, at=next_day)])
    out = replace(fill(0, "51", "out"), filled_at=next_day + timedelta(seconds=5))
    bought = trade(fill(1, "100", "in"), out)
    one = replace(bought, entry_price=Decimal(50))  # a trade's prices are on the scale of its exit
    assert measured(fold, one) == (1, pytest.approx(48 / 50 - 1), pytest.approx(52 / 50 - 1))
    assert fold.given()["AAPL"].splits[0].ratio == Fraction(2)


def test_run_without_bars_knows_its_own_prices() -> None:
    one = trade(fill(1, "100", "in"), fill(2, "102", "out"))
    assert measured(GivenBarsFold(setup()), one) == (0, 0, pytest.approx(0.02))


def test_what_was_handed_out_stays_as_it_was() -> None:
    fold = minutes()
    given = fold.given()["AAPL"]
    fold.take([tick(5, 1, 200)])
    assert (len(given.bars()), len(fold.given()["AAPL"].bars())) == (4, 5)
