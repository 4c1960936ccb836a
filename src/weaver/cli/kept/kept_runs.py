"""Where `weaver runs` reads runs: from the running server, or from the store when none runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from weaver.cli.kept.server_client import ServerClient, running_server
from weaver.config import Settings
from weaver.model.errors import InputError, NotFound
from weaver.model.run import RunMode

if TYPE_CHECKING:
    from weaver.walle.database.database import SqlDatabase

Filters = Mapping[str, str | None]
T = TypeVar("T")
_SERVED_PAGE_SIZE = 500
_ROWS_MAX = 2**31 - 1
"""More than any run leaves behind."""


class KeptRuns(Protocol):
    """Runs as the API shows them."""

    def list(self, filters: Filters, *, page: int, page_size: int) -> dict[str, Any]:
        """A page: `{items, total, page, page_size}`."""
        ...

    def find(self, run_id: str) -> dict[str, Any] | None:
        """One run with its result's `warnings` and `stats` (null while there is none)."""
        ...

    def stats(self, run_ids: Sequence[str]) -> dict[str, Any]:
        """What runs have come to, finished or not, by their ids; those that have come to nothing are left out."""
        ...

    def result(self, run_id: str) -> dict[str, Any]:
        """What is kept of a finished backtest: `run` (its record), `stats`, `warnings`, `positions`, `cash_flows`, and
        all rows of `fills` and `trades`. Raises NotFound where there is none."""
        ...


def get_run(runs: KeptRuns, reference: str) -> dict[str, Any]:
    """The run with that id, or the only one of that name. Raises NotFound, and InputError where several have it."""
    if not reference.strip():
        raise InputError("name a run by its id, or by its name: `weaver runs list` shows both")
    found = runs.find(reference)
    if found is not None:
        return found
    named = runs.list({"name": reference}, page=1, page_size=2)
    if named["total"] > 1:
        raise InputError(f"{named['total']} runs are called {reference!r}: name one by its id (`weaver runs list`)")
    run = runs.find(named["items"][0]["id"]) if named["items"] else None
    if run is None:
        raise NotFound(f"there is no run {reference!r}: `weaver runs list` shows them")
    return run


def kept_runs(settings: Settings) -> KeptRuns:
    """Of the running server, else of the store."""
    client = running_server(settings)
    return StoredRuns(settings) if client is None else ServedRuns(client)


