"""Hooks of the documentation's site: the pages that stand outside `docs/`, and the order of all.

Links between pages are written as they work in the repository; here they are put on the site's paths.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {"README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Path in the repository to path on the site."""
DECISIONS = "decisions/README.md"
FIRST = ["README.md", "readme.md", "tutorial.md", "strategy-api.md"]
FOLDERS = {
    "How to": "how-to",
    "Coming from": "coming-from",
    "Examples": "examples",
    "Architecture": "architecture",
    "Decisions": "decisions",
}
LINK = re.compile(r"(\]\()(?!https?://|mailto:|#)([^)#\s]*)(#[^)\s]*)?(\))")
CODE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def on_config(config: Any) -> Any:
    """Every page has its place, the ones to begin with first."""
    docs = ROOT / "docs"
    alone = sorted(path.name for path in docs.glob("*.md") if path.name not in FIRST)
    folders = {
        title: sorted(path.relative_to(docs).as_posix() for path in (docs / name).rglob("*.md"))
        for title, name in FOLDERS.items()
    }
    folders["Decisions"].insert(0, DECISIONS)
    last = [OUTSIDE["CONTRIBUTING.md"], OUTSIDE["CHANGELOG.md"]]
    config["nav"] = [
        *FIRST,
        *({title: pages} for title, pages in folders.items() if pages),
        {"Reference": alone},
        {"Weaver itself": last},
    ]
    return config


def on_files(files: Any, *, config: Any) -> Any:
    """Add the pages that stand beside `docs/`, the other files that pages lead to, and a list of the decisions."""
    linked = {path: path for path in _linked() if not path.startswith("docs/") and (ROOT / path).is_file()}
    for source, target in {**linked, **OUTSIDE}.items():
        files.append(File.generated(config, target, content=(ROOT / source).read_bytes()))
    files.append(File.generated(config, DECISIONS, content=_decisions()))
    return files


def _linked() -> set[str]:
    """Every path of the repository that a page leads to."""
    found = set()
    for page in [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in OUTSIDE)]:
        there = page.relative_to(ROOT).parent.as_posix()
        for link in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
            found.add(posixpath.normpath(posixpath.join(there, link[2])))
    return found


def _decisions() -> str:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = {page.name: page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") for page in pages}
    return "# Decisions\n\n" + "".join(f"- [{title}]({name})\n" for name, title in titles.items())


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Put links on the site's paths; code stays as it is."""
    del config, files
    site = page.file.src_uri
    there = {target: source for source, target in OUTSIDE.items()}.get(site, f"docs/{site}")
    pieces = CODE.split(markdown)
    return "".join(
        piece if piece.startswith("```") else LINK.sub(lambda found: _link(found, there, site), piece)
        for piece in pieces
    )


def _link(found: "re.Match[str]", there: str, site: str) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(there), found[2]))
    if (ROOT / path).is_dir():
        path = f"{path}/README.md"
    target = OUTSIDE.get(path) or path.removeprefix("docs/")
    relative = posixpath.relpath(target, posixpath.dirname(site) or ".")
    return f"{found[1]}{relative}{found[3] or ''}{found[4]}"
