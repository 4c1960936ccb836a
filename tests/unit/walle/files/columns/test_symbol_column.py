"""Files and frames that say whose each row is: several symbols are several, and one of them is only its own rows."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaver.model.errors import DataError
from weaver.walle.files.bar_file import read_bars, read_parts
from weaver.walle.files.checks.assembly import assemble
from weaver.walle.files.columns.parts import Part
from weaver.walle.files.columns.symbol_column import spelled_alike
from weaver.walle.files.corporate_actions_file import CorporateActionsFile, read_corporate_actions
from weaver.walle.files.frames import parts_of_frame

Row = tuple[str, str, float]
DAYS = [f"2021-03-{day:02d}" for day in (1, 2, 3, 4, 5, 8, 9, 10)]
SORTED = [(symbol, day, price) for symbol, price in (("BBB", 7.0), ("AAA", 100.0)) for day in DAYS]
INTERLEAVED = sorted(SORTED, key=lambda row: row[1])
ONE_THEN_THE_OTHER = [
    ("AAA" if day < "2021-03-05" else "BBB", day, 100.0 if day < "2021-03-05" else 7.0) for day in DAYS
]


def frame(rows: list[Row], label: str = "symbol") -> pd.DataFrame:
    prices = {name: [price for _, _, price in rows] for name in ("open", "high", "low", "close")}
    return pd.DataFrame({label: [row[0] for row in rows], "date": [row[1] for row in rows], **prices, "volume": 5.0})


def csv(folder: Path, rows: list[Row], label: str = "symbol", name: str = "many.csv") -> Path:
    frame(rows, label).to_csv(folder / name, index=False)
    return folder / name


def parquet(folder: Path, rows: list[Row], label: str = "symbol") -> Path:
    frame(rows, label).to_parquet(folder / "many.parquet")
    return folder / "many.parquet"


READERS: dict[str, Callable[[Path, list[Row]], list[Part]]] = {
    "csv": lambda folder, rows: read_parts(csv(folder, rows)),
    "parquet": lambda folder, rows: read_parts(parquet(folder, rows)),
    "pandas": lambda _folder, rows: parts_of_frame(frame(rows)),
    "pandas index": lambda _folder, rows: parts_of_frame(frame(rows).set_index("date")),
    "pandas index of symbols": lambda _folder, rows: parts_of_frame(frame(rows).set_index("symbol")),
    "pandas index of both": lambda _folder, rows: parts_of_frame(frame(rows).set_index(["symbol", "date"])),
    "pandas index of both, times": lambda _folder, rows: parts_of_frame(
        frame(rows).assign(date=lambda one: pd.to_datetime(one["date"])).set_index(["date", "symbol"])
    ),
    "pandas category": lambda _folder, rows: parts_of_frame(frame(rows).astype({"symbol": "category"})),
    "polars": lambda _folder, rows: parts_of_frame(pl.from_pandas(frame(rows))),
    "polars category": lambda _folder, rows: parts_of_frame(
        pl.from_pandas(frame(rows)).with_columns(pl.col("symbol").cast(pl.Categorical))
    ),
    "Arrow": lambda _folder, rows: parts_of_frame(pl.from_pandas(frame(rows)).to_arrow()),
    "Arrow batch": lambda _folder, rows: parts_of_frame(pa.RecordBatch.from_pandas(frame(rows))),
}


def told(parts: list[Part]) -> dict[str, tuple[list[str], list[float]]]:
    """Of each symbol the dates and closes that are read."""
    found = {}
    for part in parts:
        bars = assemble(part.raw, symbol=part.symbol, timeframe=None, tz=None, asset_class=None).bars
        found[part.symbol] = (bars.timestamp.astype("datetime64[ns]").astype("datetime64[D]").astype(str).tolist(),
                              bars.close.tolist())  # fmt: skip
    return found


def written(rows: list[Row]) -> dict[str, tuple[list[str], list[float]]]:
    symbols = dict.fromkeys(row[0] for row in rows)
    return {
        symbol: ([row[1] for row in rows if row[0] == symbol], [row[2] for row in rows if row[0] == symbol])
        for symbol in symbols
    }


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("rows", [SORTED, INTERLEAVED, ONE_THEN_THE_OTHER], ids=["sorted", "interleaved", "in turn"])
def test_several_symbols_in_one_file_are_several(tmp_path: Path, reader: str, rows: list[Row]) -> None:
    found = told(READERS[reader](tmp_path, rows))
    assert found == written(rows)
    assert list(found) == list(written(rows))


LABELS = (
    "symbol", "Symbol", "<TICKER>", "ticker", "tic", "instrument", "Instrument Name", "contract", "security", "stock",
    "coin", "pair", "SECID", "ts_code", "product_id", "isin", "code", "Name", "asset", "market", "S",
)  # fmt: skip


@pytest.mark.parametrize("label", LABELS)
def test_column_of_symbols_has_many_names(tmp_path: Path, label: str) -> None:
    assert told(read_parts(csv(tmp_path, ONE_THEN_THE_OTHER, label))) == written(ONE_THEN_THE_OTHER)


@pytest.mark.parametrize("write", [csv, parquet])
def test_one_that_is_named_is_only_its_own_rows(tmp_path: Path, write: Callable[..., Path]) -> None:
    path = write(tmp_path, INTERLEAVED)
    found = read_bars(path, symbol="AAA")
    assert (found.bars.symbol, found.bars.close.tolist()) == ("AAA", [100.0] * 8)
    assert f"{path}: 8 of 16 rows are AAA's, the rest is left" in found.notes


@pytest.mark.parametrize("write", [csv, parquet])
def test_several_under_one_name_are_refused(tmp_path: Path, write: Callable[..., Path]) -> None:
    for rows in (SORTED, INTERLEAVED, ONE_THEN_THE_OTHER):
        for name in ("AAA", "ZZZ"):
            told = rf"there are several symbols, (AAA, BBB|BBB, AAA), and {name} is one name: leave the name away"
            with pytest.raises(DataError, match=told):
                read_parts(write(tmp_path, rows), called=name)
            for table in (frame(rows), pl.from_pandas(frame(rows)), pl.from_pandas(frame(rows)).to_arrow()):
                with pytest.raises(DataError, match=told):
                    parts_of_frame(table, called=name)
    only = [row for row in SORTED if row[0] == "AAA"]
    (part,) = read_parts(write(tmp_path, only), called="aaa")
    assert (part.symbol, part.raw.close.tolist()) == ("aaa", [100.0] * 8)


@pytest.mark.parametrize("write", [csv, parquet])
def test_one_that_is_not_in_it_is_refused_with_those_that_are(tmp_path: Path, write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match="the column 'symbol' has BBB, AAA: CCC is not among them; name one of these"):
        read_bars(write(tmp_path, SORTED), symbol="CCC")


@pytest.mark.parametrize("write", [csv, parquet])
def test_only_one_in_it_is_called_as_somebody_says(tmp_path: Path, write: Callable[..., Path]) -> None:
    found = read_bars(write(tmp_path, [row for row in SORTED if row[0] == "AAA"]), symbol="CCC")
    assert found.bars.symbol == "CCC"
    assert any("CCC is called AAA there" in note for note in found.notes)


def test_several_where_one_is_wanted_are_listed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"many\.csv: there are several symbols, BBB, AAA: name the one"):
        read_bars(csv(tmp_path, SORTED))


def test_column_beats_the_files_name_and_that_is_said(tmp_path: Path) -> None:
    only = [row for row in SORTED if row[0] == "AAA"]
    path = csv(tmp_path, only, name="ZZZ_1d.csv")
    found = read_bars(path)
    assert found.bars.symbol == "AAA"
    assert f"{path}: AAA by the column 'symbol', not ZZZ by the file's name" in found.notes
    path = csv(tmp_path, SORTED, name="ZZZ_1d.csv")
    (first, _) = read_parts(path)
    assert f"{path}: BBB, AAA by the column 'symbol', not ZZZ by the file's name" in first.raw.notes
    assert not read_parts(csv(tmp_path, only, name="aaa_1d.csv"))[0].raw.notes


def test_label_that_says_the_same_throughout_is_no_symbol(tmp_path: Path) -> None:
    rows = [("Apple Inc.", day, 5.0) for day in DAYS]
    found = read_bars(csv(tmp_path, rows, "Name", name="AAPL_1d.csv"))
    assert found.bars.symbol == "AAPL"
    assert read_bars(csv(tmp_path, rows, "Name"), symbol="X").bars.symbol == "X"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("BTC/USD", "BTCUSD", True), ("BTC-USD", "btc_usd", True), ("AAPL.US", "AAPL", True), ("VOD.LN", "vod", True),
        ("NASDAQ:AAPL", "AAPL", True), ("BINANCE:BTCUSDT", "BTC/USDT", True), ("BRK.B", "BRK-B", True),
        ("BRK.B", "BRK", False), ("BRK.A", "BRK.B", False), ("AAPL", "AAPLW", False), ("ES=F", "ES", False),
        ("AAPL.US", "AAPL.DE", False), ("SPX", "SPY", False),
    ],
)  # fmt: skip
def test_spellings_of_one_symbol(one: str, other: str, alike: bool) -> None:
    assert (spelled_alike(one, other), spelled_alike(other, one)) == (alike, alike)


def test_symbol_may_be_spelled_otherwise_if_only_one_can_be_meant(tmp_path: Path) -> None:
    rows = [("AAPL.US", day, 5.0) for day in DAYS] + [("MSFT.US", day, 6.0) for day in DAYS]
    path = csv(tmp_path, rows, "ticker")
    found = read_bars(path, symbol="MSFT")
    assert (found.bars.symbol, found.bars.close[0]) == ("MSFT", 6.0)
    assert f"{path}: MSFT is called MSFT.US there" in found.notes
    both = [("AAPL.US", day, 5.0) for day in DAYS] + [("AAPL.DE", day, 6.0) for day in DAYS]
    with pytest.raises(DataError, match=r"AAPL could be AAPL\.US or AAPL\.DE"):
        read_bars(csv(tmp_path, both), symbol="AAPL")


def test_errors_name_the_symbol_and_the_row_of_the_whole_file(tmp_path: Path) -> None:
    rows = [*INTERLEAVED[:5], ("AAA", DAYS[1], -1.0), *INTERLEAVED[5:]]
    path = csv(tmp_path, rows)
    with pytest.raises(DataError, match=r"many\.csv \(AAA\): row 6 \(line 7\): time 2021-03-02 stands there twice"):
        read_bars(path, symbol="AAA")
    assert len(read_bars(path, symbol="BBB").bars) == 8


@pytest.mark.parametrize("empty", ["", "  "])
def test_row_without_a_symbol_is_refused(tmp_path: Path, empty: str) -> None:
    rows = [*SORTED[:3], (empty, DAYS[3], 7.0), *SORTED[4:]]
    with pytest.raises(DataError, match=r"row 4 \(line 5\): column 'symbol' is empty"):
        read_parts(csv(tmp_path, rows))
    for bad in (empty, None, float("nan")):
        with pytest.raises(DataError, match="row 4: column 'symbol' is empty"):
            parts_of_frame(frame(rows).assign(symbol=[bad if k == 3 else row[0] for k, row in enumerate(rows)]))


def test_symbols_that_are_numbers_are_their_digits(tmp_path: Path) -> None:
    table = frame(SORTED).assign(symbol=[{"AAA": 600519, "BBB": 10107}[row[0]] for row in SORTED])
    assert [part.symbol for part in parts_of_frame(table, asked=[])] == ["10107", "600519"]
    assert [part.symbol for part in parts_of_frame(table.astype({"symbol": float}))] == ["10107", "600519"]
    table.to_parquet(tmp_path / "many.parquet")
    assert [part.symbol for part in read_parts(tmp_path / "many.parquet")] == ["10107", "600519"]


ACTIONS = "symbol,ex_date,type,value\nAAA,2021-03-04,dividend,1\nBBB,2021-03-05,split,5\nBBB,2021-03-04,dividend,7\n"


def test_actions_of_another_symbol_are_never_a_symbols(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ACTIONS)
    assert [str(action.ex_date) for action in read_corporate_actions(path, symbol="AAA")] == ["2021-03-04"]
    assert [str(action.ex_date) for action in read_corporate_actions(path, symbol="BBB")] == [
        "2021-03-04",
        "2021-03-05",
    ]
    with pytest.raises(DataError, match="the column 'symbol' has AAA, BBB: CCC is not among them"):
        read_corporate_actions(path, symbol="CCC")
    with pytest.raises(DataError, match="actions of several symbols, AAA, BBB: name the one"):
        read_corporate_actions(path)
    file = CorporateActionsFile.read(path)
    assert (file.symbols, file.has("AAA"), file.has("CCC")) == (("AAA", "BBB"), True, False)
    path.write_text(ACTIONS + "CCC,2021-03-05,merger,1\n")
    assert len(read_corporate_actions(path, symbol="AAA")) == 1
    with pytest.raises(DataError, match=r"a\.csv: row 4 \(line 5\): type 'merger' is unknown"):
        read_corporate_actions(path, symbol="CCC")


@settings(max_examples=60, deadline=None)
@given(
    days=st.dictionaries(
        st.sampled_from(["AAA", "BBB", "BRK.B", "BTC/USD", "ES=F"]), st.sets(st.integers(1, 28), min_size=3), min_size=1
    ),
    label=st.sampled_from(LABELS[:16]),
    order=st.sampled_from(["sorted", "by time"]),
    kind=st.sampled_from(["pandas", "polars", "Arrow"]),
)
def test_what_is_written_of_each_symbol_is_read_of_it(
    days: dict[str, set[int]], label: str, order: str, kind: str
) -> None:
    rows = [
        (symbol, f"2021-02-{day:02d}", 10.0 * len(symbol) + day)
        for symbol, some in days.items()
        for day in sorted(some)
    ]
    if order == "by time":
        rows.sort(key=lambda row: row[1])
    table = frame(rows, label)
    given = (
        table if kind == "pandas" else pl.from_pandas(table) if kind == "polars" else pl.from_pandas(table).to_arrow()
    )
    for part in parts_of_frame(given):
        times = part.raw.times.local.astype("datetime64[ns]").astype("datetime64[D]").astype(str).tolist()
        assert (times, part.raw.close.tolist()) == written(rows)[part.symbol]
    assert {part.symbol for part in parts_of_frame(given)} == set(days)
