"""Files that are not read say in one line what to do."""

from pathlib import Path

import pytest

from weaver.model.errors import DataError
from weaver.walle.files.bar_file import read_bars

HEADER = "date,open,high,low,close,volume\n"
ROWS = "2024-01-02,10,11,9,10.5,100\n2024-01-03,10.5,12,10,11,200\n2024-01-04,11,12,10,11.5,300\n"
LEAN = "".join(f"{34_200_000 + 60_000 * at},1000000,1010000,990000,1000000,100\n" for at in range(5))
HOURS = "time,open,high,low,close,volume\n" + "".join(f"2024-01-02 {hour}:00,10,11,9,10,5\n" for hour in range(20, 25))

ENDS = "time,open,high,low,close,volume\n" + "".join(f"2024-01-02 {hour}:59:59.999,10,11,9,10,5\n" for hour in range(4))
SUMMER = "time,open,high,low,close,volume\n" + "".join(
    f"2024-07-01 {hour} EST,10,11,9,10,5\n" for hour in ("00:00", "11:00")
)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ((HEADER + ROWS).replace(",", " ").encode(), "stand between blanks: put commas there"),
        (LEAN.encode(), "write date and time into the first column, and say --price-scale 10000"),
        (HOURS.encode(), "the end of a day is 00:00 of the next one, write it so"),
        ((HEADER + ROWS + "2024-01-04,11,12,10,11.5,300\n").encode(), "stands there twice: leave one of the rows"),
        ((HEADER + ROWS).replace(",200\n", ",\n").encode(), "volume is empty or NaN: write 0 where nothing was traded"),
        ((HEADER + ROWS).replace("2024-01-03", "2024-1-3").encode(), "where others can: write 2017-01-03"),
        (ENDS.encode(), "is the last moment of a bar, as are the others: give the times at which bars begin"),
        (SUMMER.encode(), "row 2 (line 3): time 2024-07-01 11:00:00 EST: whose clocks EST means, say with --tz"),
    ],
)  # fmt: skip
def test_refusal_names_the_way_out(tmp_path: Path, written: bytes, told: str) -> None:
    path = tmp_path / "ABC.csv"
    path.write_bytes(written)
    with pytest.raises(DataError) as caught:
        read_bars(path, symbol="ABC", tz=None if written == SUMMER.encode() else "UTC")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
