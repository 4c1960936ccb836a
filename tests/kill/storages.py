"""A fresh store on each storage, for a campaign of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import OwnServer

STORAGES = ("sqlite", "postgresql")


@contextmanager
def database(storage: str) -> Iterator[str | None]:
    """The DB_URL of an empty database with Weaver's tables; None for an embedded file."""
    if storage == "sqlite":
        yield None
        return
    server = OwnServer()
    try:
        url = server.url.render_as_string(hide_password=False)
        migrate(url)
        yield url
    finally:
        server.close()


def migrate(url: str) -> None:
    """`weaver migrate`, as an operator would."""
    subprocess.run(
        [sys.executable, "-m", "weaver", "migrate"], env={**os.environ, "DB_URL": url}, check=True, capture_output=True
    )


def home_in(folder: Path, name: str) -> Path:
    """Where a campaign's WEAVER_HOME is; no other process may have it in its environment."""
    return folder / f"killed-{name}"
