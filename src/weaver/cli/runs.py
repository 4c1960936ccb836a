"""`weaver runs`: see runs, follow, start and stop them, and run again what a record pins down."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weaver.cli.kept.compare import compare
from weaver.cli.proof.promote import promote
from weaver.cli.screen.json_answer import show_json
from weaver.cli.screen.output import Outputs
from weaver.cli.screen.progress import ProgressBar
from weaver.config import settings
from weaver.greta.report.display import figure
from weaver.greta.report.labels import GROUPS
from weaver.model.errors import Conflict
from weaver.model.run import RunMode, RunStatus

if TYPE_CHECKING:
    from weaver.cli.kept.kept_runs import KeptRuns
    from weaver.cli.kept.server_client import ServerClient

LABELS = {label.key: label for labels in GROUPS.values() for label in labels}
FIGURES = (("return", LABELS["total_return"]), ("Sharpe", LABELS["sharpe"]), ("drawdown", LABELS["max_drawdown"]))
"""What the list shows of a run that has come to something."""
FIGURES_TOLD = ("total_return", "sharpe", "max_drawdown", "trades")
"""What it tells of one to programs."""
app = typer.Typer(
    help="See, follow, start, stop, compare, promote and reproduce runs.", no_args_is_help=True, rich_markup_mode=None
)

Reference = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or its name where only one has it.")]
Status = Annotated[RunStatus | None, typer.Option("--status", help="Only those that stand so.")]
Mode = Annotated[RunMode | None, typer.Option("--mode", help="Only those of this mode.")]
StrategyId = Annotated[str | None, typer.Option("--strategy", metavar="ID", help="Only this strategy's.")]
PageNumber = Annotated[int, typer.Option("--page", min=1, help="Which page, from 1.")]
PageSize = Annotated[int, typer.Option("--page-size", min=1, max=500, help="Runs on a page.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
Confirm = Annotated[str | None, typer.Option("--confirm", metavar="NAME", help="A live run's name, to start it.")]
Flatten = Annotated[bool, typer.Option("--flatten", help="Close its positions too (paper and live).")]
Day = Annotated[
    str | None, typer.Option("--day", metavar="D", help="One session alone, as 2024-01-31; all of it by default.")
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="A report that opens offline in a browser.")]

Kept = Annotated[
    str, typer.Argument(metavar="RUN|FILE", help="A finished run's id or name, or what `weaver backtest --json` wrote.")
]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="Where to write the result of the second run.")
]


@app.command("list")
def list_runs(
    status: Status = None,
    mode: Mode = None,
    strategy: StrategyId = None,
    page: PageNumber = 1,
    page_size: PageSize = 50,
    as_json: AsJson = False,
) -> None:
    """Show the runs, newest first: the running server's, or the store's when none runs."""
    from weaver.cli.kept.kept_runs import kept_runs

    runs = kept_runs(settings())
    found = runs.list({"status": status, "mode": mode, "strategy_id": strategy}, page=page, page_size=page_size)
    if strategy is not None and not found["total"]:
        _check_strategy(runs, strategy)
    _add_figures(runs, found["items"])
    if as_json:
        show_json(found)
    elif found["items"]:
        _print_table(found)
    elif found["total"]:
        typer.echo(f"Page {page} is past the end: there are {found['total']:,} such runs, {page_size} on a page")
    else:
        typer.echo("No such runs here" if status or mode or strategy else "No runs here yet")


@app.command()
def show(run: Reference, as_json: AsJson = False) -> None:
    """Show one run with its warnings and statistics."""
    from weaver.cli.kept.kept_runs import get_run, kept_runs

    found = get_run(kept_runs(settings()), run)
    if as_json:
        show_json(found)
        return
    stats, warnings = found.pop("stats") or {}, found.pop("warnings") or []
    hidden = {"strategy_source"}
    doubts = [("WARNING", f"{one['message']} [{one['code']}]") for one in warnings]
    for name, value in [*found.items(), *doubts, *stats.items()]:
        shown = _without_nulls(value)
        if shown not in (None, {}, []) and name not in hidden:
            typer.echo(f"{name:<18} {shown if isinstance(shown, str) else json.dumps(shown)}")


@app.command()
def start(run: Reference, confirm: Confirm = None, as_json: AsJson = False) -> None:
    """Start a pending run on the running server, and return at once."""
    client, found = _on_server(run)
    body = {} if confirm is None else {"confirm": confirm}
    _changed(client.post("runs", found["id"], "start", body=body), as_json=as_json)


@app.command()
def stop(run: Reference, flatten: Flatten = False, as_json: AsJson = False) -> None:
    """Stop a running run of the running server, and return when it is stopped. Of one that is over, --flatten closes
    what it has left at its venue; where it has nothing left, nothing is done."""
    client, found = _on_server(run)
    try:
        stopped = client.post("runs", found["id"], "stop", body={"flatten": flatten})
    except Conflict:
        stopped = client.get("runs", found["id"])
        if not RunStatus(stopped["status"]).is_final:
            raise
        if not as_json:
            typer.echo(f"{stopped['name']} ({stopped['id']}) is {stopped['status']} already: there is nothing to stop")
            return
    _changed(stopped, as_json=as_json)


@app.command()
def tail(run: Reference, as_json: AsJson = False) -> None:
    """Follow a run as it goes, from its newest events on, until it ends; Ctrl-C asks whether it is to go on."""
    from weaver.cli.following.session import followed_to_its_end, tail_json, tell

    client, found = _on_server(run)
    followed = followed_to_its_end(client, found, settings(), after=None, as_json=as_json)
    if as_json:
        show_json(tail_json(followed))
    else:
        tell(followed, client.url)
    raise typer.Exit(followed.exit_code)


@app.command()
def summary(run: Reference, day: Day = None, html: Html = None, as_json: AsJson = False) -> None:
    """What a paper or live run came to, in all so far or on one day; with --html its report, one page."""
    from weaver.cli.following.session import summary_lines, summary_of
    from weaver.greta.report.whole_file import check_writable, write_whole

    if html is not None:
        check_writable(html)
    client, found = _on_server(run)
    answer = summary_of(client, found, day=day)
    if html is not None:
        write_whole(html, [client.text("runs", found["id"], "report.html", day=day)])
    if as_json:
        show_json(answer)
    else:
        for line in summary_lines(answer):
            typer.echo(line)
    if html is not None:
        typer.echo(f"report: {html}", err=as_json)


app.command()(promote)
app.command()(compare)


@app.command()
def reproduce(reference: Kept, json: Json = None) -> None:
    """Run a finished backtest again, on the same bars (of the store, or of the file they came from), and compare: the
    record of `weaver backtest --json` byte for byte, a run of the server or the store by its statistics, trades, fills,
    cash flows, positions and warnings.

    Exit code 0: the same. 1: another result. 2: it cannot be run again (the bars are gone, the file is no record).
    """
    from weaver.cli.kept.kept_result import kept_result
    from weaver.research import run
    from weaver.research.reproduce import plan_again

    outputs = Outputs(json=json, html=None)
    kept = kept_result(reference)
    with ProgressBar() as progress, outputs.stdout_apart() as stdout:
        note = _version_told(kept.record)
        if note is not None:
            progress.say(note)
        plan = plan_again(kept.record, folder=kept.folder)
        result = run(plan, progress=progress)
        result.run["version"] = kept.record["version"]  # told of above; the figures are what is compared
        text = result.to_json()
        outputs.write(result, stdout)
    typer.echo(kept.verdict(result, text), err=outputs.is_stdout)


def _without_nulls(value: Any) -> Any:
    return {name: one for name, one in value.items() if one is not None} if isinstance(value, dict) else value


def _on_server(reference: str) -> "tuple[ServerClient, dict[str, Any]]":
    """The running server, and the run. Raises Unavailable where none runs."""
    from weaver.cli.kept.kept_runs import ServedRuns, get_run
    from weaver.cli.kept.server_client import needed_server

    client = needed_server(settings())
    return client, get_run(ServedRuns(client), reference)


def _changed(run: dict[str, Any], *, as_json: bool) -> None:
    typer.echo(json.dumps(run, indent=2) if as_json else f"{run['name']} ({run['id']}) is {run['status']}")


def _check_strategy(runs: "KeptRuns", strategy: str) -> None:
    """Raises NotFound for one that there is not, and of which there is no run either."""
    from weaver.marvin.plugins.catalogue import Catalogue

    if not runs.list({"strategy_id": strategy}, page=1, page_size=1)["total"]:
        catalogue = Catalogue(settings().strategies_folder)
        if strategy not in {entry.id for entry in catalogue.entries()}:
            catalogue.get(strategy)


def _add_figures(runs: "KeptRuns", items: list[dict[str, Any]]) -> None:
    """Those of paper and live runs, which no list of the service tells."""
    trading = [run for run in items if run["mode"] != RunMode.BACKTEST and run["started_at"] is not None]
    found = runs.stats([run["id"] for run in trading]) if trading else {}
    for run in trading:
        if stats := found.get(run["id"]):
            run["figures"] = {**{name: stats[name] for name in FIGURES_TOLD}, "sparkline": []}


def _print_table(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "name", "strategy", "mode", "status", box=None, pad_edge=False, header_style="bold")
    for name, _ in FIGURES:
        table.add_column(name, justify="right")
    table.add_column("created")
    for run in found["items"]:
        status = f"{run['status']}, queued" if run["queued"] else run["status"]
        shown = run["figures"] or {}
        figures = (figure(shown[label.key], label.form) if shown else "" for _, label in FIGURES)
        cells = (run["id"], run["name"], run["strategy_id"], run["mode"], status, *figures, run["created_at"][:19])
        table.add_row(*map(Text, cells))  # a name may look like markup
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)
    if found["total"] > len(found["items"]):
        typer.echo(f"{len(found['items'])} of {found['total']:,}; --page shows others", err=True)


def _version_told(record: dict[str, Any]) -> str | None:
    import weaver

    if record["version"] == weaver.__version__:
        return None
    return (
        f"note: the record is of Weaver {record['version']}, this is {weaver.__version__}: "
        "a difference may come from that"
    )