class ServedRuns:
    """Runs of a server."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    def list(self, filters: Filters, *, page: int, page_size: int) -> dict[str, Any]:
        """See `KeptRuns`."""
        found: dict[str, Any] = self._client.get("runs", page=page, page_size=page_size, **filters)
        return found

    def find(self, run_id: str) -> dict[str, Any] | None:
        """See `KeptRuns`."""
        try:
            run: dict[str, Any] = self._client.get("runs", run_id)
        except NotFound:
            return None
        result = self._found(run_id) or {"warnings": None, "stats": None}
        return {**run, "warnings": result["warnings"], "stats": result["stats"]}

    def stats(self, run_ids: Sequence[str]) -> dict[str, Any]:
        """See `KeptRuns`."""
        found = {run_id: self._found(run_id) for run_id in run_ids}
        return {run_id: result["stats"] for run_id, result in found.items() if result is not None}

    def _found(self, run_id: str) -> dict[str, Any] | None:
        """What a run has come to; None: a backtest has not come to its end, another run has not begun."""
        try:
            result: dict[str, Any] = self._client.get("runs", run_id, "results")
        except NotFound:
            return None
        return result

    def result(self, run_id: str) -> dict[str, Any]:
        """See `KeptRuns`."""
        found: dict[str, Any] = self._client.get("runs", run_id, "results")
        rows = {table: _served_rows(self._client, run_id, table) for table in ("fills", "trades")}
        return {**found, **rows}


class StoredRuns:
    """Runs of the database that DB_URL names, read without a server. A home that nobody has used yet has none."""

    def __init__(self, settings: Settings) -> None:
        if settings.database_url == "memory":
            raise InputError("no server runs, and DB_URL=memory keeps nothing: start one with `weaver up`")
        self._url, self._home = settings.database_url, settings.home_folder

    def list(self, filters: Filters, *, page: int, page_size: int) -> dict[str, Any]:
        """See `KeptRuns`."""
        from weaver.glados.api.runs.listing import figures_of
        from weaver.glados.ports import Query
        from weaver.glados.schemas.runs.runs import ListedRunResponse

        given = {column: (value,) for column, value in filters.items() if value is not None}

        async def read(transaction: Any) -> dict[str, Any]:
            found = await transaction.runs.list(Query(filters=given, page=page, page_size=page_size))
            figures = await figures_of(transaction, found.items)
            listed = [ListedRunResponse.listed(run, figures.get(run.id)) for run in found.items]
            items = [one.model_dump(mode="json") for one in listed]
            return {"items": items, "total": found.total, "page": page, "page_size": page_size}

        return self._read(read, unused={"items": [], "total": 0, "page": page, "page_size": page_size})

    def find(self, run_id: str) -> dict[str, Any] | None:
        """See `KeptRuns`."""
        from weaver.glados.schemas.runs.runs import RunDetailResponse

        async def read(transaction: Any) -> dict[str, Any] | None:
            run = await transaction.runs.find(run_id)
            if run is None:
                return None
            result = await transaction.records.find_result(run_id)
            kept = {
                "warnings": None if result is None else result.warnings,
                "stats": None if result is None else dict(result.stats),
            }
            return {**RunDetailResponse.of(run).model_dump(mode="json"), **kept}

        found = self._read(read, unused=None)
        if found is not None and found["mode"] != RunMode.BACKTEST:
            found["stats"] = self.stats([run_id]).get(run_id)
        return found

    def stats(self, run_ids: Sequence[str]) -> dict[str, Any]:
        """See `KeptRuns`."""
        from weaver.cli.kept.traded_stats import traded_stats

        async def of_run(database: "SqlDatabase", run_id: str) -> dict[str, Any] | None:
            async with database.transaction() as transaction:
                run = await transaction.runs.find(run_id)
                result = await transaction.records.find_result(run_id)
            if run is None or run.mode is RunMode.BACKTEST:
                return None if result is None else dict(result.stats)
            return await traded_stats(database, run)

        async def read(database: "SqlDatabase") -> dict[str, Any]:
            found = {run_id: await of_run(database, run_id) for run_id in run_ids}
            return {run_id: stats for run_id, stats in found.items() if stats is not None}

        return self._opened(read, unused={})

    def result(self, run_id: str) -> dict[str, Any]:
        """See `KeptRuns`."""

        async def read(transaction: Any) -> dict[str, Any] | None:
            kept = await transaction.records.find_result(run_id)
            if kept is None:
                return None
            return {
                "run": kept.record, "stats": kept.stats, "warnings": kept.warnings, "positions": kept.positions,
                "cash_flows": kept.cash_flows, "fills": await _all_rows(transaction, run_id, "fills"),
                "trades": await _all_rows(transaction, run_id, "trades"),
            }  # fmt: skip

        found = self._read(read, unused=None)
        if found is None:
            raise NotFound(f"run {run_id} has no results: only a completed backtest has")
        return found

    def _read(self, read: Callable[[Any], Awaitable[T]], *, unused: T) -> T:
        """What `read` finds in a transaction; `unused` where there is no database yet, so that no run was ever kept."""

        async def in_one(database: "SqlDatabase") -> T:
            async with database.transaction() as transaction:
                return await read(transaction)

        return self._opened(in_one, unused=unused)

    def _opened(self, read: Callable[["SqlDatabase"], Awaitable[T]], *, unused: T) -> T:
        from weaver.walle.database.engines.address import FILE_NAME
        from weaver.walle.database.opening import open_reader

        if not self._url and not (self._home / FILE_NAME).exists():
            return unused

        async def opened() -> T:
            async with await open_reader(self._url, home=self._home) as database:
                return await read(database)

        return asyncio.run(opened())


def _served_rows(client: ServerClient, run_id: str, table: str) -> list[Any]:
    rows: list[Any] = []
    for page in count(1):
        found = client.get("runs", run_id, table, page=page, page_size=_SERVED_PAGE_SIZE)
        rows += found["items"]
        if not found["items"] or len(rows) >= found["total"]:
            break
    return rows


async def _all_rows(transaction: Any, run_id: str, table: str) -> list[Any]:
    from weaver.glados.ports import Query

    found = await transaction.records.rows(table, run_id, Query(page_size=_ROWS_MAX))
    return list(found.items)
