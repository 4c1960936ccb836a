"""`weaver data fetch` without an account, as a process: killed with SIGKILL in the middle and run again, its words, its
exit codes, its JSON."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY
from tests.stand_ins.binance import binance
from tests.stand_ins.server import StandIn, standing_in
from tests.stand_ins.yahoo import Yahoo, share
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.staging import FOLDER

BINANCE = [
    "--source",
    "ccxt",
    "--exchange",
    "binance",
    "--timeframe",
    "1m",
    "--from",
    "2024-03-08",
    "--to",
    "2024-03-09",
]
YAHOO = ["--source", "yfinance", "--from", "2020-01-02", "--to", "2022-12-30"]
SHARES = {
    name: share(date(2020, 1, 2), 700, seed=seed, splits={date(2021, 7, 20): Fraction(4)})
    for seed, name in enumerate(("AAA", "BBB", "CCC"))
}


def words(stand_in: StandIn, *said: str) -> list[str]:
    return [sys.executable, "-m", "tests.stand_ins.reached", stand_in.url, "data", *said]


def surroundings(home: Path) -> Mapping[str, str]:
    return {**os.environ, "WEAVER_HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}


def weaver(stand_in: StandIn, home: Path, *said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(stand_in, *said), env=surroundings(home), text=True, capture_output=True, check=False, timeout=120
    )


def kill_after(stand_in: StandIn, home: Path, part: str, answers: int, *said: str) -> None:
    """Start, and kill with SIGKILL once so many more answers were given."""
    before = len(stand_in.of(part))
    process = subprocess.Popen(
        words(stand_in, *said), env=surroundings(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while len(stand_in.of(part)) - before < answers:
        assert process.poll() is None, "it was over before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


def stored(home: Path) -> dict[str, tuple[str, str]]:
    """The hash of each series, and its actions."""
    store = ParquetBarStore(home / "bars")
    return {entry.symbol: (entry.content_hash, repr(store.actions(entry.symbol))) for entry in store.catalogue()}


def check_killed(stand_in: StandIn, tmp_path: Path, part: str, said: Sequence[str], answers: Sequence[int]) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert weaver(stand_in, whole, *said).returncode == 0
    stand_in.delay = 0.1
    for count in answers:
        kill_after(stand_in, cut, part, count, *said)
    stand_in.delay = 0.0
    asked = len(stand_in.of(part))
    done = weaver(stand_in, cut, *said, "--json")
    assert done.returncode == 0, done.stderr
    assert stored(cut) == stored(whole)
    assert len(stand_in.of(part)) > asked
    assert list((cut / "bars" / FOLDER).iterdir()) == []


def test_candles_of_ccxt_survive_kills_bit_for_bit(tmp_path: Path) -> None:
    with standing_in(binance) as stand_in:
        check_killed(stand_in, tmp_path, "klines", ["fetch", "BTC/USDT", "ETH/BTC", *BINANCE], [2, 2, 1])


def test_quotes_of_yfinance_survive_kills_bit_for_bit(tmp_path: Path) -> None:
    with standing_in(Yahoo(SHARES)) as stand_in:
        check_killed(stand_in, tmp_path, "chart/", ["fetch", *SHARES, *YAHOO], [7, 4])


def test_what_was_fetched_is_told_and_what_was_not_is_an_error(tmp_path: Path) -> None:
    with standing_in(binance) as stand_in:
        stand_in.faults["klines"] = ["limited 2"]
        done = weaver(stand_in, tmp_path, "fetch", "BTC/USDT", "BTCUSDT", *BINANCE)
        told = weaver(stand_in, tmp_path, "fetch", "ETH/BTC", *BINANCE, "--json")
    assert done.returncode == 2
    assert done.stdout.startswith("BTC/USDT 1m: 2,820 bars, 2024-03-08 to 2024-03-09 23:59:00 (crypto)")
    assert "BTC/USDT: binance takes no more requests for now; asked again in 2 s" in done.stderr
    assert "error: BTCUSDT: the venue (ccxt binance) knows no such symbol: BTC/USDT?" in done.stderr.splitlines()[-1]
    (item,) = json.loads(told.stdout)["items"]
    assert (item["symbol"], item["source"], item["asset_class"]) == ("ETH/BTC", "ccxt binance", "crypto")


def test_yfinance_is_marked_as_what_it_is(tmp_path: Path) -> None:
    with standing_in(Yahoo(SHARES)) as stand_in:
        done = weaver(stand_in, tmp_path, "fetch", "AAA", *YAHOO)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("note: yfinance is unofficial, and Yahoo means its quotes for personal use\n")
    (entry,) = ParquetBarStore(tmp_path / "bars").catalogue()
    assert entry.source == "yfinance (unofficial, for personal use)"
    assert "Warning" not in done.stderr


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["--source", "ccxt"], "error: ccxt has many exchanges: name one, as --exchange binance or --exchange kraken"),
        (["--source", "ccxt", "--exchange", "krakn"], "error: ccxt knows no exchange 'krakn': kraken"),
        (["--source", "alpaca", "--exchange", "kraken"], "error: alpaca is an exchange itself: leave kraken out"),
        (["--source", "yahoo"], "error: there is no venue 'yahoo'"),
    ],
)
def test_source_that_cannot_be_used_is_told_in_a_line(tmp_path: Path, said: list[str], told: str) -> None:
    with standing_in(binance) as stand_in:
        done = weaver(stand_in, tmp_path, "fetch", "BTC/USDT", *said)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("source", "extra"), [("ccxt", "crypto"), ("yfinance", "yfinance")])
def test_package_that_is_missing_is_told_with_what_to_install(tmp_path: Path, source: str, extra: str) -> None:
    hide = f"import sys; sys.modules[{source!r}] = None; sys.argv[0] = 'weaver'; from weaver.cli import main; main()"
    said = ["data", "fetch", "X", "--source", source, *(["--exchange", "binance"] if source == "ccxt" else [])]
    done = subprocess.run(
        [sys.executable, "-c", hide, *said], env=surroundings(tmp_path), text=True, capture_output=True, check=False
    )
    assert done.stderr == f"error: {source} is not installed: pip install 'weaver[{extra}]'\n"
    assert done.returncode == 2


def test_ten_years_of_days_are_fetched_unless_somebody_says(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    recent = {"AAA": share(today - timedelta(days=4000), 2840)}
    with standing_in(Yahoo(recent)) as stand_in:
        done = weaver(stand_in, tmp_path, "fetch", "AAA", "--source", "yfinance")
    assert done.returncode == 0, done.stderr
    (entry,) = ParquetBarStore(tmp_path / "bars").catalogue()
    assert 2500 < entry.rows < 2620  # ten years


def test_commands_of_the_page_work_as_they_are_printed(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "how-to" / "fetch-history.md").read_text()
    (block,) = re.findall(r"<!-- run: stand-ins -->\n```sh\n(.+?)```", page, re.DOTALL)
    lines = [shlex.split(line) for line in block.splitlines()]
    assert [line[:3] for line in lines] == [["weaver", "data", "fetch"]] * 2
    today = datetime.now(UTC).date()
    shares = {name: share(today - timedelta(days=100), 70, seed=len(name)) for name in ("AAPL", "BRK-B")}
    with standing_in(binance) as exchange, standing_in(Yahoo(shares)) as yahoo:
        for stand_in, line in zip((exchange, yahoo), lines, strict=True):
            done = weaver(stand_in, tmp_path, *line[2:])
            assert done.returncode == 0, done.stderr
    found = {entry.symbol for entry in ParquetBarStore(tmp_path / "bars").catalogue()}
    assert found == {"BTC/USDT", "ETH/USDT", "AAPL", "BRK-B"}
