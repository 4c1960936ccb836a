"""Prices of one's own: a file is looked at, its columns are named, and it is in the catalogue."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.command import csv, days
from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.browser import steps

BARS = 300


def test_file_with_known_columns_is_chosen_looked_at_and_stored(
    page: Page, service: Server, api: Api, tmp_path: Path
) -> None:
    file = tmp_path / "PICKED_1d.csv"
    file.write_text(csv(days(BARS)))
    page.goto(f"{service.url}/data/import")
    page.get_by_label("Drop a file here, or choose one").set_input_files(file)
    preview = steps.table(page, "First rows of the file")
    expect(preview.get_by_role("row").nth(1)).to_contain_text("2020-01-02")
    steps.press(page, f"Import {BARS} bars")
    expect(page.get_by_text(f"{BARS} bars stored")).to_be_visible()
    page.get_by_role("link", name="Go to the catalogue").click()
    expect(steps.row(page, "Stored series", "PICKED")).to_contain_text(str(BARS))
    assert api.get("/candles", symbol="PICKED", limit=1)["total"] == BARS


def test_dropped_file_with_columns_of_its_own_is_mapped(page: Page, service: Server, api: Api) -> None:
    page.goto(f"{service.url}/data")
    steps.heading(page, "Data")
    drop(page, "DROPPED_1d.csv", csv(days(BARS), header="day,first,top,bottom,last,traded"))
    steps.heading(page, "Import data")
    importing = page.get_by_role("button", name="Import")
    expect(importing).to_be_disabled()
    for column, use in {
        "day": "time", "first": "open", "top": "high", "bottom": "low", "last": "close", "traded": "volume",
    }.items():  # fmt: skip
        page.get_by_label(f"{column} is", exact=True).select_option(use)
    page.get_by_label("Symbol", exact=True).fill("MAPPED")
    page.get_by_label("Symbol", exact=True).blur()
    expect(importing).to_have_text(f"Import {BARS} bars")
    importing.click()
    page.get_by_role("link", name="MAPPED 1d", exact=True).click()
    steps.heading(page, "MAPPED 1d")
    first = api.get("/candles", symbol="MAPPED", limit=BARS)["items"][0]
    assert [first[name] for name in ("open", "high", "low", "close")] == pytest.approx([100, 101, 99, 100.5])


def test_file_that_is_no_table_of_prices_says_what_is_wrong(page: Page, service: Server) -> None:
    page.goto(f"{service.url}/data/import")
    content = csv(["2020-01-02,1,2,0.5,1.5,10", "2020-01-03,1,0.4,0.5,1.5,10"])
    file = {"name": "WRONG_1d.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("Drop a file here, or choose one").set_input_files(files=[file])  # type: ignore[list-item]
    expect(page.get_by_role("list", name="Remarks")).to_contain_text("high")
    expect(page.get_by_role("button", name="Import")).to_be_disabled()


def drop(page: Page, name: str, content: str) -> None:
    """Let a file go over the page, as a mouse does that brings it from another window."""
    carried = page.evaluate_handle(
        """([name, content]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([content], name, { type: "text/csv" }));
            return carried;
        }""",
        [name, content],
    )
    over = page.get_by_role("region", name="Catalogue")
    for event in ("dragenter", "dragover", "drop"):
        over.dispatch_event(event, {"dataTransfer": carried})
