"""A copy of a live store is a store of its own."""

import asyncio
from pathlib import Path

import pytest

from tests.contracts.builders import MOMENT, event, new_id, order_row, run
from tests.unit.walle.damages import FILE_HARMS, two_symbols
from tests.unit.walle.store_builders import assert_same, bars, instrument
from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe
from weaver.model.record import Query
from weaver.walle.backup import backup
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database

pytestmark = pytest.mark.anyio
MINUTE = Timeframe.parse("1m")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def opened(home: Path) -> SqlDatabase:
    return await open_database(None, home=home, now=lambda: MOMENT, new_id=new_id, route=None)


async def test_a_copy_taken_while_a_server_writes_holds_whole_transactions(tmp_path: Path) -> None:
    home, done = tmp_path / "home", asyncio.Event()

    async def write(database: SqlDatabase) -> int:
        written = 0
        while not done.is_set():
            async with database.transaction() as transaction:
                run_id = f"run-{written}"
                await transaction.runs.add(run(run_id))
                await transaction.records.add_orders([order_row(run_id, k) for k in range(50)])
                transaction.append(*(event(run_id=run_id) for _ in range(50)))
            written += 1
        return written

    async with await opened(home) as database:
        writer = asyncio.create_task(write(database))
        copies = [tmp_path / f"copy-{k}" for k in range(5)]
        for copy in copies:
            await backup(None, home, copy)
        done.set()
        assert await writer > 0
    for copy in copies:
        async with await opened(copy) as database:
            async with database.transaction() as transaction:
                runs = (await transaction.runs.list(Query())).total
                assert (await transaction.records.rows("orders", None, Query())).total == 50 * runs
            assert len(await database.log.read(limit=1_000_000)) == 50 * runs
            assert database.is_owner


async def test_strategies_are_copied_along(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await (await opened(home)).close()
    (home / "strategies" / "__pycache__").mkdir(parents=True)
    (home / "strategies" / "mine.py").write_text("# mine")
    await backup(None, home, tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy" / "strategies").iterdir()] == ["mine.py"]
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("folder", ["strategies", "bars"])
async def test_target_within_what_is_copied_is_refused(tmp_path: Path, folder: str) -> None:
    await (await opened(tmp_path)).close()
    (tmp_path / folder).mkdir()
    with pytest.raises(InputError, match="which is copied itself"):
        await backup(None, tmp_path, tmp_path / folder / "copy")
    assert list((tmp_path / folder).iterdir()) == []


async def test_bars_are_copied_along_unless_not_wanted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await (await opened(home)).close()
    stored = bars()
    ParquetBarStore(home / "bars").write(stored, instrument(), None, "a test")
    await backup(None, home, tmp_path / "copy")
    await backup(None, home, tmp_path / "slim", with_bars=False)
    assert_same(ParquetBarStore(tmp_path / "copy" / "bars").read("BTCUSD", MINUTE).bars, stored)
    assert [path.name for path in (tmp_path / "slim").iterdir()] == ["weaver.db"]
    assert [path.name for path in tmp_path.iterdir() if ".partial" in path.name] == []


async def test_a_target_that_is_there_is_left_alone(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "target"
    await (await opened(home)).close()
    target.mkdir()
    with pytest.raises(InputError, match="is there already"):
        await backup(None, home, target)
    assert list(target.iterdir()) == []


async def test_a_store_that_is_not_there_or_damaged_leaves_no_copy(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "target"
    with pytest.raises(InputError, match="no database to copy yet"):
        await backup(None, home, target)
    home.mkdir()
    (home / "weaver.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(InputError, match="could not be written"):
        await backup(None, home, target)
    assert [path.name for path in tmp_path.iterdir() if path.name != "weaver_home"] == ["home"]


async def test_a_server_is_copied_by_its_own_tool_and_the_password_is_not_told(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://me:hunter2@db.example:5433/weaver"
    with pytest.raises(InputError) as raised:
        await backup(url, tmp_path, tmp_path / "copy")
    assert f"pg_dump --format=custom --file={tmp_path}/copy.dump 'postgresql://me@db.example:5433/weaver'" in str(
        raised.value
    )
    assert "hunter2" not in str(raised.value)


async def test_memory_has_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is kept"):
        await backup("memory", tmp_path, tmp_path / "copy")


@pytest.mark.parametrize("harm", ["zeroed", "missing", "a pipe", "a link in a circle"])
async def test_damaged_bars_are_copied_as_they_are_and_named(tmp_path: Path, harm: str) -> None:
    home = tmp_path / "home"
    await (await opened(home)).close()
    two_symbols(home / "bars")
    assert await backup(None, home, tmp_path / "whole") == []
    FILE_HARMS[harm](home / "bars" / "BTCUSD" / "1m-1" / "2021.parquet", tmp_path)
    (told,) = await backup(None, home, tmp_path / "copy")
    assert told.startswith("BTCUSD 1m: the stored bars are damaged (")
    copied = ParquetBarStore(tmp_path / "copy" / "bars")
    assert len(copied.read("ETHUSD", Timeframe.parse("1m")).bars) == 3000
