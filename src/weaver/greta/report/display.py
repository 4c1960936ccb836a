"""Showing a result: figures as text, a table in a notebook, the report in a browser."""

import sys
import tempfile
import webbrowser
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib import import_module
from pathlib import Path

from weaver.greta.doubts.gravity import FATAL
from weaver.greta.report.labels import BUY_AND_HOLD, GROUPS, Form

Stats = Mapping[str, float | int | None]
HEADLINE = ("total_return", "cagr", "sharpe", "max_drawdown", "trades")
NOTHING = "–"
BESIDE = ' style="display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start;margin:8px 0"'
FATAL_STYLE = ' style="color:#c0303a;font-weight:bold"'


def figure(value: float | int | None, form: Form) -> str:
    """A statistic as a person reads it; a dash where it is undefined."""
    if value is None:
        return NOTHING
    match form:
        case Form.RESULT | Form.CHANGE:
            return f"{value:+,.2%}"
        case Form.PERCENT:
            return f"{value:,.2%}"
        case Form.MONEY_RESULT:
            return f"{value:+,.2f}"
        case Form.MONEY:
            return f"{value:,.2f}"
        case Form.RATIO:
            return f"{value:,.3f}"
        case Form.COUNT:
            return f"{value:,.0f}"
        case Form.DAYS:
            return f"{value:,.1f} days" if value % 1 else f"{value:,.0f} days"


def rows(stats: Stats, *, benchmark: str = BUY_AND_HOLD) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The statistics in groups: group, and its lines of label and figure."""
    for group, labels in GROUPS.items():
        lines = [(named(label.text, benchmark), figure(stats[label.key], label.form)) for label in labels]
        yield named(group, benchmark), lines


def named(text: str, benchmark: str) -> str:
    """A text that speaks of buying and holding, with what that is where it is something else."""
    if benchmark == BUY_AND_HOLD:
        return text
    return text.replace(BUY_AND_HOLD, benchmark).replace(BUY_AND_HOLD.lower(), benchmark)


def headline(stats: Stats) -> str:
    """The figures that one looks at first, in one line."""
    labels = {label.key: label for group in GROUPS.values() for label in group}
    return ", ".join(f"{key} {figure(stats[key], labels[key].form)}" for key in HEADLINE)


def stats_table(title: str, stats: Stats, warnings: Iterable[tuple[str, str]], *, benchmark: str = BUY_AND_HOLD) -> str:
    """Warnings, the headline as cards, and all statistics as tables, as a piece of HTML."""
    labels = {label.key: label for group in GROUPS.values() for label in group}
    cards = "".join(_card(labels[key].text, figure(stats[key], labels[key].form)) for key in HEADLINE)
    groups = "".join(_group(group, lines) for group, lines in rows(stats, benchmark=benchmark))
    doubts = warning_list(warnings)
    return f"<div><h4>{escape(title)}</h4>{doubts}<div{BESIDE}>{cards}</div><div{BESIDE}>{groups}</div></div>"


def warning_list(warnings: Iterable[tuple[str, str]]) -> str:
    """Code and message of each, as a piece of HTML."""
    items = "".join(
        f"<li{FATAL_STYLE if code in FATAL else ''}><b>{escape(code)}</b> {escape(message)}</li>"
        for code, message in warnings
    )
    return f"<ul>{items}</ul>"


def _card(text: str, value: str) -> str:
    return (
        '<div style="border:1px solid #8886;border-radius:6px;padding:6px 14px"><small style="opacity:.75">'
        f'{escape(text)}</small><br><b style="font-size:larger">{escape(value)}</b></div>'
    )


def _group(group: str, lines: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{escape(text)}</td><td>{escape(value)}</td></tr>" for text, value in lines)
    return f'<table><tr><th colspan="2" style="text-align:left">{escape(group)}</th></tr>{cells}</table>'


def show(page: str) -> None:
    """A page below the cell in a notebook, else in the browser, from a file that stays for it to read."""
    if _is_notebook():
        notebook = import_module("IPython.display")  # there only inside one
        frame = f'<div><iframe srcdoc="{escape(page)}" style="width:100%;height:900px;border:0"></iframe></div>'
        notebook.display(notebook.HTML(frame))
        return
    path = Path(tempfile.mkdtemp(prefix="weaver-")) / "report.html"
    path.write_text(page, encoding="utf-8")
    webbrowser.open(path.as_uri())


def _is_notebook() -> bool:
    """Whether a notebook's kernel runs this code: some processes only load one."""
    kernel = sys.modules.get("ipykernel.kernelapp")
    return kernel is not None and bool(kernel.IPKernelApp.initialized())
