"""Every command of the pages on promotion, as a reader types it, on a real server and the local exchange."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.desk import trading
from tests.local_exchange import LocalExchange, local_exchange
from tests.shared_data import REPOSITORY

PAGES = REPOSITORY / "docs" / "how-to"
WEAVER = f'weaver() {{ "{sys.executable}" -m weaver "$@"; }}\n'
FAILS = re.compile(r" +# exit code (\d)$")


class Reader:
    """Types what stands in a page, one command after the other."""

    def __init__(self, running: Server, page: str) -> None:
        self._server = running
        text = (PAGES / page).read_text()
        self.blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        assert self.blocks

    def commands(self) -> Iterator[str]:
        """Each; what is in quotes may go on over lines."""
        for block in self.blocks:
            yield from re.findall(r"(?:[^\n']|'[^']*')+", block)

    def type(self, command: str) -> str:
        """What it says. It must end as the page says, in order if it says nothing."""
        fails = FAILS.search(command)
        script = WEAVER + command.replace("localhost:8420", self._server.url.removeprefix("http://"))
        environment = {**os.environ, "WEAVER_HOME": str(self._server.home)}
        done = subprocess.run(
            ["bash", "-c", script], env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == (int(fails[1]) if fails else 0), f"{command}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def test_page_on_promoting_a_run(local: LocalExchange, tmp_path: Path) -> None:
    with trading(tmp_path / "home", local) as (running, api):
        reader, said = Reader(running, "promote-a-run.md"), dict[str, str]()
        for command in reader.commands():
            said[command] = reader.type(command)
            eventually(lambda: _none_running(api), what="the end of the backtest")
    (looked,) = (text for command, text in said.items() if "--dry-run" in command)
    assert "Not all gates are met" in looked
    assert all(f"terms.{name}" in looked for name in ("bars", "costs", "cash", "limits.daily_loss"))
    (refused,) = (text for command, text in said.items() if FAILS.search(command))
    assert re.fullmatch(r"error: run 'crossing' is not promoted to paper: .*\n", refused)
    (shown,) = (text for command, text in said.items() if "runs show" in command)
    assert "promoted_from" in shown


def test_page_on_going_live(local: LocalExchange, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with trading(home, local) as (_, api):
        paper = api.started(
            "sma-crossover", name="crossing on paper", mode="paper", venue="alpaca", timeframe="1m", cash=10_000,
            promotion=dict.fromkeys(("min_trades", "min_days", "min_psr")),
        )  # fmt: skip
        eventually(lambda: not api.run(paper)["queued"], what="the paper run's begin")
        api.post(f"/runs/{paper}/stop")
    with local_exchange("--mode", "live", "--speed", "hold", "--rate", "0") as real:
        settings = {
            "WEAVER_LIVE_TRADING": "1", "ALPACA_LIVE_API_KEY": real.key, "ALPACA_LIVE_API_SECRET": real.secret,
            "ALPACA_LIVE_BASE_URL": real.url, "ALPACA_DATA_URL": real.url,
            "ALPACA_STREAM_URL": real.url.replace("http", "ws"),
        }  # fmt: skip
        with server(home, **settings) as started, Api(started.url) as api:
            reader = Reader(started, "go-live-safely.md")
            said = {command: reader.type(command) for command in reader.commands()}
            (run,) = (one for one in api.get("/runs")["items"] if one["mode"] == "live")
    assert (run["name"], run["promoted_from"], run["options"]["cash"]) == ("crossing live", paper, "1000")
    assert (run["status"], run["started_at"] is None) == ("stopped", False)
    assert any("daily_loss         0.02" in text for text in said.values())


def _none_running(api: Api) -> bool:
    return all(run["status"] != "running" for run in api.get("/runs")["items"])
