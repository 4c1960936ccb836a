"""Who may ask: the one key and its secret."""

import base64
import binascii
from collections.abc import Mapping
from hmac import compare_digest


class Keys:
    """The exchange's key and secret."""

    def __init__(self, key: str, secret: str) -> None:
        self.key, self.secret = key, secret

    def __call__(self, key: str, secret: str) -> bool:
        """Whether these are they."""
        return _is_same(key, self.key) and _is_same(secret, self.secret)

    def accepts(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries them: in Alpaca's headers, or as basic or bearer authorization."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "basic":
                return self(*_basic(given))
            case "bearer":
                return _is_same(given, self.secret) or self(*_halves(given))
            case _:
                return self(headers.get("apca-api-key-id", ""), headers.get("apca-api-secret-key", ""))


def _is_same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode(), wanted.encode())


def _basic(given: str) -> tuple[str, str]:
    try:
        return _halves(base64.b64decode(given, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError):
        return "", ""


def _halves(text: str) -> tuple[str, str]:
    key, _, secret = text.partition(":")
    return key, secret
