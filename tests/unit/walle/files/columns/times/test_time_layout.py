"""Which way a column of times is written, where several could be meant."""

import pytest

from weaver.model.errors import DataError
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.time_layout import date_order_of, layout_of
from weaver.walle.files.spelling import DateOrder

ORIGIN = Origin(name="a file")
PARTS = ("year", "month", "day")


def read(texts: list[str], order: DateOrder | None = None) -> list[tuple[str, ...]]:
    layout = layout_of(texts, order, origin=ORIGIN)
    matches = [layout.match(text) for text in texts]
    return [tuple(match[part] for part in PARTS) for match in matches if match is not None]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["02/03/2020", "02/13/2020"], [("2020", "02", "03"), ("2020", "02", "13")]),
        (["02/03/2020", "13/03/2020"], [("2020", "03", "02"), ("2020", "03", "13")]),
        (["2-3-20", "13-3-20"], [("20", "3", "2"), ("20", "3", "13")]),
        (["02.03.2020", "03.03.2020"], [("2020", "03", "02"), ("2020", "03", "03")]),
        (["20200302", "20200303"], [("2020", "03", "02"), ("2020", "03", "03")]),
        (["2-Mar-20"], [("20", "Mar", "2")]),
        (["Mon, Mar 2, 2020"], [("2020", "Mar", "2")]),
        (["2020 March 2"], [("2020", "March", "2")]),
    ],
)
def test_rows_tell(texts: list[str], expected: list[tuple[str, ...]]) -> None:
    assert read(texts) == expected


@pytest.mark.parametrize(
    ("order", "expected"), [("dmy", ("20", "02", "03")), ("mdy", ("20", "03", "02")), ("ymd", ("03", "02", "20"))]
)
def test_order_that_is_said_decides_where_none_does(order: str, expected: tuple[str, ...]) -> None:
    assert read(["03/02/20"], DateOrder(order)) == [expected]
    assert read(["2020-03-02"], DateOrder(order)) == [("2020", "03", "02")]  # which says it itself


def test_two_readings_are_both_named() -> None:
    with pytest.raises(
        DataError, match=r"could be 2 Mar \(--date-order mdy\) or 3 Feb \(--date-order dmy\), and no row"
    ):
        read(["03/02/2020", "04/02/2020"])
    assert date_order_of(["03/02/2020", "04/02/2020"]) is None


def test_what_is_written_in_no_way_and_what_is_not_as_somebody_says() -> None:
    with pytest.raises(DataError, match=r"a file: row 1: time 'soon' cannot be read: write 2017-01-03"):
        read(["soon"])
    with pytest.raises(DataError, match=r"time '02\.03\.2020' cannot be read \(ymd, as --date-order says, is not how"):
        read(["02.03.2020"], DateOrder.YMD)
