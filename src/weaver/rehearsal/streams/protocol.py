"""The socket as the server holds it: uvicorn's, which can also be torn down without a word."""

from collections.abc import Callable

from starlette.websockets import WebSocket
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

_EXTENSION = "weaver.socket"


class AbruptSocket(WebSocketsSansIOProtocol):
    """One whose application finds in the scope how to tear it down."""

    def handle_connect(self, event: Request) -> None:
        """An upgrade was asked for."""
        super().handle_connect(event)
        if not self.close_sent:  # it has not been refused already
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), _EXTENSION: {"abort": self.transport.abort}}

    async def send(self, message: ASGISendEvent) -> None:
        """The application sends something."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True  # an upgrade that is refused is dealt with; uvicorn would complain


def abort_of(websocket: WebSocket) -> Callable[[], None]:
    """What tears a socket down at once, whatever is still to be sent."""
    abort: Callable[[], None] = websocket.scope["extensions"][_EXTENSION]["abort"]
    return abort
