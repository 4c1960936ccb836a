"""Where the embedded file is, whatever it is called."""

from pathlib import Path

import pytest

from tests.contracts.builders import MOMENT, add_run, new_id
from weaver.model.errors import InputError
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.migrate import migrate
from weaver.walle.database.opening import open_database

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def opened(url: str | None, home: Path) -> SqlDatabase:
    return await open_database(url, home=home, now=lambda: MOMENT, new_id=new_id, route=None)


async def test_file_has_one_owner_under_all_its_names(tmp_path: Path) -> None:
    async with await opened(None, tmp_path) as first:
        (tmp_path / "link.db").symlink_to(tmp_path / "weaver.db")
        async with await opened(f"sqlite+aiosqlite:///{tmp_path}/link.db", tmp_path) as second:
            assert (first.is_owner, second.is_owner) == (True, False)


@pytest.mark.parametrize("name", ["a?b", "a#b", "a b%20c", "ü"])
async def test_home_of_any_name_holds_its_database(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    async with await opened(None, home) as database:
        await add_run(database)
    assert (home / "weaver.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


async def test_place_that_cannot_hold_a_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "other.db").write_bytes(b"no database, but long enough to look at" * 10)
    for open_it in (opened, lambda url, home: migrate(url, home=home)):
        with pytest.raises(InputError, match=r"file: cannot be made a folder: .* set WEAVER_HOME or DB_URL"):
            await open_it(None, tmp_path / "file")
        with pytest.raises(InputError, match=r"other\.db: .*is it Weaver's database"):
            await open_it(f"sqlite+aiosqlite:///{tmp_path}/other.db", tmp_path)
