"""How much a Parquet file unpacks to is known before any of it is read."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from weaver.walle.files.parquet_file import decoded_bytes


@pytest.mark.parametrize("rows", [1_000, 5_000_000])
def test_repeated_values_count_as_often_as_they_stand_there(tmp_path: Path, rows: int) -> None:
    zero = pa.array(np.zeros(rows, dtype=np.int8))
    price = pa.DictionaryArray.from_arrays(zero, pa.array([1.0]))
    time = pa.DictionaryArray.from_arrays(zero, pa.array([0], pa.timestamp("ns", "UTC")))
    columns = {"timestamp": time, **dict.fromkeys(("open", "high", "low", "close"), price), "unused": price}
    parquet.write_table(pa.table(columns), tmp_path / "X.parquet", compression="zstd")
    assert (tmp_path / "X.parquet").stat().st_size < 150_000
    assert decoded_bytes(tmp_path / "X.parquet") == rows * 5 * 8


def test_long_texts_count_by_their_letters(tmp_path: Path) -> None:
    texts = pa.array([f"{row:<10000}" for row in range(500)])
    ones = pa.array(np.ones(500))
    columns = {"timestamp": texts, **dict.fromkeys(("open", "high", "low", "close"), ones)}
    parquet.write_table(pa.table(columns), tmp_path / "X.parquet", compression="zstd", use_dictionary=False)
    assert 5_000_000 < decoded_bytes(tmp_path / "X.parquet") < 5_100_000


def test_file_that_is_none_is_left_to_its_reader(tmp_path: Path) -> None:
    (tmp_path / "X.parquet").write_bytes(b"PAR1 and no end")
    assert decoded_bytes(tmp_path / "X.parquet") == 0


def test_file_without_prices_is_left_to_its_reader(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a": [1], "b": [2]}), tmp_path / "X.parquet")
    assert decoded_bytes(tmp_path / "X.parquet") == 0
