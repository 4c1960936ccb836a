"""What a server has stored of its runs, looked at while it works."""

from datetime import datetime
from pathlib import Path

from tests.kill.rows import read_at_once
from tests.kill_trading.judging.books import Books, books

_LAST_TICKS = """
    SELECT id, (SELECT tick FROM recorded_inputs WHERE run_id = runs.id ORDER BY number DESC LIMIT 1) FROM runs
"""
_UNDER_WAY = """
    SELECT (SELECT max(seq) FROM outbox),
           (SELECT count(*) FROM orders WHERE status = 'submitting' AND waits_for IS NULL)
         + (SELECT count(*) FROM submissions WHERE state = 'sending')
"""


class Store:
    """Of a home, or a database."""

    def __init__(self, home: Path, db_url: str | None) -> None:
        self._home, self._db_url = home, db_url

    def last_ticks(self) -> dict[str, datetime]:
        """Of each run that has one."""
        return {
            run_id: datetime.fromisoformat(tick) if isinstance(tick, str) else tick
            for run_id, tick in read_at_once(self._home, self._db_url, _LAST_TICKS)
            if tick is not None
        }

    def under_way(self) -> tuple[int, int]:
        """The newest event's number, and how many orders are about to be sent, or wait for their answer."""
        newest, in_flight = read_at_once(self._home, self._db_url, _UNDER_WAY)[0]
        return newest or 0, in_flight

    def books(self, *, is_running: bool) -> Books:
        """All of it."""
        return books(self._home, self._db_url, is_running=is_running)
