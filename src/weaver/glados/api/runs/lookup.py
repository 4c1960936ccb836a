"""Finding the run that a path names."""

from typing import Annotated

from fastapi import Path

from weaver.glados.ports import Transaction
from weaver.glados.schemas.base import Identifier
from weaver.model.errors import NotFound
from weaver.model.run import Run

RunId = Annotated[Identifier, Path(description="The run's id.")]


async def existing_run(transaction: Transaction, run_id: str) -> Run:
    """The run. Raises NotFound."""
    run = await transaction.runs.find(run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id!r}: GET /api/v1/runs lists them")
    return run
