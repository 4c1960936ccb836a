"""What the pages on architecture and rules show in Python is so: blocks run with their assertions, sessions happen."""

import doctest
import re

import pytest

from tests.shared_data import REPOSITORY

DOCS = REPOSITORY / "docs"
HOW_TO = [DOCS / "how-to" / f"{name}.md" for name in ("combine-strategies", "read-overfitting-figures")]
FILES = [*sorted((DOCS / "architecture").glob("*.md")), *HOW_TO]
PAGES = {path.stem: path.read_text("utf-8") for path in FILES}
WITH_RULES = ("api", "greta", "read-overfitting-figures", "statistics", "walle")
"""Pages that say rules of data, fills, results and the server: each shows some of them."""


def blocks() -> list[tuple[str, str]]:
    """Page and text of each block that imports what it uses; the others are pieces of something."""
    found = [(page, block) for page, text in PAGES.items() for block in re.findall(r"```python\n(.*?)```", text, re.S)]
    return [(page, block) for page, block in found if re.search(r"^(import|from) ", block, re.MULTILINE)]


def sessions(page: str) -> doctest.DocTest:
    return doctest.DocTestParser().get_doctest(PAGES[page], {}, page, page, 0)


@pytest.mark.parametrize(("page", "text"), blocks())
def test_block_runs_and_is_true(page: str, text: str) -> None:
    assert "assert " in text, "an example that claims nothing"
    exec(compile(text, f"{page}.md", "exec"), {"__name__": page})


@pytest.mark.parametrize("page", PAGES)
def test_session_happens_as_shown(page: str) -> None:
    runner, said = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS), list[str]()
    runner.run(sessions(page), out=said.append)
    assert not runner.failures, "".join(said)


@pytest.mark.parametrize("page", WITH_RULES)
def test_page_of_rules_shows_some(page: str) -> None:
    assert [name for name, _ in blocks() if name == page] or sessions(page).examples
