"""What a notebook shows of a sweep, a walk-forward and a cross-validation: a sentence, and a table."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from weaver.greta.report.display import figure, warning_list
from weaver.greta.report.labels import GROUPS, Form
from weaver.model.counted import counted

SHOWN = 10
COLUMNS = {
    "total_return": "return", "sharpe": "Sharpe", "max_drawdown": "deepest fall", "trades": "trades",
    "win_rate": "wins",
}  # fmt: skip
"""Statistics beside the objective, and what a table calls them."""
_FORMS = {label.key: label.form for group in GROUPS.values() for label in group}


def told(name: str, value: float | int | None) -> str:
    """A statistic as a person reads it; an expression as a number."""
    return figure(value, _FORMS.get(name, Form.RATIO))


def shown(value: Any) -> str:
    """A parameter's value."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def trial_rows(objective: str, trials: Sequence[Any]) -> tuple[list[str], list[list[str]]]:
    """The head and the rows of a table of trials."""
    names = list(trials[0].parameters) if trials else []
    others = [name for name in COLUMNS if name != objective]
    head = [*names, COLUMNS.get(objective, objective), *(COLUMNS[name] for name in others)]
    rows = []
    for trial in trials:
        stats: Mapping[str, Any] = trial.stats or {}
        values = [shown(trial.parameters[name]) for name in names]
        rows.append([*values, told(objective, trial.objective), *(told(name, stats[name]) for name in others)])
    return head, rows


def card(
    title: str,
    sentences: Iterable[str],
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    warnings: Iterable[tuple[str, str]] = (),
) -> str:
    """A piece of HTML: a title, why to doubt, what is to be said, and a table."""
    text = "".join(f"<p>{escape(one)}</p>" for one in sentences)
    lines = "".join(_row("td", row) for row in rows)
    table = f"<table><thead>{_row('th', head)}</thead><tbody>{lines}</tbody></table>"
    return f"<div><h4>{escape(title)}</h4>{warning_list(warnings)}{text}{table}</div>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align:right">{escape(one)}</{tag}>' for one in cells) + "</tr>"


def title_of(strategy: str, count: int, what: str, objective: str) -> str:
    """As the terminal has it, too."""
    return f"{strategy}: {counted(count, what)}, by {objective}"
