"""How a run stands: asked of the server again and again, which may be away for a while."""

from time import monotonic
from typing import Any

from weaver.cli.kept.server_client import ServerClient, running_server
from weaver.cli.screen.called import called
from weaver.config import Settings
from weaver.model.errors import NotFound, Unavailable
from weaver.model.run import RunStatus

LOOK_SECONDS = 0.5
LOOK_SHARE = 5
"""Asking takes at most a fifth of the time."""
GONE_SECONDS = 120.0
"""How long a server may be away, as while it is started again."""


class Standing:
    """One run's."""

    def __init__(self, client: ServerClient, run: dict[str, Any], settings: Settings) -> None:
        self.client, self.run, self._settings = client, run, settings
        self.run_id = str(run["id"])
        self.summary: dict[str, Any] | None = None
        """None: it has not begun."""
        self._next, self._answered = 0.0, monotonic()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, by the newest answer."""
        return RunStatus(self.run["status"]).is_final

    def look(self, *, at_once: bool = False) -> bool:
        """Ask, where it is time to; whether there was an answer. Raises Unavailable where there has been none for
        long, and NotFound where the run was deleted."""
        begun = monotonic()
        if begun < self._next and not at_once:
            return False
        try:
            self.refresh()
        except Unavailable:
            self._away()
            return False
        finally:
            self._next = monotonic() + max(LOOK_SECONDS, LOOK_SHARE * (monotonic() - begun))
        self._answered = monotonic()
        return True

    def refresh(self) -> None:
        """Ask now. The figures are asked for after the run, so that those of one that is over are its last. Raises
        Unavailable and NotFound."""
        run = self.client.get("runs", self.run_id)
        try:
            self.summary = self.client.get("runs", self.run_id, "summary")
        except NotFound:  # it has not begun
            self.summary = None
        self.run = run

    def _away(self) -> None:
        if monotonic() - self._answered > GONE_SECONDS:
            raise Unavailable(
                f"the server has not answered for {GONE_SECONDS:g} s; a run on paper or live goes on when it is "
                f"started again: `{called()} up`, then `{called()} runs tail {self.run_id}`"
            )
        found = running_server(self._settings)
        self.client = self.client if found is None else found
