"""What timeframe a file's bars have: against bars whose closes come from exchange_calendars and pandas."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

from tests.shared_data import REPOSITORY, SAMPLES
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.frames import bars_from_frame

pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")  # exchange_calendars'
NEW_YORK = "America/New_York"
SUNDAYS = (
    "the frame of X: weeks are labelled with Sundays, taken for the days on which they begin: if they end there, each "
    "bar is seen a week late; label them with their Mondays"
)
GIVEN = (
    None,
    "1m",
    "5m",
    "30m",
    "1h",
    "4h",
    "1d",
    "2d",
    "3d",
    "5d",
    "7d",
    "10d",
    "28d",
    "31d",
    "1w",
    "2w",
    "1mo",
    "3mo",
)


@cache
def sessions(asset: str) -> pd.DataFrame:
    """Opening and closing instants of sessions, 2016 to 2021, by date."""
    days = pd.date_range("2016-01-01", "2021-12-31")
    if asset == "stock":
        exchange = exchange_calendars.get_calendar("XNYS", start="2010-01-01", end="2022-12-31")
        return exchange.schedule.loc["2016":"2021", ["open", "close"]]
    if asset == "crypto":
        opens = days.tz_localize("UTC")
        return pd.DataFrame({"open": opens, "close": opens + pd.Timedelta(days=1)}, index=days)
    days = days[days.day_of_week < 5]  # futures, some of which trade on the exchange's holidays, too
    closes = (days + pd.Timedelta(hours=17)).tz_localize(NEW_YORK).tz_convert("UTC")
    opens = (days - pd.Timedelta(hours=7)).tz_localize(NEW_YORK).tz_convert("UTC")
    return pd.DataFrame({"open": opens, "close": closes}, index=days)


def intraday(asset: str, minutes: int, start: str, days: int) -> pd.DataFrame:
    """Stamps and closes of a vendor's bars within sessions: a grid from each session's open, the last bar cut."""
    rows = []
    for _, session in sessions(asset).loc[start:].head(days).iterrows():
        stamps = pd.date_range(session["open"], session["close"], freq=f"{minutes}min", inclusive="left")
        rows += [(stamp, min(stamp + pd.Timedelta(minutes=minutes), session["close"])) for stamp in stamps]
    return pd.DataFrame(rows, columns=["stamp", "close"])


def of_sessions(asset: str, count: int, start: str, bars: int) -> pd.DataFrame:
    """Bars of so many sessions each, labelled with their first one."""
    table = sessions(asset).loc[start:]
    rows = [(table.index[k], table["close"].iloc[k + count - 1]) for k in range(0, count * bars, count)]
    return pd.DataFrame(rows, columns=["stamp", "close"])


def of_periods(asset: str, period: str, label: str, start: str, bars: int) -> pd.DataFrame:
    """Bars of calendar weeks or months, labelled as vendors do."""
    table = sessions(asset).loc[start:]
    groups = table.groupby(table.index.to_period(period))
    rows = []
    for span, group in list(groups)[1 : bars + 1]:
        stamp = {
            "first day": span.start_time.normalize(),
            "first session": group.index[0],
            "last session": group.index[-1],
            "last day": span.end_time.normalize(),
            "Sunday before": span.start_time.normalize() - pd.Timedelta(days=1),
            "Friday": span.start_time.normalize() + pd.Timedelta(days=4),
            "midnight New York": group.index[0].tz_localize(NEW_YORK),
        }[label]
        rows.append((stamp, group["close"].iloc[-1]))
    return pd.DataFrame(rows, columns=["stamp", "close"])


def read(table: pd.DataFrame, asset: str, timeframe: str | None) -> Bars:
    """Bars of volume 1 each, so that a coarser bar's volume counts what is in it."""
    prices = np.arange(len(table)) + 10.0
    frame = pd.DataFrame({**dict.fromkeys(("open", "high", "low", "close"), prices), "volume": 1.0})
    frame["timestamp"] = table["stamp"].tolist()
    wanted = None if timeframe is None else Timeframe.parse(timeframe)
    return bars_from_frame(frame, symbol="X", timeframe=wanted, asset_class=AssetClass(asset)).bars


