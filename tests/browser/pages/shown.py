"""The list of pages: each route of the app, and what else of it there is to be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

Act = Callable[[Page], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One thing to look at."""

    name: str
    route: str
    """As `haro/src/app/routes.tsx` has it."""
    path: str
    """With names of the world in braces."""
    server: Literal["used", "live", "new"] = "used"
    is_signed_in: bool = True
    act: Act | None = None
    """What is done there before it is looked at."""
    is_dialog: bool = False
    """Something lies over the page."""
    refuses: str | None = None
    """What the console says of an answer that belongs to it: a regular expression."""


def _page(name: str, route: str, path: str | None = None, **more: object) -> Shown:
    return Shown(name=name, route=route, path=path or route, **more)  # type: ignore[arg-type]


def _press(name: str) -> Act:
    """Click the last button of that name: a dialog's, where one is open."""
    return lambda page: page.get_by_role("button", name=name, exact=True).last.click()


def _choose_two(page: Page) -> None:
    for name in ("momentum-2013", "momentum-2013, slower averages"):
        page.get_by_role("checkbox", name=f"Choose {name} to compare", exact=True).check()


def _open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("option").first.wait_for()


RUN = "/runs/:runId"
ROUTES = (
    _page("dashboard", "/"),
    _page("strategies", "/strategies"),
    _page("strategy", "/strategies/:strategyId", "/strategies/sma-crossover"),
    _page("data", "/data"),
    _page("data-import", "/data/import"),
    _page("data-fetch", "/data/fetch"),
    _page("series", "/data/:symbol/:timeframe", "/data/AAPL/1d"),
    _page("runs", "/runs"),
    _page("new-run", "/runs/new", "/runs/new?strategy=sma-crossover&symbol=AAPL"),
    _page("run", RUN, "/runs/{first}"),
    _page("run-chart", f"{RUN}/chart", "/runs/{first}/chart"),
    _page("run-trades", f"{RUN}/trades", "/runs/{first}/trades"),
    _page("run-orders", f"{RUN}/orders", "/runs/{first}/orders"),
    _page("run-events", f"{RUN}/events", "/runs/{written}/events"),
    _page("run-journal", f"{RUN}/journal", "/runs/{written}/journal"),
    _page("run-days", f"{RUN}/days", "/runs/{replay}/days"),
    _page("run-parity", f"{RUN}/parity", "/runs/{replay}/parity"),
    _page("run-settings", f"{RUN}/settings", "/runs/{first}/settings"),
    _page("promote", f"{RUN}/promote", "/runs/{first}/promote"),
    _page("compare", "/compare", "/compare?run={first}&run={slower}&run={breakout}"),
    _page("orders", "/orders"),
    _page("new-order", "/orders/new"),
    _page("order", "/orders/:orderId", "/orders/{bracket}"),
    _page("account", "/account"),
    _page("risk", "/risk"),
    _page("settings", "/settings"),
    _page("no-such-page", "/*", "/nowhere"),
)
"""Each route once: a test holds this to the app."""

