"""Events on the wire."""

from datetime import datetime
from typing import Self

from pydantic import Field, JsonValue

from weaver.events.event import Event, Kind
from weaver.glados.schemas.base import ResponseBody


class EventResponse(ResponseBody):
    """An event with its envelope."""

    seq: int | None = Field(description="Its place in the log; null: kept with a run's result, after those of the log.")
    id: str = Field(description="Its own id.")
    kind: Kind = Field(description="`evt`: it happened; `cmd`: it was asked for.")
    type: str = Field(description="As `orders.Filled`.")
    version: int = Field(description="Of the payload's shape.")
    run_id: str | None = Field(description="The run it belongs to.")
    corr_id: str = Field(
        description="Shared by what the server recorded for one API request, or by a strategy's request and all that "
        "became of it."
    )
    causation_id: str | None = Field(description="The id of the event that this one answers.")
    trace_id: str | None = Field(
        description="Of what a strategy set in motion: the correlation id of the API request that started its run."
    )
    ts: datetime = Field(description="When it was recorded; when it happened in a run's time stands in the payload.")
    producer: str = Field(description="The part of Weaver that recorded it.")
    headers: dict[str, str] = Field(description="Further facts about the message.")
    payload: dict[str, JsonValue] = Field(description="What happened; its shape depends on type and version.")

    @classmethod
    def of(cls, event: Event) -> Self:
        """An event as it is sent."""
        values = {name: getattr(event, name) for name in cls.model_fields}
        return cls(**{**values, "headers": dict(event.headers), "payload": dict(event.payload)})


class EventsResponse(ResponseBody):
    """A stretch of the log, in its order."""

    items: list[EventResponse] = Field(description="A page of the events past `after`.")
    total: int = Field(description="How many there are past `after`.")
    page: int = Field(description="Which page this is, from 1.")
    page_size: int = Field(description="How many a page has at most.")
    next_after: int = Field(description="Give this as `after` to go on; events still to come are past it too.")
    newest: int = Field(description="The newest seq of the log.")


class JournalEntryResponse(ResponseBody):
    """A line that a strategy wrote with `self.log`."""

    time: datetime = Field(description="In the run's time.")
    text: str = Field(description="What it wrote.")
