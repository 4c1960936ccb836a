"""`weaver runs`: run again what a record pins down."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from weaver.cli.output import Outputs
from weaver.cli.progress import ProgressBar
from weaver.model.errors import InputError, RunFailed

app = typer.Typer(help="Reproduce a run from its record.", no_args_is_help=True, rich_markup_mode=None)

Record = Annotated[Path, typer.Argument(metavar="FILE", help="What `weaver backtest --json FILE` wrote.")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="Where to write the result of the second run.")
]
QUOTED = 120


@app.callback()
def runs() -> None:
    """Reproduce a run from its record."""


@app.command()
def reproduce(file: Record, json: Json = None) -> None:
    """Run a record again, on the same bars (of the store, or of the file they came from), and compare every byte.

    Exit code 0: the same. 1: another result. 2: it cannot be run again (the bars are gone, the file is no record).
    """
    from weaver.research import run
    from weaver.research.reproduce import plan_again

    outputs = Outputs(json=json, html=None)
    before, record = _read(file)
    with ProgressBar() as progress:
        told = _version_told(record)
        if told is not None:
            progress.say(told)
        with outputs.strategies_prints():
            plan = plan_again(record, folder=file.parent)
            result = run(plan, lookahead_check=bool(record["lookahead_check"]), progress=progress)
        result.run["version"] = record["version"]  # told of above; the figures are what is compared
        after = result.to_json()
        outputs.write(result)
    if after.encode() != before:
        raise RunFailed(f"{file}: the run gives another result now: {_difference(before, after)}")
    typer.echo(f"{file}: the same result, byte for byte", err=outputs.is_stdout)


def _read(file: Path) -> tuple[bytes, dict[str, Any]]:
    """The bytes, and the record in them. Raises InputError."""
    try:
        content = file.read_bytes()
        record = json.loads(content)["run"]
        if not isinstance(record["version"], str) or not isinstance(record["lookahead_check"], bool):
            raise TypeError("version")
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{file}: this is no record of a run: make one with `weaver backtest … --json FILE`"
        ) from error
    return content, record


def _version_told(record: dict[str, Any]) -> str | None:
    import weaver

    if record["version"] == weaver.__version__:
        return None
    return (
        f"note: the record is of Weaver {record['version']}, this is {weaver.__version__}: "
        "a difference may come from that"
    )


def _difference(before: bytes, after: str) -> str:
    """The first line that differs."""
    old, new = before.decode(errors="replace").splitlines(), after.splitlines()
    for number, (a, b) in enumerate(zip(old, new, strict=False), start=1):
        if a != b:
            return f"line {number} was {a[:QUOTED]} and is {b[:QUOTED]}"
    return f"it had {len(old)} lines and has {len(new)}"
