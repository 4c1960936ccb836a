"""The id that ties a request to its events, its log lines and its errors."""

import re
from typing import Annotated

from fastapi import Depends, Request

HEADER = "x-correlation-id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def sane_id(text: str) -> str | None:
    """A client's own id, where it is one that can be kept and logged."""
    return text if _SANE.fullmatch(text) else None


def correlation_id_of(request: Request) -> str:
    """The id of this request: the client's where it sent a sane one, else a new one."""
    given: str = request.state.correlation_id
    return given


async def _dependency(request: Request) -> str:
    return correlation_id_of(request)


CorrelationId = Annotated[str, Depends(_dependency)]
"""How a handler asks for it: `corr_id: CorrelationId`."""
