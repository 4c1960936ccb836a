"""Lines of data without a header, as their vendors write them."""

import pytest

from weaver.walle.files.columns.shapes import shape_of
from weaver.walle.files.spelling import DateOrder

OHLCV = ("open", "high", "low", "close", "volume")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("2023-01-03 09:30:00,130,130.07,129.83,129.96,8054", ("timestamp", *OHLCV)),
        ("20230103 093000;130;130.07;129.83;129.96;8054", ("timestamp", *OHLCV)),
        ("2023.01.02,00:00,1.1,1.2,1.0,1.1,3232", ("date", "time", *OHLCV)),
        ("20230103,0930,130,131,129,130,8054", ("date", "time", *OHLCV)),
        ("20230103,1012,1015,1010,1012,5000,20", ("date", *OHLCV, "trades")),
        ("2023-01-03,130,131,129,130", ("date", *OHLCV[:4])),
        ("1672617600,20000,20017,19935,20017,5335,55", ("timestamp", *OHLCV, "trades")),
        ("AAPL,20230103,0930,130,131,129,130,8054", ("symbol", "date", "time", *OHLCV)),
    ],
)
def test_columns_of_a_line(line: str, names: tuple[str, ...]) -> None:
    shape = shape_of(line.replace(";", ",").split(","))
    assert shape is not None
    assert shape.names == names
    assert shape.said == ", ".join(names)


@pytest.mark.parametrize(
    "line",
    [
        "Date,Open,High,Low,Close,Volume",
        "2023-01-03,130,131,129",
        "2023-01-03,130,131,129,130,8054,1,2,3",
        "20230103,1000,1000,1000,1000,1000,5",  # a time of day, or a price: both fit
        "43892,101.5,103.25,100.75,102.5,1200300",
        "https://www.example.com",
        "",
    ],
)
def test_line_that_is_none_of_data_or_not_clear(line: str) -> None:
    assert shape_of(line.split(",")) is None


def test_months_come_first_only_where_date_and_time_are_apart_by_a_comma() -> None:
    numbers = ["1", "2", "1", "2", "5"]
    kibot, other = shape_of(["01/03/2023", "09:30", *numbers]), shape_of(["01/03/2023 09:30", *numbers])
    assert kibot is not None
    assert other is not None
    assert (kibot.date_order, other.date_order) == (DateOrder.MDY, None)
