"""Channels, and what became of messages."""

from datetime import datetime

from pydantic import Field

from weaver.glados.schemas.base import ResponseBody


class NotificationFailure(ResponseBody):
    """A message that a channel did not take."""

    at: datetime = Field(description="When it was given up, after the last try.")
    reason: str = Field(description="Why, without anything of the channel's URL.")


class NotificationChannel(ResponseBody):
    """A place that notifications go to. All of its URL but the scheme is secret."""

    number: int = Field(description="Its place in NOTIFY_URLS, from 1.")
    scheme: str = Field(description="The service, as its URL begins: `json`, `mailto`, `tgram` …")
    sent: int = Field(description="Messages that it took since the server's start.")
    given_up: int = Field(description="Messages that it did not take in any try.")
    is_failing: bool = Field(description="Whether the last message was given up.")
    last_failure: NotificationFailure | None = Field(description="The last that was; null: none since the start.")


class NotificationsState(ResponseBody):
    """Who is notified, and of what."""

    channels: list[NotificationChannel] = Field(description="Each channel of NOTIFY_URLS.")
    kinds: list[str] = Field(description="What is told, by NOTIFY_KINDS.")


class NotificationTrial(ResponseBody):
    """What became of a test message."""

    number: int = Field(description="The channel's place in NOTIFY_URLS, from 1.")
    scheme: str = Field(description="Its service.")
    ok: bool = Field(description="Whether the service took it.")
    reason: str | None = Field(description="Why not; null where it did.")


class NotificationsTestResponse(ResponseBody):
    """What became of a test message on each channel."""

    items: list[NotificationTrial] = Field(description="Each channel, by number.")
