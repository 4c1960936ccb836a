"""PostgreSQL goes away under load and comes back: nothing acknowledged is lost, and the server heals by itself."""

from pathlib import Path

import httpx

from tests.acceptance.server import server
from tests.kill.outage import outage
from tests.postgres import Databases, OwnServer

SECONDS = 10.0


def test_server_answers_503_without_its_database_and_loses_nothing(tmp_path: Path, own_postgres: OwnServer) -> None:
    result = outage(tmp_path, own_postgres, seconds=SECONDS)
    assert not result.problems, "\n".join(result.problems)
    assert result.refused > 0
    assert result.spanning == ("completed", "completed")
    assert result.acknowledged > 20, "too little traffic to lose anything"
    assert result.acknowledged_afterwards > 0, "the server owns its database again"


def test_server_whose_database_is_dropped_answers_503(tmp_path: Path, postgres: Databases, postgres_url: str) -> None:
    with server(tmp_path, DB_URL=postgres_url) as running:
        asked = [f"{running.url}/api/v1/{what}" for what in ("runs", "orders", "events")]
        assert [httpx.get(url, trust_env=False).status_code for url in asked] == [200] * 3
        postgres.drop(postgres_url)
        for answer in [httpx.get(url, trust_env=False, timeout=30) for url in asked * 2]:
            assert answer.status_code == 503, answer.text
            assert answer.json()["message"].startswith("the database ")
