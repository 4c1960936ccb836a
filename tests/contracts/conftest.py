"""The databases on which every contract is tried."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.contracts.builders import Opener
from weaver.walle.database.database import SqlDatabase


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> str:
    """Each storage in turn; a test can name its own with `on_kept`, `on_memory`, `on_postgresql`."""
    return str(request.param)


@pytest.fixture
async def opener(request: pytest.FixtureRequest, storage: str, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens databases on the test's storage; closes them at the end."""
    urls = {"memory": "memory", "sqlite": None}
    url = request.getfixturevalue("postgres_url") if storage == "postgresql" else urls.get(storage)
    async with AsyncExitStack() as stack:
        yield Opener(stack=stack, url=url, home=tmp_path / "home")


@pytest.fixture
async def database(opener: Opener) -> SqlDatabase:
    """An empty database that owns its storage."""
    return await opener.open()
