"""Pools of worker processes for tests."""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from weaver.glados.pool.pool import LocalBacktestPool

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def local_pool(**given: Any) -> LocalBacktestPool:
    """A pool of one worker that sees the tests' environment and may be silent for a minute; all else by keyword."""
    usual = {
        "workers": 1, "memory_max_bytes": 1024**3, "silence_seconds": 60.0, "environment": dict(os.environ),
        "new_id": lambda: uuid4().hex, "now": lambda: NOW,
    }  # fmt: skip
    return LocalBacktestPool(**{**usual, **given})
