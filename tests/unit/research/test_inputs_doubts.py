"""What a result says of the class it guessed and of actions against prices: of frames, files and the store alike."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import weaver
from tests.shared_data import REPOSITORY
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.corporate_actions import CorporateAction, Dividend, Split
from weaver.research import run
from weaver.research.inputs import load_bars, store
from weaver.research.reproduce import plan_again
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.frames import bars_from_frame

WALLE = REPOSITORY / "docs/architecture/walle.md"
HOLIDAYS = pd.DatetimeIndex(["2024-01-15", "2024-02-19"], tz="UTC")
DAYS = pd.bdate_range("2024-01-02", periods=62, tz="UTC").difference(HOLIDAYS)
EX = DAYS[30].date()
FOUR = Split(ex_date=EX, ratio=Decimal(4))


def frame(before: float, after: float, times: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    close = [before] * 30 + [after] * (len(times) - 30)
    made = pd.DataFrame({"open": close, "high": close, "low": close, "close": close, "volume": 1e6})
    return made.assign(timestamp=times)


def hours() -> pd.DataFrame:
    """Hourly prices around the clock."""
    return frame(42_000.0, 42_100.0, pd.date_range("2024-01-01", periods=24 * 20, freq="1h", tz="UTC"))


def result(bars: Any, *, actions: Mapping[str, Any] | None = None, **options: Any) -> Any:
    return weaver.backtest("buy-and-hold", bars, actions=actions, costs="none", lookahead_check=False, **options)


def warned(bars: Any, **options: Any) -> dict[str, str]:
    """The warnings about data; twice the same code would be a fault."""
    found = [one for one in result(bars, **options).warnings if one.code not in {"no_trades", "thin_data"}]
    assert len({one.code for one in found}) == len(found)
    return {one.code: one.message for one in found}


def stored(made: pd.DataFrame, folder: Path, actions: tuple[CorporateAction, ...] = ()) -> Path:
    path = folder / "AAPL_1d.csv"
    made.to_csv(path, index=False)
    read = read_bars(path)
    store().write(read.bars, read.instrument, actions, "test")
    return path


@pytest.mark.parametrize("source", ["frame", "file", "store", "loaded"])
@pytest.mark.parametrize(
    ("prices", "actions", "code"),
    [
        ((25.0, 25.0), (FOUR,), "action_doubt"),
        ((100.0, 25.0), (), "jump"),
        ((100.0, 25.0), (FOUR, FOUR), "action_twice"),
        ((100.0, 25.0), (FOUR,), None),
    ],
    ids=["adjusted", "missing", "twice", "right"],
)
def test_actions_are_held_against_prices_wherever_they_come_from(
    source: str, prices: tuple[float, float], actions: tuple[CorporateAction, ...], code: str | None, tmp_path: Path
) -> None:
    path = stored(frame(*prices), tmp_path, actions)
    bars = {"frame": frame(*prices), "file": path, "loaded": load_bars("AAPL", "1d"), "store": None}[source]
    given: dict[str, Any] = {"bars": {"AAPL": bars}} if source != "store" else {"bars": None, "symbols": ["AAPL"]}
    if source in {"frame", "file"}:
        given |= {"asset": "stock", "actions": {"AAPL": list(actions)}}
    assert list(warned(**given)) == ([code] if code else [])


def test_a_split_that_stands_twice_counts_once() -> None:
    for again in ([FOUR], [FOUR, FOUR], [FOUR, Split(ex_date=EX, ratio=Decimal("4.00")), FOUR]):
        found = result({"X": frame(100.0, 25.0)}, actions={"X": again}, asset="stock")
        assert found.stats["final_equity"] == 100_000
        assert found.positions == {"X": 3920}  # 98 % of the cash: 980 shares, four times
    message = warned({"X": frame(100.0, 25.0)}, actions={"X": [FOUR, FOUR, FOUR]}, asset="stock")["action_twice"]
    assert message == f"X: the split on {EX} (and 1 more) stands twice among the actions: counted once"


def test_a_dividend_that_stands_twice_is_paid_once() -> None:
    paid = Dividend(ex_date=EX, amount=Decimal("0.5"))
    found = result({"X": frame(100.0, 99.5)}, actions={"X": [paid, paid]}, asset="stock")
    assert [float(flow.amount) for flow in found.cash_flows] == [490.0]  # of 980 shares


def test_the_example_of_the_docs_says_what_is_wrong_with_adjusted_prices() -> None:
    message = warned({"X": frame(25.0, 25.0)}, actions={"X": [FOUR]}, asset="stock")["action_doubt"]
    assert message in WALLE.read_text()


def test_a_bare_frame_of_hours_around_the_clock_is_crypto_and_says_so() -> None:
    found = result(hours())
    assert found.run["data"]["BARS"]["asset"] == "crypto"
    (told,) = [one.message for one in found.warnings if one.code == "asset_guessed"]
    assert told == (
        "BARS: taken for crypto, as its bars run through the weekends: tick 0.00000001, lot 0.00000001, hours around "
        'the clock, costs alpaca-crypto unless given; --asset crypto (asset="crypto" in Python) confirms it, '
        "stock, fx or future says otherwise"
    )


def test_a_bare_frame_of_days_is_a_stock_for_want_of_a_name() -> None:
    assert "taken for stock, for want of a name" in warned(frame(100.0, 101.0))["asset_guessed"]


def test_a_given_class_is_never_overruled_and_its_contradiction_is_told() -> None:
    found = result(hours(), asset="stock", cash=500_000)
    assert found.run["data"]["BARS"]["asset"] == "stock"
    told = {one.code: one.message for one in found.warnings}
    assert "through the weekends" in told["asset_doubt"]
    assert "asset_guessed" not in told


def test_the_catalogues_class_is_neither_guessed_nor_overruled(tmp_path: Path) -> None:
    path = tmp_path / "AAPL_1h.csv"
    hours().to_csv(path, index=False)
    read = read_bars(path, asset_class=AssetClass.STOCK)
    store().write(read.bars, read.instrument, (), "test")
    for bars in ({"bars": None, "symbols": ["AAPL"]}, {"bars": load_bars("AAPL", "1h")}):
        found = result(**bars, cash=500_000)
        assert found.run["data"]["AAPL"]["asset"] == "stock"
        assert [one.code for one in found.warnings].count("asset_doubt") == 1


def test_many_guesses_of_a_kind_are_one_warning() -> None:
    bars = {name: frame(100.0, 101.0) for name in ("AAA", "BBB", "CCC", "DDD", "EEE")} | {"BTCUSD": hours_as_days()}
    told = [one.message for one in result(bars).warnings if one.code == "asset_guessed"]
    assert len(told) == 2
    assert told[0].startswith(
        "AAA, BBB, CCC and 2 more: taken for stock, by its name: tick 0.01, lot 1, hours New York's"
    )
    assert told[1].startswith("BTCUSD: taken for crypto, by its name")


def hours_as_days() -> pd.DataFrame:
    return frame(42_000.0, 42_100.0, pd.date_range("2024-01-02", periods=84, freq="1D", tz="UTC"))


def test_a_future_is_no_stock_and_names_what_goes_with_it() -> None:
    times = pd.date_range("2024-01-02", periods=24 * 8, freq="15min", tz="America/New_York")
    found = result({"ES=F": frame(4800.0, 4801.0, times[(times.day_of_week < 5) & (times.hour != 17)])})
    assert found.run["data"]["ES=F"]["asset"] == "future"
    assert found.run["costs"]["ES=F"] == {}
    (told,) = [one.message for one in found.warnings if one.code == "asset_guessed"]
    assert "multiplier 1, hours 17:00 to 17:00 New York, Sunday to Friday, costs futures unless given" in told
    assert len(found.fills) == 1
    assert found.fills[0].timestamp.hour == 5  # at night in New York
    assert "gaps" not in {one.code for one in found.warnings}  # the hour from 17:00 is no hole


def test_bars_in_memory_are_guessed_by_what_they_show() -> None:
    bars = read_frame(hours())
    assert result({"GOLD": bars}).run["data"]["GOLD"]["asset"] == "crypto"


def read_frame(made: pd.DataFrame) -> Any:
    return bars_from_frame(made, symbol="X").bars


def test_a_record_with_guesses_and_doubts_is_the_same_again(tmp_path: Path) -> None:
    path = tmp_path / "X_1d.csv"
    frame(25.0, 25.0).to_csv(path, index=False)
    first = result({"X": path}, actions={"X": [FOUR, FOUR]})
    again = run(plan_again(first.run, folder=tmp_path), progress=lambda *_: None)
    assert again.warnings == first.warnings
    assert {one.code for one in first.warnings} >= {"asset_guessed", "action_twice", "action_doubt"}
