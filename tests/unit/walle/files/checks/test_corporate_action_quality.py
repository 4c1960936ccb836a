"""Actions against prices: what contradicts is told, and what agrees is not, over ratios, timeframes and holes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.shared_data import SAMPLES, shared_file
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split, distinct
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.checks.corporate_action_quality import check_corporate_actions
from weaver.walle.files.corporate_actions_file import read_corporate_actions
from weaver.walle.files.frames import bars_from_frame

STOCK = AssetClass.STOCK
EX = date(2022, 5, 16)  # a Monday
RATIOS = ["2", "3", "4", "10", "20", "1.5", "0.5", "0.1", "0.04", "1.25"]


def told(bars: Bars, *actions: CorporateAction, kind: AssetClass = STOCK) -> dict[str, str]:
    found = check_corporate_actions(bars, calendar_for(kind), kind, actions)
    return {doubt.code: doubt.message for doubt in found}


def walk(*, seed: int = 1, noise: float = 0.012, freq: str = "1D", ratio: float = 1.0, drop: float = 0.0) -> Bars:
    """A share's year; from the ex-date on its prices are divided by `ratio`, and lower by the share `drop`."""
    times = pd.bdate_range("2022-01-03", "2022-12-30")
    if freq != "1D":
        days = pd.date_range("2022-04-01", "2022-06-30", freq=freq, tz="America/New_York")
        times = days[(days.day_of_week < 5) & (days.hour >= 4) & (days.hour < 20)]
    rng = np.random.default_rng(seed)
    day = times.normalize()
    overnight = np.r_[True, day[1:] != day[:-1]]
    step = rng.standard_t(4, len(times)) * np.where(overnight, noise / 2, noise / (2 if freq == "1D" else 12))
    opens = 100 * np.exp(np.cumsum(step + rng.normal(0, noise / 4, len(times))))
    after = np.asarray(pd.DatetimeIndex(day).tz_localize(None) >= pd.Timestamp(EX))
    opens = np.where(after, opens / ratio * (1 - drop), opens)
    closes = opens * np.exp(rng.normal(0, noise / 4, len(times)))
    made = pd.DataFrame({"open": opens, "high": np.maximum(opens, closes), "low": np.minimum(opens, closes)})
    made["close"], made["volume"], made.index = closes, 1000.0, times
    return bars_from_frame(made, symbol="ABC", asset_class=STOCK).bars


def split(ratio: str, day: date = EX) -> Split:
    return Split(ex_date=day, ratio=Decimal(ratio))


def without(bars: Bars, first: str, last: str) -> Bars:
    """The bars without those of a stretch of days."""
    stamps = bars.timestamp.astype("datetime64[ns]").astype("datetime64[D]")
    keep = (stamps < np.datetime64(first)) | (stamps > np.datetime64(last))
    columns = ("timestamp", "end", "open", "high", "low", "close", "volume")
    return replace(bars, **{name: getattr(bars, name)[keep] for name in columns})


@pytest.mark.parametrize("freq", ["1D", "1h", "15min"])
@pytest.mark.parametrize("ratio", RATIOS)
def test_prices_that_do_what_the_split_says_raise_no_doubt(ratio: str, freq: str) -> None:
    assert told(walk(ratio=float(ratio), freq=freq), split(ratio)) == {}


@pytest.mark.parametrize("freq", ["1D", "1h", "15min"])
@pytest.mark.parametrize("ratio", RATIOS)
def test_a_split_that_the_prices_do_not_show_is_told(ratio: str, freq: str) -> None:
    (doubt,) = told(walk(freq=freq), split(ratio)).items()
    assert doubt[0] == "action_doubt"
    assert f"the split of {float(ratio):g} on 2022-05-16 is not in the prices" in doubt[1]
    assert "adjusted already" in doubt[1]


