"""The run that is made of another one: its settings, and the terms on which it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weaver.model.backtest.options import DEFAULTS
from weaver.model.errors import InputError
from weaver.model.numbers.money import exact, plain
from weaver.model.promotion.stages import Stage
from weaver.model.run import Run, RunMode

OF_BACKTESTS = ("audit", "benchmark", "close_at_end", "lookahead_check")
"""Options that mean nothing to a run that trades."""
OF_REPLAYS = ("replay", "speed", "venue_costs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the new run is to be. None: as the other one is."""

    to: RunMode
    """Paper or live."""
    venue: str | None = None
    name: str | None = None
    cash: str | None = None
    """A decimal string."""
    risk: Mapping[str, Any] | None = None
    replay: str | None = None
    """The stored bars to replay, on a venue that does."""
    speed: str | None = None


def chosen_venue(run: Run, wanted: Wanted, usable: Sequence[str]) -> str:
    """The id of the venue of the new run: the one that was named, else the other run's, else the only one there is.
    `usable`: the shared venues that have the mode. Raises InputError."""
    if wanted.venue is not None:
        return wanted.venue
    if run.venue in usable:
        return str(run.venue)
    if len(usable) == 1:
        return usable[0]
    there = f"there are {', '.join(usable)}" if usable else f"there is none that trades {wanted.to}"
    raise InputError(f"say at which venue it is to trade (venue): {there}")


def next_run(run: Run, wanted: Wanted, *, venue: str, timeframe: str | None, version: str) -> Run:
    """The run as it is to be, still under the other's id. `timeframe`: of the bars that the other one ran on;
    `version`: Weaver's."""
    options = {name: value for name, value in run.options.items() if name not in (*OF_BACKTESTS, *OF_REPLAYS)}
    given = {"cash": wanted.cash, "replay": wanted.replay, "speed": wanted.speed}
    return replace(
        run,
        name=wanted.name or run.name,
        mode=wanted.to,
        timeframe=run.timeframe or timeframe,
        start_time=None,
        end_time=None,
        options=options | {name: value for name, value in given.items() if value is not None},
        venue=venue,
        risk=run.risk if wanted.risk is None else wanted.risk,
        weaver_version=version,
    )


def settings_of(run: Run) -> dict[str, Any]:
    """What a run was asked for, by the names of the API."""
    return {
        "name": run.name,
        "mode": run.mode,
        "symbols": list(run.symbols),
        "timeframe": run.timeframe,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "config": dict(run.config),
        "options": dict(run.options),
        "venue": run.venue,
        "risk": None if run.risk is None else dict(run.risk),
        "on_error": run.on_error,
        "promotion": None if run.promotion is None else dict(run.promotion),
        "source_hash": run.source_hash,
        "weaver_version": run.weaver_version,
    }


def terms_of(run: Run, stage: Stage, limits: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for it beside that. `limits`: all of risk that bind it."""
    cash = plain(exact(run.options.get("cash", DEFAULTS["cash"]), name="cash"))
    if stage in {Stage.PAPER, Stage.LIVE}:
        return {
            "bars": f"{run.venue}'s feed, as they close",
            "costs": f"{run.venue}'s own",
            "fills": f"{run.venue}'s own",
            "cash": f"{cash} allotted of the account {run.venue} {run.mode}",
            "money": "real" if stage is Stage.LIVE else "none",
            "limits": dict(limits),
        }
    return {
        "bars": "stored" if stage is Stage.BACKTEST else "stored, replayed",
        "costs": run.options.get("venue_costs") or run.options.get("costs") or "the default of its symbols' classes",
        "fills": "by the rules of the backtest",
        "cash": f"{cash} of an account of its own",
        "money": "none",
        "limits": dict(limits),
    }
