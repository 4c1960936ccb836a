"""Several clients at once that create, start, stop, clone and delete runs until the server is gone."""

import threading
import time
from random import Random

from tests.kill.api import Answer, Api, NoAnswer
from tests.kill.journal import REFUSED, UNAVAILABLE, Journal, Op, Request
from tests.kill.server import Server
from tests.kill.strategies import LONG, chosen, run_body

CLIENTS = 4
RUNS_MAX = 40
"""Past so many a client deletes rather than creates."""
_ACTIONS = {"new": 35, "start": 12, "stop": 12, "clone": 12, "delete": 15, "look": 14}


class Traffic:
    """The clients of one life of the server, each a thread with chance of its own."""

    def __init__(self, *, server: Server, journal: Journal, seed: str, tolerate_503: bool = False) -> None:
        """tolerate_503: that the database is away is no fault."""
        self._server, self._journal, self._tolerate_503 = server, journal, tolerate_503
        self._is_over = threading.Event()
        self.problems: list[str] = []
        self.slowest_seconds = 0.0
        self.refused = 0
        """How many answers were 503."""
        self._threads = [
            threading.Thread(target=self._work, args=(f"{seed}-{number}",), daemon=True) for number in range(CLIENTS)
        ]

    def begin(self) -> None:
        """Let them loose."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Wait until each has had its last answer, or none."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, seed: str) -> None:
        chance, number = Random(seed), 0
        try:
            with Api(self._server) as api:
                while not self._is_over.is_set():
                    number += 1
                    self._act(api, chance, f"{seed}-{number}")
        except NoAnswer:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the round fails with it
            self.problems.append(f"client {seed}: {type(error).__name__}: {error}")

    def _act(self, api: Api, chance: Random, name: str) -> None:
        (action,) = chance.choices(list(_ACTIONS), weights=list(_ACTIONS.values()))
        run_id = self._journal.some_run(chance, newest=8 if action in {"start", "stop"} else None)
        if action in {"new", "clone"} and self._journal.run_count > RUNS_MAX:
            action = "delete"
        match action, run_id:
            case "new", _:
                self._create(api, chance, name)
            case _, None:
                return
            case "start", str():
                self._ask(api, Op.START, run_id)
            case "stop", str():
                self._ask(api, Op.STOP, run_id)
            case "clone", str():
                self._ask(api, Op.CLONE, run_id)
            case "delete", str():
                self._ask(api, Op.DELETE, run_id)
            case _:
                self._call(api, "GET", f"/runs/{run_id}", allowed={200, 404})

    def _create(self, api: Api, chance: Random, name: str) -> None:
        """A run; most are started, and the long ones are stopped."""
        config = chosen(chance)
        run_id = self._ask(api, Op.CREATE, None, name=name, body=run_body(name, config)).made
        if run_id is None or chance.random() < 0.25:
            return
        self._ask(api, Op.START, run_id)
        if config is LONG:
            time.sleep(chance.random() * 0.4)
            self._ask(api, Op.STOP, run_id)

    def _ask(self, api: Api, op: Op, run_id: str | None, *, name: str | None = None, body: object = None) -> Request:
        request = self._journal.ask(op, run_id=run_id, name=name)
        method, path = _route(op, run_id)
        answer = self._call(api, method, path, allowed={*REFUSED[op], 200, 201, 204}, body=body)
        made = answer.body["id"] if answer.status == 201 else None
        self._journal.answered(request, answer.status, made)
        if op is Op.STOP and answer.status == 200 and answer.body["status"] != "stopped":
            self.problems.append(f"a stop that was acknowledged shows {answer.body['status']}")
        return request

    def _call(self, api: Api, method: str, path: str, *, allowed: set[int], body: object = None) -> Answer:
        began = time.monotonic()
        answer = api.call(method, path, json=body)
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        if answer.status == UNAVAILABLE and self._tolerate_503:
            self.refused += 1
            if not isinstance(answer.body, dict) or answer.body.get("code") != "unavailable":
                self.problems.append(f"{method} {path} answered 503 with {answer.body}")
            time.sleep(0.05)  # so that an outage is not one long storm of refusals
        elif answer.status not in allowed:
            self.problems.append(f"{method} {path} answered {answer.status}: {answer.body}")
        return answer


def _route(op: Op, run_id: str | None) -> tuple[str, str]:
    match op:
        case Op.CREATE:
            return "POST", "/runs"
        case Op.DELETE:
            return "DELETE", f"/runs/{run_id}"
        case _:
            return "POST", f"/runs/{run_id}/{op}"
