"""A place for the command to work in."""

from pathlib import Path

import pytest

from tests.acceptance.command import Place, csv, days


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with 300 daily bars of ABC, and an empty home."""
    folder, home = tmp_path / "work", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "ABC_1d.csv").write_text(csv(days(300)))
    return Place(folder=folder, home=home)
