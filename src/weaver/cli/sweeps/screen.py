"""A sweep on the terminal: what it says, then the best trials."""

from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from weaver.greta.sweep.result import SweepResult, told
from weaver.greta.sweep.trials import Trial
from weaver.model.counted import counted

SHOWN = 10
COLUMNS = {
    "total_return": "return", "sharpe": "Sharpe", "max_drawdown": "deepest fall", "trades": "trades",
    "win_rate": "wins",
}  # fmt: skip
"""Statistics beside the objective, and what a table calls them."""


def print_sweep(result: SweepResult) -> None:
    """What was tried, what failed, and the best trials. Raises RunFailed where no trial has an objective."""
    best = result.ranked
    typer.echo()
    typer.secho(f"{result.strategy}: {counted(len(result.trials), 'trial')}, by {result.sweep['objective']}", bold=True)
    for line in _doubts(result):
        typer.echo(line)
    if not best:
        _ = result.best  # which says why there is none
    typer.echo()
    Console().print(_table(result.sweep["objective"], best[:SHOWN]))
    if len(best) > SHOWN:
        typer.secho(f"the best {SHOWN} of {len(best):,} (--json FILE: all)", dim=True)


def _doubts(result: SweepResult) -> list[str]:
    failed = result.failed
    if not failed:
        return []
    text = f"{counted(len(failed), 'trial')} failed, the first (number {failed[0].number}) with: {failed[0].error}"
    return [f"{typer.style('WARNING', fg=typer.colors.YELLOW, bold=True)} {text}"]


def _table(objective: str, trials: Sequence[Trial]) -> Table:
    names = list(trials[0].parameters)
    others = [name for name in COLUMNS if name != objective]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, justify="right")
    table.add_column(COLUMNS.get(objective, objective), justify="right", style="bold")
    for name in others:
        table.add_column(COLUMNS[name], justify="right")
    for trial in trials:
        stats = trial.stats or {}
        row = [_shown(trial.parameters[name]) for name in names]
        table.add_row(*row, told(objective, trial.objective), *(told(name, stats[name]) for name in others))
    return table


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
