"""What every payload is."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, PlainSerializer

from weaver.events.event import Kind
from weaver.model.numbers import money

Amount = Annotated[Decimal, PlainSerializer(money.plain, when_used="json")]
"""Written as everywhere else: no exponent, no trailing zeros."""


class Payload(BaseModel):
    """Base of all payloads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    version: ClassVar[int] = 1
    kind: ClassVar[Kind] = Kind.EVENT


class OfRun(Payload):
    """A payload that belongs to a run."""

    run_id: str


def plain(payload: Payload) -> dict[str, Any]:
    """A payload as JSON values."""
    return payload.model_dump(mode="json", exclude_none=False)
