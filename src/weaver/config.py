"""Settings from the environment, read by the roots and the command line only."""

import os
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from weaver.model.errors import InputError

PREFIX = "WEAVER_"
ADDRESSES = ("ALPACA_PAPER_BASE_URL", "ALPACA_LIVE_BASE_URL", "ALPACA_DATA_URL", "ALPACA_STREAM_URL")
_DATABASE_PASSWORD = "PGPASSWORD"
"""Read by the PostgreSQL driver, where DB_URL has no password."""
_SENDABLE = re.compile(r"[!-~]+")
"""Printable ASCII without blanks: what a header carries as it is."""


class Settings(BaseSettings):
    """What the environment says; each field is documented in docs/settings.md. An empty variable counts as unset."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, populate_by_name=True, extra="ignore")

    home: Path = Path("~/.weaver")
    db_url: SecretStr | None = Field(None, validation_alias="DB_URL")
    server_host: str = Field("127.0.0.1", validation_alias="SERVER_HOST")
    server_port: int = Field(8420, ge=0, le=65535, validation_alias="SERVER_PORT")
    security_api_token: SecretStr | None = Field(None, validation_alias="SECURITY_API_TOKEN")
    alpaca_paper_api_key: SecretStr | None = Field(None, validation_alias="ALPACA_PAPER_API_KEY")
    alpaca_paper_api_secret: SecretStr | None = Field(None, validation_alias="ALPACA_PAPER_API_SECRET")
    alpaca_paper_base_url: str = Field("https://paper-api.alpaca.markets", validation_alias="ALPACA_PAPER_BASE_URL")
    alpaca_live_api_key: SecretStr | None = Field(None, validation_alias="ALPACA_LIVE_API_KEY")
    alpaca_live_api_secret: SecretStr | None = Field(None, validation_alias="ALPACA_LIVE_API_SECRET")
    alpaca_live_base_url: str = Field("https://api.alpaca.markets", validation_alias="ALPACA_LIVE_BASE_URL")
    alpaca_data_url: str = Field("https://data.alpaca.markets", validation_alias="ALPACA_DATA_URL")
    alpaca_stream_url: str = Field("wss://stream.data.alpaca.markets", validation_alias="ALPACA_STREAM_URL")
    alpaca_data_feed: Literal["iex", "sip"] = Field("iex", validation_alias="ALPACA_DATA_FEED")
    notify_urls: SecretStr | None = Field(None, validation_alias="NOTIFY_URLS")
    notify_kinds: str = Field("", validation_alias="NOTIFY_KINDS")
    live_trading: Literal["0", "1"] = "0"
    allowed_hosts: str = ""
    allowed_origins: str = ""
    log_format: Literal["console", "json"] = "console"
    workers: int | None = Field(None, ge=1, le=1024)
    worker_memory_mb: int = Field(2048, ge=64)
    worker_silence_seconds: float = Field(60, gt=0)
    upload_max_mb: int = Field(512, ge=1)
    uploads_at_once: int = Field(4, ge=1, le=100)
    upload_window_seconds: float = Field(15, gt=0)
    upload_window_kb: int = Field(256, ge=1)
    upload_memory_mb: int = Field(1024, ge=64)
    upload_seconds: float = Field(300, gt=0)
    head_max_kb: int = Field(32, ge=4, le=1024)
    target_max_kb: int = Field(8, ge=1, le=1024)
    head_seconds: float = Field(10, gt=0)
    body_seconds: float = Field(30, gt=0)
    send_seconds: float = Field(30, gt=0)
    unsent_max_mb: int = Field(64, ge=1)
    wait_seconds: float = Field(10, gt=0)
    lock_seconds: float = Field(30, ge=0)

    @field_validator("security_api_token")
    @classmethod
    def _can_be_sent(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not _SENDABLE.fullmatch(token.get_secret_value()):
            raise PydanticCustomError(
                "token",
                "no client can send it: choose a long text of ASCII letters, digits and signs, without blanks or line "
                "ends",
            )
        return token

    @property
    def database_url(self) -> str | None:
        """DB_URL in plain text, with its password; None: the embedded file."""
        return None if self.db_url is None else self.db_url.get_secret_value()

    @property
    def home_folder(self) -> Path:
        """The folder of everything that Weaver keeps."""
        return self.home.expanduser()

    @property
    def bars_folder(self) -> Path:
        """Where the bar store lives."""
        return self.home_folder / "bars"

    @property
    def reports_folder(self) -> Path:
        """Where `weaver demo` writes its report."""
        return self.home_folder / "reports"

    @property
    def strategies_folder(self) -> Path:
        """Where a user's own strategies live."""
        return self.home_folder / "strategies"

    @property
    def uploads_folder(self) -> Path:
        """Where the server keeps uploads while they are read."""
        return self.home_folder / "uploads"

    @property
    def home_owner_file(self) -> Path:
        """Whose lock says which server the home belongs to."""
        return self.home_folder / "home.owner"

    @property
    def adapters_folder(self) -> Path:
        """Where a user's own adapters live."""
        return self.home_folder / "adapters"

    @property
    def server_file(self) -> Path:
        """Where a running server says how it can be reached."""
        return self.home_folder / "server.json"


def variable(field: str) -> str:
    """The environment variable that sets a field."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field}".upper()


def is_secret(field: str) -> bool:
    """Whether nobody may be shown what a field holds."""
    annotation = Settings.model_fields[field].annotation
    return SecretStr in (annotation, *get_args(annotation))


def environment_without_secrets(handed: Iterable[str] = ()) -> dict[str, str]:
    """The environment for processes that run a user's code: it has no business with keys, tokens and passwords, nor
    with what adapters are `handed`, whose own variables are as a rule keys."""
    secret = {variable(field) for field in Settings.model_fields if is_secret(field)}
    secret |= {_DATABASE_PASSWORD, *(name.upper() for name in handed)}
    return {name: value for name, value in os.environ.items() if name.upper() not in secret}


def adapter_settings(names: Iterable[str]) -> dict[str, str]:
    """What an adapter is handed: those of its variables that have a value, given or by default, in plain text."""
    fields = {variable(field): field for field in Settings.model_fields}
    known, given = settings(), {}
    for name in names:
        value = getattr(known, fields[name]) if name in fields else os.environ.get(name)
        if value is not None:
            given[name] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return given


def listed(text: str) -> tuple[str, ...]:
    """The parts of a setting that is a list: `a.example, b.example`."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once. Raises InputError that names the variable.

    An address that is set to nothing is refused, and not taken for unset: what was meant for a rehearsal would go to
    the real one.
    """
    for name in ADDRESSES:
        if os.environ.get(name, "unset").strip() == "":
            raise InputError(f"{name} is empty: unset it for the usual address, or set the one that is meant")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "the environment"
        name = variable(name) if name in Settings.model_fields else name
        raise InputError(f"{name} cannot be used: {first['msg']} (docs/settings.md)") from None


def has_display() -> bool:
    """Whether a browser could open a window here."""
    return sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())
