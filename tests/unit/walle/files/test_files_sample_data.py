"""The data sets of data/: what its README says, and what the generator makes."""

import hashlib
import importlib.util
import re
from datetime import date
from decimal import Decimal
from types import ModuleType

import pytest

from tests.shared_data import REPOSITORY, SAMPLES, shared_file
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.corporate_actions_file import read_corporate_actions

README = (SAMPLES / "README.md").read_text(encoding="utf-8")
SUMS = dict(reversed(line.split()) for line in re.findall(r"^[0-9a-f]{64}  \S+$", README, re.MULTILINE))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_data", REPOSITORY / "scripts" / "generate_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_has_the_sum_of_every_file() -> None:
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SAMPLES.glob("*.csv")} == SUMS


def test_generator_makes_the_same_bytes_again(generator: ModuleType) -> None:
    made = generator.texts()
    assert set(SUMS) - {"EURUSD_1h.csv"} <= set(made)
    assert {name: hashlib.sha256(text.encode()).hexdigest() for name, text in made.items()} == {
        name: SUMS[name] for name in made
    }


@pytest.mark.parametrize(
    ("name", "rows", "timeframe", "asset_class"),
    [
        ("AAPL_1d.csv", 3270, "1d", "stock"),
        ("IBM_1d.csv", 3270, "1d", "stock"),
        ("MSFT_1d.csv", 3270, "1d", "stock"),
        ("EURUSD_1h.csv", 6225, "1h", "fx"),
        ("SYNTHUSD_1m.csv", 30240, "1m", "crypto"),
    ],
)
def test_samples_import_with_no_doubt_but_christmas(name: str, rows: int, timeframe: str, asset_class: str) -> None:
    found = read_bars(SAMPLES / name)
    assert (len(found.bars), str(found.bars.timeframe), found.instrument.asset_class) == (rows, timeframe, asset_class)
    assert [warning.code for warning in found.warnings] == (["gaps"] if name.startswith("EURUSD") else [])


def test_splits_are_the_known_ones() -> None:
    """AAPL split 2-for-1 on 2000-06-21 and 2005-02-28, MSFT on 2003-02-18; IBM did not (company announcements)."""
    splits = {
        ticker: [
            (str(one.ex_date), one.ratio)
            for one in read_corporate_actions(SAMPLES / f"{ticker}_actions.csv")
            if isinstance(one, Split)
        ]
        for ticker in ("AAPL", "IBM", "MSFT")
    }
    assert splits == {"AAPL": [("2000-06-21", 2), ("2005-02-28", 2)], "IBM": [], "MSFT": [("2003-02-18", 2)]}


def test_microsofts_special_dividend_is_there() -> None:
    """$3.00 special and $0.08 quarterly, both with ex-date 2004-11-15 (company announcement)."""
    found = [one for one in read_corporate_actions(SAMPLES / "MSFT_actions.csv") if str(one.ex_date) == "2004-11-15"]
    assert found == [Dividend(ex_date=date(2004, 11, 15), amount=Decimal("3.08"))]


def test_ibm_dividends_equal_an_independent_source() -> None:
    path = shared_file("daily_us/IBM_actions.csv")
    ours = {
        one.ex_date: float(one.amount)
        for one in read_corporate_actions(SAMPLES / "IBM_actions.csv")
        if isinstance(one, Dividend)
    }
    assert len(ours) == 52
    if path is not None:  # derived there from adjustment factors, so off by up to 0.002
        theirs = {one.ex_date: float(one.amount) for one in read_corporate_actions(path) if isinstance(one, Dividend)}
        assert {day: theirs[day] for day in ours} == pytest.approx(ours, abs=0.002)
