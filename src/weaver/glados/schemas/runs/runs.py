"""Runs on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from unicodedata import category

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from weaver.glados.runs.port import NewRun
from weaver.glados.schemas.base import LastMoment, Moment, RequestBody, ResponseBody
from weaver.glados.schemas.runs.curves import RunFigures
from weaver.glados.schemas.runs.options import options_of, shows_options, takes_options
from weaver.model.backtest.options import RUN_OPTIONS
from weaver.model.promotion.gates import Gates
from weaver.model.run import Run, RunMode, RunStatus

Trimmed = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
"""Blanks around it are no part of it."""


def _one_line(name: str) -> str:
    if any(category(letter) in _STEERING for letter in name):
        raise ValueError("a name is one line, without letters that steer a terminal")
    return name


_STEERING = frozenset({"Cc", "Zl", "Zp"})
RunName = Annotated[Trimmed, StringConstraints(min_length=1), AfterValidator(_one_line)]
"""Of a new run."""
_GATES = Gates()


class PromotionGates(RequestBody):
    """What the run must have shown before another is made of it nearer to the market; null: that gate is off."""

    min_trades: int | None = Field(_GATES.min_trades, ge=0, le=1_000_000, description="Closed round trips.")
    min_days: int | None = Field(_GATES.min_days, ge=0, le=100_000, description="Sessions of which it had bars.")
    max_drawdown: float | None = Field(
        _GATES.max_drawdown, ge=0, le=1, description="The deepest fall from a high, as a fraction: 0.2 is 20 %."
    )
    min_psr: float | None = Field(
        _GATES.min_psr, ge=0, le=1, description="The probability that the true Sharpe ratio is above zero."
    )
    lookahead_clean: bool | None = Field(
        _GATES.lookahead_clean, description="Of a backtest: the look-ahead check found nothing."
    )
    replay_clean: bool | None = Field(
        _GATES.replay_clean, description="Of a paper run: its recorded inputs lead to the same decisions again."
    )
    drift_bps: float | None = Field(
        _GATES.drift_bps,
        ge=0,
        le=10_000,
        description="Of a paper run: how much worse than its backtest's its fills may be on average, in bps.",
    )


@takes_options
class CreateRunRequest(RequestBody):
    """A new run. What is left out has the default of `weaver.backtest`."""

    name: RunName | None = Field(None, description="Default: made up.")
    strategy_id: str = Field(description="As GET /strategies lists it.", min_length=1, max_length=200)
    mode: RunMode = Field(RunMode.BACKTEST, description="Paper and live need a venue.")
    symbols: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        description="What to trade, in order.", min_length=1, max_length=5000
    )
    timeframe: Annotated[str, Field(max_length=20)] | None = Field(
        None, description="As 5m, 1h, 1d, 1w, 1mo. Default: the stored bars' own."
    )
    start_time: Moment | None = Field(None, description="Bars before it are history. A date or a time (UTC).")
    end_time: LastMoment | None = Field(None, description="The last time, inclusive; a bare date means that whole day.")
    config: dict[str, JsonValue] = Field(default_factory=dict, description="The strategy's parameters.")
    venue: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Where orders go; of a backtest, whose order rules bind it."
    )
    risk: dict[str, JsonValue] | None = Field(None, description="Limits of a paper or live run; no backtest's.")
    on_error: Literal["flatten", "cancel_all"] | None = Field(
        None, description="What an error does to a paper or live run's orders; nothing to a backtest."
    )

    promotion: PromotionGates | None = Field(
        None, description="Gates that hold before it is promoted. What is left out has its default."
    )

    def to_new_run(self) -> NewRun:
        """For the run manager: the options are those that were given."""
        return NewRun(
            name=self.name,
            strategy_id=self.strategy_id,
            mode=self.mode,
            symbols=tuple(self.symbols),
            timeframe=self.timeframe,
            start_time=self.start_time,
            end_time=self.end_time,
            config=self.config,
            options=options_of(self),
            venue=self.venue,
            risk=self.risk,
            on_error=self.on_error,
            promotion=None if self.promotion is None else self.promotion.model_dump(exclude_unset=True),
        )


class StartRunRequest(RequestBody):
    """Starting a run."""

    confirm: Trimmed | None = Field(None, description="The run's name: a live run starts only with it.")


class StopRunRequest(RequestBody):
    """Stopping a run."""

    flatten: bool = Field(False, description="Close its positions too; a backtest has none to close.")


@shows_options
class RunOptions(ResponseBody):
    """The keywords of `weaver.backtest` that were given; null: the default."""


class RunResponse(ResponseBody):
    """A run: what was asked for, and where it stands."""

    id: str = Field(description="Its id.")
    name: str = Field(description="What a person calls it.")
    strategy_id: str = Field(description="The strategy it runs.")
    mode: RunMode = Field(description="Where its orders go.")
    status: RunStatus = Field(description="pending → running → completed | stopped | error.")
    symbols: list[str] = Field(description="What it trades, in order.")
    timeframe: str | None = Field(description="Null: the stored bars' own.")
    start_time: datetime | None = Field(description="Bars before it are history.")
    end_time: datetime | None = Field(description="The last time, inclusive.")
    config: dict[str, JsonValue] = Field(description="The strategy's parameters.")
    options: RunOptions = Field(description="The keywords of `weaver.backtest` that were given.")
    venue: str | None = Field(description="Where its orders go, or whose rules bind it.")
    risk: dict[str, JsonValue] | None = Field(description="Its limits.")
    on_error: str | None = Field(description="What an error does to its orders.")
    promotion: dict[str, JsonValue] | None = Field(
        description="Gates before it is promoted, those that were given; null: the defaults."
    )
    error: str | None = Field(description="Why it failed.")
    queued: bool = Field(description="Running, and waiting for a worker.")
    halted: str | None = Field(description="Why it may not trade at the moment.")
    source_hash: str | None = Field(description="SHA-256 of the strategy's source as it was pinned.")
    data_hash: str | None = Field(description="Of the bars it ran on; null until it has run.")
    weaver_version: str = Field(description="The version that created it.")
    cloned_from: str | None = Field(description="The run it is a copy of.")
    promoted_from: str | None = Field(description="The run it was made of, nearer to the market.")
    created_at: datetime = Field(description="When it was created.")
    started_at: datetime | None = Field(description="When it was started.")
    stopped_at: datetime | None = Field(description="When it was stopped or failed.")
    completed_at: datetime | None = Field(description="When it came to its end.")

    @classmethod
    def of(cls, run: Run) -> Self:
        """A run as it is sent."""
        return cls(**_fields(run))


class ListedRunResponse(RunResponse):
    """A run as a list shows it."""

    figures: RunFigures | None = Field(
        description="Of a completed backtest; null of any other run: what a paper or live run has come to, its own "
        "results tell."
    )

    @classmethod
    def listed(cls, run: Run, figures: RunFigures | None) -> Self:
        """A run as it is sent."""
        return cls(**_fields(run), figures=figures)


class RunDetailResponse(RunResponse):
    """A run with the source text that it runs."""

    strategy_source: str = Field(description="The strategy's source, pinned when the run was created.")

    @classmethod
    def of(cls, run: Run) -> Self:
        """A run as it is sent."""
        return cls(**_fields(run), strategy_source=run.strategy_source)


def _fields(run: Run) -> dict[str, Any]:
    kept = RunResponse.model_fields.keys() - {"options", "symbols", "config", "risk", "promotion"}
    return {
        **{name: getattr(run, name) for name in kept},
        "symbols": list(run.symbols),
        "config": dict(run.config),
        "risk": None if run.risk is None else dict(run.risk),
        "promotion": None if run.promotion is None else dict(run.promotion),
        "options": RunOptions(**{name: value for name, value in run.options.items() if name in RUN_OPTIONS}),
    }
