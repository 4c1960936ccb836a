"""Historical bars, splits and dividends as Alpaca writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from weaver.model.errors import DataError, InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.model.market.timeframe import Timeframe
from weaver.veda.adapters.alpaca.wire.bars import bars_of, corporate_actions_of, timeframe_text

LATER = datetime(2025, 1, 1, tzinfo=UTC)


def row(time: str, close: float = 10.5, **values: object) -> dict[str, object]:
    return {"t": time, "o": 10.0, "h": 11.0, "l": 9.5, "c": close, "v": 1200, "n": 3, "vw": 10.2} | values


def read(rows: object, *, timeframe: str = "1m", now: datetime = LATER, asset: AssetClass = AssetClass.STOCK) -> Bars:
    return bars_of(rows, symbol="X", asset_class=asset, timeframe=Timeframe.parse(timeframe), now=now)


def starts(bars: Bars) -> list[str]:
    return [str(stamp)[:16] for stamp in bars.timestamp.astype("datetime64[ns]")]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("1m", "1Min"),
        ("30m", "30Min"),
        ("60m", "1Hour"),
        ("4h", "4Hour"),
        ("1d", "1Day"),
        ("1w", "1Week"),
        ("3mo", "3Month"),
    ],
)
def test_timeframes_are_spelt_as_alpaca_spells_them(ours: str, theirs: str) -> None:
    assert timeframe_text(Timeframe.parse(ours)) == theirs


@pytest.mark.parametrize("timeframe", ["90m", "2d", "2w", "7d"])
def test_timeframe_that_alpaca_lacks_is_refused(timeframe: str) -> None:
    with pytest.raises(InputError, match="Alpaca has no bars of"):
        timeframe_text(Timeframe.parse(timeframe))


def test_minutes_are_read_in_order_each_once() -> None:
    rows = [row("2024-03-04T14:31:00Z"), row("2024-03-04T14:30:00Z"), row("2024-03-04T14:31:00Z", close=10.75)]
    bars = read(rows)
    assert starts(bars) == ["2024-03-04T14:30", "2024-03-04T14:31"]
    assert bars.close.tolist() == [10.5, 10.75]
    assert (bars.end - bars.timestamp).tolist() == [60 * 10**9] * 2


def test_bar_that_has_not_ended_is_left_out() -> None:
    rows = [row("2024-03-04T14:30:00Z"), row("2024-03-04T14:31:00Z")]
    assert len(read(rows, now=datetime(2024, 3, 4, 14, 31, 59, tzinfo=UTC))) == 1
    assert len(read(rows, now=datetime(2024, 3, 4, 14, 32, tzinfo=UTC))) == 2


@pytest.mark.parametrize(
    ("time", "label"),
    [("2024-03-08T05:00:00Z", "2024-03-08T00:00"), ("2024-03-11T04:00:00Z", "2024-03-11T00:00")],  # winter, summer
)
def test_daily_stock_bar_is_labelled_with_its_date_and_ends_at_its_close(time: str, label: str) -> None:
    bars = read([row(time)], timeframe="1d")
    assert starts(bars) == [label]
    close = np.datetime64(f"{label[:10]}T21:00" if time.endswith("05:00:00Z") else f"{label[:10]}T20:00")
    assert bars.end.astype("datetime64[ns]")[0] == close


def test_daily_stock_bar_counts_twenty_minutes_after_its_close() -> None:
    rows = [row("2024-03-08T05:00:00Z")]
    assert len(read(rows, timeframe="1d", now=datetime(2024, 3, 8, 21, 19, tzinfo=UTC))) == 0
    assert len(read(rows, timeframe="1d", now=datetime(2024, 3, 8, 21, 20, tzinfo=UTC))) == 1


def test_daily_pair_is_stamped_with_utc_midnight() -> None:
    assert starts(read([row("2024-03-08T00:00:00Z")], timeframe="1d", asset=AssetClass.CRYPTO)) == ["2024-03-08T00:00"]


@pytest.mark.parametrize("nothing", [[], None, "x", [None]])
def test_nothing_is_no_bars(nothing: object) -> None:
    assert len(read(nothing)) == 0


@pytest.mark.parametrize(
    "broken",
    [{"o": None}, {"t": "soon"}, {"t": 5}, {"h": "high"}, {"l": -1.0}, {"h": 9.0}, {"v": -5}, {"c": float("nan")}],
)
def test_bar_that_cannot_be_true_is_an_error_and_not_a_gap(broken: dict[str, object]) -> None:
    with pytest.raises(DataError, match=r"Alpaca sent (a bar|bars) of X that cannot be"):
        read([row("2024-03-04T14:30:00Z"), row("2024-03-04T14:31:00Z", **broken)])


def test_splits_and_dividends_are_read_exactly() -> None:
    found = corporate_actions_of(
        {
            "forward_splits": [{"symbol": "X", "new_rate": 4, "old_rate": 1, "ex_date": "2020-08-31"}],
            "reverse_splits": [{"symbol": "X", "new_rate": 1, "old_rate": 8, "ex_date": "2021-08-02"}],
            "stock_dividends": [{"symbol": "X", "rate": 0.05, "ex_date": "2022-05-02"}],
            "cash_dividends": [
                {"symbol": "X", "rate": 0.205, "ex_date": "2020-08-07", "payable_date": "2020-08-13"},
                {"symbol": "Y", "rate": 1, "ex_date": "2020-08-07"},
                {"symbol": "X", "ex_date": "2020-08-07"},
                {"symbol": "X", "rate": 1, "ex_date": "soon"},
            ],
            "spin_offs": [{"symbol": "X", "ex_date": "2020-08-07", "new_rate": 1}],
        },
        "X",
    )
    assert set(found) == {
        Split(ex_date=date(2020, 8, 31), ratio=4),
        Split(ex_date=date(2021, 8, 2), ratio=Fraction(1, 8)),
        Split(ex_date=date(2022, 5, 2), ratio=Fraction(21, 20)),
        Dividend(ex_date=date(2020, 8, 7), amount=Decimal("0.205")),
    }
    assert list(corporate_actions_of(None, "X")) == []
