"""Asking a server that may have no time: what only looks is asked again where it is told to come back."""

import time
from typing import Any

from tests.kill.api import Answer, Api
from tests.kill.server import Server

UNAVAILABLE = 503
AGAIN_SECONDS, PATIENCE_SECONDS = 0.5, 60.0
ANSWER_SECONDS = 120.0
"""How long an answer may take: of a server that has just been started with fifty runs, on a busy machine."""


class PatientApi(Api):
    """Whatever makes something is asked for once."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._http.timeout = ANSWER_SECONDS
        self.busy = 0
        """How often it was told to come back."""

    def call(self, method: str, path: str, **given: Any) -> Answer:
        """See `Api`; nobody waits for ever."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = super().call(method, path, **given)
            is_look = method == "GET" or path == "/reconciliation"
            if answer.status != UNAVAILABLE or not is_look or time.monotonic() > deadline:
                return answer
            self.busy += 1
            time.sleep(AGAIN_SECONDS)
