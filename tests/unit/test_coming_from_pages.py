"""The pages for those who come from another library: their strategies trade, and what they call ours is there."""

import re
import shutil
from pathlib import Path

import pytest

import weaver
from tests.shared_data import REPOSITORY, SAMPLES
from tests.strategy_api.members import members
from tests.strategy_api.surface import shown
from weaver import Strategy

PAGES = {path.stem: path.read_text() for path in (REPOSITORY / "docs" / "coming-from").glob("*.md")}
PEERS = sorted(PAGES.keys() - {"README"})
OURS = {name for one in shown() for name in members(one.cls)} | set(weaver._HOME_OF) | {"backtest"}
KEYWORDS = re.compile(r"\b(?:self|weaver|result)\.(\w+)")


def test_there_is_a_page_for_each_and_the_list_leads_to_it() -> None:
    assert PEERS == ["backtesting.py", "backtrader", "freqtrade", "lean", "vectorbt", "zipline"]
    assert [name for name in PEERS if f"({name}.md)" not in PAGES["README"]] == []


@pytest.mark.parametrize("name", PEERS)
def test_strategy_of_a_page_has_about_ten_lines_and_trades(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [block] = re.findall(r"```python\n(.*?)```", PAGES[name], re.DOTALL)
    shutil.copy(SAMPLES / "AAPL_1d.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {"__name__": "page"}
    exec(compile(block, name, "exec"), space)
    [cls] = [one for one in space.values() if isinstance(one, type) and issubclass(one, Strategy)
             and one.__module__ == "page"]  # fmt: skip
    assert 8 <= len([line for line in block.splitlines() if line.strip()]) <= 15
    files = {symbol: SAMPLES / f"{symbol}_1d.csv" for symbol in ("AAPL", "MSFT")}
    actions = {symbol: SAMPLES / f"{symbol}_actions.csv" for symbol in files}
    result = weaver.backtest(cls, files, actions=actions, asset="stock")
    assert result.stats["trades"] > 5
    assert {one.code for one in result.warnings} <= {"resized"}


@pytest.mark.parametrize("name", PEERS)
def test_what_a_page_says_that_weaver_has_is_there(name: str) -> None:
    rows = re.findall(r"^\| .* \| (.*) \|$", PAGES[name], re.MULTILINE)
    assert len(rows) > 12
    named = {found for row in rows for code in re.findall(r"`([^`]+)`", row) for found in KEYWORDS.findall(code)}
    assert named - OURS - {"f", "enter", "leave"} == set()
