"""Each command of the how-to works as it is printed, in the order in which a reader types them."""

import re
import shlex

import pytest

from tests.acceptance.day.trader import Trader
from tests.shared_data import REPOSITORY

PAGE = (REPOSITORY / "docs" / "how-to" / "trade-on-paper.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"<!-- run: newcomer -->\n```sh\n(.+?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]


def test_page_has_commands_for_a_newcomer() -> None:
    assert COMMANDS[:2] == ["weaver demo", "weaver trade sma-crossover --symbol AAPL"]
    assert COMMANDS[-1] == "weaver down"


@pytest.mark.timeout(600)
def test_commands_work_one_after_the_other(newcomer: Trader) -> None:
    for line in COMMANDS:
        done = newcomer.does(*shlex.split(line)[1:])
        assert done.returncode == 0, f"{line}: {done.stderr or done.stdout}"
    assert (newcomer.folder / "report.html").is_file()


def test_sample_of_the_page_is_what_is_printed(newcomer: Trader) -> None:
    """But for ids, times of the wall, and how the command was called."""
    shown = re.search(r"<!-- sample output of `weaver trade` -->\n```\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    told = newcomer.told("trade", "sma-crossover", "--symbol", "AAPL")
    assert plain(told) == plain(shown[1])


def plain(text: str) -> list[str]:
    """The lines, without what differs each time."""
    text = re.sub(r"\S*python\S* -m weaver", "weaver", text)
    text = re.sub(r"in [\d.,]+ s$", "in 1 s", text, flags=re.MULTILINE)
    text = re.sub(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b01[0-9A-Za-z]{20,}\b", "ID", text)
    return [line for line in text.splitlines() if not re.search("in the browser|  equity |: waits;|: running;", line)]
