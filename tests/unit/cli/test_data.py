"""`weaver data`: import, list, check, fetch."""

import json
import shutil
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.shared_data import SAMPLES
from tests.unit.walle.damages import as_written_before
from weaver.cli.data import _progress, app
from weaver.cli.screen import progress
from weaver.config import settings
from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.store import ParquetBarStore


@pytest.fixture(autouse=True)
def fresh_settings(weaver_home: Path) -> None:
    settings.cache_clear()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments: object) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, InputError), (result.output, result.exception)
    return str(result.exception)


def store() -> ParquetBarStore:
    return ParquetBarStore(settings().bars_folder)


def test_all_samples_are_imported_at_once_with_their_actions() -> None:
    result = done("import", *sorted(SAMPLES.glob("*.csv")))
    assert "AAPL 1d: 3,270 bars, 2000-03-01 to 2013-03-01 (stock); 5 splits and dividends" in result.stdout
    assert "note: AAPL: taken for stock" in result.stderr
    assert "warning: EURUSD 1h: 15 bars missing" in result.stderr
    listed = json.loads(done("list", "--json").stdout)["items"]
    assert [(row["symbol"], row["timeframe"], row["bars"]) for row in listed] == [
        ("AAPL", "1d", 3270), ("EURUSD", "1h", 6225), ("IBM", "1d", 3270), ("MSFT", "1d", 3270),
        ("SYNTHUSD", "1m", 30240),
    ]  # fmt: skip
    assert listed[1]["first"] == "2017-01-01T22:00:00Z"
    assert listed[0]["first"] == "2000-03-01T00:00:00Z"
    table = done("list").stdout
    assert "SYNTHUSD" in table
    assert "30,240" in table
    assert len(store().actions("MSFT")) == 38


def test_import_as_json_prints_json_alone() -> None:
    (row,) = json.loads(done("import", SAMPLES / "EURUSD_1h.csv", "--json").stdout)["items"]
    assert (row["symbol"], row["written"], row["replaced"], row["kept"]) == ("EURUSD", 6225, 0, 0)
    assert [warning["code"] for warning in row["warnings"]] == ["gaps"]


def test_options_reach_the_reader() -> None:
    done("import", SAMPLES / "SYNTHUSD_1m.csv", "--symbol", "X/USD", "--timeframe", "1h", "--asset", "crypto")
    entry = store().find("X/USD")
    assert entry is not None
    assert (str(entry.timeframe), entry.rows) == ("1h", 504)


def test_naive_times_take_the_zone(tmp_path: Path) -> None:
    path = tmp_path / "ABC_1h.csv"
    path.write_text("timestamp,open,high,low,close\n2017-01-03 09:30,1,1,1,1\n2017-01-03 10:30,1,1,1,1\n")
    assert "row 1 (line 2)" in refused("import", path)
    done("import", path, "--tz", "America/New_York")
    assert [row["first"] for row in json.loads(done("list", "--json").stdout)["items"]] == ["2017-01-03T14:30:00Z"]


def test_a_stored_symbols_asset_class_is_not_guessed_again() -> None:
    done("import", SAMPLES / "EURUSD_1h.csv", "--asset", "crypto")
    result = done("import", SAMPLES / "EURUSD_1h.csv")
    assert "(crypto)" in result.stdout
    assert "taken for" not in result.stderr
    assert "as crypto, not fx" in refused("import", SAMPLES / "EURUSD_1h.csv", "--asset", "fx")
    assert "(fx)" in done("import", SAMPLES / "EURUSD_1h.csv", "--asset", "fx", "--replace").stdout


def test_second_import_says_what_it_replaced_and_kept(tmp_path: Path) -> None:
    done("import", SAMPLES / "AAPL_1d.csv")
    lines = (SAMPLES / "AAPL_1d.csv").read_text().splitlines()
    (tmp_path / "AAPL_1d.csv").write_text("\n".join([lines[0], *lines[11:21]]))
    result = done("import", tmp_path / "AAPL_1d.csv")
    assert "10 bars" in result.stdout
    assert "10 stored before were replaced, 3,260 kept" in result.stdout


def test_actions_beside_the_bars_are_pointed_out_and_can_come_later(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "AAPL_1d.csv", tmp_path)
    shutil.copy(SAMPLES / "AAPL_actions.csv", tmp_path)
    assert f"{tmp_path / 'AAPL_actions.csv'} lies beside it" in done("import", tmp_path / "AAPL_1d.csv").stderr
    assert store().actions("AAPL") == ()
    done("import", tmp_path / "AAPL_actions.csv")
    assert len(store().actions("AAPL")) == 5


@pytest.mark.parametrize("spell", ["{0}", "AAPL={0}"])
def test_actions_option_with_and_without_the_symbol(spell: str) -> None:
    done("import", SAMPLES / "AAPL_1d.csv", "--actions", spell.format(SAMPLES / "AAPL_actions.csv"))
    assert len(store().actions("AAPL")) == 5


