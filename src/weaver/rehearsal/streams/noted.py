"""Messages as they are written down: short, plain, and without secrets."""

from collections import Counter
from collections.abc import Mapping

from weaver.rehearsal.streams.conversation import Message

_SECRETS = ("secret", "secret_key")
_DEPTH_MAX = 6
_ITEMS_MAX = 200
_LETTERS_MAX = 1_000


def noted(message: Message, *, depth: int = 0) -> object:
    """What came in, as JSON can have it, whatever a client sent."""
    match message:
        case None | bool() | float():
            return message
        case int():
            return message if abs(message) < 2**63 else str(message)
        case str():
            return message[:_LETTERS_MAX].encode(errors="replace").decode()
        case list() if depth < _DEPTH_MAX:
            return [noted(item, depth=depth + 1) for item in message[:_ITEMS_MAX]]
        case dict() if depth < _DEPTH_MAX:
            return dict(_pair(key, message[key], depth) for key in list(message)[:_ITEMS_MAX])
    return f"({type(message).__name__})"


def summary(frame: Message) -> object:
    """What goes out: of market data, how many messages of which kinds."""
    if not isinstance(frame, list) or any(_is_answer(message) for message in frame):
        return frame
    return dict(Counter(message["T"] for message in frame))


def _pair(key: object, value: Message, depth: int) -> tuple[str, object]:
    name = str(key)[:_LETTERS_MAX].encode(errors="replace").decode()
    return name, "***" if name in _SECRETS else noted(value, depth=depth + 1)


def _is_answer(message: Mapping[str, object]) -> bool:
    return message["T"] in ("success", "error", "subscription")