def seen_early(bars: Bars, closes: pd.Series) -> list[int]:
    """The bars that are visible before the last of what they hold had closed."""
    place = np.cumsum(bars.volume).astype(int)
    last = np.maximum.accumulate(pd.DatetimeIndex(closes, tz="UTC").as_unit("ns").asi8)[place - 1]
    return np.flatnonzero(bars.end < last).tolist()


ASSETS = ("stock", "crypto", "fx", "future")
LABELS = {
    "W-SUN": ("first day", "first session", "last session", "Sunday before", "Friday", "midnight New York"),
    "M": ("first day", "first session", "last session", "last day", "midnight New York"),
    "Q-DEC": ("first day", "last day"),
    "Q-JAN": ("first day", "last day"),
    "W-TUE": ("first day",),
    "W-WED": ("last day",),
}  # fmt: skip
LENGTHS = {"W": 60, "M": 30, "Q": 8}
VENDORS: dict[str, tuple[str, Callable[[], pd.DataFrame]]] = {
    "stock minutes": ("stock", partial(intraday, "stock", 1, "2018-11-21", 2)),
    "stock half hours": ("stock", partial(intraday, "stock", 30, "2018-11-14", 12)),
    "stock hours": ("stock", partial(intraday, "stock", 60, "2018-03-05", 12)),
    "coin minutes": ("crypto", partial(intraday, "crypto", 1, "2018-03-05", 1)),
    "coin seven hours": ("crypto", partial(intraday, "crypto", 420, "2018-03-05", 40)),
    "coin twelve hours": ("crypto", partial(intraday, "crypto", 720, "2018-03-05", 40)),
    "pair hours": ("fx", partial(intraday, "fx", 60, "2018-03-05", 12)),
    "pair four hours": ("fx", partial(intraday, "fx", 240, "2018-03-05", 60)),
    **{
        f"{asset} {count} sessions": (asset, partial(of_sessions, asset, count, "2017-11-06", 60))
        for asset in ASSETS
        for count in (1, 2, 3, 4, 5, 10)
    },
    **{
        f"{asset} {period} {label}": (
            asset,
            partial(of_periods, asset, period, label, "2016-12-05", LENGTHS[period[0]]),
        )
        for asset in ASSETS
        for period, labels in LABELS.items()
        for label in labels
        if (asset, label) != ("crypto", "Sunday before")  # weeks of coins that begin on Sundays end on Saturdays
    },
}


@pytest.mark.parametrize("name", VENDORS)
def test_no_bar_is_visible_before_the_close_of_its_last_session(name: str) -> None:
    asset, make = VENDORS[name]
    table = make()
    chance, came = Random(name), 0
    for holes in (0.0, 0.1, 0.5):
        kept = table[[k == 0 or chance.random() >= holes for k in range(len(table))]].reset_index(drop=True)
        for timeframe in GIVEN:
            try:
                bars = read(kept, asset, timeframe)
            except InputError as refusal:
                assert "give" in str(refusal) or "choose" in str(refusal)
                assert "\n" not in str(refusal)
                continue
            came += 1
            assert seen_early(bars, kept["close"]) == [], (timeframe, holes)
    assert came or "Q-JAN" in name


@pytest.mark.parametrize("asset", ["stock", "fx"])
@pytest.mark.parametrize(
    ("period", "label", "timeframe"),
    [
        *(
            ("W-SUN", label, "1w")
            for label in ("first day", "first session", "last session", "Friday", "Sunday before")
        ),
        *(("M", label, "1mo") for label in ("first day", "first session", "last session", "last day")),
        ("Q-DEC", "first day", "3mo"),
        ("Q-DEC", "last day", "3mo"),
        ("Y-DEC", "first day", "12mo"),
    ],
)
def test_weeks_and_months_are_the_same_bars_however_they_are_labelled(
    asset: str, period: str, label: str, timeframe: str
) -> None:
    table = of_periods(asset, period, label, "2016-12-05", 50 if period == "W-SUN" else 4)
    bars = read(table, asset, None)
    assert str(bars.timeframe) == timeframe
    assert bars.end.tolist() == pd.DatetimeIndex(table["close"], tz="UTC").as_unit("ns").asi8.tolist()
    days = read(of_sessions(asset, 1, "2016-12-05", 1200), asset, timeframe)
    same = np.isin(days.timestamp, bars.timestamp)
    assert days.end[same].tolist() == bars.end.tolist()


