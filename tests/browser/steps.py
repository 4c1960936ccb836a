"""What a trader does on more than one page, and what is looked for there."""

import re

from playwright.sync_api import Locator, Page, expect


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    """The page with this title is there."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def table(page: Page, name: str) -> Locator:
    """A table, by its caption."""
    return page.get_by_role("table", name=name, exact=True)


def row(page: Page, caption: str, text: str | re.Pattern[str]) -> Locator:
    """The row of a table that has a text."""
    return table(page, caption).get_by_role("row").filter(has_text=text)


def panel(page: Page, title: str) -> Locator:
    """A part of a page, by its title."""
    return page.get_by_role("region", name=title, exact=True)


def figure(page: Page, name: str) -> Locator:
    """One of the six figures at the top of a run."""
    named = page.get_by_role("button", name=name, exact=True)
    return page.locator("dl > div").filter(has=named).locator("dd").first


def status(page: Page, text: str) -> None:
    """The run whose page is open stands so."""
    expect(page.get_by_role("main").get_by_text(text, exact=True).first).to_be_visible()


def new_run(page: Page, url: str, *, strategy: str, name: str, **parameters: str) -> None:
    """Fill the form of a backtest of AAPL in, and leave it at that."""
    page.goto(f"{url}/runs/new")
    page.get_by_label("Strategy", exact=True).select_option(strategy)
    for parameter, value in parameters.items():
        page.get_by_label(parameter, exact=True).fill(value)
    page.get_by_label("Name of the run").fill(name)


def press(page: Page, name: str, *, within: Locator | None = None) -> None:
    """A button, by its whole name."""
    (within or page).get_by_role("button", name=name, exact=True).click()


def confirmed(page: Page, action: str) -> None:
    """Answer the question that is asked."""
    dialog = page.get_by_role("dialog")
    press(page, action, within=dialog)
    expect(dialog).to_be_hidden()


def run_id(page: Page) -> str:
    """Of the run whose page is open."""
    page.wait_for_url(re.compile(r"/runs/(?!new)[^/?]+"))
    found = re.search(r"/runs/([^/?#]+)", page.url)
    assert found is not None
    return found[1]


def marked(page: Page) -> None:
    """Leave a mark in the page, which a reload would take away."""
    page.evaluate("window.wasNotReloaded = true")


def not_reloaded(page: Page) -> None:
    """The mark is still there."""
    assert page.evaluate("window.wasNotReloaded") is True


def percent(fraction: float) -> str:
    """A result as the app writes it, `+1 204.31 %`; what looks for it takes any space for any other."""
    sign = "+" if fraction > 0 else "\u2212" if fraction < 0 else ""
    return f"{sign}{abs(fraction) * 100:,.2f}".replace(",", " ") + " %"
