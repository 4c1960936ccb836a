"""A manager that is entered, and leaves nothing behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.glados.runs.fakes import House, assert_nothing_left, house_in


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_in(tmp_path) as house:
        async with house.manager:
            yield house
        assert_nothing_left(house)
