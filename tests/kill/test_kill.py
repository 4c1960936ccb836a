"""Ten rounds of `kill -9` on each storage; `make kill` does two hundred."""

from pathlib import Path

from tests.kill.campaign import Campaign
from tests.kill.storages import home_in, migrate

ROUNDS = 10
SEED = 20_261_122


def test_killed_server_on_a_file_loses_and_doubles_nothing(tmp_path: Path) -> None:
    run(home_in(tmp_path, "sqlite"), None)


def test_killed_server_on_postgresql_loses_and_doubles_nothing(tmp_path: Path, empty_postgres_url: str) -> None:
    migrate(empty_postgres_url)
    run(home_in(tmp_path, "postgresql"), empty_postgres_url)


def run(home: Path, db_url: str | None) -> None:
    with Campaign(home, db_url, seed=SEED) as campaign:
        for _ in range(ROUNDS):
            campaign.round()
        tally = campaign.finish()
    assert tally.kills >= ROUNDS
    assert tally.consumer_kills >= 1
    assert tally.interrupted >= 1, "a kill met a run that was running"
    assert tally.ends["run.Stopped"] >= 1
    assert tally.acknowledged >= ROUNDS, "each round has its traffic"
    assert tally.ends["run.Completed"] >= 2, "among them one whose events are partly kept with its result"
