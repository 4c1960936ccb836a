"""PostgreSQL goes away under load and comes back: nothing acknowledged is lost, and the server heals by itself."""

from pathlib import Path

from tests.kill.outage import outage
from tests.postgres import OwnServer

SECONDS = 10.0


def test_server_answers_503_without_its_database_and_loses_nothing(tmp_path: Path, own_postgres: OwnServer) -> None:
    result = outage(tmp_path, own_postgres, seconds=SECONDS)
    assert not result.problems, "\n".join(result.problems)
    assert result.refused > 0
    assert result.spanning == ("completed", "completed")
    assert result.acknowledged > 20, "too little traffic to lose anything"
    assert result.acknowledged_afterwards > 0, "the server owns its database again"