def test_one_bad_file_does_not_hold_up_the_others_and_is_named(tmp_path: Path) -> None:
    bad, missing = tmp_path / "BAD_1d.csv", tmp_path / "none.csv"
    bad.write_text("timestamp,open,high,low,close\n2017-01-03,1,0.5,1,1\n2017-01-04,1,1,1,1\n")
    result = run("import", bad, SAMPLES / "IBM_1d.csv", missing)
    assert result.exit_code == 2
    told = [line for line in result.stderr.splitlines() if not line.startswith("  ")]
    assert told == [
        f"error: {bad}: row 1 (line 2): high 0.5 is below low 1.0", f"error: {missing}: there is no such file",
    ]  # fmt: skip
    assert [entry.symbol for entry in store().catalogue()] == ["IBM"]


def test_bad_actions_leave_the_bars_out_too(tmp_path: Path) -> None:
    actions = tmp_path / "a.csv"
    actions.write_text("ex_date,type,value\n2000-06-21,split,0\n")
    assert "row 1 (line 2)" in refused("import", SAMPLES / "AAPL_1d.csv", "--actions", actions)
    assert store().catalogue() == []


def test_impossible_options_are_refused_in_one_line(tmp_path: Path) -> None:
    assert "timeframe '5s' is unknown" in refused("import", SAMPLES / "IBM_1d.csv", "--timeframe", "5s")
    assert "asset class 'bond' is unknown" in refused("import", SAMPLES / "IBM_1d.csv", "--asset", "bond")
    both = [SAMPLES / "IBM_1d.csv", SAMPLES / "MSFT_1d.csv"]
    assert "--symbol X goes with one file, not 2" in refused("import", *both, "--symbol", "X")
    assert "say whose they are" in refused("import", *both, "--actions", SAMPLES / "README.md")
    assert "NONE is not in the bar store" in refused(
        "import", "--actions", "NONE=" + str(SAMPLES / "IBM_actions.csv"), SAMPLES / "IBM_1d.csv"
    )


def test_check_tells_doubts_and_passes_good_data() -> None:
    done("import", SAMPLES / "AAPL_1d.csv", SAMPLES / "EURUSD_1h.csv", SAMPLES / "IBM_1d.csv")
    text = done("check").stdout
    assert "IBM 1d: 3,270 bars, fine" in text
    assert "EURUSD 1h: 15 bars missing in 2 gaps" in text
    assert "a split missing among the actions (--actions)? [jump]" in text
    assert "EURUSD" not in done("check", "IBM").stdout
    assert "NOPE: not in the bar store" in refused("check", "NOPE")


def test_check_finds_damage(weaver_home: Path) -> None:
    done("import", SAMPLES / "IBM_1d.csv", SAMPLES / "MSFT_1d.csv")
    ibm, msft = (next((settings().bars_folder / symbol).glob("1d-*/all.parquet")) for symbol in ("IBM", "MSFT"))
    msft.write_bytes(ibm.read_bytes())
    result = run("check", "--json")
    assert result.exit_code == 2
    report = {
        row["symbol"]: [warning["code"] for warning in row["warnings"]] for row in json.loads(result.stdout)["items"]
    }
    assert report == {"IBM": [], "MSFT": ["damaged"]}
    assert store().find("MSFT", Timeframe.parse("1d")) is not None


def test_damage_is_listed_until_an_import_mends_it(weaver_home: Path) -> None:
    done("import", SAMPLES / "IBM_1d.csv", SAMPLES / "MSFT_1d.csv", SAMPLES / "AAPL_1d.csv")
    bars = settings().bars_folder
    file = bars / "IBM" / "1d-1" / "all.parquet"
    file.write_bytes(file.read_bytes()[:70_000] + bytes(100) + file.read_bytes()[70_100:])
    (bars / "MSFT" / "symbol.json").write_text("[" * 100_000)
    listed = {row["symbol"]: row for row in json.loads(done("list", "--json").stdout)["items"]}
    assert listed["AAPL"]["damaged"] is None
    assert "IBM 1d: the stored bars are damaged" in listed["IBM"]["damaged"]
    assert "MSFT: its record in the bar store is damaged" in listed["MSFT"]["damaged"]
    table = done("list")
    assert "IBM (damaged)" in table.stdout
    assert "MSFT: its record in the bar store is damaged" in table.stderr
    checked = run("check")
    assert checked.exit_code == 2
    assert checked.stdout.count("[damaged]") == 2
    again = done("import", SAMPLES / "IBM_1d.csv", SAMPLES / "MSFT_1d.csv")
    assert "warning: IBM 1d: 3,270 stored bars from 2000-03-01 to" in again.stderr
    assert "warning: MSFT: its record was damaged, and is written anew [mended]" in again.stderr
    assert [row["damaged"] for row in json.loads(done("list", "--json").stdout)["items"]] == [None] * 3


