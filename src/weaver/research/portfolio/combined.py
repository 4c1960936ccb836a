"""What a combination of results gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.warnings import ResultWarning
from weaver.greta.report.display import NOTHING, headline, stats_table
from weaver.greta.report.whole_file import write_whole
from weaver.greta.results.table import Table

Floats = NDArray[np.float64]
STYLE = "body{font:15px/1.4 system-ui,sans-serif;margin:2em}td,th{padding:2px 10px;text-align:left}"


class JoinedEquityRow(NamedTuple):
    """Equity of the joined account at the end of the bars of one stamp."""

    timestamp: int
    """The stamp of the bars, in ns since 1970, UTC."""
    equity: float
    """What all strategies' parts and what lies idle come to."""


class SharedOut(NamedTuple):
    """How the account was shared out at one time."""

    timestamp: int
    """The stamp of the first bars after it, in ns since 1970, UTC."""
    weights: Mapping[str, float]
    """Of each strategy its share; what is missing to 1 lies idle."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CombinedResult:
    """Several backtests as one account."""

    title: str
    """The strategies' names."""
    currency: str
    """Of all amounts."""
    stats: Mapping[str, float | int | None]
    """Every statistic by its name, as a backtest's; None where it cannot be said."""
    warnings: Sequence[ResultWarning]
    """Why to doubt the result."""
    contributions: Mapping[str, Decimal]
    """What each strategy added, in money; together they are `profit`, to the last digit."""
    profit: Decimal
    """What the account gained or lost."""
    correlation: Mapping[str, Mapping[str, float | None]]
    """Of the strategies' returns by session; None where one never varies."""
    weights: Sequence[SharedOut]
    """How the account was shared out, each time."""
    equity: Table[JoinedEquityRow]
    """One row for each stamp of any strategy's bars."""
    returns_per_year: float
    """How many sessions there are in a year."""
    session_returns: Floats
    """The account's return in each session."""

    def __repr__(self) -> str:
        codes = ", ".join(dict.fromkeys(warning.code for warning in self.warnings))
        return f"<CombinedResult {self.title}: {headline(self.stats)}; warnings: {codes or 'none'}>"

    def _repr_html_(self) -> str:
        return f"<div>{stats_table(self.title, self.stats, self.warnings)}{self._members_table()}</div>"

    def to_html(self, path: str | Path) -> Path:
        """Write the same as a page that opens offline. Raises InputError where it cannot be written."""
        head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(self.title)}</title>'
        write_whole(Path(path), [f"{head}<style>{STYLE}</style><body>{self._repr_html_()}</body></html>"])
        return Path(path)

    def _members_table(self) -> str:
        names = list(self.contributions)
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        lines = [
            ("Weight at first", [f"{self.weights[0].weights[name]:.2%}" for name in names]),
            (f"Contribution ({self.currency})", [f"{self.contributions[name]:+,.2f}" for name in names]),
            *((f"Correlation with {one}", [_figure(self.correlation[one][name]) for name in names]) for one in names),
        ]
        body = "".join(
            f"<tr><td>{escape(text)}</td>{''.join(f'<td>{value}</td>' for value in values)}</tr>"
            for text, values in lines
        )
        return f"<table><tr><th></th>{head}</tr>{body}</table>"


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
