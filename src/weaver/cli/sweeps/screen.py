"""A sweep on the terminal: what it says, then the best trials."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from weaver.cli.screen.summary import warning_lines
from weaver.greta.doubts.gravity import FATAL
from weaver.greta.overfitting.verdict import Outcome
from weaver.greta.sweep.cards import SHOWN, shown, told, trial_rows
from weaver.greta.sweep.cross_validation import CrossValidationResult
from weaver.greta.sweep.result import SweepResult
from weaver.greta.sweep.walk_forward import WalkForwardResult
from weaver.model.counted import counted

OUT_OF_SAMPLE = {
    "total_return": "return, all tests", "benchmark_return": "buy and hold", "cagr": "a year", "sharpe": "Sharpe",
    "max_drawdown": "deepest fall", "trades": "trades",
}  # fmt: skip
"""What the joined curve comes to."""
CHOICES_SHOWN = 5


def print_sweep(result: SweepResult) -> None:
    """What was tried, what failed, and the best trials. Raises RunFailed where no trial has an objective."""
    best = result.ranked
    typer.echo()
    typer.secho(result.title, bold=True)
    for line in _failed(result):
        typer.echo(line)
    if not best:
        _ = result.best  # which says why there is none
    typer.echo()
    if result.warnings:
        typer.secho("the best of them, backtested in full:", dim=True)
    for line in warning_lines(result.warnings):
        typer.echo(line)
    Console().print(_table(*trial_rows(result.sweep["objective"], best[:SHOWN])))
    if len(best) > SHOWN:
        typer.secho(f"the best {SHOWN} of {len(best):,} (--json FILE: all)", dim=True)
    typer.echo()
    for line in _worth(result):
        typer.echo(line)


def _worth(result: SweepResult) -> Iterator[str]:
    """What the best trial is worth, in one sentence, and the figures that it rests on; nothing of figures that mean
    nothing."""
    found = result.assessment
    if found is None or any(code in FATAL for code, _ in result.warnings):
        return
    color = {Outcome.HOLDS: typer.colors.GREEN, Outcome.DOUBT: typer.colors.YELLOW}.get(found.verdict.code)
    yield typer.style(found.verdict.sentence, bold=True, fg=color or typer.colors.RED)
    new = sum(one.new_trials for one in result.earlier)
    if new:
        yield f"  {counted(new, 'trial')} of {counted(len(result.earlier), 'other sweep')} on the same bars count too"
    if not isinstance(found.overfitting, str):
        yield f"  probability of backtest overfitting  {found.overfitting.probability:>8.1%}"
    if not isinstance(found.reality, str):
        yield f"  p-value of the reality check (SPA)   {found.reality.consistent:>8.3f}"
    if found.effective is not None:
        yield f"  independent trials, effectively      {found.effective.by_correlation:>8,.1f}"
    around = result.plateau(result.best)
    if not isinstance(around, str):
        yield f"  its neighbours are better than       {around.score:>8.0%} of all trials"
    yield "  what these say: docs/how-to/read-overfitting-figures.md"


def _failed(result: SweepResult) -> list[str]:
    failed = result.failed
    if not failed:
        return []
    text = f"{counted(len(failed), 'trial')} failed, the first (number {failed[0].number}) with: {failed[0].error}"
    return [f"{typer.style('WARNING', fg=typer.colors.YELLOW, bold=True)} {text}"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 0) -> Table:
    """A table whose columns, but for the first ones, are numbers."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for at, title in enumerate(head):
        table.add_column(title, justify="left" if at < left else "right", no_wrap=at < left)
    for row in rows:
        table.add_row(*row)
    return table


def print_walk_forward(result: WalkForwardResult) -> None:
    """Doubts, the windows, what the joined curve comes to, and how steady the choice is."""
    objective = str(result.walk_forward["objective"])
    typer.echo()
    typer.secho(result.title, bold=True)
    typer.echo()
    for line in warning_lines(result.warnings):
        typer.echo(line)
    Console().print(_table(*result.window_rows(), left=3))
    typer.echo()
    stats = result.stats
    for name, text in OUT_OF_SAMPLE.items():
        typer.echo(f"  {text:<34}{told(name, stats[name]):>14}")
    typer.echo(f"  {'efficiency (a year after ÷ before)':<34}{told('efficiency', result.efficiency):>14}")
    typer.echo(f"  {objective + ' after, less that before':<34}{told('degradation', result.degradation):>14}")
    for one in result.stability:
        changes = "–" if one.changes is None else f"{one.changes:.0%} of windows"
        typer.echo(f"  {one.name + ' changes in':<34}{changes:>14}")


def print_cross_validation(result: CrossValidationResult) -> None:
    """What the paths come to, and how often each choice was made."""
    objective = str(result.cross_validation["objective"])
    typer.echo()
    typer.secho(result.title, bold=True)
    typer.echo()
    Console().print(_table(*result.path_rows(), left=1))
    typer.echo()
    typer.echo(f"  {'paths that lose':<34}{result.share_of_losses:>14.0%}")
    typer.echo(f"  {objective + ' after, less that before':<34}{told('degradation', result.degradation):>14}")
    chosen = Counter(_chosen(one.parameters) for one in result.splits)
    for text, times in chosen.most_common(CHOICES_SHOWN):
        typer.echo(f"  {times:>3} times {text}")


def _chosen(parameters: Mapping[str, Any] | None) -> str:
    if parameters is None:
        return "nothing"
    return " ".join(f"{name}={shown(value)}" for name, value in parameters.items())
