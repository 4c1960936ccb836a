"""`make screenshots`: a picture of every page, light and dark, wide and on a phone, and a page with all of them."""

import argparse
import html
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser
from rich.console import Console

from tests.browser.chromium import chromium
from tests.browser.pages.looking import THEMES, WIDTHS, Looker, looker, size_of
from tests.browser.pages.shown import ALL
from tests.browser.pages.world import World, world
from tests.shared_data import REPOSITORY

HEIGHT_MAX = 8_000
DOCS = {
    "haro-dashboard": ("dashboard", "dark", "wide"),
    "haro-run": ("run", "light", "wide"),
    "haro-chart": ("run-chart-trade", "dark", "wide"),
    "haro-live": ("run-live", "dark", "wide"),
    "haro-phone": ("run", "dark", "phone"),
    "haro-drift": ("run-parity", "light", "wide"),
    "haro-promote": ("promote-live", "dark", "wide"),
    "haro-days": ("run-days-other", "dark", "wide"),
}
"""Pictures of the documentation: what is shown, in which theme, how wide."""
console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pages", description=__doc__)
    parser.add_argument("names", nargs="*", help="those that contain one of these words; by default all")
    parser.add_argument("--to", type=Path, default=REPOSITORY / "build" / "screenshots")
    parser.add_argument("--docs", action="store_true", help="renew those of the documentation, and take no others")
    options = parser.parse_args()
    console.print("Starting servers, and working with them for a while")
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as there, chromium() as browser:
        if options.docs:
            _take_those_of_the_docs(browser, there, REPOSITORY / "docs" / "images")
        else:
            _take_all(browser, there, options.names, options.to)


def _take_all(browser: Browser, there: World, words: list[str], to: Path) -> None:
    wanted = [one for one in ALL if not words or any(word in one.name for word in words)]
    if not words:
        shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        with looker(browser, there, width) as looking:
            for number, shown in enumerate(wanted, 1):
                console.print(f"{width} {number}/{len(wanted)} {shown.name}")
                for theme in THEMES:
                    looking.page.set_viewport_size(size_of(width))
                    looking.show(theme) if theme != THEMES[0] else looking.go(shown, theme)
                    if not shown.is_dialog:
                        _make_room(looking, width)
                    _take(looking, to / f"{shown.name}-{theme}-{width}.png")
                for line in looking.troubles():
                    console.print(f"  {line}")
    (to / "index.html").write_text(_index(sorted(to.glob("*.png"))))
    console.print(f"All of them: {to / 'index.html'}")


def _take_those_of_the_docs(browser: Browser, there: World, to: Path) -> None:
    """What a window shows of them, and not all that there is."""
    to.mkdir(exist_ok=True)
    for file, (name, theme, width) in DOCS.items():
        with looker(browser, there, width) as looking:
            looking.go(next(one for one in ALL if one.name == name), theme)
            _take(looking, to / f"{file}.png")
            console.print(f"{to / file}.png")


def _make_room(looking: Looker, width: str) -> None:
    """A window as high as the page: what sticks to its edges stands at the picture's then."""
    size = size_of(width)
    whole = looking.page.evaluate("() => document.documentElement.scrollHeight")
    looking.page.set_viewport_size({**size, "height": min(HEIGHT_MAX, max(size["height"], whole))})
    looking.settle()


def _take(looking: Looker, file: Path) -> None:
    looking.page.screenshot(path=file, animations="disabled")


def _index(files: Iterable[Path]) -> str:
    figures = "".join(
        f'<a href="{html.escape(file.name)}"><img src="{html.escape(file.name)}" loading="lazy" alt="">'
        f"<span>{html.escape(file.stem)}</span></a>"
        for file in files
    )
    style = (
        "body{font:13px system-ui;background:#888;margin:16px;display:grid;gap:16px;"
        "grid-template-columns:repeat(auto-fill,minmax(280px,1fr))}"
        "a{color:#fff;text-decoration:none}img{width:100%;height:320px;object-fit:cover;object-position:top}"
        "span{display:block;overflow-wrap:anywhere}"
    )
    return f"<!doctype html><meta charset=utf-8><title>Weaver, page by page</title><style>{style}</style>{figures}\n"


if __name__ == "__main__":
    main()
