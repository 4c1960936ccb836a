"""What the web app costs in a real Chromium, with a real server: its first load, a run of many bars, a busy minute."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.benchmarks import bounds, service, service_load
from tests.benchmarks.check import Check, check_of, in_turn
from tests.browser.chromium import chromium
from tests.kill.api import Api
from tests.kill.server import Server

PATIENCE_MS, LOOK_MS = 60_000, 50
MEGABYTE = 1_000_000
# Kept on the page from its first moment: when its heading stood there, when the first candle did, and long tasks.
WATCH = """
window.seen = { heading: null, candle: null, tasks: [] };
new PerformanceObserver((list) => window.seen.tasks.push(...list.getEntries().map((one) => one.duration)))
  .observe({ type: "longtask", buffered: true });
const hasCandle = () => [...document.querySelectorAll("[role=img] canvas")].some((canvas) => {
  if (!canvas.width || !canvas.height) return false;
  const style = getComputedStyle(document.documentElement);
  const wanted = ["--gain", "--loss"].map((name) => parseInt(style.getPropertyValue(name).trim().slice(1), 16));
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at + 3] === 255 && wanted.includes((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]))
      return true;
  return false;
});
const look = () => {
  const seen = window.seen;
  if (seen.heading === null && document.querySelector("main h1")) seen.heading = performance.now();
  if (seen.candle === null && location.pathname.endsWith("/chart") && hasCandle()) seen.candle = performance.now();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def measure(count: int, rounds: int, seconds: float) -> Iterator[str | list[Check]]:
    """All rows; yields progress, then the checks."""
    return in_turn(_opened(count, rounds), _busy(rounds, seconds))


def _opened(count: int, rounds: int) -> Iterator[str | list[Check]]:
    """The dashboard of a new visitor, and the chart of a run, each in a browser that keeps nothing."""
    sizes, interactive, candles = [], [], []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = Server(Path(folder) / "home", None)
        yield f"storing {count:,} bars"
        service.prepare(server.home, count)
        server.start()
        try:
            with Api(server) as api:
                yield f"a run of {count:,} bars"
                _, run_id = service.run_through(api, server)
            for turn in range(rounds + 1):  # the first warms the server
                yield f"opening pages: round {turn} of {rounds}"
                size, first = _first_load(browser, server.url)
                sizes.append(size), interactive.append(first)
                candles.append(_first_candle(browser, f"{server.url}/runs/{run_id}/chart"))
        finally:
            server.stop()
    yield [
        check_of("web app, first load: scripts, gzip", sizes[1:], "kB", bounds.FIRST_LOAD),
        check_of("web app, first load: from the address to its heading", interactive[1:], "s", bounds.INTERACTIVE),
        check_of(f"a run of {count:,} bars opened: first candle", candles[1:], "s", bounds.FIRST_CANDLE),
    ]


def _first_load(browser: Browser, url: str) -> tuple[float, float]:
    """Kilobytes of scripts that came before the page was quiet, and seconds until its heading stood there."""
    with browser.new_context() as context:
        page, scripts = _watched(context), list[bytes]()
        page.on("response", lambda answer: _is_script(answer.url) and scripts.append(answer.body()))
        page.goto(url, wait_until="load")
        _wait_for(page, "heading")
        page.wait_for_timeout(500)  # what is loaded behind the first page counts too
        found: dict[str, Any] = page.evaluate("window.seen")
        return sum(len(gzip.compress(one)) for one in scripts) / 1000, found["heading"] / 1000


def _is_script(url: str) -> bool:
    return url.endswith(".js")


def _first_candle(browser: Browser, url: str) -> float:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = _watched(context)
        page.goto(url)
        _wait_for(page, "candle")
        seconds: float = page.evaluate("window.seen.candle") / 1000
        return seconds


def _busy(rounds: int, seconds: float) -> Iterator[str | list[Check]]:
    """The list of runs, open while backtests write events: how the page's memory grows, and its longest tasks."""
    grown, longest, rates = [], [], []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = service_load.chatty_server(Path(folder) / "home")
        try:
            with Api(server) as api:
                api.import_bars()
                run_id, events_each = service_load.tried_run(api)
                for turn in range(rounds):
                    yield f"{service_load.RATE} events a second for {seconds:g} s: round {turn + 1} of {rounds}"
                    before = api.get("/events", limit=1)["newest"]
                    megabytes, task = _one_busy_page(browser, server, run_id, events_each, seconds)
                    grown.append(megabytes), longest.append(task)
                    rates.append((api.get("/events", limit=1)["newest"] - before) / seconds)
        finally:
            server.stop()
    name = f"{median(rates):.0f} events/s for {seconds:g} s"
    yield [
        check_of(f"the list of runs, {name}: the page's heap grew by", grown, "MB", bounds.HEAP_GROWTH),
        check_of("the same: its longest task", longest, "ms", bounds.LONGEST_TASK),
    ]


def _one_busy_page(
    browser: Browser, server: Server, run_id: str, events_each: int, seconds: float
) -> tuple[float, float]:
    with browser.new_context() as context:
        page = _watched(context)
        page.goto(f"{server.url}/runs")
        _wait_for(page, "heading")
        page.wait_for_timeout(2_000)
        before = _heap(page)
        page.evaluate("window.seen.tasks.length = 0")
        writer = service_load.started("run", server.url, run_id, service_load.RATE / events_each, seconds)
        while writer.poll() is None:
            page.wait_for_timeout(250)
        service_load.output(writer)
        page.wait_for_timeout(2_000)
        tasks: list[float] = page.evaluate("window.seen.tasks")
        return (_heap(page) - before) / MEGABYTE, max(tasks, default=0.0)


def _wait_for(page: Page, what: str) -> None:
    """Until the page has seen it. Its policy lets no function be made of a text, so it is asked again and again."""
    for _ in range(PATIENCE_MS // LOOK_MS):
        if page.evaluate(f"window.seen.{what}") is not None:
            return
        page.wait_for_timeout(LOOK_MS)
    raise RuntimeError(f"{page.url} showed no {what} within {PATIENCE_MS // 1000} s")


def _heap(page: Page) -> float:
    """Bytes in use once the garbage is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def _watched(context: BrowserContext) -> Page:
    context.add_init_script(WATCH)
    return context.new_page()
