"""CSV is read in pieces, and nobody can tell: the same numbers, and the same rows named where something is wrong."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from weaver.model.errors import DataError, InputError
from weaver.walle.files import csv_file
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.columns.times import time_text

ROWS = 400
HEADER = "timestamp,open,high,low,close,volume\n"


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_BLOCK", 1_024)
    monkeypatch.setattr(time_text, "_PIECE", 7)


def lines(stamp: str) -> list[str]:
    """Hourly bars whose open counts their rows, from 1."""
    first = np.datetime64("2024-01-01T00", "h")
    stamps = (first + np.arange(ROWS)).astype("datetime64[s]").tolist()
    return [f"{time.strftime(stamp)},{n},{n + 2},{n},{n + 1},{n * 10}\n" for n, time in enumerate(stamps, start=1)]


def epoch(unit: int) -> list[str]:
    start = 1_704_067_200
    return [f"{(start + 3600 * n) * unit},{n + 1},{n + 3},{n + 1},{n + 2},{(n + 1) * 10}\n" for n in range(ROWS)]


SPELLINGS = {
    "iso": lines("%Y-%m-%dT%H:%M:%SZ"),
    "blank": lines("%Y-%m-%d %H:%M:%S+00:00"),
    "compact": lines("%Y%m%d %H%M UTC"),
    "uneven": [line.replace("T0", "T", 1) if n % 3 else line for n, line in enumerate(lines("%Y-%m-%dT%H:%M:%SZ"))],
    "seconds": epoch(1),
    "milliseconds": epoch(1_000),
    "fractions": [line.replace(",", ".0,", 1) for line in epoch(1)],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("packed", [False, True])
def test_all_rows_of_all_pieces_are_there(tmp_path: Path, spelling: str, packed: bool) -> None:
    content = (HEADER + "".join(SPELLINGS[spelling])).encode()
    path = tmp_path / "X_1h.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    bars = read_bars(path).bars
    count = np.arange(1, ROWS + 1)
    hours = np.datetime64("2024-01-01T00", "h") + np.arange(ROWS)
    assert (bars.timestamp == hours.astype("datetime64[ns]").astype(np.int64)).all()
    for name, expected in (("open", count), ("high", count + 2), ("close", count + 1), ("volume", count * 10)):
        assert (getattr(bars, name) == expected).all(), name


def packed(members: int) -> bytes:
    """Rows packed as so many streams, one behind the other, as `cat a.gz b.gz` leaves them."""
    texts = [HEADER, *lines("%Y-%m-%dT%H:%M:%SZ")]
    return b"".join(gzip.compress("".join(texts[part::members]).encode()) for part in range(members))


def test_rows_of_a_file_packed_in_many_parts_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "X_1h.csv.gz"
    path.write_bytes(packed(members=ROWS + 1))
    assert read_bars(path).bars.open.tolist() == list(range(1, ROWS + 1))


@pytest.mark.parametrize(
    "broken",
    [packed(1)[:-3], packed(1)[:-200], packed(1)[:-8] + bytes(8), packed(1)[:900] + bytes(9) + packed(1)[909:]],
    ids=["no end", "cut off", "other checksum", "holes"],
)
def test_packed_file_that_is_broken_is_refused(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "X_1h.csv.gz"
    path.write_bytes(broken)
    with pytest.raises(InputError, match=r"X_1h.csv.gz: cannot be read: "):
        read_bars(path)


@pytest.mark.parametrize(
    ("row", "old", "new", "said"),
    [
        (333, ",333,", ",x33,", r"row 333 \(line 334\): open 'x33' is not a number"),
        (333, ",333,", ",,", r"row 333 \(line 334\): open is empty"),
        (250, ",250,252", ",250,252,1", r"row 250 \(line 251\): 7 fields, the header has 6"),
        (399, "2024-01-17T14", "2024-13-17T14", r"row 399 \(line 400\): time '2024-13-17T14:00:00Z' does not exist"),
        (12, "2024-01-01T11:00:00Z", "", r"row 12 \(line 13\): the time is empty"),
        (300, ",300,302,300", ",300,302,303", r"row 300 \(line 301\): high 302.0 is below low 303.0"),
    ],
)
def test_wrong_row_of_a_later_piece_is_named(tmp_path: Path, row: int, old: str, new: str, said: str) -> None:
    rows = lines("%Y-%m-%dT%H:%M:%SZ")
    assert old in rows[row - 1]
    rows[row - 1] = rows[row - 1].replace(old, new, 1)
    path = tmp_path / "X_1h.csv"
    path.write_text(HEADER + "".join(rows))
    with pytest.raises(DataError, match=said):
        read_bars(path)


def test_line_longer_than_a_piece_is_an_error_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "X_1h.csv"
    path.write_text(HEADER + lines("%Y-%m-%dT%H:%M:%SZ")[0] + "2024-01-01T01:00:00Z," + "1" * 300_000 + ",1,1,1,1\n")
    with pytest.raises(DataError, match=r"X_1h\.csv: row 2"):
        read_bars(path)
