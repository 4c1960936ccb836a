"""The addresses of channels: each is secret as a whole, for many services have a token where others have a host."""

import re
from collections.abc import Iterator, Sequence

from weaver.model.errors import InputError

CHANNELS_MAX = 10
_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z0-9]{1,12}://)")
"""As Apprise takes a list: a comma within a URL is a part of it."""
_URL = re.compile(r"[A-Za-z0-9]{1,12}://\S+")
_PARTS = re.compile(r"[/?&=:@,+#\s]+")
_SECRET_LENGTH_MIN = 8
_LOCAL = "localhost"


def split_urls(text: str) -> tuple[str, ...]:
    """The URLs of a setting. Raises InputError, which has nothing of them in it."""
    found = tuple(part for part in _BETWEEN.split(text.strip(" ,\t\r\n")) if part)
    for number, url in enumerate(found, start=1):
        if _URL.fullmatch(url) is None:
            raise InputError(
                f"NOTIFY_URLS: number {number} is no URL as Apprise takes them: write SCHEME://…, a blank within it "
                "as %20, and several with commas or blanks between them"
            )
    if len(found) > CHANNELS_MAX:
        raise InputError(f"NOTIFY_URLS: {len(found)} URLs: {CHANNELS_MAX} are taken at most")
    return found


def scheme_of(url: str) -> str:
    """The service of a URL: all of it that is no secret."""
    return url.partition("://")[0].lower()


def secrets_of(urls: Sequence[str]) -> Iterator[str]:
    """The URLs, and what in them may be a token, a password, a topic: a host is one where it has no dots."""
    for url in urls:
        yield url
        authority, _, path = url.partition("://")[2].partition("/")
        user, _, host = authority.rpartition("@")
        name = host.partition(":")[0]
        parts = [*_PARTS.split(f"{user}/{path}"), *([] if "." in host or name == _LOCAL else _PARTS.split(host))]
        yield from (part for part in parts if len(part) >= _SECRET_LENGTH_MIN)
