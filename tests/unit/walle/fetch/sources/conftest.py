"""What yfinance keeps, in its process and between its runs, is each test's own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yfinance
    from yfinance.data import SingletonMeta, YfData

    YfData.cache_get.cache_clear()
    SingletonMeta._instances.clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yfinance.set_tz_cache_location(str(tmp_path / "py-yfinance"))
