"""The server's log: one line an event, JSON or for a terminal, with correlation ids and without secrets."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from enum import StrEnum
from typing import Any, TextIO

import structlog
from pydantic import SecretBytes, SecretStr

HIDDEN = "***"
_SECRET_WORDS = frozenset(
    {"secret", "secrets", "token", "tokens", "password", "passwd", "key", "keys", "apikey", "authorization", "cookie"}
)
_WORD = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")
_BLANKS = re.compile(r"(\s++)")
_USER_ENDS = re.compile(r"[:/@]")
_SCHEME_END = re.compile(r"[A-Za-z0-9+.-]")


class LogFormat(StrEnum):
    """How a line of the log looks."""

    JSON = "json"
    CONSOLE = "console"


class Redactor:
    """A processor that takes secrets out of a log line: known ones wherever they stand, whatever a key says is one,
    and the passwords of URLs. Counts and flags stay (`token_needed=True`)."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True))

    def __call__(self, logger: object, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
        del logger, method
        return {key: self._hidden(key, value) for key, value in event.items()}

    def _hidden(self, key: str, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, SecretStr | SecretBytes) or _names_secret(key):
            return HIDDEN
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {str(name): self._hidden(str(name), item) for name, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._hidden(key, item) for item in value]
        return value if key.startswith("_") else self.text(repr(value))

    def text(self, text: str) -> str:
        """A text without its secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return "".join(_without_passwords(word) for word in _BLANKS.split(text)) if "://" in text else text


def _without_passwords(word: str) -> str:
    """A text without blanks, and without the passwords of its URLs (`scheme://user:password@`). Looks at each letter
    once, whatever stands there: a client's path comes by here."""
    kept, place = [], 0
    while (scheme := word.find("://", max(place, 1))) >= 0:  # a scheme has a letter at least
        begin = scheme + len("://")
        user = _USER_ENDS.search(word, begin)
        if user is None:
            break
        if user[0] != ":" or not _SCHEME_END.match(word, scheme - 1):
            kept.append(word[place : max(user.start(), begin)])
            place = max(user.start(), begin)
            continue
        end = word.find("@", user.end() + 1)
        if end < 0:
            break
        kept.append(f"{word[place : user.end()]}{HIDDEN}")
        place = end
    return "".join([*kept, word[place:]])


def _printable(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor that keeps what others wrote (a request's path, for one) from steering the terminal or from looking
    like a line of its own: letters that cannot be printed become escapes. Tracebacks keep their lines."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            kept = "\n\t" if key in {"exception", "stack"} else ""
            event[key] = "".join(
                letter if letter.isprintable() or letter in kept else _escaped(letter) for letter in value
            )
    return event


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def _names_secret(key: str) -> bool:
    return not _SECRET_WORDS.isdisjoint(word.lower() for word in _WORD.split(key))


def configure_logging(
    *, format: LogFormat, secrets: Iterable[SecretStr], stream: TextIO | None = None, level: int = logging.INFO
) -> None:
    """Send the log of Weaver and of its libraries to `stream` (stderr), through the same processors.

    secrets: texts that never appear in it, wherever they come from.
    """
    redact = Redactor(secret.get_secret_value() for secret in secrets)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, *_rendering(format)],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    _quieten_libraries()


_SHARED: tuple[structlog.types.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
)
"""What our own lines and those of libraries pass."""


def _rendering(format: LogFormat) -> list[structlog.types.Processor]:
    if format is LogFormat.JSON:
        return [structlog.processors.JSONRenderer()]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    return [_printable, plain]


def _quieten_libraries() -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)  # whoever served in this process before may have set another
        logger.propagate = name != "uvicorn.access"  # our own line for each request says more
    for name in ("alembic", "sqlalchemy", "aiosqlite", "asyncio", "asyncpg"):
        logging.getLogger(name).setLevel(logging.WARNING)