def test_coin_weeks_from_monday_are_the_calendars_and_others_seven_days() -> None:
    monday = of_periods("crypto", "W-SUN", "first day", "2018-01-01", 9)
    assert str(read(monday, "crypto", None).timeframe) == "1w"
    thursday = of_periods("crypto", "W-WED", "first day", "2018-01-01", 9)
    bars = read(thursday, "crypto", None)
    assert str(bars.timeframe) == "7d"
    assert (bars.end - bars.timestamp == 7 * 86400 * 10**9).all()
    with pytest.raises(InputError, match="7 days apart, and not labelled with the first or last day of a week"):
        read(thursday, "crypto", "1w")


def test_labels_of_sundays_are_taken_for_the_beginning_and_that_is_said() -> None:
    for asset in AssetClass:
        table = of_periods(str(asset), "W-SUN", "Sunday before", "2018-01-01", 9)
        frame = pd.DataFrame({"timestamp": table["stamp"], "open": 1.0, "high": 1.0, "low": 1.0, "close": 1.0})
        found = bars_from_frame(frame, symbol="X", asset_class=asset).warnings
        assert [one.message for one in found if one.code == "labels"] == [SUNDAYS]


PAGE = (REPOSITORY / "docs" / "architecture" / "walle.md").read_text(encoding="utf-8")
EXAMPLES = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.partition("| times of the bars |")[2].partition("\n\n")[0].splitlines()[2:]
]


def csv(folder: Path, *stamps: str) -> Path:
    path = folder / "X.csv"
    path.write_text("timestamp,open,high,low,close,volume\n" + "".join(f"{stamp},1,1,1,1,1\n" for stamp in stamps))
    return path


@pytest.mark.parametrize(
    ("stamps", "asset", "given", "found"),
    [
        (("2021-03-05", "2021-03-08"), "stock", None, "1d"),  # a Friday and a Monday
        (("2021-03-05", "2021-03-08"), "fx", None, "1d"),
        (("2021-01-15", "2021-01-19"), "stock", "1d", "1d"),  # and a holiday between them
        (("2021-03-01", "2021-03-03", "2021-03-08", "2021-03-10"), "stock", "1d", "1d"),  # seldom traded
        (("2021-03-05",), "stock", "1w", "1w"),
        (("2021-03-31",), "stock", "1mo", "1mo"),
        (("2021-03-01 15:00Z", "2021-03-01 15:02Z", "2021-03-01 15:07Z"), "stock", "1m", "1m"),
        (("2001-09-10", "2001-09-17", "2001-09-24"), "stock", None, "1w"),  # the 17th is the session after the 10th
        (("2021-01-31 23:59Z", "2021-02-28 23:59Z", "2021-03-31 23:59Z"), "crypto", None, "1mo"),
        (("2021-02-26 16:00-05:00", "2021-03-31 16:00-04:00"), "stock", None, "1mo"),  # the close, as the label
    ],
)
def test_sparse_and_few_bars_are_read_as_what_they_are(
    tmp_path: Path, stamps: tuple[str, ...], asset: str, given: str | None, found: str
) -> None:
    wanted = None if given is None else Timeframe.parse(given)
    bars = read_bars(csv(tmp_path, *stamps), timeframe=wanted, asset_class=AssetClass(asset)).bars
    assert str(bars.timeframe) == found


