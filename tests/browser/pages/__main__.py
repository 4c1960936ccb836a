"""`make screenshots`: a picture of every page, light and dark, wide and on a phone, and a page with all of them."""

import argparse
import html
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console

from tests.browser.chromium import chromium
from tests.browser.pages.looking import THEMES, WIDTHS, Looker, looker
from tests.browser.pages.shown import ALL, Shown
from tests.browser.pages.world import world
from tests.shared_data import REPOSITORY

HEIGHT_MAX = 8_000
console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pages", description=__doc__)
    parser.add_argument("names", nargs="*", help="those that contain one of these words; by default all")
    parser.add_argument("--to", type=Path, default=REPOSITORY / "build" / "screenshots")
    options = parser.parse_args()
    wanted = [one for one in ALL if not options.names or any(word in one.name for word in options.names)]
    if not options.names:
        shutil.rmtree(options.to, ignore_errors=True)
    options.to.mkdir(parents=True, exist_ok=True)
    console.print("Starting servers, and working with them for a while")
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as there, chromium() as browser:
        for width in WIDTHS:
            with looker(browser, there, width) as looking:
                for number, shown in enumerate(wanted, 1):
                    console.print(f"{width} {number}/{len(wanted)} {shown.name}")
                    for file in _pictures(looking, shown, width, options.to):
                        assert file.stat().st_size > 0
                    for line in looking.troubles():
                        console.print(f"  {line}")
    (options.to / "index.html").write_text(_index(sorted(options.to.glob("*.png"))))
    console.print(f"All of them: {options.to / 'index.html'}")


def _pictures(looking: Looker, shown: Shown, width: str, to: Path) -> Iterator[Path]:
    wide, high = WIDTHS[width]
    for theme in THEMES:
        looking.page.set_viewport_size({"width": wide, "height": high})
        looking.show(theme) if theme != THEMES[0] else looking.go(shown, theme)
        if not shown.is_dialog:  # what sticks to the window's edges stands at the picture's then
            whole = looking.page.evaluate("() => document.documentElement.scrollHeight")
            looking.page.set_viewport_size({"width": wide, "height": min(HEIGHT_MAX, max(high, whole))})
            looking.settle()
        file = to / f"{shown.name}-{theme}-{width}.png"
        looking.page.screenshot(path=file, animations="disabled")
        yield file


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