def test_check_gives_a_store_of_before_its_checksums(weaver_home: Path) -> None:
    done("import", SAMPLES / "IBM_1d.csv")
    as_written_before(settings().bars_folder)
    assert store().catalogue()[0].checks is None
    assert "damaged" not in done("check").stdout
    assert store().catalogue()[0].checks is not None


def test_files_that_take_long_are_counted_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "LINE_AFTER_SECONDS", 0.01)
    monkeypatch.setattr(progress, "LINE_EVERY_SECONDS", 0.01)
    for wanted in _progress(["Importing 0 %\n", "Importing 50 %\n"], "Importing"):
        told, end = "", time.monotonic() + 60
        while wanted not in told and time.monotonic() < end:
            time.sleep(0.01)
            told += capsys.readouterr().err
        assert wanted in told
    assert capsys.readouterr().out == ""


def test_empty_store_says_what_to_do() -> None:
    assert "weaver data import" in done("list").stdout
    assert json.loads(done("list", "--json").stdout) == {"items": []}
    assert done("check").stdout == ""


def test_fetch_without_keys_says_which_setting_is_missing() -> None:
    assert "ALPACA_PAPER_API_KEY is not set" in refused("fetch", "AAPL")
    assert "there is no venue 'nasdaq'" in refused("fetch", "AAPL", "--source", "nasdaq")
    assert "--from 'soon' is no date" in refused("fetch", "AAPL", "--from", "soon")


MANY = "symbol,date,open,high,low,close,volume\n" + "".join(
    f"{symbol},2024-03-0{day},{price},{price},{price},{price},{day}\n"
    for day in (4, 5, 6, 7, 8)
    for symbol, price in (("MSFT", 400), ("AAPL", 100))
)
ACTIONS = "ticker,ex_date,type,value\nAAPL,2024-03-05,dividend,1\nMSFT,2024-03-06,split,2\nIBM,2024-03-06,split,3\n"


def test_file_of_several_symbols_is_imported_as_several(tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text(MANY)
    assert done("import", tmp_path / "many.csv").stdout.splitlines() == [
        "MSFT 1d: 5 bars, 2024-03-04 to 2024-03-08 (stock)", "AAPL 1d: 5 bars, 2024-03-04 to 2024-03-08 (stock)",
    ]  # fmt: skip
    closes = {one.symbol: store().read(one.symbol, one.timeframe).bars.close.tolist() for one in store().catalogue()}
    assert closes == {"MSFT": [400.0] * 5, "AAPL": [100.0] * 5}


def test_one_of_several_symbols_is_imported_alone_and_others_listed(tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text(MANY)
    assert "5 of 10 rows are AAPL's" in done("import", tmp_path / "many.csv", "--symbol", "AAPL").stderr
    assert [entry.symbol for entry in store().catalogue()] == ["AAPL"]
    assert "has MSFT, AAPL: IBM is not among them" in refused("import", tmp_path / "many.csv", "--symbol", "IBM")


def test_one_bad_symbol_does_not_hold_up_the_others(tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text(MANY.replace("AAPL,2024-03-06,100,100", "AAPL,2024-03-06,100,90"))
    told = refused("import", tmp_path / "many.csv")
    assert told == f"{tmp_path / 'many.csv'} (AAPL): row 6 (line 7): high 90.0 is below low 100.0"
    assert [entry.symbol for entry in store().catalogue()] == ["MSFT"]


@pytest.mark.parametrize("how", ["an option", "with the bars", "later"])
def test_file_of_many_symbols_actions_gives_each_its_own(tmp_path: Path, how: str) -> None:
    (tmp_path / "many.csv").write_text(MANY)
    path = tmp_path / "all_actions.csv"
    path.write_text(ACTIONS)
    if how == "later":
        done("import", tmp_path / "many.csv")
    given = {"an option": ["--actions", path, tmp_path / "many.csv"], "with the bars": [path, tmp_path / "many.csv"]}
    done("import", *given.get(how, [path]))
    assert [len(store().actions(symbol)) for symbol in ("AAPL", "MSFT")] == [1, 1]
    assert str(store().actions("AAPL")[0].ex_date) == "2024-03-05"
    path.write_text(ACTIONS.replace("AAPL", "ORCL").replace("MSFT", "INTC"))
    assert "the store has no bars of any of ORCL, INTC, IBM" in refused("import", path)


def test_symbols_with_equals_signs_have_actions_too(tmp_path: Path) -> None:
    (tmp_path / "a=b.csv").write_text("ex_date,type,value\n2024-03-05,split,2\n")
    (tmp_path / "bars.csv").write_text("date,open,high,low,close\n2024-03-04,1,1,1,1\n2024-03-05,1,1,1,1\n")
    done("import", tmp_path / "bars.csv", "--symbol", "ES=F", "--actions", f"ES=F={tmp_path / 'a=b.csv'}")
    assert len(store().actions("ES=F")) == 1
