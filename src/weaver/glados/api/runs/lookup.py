"""Finding the run that a path names, and what it left behind."""

from typing import Annotated

from fastapi import Path

from weaver.glados.ports import StoredResult, Transaction
from weaver.glados.schemas.base import Identifier
from weaver.glados.services import Services
from weaver.model.errors import NotFound
from weaver.model.run import Run, RunMode

RunId = Annotated[Identifier, Path(description="The run's id.")]


async def existing_run(transaction: Transaction, run_id: str) -> Run:
    """The run. Raises NotFound."""
    run = await transaction.runs.find(run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id!r}: GET /api/v1/runs lists them")
    return run


async def traded_run(services: Services, run_id: str) -> Run | None:
    """The run, where it is on paper or live. Raises NotFound."""
    async with services.database.transaction() as transaction:
        run = await existing_run(transaction, run_id)
    return None if run.mode is RunMode.BACKTEST else run


async def stored_result(services: Services, run_id: str, *blobs: str) -> StoredResult:
    """The result of a backtest, with those of its large parts that are named. Raises NotFound."""
    async with services.database.transaction() as transaction:
        run = await existing_run(transaction, run_id)
        result = await transaction.records.find_result(run_id, blobs=blobs)
    if result is None:
        raise NotFound(f"run {run_id} is {run.status} and has no results: only a completed backtest has")
    return result


def kept_blob(result: StoredResult, name: str) -> bytes:
    """A large part of a result. Raises NotFound."""
    try:
        return result.blobs[name]
    except KeyError:
        raise NotFound(f"this run kept no {name}") from None
