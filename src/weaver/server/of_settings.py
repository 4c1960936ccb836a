"""What the server's parts take from its settings."""

import sys
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

import weaver
from weaver.config import Settings, environment_without_secrets, is_secret, listed, variable
from weaver.glados.limits import Limits
from weaver.glados.services import ServerFacts
from weaver.model.errors import InputError
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.notifications.urls import secrets_of, split_urls

_KB, _MB = 1024, 1024 * 1024


def facts_of(settings: Settings, port: int) -> ServerFacts:
    """What a server that listens there says of itself."""
    return ServerFacts(
        version=weaver.__version__,
        host=settings.server_host,
        port=port,
        token=settings.security_api_token,
        allowed_hosts=listed(settings.allowed_hosts),
        allowed_origins=listed(settings.allowed_origins),
        settings=shown(settings),
        limits=limits_of(settings),
        serves_web=True,
    )


def reader_command(settings: Settings) -> list[str]:
    """How a process is started that reads uploads."""
    memory, bars = settings.upload_memory_mb * _MB, settings.bars_folder.resolve()
    return [
        sys.executable, "-m", "weaver.reader", "--memory", f"{memory}", "--bars", f"{bars}",
        "--lock", f"{settings.lock_seconds}",
    ]  # fmt: skip


def limits_of(settings: Settings) -> Limits:
    """What requests may take."""
    return Limits(
        head_bytes_max=settings.head_max_kb * _KB,
        target_bytes_max=settings.target_max_kb * _KB,
        head_seconds=settings.head_seconds,
        body_seconds=settings.body_seconds,
        send_seconds=settings.send_seconds,
        unsent_bytes_max=settings.unsent_max_mb * _MB,
        uploads_at_once=settings.uploads_at_once,
        upload_window_seconds=settings.upload_window_seconds,
        upload_window_bytes=settings.upload_window_kb * _KB,
        upload_bytes_max=settings.upload_max_mb * _MB,
        upload_memory_bytes=settings.upload_memory_mb * _MB,
        upload_seconds=settings.upload_seconds,
        wait_seconds=settings.wait_seconds,
    )


def shown(settings: Settings) -> dict[str, str | int | float | bool | None]:
    """The settings as anybody who may use the API can see them: of a secret, whether it is set."""
    found: dict[str, str | int | float | bool | None] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        plain = value if value is None or isinstance(value, int | float) else str(value)
        found[variable(name)] = value is not None if is_secret(name) else plain
    return found


def environment_of(settings: Settings) -> dict[str, str]:
    """For processes that run a user's code."""
    adapters = AdapterCatalogue(settings.adapters_folder).entries()
    return environment_without_secrets(name for one in adapters for name in one.settings)


def secrets_in(settings: Settings) -> list[SecretStr]:
    """Texts that must not get into the log: the token, the venues' keys, and the database's password."""
    try:
        password = urlsplit(settings.database_url or "").password or ""
    except ValueError:
        password = ""
    of_database = [SecretStr(password), SecretStr(unquote(password))]  # as it stands in the URL, and as drivers see it
    keys = [
        settings.security_api_token, settings.alpaca_paper_api_key, settings.alpaca_paper_api_secret,
        settings.alpaca_live_api_key, settings.alpaca_live_api_secret,
    ]  # fmt: skip
    of_channels = map(SecretStr, secrets_of(notify_urls(settings)))
    return [*of_database, *(key for key in keys if key is not None), *of_channels]


def notify_urls(settings: Settings) -> Sequence[str]:
    """The channels of notifications, as they were given. Raises InputError."""
    return () if settings.notify_urls is None else split_urls(settings.notify_urls.get_secret_value())


def make_folders(settings: Settings) -> None:
    """Those that the server writes to. Raises InputError."""
    for folder in (settings.home_folder, settings.strategies_folder, settings.uploads_folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{folder}: cannot be made: {error.strerror}; set WEAVER_HOME to a folder of yours"
            ) from error
