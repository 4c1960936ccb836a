"""The root of a process that sends one message: `python -m weaver.messenger`.

It reads what to do as JSON from its standard input, for a URL among a process's arguments could be seen by all, and
answers with JSON. What Apprise logs stays here: there are secrets in it.
"""

import json
import logging
import os
import re
import signal
import sys
from collections.abc import Mapping
from typing import Any

from apprise import Apprise, AppriseAsset

from weaver.glados.pool.fork import WorkerLimits, become_own

SECONDS_MAX = 120
"""It ends by then, whoever has forgotten it."""
_MEMORY_BYTES = 256 * 1024 * 1024
_NICE = 5
_STATUS = re.compile(r"\berror\s*=\s*(\d{3})\b")
_NOT_REACHED = re.compile(r"connection error|socket error|time(?:d )?out", re.IGNORECASE)


class _Heard(logging.Handler):
    """Why Apprise was refused: nothing of what it logs but a status, or that nobody was reached."""

    reason = "it was not taken: check the URL, and that the service takes messages from here"

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if (status := _STATUS.search(text)) is not None:
            self.reason = f"the service refused it with HTTP {status[1]}"
        elif _NOT_REACHED.search(text):
            self.reason = "the service was not reached, or did not answer in time"


def main() -> None:
    """Do what is asked, once."""
    signal.alarm(SECONDS_MAX)
    os.nice(_NICE)
    become_own(os.getppid(), WorkerLimits(memory_max_bytes=_MEMORY_BYTES, nice=_NICE))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a plug-in prints is no answer
    asked = json.load(sys.stdin)
    is_question = "usable" in asked
    answer = {"usable": [_made(url) is not None for url in asked["usable"]]} if is_question else _sent(asked["send"])
    answers.write(json.dumps(answer))
    answers.close()


def _made(url: str) -> Any:
    """Apprise's object for a URL; None: it takes no such one."""
    asset = AppriseAsset(app_id="Weaver", app_desc="Weaver", app_url="", plugin_paths=[])
    return Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def _sent(asked: Mapping[str, str]) -> dict[str, Any]:
    heard, logger = _Heard(), logging.getLogger("apprise")
    logger.addHandler(heard)
    logger.setLevel(logging.INFO)
    made = _made(asked["url"])
    is_taken = made is not None and made.notify(body=asked["body"], title=asked["title"], notify_type=asked["level"])
    return {"ok": bool(is_taken), "reason": None if is_taken else heard.reason}


if __name__ == "__main__":
    main()
