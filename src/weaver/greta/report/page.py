"""One self-contained HTML file from a finished run."""

import gzip
import json
from base64 import b64encode
from html import escape
from importlib.resources import files
from string import Template

from weaver.greta.report.contents import Contents
from weaver.greta.report.payload import BEHIND, payload
from weaver.greta.report.plain_json import Json

LEVEL = 4
"""Of gzip's nine: from here on it takes twice the time to save a twentieth."""


def render(contents: Contents) -> str:
    """The page: styles, script and data in one text that opens offline and loads nothing.

    Whatever the run brought along (names, parameters, messages) is data, compressed and in letters that can neither
    close a tag nor run.
    """
    first = payload(contents)
    behind = {name: first.pop(name) for name in BEHIND}
    return Template(_asset("report.html")).substitute(
        title=escape(contents.title.encode(errors="replace").decode()),
        notices=_asset("NOTICES"),
        style=_asset("built/report.css"),
        script=_asset("built/report.js"),
        data=packed(_json(first)),
        behind=packed(_json(behind)),
    )


def _json(part: dict[str, Json]) -> str:
    return json.dumps(part, allow_nan=False, separators=(",", ":"))


def packed(text: str) -> str:
    """A text as the page's script reads it: UTF-8, gzip, base64."""
    return b64encode(gzip.compress(text.encode("utf-8", errors="replace"), compresslevel=LEVEL, mtime=0)).decode()


def _asset(name: str) -> str:
    return files("weaver.greta.report").joinpath("assets", *name.split("/")).read_text(encoding="utf-8")
