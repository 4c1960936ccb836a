"""`weaver data export`: which series, where to, and what it says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from weaver.cli.data import app
from weaver.config import settings
from weaver.model.errors import InputError, NotFound

DAYS = "Date,Open,High,Low,Close,Volume\n" + "".join(f"2024-03-{day:02d},1,2,1,2,{day}\n" for day in (4, 5, 6, 7, 8))
HOURS = "time,open,high,low,close,volume\n" + "".join(f"2024-03-09T{hour:02d}:00:00Z,1,2,1,2,5\n" for hour in range(9))


@pytest.fixture(autouse=True)
def _stored(weaver_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.cache_clear()
    monkeypatch.chdir(tmp_path)
    for name, text in (("AAA_1d.csv", DAYS), ("BTC_1h.csv", HOURS)):
        Path(name).write_text(text)
        assert run("import", name, "--symbol", "BTC/USD" if "BTC" in name else "AAA").exit_code == 0
        Path(name).unlink()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_only_series_of_a_symbol_goes_to_a_file_of_its_name() -> None:
    assert run("export", "AAA").stdout == "AAA 1d: 5 bars to AAA_1d.csv\n"
    assert Path("AAA_1d.csv").read_text().splitlines()[:2] == [
        "timestamp,open,high,low,close,volume",
        "2024-03-04,1,2,1,2,4",
    ]
    assert run("export", "BTC/USD").stdout == "BTC/USD 1h: 9 bars to BTC_USD_1h.csv\n"
    assert Path("BTC_USD_1h.csv").read_text().splitlines()[1] == "2024-03-09T00:00:00Z,1,2,1,2,5"


def test_json_says_the_same() -> None:
    found = json.loads(run("export", "BTC/USD", "--timeframe", "3h", "--to", "x.parquet", "--json").stdout)
    assert found == {"symbol": "BTC/USD", "timeframe": "3h", "bars": 3, "path": "x.parquet", "actions_path": None}


def test_unknown_symbol_several_series_and_a_file_that_is_there_are_refused() -> None:
    unknown = run("export", "CCC").exception
    assert isinstance(unknown, NotFound)
    assert str(unknown) == "no bars of CCC are stored: weaver data list shows what is"
    Path("more.csv").write_text(HOURS)
    assert run("import", "more.csv", "--symbol", "BTC/USD", "--timeframe", "3h").exit_code == 0
    several = run("export", "BTC/USD").exception
    assert isinstance(several, InputError)
    assert str(several) == "BTC/USD is stored as 1h, 3h: say which with --timeframe"
    taken = run("export", "AAA", "--to", "more.csv").exception
    assert str(taken) == "more.csv: is there already: name another file, or write over it with --replace"
