"""The local exchange under load: a day of minute bars of thirty pairs to one client, a thousand orders a minute beside.

`python -m tests.benchmarks.exchange_load` plays 24 simulated hours in four minutes (`--minutes`), and prints how many
bars and updates arrived, how long orders took, and what memory the exchange took in each quarter.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parents[2]
DAY_MINUTES = 1440
PAIRS = 30
ORDERS_A_MINUTE = 1_000
START = datetime(2024, 3, 13, tzinfo=UTC)
END = "2024-03-14"
KEY, SECRET = "PKREHEARSAL", "rehearsal"
KEYS = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has arrived, and what it took."""

    bars: Counter[str] = field(default_factory=Counter)
    updates: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def main() -> int:
    """Run it, and say what was found; 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0, help="how long the day takes")
    minutes = parser.parse_args().minutes
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        process, url = _start(_files(Path(folder)))
        stack.callback(process.wait)
        stack.callback(process.terminate)
        _play(url, process.pid, minutes, tally, stack)
    return _tell(tally)


def _files(folder: Path) -> list[str]:
    """The options that name the bars of a day and some minutes more: a walk from a seed for each pair."""
    chance = np.random.default_rng(7)
    options = []
    for number in range(PAIRS):
        closes = np.round(100 * np.exp(np.cumsum(chance.normal(0, 0.0005, DAY_MINUTES + 60))), 2)
        path = folder / f"{number}.csv"
        lines = ["timestamp,open,high,low,close,volume"]
        for minute, close in enumerate(closes.tolist()):
            stamp = (START + timedelta(minutes=minute - 30)).isoformat()
            lines.append(f"{stamp},{close},{close + 0.05:.2f},{close - 0.05:.2f},{close},12.5")
        path.write_text("\n".join(lines))
        options += ["--bars", f"A{number}/USD={path}", "--asset", f"A{number}/USD=crypto"]
    return options


def _start(bars: list[str]) -> tuple[subprocess.Popen[str], str]:
    weaver = [sys.executable, "-m", "weaver", "simulate-exchange", "--port", "0", "--rate", "0", "--cash", "10000000"]
    time_options = ["--start", START.isoformat(), "--speed", "hold"]
    process = subprocess.Popen([*weaver, *bars, *time_options], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    ready: dict[str, Any] = json.loads(process.stdout.readline())
    return process, str(ready["url"])


def _play(url: str, pid: int, minutes: float, tally: Tally, stack: ExitStack) -> None:
    """Let the day pass in that many minutes of the wall's, with orders at their pace."""
    root = url.replace("http", "ws")
    bars = stack.enter_context(connect(f"{root}/v1beta3/crypto/us", compression=None, max_queue=None))
    updates = stack.enter_context(connect(f"{root}/stream", compression=None, max_queue=None))
    bars.send(json.dumps({"action": "auth", "key": KEY, "secret": SECRET}))
    bars.send(json.dumps({"action": "subscribe", "bars": ["*"]}))
    updates.send(json.dumps({"action": "authenticate", "data": {"key_id": KEY, "secret_key": SECRET}}))
    updates.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
    for socket, read in ((bars, _read_bars), (updates, _read_updates)):
        threading.Thread(target=read, args=(socket, tally), daemon=True).start()
    client = stack.enter_context(httpx.Client(base_url=url, headers=KEYS, timeout=60))
    client.post("/_control/clock", json={"speed": DAY_MINUTES / minutes}).raise_for_status()
    orders, begun = int(ORDERS_A_MINUTE * minutes), time.perf_counter()
    for number in range(orders):
        if number % max(1, orders // 8) == 0:
            tally.megabytes.append(_megabytes(pid))
        _order(client, number, tally)
        ahead = begun + 60 * minutes * (number + 1) / orders - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
    client.post("/_control/clock", json={"speed": "hold"}).raise_for_status()
    client.post("/_control/clock", json={"advance": 120}).raise_for_status()
    tally.megabytes.append(_megabytes(pid))
    _settle(tally)


def _order(client: httpx.Client, number: int, tally: Tally) -> None:
    """Each pair is bought in turn, then sold; every tenth order is a limit far away that is cancelled at once."""
    is_far = number % 10 == 9
    symbol = f"A{number % PAIRS}/USD"
    body = {
        "symbol": symbol,
        "qty": "1",
        "side": "sell" if number // PAIRS % 2 else "buy",
        "type": "market",
        "time_in_force": "gtc",
    }
    if is_far:
        body |= {"side": "buy", "type": "limit", "limit_price": "11.00"}
    begun = time.perf_counter()
    response = client.post("/v2/orders", json=body)
    tally.latencies.append(time.perf_counter() - begun)
    if response.status_code != 200:
        tally.refused[str(response.json()["message"])[:60]] += 1
    elif is_far:
        client.delete(f"/v2/orders/{response.json()['id']}").raise_for_status()


def _read_bars(socket: ClientConnection, tally: Tally) -> None:
    for message in _messages(socket):
        tally.bars.update(one["S"] for one in message if one["T"] == "b" and one["t"] < END)


def _read_updates(socket: ClientConnection, tally: Tally) -> None:
    for message in _messages(socket):
        if message["stream"] == "trade_updates":
            tally.updates[message["data"]["event"]] += 1


def _messages(socket: ClientConnection) -> Any:
    while True:
        try:
            yield json.loads(socket.recv())
        except ConnectionClosed:
            return


def _settle(tally: Tally) -> None:
    """Wait until all has been read that was sent."""
    for _ in range(100):
        if sum(tally.bars.values()) >= PAIRS * DAY_MINUTES:
            return
        time.sleep(0.1)


def _megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _tell(tally: Tally) -> int:
    milliseconds = np.array(tally.latencies) * 1000
    lost = PAIRS * DAY_MINUTES - sum(tally.bars.values())
    median, slow, slowest = (float(np.percentile(milliseconds, share)) for share in (50, 99, 100))
    print(f"bars: {sum(tally.bars.values())} of {PAIRS * DAY_MINUTES}, {lost} lost")
    print(
        f"orders: {len(milliseconds)}, answered in {median:.1f} ms (median), {slow:.1f} (99 %), {slowest:.1f} (highest)"
    )
    print(f"refused: {dict(tally.refused)}")
    print(f"updates: {dict(tally.updates)}")
    print(f"memory (MB): {', '.join(f'{one:.0f}' for one in tally.megabytes)}")
    return int(lost != 0)


if __name__ == "__main__":
    sys.exit(main())