@pytest.mark.parametrize("freq", ["1D", "1h"])
@pytest.mark.parametrize("ratio", ["2", "3", "4", "10", "20", "1.5", "0.5", "0.1", "0.04"])
def test_a_jump_without_a_split_is_told_with_its_factor(ratio: str, freq: str) -> None:
    bars = walk(noise=0.006, ratio=float(ratio), freq=freq)
    doubts = told(bars)
    assert list(doubts) == ["jump"]
    factor = float(doubts["jump"].split("a factor of ")[1].split(" ")[0])
    assert factor == pytest.approx(1 / float(ratio), rel=0.04)
    assert "before 2022-05-16" in doubts["jump"]


@pytest.mark.parametrize("seed", range(40))
def test_ordinary_and_wild_shares_raise_no_doubt(seed: int) -> None:
    noise = (0.01, 0.02, 0.04, 0.07)[seed % 4]
    dividend = Dividend(ex_date=EX, amount=Decimal("0.8"))
    assert told(walk(seed=seed, noise=noise), dividend) == {}
    assert told(walk(seed=seed, noise=noise, ratio=4), split("4")) == {}


def test_a_ratio_that_is_upside_down_or_wrong_is_told() -> None:
    assert "is not in the prices" in told(walk(ratio=4), split("0.25"))["action_doubt"]
    assert "is not in the prices" in told(walk(ratio=4), split("16"))["action_doubt"]


@pytest.mark.parametrize("ratio", ["0.33", 0.33, "33:100"])
def test_a_ratio_of_few_decimals_is_asked_after(ratio: str | float) -> None:
    assert told(walk(ratio=1 / 3), Split(ex_date=EX, ratio=ratio)) == {
        "split_ratio": "ABC 1d: the split of 0.33 on 2022-05-16 is taken as it is said, 33 new shares for 100: "
        "if 1/3 was meant, write 1/3"
    }


@pytest.mark.parametrize("ratio", ["1/3", 0.3333333333333333, "0.333"])
def test_a_ratio_that_is_clear_is_not_asked_after(ratio: str | float) -> None:
    assert told(walk(ratio=1 / 3), Split(ex_date=EX, ratio=ratio)) == {}


def test_a_split_a_day_off_is_told_as_a_split_and_as_a_jump() -> None:
    doubts = told(walk(ratio=4, noise=0.006), split("4", date(2022, 5, 20)))
    assert "2022-05-20 is not in the prices" in doubts["action_doubt"]
    assert "before 2022-05-16" in doubts["jump"]


def test_two_actions_of_a_day_count_together() -> None:
    assert told(walk(ratio=6), split("2"), split("3")) == {}
    assert "split of 2 and 4" in told(walk(ratio=4), split("2"), split("4"))["action_doubt"]


@pytest.mark.parametrize(
    "hole", [("2022-05-16", "2022-05-20"), ("2022-05-09", "2022-05-13"), ("2022-05-10", "2022-05-25")]
)
def test_a_hole_around_the_ex_date_makes_no_doubt_and_hides_none(hole: tuple[str, str]) -> None:
    assert told(without(walk(ratio=4), *hole), split("4")) == {}
    assert "is not in the prices" in told(without(walk(), *hole), split("4"))["action_doubt"]


@pytest.mark.parametrize("day", [date(2021, 5, 3), date(2022, 1, 3), date(2023, 2, 1)])
def test_a_split_outside_the_bars_is_nobodys_doubt(day: date) -> None:
    assert told(walk(), split("4", day)) == {}


def test_a_split_on_a_saturday_acts_on_monday() -> None:
    assert told(walk(ratio=4), split("4", date(2022, 5, 14))) == {}


def test_a_bad_print_is_no_split() -> None:
    bars = walk(noise=0.006, freq="1h")
    opens = bars.open.copy()
    row = int(np.searchsorted(bars.timestamp, np.datetime64("2022-05-16T04:00", "ns").astype(np.int64)))
    opens[row] *= 0.5
    assert told(replace(bars, open=opens)) == {}


def test_a_crash_by_half_within_the_day_is_no_split() -> None:
    bars = walk(noise=0.006, ratio=2)
    row = int(np.searchsorted(bars.timestamp, np.datetime64("2022-05-16", "ns").astype(np.int64)))
    opens = bars.open.copy()
    opens[row] = bars.close[row - 1]  # it opened where it had closed, and fell from there
    assert told(replace(bars, open=opens)) == {}


