"""What a combinatorial cross-validation gives back."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.json_text import indented_text, value_text
from weaver.greta.results.statistics import Stats, TradeColumns, statistics
from weaver.greta.results.table import Table
from weaver.greta.sweep.cards import card, told
from weaver.greta.sweep.objective import Objective
from weaver.model.counted import counted
from weaver.model.errors import InputError

Floats = NDArray[np.float64]
OF_RETURNS = (
    "total_return", "cagr", "volatility", "sharpe", "sortino", "calmar", "max_drawdown", "max_drawdown_days", "skew",
    "kurtosis", "var_95", "cvar_95", "psr",
)  # fmt: skip
"""Statistics that returns alone say."""
PATHS = {"total_return": "return", "cagr": "a year", "sharpe": "Sharpe", "max_drawdown": "deepest fall"}
"""What is shown of paths."""
_NO_TRADES = TradeColumns(
    pnl=np.empty(0), return_=np.empty(0), entry_time=np.empty(0, np.int64), exit_time=np.empty(0, np.int64)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpan:
    """One of the groups that time is cut into."""

    number: int
    """From 1 on."""
    first: date
    """Its first session."""
    last: date
    """Its last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitChoice:
    """One choice of groups to be tested, and what was chosen on the others."""

    tested: tuple[int, ...]
    """The numbers of the groups that were tested."""
    parameters: Mapping[str, Any] | None
    """Those of the best trial on the others; None: none had an objective there."""
    train_objective: float | None
    """What the search is after, where it was chosen."""
    test_objective: float | None
    """The same of the groups tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossPath:
    """One path through all of the time, each group of it traded by what was chosen without it."""

    number: int
    """From 1 on."""
    stats: Stats
    """The statistics that returns alone say."""
    returns: Floats
    """By session."""


class CrossValidationResult:
    """A finished combinatorial cross-validation: not one curve out of sample, but a distribution of them."""

    def __init__(
        self,
        *,
        strategy: str,
        record: Mapping[str, Any],
        trials: int,
        sessions: NDArray[np.int32],
        groups: Sequence[GroupSpan],
        splits: Sequence[SplitChoice],
        paths: Sequence[CrossPath],
    ) -> None:
        self.strategy = strategy
        """The strategy's id."""
        self.cross_validation: Mapping[str, Any] = record
        """What it pins down of itself: source, space, search, objective, scheme, seed, options, hashes, version."""
        self.trials = trials
        """How many points were tried on each group."""
        self.sessions = sessions
        """All of them, as days since the epoch, shape [t]."""
        self.groups = list(groups)
        """What time is cut into."""
        self._splits, self._paths = splits, paths

    @property
    def splits(self) -> Table[SplitChoice]:
        """Every choice of groups to be tested, in order."""
        return Table(self._splits, SplitChoice)

    @property
    def paths(self) -> Table[CrossPath]:
        """Every path, in order."""
        return Table(self._paths, CrossPath)

    def quantiles(self, statistic: str) -> dict[float, float]:
        """The 5th, 25th, 50th, 75th and 95th percentile of a statistic over the paths. Raises InputError."""
        if statistic not in OF_RETURNS:
            raise InputError(f"paths have no {statistic!r}; they have {', '.join(OF_RETURNS)}")
        known = [float(value) for path in self._paths if (value := path.stats[statistic]) is not None]
        levels = (0.05, 0.25, 0.5, 0.75, 0.95)
        return dict(zip(levels, np.quantile(known, levels).tolist(), strict=True)) if known else {}

    @property
    def share_of_losses(self) -> float:
        """The share of paths that end below where they began."""
        lost = [path for path in self._paths if (path.stats["total_return"] or 0.0) < 0.0]
        return len(lost) / len(self._paths)

    @property
    def degradation(self) -> float | None:
        """The average objective where it was tested, less that where it was chosen, where both are known."""
        pairs = [(one.train_objective, one.test_objective) for one in self._splits]
        known = [after - before for before, after in pairs if before is not None and after is not None]
        return math.fsum(known) / len(known) if known else None

    def to_json(self) -> str:
        """The whole as one JSON object, as `weaver cross-validate --json` writes it; the same run, the same bytes."""
        return "".join(self.json_pieces())

    def json_pieces(self) -> Iterator[str]:
        """The same piece by piece, for whoever writes a long one to a file."""
        yield '{\n"cross_validation": '
        yield indented_text(self.cross_validation)
        yield f',\n"trials": {self.trials},\n"share_of_losses": {value_text(self.share_of_losses)}'
        yield f',\n"degradation": {value_text(self.degradation)},\n"groups": '
        yield value_text(
            [{"number": one.number, "first": str(one.first), "last": str(one.last)} for one in self.groups]
        )
        yield ',\n"splits": [\n'
        yield ",\n".join(value_text(_split_json(one)) for one in self._splits)
        yield '\n],\n"paths": [\n'
        yield ",\n".join(value_text({"number": one.number, "stats": one.stats}) for one in self._paths)
        yield "\n]\n}\n"

    @property
    def title(self) -> str:
        """The strategy's name, how many choices and paths, and what was chosen by."""
        choices, paths = counted(len(self._splits), "choice"), counted(len(self._paths), "path")
        objective = self.cross_validation["objective"]
        return f"{self.strategy}: {choices} of {counted(self.trials, 'trial')}, {paths}, by {objective}"

    def path_rows(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of a table of what the paths come to."""
        head = ["over the paths", "5 %", "25 %", "half", "75 %", "95 %"]
        rows = [[text, *(told(name, one) for one in self.quantiles(name).values())] for name, text in PATHS.items()]
        return head, rows

    def _repr_html_(self) -> str:
        return card(self.title, [f"{self.share_of_losses:.0%} of the paths lose."], *self.path_rows())

    def __repr__(self) -> str:
        objective = self.cross_validation["objective"]
        known = self.quantiles(objective) if objective in OF_RETURNS else {}
        told = f", {objective} {known[0.05]:.3g} to {known[0.95]:.3g} (median {known[0.5]:.3g})" if known else ""
        return f"<CrossValidationResult {self.strategy}: {len(self._paths)} paths{told}>"


def _split_json(one: SplitChoice) -> dict[str, Any]:
    return {
        "tested": list(one.tested),
        "parameters": None if one.parameters is None else dict(one.parameters),
        "train_objective": one.train_objective,
        "test_objective": one.test_objective,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """Scores stretches of sessions by their returns."""

    objective: Objective
    initial_equity: float
    sessions_per_year: float
    covered_per_session: float
    """How many sessions of the calendar one of them stands for; above 1 where bars are longer, or some are missing."""

    def __post_init__(self) -> None:
        """Raises InputError for an objective that returns alone do not say."""
        for name in self.objective.names:
            if name not in OF_RETURNS:
                raise InputError(
                    f"the objective {self.objective.text!r} is of {name}, which is not known of a part of a run: a "
                    f"cross-validation goes by {', '.join(OF_RETURNS)}"
                )

    def stats(self, days: NDArray[np.int32], returns: Floats) -> Stats:
        """The statistics of sessions put one behind the other, as far as returns say them."""
        equity: Floats = self.initial_equity * np.cumprod(1.0 + returns, dtype=np.float64)
        found = statistics(
            session=days,
            equity=equity,
            initial_equity=self.initial_equity,
            trades=_NO_TRADES,
            sessions_per_year=self.sessions_per_year,
            sessions_covered=max(round(len(days) * self.covered_per_session), 1),
            benchmark=None,
            exposed=np.empty(0),
            traded_value=0.0,
            commission=0.0,
            slippage=0.0,
        )
        return {name: found[name] for name in OF_RETURNS}

    def score(self, days: NDArray[np.int32], returns: Floats) -> float | None:
        """The objective of such sessions; None where it is undefined, or a trial failed (NaN)."""
        return None if np.isnan(returns).any() else self.objective.of(self.stats(days, returns))
