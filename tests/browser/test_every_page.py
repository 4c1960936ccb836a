"""What holds of every page, light and dark, wide and on a phone: nothing that axe finds, nothing that goes wrong, and
nothing that scrolls sideways. States of pages and dialogs are looked at on a phone alone, one dark, the next light."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import AXE, OVERHANG, RUN_AXE, told
from tests.browser.pages.looking import THEMES, Looker, looker
from tests.browser.pages.routes import routes
from tests.browser.pages.shown import ALL, ROUTES, STATES, Shown
from tests.browser.pages.world import world

BOTH = dict.fromkeys(ROUTES, THEMES)
ONE = {shown: (THEMES[at % 2],) for at, shown in enumerate(STATES)}
LOOKS = {"wide": BOTH, "phone": BOTH | ONE}
"""In which themes what is looked at."""


def test_every_route_of_the_app_is_in_the_list_of_pages() -> None:
    assert sorted(one.route for one in ROUTES) == sorted(routes())
    assert len({one.name for one in ALL}) == len(ALL)


@pytest.mark.timeout(900)  # a hundred looks, of a second each on a machine that has other things to do
def test_no_page_has_a_fault_or_scrolls_sideways(browser: Browser, tmp_path: Path) -> None:
    found: list[str] = []
    with world(tmp_path) as there:
        for width, looks in LOOKS.items():
            with looker(browser, there, width) as looking:
                for shown, themes in looks.items():
                    found += [f"{shown.name}, {width}: {fault}" for fault in _faults(looking, shown, themes)]
    assert found == []


def _faults(looking: Looker, shown: Shown, themes: tuple[str, ...]) -> Iterator[str]:
    looking.go(shown, themes[0])
    looking.page.evaluate(AXE.read_text())
    for theme in themes:
        looking.show(theme)
        yield from (f"{theme}, {told(one)}" for one in looking.page.evaluate(RUN_AXE))
    overhang = looking.page.evaluate(OVERHANG)
    if overhang > 0:
        yield f"it scrolls sideways by {overhang} px"
    yield from looking.troubles()
