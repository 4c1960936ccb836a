"""`weaver backup`: a consistent copy of what Weaver keeps, also while a server runs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from weaver.cli.screen.progress import ProgressBar
from weaver.config import settings

Target = Annotated[Path, typer.Argument(metavar="TARGET", help="A folder that is not there yet.")]
WithoutBars = Annotated[bool, typer.Option("--without-bars", help="Leave the bar store out.")]


def command(target: Target, without_bars: WithoutBars = False) -> None:
    """Copy the database (as it is at one moment), the strategies and the bar store to a new folder."""
    from weaver.walle.backup import backup

    found = settings()
    with ProgressBar("Copying"):
        damaged = asyncio.run(
            backup(
                found.database_url, found.home_folder, target, with_bars=not without_bars,
                lock_seconds=found.lock_seconds, on_wait=lambda text: typer.echo(text, err=True),
            )
        )  # fmt: skip
    typer.echo(f"Copied to {target}")
    for message in damaged:
        typer.echo(f"warning: {message} [damaged]", err=True)
