"""Who may speak to the server: tokens, sessions, hosts and origins."""

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.datastructures import Headers

from weaver.model.errors import InputError

COOKIE = "weaver_session"
SESSION_DAYS = 30
SESSIONS_MAX = 200
TOKEN_LENGTH_MIN = 16
STRANGER = "is_stranger"
"""In a request's state: it is for what anybody may load, and comes from nobody who is signed in."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")


def check_bind(host: str, token: SecretStr | None) -> None:
    """Raises InputError where a server without a token would be reachable from other machines."""
    if (token is None or not token.get_secret_value()) and not is_loopback(host):
        raise InputError(
            f"{host} can be reached from other machines, and no token is set: set SECURITY_API_TOKEN to a long random "
            "text, or bind to 127.0.0.1"
        )


def is_guessable(host: str, token: SecretStr | None) -> bool:
    """Whether other machines can try out tokens, and the one to find is short."""
    return token is not None and len(token.get_secret_value()) < TOKEN_LENGTH_MIN and not is_loopback(host)


def check_names(allowed_hosts: Iterable[str], allowed_origins: Iterable[str]) -> None:
    """Raises InputError for an entry of either setting that no request could match."""
    Names(host="", allowed_hosts=allowed_hosts, allowed_origins=allowed_origins)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


class Sessions:
    """Browsers that have signed in, by the hash of their cookie. Kept in memory: a restart signs everybody out.

    Past `SESSIONS_MAX` the oldest one ends.
    """

    def __init__(self, *, now: Callable[[], datetime], new_token: Callable[[], str]) -> None:
        self._now, self._new_token = now, new_token
        self._ends: OrderedDict[bytes, datetime] = OrderedDict()

    def open(self) -> str:
        """A new session's cookie value: random, and nothing that the token could be told from."""
        value = self._new_token()
        self._ends[_digest(value)] = self._now() + timedelta(days=SESSION_DAYS)
        while len(self._ends) > SESSIONS_MAX:
            self._ends.popitem(last=False)
        return value

    def holds(self, value: str) -> bool:
        """Whether a cookie's session is open. What is compared is a hash, so its timing tells nothing."""
        ends = self._ends.get(_digest(value))
        return ends is not None and self._now() < ends

    def close(self, value: str) -> None:
        """Sign out; an unknown session changes nothing."""
        self._ends.pop(_digest(value), None)


class Gate:
    """Tells whether a request's credentials are right. `token` None: none are needed."""

    def __init__(self, *, token: SecretStr | None, sessions: Sessions) -> None:
        secret = token.get_secret_value() if token is not None else ""
        self._token = _digest(secret) if secret else None
        self.sessions = sessions

    @property
    def is_open(self) -> bool:
        """No token is set."""
        return self._token is None

    def is_token(self, given: str) -> bool:
        """Whether a text is the token, in a time that does not depend on how much of it is right."""
        return self._token is not None and hmac.compare_digest(_digest(given), self._token)

    def admits(self, given: Sequence[str]) -> bool:
        """Whether the tokens that a request presents are the one token, and no other.

        However many wrong ones came before: a forgotten script with an old token must not keep its user, who shares
        its address, from the kill switch. Against guessing there is the token's length.
        """
        return len(set(given)) == 1 and self.is_token(given[0])

    def is_signed_in(self, headers: Headers) -> bool:
        """Whether a request carries the cookie of an open session."""
        cookie = session_cookie(headers)
        return cookie is not None and self.sessions.holds(cookie)


def credentials(headers: Headers) -> list[str]:
    """Every token that a request presents: `X-API-Key` and `Authorization: Bearer`."""
    schemes = (line.partition(" ") for line in headers.getlist("authorization"))
    return headers.getlist("x-api-key") + [value.strip() for kind, _, value in schemes if kind.lower() == "bearer"]


def session_cookie(headers: Headers) -> str | None:
    """The session cookie's value, whatever other cookies this host's other servers have set."""
    found = None
    for part in ";".join(headers.getlist("cookie")).split(";"):  # http.cookies takes quadratic time for some
        name, _, value = part.partition("=")
        found = value.strip() if name.strip() == COOKIE else found
    return found


class Names:
    """The names under which this server may be called, and the origins that a request may name beside its own.

    Raises InputError for an entry that no request could match.
    """

    def __init__(self, *, host: str, allowed_hosts: Iterable[str], allowed_origins: Iterable[str]) -> None:
        allowed = {_host_of_setting(entry) for entry in allowed_hosts}
        self._hosts = allowed | ({_host_and_port(host)[0]} if host else set())
        self._origins = frozenset(_origin_of_setting(entry) for entry in allowed_origins)

    def knows_host(self, given: str, *, bound_address: str | None) -> bool:
        """Whether a Host header is one of ours: this machine as it calls itself (`localhost`, a loopback address), a
        configured name, or the very address the request came in on.

        A page that rebinds its own name to this machine's address sends its own name here, and is refused.
        """
        name, _ = _host_and_port(given)
        if name in self._hosts or is_loopback(name):
            return True
        return bound_address is not None and _is_address(name) and name == bound_address

    def knows_origin(self, origin: str, *, host: str) -> bool:
        """Whether an Origin is the server's own (under the name it was called by), or a configured one."""
        found = _parsed_origin(origin)
        if found is None:
            return False
        scheme, name, port = found
        own_name, own_port = _host_and_port(host)
        return found in self._origins or (name, port) == (own_name, own_port or _DEFAULT_PORTS[scheme])


def _host_of_setting(entry: str) -> str:
    name, _ = _host_and_port(entry)
    if not _is_name(name):
        raise InputError(
            f"WEAVER_ALLOWED_HOSTS: {entry!r} is no host: write a name or an address, with a port or without, such as "
            "weaver.example or 10.0.0.5:8420; there are no wildcards"
        )
    return name


def _origin_of_setting(entry: str) -> tuple[str, str, int]:
    found = _parsed_origin(entry.rstrip("/"))
    if found is None or not _is_name(found[1]):
        raise InputError(
            f"WEAVER_ALLOWED_ORIGINS: {entry!r} is no origin: write its scheme and host, such as https://desk.example "
            "or http://localhost:5173"
        )
    return found


def _parsed_origin(text: str) -> tuple[str, str, int] | None:
    """Scheme, name and port; None for what is no origin of a web page."""
    scheme, separator, rest = text.lower().partition("://")
    if not separator or scheme not in _DEFAULT_PORTS:
        return None
    name, port = _host_and_port(rest)
    return (scheme, name, port or _DEFAULT_PORTS[scheme]) if name else None


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None or _is_address(text)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _host_and_port(text: str) -> tuple[str, int | None]:
    """A Host header's parts; a name that cannot be one is empty."""
    if text.count(":") > 1 and not text.startswith("["):
        return text.lower(), None  # an IPv6 address as a setting spells it
    try:
        parts = urlsplit(f"//{text}")
        if parts.netloc != text or parts.username is not None:
            return "", None
        return (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "", None
