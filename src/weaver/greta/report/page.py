"""One self-contained HTML file from a finished run."""

import json
from html import escape
from importlib.resources import files
from string import Template

from weaver.greta.report.contents import Contents
from weaver.greta.report.payload import payload


def render(contents: Contents) -> str:
    """The page: styles, chart library, script and data in one text that opens offline and loads nothing.

    Whatever the run brought along (names, parameters, messages) is data: it can neither close a tag nor run.
    """
    return Template(_asset("report.html")).substitute(
        title=escape(contents.title.encode(errors="replace").decode()),
        style=_asset("report.css"),
        library=_asset("lightweight-charts.js"),
        script="\n".join(_asset(name) for name in SCRIPTS),
        data=_inert(json.dumps(payload(contents), allow_nan=False, separators=(",", ":"))),
    )


SCRIPTS = ("format.js", "charts.js", "tables.js", "report.js")
"""In this order; each defines what the later ones use."""


def _asset(name: str) -> str:
    return files("weaver.greta.report").joinpath("assets", name).read_text(encoding="utf-8")


def _inert(text: str) -> str:
    """JSON that means the same and holds no character that could end or open a tag."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
