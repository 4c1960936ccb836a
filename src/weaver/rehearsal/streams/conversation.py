"""What is said on a socket, whoever carries it: the client's messages, and the answers to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Message = object


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Frames to send, in order, and whether the connection ends with them."""

    frames: Sequence[Message] = ()
    is_last: bool = False


class Conversation(Protocol):
    """One client's."""

    is_authenticated: bool

    def begin(self, headers: Mapping[str, str]) -> Answers:
        """What is said once the socket is open."""

    def hear(self, message: Message) -> Answers:
        """What is answered to a message; None stands for one that cannot be read."""

    def too_late(self) -> Answers:
        """What is said to a client that has not authenticated itself in time."""

    def too_slow(self) -> Answers:
        """What is said to a client that does not read what it is sent."""

    def subscribed(self) -> object:
        """What the client listens to, as the control tells it."""

    def end(self) -> None:
        """The socket is closed."""
