"""Looking at a report, dark and light, wide and on a phone."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from tests.browser.axe import AXE, OVERHANG, RUN_AXE, told
from tests.browser.pages.looking import THEMES, WIDTHS
from tests.browser.watch import Watch

TIMES = 5
_BEGUN = """() => new Promise(done => {
  const look = () =>
    requestAnimationFrame(document.querySelector("canvas") ? () => done(performance.now() / 1000) : look);
  look();
})"""
"""When the frame after that in which the first charts were drawn begins; told by the page: whoever asks it from outside
waits for what it does next."""
_DRAWN = "() => document.querySelector('footer') && document.querySelectorAll('canvas').length > 0"
_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def shown_in(browser: Browser, report: Path) -> tuple[float, float]:
    """Seconds from going to the page until what is seen at first is painted, and until all of it is: medians."""
    first, whole = [], []
    for _ in range(TIMES):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(report.as_uri(), wait_until="commit")
        first.append(page.evaluate(_BEGUN))
        page.wait_for_function(_DRAWN, polling="raf")
        page.evaluate(_FRAMES)
        whole.append(page.evaluate("() => performance.now() / 1000"))  # since the navigation began
        context.close()
    return median(first), median(whole)


def faults(browser: Browser, report: Path, pictures: Path | None = None) -> Iterator[str]:
    """What is wrong with the page in any theme and width; a picture of each look goes into a folder."""
    for width, (across, down) in WIDTHS.items():
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": across, "height": down}, color_scheme="dark" if theme == "dark" else "light"
            )
            watch, page = Watch(context), context.new_page()
            page.goto(report.as_uri())
            page.wait_for_function(_DRAWN)
            page.evaluate(_FRAMES)
            page.evaluate(AXE.read_text())
            look = f"{report.stem}, {theme}, {width}"
            yield from (f"{look}: {told(one)}" for one in page.evaluate(RUN_AXE))
            if (overhang := page.evaluate(OVERHANG)) > 0:
                yield f"{look}: it scrolls sideways by {overhang} px"
            yield from (f"{look}: {trouble}" for trouble in watch.troubles())
            if pictures is not None:
                page.screenshot(path=pictures / f"{report.stem}-{theme}-{width}.png", full_page=True)
            context.close()
