"""A project that `weaver init` makes: every target of its Makefile works, and nothing is overwritten."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.day.trader import Trader

FILES = {
    ".gitignore", "Makefile", "notebook.ipynb", "strategies/first.py", "data/AAPL_1d.csv", "data/AAPL_actions.csv",
    "data/IBM_1d.csv", "data/IBM_actions.csv", "data/MSFT_1d.csv", "data/MSFT_actions.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Trader, Path]]:
    one = Trader(tmp_path_factory.mktemp("init") / "home")
    told = one.told("init", "mine")
    folder = one.folder / "mine"
    assert told.startswith(f"A project in {folder}: ")
    export = f"export WEAVER='{sys.executable} -m weaver'"  # as this one is called; on the path it needs none
    assert told.endswith(f"Then: cd mine && {export} && make backtest (make help lists the rest)\n")
    yield one, folder
    make(one, folder, "clean")


def make(one: Trader, folder: Path, *words: str) -> str:
    """A target, with this Weaver."""
    environment = one.environment | {"PATH": f"{Path(sys.executable).parent}:{one.environment['PATH']}"}
    done = subprocess.run(
        ["make", f"WEAVER={sys.executable} -m weaver", *words], cwd=folder, env=environment, capture_output=True,
        text=True, check=False, stdin=subprocess.DEVNULL, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_project_has_a_strategy_data_a_notebook_and_a_makefile(project: tuple[Trader, Path]) -> None:
    _, folder = project
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there >= FILES
    assert there - FILES <= {name for name in there if name.startswith((".weaver/", "report", "result"))}


def test_every_target_is_tried_here_or_is_a_server_for_the_browser(project: tuple[Trader, Path]) -> None:
    one, folder = project
    listed = re.findall(r"^  (\w+)\t", make(one, folder, "help"), re.MULTILINE)
    assert listed == ["help", "check", "backtest", "report", "notebook", "paper", "up", "down", "clean"]
    assert "first: fine (First, source " in make(one, folder, "check")
    assert "look-ahead check: the run repeated" in make(one, folder, "backtest")
    make(one, folder, "report", "SYMBOL=MSFT")
    assert "</html>" in (folder / "report.html").read_text()
    assert json.loads((folder / "result.json").read_text())["run"]["symbols"] == ["MSFT"]


@pytest.mark.timeout(600)
def test_notebook_of_a_project_runs(project: tuple[Trader, Path]) -> None:
    one, folder = project
    make(one, folder, "notebook")
    cells = json.loads((folder / "notebook.ipynb").read_text())["cells"]
    outputs = [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]
    assert [len(output) for output in outputs] == [1] * len(outputs)
    assert {output["output_type"] for [output] in outputs} == {"execute_result", "display_data"}
    assert [[*output["data"]] for [output] in outputs].count(["text/html", "text/plain"]) == 3  # result, trades, report


@pytest.mark.timeout(600)
def test_project_trades_on_paper_in_a_home_of_its_own(project: tuple[Trader, Path]) -> None:
    one, folder = project
    told = make(one, folder, "paper")
    assert re.search(r"^first on AAPL: completed \(paper\)$", told, re.MULTILINE)
    assert (folder / ".weaver" / "strategies" / "first.py").is_file()
    assert "has ended" in make(one, folder, "down")


@pytest.mark.parametrize("name", ["Makefile", "data/AAPL_1d.csv", "strategies/first.py"])
def test_nothing_is_overwritten(nobody: Trader, name: str) -> None:
    folder = nobody.folder / f"with-{Path(name).name}"
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    code, line = nobody.refused("init", folder)
    assert (code, line) == (2, f"error: {path} is there already; choose another folder, or remove it first")
    assert [one for one in folder.rglob("*") if one.is_file()] == [path]
    assert path.read_text() == "mine"


def test_folder_that_is_a_file_is_refused(nobody: Trader) -> None:
    path = nobody.folder / "file"
    path.write_text("")
    assert nobody.refused("init", path) == (2, f"error: {path} is a file; name a folder")


def test_project_in_the_folder_where_one_stands(nobody: Trader) -> None:
    found = nobody.answered("init")
    assert set(found["files"]) == FILES
    assert found["folder"] == str(nobody.folder)
    assert nobody.refused("init")[0] == 2
