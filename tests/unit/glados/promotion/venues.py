"""Venues for promotions: one with paper and live, and one that replays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weaver.model.errors import InputError, NotFound
from weaver.model.run import Run, RunMode
from weaver.veda.adapters.catalogue import AdapterEntry
from weaver.veda.service import Offered

SWITCHED_OFF = "live trading is switched off: set WEAVER_LIVE_TRADING=1 where real money is meant"
MODES = {"alpaca": ("paper", "live"), "simulated": ("paper",)}


class _Adapter:
    def __init__(self, problem: str | None) -> None:
        self._problem = problem

    def check_settings(self) -> None:
        if self._problem is not None:
            raise InputError(self._problem)


class TwoVenues:
    """`problems`: why a mode's account cannot be had."""

    def __init__(self, problems: dict[RunMode, str] | None = None) -> None:
        self._problems = {RunMode.LIVE: SWITCHED_OFF} if problems is None else problems

    def shared(self, venue: str, mode: RunMode) -> Any:
        return _Adapter(self._problems.get(mode))

    def of_run(self, run: Run, memory: object) -> Any:
        raise AssertionError("nothing is opened")

    def is_of_run(self, venue: str) -> bool:
        return venue == "simulated"

    def check(self, run: Run) -> None:
        if run.venue not in MODES:
            raise NotFound(f"there is no venue {run.venue!r}")
        if run.venue == "simulated" and "replay" not in run.options:
            raise InputError("say which bars (replay)")

    def offered(self) -> Sequence[Offered]:
        return [
            Offered(
                entry=AdapterEntry(
                    id=name, title=name, description="", path=Path(name), modes=modes, built_in=True,
                    error="broken" if name == "broken" else None,
                ),
                settings={},
            )
            for name, modes in {**MODES, "broken": ("paper", "live")}.items()
        ]  # fmt: skip
