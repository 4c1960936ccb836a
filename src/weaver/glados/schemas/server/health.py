"""Health, settings, venues: what the server says about itself."""

from enum import StrEnum

from pydantic import Field

from weaver.glados.schemas.base import ResponseBody
from weaver.glados.schemas.server.notifications import NotificationsState


class HealthStatus(StrEnum):
    """Whether everything works."""

    OK = "ok"
    DEGRADED = "degraded"


class Check(ResponseBody):
    """One part of the server."""

    ok: bool = Field(description="Whether it answered.")
    message: str | None = Field(description="What is wrong with it, in general words; null where nothing is.")


class Checks(ResponseBody):
    """The parts that were asked."""

    database: Check = Field(description="Runs, orders and results; without it the server is not ready.")
    event_log: Check = Field(description="The event log can be read.")
    bar_store: Check = Field(description="The stored bars can be read, and are those that were written.")
    workers: Check = Field(description="Backtests can be worked on.")
    disk: Check = Field(description="What is written is kept: there is room on the disk, and the last change was kept.")
    notifications: Check = Field(description="Each channel took its last message; there may be none.")


class VenueState(StrEnum):
    """How a venue stands."""

    CONNECTED = "connected"
    IDLE = "idle"
    """Nobody has needed it."""
    DOWN = "down"


class Venue(ResponseBody):
    """A broker or exchange that orders can be sent to, in one mode."""

    id: str = Field(description="Its name, as a run names it.")
    mode: str = Field(description="`paper` or `live`.")
    state: VenueState = Field(description="`idle`: nobody has needed it; `down`: it could not be connected.")


class VenueDetail(Venue):
    """A venue with all that is known of it."""

    title: str = Field(description="Its name for people.")
    description: str = Field(description="What it is.")
    asset_classes: list[str] = Field(description="What can be traded there.")
    features: list[str] = Field(description="What it can do.")
    built_in: bool = Field(description="False: an adapter of the user's own.")
    of_run: bool = Field(description="True: each run has one of its own, on stored bars.")
    settings: dict[str, bool] = Field(description="The settings that it takes, and whether each is set.")
    problem: str | None = Field(
        description="Why it cannot be used or relied on, or could not be connected; null: nothing is."
    )
    clock_ahead_seconds: float | None = Field(
        description="How far its clock is ahead of this machine's: past 2 s `problem` says so, past 30 s entries stop."
    )
    feeds: dict[str, bool] = Field(description="Its streams that are read, and whether each stands.")


class HealthResponse(ResponseBody):
    """Whether the server is well."""

    status: HealthStatus = Field(description="`degraded`: something does not work; `checks` says what.")
    version: str = Field(description="Weaver's version.")
    storage: str = Field(description="`memory`, `sqlite` or `postgresql`.")
    durable: bool = Field(description="False: nothing that is kept here survives the end of the server (`memory`).")
    read_only: bool = Field(description="True: another server owns trading on this database; this one only shows it.")
    venues: list[Venue] = Field(description="The venues that are connected, or could not be.")
    checks: Checks = Field(description="What was asked, and how it answered.")


class VenuesResponse(ResponseBody):
    """The venues there are."""

    items: list[VenueDetail] = Field(description="Each venue in each of its modes.")
    reason: str | None = Field(description="Why there are none; null where there are some.")


class Setting(ResponseBody):
    """One setting."""

    name: str = Field(description="The environment variable.")
    value: str | int | float | bool | None = Field(description="Its value; of a secret only whether it is set.")


class SettingsResponse(ResponseBody):
    """How the server is set up; never a secret."""

    items: list[Setting] = Field(description="Each setting, by name.")
    notifications: NotificationsState = Field(description="Where notifications go.")
