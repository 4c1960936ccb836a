"""Export files of 33 sources: what was written is what is read, by its file alone or with its zone."""

from pathlib import Path

import pytest

from tests.vendor_files import VENDOR_FILES, as_bytes, check_bars_of
from weaver.model.errors import DataError
from weaver.walle.files.bar_file import read_bars


@pytest.mark.parametrize("name", VENDOR_FILES)
def test_file_of_a_vendor_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    written, _, zone = VENDOR_FILES[name]
    path = tmp_path / name
    path.write_bytes(as_bytes(written))
    if zone is not None:
        with pytest.raises(DataError, match="has no time zone: name it with --tz"):
            read_bars(path)
    check_bars_of(name, read_bars(path, tz=zone, symbol="AAPL" if "two_tickers" in name else None).bars)


def test_there_are_33() -> None:
    assert len(VENDOR_FILES) == 33
