"""What is still to be sent to one client: bounded, in order, several messages of market data to a frame."""

import asyncio
from collections import deque

from weaver.rehearsal.streams.conversation import Message

MESSAGES_MAX = 10_000
FRAME_MAX = 250
"""Messages of market data in one frame: well below a megabyte, which is what clients take."""


class SendQueue:
    """Frames in order. One that is being sent counts as not sent yet."""

    def __init__(self) -> None:
        self._frames: deque[Message | list[Message]] = deque()
        self._open: list[Message] | None = None
        """The last frame, where more market data may go into it."""
        self._count = 0
        self._is_sending = False
        self.filled, self.finished = asyncio.Event(), asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Whether all has been sent."""
        return not self._frames and not self._is_sending

    @property
    def is_full(self) -> bool:
        """Whether the client is too far behind."""
        return self._count >= MESSAGES_MAX

    def put_frame(self, frame: Message) -> None:
        """A frame of its own."""
        if self.finished.is_set():
            return
        self._frames.append(frame)
        self._open = None
        self._count += 1
        self.filled.set()

    def put_message(self, message: Message) -> None:
        """A message of market data, in a frame with others."""
        if self.finished.is_set():
            return
        if self._open is None or len(self._open) >= FRAME_MAX:
            self._open = []
            self._frames.append(self._open)
        self._open.append(message)
        self._count += 1
        self.filled.set()

    def drop(self) -> None:
        """Forget what has not begun to be sent."""
        self._frames.clear()
        self._open, self._count = None, 0

    def finish(self) -> None:
        """Nothing comes any more."""
        self.finished.set()
        self.filled.set()

    def take(self) -> Message | None:
        """The first frame, which is now being sent; None: there is none."""
        self._is_sending = bool(self._frames)
        if not self._frames:
            self.filled.clear()
            return None
        frame = self._frames.popleft()
        if frame is self._open:
            self._open = None
        self._count -= len(frame) if isinstance(frame, list) else 1
        return frame
