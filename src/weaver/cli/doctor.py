"""`weaver doctor`: is everything there that Weaver needs, and does it work?"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import typer

from weaver.config import settings
from weaver.model.errors import Damaged, NotFound, WeaverError

NEEDED = ("numpy", "pyarrow", "pydantic", "TA-Lib", "typer", "rich", "tzdata")
FREE_BYTES_MIN = 500_000_000


def command() -> None:
    """Check versions, folders, the database, the bar store, a running server, notifications, TA-Lib, calendars and disk
    space. Exit code 1 where one fails."""
    checks: dict[str, Callable[[], str]] = {
        "Python": lambda: f"{sys.version.split()[0]} at {sys.executable}",
        "Weaver": _weaver,
        "packages": lambda: ", ".join(f"{name} {version(name)}" for name in NEEDED),
        "home": _home,
        "disk": _disk,
        "database": _database,
        "server": _server,
        "bar store": _store,
        "strategies": _strategies,
        "notify": _notify,
        "TA-Lib": _talib,
        "time zones": _time_zones,
        "calendar": _calendar,
    }
    failed = 0
    for name, ok, text in _results(checks):
        verdict = (
            typer.style("ok  ", fg=typer.colors.GREEN) if ok else typer.style("FAIL", fg=typer.colors.RED, bold=True)
        )
        typer.echo(f"{verdict}  {name:<11} {text}")
        failed += not ok
    if failed:
        typer.echo(f"{failed} of {len(checks)} checks failed", err=True)
        raise typer.Exit(1)


def _results(checks: dict[str, Callable[[], str]]) -> Iterator[tuple[str, bool, str]]:
    for name, check in checks.items():
        try:
            yield name, True, check()
        except (WeaverError, OSError, ImportError, ValueError, AssertionError) as error:
            yield name, False, " ".join(str(error).split())


def _weaver() -> str:
    import weaver

    return f"{weaver.__version__} in {Path(weaver.__file__).parent}"


def _home() -> str:
    home = settings().home.expanduser()
    nearest = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    with tempfile.TemporaryFile(dir=nearest):
        return f"{home} can be written" + ("" if nearest == home else " (not made yet)")


def _disk() -> str:
    home = settings().home.expanduser().absolute()
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    if free < FREE_BYTES_MIN:
        raise OSError(f"only {free / 1e6:,.0f} MB are free at {nearest}: make room")
    return f"{free / 1e9:,.1f} GB free at {nearest}"


def _database() -> str:
    import asyncio

    from weaver.model.record import Query
    from weaver.walle.database.opening import open_reader

    found = settings()
    if found.database_url == "memory":
        return "DB_URL=memory: nothing survives the server"

    async def look() -> str:
        async with await open_reader(found.database_url, home=found.home_folder) as database:
            async with database.transaction() as transaction:
                runs = (await transaction.runs.list(Query(page_size=1))).total
            return f"{database.storage} answers, its tables are up to date; {runs:,} runs"

    try:
        return asyncio.run(look())
    except NotFound as error:
        return str(error)


def _server() -> str:
    from weaver.cli.kept.server_client import running_server

    client = running_server(settings())
    if client is None:
        return "none runs"
    client.get("settings")
    needs_token = "" if settings().security_api_token is None else ", and takes the token"
    return f"answers at {client.url}{needs_token}"


def _store() -> str:
    from weaver.research.inputs import store

    series = store().listing(bytes_max=None)
    entries = [one.entry for one in series if one.entry is not None]
    if damaged := [one.damaged for one in series if one.damaged is not None]:
        more = f" (and {len(damaged) - 1} more: weaver data check)" if len(damaged) > 1 else ""
        raise Damaged(f"{damaged[0]}{more}")
    return f"{len(entries)} series, {sum(entry.rows for entry in entries):,} bars in {settings().bars_folder}"


def _strategies() -> str:
    from weaver.marvin.plugins.catalogue import Catalogue

    entries = Catalogue(settings().strategies_folder).entries()
    broken = [entry for entry in entries if entry.error is not None]
    if broken:
        raise OSError(f"{len(broken)} of {len(entries)} cannot be used; the first: {broken[0].error}")
    return f"{len(entries)} can be used"


def _notify() -> str:
    """Of each URL its number and service, and nothing more: the rest is secret."""
    import asyncio

    from weaver.server.notifying import checked_urls
    from weaver.server.parts import Parts
    from weaver.veda.notifications.notification import kinds_of
    from weaver.veda.notifications.urls import scheme_of

    found = settings()
    kinds_of(found.notify_kinds)
    urls = asyncio.run(checked_urls(found, Parts().sender(found)))
    if not urls:
        return "NOTIFY_URLS is not set: nobody is told of what happens"
    channels = ", ".join(f"{number} ({scheme_of(url)})" for number, url in enumerate(urls, start=1))
    return f"NOTIFY_URLS can be used: {channels}; try them out: weaver notify test"


def _talib() -> str:
    """Its C library loads and gives the mean of three."""
    import numpy as np

    from weaver.marvin.series.functions.talib_library import talib_function

    found = float(talib_function("SMA").compute(np.array([1.0, 2.0, 6.0]), timeperiod=3)[-1])
    if found != 3.0:
        raise ValueError(f"the average of 1, 2 and 6 comes out as {found}: install TA-Lib again")
    return f"{version('TA-Lib')} computes"


def _time_zones() -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return f"{ZoneInfo('America/New_York')} is known"
    except ZoneInfoNotFoundError as error:
        raise OSError("America/New_York is not known: install the package tzdata") from error


def _calendar() -> str:
    from weaver.model.calendar.days.xnys import FIRST_YEAR, LAST_YEAR

    return f"New York sessions known from {FIRST_YEAR} to {LAST_YEAR}"
