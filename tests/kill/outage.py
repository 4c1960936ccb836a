"""PostgreSQL gone for a while under load: `python -m tests.kill.outage --seconds 10`."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rich.console import Console

from tests.kill import checks, justified
from tests.kill.api import Api
from tests.kill.journal import Journal, Op
from tests.kill.listeners import Follower, Poller
from tests.kill.server import Server
from tests.kill.snapshot import Snapshot, snapshot
from tests.kill.storages import home_in, migrate
from tests.kill.strategies import SOURCE, lasting, run_body
from tests.kill.traffic import Traffic
from tests.postgres import OwnServer

PATIENCE_SECONDS = 60.0
TRAFFIC_SECONDS = 2.0
"""Before the outage, and after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What an outage came to."""

    seconds: float
    refused: int
    slowest_answer_seconds: float
    healed_after_seconds: float
    """From the moment the database took connections again to a healthy server that owns it."""
    acknowledged: int
    acknowledged_afterwards: int
    """Of them, since the server was healthy again."""
    events: int
    streams: int
    """How often the listener on the event stream had to connect."""
    spanning: tuple[str, ...]
    """How the runs ended that were running when the database went."""
    problems: tuple[str, ...]

    def text(self) -> str:
        """One line."""
        return (
            f"away for {self.seconds:.1f} s: {self.refused} answers 503, the slowest answer of all took "
            f"{self.slowest_answer_seconds:.1f} s; healthy and owner {self.healed_after_seconds:.1f} s after the "
            f"database was back; {self.acknowledged} acknowledged writes, {self.acknowledged_afterwards} of them then; "
            f"{self.events:,} events heard and compared, {self.streams} streams opened; runs that spanned it: "
            f"{', '.join(self.spanning)}; {len(self.problems)} problems"
        )


def outage(folder: Path, postgres: OwnServer, *, seconds: float) -> Outage:
    """Traffic, an outage of so many seconds under it, traffic again, and everything compared."""
    url = postgres.url.render_as_string(hide_password=False)
    migrate(url)
    server = Server(home_in(folder, "outage"), url)
    server.set_workers(2)
    (server.home / "strategies").mkdir(parents=True)
    (server.home / "strategies" / "kill_trader.py").write_text(SOURCE)
    journal = Journal()
    follower, poller = Follower(server), Poller(server)
    traffic = Traffic(server=server, journal=journal, seed="outage", tolerate_503=True)
    with ExitStack() as stack:
        stack.callback(server.kill)
        server.start()
        api = stack.enter_context(Api(server))
        api.import_bars()
        for listener in (follower, poller):
            listener.begin()
            stack.callback(listener.end)
        stack.callback(server.kill)  # before the listeners are waited for
        spanning = _start_long_runs(api, journal, seconds)
        traffic.begin()
        stack.callback(traffic.end)
        time.sleep(TRAFFIC_SECONDS)
        problems = [f"run {run_id} ended too early" for run_id in spanning if not _is_running(api, run_id)]
        began = time.monotonic()
        postgres.stop()
        time.sleep(seconds / 2)
        health = api.call("GET", "/healthz")
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        away = time.monotonic() - began
        postgres.start()
        healed, acknowledged = _healed_after(api), journal.acknowledged
        time.sleep(TRAFFIC_SECONDS)
        traffic.end()
        _come_to_an_end(api, journal, spanning)
        found = snapshot(server.home, url, is_running=True)
        problems += [*traffic.problems, *_problems(api, journal, (follower, poller), found)]
        if health.status != 503 or health.body["checks"]["database"]["ok"]:
            problems.append(f"without its database the server said that {health}")
        statuses = tuple(found.runs[run_id].status for run_id in spanning)
        if server.stop() != 0:
            problems.append("the server did not stop in order")
        if problems:
            problems.append(f"the server's last words:\n{server.last_words()}")
    return Outage(
        seconds=away, refused=traffic.refused, slowest_answer_seconds=traffic.slowest_seconds,
        healed_after_seconds=healed, acknowledged=journal.acknowledged,
        acknowledged_afterwards=journal.acknowledged - acknowledged,
        events=len(follower.seen) + len(poller.seen), streams=follower.streams, spanning=statuses,
        problems=tuple(problems),
    )  # fmt: skip


def _start_long_runs(api: Api, journal: Journal, seconds: float) -> list[str]:
    """One run that comes to its end while the database is away, and one that does so afterwards."""
    ids = []
    for name, length in (("ends-within", TRAFFIC_SECONDS + seconds / 2), ("ends-after", seconds + 4)):
        body = run_body(name, lasting(length))
        for op, path, given in ((Op.CREATE, "/runs", body), (Op.START, "/runs/{}/start", None)):
            request = journal.ask(op, run_id=ids[-1] if op is Op.START else None, name=name)
            answer = api.call("POST", path.format(request.run_id), json=given)
            made = answer.body["id"] if op is Op.CREATE else None
            journal.answered(request, answer.status, None)
            request.made = made  # known to the journal, but not for the traffic to stop or delete
            ids += [made] if made else []
    return ids


def _is_running(api: Api, run_id: str) -> bool:
    return bool(api.get(f"/runs/{run_id}")["status"] == "running")


def _healed_after(api: Api) -> float:
    """Seconds until the server is well and owns its database again."""
    began = time.monotonic()
    while True:
        answer = api.call("GET", "/healthz")
        if answer.status == 200 and not answer.body["read_only"]:
            return time.monotonic() - began
        assert time.monotonic() - began < PATIENCE_SECONDS, f"the server does not heal: {answer}"
        time.sleep(0.05)


def _come_to_an_end(api: Api, journal: Journal, spanning: list[str]) -> None:
    """Stop what the traffic left running, and wait for the runs that are to end by themselves."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while running := [item["id"] for item in api.pages("/runs") if item["status"] == "running"]:
        assert time.monotonic() < deadline, f"runs {running} do not end"
        for run_id in set(running).difference(spanning):
            journal.ask(Op.STOP, run_id=run_id)  # its answer is not noted: either end is right
            api.call("POST", f"/runs/{run_id}/stop")
        time.sleep(0.1)


def _problems(api: Api, journal: Journal, listeners: tuple[Follower, Poller], found: Snapshot) -> Iterator[str]:
    for listener in listeners:
        if not listener.reaches(found.newest):
            yield f"LOST: {type(listener).__name__} came to event {listener.last} only, of {found.newest}"
        yield from checks.heard(listener, found)
        yield from listener.problems
    yield from chain(justified.problems(found), checks.acknowledged(journal, found), checks.over_http(api, found))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kill.outage", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    console, postgres = Console(soft_wrap=True, highlight=False), OwnServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            result = outage(Path(folder), postgres, seconds=options.seconds)
    finally:
        postgres.close()
    console.print(result.text())
    for problem in result.problems:
        console.print(f"  {problem}")
    raise SystemExit(1 if result.problems else 0)


if __name__ == "__main__":
    main()
