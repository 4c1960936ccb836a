"""Each command of the tutorial works as it is printed, in the order in which a newcomer types them."""

import re
import shlex
import shutil

import pytest

from tests.acceptance.day.trader import Trader
from tests.shared_data import REPOSITORY

PAGE = (REPOSITORY / "docs" / "tutorial.md").read_text()
STEPS = re.findall(r"^```(python|sh)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SAVED = {"class Pullback(": "pullback.py", "class Peek(": "peek.py"}
INSTALLED, OWN = "make install", ".venv/bin/weaver "


def test_steps_are_those_of_the_table() -> None:
    titles = re.findall(r"^## (\d\. .+)$", PAGE, re.MULTILINE)
    anchors = re.findall(r"^\| \[.*?\]\(#(.+?)\)", PAGE, re.MULTILINE)
    assert anchors == [re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles[:5]]


@pytest.mark.timeout(900)
def test_commands_work_one_after_the_other(newcomer: Trader) -> None:
    shutil.copytree(REPOSITORY / "data", newcomer.folder / "data")
    done: list[str] = []
    for kind, text in STEPS:
        if kind == "python":
            for beginning, name in SAVED.items():
                if beginning in text:
                    (newcomer.folder / name).write_text(text)
            continue
        for line in text.splitlines():
            if line == INSTALLED:  # whoever runs this has done it
                continue
            assert line.startswith(OWN), line
            found = newcomer.does(*shlex.split(line.removeprefix(OWN)))
            assert found.returncode == 0, f"{line}: {found.stderr or found.stdout}"
            done.append(line)
    assert any("trade pullback.py" in line for line in done)
    assert done.index(f"{OWN}down") > 5
    assert "</html>" in (newcomer.folder / "pullback.html").read_text()
