"""Asking the server over HTTP, and waiting for what it does."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.acceptance.server import PATIENCE_SECONDS

DATA = Path(__file__).parents[3] / "data"
SAMPLES = {"AAPL_1d.csv": "stock", "IBM_1d.csv": "stock"}
TABLES = ("fills", "trades", "orders", "events", "log", "positions")

T = TypeVar("T")


def hours(count: int) -> bytes:
    """Hourly bars from 2024-01-01 on of a price that goes up by one each time, as CSV."""
    rows = [f"2024-01-{1 + k // 24:02}T{k % 24:02}:00:00Z,{k + 1},{k + 3},{k + 1},{k + 2},10" for k in range(count)]
    return "\n".join(["timestamp,open,high,low,close,volume", *rows, ""]).encode()


def eventually(look: Callable[[], T | None], *, what: str) -> T:
    """What `look` finds as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS} s for {what}"
        time.sleep(0.02)
    return found


class Api:
    """A client of one server: `with Api(url) as api`."""

    def __init__(self, url: str, **headers: str) -> None:
        # The server hangs up on what is idle for five seconds: whoever waits as long may ask just then.
        limits = httpx.Limits(keepalive_expiry=2.0)
        self.http = httpx.Client(
            base_url=url, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False, limits=limits
        )

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def call(self, method: str, path: str, *, status: int, **given: Any) -> Any:
        """The body of an answer that must have that status; `path` stands after /api/v1."""
        answer = self.http.request(method, f"/api/v1{path}", **given)
        assert answer.status_code == status, f"{method} {path} {given}: {answer.status_code} {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def get(self, path: str, **parameters: Any) -> Any:
        """The body of a 200."""
        return self.call("GET", path, status=200, params=parameters)

    def post(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The body of an answer to JSON."""
        return self.call("POST", path, status=status, json=body)

    def refused(self, method: str, path: str, *, status: int, **given: Any) -> str:
        """The message of an error, whose shape must be the one of all errors."""
        body = self.call(method, path, status=status, **given)
        assert body.keys() == {"code", "message", "details", "correlation_id"}, body
        assert body["message"], body
        return str(body["message"])

    # Data

    def upload(self, name: str, content: bytes, **fields: str) -> Any:
        """The job of an import, when it is over."""
        job = self.call("POST", "/data/import", status=201, files={"file": (name, content)}, data=fields)
        return self._done(job, what=f"import of {name}")

    def done(self, path: str) -> Any:
        """The job that a request begins, when it is over."""
        return self._done(self.post(path, status=201), what=path)

    def import_sample(self, name: str) -> None:
        """Store one of the bars that come with Weaver."""
        symbol = name.partition("_")[0]
        job = self.upload(name, (DATA / name).read_bytes(), symbol=symbol, asset=SAMPLES[name])
        assert job["status"] == "done", job

    # Runs

    def create(self, strategy_id: str, symbol: str = "AAPL", **given: Any) -> str:
        """A pending run's id."""
        body = {"strategy_id": strategy_id, "symbols": [symbol], "lookahead_check": False, **given}
        return str(self.post("/runs", body, status=201)["id"])

    def started(self, strategy_id: str, symbol: str = "AAPL", **given: Any) -> str:
        """A running run's id."""
        run_id = self.create(strategy_id, symbol, **given)
        self.post(f"/runs/{run_id}/start")
        return run_id

    def run(self, run_id: str) -> Any:
        """A run as it stands."""
        return self.get(f"/runs/{run_id}")

    def ended(self, run_id: str) -> Any:
        """A run when it has ended."""
        return eventually(lambda: self._over(f"/runs/{run_id}", {"running"}), what=f"the end of {run_id}")

    def working(self, run_id: str) -> Any:
        """A run when a worker has begun to work on it."""
        eventually(lambda: not self.run(run_id)["queued"], what=f"work on {run_id}")
        found = self.run(run_id)
        assert found["status"] == "running", found
        return found

    def pages(self, path: str, **parameters: Any) -> list[Any]:
        """All items of a list, page by page."""
        items: list[Any] = []
        while True:
            body = self.get(path, page=len(items) // 500 + 1, page_size=500, **parameters)
            items += body["items"]
            if len(items) >= body["total"]:
                assert len(items) == body["total"], (path, body["total"], len(items))
                return items

    def events(self, after: int = 0, **parameters: Any) -> list[Any]:
        """The log past an event, in its order."""
        items: list[Any] = []
        while page := self.get("/events", after=after, page_size=500, **parameters)["items"]:
            items += page
            after = page[-1]["seq"]
        return items

    def newest(self) -> int:
        """The seq of the newest event."""
        return int(self.get("/events")["newest"])

    def record(self, run_id: str) -> Any:
        """All that can be asked about a completed run."""
        whole = [self.get(f"/runs/{run_id}{part}") for part in ("", "/results", "/equity")]
        return whole, {table: self.pages(f"/runs/{run_id}/{table}") for table in TABLES}

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        text = self.http.get("/api/v1/metrics").raise_for_status().text
        return sum(
            float(line.rpartition(" ")[2]) for line in text.splitlines() if line.split("{")[0].split()[0] == name
        )

    def _done(self, job: Any, *, what: str) -> Any:
        return eventually(lambda: self._over(f"/jobs/{job['id']}", {"queued", "running"}), what=what)

    def _over(self, path: str, busy: set[str]) -> Any:
        found = self.get(path)
        return None if found["status"] in busy else found
