"""The server's log: its form, and what never gets into it."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from weaver.glados.process.logging import HIDDEN, LogFormat, Redactor, configure_logging

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def log_to() -> Iterator[Callable[[LogFormat], io.StringIO]]:
    """Configures the log to write into a text; everything is as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    before = structlog.get_config()

    def configured(format: LogFormat) -> io.StringIO:
        stream = io.StringIO()
        configure_logging(format=format, secrets=[SecretStr(TOKEN), SecretStr("")], stream=stream)
        return stream

    yield configured
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_line_has_level_logger_time_and_what_is_bound(log_to: Callable[[LogFormat], io.StringIO]) -> None:
    stream = log_to(LogFormat.JSON)
    with structlog.contextvars.bound_contextvars(correlation_id="c1", run_id="r1"):
        structlog.get_logger("weaver.test").info("started", symbols=["AAPL"])
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "started", "level": "info", "logger": "weaver.test", "correlation_id": "c1", "run_id": "r1",
        "symbols": ["AAPL"],
    }  # fmt: skip


def test_libraries_log_through_the_same_lines(log_to: Callable[[LogFormat], io.StringIO]) -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # as another server in this process may have
    stream = log_to(LogFormat.JSON)
    logging.getLogger("uvicorn.error").warning("bound to %s with %s", "127.0.0.1", TOKEN)
    logging.getLogger("sqlalchemy.engine").info("SELECT 1")
    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == (f"bound to 127.0.0.1 with {HIDDEN}", "uvicorn.error")


def test_exception_is_told_without_its_secrets(log_to: Callable[[LogFormat], io.StringIO]) -> None:
    for format in LogFormat:
        stream = log_to(format)
        try:
            raise ValueError(f"no connection to postgresql+asyncpg://weaver:hunter2@db/weaver with {TOKEN}")
        except ValueError:
            structlog.get_logger("weaver.test").exception("failed")
        assert "ValueError" in stream.getvalue()
        assert "postgresql+asyncpg://weaver:***@db/weaver" in stream.getvalue()
        assert "hunter2" not in stream.getvalue()
        assert TOKEN not in stream.getvalue()


def test_console_line_can_be_read(log_to: Callable[[LogFormat], io.StringIO]) -> None:
    stream = log_to(LogFormat.CONSOLE)
    structlog.get_logger("weaver.test").warning("slow", seconds=3)
    assert "slow" in stream.getvalue()
    assert "seconds=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_nothing_in_a_console_line_steers_the_terminal_or_looks_like_another_line(
    log_to: Callable[[LogFormat], io.StringIO],
) -> None:
    stream = log_to(LogFormat.CONSOLE)
    structlog.get_logger("weaver.test").info(
        "a\x1b[31m\nb", path="/\x1b[31mhi\x9b\u202e\udc80", deep=["\x1b"], plain="é"
    )
    logging.getLogger("some.library").warning("said \x07 %s", "\r\x1b]0;title")
    text = stream.getvalue()
    assert [line for line in text.splitlines() if not line.isprintable()] == []
    assert len(text.splitlines()) == 2
    assert "path=/\\x1b[31mhi\\x9b\\u202e\\udc80" in text
    assert "plain=é" in text


def test_traceback_keeps_its_lines_and_loses_its_escapes(log_to: Callable[[LogFormat], io.StringIO]) -> None:
    stream = log_to(LogFormat.CONSOLE)
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        structlog.get_logger("weaver.test").exception("failed")
    lines = stream.getvalue().splitlines()
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: \\x1b[2J"


@pytest.mark.parametrize(
    "key",
    ["token", "api_token", "SECURITY_API_TOKEN", "password", "ALPACA_LIVE_API_KEY", "apiKey", "x-api-key", "secret",
     "ALPACA_PAPER_API_SECRET", "Authorization", "cookie", "clientSecret"],
)  # fmt: skip
def test_value_whose_key_says_that_it_is_a_secret_is_hidden(key: str) -> None:
    redact = Redactor([])
    assert redact(None, "info", {key: "value"}) == {key: HIDDEN}
    assert redact(None, "info", {"deep": [{key: "value"}]}) == {"deep": [{key: HIDDEN}]}
    assert redact(None, "info", {key: ["a", "b"]}) == {key: HIDDEN}


@pytest.mark.parametrize("key", ["monkey", "keyboard", "tokenizer", "symbol", "path"])
def test_other_keys_are_left_alone(key: str) -> None:
    assert Redactor([])(None, "info", {key: "value"}) == {key: "value"}


def test_counts_and_flags_are_no_secrets() -> None:
    event = {"token_needed": True, "keys": 3, "password": None}
    assert Redactor([])(None, "info", dict(event)) == event


def test_objects_are_shown_without_the_secrets_in_them() -> None:
    found = Redactor([TOKEN])(
        None, "info", {"headers": (("x", TOKEN),), "error": ValueError(TOKEN), "s": SecretStr("x")}
    )
    assert found == {"headers": [["x", HIDDEN]], "error": f"ValueError('{HIDDEN}')", "s": HIDDEN}


_VALUES = st.recursive(
    st.text(max_size=20).map(lambda text: text + TOKEN) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=8), _VALUES))
def test_known_secret_never_gets_through(event: dict[str, Any]) -> None:
    assert TOKEN not in repr(Redactor([TOKEN])(None, "info", event))


def test_secret_that_is_part_of_another_leaves_no_rest() -> None:
    assert Redactor(["abc", "abcdef"]).text("abcdef abc") == f"{HIDDEN} {HIDDEN}"
