"""Has the running server do a job about a run, and waits for it with a word about how far it is."""

from threading import Event
from typing import Annotated, Any

import typer

from weaver.cli.screen.progress import ProgressBar
from weaver.cli.trading.shown import run_id_of, server
from weaver.model.errors import RunFailed

TradedRun = Annotated[
    str, typer.Argument(metavar="RUN", help="A paper or live run's id, or its name where only one has it.")
]
LOOK_SECONDS = 0.2


def result_of(run: str, kind: str, *, what: str) -> dict[str, Any]:
    """What came of a job (`replay`, `drift`) about a run, which is named by its id, or by its name where only one has
    it. `what`: is said until the server says more. Raises RunFailed with the job's own words, and what the server
    answers."""
    client = server()
    job = client.post("runs", run_id_of(client, run), kind, body={})
    with ProgressBar(what) as bar:
        while job["finished_at"] is None:
            Event().wait(LOOK_SECONDS)  # nobody sets it: a job tells nobody that it is over
            job = client.get("jobs", job["id"])
            bar(job["stage"] or what, job["fraction"] or None)
    if job["error"] is not None:
        raise RunFailed(job["error"])
    found: dict[str, Any] = job["result"]
    return found
