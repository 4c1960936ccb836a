"""JSON as vendors and libraries write it: each says the same bars."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from weaver.model.errors import DataError, InputError
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars, read_parts

FRAME = pd.DataFrame(
    {
        "date": ["2020-03-02", "2020-03-03", "2020-03-04"], "open": [10.5, 11, 12], "high": [12.0, 13, 14],
        "adj": [5.0, 5.5, 6], "low": [10.0, 10.5, 11], "close": [11.0, 12, 13], "volume": [100, 200, 300],
    }
)  # fmt: skip
ROWS = [(10.5, 12.0, 10.0, 11.0, 100.0), (11.0, 13.0, 10.5, 12.0, 200.0), (12.0, 14.0, 11.0, 13.0, 300.0)]


def read(folder: Path, text: str | bytes, name: str = "X_1d.json") -> list[tuple[float, ...]]:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    bars = read_bars(folder / name, symbol="X", asset_class=AssetClass.STOCK, tz="America/New_York").bars
    assert [str(day)[:10] for day in bars.timestamp.astype("datetime64[ns]")] == FRAME["date"].tolist()
    return list(zip(bars.open, bars.high, bars.low, bars.close, bars.volume, strict=True))


@pytest.mark.parametrize("orient", ["split", "records", "index", "columns", "table"])
@pytest.mark.parametrize("indexed", [False, True])
def test_all_orients_of_pandas(tmp_path: Path, orient: Any, indexed: bool) -> None:
    frame = FRAME.set_index("date") if indexed and orient != "records" else FRAME
    assert read(tmp_path, frame.to_json(orient=orient)) == ROWS


def test_json_lines(tmp_path: Path) -> None:
    assert read(tmp_path, FRAME.to_json(orient="records", lines=True)) == ROWS


def test_a_chart_of_yahoo(tmp_path: Path) -> None:
    quote = {name: FRAME[name].tolist() for name in ("open", "high", "low", "close", "volume")}
    result = {
        "meta": {"symbol": "X"}, "timestamp": [1583159400 + 86400 * day for day in range(3)],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": [1, 2, 3]}]},
    }  # fmt: skip
    assert read(tmp_path, json.dumps({"chart": {"result": [result], "error": None}})) == ROWS


def test_names_beside_rows_as_in_moscow(tmp_path: Path) -> None:
    names = ["open", "close", "high", "low", "value", "volume", "begin"]
    data = FRAME.assign(value=1e6, begin=FRAME["date"] + " 00:00:00")[names].to_numpy().tolist()
    assert read(tmp_path, json.dumps({"candles": {"columns": names, "data": data}})) == ROWS


def test_prices_one_deeper_as_at_oanda(tmp_path: Path) -> None:
    candles = [
        {"time": day, "volume": row[4], "mid": {"o": str(row[0]), "h": row[1], "l": row[2], "c": row[3]}}
        for day, row in zip(FRAME["date"], ROWS, strict=True)
    ]
    assert read(tmp_path, json.dumps({"instrument": "X", "candles": candles})) == ROWS


def test_symbols_whose_objects_differ(tmp_path: Path) -> None:
    bar = {"t": "2020-03-02", "o": 1, "h": 2, "l": 1, "c": 2, "v": 3}
    (tmp_path / "a.json").write_text(json.dumps({"bars": {"A": [bar], "B": [{**bar, "vw": 1.5}], "C": []}}))
    assert [part.symbol for part in read_parts(tmp_path / "a.json")] == ["A", "B"]


def test_a_time_that_stands_twice_in_one_object_is_refused(tmp_path: Path) -> None:
    bar = '{"open": 1, "high": 2, "low": 1, "close": 2}'
    with pytest.raises(DataError, match="'2020-03-02' stands twice"):
        read(tmp_path, f'{{"2020-03-02": {bar}, "2020-03-02": {bar}, "2020-03-03": {bar}}}')


def test_half_of_a_packed_file_is_refused(tmp_path: Path) -> None:
    text = json.dumps([[1583107200000 + 60000 * n, 1 + n % 7, 9, 1, 2, n * n % 1009] for n in range(90_000)])
    packed = gzip.compress(text.encode())
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path, packed[: len(packed) * 9 // 10], "X_1m.json.gz")