TO_LIVE = "/runs/{next}/promote?to=live&venue=alpaca"
STATES = (
    _page("strategy-broken", "/strategies/:strategyId", "/strategies/unreadable"),
    _page("series-with-holes", "/data/:symbol/:timeframe", "/data/HOLESUSD/1m"),
    _page("runs-chosen", "/runs", act=_choose_two),
    _page("new-run-paper", "/runs/new", "/runs/new?mode=paper&strategy=rhythm&symbol=AAPL"),
    _page("new-run-clone", "/runs/new", "/runs/new?clone={first}&mode=paper"),
    _page("run-chart-trade", f"{RUN}/chart", "/runs/{first}/chart?trade=12"),
    _page("run-chart-rotation", f"{RUN}/chart", "/runs/{rotation}/chart"),
    _page("run-chart-hourly", f"{RUN}/chart", "/runs/{hourly}/chart"),
    _page(
        "run-event-open",
        f"{RUN}/events",
        "/runs/{paper}/events?type=orders.Filled",
        act=lambda page: page.get_by_role("list", name="Events").get_by_role("button").first.click(),
    ),
    _page("run-failed", RUN, "/runs/{failed}"),
    _page("run-stopped", RUN, "/runs/{stopped}"),
    _page("run-pending", RUN, "/runs/{pending}"),
    _page("run-working", RUN, "/runs/{working}"),
    _page("run-paper", RUN, "/runs/{paper}"),
    _page("run-paper-orders", f"{RUN}/orders", "/runs/{paper}/orders"),
    _page("run-paper-chart", f"{RUN}/chart", "/runs/{paper}/chart"),
    _page("run-replay", RUN, "/runs/{replay}"),
    _page("promote-refused", f"{RUN}/promote", "/runs/{held}/promote?venue=simulated", act=_press("Promote to paper")),
    _page("promote-live-off", f"{RUN}/promote", "/runs/{paper}/promote"),
    _page("promote-live", f"{RUN}/promote", TO_LIVE, server="live"),
    _page("promote-live-refused", f"{RUN}/promote", TO_LIVE, server="live", act=_press("Promote to live")),
    _page("promote-unfinished", f"{RUN}/promote", "/runs/{working}/promote"),
    _page("promote-no-further", f"{RUN}/promote", "/runs/{live}/promote", server="live"),
    _page("run-parity-none", f"{RUN}/parity", "/runs/{unlooked}/parity"),
    _page("run-parity-making", f"{RUN}/parity", "/runs/{paper}/parity", act=_press("Run drift")),
    _page("run-parity-pending", f"{RUN}/parity", "/runs/{waiting_paper}/parity"),
    _page("run-parity-backtest", f"{RUN}/parity", "/runs/{first}/parity"),
    _page("run-days-other", f"{RUN}/days", "/runs/{replay}/days?day=2008-08-15"),
    _page("run-days-today", f"{RUN}/days", "/runs/{paper}/days"),
    _page("run-days-pending", f"{RUN}/days", "/runs/{waiting_paper}/days"),
    _page("run-days-backtest", f"{RUN}/days", "/runs/{first}/days"),
    _page("run-live", RUN, "/runs/{live}", server="live"),
    _page("run-live-start", RUN, "/runs/{waiting}", server="live", act=_press("Start run"), is_dialog=True),
    _page("run-stop", RUN, "/runs/{paper}", act=_press("Stop"), is_dialog=True),
    _page("run-more", RUN, "/runs/{paper}", act=_press("More"), is_dialog=True),
    _page("run-unknown", RUN, "/runs/none", refuses="404.*/runs/none"),
    _page("dashboard-live", "/", "/?mode=live", server="live"),
    _page("orders-filtered", "/orders", "/orders?status=expired&symbol=AAPL"),
    _page("order-working", "/orders/:orderId", "/orders/{order}"),
    _page("order-partial", "/orders/:orderId", "/orders/{partial}"),
    _page("order-replace", "/orders/:orderId", "/orders/{order}", act=_press("Replace"), is_dialog=True),
    _page("risk-limits", "/risk", act=lambda page: page.get_by_role("button", name="Change limits").first.click()),
    _page("palette", "/", act=_open_palette, is_dialog=True),
    _page("kill", "/", act=_press("Kill"), is_dialog=True),
    _page("sign-in", "/", server="new", is_signed_in=False),
    _page("new-dashboard", "/", server="new"),
    _page("new-data", "/data", server="new"),
    _page("new-runs", "/runs", server="new"),
    _page("new-orders", "/orders", server="new"),
    _page("new-account", "/account", server="new"),
    _page("new-risk", "/risk", server="new"),
    _page("new-new-run", "/runs/new", server="new"),
    _page("new-new-run-refused", "/runs/new", server="new", act=_press("Start run")),
    _page("settings-notified", "/settings", server="live"),
    _page("settings-notified-tested", "/settings", server="live", act=_press("Send a test")),
)
"""What else of them there is: states, dialogs, the first start."""

ALL = (*ROUTES, *STATES)
