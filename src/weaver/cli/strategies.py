"""`weaver strategies`: list those that there are, check one, begin a new one."""

import re
import shlex
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from weaver.cli.screen.called import called
from weaver.cli.screen.json_answer import show_json
from weaver.model.errors import InputError, WeaverError

if TYPE_CHECKING:
    from weaver.marvin.plugins.catalogue import Catalogue, StrategyEntry
    from weaver.marvin.plugins.template import Template

app = typer.Typer(help="List, check and begin strategies.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
Reference = Annotated[str, typer.Argument(metavar="FILE|ID", help="path/to/file.py[:ClassName], or a strategy's id.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="For example: gap-fade, or GapFade.")]
Folder = Annotated[Path | None, typer.Option("--dir", help="Where to write it; WEAVER_HOME/strategies by default.")]

TemplateName = Annotated[
    str, typer.Option("--template", help="What it begins with: signals, bars, risk, portfolio or pairs.")
]


@app.command("list")
def list_strategies(as_json: AsJson = False) -> None:
    """Show every strategy that can be run, and every file that cannot, with the reason."""
    entries = _catalogue().entries()
    if as_json:
        show_json({"items": [entry.to_json() for entry in entries]})
        return
    _print_table(entries)


@app.command()
def check(reference: Reference) -> None:
    """Load a strategy and report what is wrong with it, one line per problem (exit code 2)."""
    from weaver.marvin.plugins.check import problems_of
    from weaver.marvin.plugins.loader import load

    try:
        loaded = load(reference, _catalogue())
    except WeaverError as error:
        _report([str(error)])
    problems = problems_of(loaded.cls)
    if problems:
        _report(problems)
    typer.echo(f"{loaded.id}: fine ({loaded.class_name}, source {loaded.source_hash[:8]})")


@app.command()
def new(name: NewName, folder: Folder = None, template: TemplateName = "signals", as_json: AsJson = False) -> None:
    """Write a commented strategy to start from. Never overwrites a file."""
    from weaver.cli.demo import samples
    from weaver.config import settings
    from weaver.marvin.plugins.source import strategy_id

    begun = _template(template)
    class_name, stem = _names(name)
    path = (folder or settings().strategies_folder) / f"{stem}.py"
    taken = next((entry for entry in _catalogue().entries() if entry.id == strategy_id(class_name)), None)
    if taken is not None and taken.path != path:
        raise InputError(f"{taken.id} is the id of {taken.path} already; choose another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(begun.text(class_name))
    except FileExistsError:
        raise InputError(f"{path} is there already; choose another name, or remove it first") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    attempt = try_it(path, begun, samples())
    if as_json:
        show_json({"path": str(path), "template": begun.name, "teaches": begun.teaches, "command": attempt})
        return
    typer.echo(f"Wrote {path}: {begun.teaches}")
    typer.echo(f"Try it: {attempt}")


def try_it(path: Path, template: "Template", samples: Path) -> str:
    """The command that backtests a new strategy on sample data, as it is typed."""
    words = ["backtest", str(path)]
    for symbol in template.samples:
        words += ["--bars", str(samples / f"{symbol}_1d.csv"), "--actions", f"{symbol}={samples / symbol}_actions.csv"]
    return f"{called()} {shlex.join([*words, '--asset', 'stock', *template.options])}"


def _template(name: str) -> "Template":
    from weaver.marvin.plugins.template import TEMPLATES

    if name not in TEMPLATES:
        every = "; ".join(f"{one.name} ({one.teaches})" for one in TEMPLATES.values())
        raise InputError(f"there is no template {name!r}; there are: {every}")
    return TEMPLATES[name]


def _report(problems: list[str]) -> NoReturn:
    for problem in problems:
        typer.echo(f"error: {problem}", err=True)
    raise typer.Exit(2)


def _catalogue() -> "Catalogue":
    from weaver.config import settings
    from weaver.marvin.plugins.catalogue import Catalogue

    return Catalogue(settings().strategies_folder)


def _names(name: str) -> tuple[str, str]:
    """The class and the file stem for a name: `GapFade`, `gap_fade`. Raises InputError."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Za-z][a-z0-9]*|[0-9]+", name)
    class_name = "".join(word[:1].upper() + word[1:] for word in words)
    if (
        not re.fullmatch(r"[A-Za-z][A-Za-z0-9 _-]*", name)
        or iskeyword(class_name)
        or class_name in {"Strategy", "Field"}
    ):
        raise InputError(f"{name!r} cannot name a strategy; use letters, digits and dashes, such as gap-fade")
    return class_name, "_".join(words).lower()


def _print_table(entries: "list[StrategyEntry]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "version", "what it does", box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for entry in entries:
        if entry.error is None:
            about = Text(" ".join(entry.description.split()).partition(". ")[0].rstrip("."))
            about.append(f"\n{_parameters(entry)}", style="dim")
            table.add_row(entry.id, entry.version, about)
    console = Console()
    console.print(table)
    for entry in entries:
        if entry.error is not None:
            console.print(f"broken: {entry.error}", style="red", markup=False, highlight=False, soft_wrap=True)


def _parameters(entry: "StrategyEntry") -> str:
    """`fast=10 slow=30`; a default that only running the file would tell is left out."""
    return " ".join(
        f"{name}={facts['default']}" if "default" in facts else name for name, facts in entry.parameters.items()
    )
