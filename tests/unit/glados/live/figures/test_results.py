"""What a live run has come to, by hand, from recorded ticks, orders and fills alone."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.glados.deciders.strategies import HOUR, START, WARMUP
from tests.unit.glados.fakes import a_run
from tests.unit.glados.live.kept_run import RUN, SETUP_OF_RUN, SYMBOL, Kept, tick
from weaver.glados.api.runs.live import live_results
from weaver.glados.live.figures.results import FOLDS_MAX
from weaver.model.market.timeframe import DAY
from weaver.veda.runs.recorded.codec import encode_setup


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_fills_after_the_newest_tick_are_the_end_of_curve_and_statistics(kept: Kept) -> None:
    kept.bought()
    kept.left_with("90", 2.5)
    found = kept.found()
    assert found.curve.equity.tolist() == [1000, 1019, 978]  # 799 and 180 for both, less 1
    assert found.curve.timestamp.tolist() == [START, START + HOUR, START + HOUR * 5 // 2]
    stats = found.stats()
    assert (stats["final_equity"], stats["trades"], stats["losses"]) == (978, 1, 1)
    assert stats["max_drawdown"] == pytest.approx(978 / 1019 - 1)


def test_of_days_the_end_is_in_the_session_of_its_fill(kept: Kept) -> None:
    kept.bought(timeframe="1d")
    kept.left_with("90", 50)
    curve = kept.found().curve
    assert curve.equity.tolist() == [1000, 1019, 978]
    assert curve.timestamp[-1] == (START + 50 * HOUR) // DAY * DAY


def test_run_that_has_not_begun_has_come_to_nothing(kept: Kept) -> None:
    assert asyncio.run(kept.results.find(RUN, "alpaca paper")) is None


def test_run_before_its_first_tick_has_no_curve_and_no_statistics(kept: Kept) -> None:
    kept.record(tick(0, encode_setup(SETUP_OF_RUN)))
    found = kept.found()
    assert (len(found.points), found.stats(), found.trades(), found.holdings) == (0, {}, (), ())
    assert found.ledger.cash == 1000


def test_curve_holdings_and_trades_are_those_of_its_fills(kept: Kept) -> None:
    kept.bought()
    found = kept.found()
    assert found.curve.equity.tolist() == [1000, 1019]  # 1000 - 200 - 1, and 2 at 110
    assert found.curve.cash.tolist() == [1000, 799]
    [held] = found.holdings
    assert (held.quantity, held.market_value, held.unrealised_pnl) == (2, 220, 20)
    assert found.trades() == ()
    kept.sold()
    found = kept.found()
    assert found.curve.equity.tolist() == [1000, 1019, 1028]  # 230 for both, less 1
    assert found.holdings == ()
    [row] = found.trade_rows("run")
    assert [row[name] for name in ("number", "side", "quantity", "entry_price", "exit_price", "pnl", "commission")] == [
        1, "long", "2", "100", "115", "28", "2",
    ]  # fmt: skip
    assert row["exit_time"] - row["entry_time"] == timedelta(hours=1)
    stats = found.stats()
    assert (stats["final_equity"], stats["trades"], stats["wins"], stats["slippage"]) == (1028, 1, 1, None)
    assert stats["total_return"] == pytest.approx(0.028)
    assert stats["commission"] == 2


def test_only_what_is_new_is_read(kept: Kept) -> None:
    kept.bought()
    assert kept.found().points == kept.found().points
    assert kept.folded == 1
    del kept.disk.tables.ticks["run", 1]  # whoever read it again would miss it
    kept.sold()
    assert len(kept.found().points) == 3


def test_fold_that_was_given_up_is_begun_again(kept: Kept) -> None:
    kept.bought()

    async def given_up(_work: Callable[[], None]) -> None:
        raise TimeoutError

    kept.results._aside = given_up
    with pytest.raises(TimeoutError):
        kept.found()
    kept.results._aside = kept._aside
    assert len(kept.found().points) == 2


def test_curves_that_nobody_asks_for_are_given_up(kept: Kept) -> None:
    kept.bought()
    for number in range(FOLDS_MAX + 1):
        kept.record(replace(tick(0, encode_setup(SETUP_OF_RUN)), run_id=f"other-{number}"))
    kept.found()
    for number in range(FOLDS_MAX):
        asyncio.run(kept.results.find(a_run(f"other-{number}"), "alpaca paper"))
    before = kept.folded
    assert len(kept.found().points) == 2
    assert kept.folded == before + 1


def test_slippage_is_what_all_fills_lost_where_the_venue_says_it_of_each(kept: Kept) -> None:
    kept.bought()
    kept.sold()
    found = kept.found()
    first, second = (
        replace(one, slippage=Decimal(lost)) for one, lost in zip(found.fills, ("0.25", "-0.1"), strict=True)
    )
    assert replace(found, fills=(first, second)).stats()["slippage"] == 0.3  # two at 0.25, and two at -0.1
    assert replace(found, fills=(first, replace(second, slippage=None))).stats()["slippage"] is None


@pytest.mark.parametrize("number", [0, 1, 2])
def test_first_tick_whose_record_was_altered_is_told_with_the_figures(kept: Kept, number: int) -> None:
    kept.bought()
    kept.sold()
    ticks = kept.disk.tables.ticks
    for altered in (number, 3):
        ticks["run", altered] = replace(ticks["run", altered], is_altered=True)
    found = kept.found()
    assert found.altered == ticks["run", number]
    [warning] = live_results(RUN, found, {SYMBOL: WARMUP}).warnings
    where = "at its start" if number == 0 else f"at tick {number}"
    assert warning.code == "altered_record"
    assert warning.message.startswith(f"{where} ({ticks['run', number].time.isoformat()}) the record is not what was")


def test_record_that_is_as_it_was_raises_no_doubt(kept: Kept) -> None:
    kept.bought()
    assert kept.found().altered is None
    assert live_results(RUN, kept.found(), {SYMBOL: WARMUP}).warnings == []
