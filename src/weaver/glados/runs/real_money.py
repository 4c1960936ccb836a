"""What is asked of whoever is about to trade with real money."""

from weaver.model.errors import InputError
from weaver.model.run import Run, RunMode


def check_confirmed(run: Run, confirm: str | None, *, of: str) -> None:
    """`confirm`: what was typed to have a run started, or promoted (`of`). Raises InputError where that is not the name
    of a live run."""
    if run.mode is RunMode.LIVE and confirm != run.name:
        raise InputError(f"a live run trades real money: confirm its {of} with its name, {run.name!r}")