@pytest.mark.parametrize(
    ("stamps", "asset", "given", "problem"),
    [
        (("2021-01-01", "2021-02-01", "2021-03-01"), "stock", "1d", "the bars are 1mo apart: bars of 1d cannot be"),
        (("2021-01-01", "2021-02-01"), "stock", "1d", "give 1mo or a multiple"),
        (("2021-01-15", "2021-02-15", "2021-03-15"), "stock", "1d", "bars of 1d cannot be made of them"),
        (("2021-01-15", "2021-02-15", "2021-03-15"), "crypto", "1mo", "not labelled with the first or last day"),
        (("2021-03-01", "2021-03-08", "2021-03-15"), "stock", "1mo", "only of days or of what fits into a day"),
        (("2021-03-03", "2021-03-10", "2021-03-17"), "stock", "1w", "from Monday on"),
        (("2021-03-03",), "stock", "1w", "not labelled with the first or last day"),
        (("2021-03-01", "2021-03-08", "2021-03-15", "2021-03-17"), "stock", None, "the same week as the one before it"),
        (("2021-01-04", "2021-02-01", "2021-03-01", "2021-03-17"), "stock", None, "the same month as the one before"),
        (("2021-03-01", "2021-03-02", "2021-03-03"), "stock", "1h", "the bars are 1d apart"),
        (("2021-03-12 05:00Z", "2021-03-13 05:00Z", "2021-03-14 04:00Z"), "crypto", "1h", "the bars are 1d apart"),
        (("2021-03-01 15:00Z", "2021-03-01 15:02Z", "2021-03-01 15:04Z"), "stock", "1m", "the bars are 2m apart"),
        (("2021-01-31 15:00Z", "2021-02-28 15:00Z", "2021-03-31 15:00Z"), "stock", None, "would be of Sunday"),
        *(
            (("2021-01-31 15:00Z", "2021-02-28 15:00Z", "2021-03-31 15:00Z"), asset, given, problem)  # Tokyo's months
            for asset in ("crypto", "fx")
            for given, problem in ((None, "days apart: give"), ("1mo", "first or last"), ("1d", "cannot be made of"))
        ),
    ],
)  # fmt: skip
def test_bars_farther_apart_than_the_timeframe_given_are_refused(
    tmp_path: Path, stamps: tuple[str, ...], asset: str, given: str | None, problem: str
) -> None:
    wanted = None if given is None else Timeframe.parse(given)
    with pytest.raises(InputError, match=problem):
        read_bars(csv(tmp_path, *stamps), timeframe=wanted, asset_class=AssetClass(asset))


def test_hours_that_begin_with_a_half_one_are_not_taken_for_half_hours() -> None:
    days = sessions("stock").loc["2018-03-05":"2018-03-09", "open"]
    offsets = pd.to_timedelta([0, 30, 90, 150, 210, 270, 330], unit="min")
    table = pd.DataFrame({"stamp": [day + offset for day in days for offset in offsets]})
    assert str(read(table, "stock", None).timeframe) == "1h"
    with pytest.raises(InputError, match="the bars are 1h apart: bars of 30m"):
        read(table, "stock", "30m")


def test_real_days_put_together_to_weeks_equal_the_file_of_weeks() -> None:
    days = read_bars(SAMPLES / "AAPL_1d.csv").bars
    weeks = resample(days, Timeframe.parse("1w"), calendar_for(AssetClass.STOCK))
    columns = {name: getattr(weeks, name) for name in ("open", "high", "low", "close", "volume")}
    frame = pd.DataFrame({"date": pd.DatetimeIndex(weeks.timestamp), **columns})
    again = bars_from_frame(frame, symbol="AAPL", asset_class=AssetClass.STOCK).bars
    assert again.content_hash() == weeks.content_hash()


@pytest.mark.parametrize(("times", "asset", "given", "found"), EXAMPLES)
def test_examples_of_the_page_about_walle_hold(tmp_path: Path, times: str, asset: str, given: str, found: str) -> None:
    wanted, path = Timeframe.parse(given) if given else None, csv(tmp_path, *times.split(", "))
    try:
        read_as = str(read_bars(path, timeframe=wanted, asset_class=AssetClass(asset)).bars.timeframe)
    except InputError as refusal:
        read_as = f"refused: {str(refusal).partition(': ')[2]}"
    assert found.removeprefix("refused: ") in read_as
    assert found.startswith("refused: ") == read_as.startswith("refused: ")


@pytest.mark.parametrize("share", [0.6, 0.2, 0.03])
@pytest.mark.parametrize("given", ["1m", "5m", "15m", "1h", "1d"])
def test_thin_minutes_are_put_together_whatever_distance_is_most_common(share: float, given: str) -> None:
    every = pd.date_range("2021-03-01", periods=8_000, freq="1min", tz="UTC")
    some = every[np.random.default_rng(5).random(len(every)) < share]
    bars = read(pd.DataFrame({"stamp": some}), "crypto", given)
    freq = {"1m": "1min", "5m": "5min", "15m": "15min", "1h": "1h", "1d": "1D"}[given]
    assert pd.to_datetime(bars.timestamp, utc=True).tolist() == some.floor(freq).unique().tolist()
