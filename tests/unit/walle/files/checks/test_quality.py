"""Doubts about data that could be true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.shared_data import SAMPLES, shared_file
from tests.unit.walle.store_builders import CRYPTO, bars
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import COLUMNS, PRICES, Bars
from weaver.model.market.corporate_actions import CorporateAction, Split
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.checks.corporate_action_quality import check_corporate_actions
from weaver.walle.files.checks.gaps import Gap, gaps_of, missing_bars
from weaver.walle.files.checks.quality import DataWarning, check_bars
from weaver.walle.files.corporate_actions_file import read_corporate_actions

STOCK = calendar_for(AssetClass.STOCK)


def without(made: Bars, *rows: int) -> Bars:
    return replace(made, **{name: np.delete(getattr(made, name), rows) for name in COLUMNS})


def nanoseconds(time: str) -> int:
    return int(np.datetime64(time, "ns").astype(np.int64))


def told(made: Bars) -> dict[str, str]:
    return {warning.code: warning.message for warning in check_bars(made, CRYPTO, AssetClass.CRYPTO)}


def doubts(made: Bars, actions: Sequence[CorporateAction]) -> tuple[DataWarning, ...]:
    stock = AssetClass.STOCK
    return (*check_bars(made, STOCK, stock), *check_corporate_actions(made, STOCK, stock, actions))


def test_good_bars_give_no_doubt() -> None:
    assert told(bars()) == {}
    assert missing_bars(bars(), CRYPTO) == 0


@pytest.mark.parametrize(("factor", "is_told"), [(1e-21, True), (1e-12, False), (1e12, False), (1e21, True)])
def test_prices_that_no_run_can_keep_are_told(factor: float, is_told: bool) -> None:
    made = bars()
    made = replace(made, **{name: getattr(made, name) * factor for name in PRICES})
    assert ("price_range" in told(made)) == is_told
    if is_told:
        assert "only those from 1E-18 to under 1E+20 can be kept: multiply the prices" in told(made)["price_range"]


def test_gaps_are_counted_and_the_longest_is_named() -> None:
    made = without(bars("2022-01-01", 100), 10, 50, 51)
    assert told(made) == {
        "gaps": "BTCUSD 1m: 3 bars missing in 2 gaps, the first at 2022-01-01 00:10:00, "
        "the longest (2) at 2022-01-01 00:50:00 UTC"
    }
    assert missing_bars(made, CRYPTO) == 3


def test_gap_over_a_weekend_begins_where_trading_goes_on() -> None:
    """Friday's session of 2021-03-05 ends at 22:00 UTC, 17:00 New York; Monday's begins on Sunday at 22:00. Its first
    two hours are missing, and one at 02:00."""
    made = without(bars("2021-03-05T16:00", 72, timeframe="1h"), *range(6, 56), 58)
    (gaps,) = [one for one in check_bars(made, calendar_for(AssetClass.FX), AssetClass.FX) if one.code == "gaps"]
    assert gaps.message == (
        "BTCUSD 1h: 3 bars missing in 2 gaps, the first at 2021-03-07 22:00:00, "
        "the longest (2) at 2021-03-07 22:00:00 UTC"
    )


def test_gap_after_a_weekend_reaches_from_where_trading_goes_on_to_the_next_bar() -> None:
    made = without(bars("2021-03-05T16:00", 72, timeframe="1h"), *range(6, 56), 58)
    assert gaps_of(made, calendar_for(AssetClass.FX)) == [
        Gap(start=nanoseconds("2021-03-07T22:00"), end=nanoseconds("2021-03-08T00:00"), missing=2),
        Gap(start=nanoseconds("2021-03-08T02:00"), end=nanoseconds("2021-03-08T03:00"), missing=1),
    ]


def test_days_between_the_same_bars_are_one_gap() -> None:
    made = without(bars("2022-01-01", 10, timeframe="1d"), 3, 4, 6)
    assert gaps_of(made, CRYPTO) == [
        Gap(start=nanoseconds("2022-01-04"), end=nanoseconds("2022-01-06"), missing=2),
        Gap(start=nanoseconds("2022-01-07"), end=nanoseconds("2022-01-08"), missing=1),
    ]
    assert gaps_of(without(made, *range(len(made))), CRYPTO) == []


def test_missing_days_are_counted() -> None:
    made = without(bars("2022-01-01", 10, timeframe="1d"), 3, 4)
    assert told(made)["gaps"] == "BTCUSD 1d: 2 sessions missing, the first 2022-01-04"
    assert missing_bars(made, CRYPTO) == 2


def test_volume_zero_is_told_apart_from_no_volume() -> None:
    made = bars("2022-01-01", 10)
    volume = made.volume.copy()
    volume[[2, 3]] = 0
    assert told(replace(made, volume=volume))["zero_volume"].startswith("BTCUSD 1m: 2 bars of volume 0")
    assert list(told(replace(made, volume=np.zeros(10)))) == ["no_volume"]


def test_bars_closer_than_the_timeframe_are_told() -> None:
    made = bars("2022-01-01", 10)
    stamps = made.timestamp.copy()
    stamps[5] -= 30 * 10**9
    assert told(replace(made, timestamp=stamps))["short_bars"].startswith("BTCUSD 1m: 1 bar shorter than 1m")


@pytest.mark.parametrize("path", [SAMPLES / "AAPL_1d.csv"])
def test_splits_nobody_told_of_are_suspected_and_known_ones_and_crashes_are_not(path: Path) -> None:
    found = read_bars(path)
    actions = read_corporate_actions(path.with_name("AAPL_actions.csv"))
    assert doubts(found.bars, actions) == ()  # not even 2000-09-29, down by half
    first = next(action for action in actions if isinstance(action, Split))
    others = [action for action in actions if action is not first]
    (doubt,) = doubts(found.bars, others)
    assert doubt.code == "jump"
    assert "before 2000-06-21" in doubt.message


def test_reverse_split_is_suspected() -> None:
    sessions = STOCK.expected_sessions(*(int(np.datetime64(f"2022-01-{day}").astype(int)) for day in ("03", "31")))
    stamps = sessions.astype(np.int64) * 86400 * 10**9
    price = np.where(np.arange(len(stamps)) < 10, 1.0, 10.1)
    flat = bars("2022-01-01", len(stamps), symbol="ABC", timeframe="1d")
    made = replace(
        flat,
        timestamp=stamps,
        end=STOCK.bar_end(stamps, flat.timeframe),
        open=price,
        high=price,
        low=price,
        close=price,
    )
    (doubt,) = doubts(made, ())
    assert "by a factor of 10.1 before 2022-01-18" in doubt.message
    split = Split(ex_date=date(2022, 1, 15), ratio=Decimal("0.1"))  # a Saturday: takes effect on the next session
    assert doubts(made, (split,)) == ()


def test_fillers_on_holidays_are_told() -> None:
    path = shared_file("daily_us/DELL_1d_raw.csv")
    if path is None:
        stamps = np.array(["2011-11-23", "2011-11-24", "2011-11-25"], dtype="datetime64[ns]").astype(np.int64)
        flat = bars("2022-01-01", 3, symbol="DELL", timeframe="1d")
        made = replace(flat, timestamp=stamps, end=STOCK.bar_end(stamps, flat.timeframe))
        found = check_bars(made, STOCK, AssetClass.STOCK)
        assert found[0].message.startswith("DELL 1d: 1 bar on days without a session, the first on 2011-11-24")
        return
    doubts = {warning.code: warning.message for warning in read_bars(path).warnings}
    assert doubts["no_session"] == "DELL 1d: 20 bars on days without a session, the first on 2011-11-24"
    assert doubts["zero_volume"].startswith("DELL 1d: 20 bars of volume 0")
