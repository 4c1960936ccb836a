"""What a list of runs shows of each, wherever it is read."""

from collections.abc import Mapping, Sequence

from weaver.glados.ports import ResultFigures, Transaction
from weaver.glados.schemas.base import finite
from weaver.glados.schemas.runs.curves import RunFigures
from weaver.glados.stored.thin_curves import SPARKLINE, decode_sparkline
from weaver.model.run import Run, RunStatus


async def figures_of(transaction: Transaction, runs: Sequence[Run]) -> Mapping[str, RunFigures]:
    """The figures of those that have some, by their ids."""
    done = [run.id for run in runs if run.status is RunStatus.COMPLETED]
    found = await transaction.records.figures(done, blob=SPARKLINE) if done else {}
    return {run_id: _figures(kept) for run_id, kept in found.items()}


def _figures(found: ResultFigures) -> RunFigures:
    values = {name: finite(found.stats.get(name)) for name in ("total_return", "sharpe", "max_drawdown", "trades")}
    sparkline = decode_sparkline(found.blob or b"")
    return RunFigures.model_validate({**values, "sparkline": [finite(value) for value in sparkline]})
