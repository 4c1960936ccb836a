"""What a command prints with `--json`: one object, and nothing else."""

import json
from typing import Any

import typer


def show_json(answer: Any) -> None:
    """As it is."""
    typer.echo(json.dumps(answer, indent=2))
