"""`weaver runs compare`: what several runs came to, side by side, and what they differ in."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from weaver.cli.kept.kept_runs import get_run, kept_runs
from weaver.cli.screen.json_answer import show_json
from weaver.config import settings
from weaver.greta.report.display import figure
from weaver.greta.report.labels import GROUPS, Label
from weaver.model.errors import InputError

FACTS = ("strategy_id", "mode", "symbols", "timeframe", "start_time", "end_time", "venue")
LEAST, MOST = 2, 12


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN…", help="Ids, or names where only one run has each.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
) -> None:
    """Show what runs came to side by side: figures, and whatever they differ in."""
    if not LEAST <= len(runs) <= MOST:
        raise InputError(f"name {LEAST} to {MOST} runs to compare, not {len(runs)}")
    source = kept_runs(settings())
    found = [get_run(source, reference) for reference in runs]
    if again := next((one["name"] for k, one in enumerate(found) if one["id"] in [o["id"] for o in found[:k]]), None):
        raise InputError(f"{again} is named twice: name each run once")
    if as_json:
        show_json({"items": [_item(run) for run in found], "differences": differences(found)})
    else:
        _print(found)


def differences(runs: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """What runs were asked for, where that is not the same of all: a value for each, null where it was not said."""
    asked = [{**{name: run[name] for name in FACTS}, **run["options"], **run["config"]} for run in runs]
    names = dict.fromkeys(name for one in asked for name in one)
    columns = {name: [one.get(name) for one in asked] for name in names}
    return {name: values for name, values in columns.items() if any(value != values[0] for value in values)}


def _item(run: dict[str, Any]) -> dict[str, Any]:
    return {name: run[name] for name in ("id", "name", "mode", "status", "stats")}


def _print(runs: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for run in runs:
        table.add_column(Text(run["name"]), justify="right", overflow="fold")
    for name, values in differences(runs).items():
        table.add_row(Text(name, style="dim"), *(Text(_told(value)) for value in values))
    table.add_section()
    for labels in GROUPS.values():
        for label in labels:
            table.add_row(label.text, *(Text(_figure(run["stats"], label)) for run in runs))
        table.add_section()
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)


def _told(value: Any) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _figure(stats: dict[str, Any] | None, label: Label) -> str:
    return figure(None if stats is None else stats.get(label.key), label.form)
