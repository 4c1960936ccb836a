"""A record is enough to run again: whatever the strategy's parameters, the instrument, the costs."""

import json
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from textwrap import dedent

import pytest

from tests.acceptance.command import csv, days
from weaver import backtest
from weaver.model.errors import InputError, NotFound
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.research import run
from weaver.research.inputs import store
from weaver.research.record import _json
from weaver.research.reproduce import plan_again
from weaver.walle.files.bar_file import read_bars

STRATEGY = dedent(
    """
    from datetime import date
    from decimal import Decimal
    from enum import Enum

    from weaver import Strategy

    class Side(Enum):
        IN = "in"
        OUT = "out"

    class Odd(Strategy):
        size: Decimal = Decimal("1.5")
        names: list[str] = ["a"]
        kinds: set[str] = {"x"}
        since: date = date(2020, 3, 1)
        side: Side = Side.OUT
        share: float = 0.1

        def on_bar(self, bar):
            assert isinstance(self.since, date) and self.kinds == {"y", "z"} and self.side is Side.IN
            if self.random.random() < self.share:
                self.order_target(bar.symbol, self.size * len(self.names))
            else:
                self.close_position(bar.symbol)
    """
)


@pytest.fixture
def odd(tmp_path: Path, weaver_home: Path) -> Path:
    """A strategy with parameters of many types, and bars of an instrument with facts of its own in the store."""
    path = tmp_path / "ODD_1d.csv"
    path.write_text(csv(days(200)))
    read = read_bars(path, asset_class=AssetClass.CRYPTO)
    facts = Instrument(
        symbol="ODD", asset_class=AssetClass.CRYPTO, tick=Decimal("0.050"), lot=Decimal("0.25"),
        minimum=Decimal("0.50"), quote_currency="CHF",
    )  # fmt: skip
    store().write(read.bars, facts, (), "test")
    (tmp_path / "odd.py").write_text(STRATEGY)
    return tmp_path / "odd.py"


def again(record: str, folder: Path) -> str:
    ready = plan_again(json.loads(record)["run"], folder=folder)
    return run(ready, progress=lambda *_: None).to_json()


def test_parameters_facts_and_costs_come_back_exactly(odd: Path, tmp_path: Path) -> None:
    params = {"size": "2.25", "names": "a,b", "kinds": ["z", "y"], "side": "in", "share": 0.3}
    result = backtest(
        str(odd), symbols=["ODD"], params=params, seed=5, costs={"max_participation": "0.001", "commission_bps": 2},
        venue="alpaca-crypto", start=date(2020, 2, 3),
    )  # fmt: skip
    assert len(result.fills) > 5
    assert result.run["parameters"] == {
        "size": "2.25", "names": ["a", "b"], "kinds": ["y", "z"], "since": "2020-03-01", "side": "in", "share": 0.3,
    }  # fmt: skip
    facts = result.run["data"]["ODD"]
    assert [facts[name] for name in ("tick", "lot", "minimum", "quote_currency")] == ["0.05", "0.25", "0.5", "CHF"]
    text = result.to_json()
    odd.unlink()
    assert again(text, tmp_path) == text


def test_bars_are_found_beside_the_record_and_by_hash_under_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ABC_1d.csv").write_text(csv(days(100)))
    monkeypatch.chdir(tmp_path)
    text = backtest("buy-and-hold", "ABC_1d.csv", costs="none").to_json()
    assert json.loads(text)["run"]["costs"] == {"ABC": {}}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert again(text, tmp_path) == text
    with pytest.raises(NotFound, match="ABC 1d: the bars of the run"):
        again(text, elsewhere)
    read = read_bars(tmp_path / "ABC_1d.csv", symbol="RENAMED")
    store().write(read.bars, read.instrument, (), "test")
    assert again(text, elsewhere) == text


def test_record_that_lacks_something_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ABC_1d.csv").write_text(csv(days(100)))
    monkeypatch.chdir(tmp_path)
    record = json.loads(backtest("buy-and-hold", "ABC_1d.csv").to_json())["run"]
    for name, change, message in [
        ("cash", None, "the record is damaged: KeyError: 'cash'"),
        ("data", {}, "the record is damaged: KeyError: 'ABC'"),
        ("source", "", "no source text"),
        ("class", "Other", "the recorded strategy cannot be loaded"),
        ("timeframe", "weekly", "weekly"),
    ]:
        broken = {key: value for key, value in record.items() if key != name}
        if change is not None:
            broken[name] = change
        with pytest.raises(InputError, match=message):
            plan_again(broken, folder=tmp_path)


def test_values_of_parameters_are_written_as_json() -> None:
    class Shade(Enum):
        DARK = Decimal("1.0")

    assert _json({"a": (1, 2.5), "b": {3, 1}, "c": Shade.DARK, 4: None}) == {
        "a": [1, 2.5], "b": [1, 3], "c": "1.0", "4": None,
    }  # fmt: skip
