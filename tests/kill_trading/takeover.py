"""An owner that was paused while another server took over, and wakes: it commits and sends nothing."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.kill.api import Api
from tests.kill.server import Server
from tests.kill_trading.exchange import Exchange
from tests.kill_trading.judging.books import Books, books
from tests.postgres import apart, connect

AWAKE_SECONDS = 1.5
"""How long it has to do what it must not."""
BUSY_SECONDS = 0.2
_LET_GO = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE '%-link' AND datname = current_database()
"""


def let_go(owner: Server, db_url: str | None) -> None:
    """Pause an owner, and have its locks free while its process is there: the server has lost the connection that holds
    one, as by a cut in the network; somebody has removed the files that it has locked."""
    pause(owner, db_url)
    (owner.home / "home.owner").unlink()
    if db_url is None:
        (owner.home / "weaver.db.owner").unlink()
        return

    async def cut() -> None:
        connection = await connect(db_url)
        try:
            await connection.execute(_LET_GO)
        finally:
            await connection.close()

    apart(cut)


def pause(server: Server, db_url: str | None) -> None:
    """Pause it while it changes nothing: of a file the next one would wait for the end of that."""
    server.pause()
    while db_url is None and _is_writing(server.home):
        server.go_on()
        time.sleep(0.005)
        server.pause()


def _is_writing(home: Path) -> bool:
    path = f"file:{home / 'weaver.db'}?mode=rw"
    with closing(sqlite3.connect(path, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


def wakes(old: Server, new: Server, exchange: Exchange, db_url: str | None) -> Iterator[str]:
    """Have the old owner wake while the new one is paused, so that all that happens is its doing; tell what does."""
    pause(new, db_url)
    try:
        before, sent = books(new.home, db_url, is_running=True), exchange.newest()
        old.go_on()
        time.sleep(AWAKE_SECONDS)
        with Api(old) as api:
            health = api.get("/healthz")
        if health["read_only"] is not True:
            yield f"the old owner does not know that it is none any more: {health}"
        old.pause()
        for one in exchange.requests(after=sent):
            yield f"the old owner sent {one['method']} {one['path']} ({one['client_order_id']}), acted: {one['acted']}"
        yield from changed(before, books(new.home, db_url, is_running=True))
    finally:
        new.go_on()


def changed(before: Books, after: Books) -> Iterator[str]:
    """What was committed between the two."""
    for name in ("orders", "submissions", "fills", "ticks", "runs", "events"):
        if getattr(before, name) != getattr(after, name):
            yield f"the old owner committed {name}"
