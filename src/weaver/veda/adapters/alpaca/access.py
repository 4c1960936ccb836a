"""Whose account, at which addresses: checked before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from weaver.model.errors import InputError
from weaver.model.run import RunMode

FEEDS = ("iex", "sip")
_DEFAULTS = {
    "ALPACA_PAPER_BASE_URL": "https://paper-api.alpaca.markets",
    "ALPACA_LIVE_BASE_URL": "https://api.alpaca.markets",
    "ALPACA_DATA_URL": "https://data.alpaca.markets",
    "ALPACA_STREAM_URL": "wss://stream.data.alpaca.markets",
    "ALPACA_DATA_FEED": "iex",
}
_KEY_STARTS = {RunMode.PAPER: "PK", RunMode.LIVE: "AK"}
"""What Alpaca's own keys begin with."""
_SECURE = {"http": "https", "https": "https", "ws": "wss", "wss": "wss"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One account's keys and addresses. Its text shows no secret."""

    mode: RunMode
    key: str = field(repr=False)
    secret: str = field(repr=False)
    base_url: str
    """Roots, without a version."""
    data_url: str
    stream_url: str
    feed: str
    """iex or sip."""

    @property
    def is_loopback(self) -> bool:
        """The venue runs on this machine, and has a time of its own."""
        return is_loopback(self.base_url)

    @property
    def order_stream(self) -> str:
        """The address of order updates."""
        return _as_socket(self.base_url) + "/stream"

    @property
    def stock_stream(self) -> str:
        """The address of stocks' bars."""
        return f"{self.stream_url}/v2/{self.feed}"

    @property
    def crypto_stream(self) -> str:
        """The address of pairs' bars."""
        return f"{self.stream_url}/v1beta3/crypto/us"


def access_of(mode: RunMode, settings: Mapping[str, str]) -> Access:
    """Raises InputError, in one line that names the setting, for anything that is missing or must not be used.

    Nothing of the other mode is ever looked at, except to say that keys were swapped.
    """
    name = mode.value.upper()
    if mode is RunMode.LIVE and settings.get("WEAVER_LIVE_TRADING") != "1":
        raise InputError("live trading is switched off: set WEAVER_LIVE_TRADING=1 where real money is meant")
    base_url = _address(settings, f"ALPACA_{name}_BASE_URL", "http")
    key, secret = _credential(settings, f"ALPACA_{name}_API_KEY"), _credential(settings, f"ALPACA_{name}_API_SECRET")
    _check_keys(mode, key, secret, settings, is_alpaca=not is_loopback(base_url))
    feed = settings.get("ALPACA_DATA_FEED", _DEFAULTS["ALPACA_DATA_FEED"]).lower()
    if feed not in FEEDS:
        raise InputError(f"ALPACA_DATA_FEED must be iex or sip, not {feed!r}")
    return Access(
        mode=mode,
        key=key,
        secret=secret,
        base_url=base_url,
        data_url=_address(settings, "ALPACA_DATA_URL", "http"),
        stream_url=_address(settings, "ALPACA_STREAM_URL", "ws"),
        feed=feed,
    )


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, whatever a name server says."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _credential(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name, "").strip()
    if not value:
        raise InputError(
            f"{name} is not set: make keys on Alpaca's dashboard, and set it (docs/how-to/connect-alpaca.md)"
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise InputError(f"{name} cannot be a key: it has blanks or signs that no key has; copy it anew")
    return value


def _check_keys(mode: RunMode, key: str, secret: str, settings: Mapping[str, str], *, is_alpaca: bool) -> None:
    """Raises InputError for keys that are the wrong way round or of the other mode, as far as can be seen without
    asking; at Alpaca itself the first letters tell."""
    name, other = mode.value.upper(), _other(mode)
    starts = tuple(_KEY_STARTS.values())
    if secret.startswith(starts) and not key.startswith(starts) and secret.isupper():
        raise InputError(f"ALPACA_{name}_API_KEY and ALPACA_{name}_API_SECRET are swapped: exchange them")
    if key == secret:
        raise InputError(f"ALPACA_{name}_API_KEY and ALPACA_{name}_API_SECRET are the same: the secret is another text")
    if key == settings.get(f"ALPACA_{other.value.upper()}_API_KEY", "").strip():
        raise InputError(f"the {mode} and the {other} key are the same: each mode has keys of its own")
    if is_alpaca and key.startswith(_KEY_STARTS[other]):
        raise InputError(
            f"ALPACA_{name}_API_KEY is a key of {other} trading: {mode} keys begin with {_KEY_STARTS[mode]}"
        )


def _other(mode: RunMode) -> RunMode:
    return RunMode.LIVE if mode is RunMode.PAPER else RunMode.PAPER


def _address(settings: Mapping[str, str], name: str, scheme: str) -> str:
    """A root that is not empty, and http or ws only on this machine."""
    value = settings.get(name, _DEFAULTS[name]).strip().rstrip("/")
    if not value:
        raise InputError(f"{name} is empty: unset it for Alpaca's own address")
    parts = urlsplit(value)
    if parts.scheme not in {scheme, _SECURE[scheme]} or not parts.hostname:
        raise InputError(f"{name} must be an address that begins with {_SECURE[scheme]}://, not {_shown(value)}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(f"{name} must be an address without a user, a password or a query")
    if parts.scheme == scheme and not is_loopback(value):
        raise InputError(f"{name} would send keys in the clear: only {_SECURE[scheme]}:// leaves this machine")
    return value


def _shown(value: str) -> str:
    """An address without what may be secret in it."""
    return repr(value.rpartition("@")[2][:100])


def _as_socket(url: str) -> str:
    return "ws" + url.removeprefix("http")
