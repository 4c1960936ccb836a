"""The conversation on the socket of order updates."""

from collections.abc import Mapping

from weaver.rehearsal.ports import Accepts
from weaver.rehearsal.streams.conversation import Answers, Message

UPDATES = "trade_updates"


class UpdateStream:
    """One client's."""

    def __init__(self, accepts: Accepts) -> None:
        self.is_authenticated = self.is_listening = False
        self._accepts = accepts

    def begin(self, headers: Mapping[str, str]) -> Answers:
        """Nothing is said before the client has authenticated itself."""
        del headers
        return Answers()

    def hear(self, message: Message) -> Answers:
        """Answer."""
        if not isinstance(message, dict):
            return _error("invalid syntax")
        data = message.get("data")
        match message.get("action"):
            case "authenticate" | "auth":
                return self._authenticate(data if isinstance(data, dict) else message)
            case "listen" if self.is_authenticated:
                return self._listen(data)
            case "listen":
                return _authorization("unauthorized", "listen")
        return _error("invalid action")

    def too_late(self) -> Answers:
        """The client did not authenticate itself."""
        return Answers(frames=_authorization("unauthorized", "authenticate").frames, is_last=True)

    def too_slow(self) -> Answers:
        """The client does not read."""
        return Answers(frames=_error("slow client").frames, is_last=True)

    def subscribed(self) -> object:
        """What it listens to."""
        return [UPDATES] if self.is_listening else []

    def end(self) -> None:
        """The socket is closed."""
        self.is_listening = False

    def _authenticate(self, data: Mapping[object, object]) -> Answers:
        key, secret = data.get("key_id", data.get("key")), data.get("secret_key", data.get("secret"))
        if not (isinstance(key, str) and isinstance(secret, str) and self._accepts(key, secret)):
            return Answers(frames=_authorization("unauthorized", "authenticate").frames, is_last=True)
        self.is_authenticated = True
        return _authorization("authorized", "authenticate")

    def _listen(self, data: object) -> Answers:
        streams = data.get("streams") if isinstance(data, dict) else None
        if not isinstance(streams, list):
            return _error("invalid syntax")
        self.is_listening = UPDATES in streams
        return Answers(frames=[{"stream": "listening", "data": {"streams": self.subscribed()}}])


def _authorization(status: str, action: str) -> Answers:
    return Answers(frames=[{"stream": "authorization", "data": {"status": status, "action": action}}])


def _error(message: str) -> Answers:
    return Answers(frames=[{"stream": "error", "data": {"error": message}}])
