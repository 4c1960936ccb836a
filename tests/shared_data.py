"""Real prices for development: read in place from the sibling folder `shared/data`, where that is there."""

from collections.abc import Iterable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLES = REPOSITORY / "data"
SHARED = REPOSITORY.parent / "shared" / "data"

SHARED_OHLC = (
    "crypto/BTCPERP_1m_2022-01a.csv",
    "crypto/BTCUSD_1h_coinbase_2017-2018.csv",
    "crypto/ETHBTC_5m_2018-01.csv",
    "crypto/XRPUSDT_PERP_5m_2021-11.csv",
    "crypto/XRPUSDT_PERP_mark_8h_2021-11_12.csv",
    "daily_us/AAPL_1d_adjusted.csv",
    "daily_us/AAPL_1d_raw.csv",
    "daily_us/CERN_1d_raw.csv",
    "daily_us/COST_1d_raw.csv",
    "daily_us/DELL_1d_raw.csv",
    "daily_us/IBM_1d_adjusted.csv",
    "daily_us/IBM_1d_raw.csv",
    "daily_us/QQQ_1d_adjusted.csv",
    "daily_us/QQQ_1d_raw.csv",
    "daily_us/SPY_1d_adjusted.csv",
    "daily_us/SPY_1d_raw.csv",
    "fx/EURUSD_1h_ask_2017.csv",
    "intraday_us/IBM_1h_2016-2021_raw.csv",
    "intraday_us/SPY_1m_2011-01.csv",
    "known_results/backtesting_py_goog/GOOG_1d.csv",
)
"""Every file of prices in the shared folder, as it stood when the tests were written."""


def shared_file(name: str) -> Path | None:
    """`name` in the shared folder, or None where the folder or the file is absent."""
    path = SHARED / name
    return path if path.is_file() else None


def shared_files(names: Iterable[str] = SHARED_OHLC) -> list[Path]:
    """Those of `names` that are there: what to parametrise over."""
    return [path for name in names if (path := shared_file(name)) is not None]


def sample_files() -> list[Path]:
    """The OHLC files that the project itself ships."""
    return sorted(path for path in SAMPLES.glob("*_1?*.csv*") if "_actions" not in path.name)


def absence() -> str | None:
    """A line for the test report when shared data is missing; None when all of it is there."""
    missing = [name for name in SHARED_OHLC if shared_file(name) is None]
    if not missing:
        return None
    return f"shared data absent: {len(missing)} of {len(SHARED_OHLC)} files; tests ran on data/ alone for those"


def pytest_report_header() -> str | None:
    """Say so at the top of a run (register this module as a plug-in)."""
    return absence()
