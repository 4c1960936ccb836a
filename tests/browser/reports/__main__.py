"""`make report-screenshots`: six runs, their reports, what axe finds on them, and a picture of each look."""

import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.browser.chromium import chromium
from tests.browser.reports.looking import faults, shown_in
from tests.browser.reports.runs import RUNS
from tests.shared_data import REPOSITORY

TO = REPOSITORY / "build" / "report-screenshots"
console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    shutil.rmtree(TO, ignore_errors=True)
    TO.mkdir(parents=True)
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name, run in RUNS.items():
            report = run().to_html(Path(folder) / f"{name}.html")
            size, (first, whole) = report.stat().st_size / 1e6, shown_in(browser, report)
            console.print(
                f"{name}: {size:.2f} MB; its first screen painted after {first:.2f} s, all after {whole:.2f} s"
            )
            found += faults(browser, report, TO)
    for fault in found:
        console.print(fault, style="red")
    console.print(f"Pictures are in {TO}" + ("" if found else "; axe finds nothing, and no page scrolls sideways"))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