def test_only_stocks_are_looked_at_for_jumps() -> None:
    for kind in (AssetClass.CRYPTO, AssetClass.FX, AssetClass.FUTURE):
        assert told(walk(ratio=2, noise=0.006), kind=kind) == {}
    assert "action_doubt" in told(walk(), split("2"), kind=AssetClass.CRYPTO)


def test_a_large_dividend_that_the_prices_do_not_show_is_told() -> None:
    special = Dividend(ex_date=EX, amount=Decimal(30))
    assert told(walk(noise=0.006, drop=0.3), special) == {}
    assert "the dividend of 30 on 2022-05-16 is not in the prices" in told(walk(noise=0.006), special)["action_doubt"]


def test_a_dividend_over_the_price_is_told() -> None:
    dividend = Dividend(ex_date=EX, amount=Decimal(500))
    assert "no less than the price before it" in told(walk(), dividend)["action_doubt"]


def test_a_delisting_is_held_against_the_last_close_and_the_bars() -> None:
    bars = walk()
    last = Decimal(repr(round(float(bars.close[-1]), 2)))
    assert told(bars, Delisting(ex_date=date(2023, 1, 3), value=last)) == {}
    assert told(bars, Delisting(ex_date=date(2023, 1, 3), value=Decimal(0))) == {}
    far = told(bars, Delisting(ex_date=date(2023, 1, 3), value=last * 10))
    assert "pays" in far["action_doubt"]
    early = told(bars, Delisting(ex_date=EX, value=last))
    assert "bars go on after the delisting on 2022-05-16" in early["action_doubt"]


def test_flat_prices_tell_small_splits_as_well() -> None:
    times = pd.bdate_range("2022-05-02", "2022-05-31")
    flat = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), 25.0) | {"volume": 9.0}, index=times)
    bars = bars_from_frame(flat, symbol="ABC", asset_class=STOCK).bars
    assert "split of 1.05" in told(bars, split("1.05"))["action_doubt"]


def test_identical_actions_stand_once_and_different_ones_stay() -> None:
    one, same, other = split("4"), split("4.0"), split("3")
    paid = Dividend(ex_date=EX, amount=Decimal("0.5"))
    assert distinct([one, paid, same, other, paid]) == ((one, paid, other), (same, paid))


def _files() -> Sequence[tuple[str, str]]:
    names = ("AAPL", "CERN", "COST", "DELL", "IBM", "QQQ", "SPY")
    return [(f"daily_us/{name}_1d_raw.csv", f"daily_us/{name}_actions.csv") for name in names] + [
        ("intraday_us/IBM_1h_2016-2021_raw.csv", "daily_us/IBM_actions.csv")
    ]


@pytest.mark.parametrize(("prices", "actions"), _files())
def test_real_prices_and_their_actions_raise_no_doubt(prices: str, actions: str) -> None:
    path, beside = shared_file(prices), shared_file(actions)
    if path is None or beside is None:
        path, beside = SAMPLES / "MSFT_1d.csv", SAMPLES / "MSFT_actions.csv"
    assert told(read_bars(path, asset_class=STOCK).bars, *read_corporate_actions(beside)) == {}


@pytest.mark.parametrize("name", ["AAPL", "IBM", "SPY"])
def test_real_adjusted_prices_with_their_actions_are_told(name: str) -> None:
    path, beside = shared_file(f"daily_us/{name}_1d_adjusted.csv"), shared_file(f"daily_us/{name}_actions.csv")
    if path is None or beside is None:
        path, beside = SAMPLES / "IBM_1d.csv", SAMPLES / "AAPL_actions.csv"
    assert (
        "adjusted already"
        in told(read_bars(path, asset_class=STOCK).bars, *read_corporate_actions(beside))["action_doubt"]
    )


@pytest.mark.parametrize("name", ["AAPL", "IBM", "MSFT"])
def test_the_samples_and_their_actions_raise_no_doubt(name: str) -> None:
    actions = read_corporate_actions(Path(SAMPLES / f"{name}_actions.csv"))
    assert told(read_bars(SAMPLES / f"{name}_1d.csv").bars, *actions) == {}
