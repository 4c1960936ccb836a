"""Has the running server do a job, and waits for it with a word about how far it is."""

from threading import Event
from typing import Any

from weaver.cli.screen.progress import ProgressBar
from weaver.cli.trading.shown import server
from weaver.model.errors import RunFailed

LOOK_SECONDS = 0.2


def result_of(*path: str, what: str) -> dict[str, Any]:
    """What came of the job that a POST to a path begins. `what`: is said until the server says more. Raises RunFailed
    with the job's own words, and what the server answers."""
    client = server()
    job = client.post(*path, body={})
    with ProgressBar(what) as bar:
        while job["finished_at"] is None:
            Event().wait(LOOK_SECONDS)  # nobody sets it: a job tells nobody that it is over
            job = client.get("jobs", job["id"])
            bar(job["stage"] or what, job["fraction"] or None)
    if job["error"] is not None:
        raise RunFailed(job["error"])
    found: dict[str, Any] = job["result"]
    return found
