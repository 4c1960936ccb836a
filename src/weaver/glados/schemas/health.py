"""Health, settings, venues: what the server says about itself."""

from enum import StrEnum

from pydantic import Field

from weaver.glados.schemas.base import ResponseBody


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


class Venue(ResponseBody):
    """A broker or exchange that orders can be sent to."""

    id: str = Field(description="Its name, as a run names it.")
    mode: str = Field(description="`paper` or `live`.")
    state: str = Field(description="`connected`, `connecting` or `down`.")


class HealthResponse(ResponseBody):
    """Whether the server is well."""

    status: HealthStatus = Field(description="`degraded`: something does not work; `checks` says what.")
    version: str = Field(description="Weaver's version.")
    storage: str = Field(description="`memory`, `sqlite` or `postgresql`.")
    durable: bool = Field(description="False: nothing that is kept here survives the end of the server (`memory`).")
    read_only: bool = Field(description="True: another server owns trading on this database; this one only shows it.")
    venues: list[Venue] = Field(description="The venues that are connected.")
    checks: Checks = Field(description="What was asked, and how it answered.")


class VenuesResponse(ResponseBody):
    """The venues there are."""

    items: list[Venue] = Field(description="Each venue with its state.")
    reason: str | None = Field(description="Why there are none; null where there are some.")


class Setting(ResponseBody):
    """One setting."""

    name: str = Field(description="The environment variable.")
    value: str | int | float | bool | None = Field(description="Its value; of a secret only whether it is set.")


class SettingsResponse(ResponseBody):
    """How the server is set up; never a secret."""

    items: list[Setting] = Field(description="Each setting, by name.")
