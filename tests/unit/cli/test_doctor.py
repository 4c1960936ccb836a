"""`weaver doctor`, where something is not as it should be."""

from pathlib import Path

import pytest

from tests.unit.cli.server_process import server
from tests.unit.cli.terminal import Terminal
from tests.unit.walle.damages import two_symbols


def told(terminal: Terminal, check: str) -> str:
    """What it says of one thing."""
    lines = terminal.outcome("doctor")[1].splitlines()
    return next(line for line in lines if line.split()[1:2] == [check])


def test_database_and_server_are_looked_at(terminal: Terminal, weaver_home: Path) -> None:
    assert told(terminal, "server") == "ok    server      none runs"
    assert "weaver.db is not there" in told(terminal, "database")
    with server(weaver_home) as running:
        assert told(terminal, "server") == f"ok    server      answers at {running.url}"
        assert "sqlite answers, its tables are up to date; 0 runs" in told(terminal, "database")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("typo", "DB_URL cannot be read"),
        ("postgresql+asyncpg://u:secret@127.0.0.1:99999/db", "port 99999"),
        ("postgresql+asyncpg://u:secret@127.0.0.1:1/db?foo=bar", "parameter 'foo'"),
        ("postgresql+asyncpg://u:secret@127.0.0.1:1/db", "is the server running"),
    ],
)
def test_database_that_cannot_be_used_fails(terminal: Terminal, url: str, why: str) -> None:
    terminal.set(DB_URL=url)
    line = told(terminal, "database")
    assert line.startswith("FAIL")
    assert why in line
    assert "secret" not in line


def test_damaged_bars_fail_with_what_to_do(terminal: Terminal, weaver_home: Path) -> None:
    two_symbols(weaver_home / "bars")
    assert terminal.outcome("doctor")[1].count("bar store   2 series, 6,000 bars") == 1
    file = weaver_home / "bars" / "BTCUSD" / "1m-1" / "2022.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"2")
    lines = terminal.outcome("doctor")[1].splitlines()
    line = next(line for line in lines if "bar store" in line)
    assert line.startswith("FAIL")
    assert "BTCUSD 1m: the stored bars are damaged" in line
    assert "import them again" in line


SECRET = "hunter2secret"


def test_where_nobody_is_notified_it_says_so(terminal: Terminal) -> None:
    assert told(terminal, "notify") == "ok    notify      NOTIFY_URLS is not set: nobody is told of what happens"


def test_channels_that_can_be_used_are_told_by_number_and_service(terminal: Terminal) -> None:
    terminal.set(NOTIFY_URLS=f"json://user:{SECRET}@127.0.0.1:1/{SECRET}, JSONS://127.0.0.1/{SECRET}")
    assert told(terminal, "notify") == (
        "ok    notify      NOTIFY_URLS can be used: 1 (json), 2 (jsons); try them out: weaver notify test"
    )


@pytest.mark.parametrize(
    ("urls", "why"),
    [
        (
            f"wrong://{SECRET} json://127.0.0.1/{SECRET} tgram://{SECRET}",
            "Apprise cannot use number 1 (wrong), number 3 (tgram): see its page",
        ),
        (f"json://127.0.0.1/ {SECRET}", "number 1 is no URL as Apprise takes them"),
        (f"json://127.0.0.1/{SECRET} " * 11, "11 URLs: 10 are taken at most"),
    ],
)
def test_channel_that_cannot_be_used_fails_without_a_word_of_its_secrets(
    terminal: Terminal, urls: str, why: str
) -> None:
    terminal.set(NOTIFY_URLS=urls)
    code, stdout, stderr = terminal.outcome("doctor")
    [line] = [line for line in stdout.splitlines() if line.split()[1:2] == ["notify"]]
    assert line.startswith("FAIL")
    assert why in line
    assert (code, SECRET in stdout + stderr) == (1, False)


def test_kind_of_notification_that_is_none_fails(terminal: Terminal) -> None:
    terminal.set(NOTIFY_KINDS="run_eror")
    line = told(terminal, "notify")
    assert (line.startswith("FAIL"), "run_eror" in line) == (True, True)
