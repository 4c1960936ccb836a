"""Bars written in drawn dialects of vendors are read as they were written, or refused in one line: never otherwise.

The writer knows nothing of the reader. It writes what people have seen files look like, in any combination: also those
that nobody can read in one way only.
"""

import bz2
import csv as csv_module
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars

NEW_YORK = ZoneInfo("America/New_York")
HEADERS = {
    "english": ("Date", "Open", "High", "Low", "Close", "Volume"),
    "small": ("timestamp", "open", "high", "low", "close", "volume"),
    "letters": ("t", "o", "h", "l", "c", "v"),
    "last": ("Time", "Open", "High", "Low", "Last", "Volume"),
    "price": ("Date", "Open", "High", "Low", "Price", "Vol."),
    "brackets": ("<DATE>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>"),
    "german": ("Datum", "Erster", "Hoch", "Tief", "Schlusskurs", "Stuecke"),
    "french": ("Date", "Ouverture", "Plus haut", "Plus bas", "Clôture", "Volume"),
    "portuguese": ("Data", "Abertura", "Máxima", "Mínima", "Último", "Vol."),
    "polish": ("Data", "Otwarcie", "Najwyższy", "Najniższy", "Zamknięcie", "Wolumen"),
    "russian": ("Дата", "Откр.", "Макс.", "Мин.", "Цена", "Объём"),
    "chinese": ("日期", "开盘", "最高", "最低", "收盘", "成交量"),
    "japanese": ("日付", "始値", "高値", "安値", "終値", "出来高"),
}
DAYS: dict[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "compact": lambda day: f"{day:%Y%m%d}",
    "slashes": lambda day: f"{day:%Y/%m/%d}",
    "short iso": lambda day: f"{day.year}-{day.month}-{day.day}",
    "us": lambda day: f"{day:%m/%d/%Y}",
    "us short": lambda day: f"{day.month}/{day.day}/{day:%y}",
    "uk": lambda day: f"{day:%d/%m/%Y}",
    "dashes": lambda day: f"{day:%d-%m-%Y}",
    "german": lambda day: f"{day:%d.%m.%Y}",
    "german short": lambda day: f"{day:%d.%m.%y}",
    "named": lambda day: f"{day:%d-%b-%Y}",
    "named short": lambda day: f"{day.day}-{day:%b-%y}",
    "american words": lambda day: f"{day:%b} {day.day}, {day.year}",
    "spreadsheet": lambda day: str((day - date(1899, 12, 30)).days),
}
MOMENTS: dict[str, Callable[[datetime], str]] = {
    "iso z": lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}",
    "naive": lambda at: f"{at:%Y-%m-%d %H:%M}",
    "offset": lambda at: f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S%z}",
    "abbreviation": lambda at: f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S %Z}",
    "zone": lambda at: f"{at.astimezone(NEW_YORK):%Y%m%d %H:%M:%S} US/Eastern",
    "half": lambda at: f"{at:%m/%d/%Y %I:%M %p}",
    "half of a day": lambda at: f"{at:%Y-%m-%d %I-%p}",
    "german": lambda at: f"{at:%d.%m.%Y %H:%M:%S}.000",
    "compact": lambda at: f"{at:%Y%m%d %H%M%S}",
    "seconds": lambda at: str(int(at.timestamp())),
    "milliseconds": lambda at: str(int(at.timestamp()) * 1000),
    "microseconds": lambda at: str(int(at.timestamp()) * 1_000_000),
    "nanoseconds": lambda at: str(int(at.timestamp()) * 10**9),
    "us short": lambda at: f"{at.month}/{at.day}/{at:%y} {at.hour}:{at:%M}",
    "finer later": lambda at: str(int(at.timestamp()) * (1000 if at.hour < 12 else 1_000_000)),
}
NUMBERS: dict[str, Callable[[float], str]] = {
    "plain": lambda number: f"{number:.2f}",
    "shortest": lambda number: f"{number:g}",
    "dollar": lambda number: f"${number:.2f}",
    "thousands": lambda number: f"{number:,.2f}",
    "comma": lambda number: f"{number:.2f}".replace(".", ","),
    "german": lambda number: f"{number:,.2f}".translate(str.maketrans(",.", ".,")),
    "swiss": lambda number: f"{number:,.2f}".replace(",", "'"),
    "euro": lambda number: f"{number:.2f} €".replace(".", ","),
    "three": lambda number: f"{number:.3f}",
    "three by comma": lambda number: f"{number:.3f}".replace(".", ","),
    "exponent": lambda number: f"{number:.6e}",
}
VOLUMES: dict[str, Callable[[int], str]] = {
    "plain": str,
    "float": lambda volume: f"{volume}.0",
    "thousands": lambda volume: f"{volume:,}",
    "german": lambda volume: f"{volume:,}".replace(",", "."),
    "blanks": lambda volume: f"{volume:,}".replace(",", "\N{NO-BREAK SPACE}"),
}
BY_COMMA = {"comma", "german", "euro", "three by comma"}
"""Numbers whose decimals stand behind a comma: their vendor separates thousands by a point, others by a comma."""
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
PACKED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
NOTHING = ("", "null", "NaN", "-", "N/A")
BEFORE = ("", "https://www.example.com\n", "# from a vendor\n", "sep=\n", "Prices of X, daily\n\n")
AFTER = ("", '"Downloaded from a vendor as of 03-16-2020 10:00am CDT"\n', "The end\n")
Bar = tuple[int, float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a file is written."""

    header: str | None
    columns: Sequence[int]
    time: str
    number: str
    volume: str
    separator: str
    newline: str
    newest_first: bool
    before: str
    after: str
    empty: int | None
    nothing: str
    packing: str
    encoding: str
    extra: bool
    trailing: bool


@st.composite
def dialects(draw: st.DrawFn, times: dict[str, Callable[..., str]]) -> Dialect:
    """With a header, in any order of columns; without, in the usual one."""
    header = draw(st.none() | st.sampled_from(sorted(HEADERS)))
    number = draw(st.sampled_from(sorted(NUMBERS)))
    return Dialect(
        header=header,
        columns=[0, 1, 2, 3, 4, 5] if header is None else draw(st.permutations([0, 1, 2, 3, 4, 5])),
        time=draw(st.sampled_from(sorted(times))),
        number=number,
        volume=draw(st.sampled_from(sorted({*VOLUMES} - {"thousands" if number in BY_COMMA else "german"}))),
        separator=draw(st.sampled_from([",", ",", ";", "\t", "|"])),
        newline=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        newest_first=draw(st.booleans()),
        before=draw(st.sampled_from(BEFORE)),
        after=draw(st.sampled_from(AFTER)),
        empty=draw(st.none() | st.integers(0, 4)),
        nothing=draw(st.sampled_from(NOTHING)),
        packing=draw(st.sampled_from(["", "", ".zip", *PACKED])),
        encoding=draw(st.sampled_from(ENCODINGS)),
        extra=draw(st.booleans()) and header is not None,
        trailing=draw(st.booleans()) and draw(st.booleans()),
    )


@st.composite
def bars(draw: st.DrawFn, stamps: Sequence[int], *, decimals: int = 2) -> list[Bar]:
    """Bars whose low is not above their other prices, on some of the stamps."""
    scale = draw(st.sampled_from([1, 1, 40, 1000]))
    found = []
    for stamp in stamps:
        low = draw(st.integers(100, 9_900)) * scale
        rises = [draw(st.integers(0, 300)) * scale for _ in range(3)]
        opened, closed, top = low + rises[0], low + rises[1], low + sum(rises)
        volume = draw(st.integers(0, 5_000_000))
        found.append((stamp, *(round(price / 10**decimals, decimals) for price in (opened, top, low, closed)), volume))
    return found


def written(rows: list[Bar], dialect: Dialect, time_of: Callable[[int], str]) -> str:
    """The file's text."""
    target = io.StringIO()
    writer = csv_module.writer(target, delimiter=dialect.separator, lineterminator=dialect.newline)
    number, volume = NUMBERS[dialect.number], VOLUMES[dialect.volume]
    lines = [
        [time_of(stamp), *map(number, prices), volume(int(traded))] for stamp, *prices, traded in rows
    ]  # fmt: skip
    if dialect.empty is not None and dialect.empty < len(lines):
        lines[dialect.empty][1:] = [dialect.nothing] * 5
    lines = lines[::-1] if dialect.newest_first else lines
    more = ["Adj Close", "Change %"] if dialect.extra else []
    if dialect.header is not None:
        names = HEADERS[dialect.header]
        writer.writerow([*(names[at] for at in dialect.columns), *more])
    for line in lines:
        writer.writerow([*(line[at] for at in dialect.columns), *["0.5%" for _ in more], *[""] * dialect.trailing])
    before = dialect.before.replace("sep=", f"sep={dialect.separator}").replace("\n", dialect.newline)
    return before + target.getvalue() + dialect.after.replace("\n", dialect.newline)


def packed(folder: Path, text: str, packing: str, encoding: str = "utf-8") -> Path:
    """The file, in another encoding only where that has all letters."""
    path = folder / f"X_1d.csv{packing}"
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.encode()
    if packing == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("X_1d.csv", data)
    else:
        path.write_bytes(PACKED[packing](data) if packing else data)
    return path


def _day(stamp: int) -> date:
    return EPOCH + timedelta(days=stamp // 86_400 // 10**9)


def check(folder: Path, rows: list[Bar], dialect: Dialect, time_of: Callable[[int], str], asset: AssetClass) -> None:
    """What is read is what was written, to the digits that were written; or one line says why nothing is."""
    path = packed(folder, written(rows, dialect, time_of), dialect.packing, dialect.encoding)
    try:
        read = read_bars(path, tz="UTC", asset_class=asset).bars
    except InputError as error:
        assert "\n" not in str(error)
        event("refused")
        return
    event("read")
    expected = [row for at, row in enumerate(rows) if at != dialect.empty]
    digits = 6 if dialect.number in {"shortest", "exponent"} else 12
    found = list(zip(read.timestamp, read.open, read.high, read.low, read.close, read.volume, strict=True))
    assert [row[0] for row in found] == [row[0] for row in expected]
    for one, other in zip(found, expected, strict=True):
        assert [float(f"{value:.{digits}g}") for value in one[1:5]] == [
            float(f"{value:.{digits}g}") for value in other[1:5]
        ]
        assert one[5] == other[5]


GOOD_FRIDAY = date(2020, 4, 10)
SESSIONS = [
    day for day in (date(2020, 3, 2) + timedelta(days=n) for n in range(40)) if day.weekday() < 5 and day != GOOD_FRIDAY
]
EPOCH = date(1970, 1, 1)
LIMITS = settings(max_examples=2_500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@LIMITS
@given(data=st.data())
def test_days_of_a_stock(tmp_path: Path, data: st.DataObject) -> None:
    dialect = data.draw(dialects(DAYS))
    first, count = data.draw(st.integers(0, 20)), data.draw(st.integers(4, 8))
    stamps = [(day - EPOCH).days * 86_400 * 10**9 for day in SESSIONS[first : first + count]]
    rows = data.draw(bars(stamps))
    write = DAYS[dialect.time]
    check(
        tmp_path, rows, dialect, lambda stamp: write(EPOCH + timedelta(days=stamp // 86_400 // 10**9)), AssetClass.STOCK
    )


@LIMITS
@given(data=st.data())
def test_hours_of_a_coin(tmp_path: Path, data: st.DataObject) -> None:
    dialect = data.draw(dialects(MOMENTS))
    start = datetime(2020, 3, data.draw(st.integers(1, 28)), data.draw(st.integers(0, 23)), tzinfo=UTC)
    hours = [start + timedelta(hours=n) for n in range(data.draw(st.integers(4, 8)))]
    rows = data.draw(bars([int(hour.timestamp()) * 10**9 for hour in hours]))
    write = MOMENTS[dialect.time]
    check(tmp_path, rows, dialect, lambda stamp: write(datetime.fromtimestamp(stamp // 10**9, UTC)), AssetClass.CRYPTO)


@pytest.mark.parametrize("time", sorted(set(DAYS) - {"spreadsheet", "us", "us short", "uk", "dashes"}))
@pytest.mark.parametrize("header", [None, *sorted(HEADERS)])
def test_plain_numbers_are_read_with_every_date_and_header(tmp_path: Path, time: str, header: str | None) -> None:
    """So that the files above are not all refused."""
    rows: list[Bar] = [((day - EPOCH).days * 86_400 * 10**9, 10.5, 12.25, 9.5, 11, 1000) for day in SESSIONS[:6]]
    dialect = Dialect(
        header=header, columns=[0, 1, 2, 3, 4, 5], time=time, number="plain", volume="plain", separator=";",
        newline="\n", newest_first=True, before="", after=AFTER[1], empty=2, nothing="null", packing=".zip",
        encoding="utf-8", extra=False, trailing=False,
    )  # fmt: skip
    text = written(rows, dialect, lambda stamp: DAYS[time](_day(stamp)))
    read = read_bars(packed(tmp_path, text, ".zip"), asset_class=AssetClass.STOCK).bars
    assert read.timestamp.tolist() == [row[0] for at, row in enumerate(rows) if at != 2]
    assert set(read.close.tolist()) == {11.0}
