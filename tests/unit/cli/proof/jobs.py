"""A server's answers to a command that has a job done."""

from typing import Any

AT = "2024-05-06T10:00:00Z"


def answers(what: str, result: Any = None, error: str | None = None) -> dict[str, Any]:
    """Of run r1: a job that is over when it is asked for again."""
    begun = {"id": "j1", "stage": "", "fraction": 0.0, "finished_at": None, "result": None, "error": None}
    over = {**begun, "finished_at": AT, "result": result, "error": error}
    run = {"/runs/r1": {"id": "r1"}, "/runs/r1/results": {"warnings": None, "stats": None}}
    return {**run, f"/runs/r1/{what}": begun, "/jobs/j1": over}
