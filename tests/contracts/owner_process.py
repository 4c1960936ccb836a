"""A server's database in a process of its own, told line by line what to do: `python -m … URL HOME`.

URL `-` is a file in HOME. Each line is answered, behind MARK, with `ok` or the class of what was raised.
"""

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from weaver.events.event import Event, Kind
from weaver.glados.trading.store import KeptTradingStore
from weaver.model.errors import WeaverError
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database

MARK = "> "
"""Before what it says; it logs beside that."""
_numbers = count()


def now() -> datetime:
    return datetime.now(UTC)


def tell(text: str) -> None:
    sys.stdout.write(f"{MARK}{text}\n")
    sys.stdout.flush()


async def heard() -> str:
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.strip()


async def write(store: KeptTradingStore, name: str, *, holds: bool) -> None:
    """Keep a state and an event, both of that name. holds: before the commit another line is waited for."""
    event = Event(
        id=name, kind=Kind.EVENT, type="run.Resumed", version=1, run_id=None, corr_id="c", ts=now(), producer="test"
    )
    async with store.transaction() as transaction:
        await transaction.put_state(name, {})
        transaction.append(event)
        if holds:
            tell("holding")
            await heard()


async def obey(database: SqlDatabase, line: str) -> None:
    store = KeptTradingStore(database)
    match line.split():
        case ["check"]:
            await store.check_owner()
        case ["write", name]:
            await write(store, name, holds=False)
        case ["hold", name]:
            await write(store, name, holds=True)


async def main(url: str, home: str) -> None:
    made = await open_database(
        None if url == "-" else url, home=Path(home), now=now, new_id=lambda: f"p{next(_numbers)}-{id(url)}", route=None
    )
    async with made as database:
        tell(f"owner {database.is_owner}")
        while line := await heard():
            try:
                await obey(database, line)
            except WeaverError as error:
                tell(type(error).__name__)
            else:
                tell("ok")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
