"""Every file of real prices imports, goes through the store and comes back bit for bit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.shared_data import sample_files, shared_files
from tests.unit.walle.store_builders import assert_same
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.files.bar_file import read_bars

FILES = [*sample_files(), *shared_files()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_equals_pandas_and_survives_the_store(path: Path, tmp_path: Path) -> None:
    found = read_bars(path)
    frame = pd.read_csv(path)
    expected = pd.to_datetime(frame["timestamp"], utc=True).dt.as_unit("ns").astype("int64").to_numpy()
    assert np.array_equal(found.bars.timestamp, expected)
    for name in ("open", "high", "low", "close"):
        assert np.array_equal(getattr(found.bars, name), frame[name].to_numpy(dtype=np.float64)), name
    if "volume" in frame:
        assert np.array_equal(found.bars.volume, frame["volume"].to_numpy(dtype=np.float64))
    assert (np.diff(found.bars.end) > 0).all()
    assert (found.bars.end > found.bars.timestamp).all()

    store = ParquetBarStore(tmp_path / "bars")
    entry = store.write(found.bars, found.instrument, None, path.name).entry
    stored = store.read(found.bars.symbol, found.bars.timeframe)
    assert_same(stored.bars, found.bars)
    assert entry.content_hash == found.bars.content_hash() == stored.bars.content_hash()
