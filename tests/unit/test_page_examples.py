"""What the pages of the architecture show in Python runs as it stands, its assertions included."""

import re

import pytest

from tests.shared_data import REPOSITORY

PAGES = ("greta", "marvin", "statistics", "walle")


def examples() -> list[tuple[str, str]]:
    """Page and text of each block that imports what it uses; the others are pieces of something."""
    found = []
    for page in PAGES:
        text = (REPOSITORY / "docs" / "architecture" / f"{page}.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        found += [(page, block) for block in blocks if re.search(r"^(import|from) ", block, re.MULTILINE)]
    return found


@pytest.mark.parametrize(("page", "text"), examples())
def test_example_runs_and_is_true(page: str, text: str) -> None:
    assert "assert " in text, "an example that claims nothing"
    exec(compile(text, f"{page}.md", "exec"), {"__name__": page})
