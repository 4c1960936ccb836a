"""Asking a server that may have no time: what only looks is asked again where it is told to come back."""

import time
from typing import Any

from tests.kill.api import Answer, Api

UNAVAILABLE = 503
AGAIN_SECONDS, PATIENCE_SECONDS = 0.5, 60.0


class PatientApi(Api):
    """Whatever makes something is asked for once."""

    busy = 0
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
