"""Five kills on each storage while it trades; `make kill-trading` does a hundred."""

from pathlib import Path

from tests.kill.storages import home_in, migrate
from tests.kill_trading.campaign import VICTIMS, Campaign

SEED = 20_261_128


def test_trading_on_a_file_loses_and_doubles_nothing(tmp_path: Path) -> None:
    run(home_in(tmp_path, "sqlite"), None)


def test_trading_on_postgresql_loses_and_doubles_nothing(tmp_path: Path, empty_postgres_url: str) -> None:
    migrate(empty_postgres_url)
    run(home_in(tmp_path, "postgresql"), empty_postgres_url)


def run(home: Path, db_url: str | None) -> None:
    with Campaign(home, db_url, seed=SEED) as campaign:
        for _ in VICTIMS:
            campaign.round()
        tally = campaign.finish()
    assert tally.kills == {"server": 4, "decider": 1, "paused owner": 1}
    assert tally.orders > 50
    assert tally.fills > 50
    assert tally.ticks > 100
    assert tally.replays >= 1
