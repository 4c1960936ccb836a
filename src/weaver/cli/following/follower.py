"""Follows a run until it ends, or whoever watches it has seen enough."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

import typer

from weaver.cli.following.feed import EventFeed, RunEvent
from weaver.cli.following.interrupts import Interrupts, can_be_asked
from weaver.cli.following.lines import line_of
from weaver.cli.following.screen import Screen
from weaver.cli.following.standing import Standing
from weaver.cli.kept.server_client import ServerClient
from weaver.model.errors import Conflict, Unavailable
from weaver.model.run import RunStatus

INTERRUPTED = 130
TAKE_SECONDS = 0.1
LAST_EVENTS_SECONDS = 3.0
"""How long the events of a run that has ended may take to come."""
KEPT_EVENTS = 1_000
FINAL = frozenset({"run.Completed", "run.Stopped", "run.Error"})
QUESTION = "Ctrl-C: [l]eave it running, [s]top it, stop and [f]latten, or [c]ontinue to follow it? "
CHOICES = {"l": "leave", "s": "stop", "f": "flatten", "c": "continue"}
_ENDING_SAID = {"stop": "stopping it: its orders are cancelled", "flatten": "stopping it, and closing what it holds"}


class Outcome(StrEnum):
    """How the following of a run ended."""

    ENDED = "ended"
    """With the run."""
    LEFT = "left"
    """It was left running."""
    INTERRUPTED = "interrupted"
    """The same, by Ctrl-C alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of it."""

    outcome: Outcome
    run: dict[str, Any]
    summary: dict[str, Any] | None
    """None: the run has not begun."""
    events: list[RunEvent]
    """The newest 1,000 that came."""

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self.outcome is Outcome.ENDED

    @property
    def exit_code(self) -> int:
        """Of the command: 1 where the run failed, 130 where Ctrl-C alone ended it."""
        if self.outcome is Outcome.INTERRUPTED:
            return INTERRUPTED
        return 1 if self.run["status"] == RunStatus.ERROR else 0


class Follower:
    """Follows one run."""

    def __init__(self, standing: Standing, feed: EventFeed, screen: Screen) -> None:
        self._standing, self._feed, self._screen = standing, feed, screen
        self._events: deque[RunEvent] = deque(maxlen=KEPT_EVENTS)
        self._is_told = False
        """Whether the event of its end has come."""

    def follow(self) -> Followed:
        """Until it ends, or is left. Raises Unavailable where the server stays away."""
        with Interrupts() as interrupts, self._feed:
            try:
                outcome = self._until_over(interrupts)
            finally:
                self._screen.close()
        standing = self._standing
        return Followed(outcome=outcome, run=standing.run, summary=standing.summary, events=[*self._events])

    def _until_over(self, interrupts: Interrupts) -> Outcome:
        while True:
            self._show(TAKE_SECONDS)
            if interrupts.taken():
                outcome = self._asked(interrupts)
                if outcome is not None:
                    return outcome
            if self._standing.look(at_once=self._is_told):
                self._screen.status(self._standing.run, self._standing.summary)
            if self._standing.is_over:
                self._last_events()
                return Outcome.ENDED

    def _show(self, seconds: float) -> None:
        for event in self._feed.take(seconds):
            self._events.append(event)
            self._is_told = self._is_told or event.type in FINAL
            if (line := line_of(event)) is not None:
                self._screen.show(line)

    def _last_events(self) -> None:
        end = monotonic() + LAST_EVENTS_SECONDS
        while not self._is_told and monotonic() < end:
            self._show(TAKE_SECONDS)

    def _asked(self, interrupts: Interrupts) -> Outcome | None:
        """Somebody pressed Ctrl-C: what is to be done. None: the run goes on being followed, to its end."""
        if not can_be_asked():
            return Outcome.INTERRUPTED
        with self._screen.aside():
            chosen = interrupts.key(QUESTION, CHOICES)
            typer.echo(chosen or "leave", err=True)
        match chosen:
            case None:
                return Outcome.INTERRUPTED
            case "leave":
                return Outcome.LEFT
            case "stop" | "flatten":
                self._end(self._standing.client, chosen)
        return None

    def _end(self, client: ServerClient, how: str) -> None:
        self._screen.say(_ENDING_SAID[how])
        try:
            client.post("runs", self._standing.run_id, "stop", body={"flatten": how == "flatten"})
        except (Conflict, Unavailable) as error:  # it has ended by itself, or is being ended already
            self._screen.say(str(error))
